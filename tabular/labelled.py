"""Turn the rows of a supervised task into what a data folder holds of them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.settings import TableSettings
from schemas.table import TableSchema
from schemas.task import TaskKind
from tabular.development import Development, SealedTest
from tabular.errors import TableError
from tabular.parts import Parts
from tabular.profile import listed
from tabular.roles import Roles
from tabular.showcase import choose_showcase
from tabular.splitting import (
    ALWAYS_TRAINING,
    FoldBounds,
    assign_folds,
    choose_folds,
)
from tabular.tasks import EncodedTarget, encode_labels, encode_target, infer_task_kind
from tabular.typed_columns import apply_schema
from tabular.values import as_numbers

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_FEW_ROWS_OF_A_CLASS = 4


class Labelled(NamedTuple):
    """A supervised task, settled.

    Attributes:
        kind: Kind of task.
        classes: Class labels in code order; empty for regression.
        development: Rows with codes or values and folds.
        test: Test rows, or None.
        shown: Indices of the development rows that a proposer may see.
        warnings: Sentences for the user.
    """

    kind: TaskKind
    classes: tuple[str, ...]
    development: Development
    test: SealedTest | None
    shown: Integers
    warnings: tuple[str, ...]


def label_rows(
    parts: Parts,
    schema: TableSchema,
    settings: TableSettings,
    seed: int,
    *,
    fold_bounds: FoldBounds | None = None,
) -> Labelled:
    """Encode the target, assign the folds and pin the rows that may be shown.

    Args:
        parts: The rows.
        schema: The columns that candidates see.
        settings: How the rows are to be split.
        seed: Seed of the run.
        fold_bounds: How many folds tables of which size get.

    Raises:
        TableError: If the development rows do not suffice for the task.
    """
    rows = parts.development
    if settings.test is None and settings.test_size > 0:
        _check_that_a_test_left_enough(rows)
    kind, target = _encode(parts, settings)
    count = _folds_asked_for(rows, kind, target.values, settings, fold_bounds)
    dealt = _deal(parts, kind, target.values, count, seed)
    development = Development(
        frame=apply_schema(rows.features, schema),
        target=target.values,
        folds=dealt.folds,
        weight=rows.weight,
        is_ordered=rows.times is not None,
        table_schema=schema,
    )
    test = None
    warnings = (*parts.warnings, *_rare_classes(kind, target))
    if parts.test is not None:
        test, unknown = _sealed_test(parts.test, target, schema)
        warnings = (*warnings, *unknown)
    return Labelled(kind, target.classes, development, test, dealt.shown, warnings)


class _Dealt(NamedTuple):
    """The fold of each row, and the rows that may be shown, which are in none."""

    folds: Integers
    shown: Integers


def _deal(parts: Parts, kind: TaskKind, y: Array, folds: int, seed: int) -> _Dealt:
    rows = parts.development
    assigned = assign_folds(
        y,
        kind=kind,
        folds=folds,
        groups=rows.groups,
        times=rows.times,
        duplicates=parts.bound,
        seed=seed,
    )
    showcase = choose_showcase(
        y,
        assigned,
        rows.groups,
        parts.copies,
        kind,
        seed,
        is_ordered=rows.times is not None,
        is_barred=parts.is_repeated_in_test,
    )
    assigned[showcase.pinned] = ALWAYS_TRAINING
    return _Dealt(assigned, showcase.rows)


def _check_that_a_test_left_enough(rows: Roles) -> None:
    """Refuse rows of which the test part has taken all groups or times but one."""
    if rows.groups is not None and len(np.unique(rows.groups)) == 1:
        raise TableError(
            "One group holds all rows that the test part leaves, so that none are there to "
            "validate on; use --test-size 0 or omit --group."
        )
    if rows.times is not None and len(np.unique(rows.times)) == 1:
        raise TableError(
            "All rows that the test part leaves are of one time, so that none are later to "
            "validate on; use --test-size 0 or omit --time."
        )


def _encode(parts: Parts, settings: TableSettings) -> tuple[TaskKind, EncodedTarget]:
    """The development rows alone decide on the classes."""
    column = parts.development.known_target()
    if parts.kind is TaskKind.REGRESSION:
        return parts.kind, encode_target(column, parts.kind, settings.positive)
    kind = infer_task_kind(column, "classification")
    target = encode_target(column, kind, settings.positive)
    return kind, target


def _rare_classes(kind: TaskKind, target: EncodedTarget) -> Iterator[str]:
    if kind is TaskKind.REGRESSION:
        return
    counts = np.bincount(target.values.astype(np.int64))
    lone = [target.classes[code] for code in np.flatnonzero(counts == 1)]
    if lone:
        yield f"Classes of a single row are learned from, never scored: {listed(lone)}."
    elif kind is TaskKind.BINARY and counts.min() < _FEW_ROWS_OF_A_CLASS:
        yield (
            f"Class {target.classes[int(counts.argmin())]!r} has {counts.min()} rows "
            "only, so that scores say little about it."
        )


def _folds_asked_for(
    rows: Roles,
    kind: TaskKind,
    y: Array,
    settings: TableSettings,
    fold_bounds: FoldBounds | None,
) -> int:
    if settings.validation != "cv":
        return 1
    limit = _fold_limit(rows, kind, y)
    return choose_folds(len(y), limit, fold_bounds)


def _fold_limit(rows: Roles, kind: TaskKind, y: Array) -> int | None:
    """How many folds these rows can fill at most; None for any number."""
    if rows.groups is not None:
        return len(np.unique(rows.groups))
    if rows.times is not None:
        return len(np.unique(rows.times)) - 1
    if kind is TaskKind.BINARY:
        # Every fold is to score rows of both classes, if there are rows to deal out.
        rarest = int(np.bincount(y.astype(np.int64)).min())
        return rarest if rarest > 1 else None
    return None


def _sealed_test(
    test: Roles, target: EncodedTarget, schema: TableSchema
) -> tuple[SealedTest, tuple[str, ...]]:
    """Test rows as candidates see them, without labels that no candidate can know."""
    codes = _codes(test.known_target(), target)
    # A label that is no class is coded -1, and a value that is no number NaN.
    known = np.flatnonzero(codes >= 0 if target.classes else ~np.isnan(codes))
    if not known.size:
        raise TableError(
            "No test row has a label that the other rows have; mend the test table."
        )
    kept = test.take(known)
    try:
        features = apply_schema(kept.features, schema)
    except TableError as error:
        raise TableError(f"The test table does not fit: {error}") from error
    sealed = SealedTest(
        features=features,
        target=codes[known],
        weight=kept.weight,
        numbers=kept.numbers,
    )
    unknown = len(codes) - len(known)
    if not unknown:
        return sealed, ()
    return sealed, (
        f"{unknown} test rows have a label that no other row has and were left out.",
    )


def _codes(column: pd.Series, target: EncodedTarget) -> Integers | Floats:
    if target.classes:
        return encode_labels(column, target.classes)
    return as_numbers(column).to_numpy()
