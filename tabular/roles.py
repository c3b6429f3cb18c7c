"""Tell the columns of a table apart by what they are for: features, target, helpers."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.settings import TableSettings
from tabular.amounts import find_amounts
from tabular.errors import TableError
from tabular.metrics import judges_values
from tabular.missing_words import FEWEST_OTHERS
from tabular.moments import as_moments
from tabular.notation import Notation, as_written
from tabular.suggestions import closest
from tabular.values import as_numbers, as_text, plain_values

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Roles:
    """The rows of a table, column by column of what they are for.

    Attributes:
        features: What candidates may learn from, as it was read.
        target: Target without missing values, or the label that a clustering sets aside.
        notation: How the target was written, if it is one of amounts with a notation.
        groups: Group code of each row, or None.
        times: Time of each row, as datetime64 or float64, or None.
        weight: Weight of each row, or None.
        numbers: Row of each in the user's table, from 0.
    """

    features: pd.DataFrame
    target: pd.Series | None
    notation: Notation | None
    groups: Integers | None
    times: Array | None
    weight: Floats | None
    numbers: Integers

    def known_target(self) -> pd.Series:
        """The target of a supervised task."""
        if self.target is None:
            raise TypeError("only supervised tasks have a target")
        return self.target

    def take(self, rows: Integers) -> "Roles":
        """Keep the rows of these indices, in their order."""
        return replace(
            self,
            features=self.features.iloc[rows],
            target=None if self.target is None else self.target.iloc[rows],
            groups=None if self.groups is None else self.groups[rows],
            times=None if self.times is None else self.times[rows],
            weight=None if self.weight is None else self.weight[rows],
            numbers=self.numbers[rows],
        )


def find_table(name: str) -> Path:
    """Find a table by its path, or by the bare name of a table in `examples/`."""
    path = Path(name).expanduser()
    example = _EXAMPLES / f"{name}.csv"
    is_bare_name = path.name == name and not path.suffix
    return example if is_bare_name and not path.exists() and example.exists() else path


def read_roles(
    frame: pd.DataFrame,
    settings: TableSettings,
    notation: Notation | None = None,
    decimal: str = ".",
) -> Roles:
    """Tell the columns of the user's table apart.

    Args:
        frame: The table as it was read.
        settings: Which column is what.
        notation: How the target is written, if another table has shown it.
        decimal: What stands between whole and fraction in the table's text.

    Raises:
        TableError: If a named column is not there or cannot be what it is named for.
    """
    named = [settings.target, settings.label, settings.group, settings.time]
    for name in (*named, settings.weight, *settings.drop):
        if name is not None and name not in frame.columns:
            raise TableError(
                f"The table has no column {name!r}{closest(name, list(frame.columns))}"
            )
    target = settings.target or settings.label
    helpers = {target, settings.group, settings.weight, *settings.drop}
    if target is not None and notation is None:
        notation = _target_notation(frame[target], settings, decimal)
    return Roles(
        features=frame[[name for name in frame.columns if name not in helpers]],
        target=None if target is None else _target(frame[target], notation),
        notation=notation,
        groups=None if settings.group is None else _groups(frame[settings.group]),
        times=None if settings.time is None else _times(frame[settings.time]),
        weight=None if settings.weight is None else _weights(frame[settings.weight]),
        numbers=np.arange(len(frame)),
    )


def _target_notation(
    column: pd.Series, settings: TableSettings, decimal: str
) -> Notation | None:
    """How a target of text is written if it is one of amounts; few may be classes."""
    if settings.label is not None or settings.task not in {"auto", "regression"}:
        return None
    amounts = find_amounts(plain_values(column), decimal)
    is_of_values = settings.task == "regression" or judges_values(settings.metric)
    if amounts is None:
        return None
    is_told = amounts.distinct > FEWEST_OTHERS and not amounts.are_notes
    return amounts.notation if is_of_values or is_told else None


def _target(column: pd.Series, notation: Notation | None) -> pd.Series:
    """The target as it is; where it holds amounts, words among them are missing."""
    return column if notation is None else as_written(column, notation)


def _groups(column: pd.Series) -> Integers:
    """Codes of groups; a row without one is a group of its own."""
    codes, names = pd.factorize(as_text(column))
    is_alone = codes < 0
    groups = codes.astype(np.int64)
    groups[is_alone] = len(names) + np.arange(is_alone.sum())
    return groups


def _times(column: pd.Series) -> Array:
    values = as_moments(column)
    if isinstance(values.dtype, pd.StringDtype) or values.isna().any():
        raise TableError(
            f"Time column {column.name!r} must hold a number or a date "
            "(2024-03-01 12:30) in every row."
        )
    return values.to_numpy()


def _weights(column: pd.Series) -> Floats:
    weight = as_numbers(column).to_numpy()
    if np.isnan(weight).any() or (weight < 0).any() or weight.sum() == 0:
        raise TableError(
            f"Weight column {column.name!r} must hold a number of 0 or more in every "
            "row, and not only zeros."
        )
    return weight
