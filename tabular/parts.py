"""Part the user's rows into development and test before anything else looks at them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.settings import TableSettings
from schemas.table import TableSchema
from schemas.task import TaskKind
from tabular.columns import infer_schema
from tabular.copies import copy_ids
from tabular.dealing import bundle_rows
from tabular.errors import TableError
from tabular.metrics import judges_values
from tabular.moments import as_moments
from tabular.reading import Source, read_table
from tabular.roles import Roles, find_table, read_roles
from tabular.splitting import split_test
from tabular.tasks import encode_target, infer_task_kind
from tabular.typed_columns import text_columns
from tabular.values import plain_values
from tabular.written_numbers import Decimal

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

MIN_ROWS = 10


class Parts(NamedTuple):
    """The rows of a supervised run.

    Attributes:
        kind: Kind of task, from the labels of all rows.
        development: Rows to learn from and to validate on.
        copies: Id of each development row, the same for rows of exactly the same features;
            None where the table repeats itself by nature.
        bound: These ids if copies must stay on one side of every split, else None.
        is_repeated_in_test: Development rows that a test row repeats.
        test: Rows of the test part, or None.
        warnings: Sentences for the user.
    """

    kind: TaskKind
    development: Roles
    copies: Integers | None
    bound: Integers | None
    is_repeated_in_test: Booleans
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
    table = read_roles(source.frame, settings, decimal=source.decimal)
    roles = table.take(_usable_rows(table))
    warnings = list(_left_out(table, "the table"))
    count = len(roles.numbers)
    if count < MIN_ROWS:
        raise TableError(
            f"The table has {count} rows {_needed(settings)}; {MIN_ROWS} are needed."
        )
    kind = infer_task_kind(
        roles.known_target(),
        settings.task,
        is_judged_by_value=judges_values(settings.metric),
    )
    warnings.extend(_hints(roles, kind, settings))
    copies = _uncommon_copies(roles)
    bound = copies if settings.are_leaks_dropped else None
    if bound is None and roles.times is None:
        warnings.extend(_repeats(copies))
    is_test = np.zeros(count, dtype=np.bool_)
    test = None
    if settings.test is not None:
        test, more = _own_test(settings, source.decimal, roles)
        warnings.extend(more)
    elif settings.test_size > 0:
        is_test = _choose_test(roles, bound, kind, settings, seed)
        test = roles.take(np.flatnonzero(is_test))
    return Parts(
        kind=kind,
        development=roles.take(np.flatnonzero(~is_test)),
        copies=None if copies is None else copies[~is_test],
        bound=None if bound is None else bound[~is_test],
        is_repeated_in_test=_repeated_in_test(copies, is_test),
        test=test,
        warnings=tuple(warnings),
    )


def _hints(roles: Roles, kind: TaskKind, settings: TableSettings) -> Iterator[str]:
    """What the user may have meant otherwise."""
    target = roles.known_target()
    is_guessed = settings.task == "auto" and kind is TaskKind.MULTICLASS
    if is_guessed and pd.api.types.is_numeric_dtype(target.dtype):
        yield (
            f"The numbers in {target.name!r} are taken as {target.nunique()} classes; "
            "use --task regression if they are amounts."
        )
    if roles.notation is not None and roles.notation.unit:
        yield (
            f"The amounts in {target.name!r} are read, and predicted, in "
            f"{roles.notation.unit!r}."
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


def _has_target(roles: Roles) -> Booleans:
    return plain_values(roles.known_target()).notna().to_numpy(dtype=np.bool_)


def _is_weightless(roles: Roles) -> Booleans:
    """Rows of weight 0; a fold of nothing else could not be scored."""
    if roles.weight is None:
        return np.zeros(len(roles.numbers), dtype=np.bool_)
    is_weightless: Booleans = roles.weight == 0
    return is_weightless


def _usable_rows(roles: Roles) -> Integers:
    return np.flatnonzero(_has_target(roles) & ~_is_weightless(roles))


def _needed(settings: TableSettings) -> str:
    if settings.weight is None:
        return "with a target"
    return f"with a target and a weight above 0 in {settings.weight!r}"


def _left_out(roles: Roles, place: str) -> Iterator[str]:
    """How many rows cannot be used, and why."""
    has_target = _has_target(roles)
    is_weightless = has_target & _is_weightless(roles)
    for is_left_out, lack in ((~has_target, "no target"), (is_weightless, "weight 0")):
        count = np.count_nonzero(is_left_out)
        if count == 1:
            yield f"1 row of {place} has {lack} and was left out."
        elif count:
            yield f"{count} rows of {place} have {lack} and were left out."


def _uncommon_copies(roles: Roles) -> Integers | None:
    """Ids of copies, None where most rows (or groups) would be bound together.

    A table of few coarse columns repeats itself by nature: to keep its copies together
    would score every fold on combinations that no training row has.
    """
    copies = copy_ids(roles.features)
    units = np.arange(len(copies)) if roles.groups is None else roles.groups
    joined = bundle_rows(len(copies), units, copies)
    is_common = joined.max() + 1 < len(np.unique(units)) / 2
    return None if is_common else copies


def _repeats(copies: Integers | None) -> Iterator[str]:
    """What to know where copies of a row may stand on both sides of a split."""
    if copies is None:
        yield "Most rows are exact copies of others: they were split like any rows."
    elif count := len(copies) - len(np.unique(copies)):
        yield (
            f"{count} rows repeat the features of another row and were split like any "
            "others, which can flatter scores if later rows repeat none; --drop-leaks keeps "
            "copies on one side."
        )


def _repeated_in_test(copies: Integers | None, is_test: Booleans) -> Booleans:
    """Development rows that a test row repeats."""
    if copies is None:
        return np.zeros(np.count_nonzero(~is_test), dtype=np.bool_)
    return np.isin(copies[~is_test], copies[is_test])


def _choose_test(
    roles: Roles,
    bound: Integers | None,
    kind: TaskKind,
    settings: TableSettings,
    seed: int,
) -> Booleans:
    return split_test(
        encode_target(roles.known_target(), kind, positive=None).values,
        kind=kind,
        share=settings.test_size,
        groups=roles.groups,
        times=roles.times,
        duplicates=bound,
        seed=seed,
    )


def _own_test(
    settings: TableSettings, decimal: Decimal, first: Roles
) -> tuple[Roles, tuple[str, ...]]:
    """The user's own test table; helpers that only matter for splitting are not needed."""
    path = find_table(str(settings.test))
    texts = _text_columns(first, settings, decimal)
    frame = read_table(path, decimal=decimal, text_columns=texts)
    there = tuple(name for name in settings.drop if name in frame.columns)
    needed = settings.model_copy(update={"group": None, "time": None, "drop": there})
    try:
        table = read_roles(frame, needed, first.notation, decimal)
    except TableError as error:
        raise TableError(f"Test table {path.name!r}: {error}") from error
    roles = table.take(_usable_rows(table))
    if len(roles.numbers) == 0:
        raise TableError(f"Test table {path.name!r} has no row {_needed(settings)}.")
    return roles, tuple(_left_out(table, "the test table"))


def _text_columns(
    rows: Roles, settings: TableSettings, decimal: Decimal
) -> frozenset[str]:
    """Columns of text that the test table is to read as text, too, classes among them."""
    target = rows.known_target()
    is_text = isinstance(plain_values(target).dtype, pd.StringDtype)
    classes = frozenset({str(target.name)} if is_text else ())
    columns = infer_schema(rows.features, settings.kinds, settings.time, decimal)
    return text_columns(TableSchema(columns=columns)) | classes
