"""Part the user's rows into development and test before anything else looks at them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.settings import TableSettings
from schemas.task import TaskKind
from tabular.dealing import bundle_rows
from tabular.errors import TableError
from tabular.moments import as_moments
from tabular.reading import Source, read_table
from tabular.roles import Roles, find_table, read_roles
from tabular.splitting import duplicate_ids, split_test
from tabular.tasks import encode_target, infer_task_kind
from tabular.values import plain_values
from tabular.written_numbers import Decimal

Integers = npt.NDArray[np.int64]

MIN_ROWS = 10


class Parts(NamedTuple):
    """The rows of a supervised run.

    Attributes:
        kind: Kind of task, from the labels of all rows.
        development: Rows to learn from and to validate on.
        duplicates: Id of each development row, the same for exact duplicates that must
            stay together; None if none must.
        test: Rows of the test part, or None.
        warnings: Sentences for the user.
    """

    kind: TaskKind
    development: Roles
    duplicates: Integers | None
    test: Roles | None
    warnings: tuple[str, ...]


def part_rows(source: Source, settings: TableSettings, seed: int) -> Parts:
    """Part the rows of a supervised task.

    Args:
        source: The table as it was read.
        settings: Which column is what, and how to part.
        seed: Seed of the run.

    Raises:
        TableError: If the table and the options do not go together.
    """
    roles = read_roles(source.frame, settings)
    labelled = _labelled_rows(roles)
    missing = len(source.frame) - len(labelled)
    warnings = [_without_target(missing, "the table")] if missing else []
    roles = roles.take(labelled)
    if len(labelled) < MIN_ROWS:
        raise TableError(
            f"The table has {len(labelled)} rows with a target; {MIN_ROWS} are needed."
        )
    kind = infer_task_kind(roles.known_target(), settings.task)
    warnings.extend(_hints(roles, kind, settings))
    duplicates = _binding_duplicates(roles)
    if duplicates is None:
        warnings.append(
            "Most rows are exact duplicates of others: they were split like any rows."
        )
    if settings.test is not None:
        test, more = _own_test(settings, source.decimal)
        return Parts(kind, roles, duplicates, test, (*warnings, *more))
    if settings.test_size == 0:
        return Parts(kind, roles, duplicates, None, tuple(warnings))
    is_test = _choose_test(roles, duplicates, kind, settings, seed)
    rows = np.flatnonzero(~is_test)
    kept = None if duplicates is None else duplicates[rows]
    test = roles.take(np.flatnonzero(is_test))
    return Parts(kind, roles.take(rows), kept, test, tuple(warnings))


def _hints(roles: Roles, kind: TaskKind, settings: TableSettings) -> Iterator[str]:
    """What the user may have meant otherwise."""
    target = roles.known_target()
    is_guessed = settings.task == "auto" and kind is TaskKind.MULTICLASS
    if is_guessed and pd.api.types.is_numeric_dtype(target.dtype):
        yield (
            f"The numbers in {target.name!r} are taken as {target.nunique()} classes; "
            "use --task regression if they are amounts."
        )
    if settings.time is None and settings.group is None:
        ordered = [name for name, column in roles.features.items() if _runs_on(column)]
        if ordered:
            yield (
                f"The rows are in the order of {str(ordered[0])!r}; if later rows are "
                f"to be predicted from earlier ones, use --time {ordered[0]}."
            )


def _runs_on(column: pd.Series) -> bool:
    """Tell whether these are dates that never go back."""
    values = as_moments(column)
    is_time = pd.api.types.is_datetime64_any_dtype(values.dtype)
    return is_time and values.is_monotonic_increasing and values.nunique() > 1


def _labelled_rows(roles: Roles) -> Integers:
    return np.flatnonzero(plain_values(roles.known_target()).notna().to_numpy())


def _without_target(rows: int, place: str) -> str:
    verb = "row of {} has" if rows == 1 else "rows of {} have"
    return f"{rows} {verb.format(place)} no target and were left out."


def _binding_duplicates(roles: Roles) -> Integers | None:
    """Ids of duplicates, None where most rows (or groups) would be bound together.

    A table of few coarse columns repeats itself by nature: to keep its duplicates together
    would score every fold on combinations that no training row has.
    """
    duplicates = duplicate_ids(roles.features)
    units = np.arange(len(duplicates)) if roles.groups is None else roles.groups
    joined = bundle_rows(len(duplicates), units, duplicates)
    is_bound = joined.max() + 1 < len(np.unique(units)) / 2
    return None if is_bound else duplicates


def _choose_test(
    roles: Roles,
    duplicates: Integers | None,
    kind: TaskKind,
    settings: TableSettings,
    seed: int,
) -> npt.NDArray[np.bool_]:
    return split_test(
        encode_target(roles.known_target(), kind, positive=None).values,
        kind=kind,
        share=settings.test_size,
        groups=roles.groups,
        times=roles.times,
        duplicates=duplicates,
        seed=seed,
    )


def _own_test(
    settings: TableSettings, decimal: Decimal
) -> tuple[Roles, tuple[str, ...]]:
    """The user's own test table; helpers that only matter for splitting are not needed."""
    path = find_table(str(settings.test))
    frame = read_table(path, decimal=decimal)
    there = tuple(name for name in settings.drop if name in frame.columns)
    needed = settings.model_copy(update={"group": None, "time": None, "drop": there})
    try:
        roles = read_roles(frame, needed)
    except TableError as error:
        raise TableError(f"Test table {path.name!r}: {error}") from error
    labelled = _labelled_rows(roles)
    missing = len(frame) - len(labelled)
    if len(labelled) == 0:
        raise TableError(f"Test table {path.name!r} has no row with a target.")
    warnings = (_without_target(missing, "the test table"),) if missing else ()
    return roles.take(labelled), warnings
