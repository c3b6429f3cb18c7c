"""The short-lived process that reads, splits and seals a table before anything else.

`python -m tabular.prepare` takes a `PrepareRequest` as JSON on stdin and prints one
line: `{"prepared": {...}}` (exit status 0), `{"error": "one line"}` (2), or, if the data
folder cannot be written, `{"errno": 28}` (74).
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.base import Frozen
from schemas.settings import TableSettings
from schemas.table import (
    USABLE_KINDS,
    ColumnKind,
    ColumnSchema,
    TableProfile,
    TableSchema,
)
from schemas.task import Task, TaskKind
from tabular.columns import infer_schema
from tabular.contradictions import check_settings
from tabular.descriptions import Descriptions, find_descriptions
from tabular.development import (
    Development,
    seal_of,
    store_development,
    store_label,
    store_test,
)
from tabular.errors import TableError
from tabular.labelled import Labelled, label_rows
from tabular.metrics import Metric
from tabular.parts import MIN_ROWS, Parts, part_rows
from tabular.profile import profile_table
from tabular.reading import Source, read_source
from tabular.roles import Roles, find_table, read_roles
from tabular.showcase import choose_showcase
from tabular.splitting import ALWAYS_TRAINING, FoldBounds
from tabular.steering import chosen_metric, steer
from tabular.target_shape import is_positive, skewness
from tabular.tasks import encode_target, written_labels
from tabular.typed_columns import apply_schema
from tabular.values import as_text
from tabular.written_numbers import Decimal

if TYPE_CHECKING:
    from tabular.leak_free import LeakFree

Integers = npt.NDArray[np.int64]

REFITS = 3
"""So often a clusterer is fitted again, to subsamples, to see whether it is stable."""
EXIT_BAD_INPUT = 2
EXIT_DISK_FAILED = 74


class PrepareRequest(Frozen):
    """What the process is asked to do.

    Attributes:
        tables: Where the rows come from and how they are to be split.
        seed: Seed of the run.
        folder: The run's data folder; it is made if it is not there.
        fold_bounds: How many folds tables of which size get.
    """

    tables: TableSettings
    seed: int
    folder: str
    fold_bounds: FoldBounds = FoldBounds()


class Prepared(Frozen):
    """What the process found and wrote.

    Attributes:
        task: The task as settled.
        profile: Aggregates of the development rows, and warnings for the user.
        table_schema: The columns that candidates see.
        showcase: Rows that may be shown to a proposer, as JSON objects.
        baseline: Score of the best constant prediction over the folds.
        seal: Hash of the sealed files, or None if there are none.
    """

    task: Task
    profile: TableProfile
    table_schema: TableSchema
    showcase: tuple[str, ...]
    baseline: float
    seal: str | None


def prepare(request: PrepareRequest) -> Prepared:
    """Read, split and seal the user's table.

    Raises:
        TableError: If the table or the options cannot be used; nothing is written then.
    """
    settings = request.tables
    check_settings(settings)
    source = read_source(
        find_table(settings.table), settings.sheet, verbatim_column=settings.target
    )
    words = find_descriptions(settings, list(source.frame.columns))
    if settings.task == "clustering":
        return _prepare_clustering(source, words, request)
    return _prepare_supervised(source, words, request)


def _prepare_supervised(
    source: Source, words: Descriptions, request: PrepareRequest
) -> Prepared:
    settings = request.tables
    parts = part_rows(source, settings, request.seed)
    rows = parts.development
    columns = _infer_columns(rows, settings, source.decimal)
    left_out: tuple[str, ...] = ()
    if settings.are_leaks_dropped:
        columns, left_out = _leak_free(parts, columns, settings)
    schema = _usable(columns, source.decimal)
    labelled = label_rows(
        parts,
        schema,
        settings,
        request.seed,
        fold_bounds=request.fold_bounds,
    )
    metric, baseline, told = steer(labelled, settings)
    folder = _made(request.folder)
    store_development(folder, labelled.development)
    if labelled.test is not None:
        store_test(folder, labelled.test)
    profile = profile_table(rows.features, columns, words)
    warnings = (*left_out, *labelled.warnings, *told, *profile.warnings)
    shown = labelled.development.frame.iloc[labelled.shown]
    answers = rows.known_target().iloc[labelled.shown]
    if labelled.kind is not TaskKind.REGRESSION:
        answers = as_text(answers)
    return Prepared(
        task=_supervised_task(labelled, metric, settings, source),
        profile=profile.model_copy(update={"warnings": warnings}),
        table_schema=schema,
        showcase=_json_rows(pd.concat([shown, answers], axis=1)),
        baseline=baseline,
        seal=seal_of(folder),
    )


def _prepare_clustering(
    source: Source, words: Descriptions, request: PrepareRequest
) -> Prepared:
    settings = request.tables
    rows = read_roles(source.frame, settings, decimal=source.decimal)
    count = len(rows.features)
    least = max(MIN_ROWS, 2 * (settings.clusters or 0))
    if count < least:
        raise TableError(f"The table has {count} rows; {least} are needed to cluster.")
    columns = _infer_columns(rows, settings, source.decimal)
    schema = _usable(columns, source.decimal)
    if all(column.kind is ColumnKind.TEXT for column in schema.columns):
        raise TableError(
            "There is nothing but text, which cannot be clustered; "
            "bring numbers or categories."
        )
    frame = apply_schema(rows.features, schema)
    metric = chosen_metric(TaskKind.CLUSTERING, settings)
    folds = np.zeros(count, dtype=np.int64)
    folder = _made(request.folder)
    store_development(folder, Development(frame, None, folds, None, False, schema))
    if rows.target is not None:
        store_label(folder, pd.factorize(as_text(rows.target))[0].astype(np.int64))
    showcase = choose_showcase(
        folds, folds, None, None, TaskKind.CLUSTERING, request.seed
    )
    return Prepared(
        task=_clustering_task(frame, metric, settings),
        profile=profile_table(rows.features, columns, words),
        table_schema=schema,
        showcase=_json_rows(frame.iloc[showcase.rows]),
        # Without structure, rows are as near to any other cluster as to their own.
        baseline=0.0,
        seal=seal_of(folder),
    )


def _infer_columns(
    rows: Roles, settings: TableSettings, decimal: Decimal
) -> tuple[ColumnSchema, ...]:
    return infer_schema(rows.features, settings.kinds, settings.time, decimal)


def _leak_free(
    parts: Parts, columns: tuple[ColumnSchema, ...], settings: TableSettings
) -> "LeakFree":
    # Few runs come here, and loading trees takes longer than all the rest.
    from tabular.leak_free import drop_leaks  # noqa: PLC0415

    rows = parts.development
    target = encode_target(rows.known_target(), parts.kind, settings.positive)
    return drop_leaks(rows.features, columns, target.values, parts.kind)


def _usable(columns: tuple[ColumnSchema, ...], decimal: Decimal) -> TableSchema:
    usable = tuple(column for column in columns if column.kind in USABLE_KINDS)
    if not usable:
        raise TableError(
            "No column is left to learn from; bring some that vary besides the target."
        )
    return TableSchema(columns=usable, decimal=decimal)


def _made(folder: str) -> Path:
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path


def _supervised_task(
    labelled: Labelled, metric: Metric, settings: TableSettings, source: Source
) -> Task:
    development, test = labelled.development, labelled.test
    has_values = labelled.kind is TaskKind.REGRESSION
    values = np.asarray(development.target, dtype=np.float64)
    return Task(
        kind=labelled.kind,
        target=settings.target,
        classes=labelled.classes,
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        rows=len(development.frame),
        features=development.frame.shape[1],
        test_rows=0 if test is None else len(test.target),
        folds=int(development.folds.max()) + 1,
        validation_rows=int(np.count_nonzero(development.folds != ALWAYS_TRAINING)),
        is_weighted=development.weight is not None,
        is_positive=has_values and is_positive(values),
        skewness=skewness(values) if has_values else 0.0,
        spellings=_spellings(labelled, settings, source),
    )


def _spellings(
    labelled: Labelled, settings: TableSettings, source: Source
) -> tuple[str, ...]:
    if not labelled.classes or source.verbatim is None:
        return ()
    target = source.frame[settings.target]
    return written_labels(target, source.verbatim, labelled.classes)


def _clustering_task(
    frame: pd.DataFrame, metric: Metric, settings: TableSettings
) -> Task:
    return Task(
        kind=TaskKind.CLUSTERING,
        target=settings.label,
        classes=(),
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        rows=len(frame),
        features=frame.shape[1],
        test_rows=0,
        folds=1 + REFITS,
        validation_rows=len(frame),
        clusters=settings.clusters,
    )


def _json_rows(frame: pd.DataFrame) -> tuple[str, ...]:
    """Each row as a JSON object, missing values as null, times in ISO form."""
    text = frame.to_json(orient="records", lines=True, date_format="iso")
    return tuple(text.splitlines())


def main() -> int:
    """Answer one request from stdin on stdout.

    Returns:
        The exit status: 0, 2 if the user's table or options cannot be used, 74 if the disk
        failed.
    """
    request = PrepareRequest.model_validate_json(sys.stdin.buffer.read())
    try:
        prepared = prepare(request)
    except TableError as error:
        print(json.dumps({"error": " ".join(str(error).split())}))  # noqa: T201
        return EXIT_BAD_INPUT
    except OSError as error:
        print(json.dumps({"errno": error.errno}))  # noqa: T201
        return EXIT_DISK_FAILED
    print(f'{{"prepared":{prepared.model_dump_json()}}}')  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
