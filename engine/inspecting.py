"""Says what a table is understood as, and runs nothing."""

import numpy as np

from reports.inspection import ClassCount, Inspection
from schemas.settings import TableSettings
from schemas.task import TaskKind
from tabular.columns import infer_schema
from tabular.contradictions import check_settings
from tabular.descriptions import Descriptions, find_descriptions
from tabular.leaks import find_leaks
from tabular.metrics import default_metric, metric_named
from tabular.parts import part_rows
from tabular.profile import profile_table
from tabular.reading import Source, read_source
from tabular.roles import find_table, read_roles
from tabular.tasks import encode_target


def inspect_table(settings: TableSettings) -> Inspection:
    """Read a table and tell what was understood.

    Args:
        settings: The table, and maybe a target; no target is no task.

    Raises:
        TableError: The table or the options cannot be used.
    """
    # Whatever is no clustering has a target, and here there need not be one.
    if settings.target is None and settings.task == "auto":
        settings = settings.model_copy(update={"task": "clustering"})
    check_settings(settings)
    source = read_source(find_table(settings.table), settings.sheet)
    words = find_descriptions(settings, list(source.frame.columns))
    if settings.target is None:
        return _without_target(source, words, settings)
    return _with_target(source, words, settings)


def _without_target(
    source: Source, words: Descriptions, settings: TableSettings
) -> Inspection:
    features = read_roles(source.frame, settings, decimal=source.decimal).features
    profile = profile_table(
        features, infer_schema(features, settings.kinds, decimal=source.decimal), words
    )
    return Inspection(
        table=settings.table,
        rows=len(source.frame),
        kind=None,
        target=None,
        classes=(),
        metric=None,
        description=profile.description,
        columns=profile.columns,
        warnings=profile.warnings,
        leaks=(),
    )


def _with_target(
    source: Source, words: Descriptions, settings: TableSettings
) -> Inspection:
    parts = part_rows(source, settings.model_copy(update={"test_size": 0.0}), seed=0)
    rows = parts.development
    columns = infer_schema(rows.features, settings.kinds, settings.time, source.decimal)
    profile = profile_table(rows.features, columns, words)
    target = encode_target(rows.known_target(), parts.kind, settings.positive)
    return Inspection(
        table=settings.table,
        rows=len(source.frame),
        kind=parts.kind,
        target=settings.target,
        classes=_counted(target.classes, target.values),
        metric=_metric(settings, parts.kind),
        description=profile.description,
        columns=profile.columns,
        warnings=(*parts.warnings, *profile.warnings),
        leaks=find_leaks(rows.features, columns, target.values, parts.kind),
    )


def _metric(settings: TableSettings, kind: TaskKind) -> str:
    if settings.metric is not None:
        return metric_named(settings.metric, kind).name
    return default_metric(kind).name


def _counted(
    classes: tuple[str, ...], codes: np.ndarray[tuple[int, ...], np.dtype[np.generic]]
) -> tuple[ClassCount, ...]:
    if not classes:
        return ()
    counts = np.bincount(codes.astype(np.int64), minlength=len(classes))
    return tuple(
        ClassCount(label=label, rows=int(count))
        for label, count in zip(classes, counts, strict=True)
    )
