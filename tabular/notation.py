"""How the amounts of a column of text are written: `5.3 kg`, `1,248 CC`, `€1.2M`, `40+`.

Exported predictors run this very file.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from tabular.number_patterns import (
    CURRENCIES,
    CURRENCY,
    GROUPED,
    GROUPS,
    NUMBER,
    SPACES,
    SYMBOLS,
    sign_pattern,
)
from tabular.units import SIZES, factor
from tabular.values import as_amounts, plain_values

_MARKS = (".", ",")
_LETTER = r"[^\W\d_]"
_UNIT = (
    rf"(?:{_LETTER}|[%‰°\"'+{CURRENCIES}])"
    rf"(?:{_LETTER}|[ /.^°·*%\"'{CURRENCIES}]){{0,13}}[23]?"
)
_PARTS = (
    rf"^(?P<sign>[+-]?)\s?{CURRENCY}?\s?"
    rf"(?P<number>[0-9][0-9.,{SPACES}]*(?<![ ,])(?:[eE][+-]?[0-9]+)?|[.,][0-9]+)"
    rf"\s?(?P<unit>{_UNIT})?$"
)
_LIMIT = r"^[<>≤≥~≈]=?\s?"
_CODE = r"^0[0-9]"
"""Digits that begin so are a code: as an amount it would lose them."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How amounts are written.

    Attributes:
        mark: What stands between whole and fraction.
        unit: The unit that most carry; nothing for plain numbers, `1.2M` among them.
    """

    mark: str
    unit: str

    def __str__(self) -> str:
        """An example, from which it can be read again: `0.0 kg`."""
        return f"0{self.mark}0 {self.unit}".rstrip()

    @classmethod
    def of(cls, example: str) -> Self:
        """Read the example of a notation."""
        return cls(mark=example[1], unit=example[4:])


def as_written(column: pd.Series, notation: Notation) -> pd.Series:
    """Read a column as float64, in the unit of its notation.

    Amounts of other units are converted (`500 g` is half a `kg`); what is no amount or
    has a unit that does not convert becomes missing.
    """
    values = plain_values(column)
    if isinstance(values.dtype, pd.StringDtype):
        spelled = pd.Series(values.dropna().unique(), dtype="str")
        amounts = _amounts(_parts(spelled), notation)
        known = dict(zip(spelled, amounts, strict=True))
        return as_amounts(values.map(known).astype("float64"))
    return as_amounts(values)


def as_numeric(column: pd.Series, example: str | None, decimal: str = ".") -> pd.Series:
    """Read a column of amounts as float64.

    Args:
        column: Values of any dtype.
        example: The example of the notation of its text, None for plain numbers.
        decimal: What stands between whole and fraction in plain numbers that could be
            read both ways.
    """
    if example is not None:
        return as_written(column, Notation.of(example))
    values = plain_values(column)
    if isinstance(values.dtype, pd.StringDtype):
        return _as_plain_numbers(values, decimal)
    return as_amounts(values)


def _as_plain_numbers(text: pd.Series, decimal: str) -> pd.Series:
    """Numbers as files are read that hold nothing else; what is none becomes missing."""
    rows = text.value_counts()
    spelled = pd.Series(rows.index, dtype="str")
    if not has_one_currency(spelled):
        return as_amounts(text)
    bare = spelled.str.replace(sign_pattern(SYMBOLS), r"\1", regex=True)
    notation = likely_notation(bare, rows.reset_index(drop=True), decimal)
    numbers = as_written(bare, Notation(notation.mark, ""))
    # Amounts never begin with a zero, and numbers that a program writes may.
    known = dict(zip(spelled, numbers.fillna(as_amounts(spelled)), strict=True))
    return text.map(known).astype("float64")


def unit_of(example: str | None) -> str:
    """The unit of amounts that are written like an example."""
    return "" if example is None else Notation.of(example).unit


def has_one_currency(spelled: pd.Series) -> bool:
    """Whether no two different signs of currency stand before numbers."""
    signs = _plainly(spelled).str.extract(rf"^[+-]?\s?({CURRENCY})", expand=False)
    return int(signs.nunique()) <= 1


def has_limits(spelled: pd.Series) -> bool:
    """Whether some amounts are written as a limit or a guess: `<0.5`, `~5`."""
    return bool(spelled.str.contains(_LIMIT).any())


def are_notes(spelled: pd.Series) -> bool:
    """Whether all amounts are written like `(1)`, as notes and items of lists are.

    In accounts, some amount is above zero or has a mark: `(1,234)`, `($5)`.
    """
    return bool(spelled.str.fullmatch(r"\([0-9]+\)").all())


def likely_notation(
    spelled: pd.Series, rows: pd.Series, decimal: str = "."
) -> Notation:
    """The notation under which most rows hold amounts.

    Args:
        spelled: Different values of a column, as text.
        rows: How many rows hold each.
        decimal: What stands between whole and fraction if both marks fit as many rows.
    """
    parts = _parts(spelled)
    is_unit = (parts["unit"] != "").to_numpy()
    units = rows[is_unit].groupby(parts["unit"].to_numpy()[is_unit]).sum()
    unit = "" if units.empty else str(units.idxmax())
    marks = dict.fromkeys((decimal, *_MARKS))
    notations = [Notation(mark, "" if unit in SIZES else unit) for mark in marks]
    is_read = {n: _amounts(parts, n).notna().to_numpy() for n in notations}
    return max(notations, key=lambda notation: int(rows[is_read[notation]].sum()))


def _parts(spelled: pd.Series) -> pd.DataFrame:
    parts = _plainly(spelled).str.extract(_PARTS).fillna("")
    return pd.DataFrame({name: part.str.strip() for name, part in parts.items()})


def _plainly(spelled: pd.Series) -> pd.Series:
    """Amounts without limits, and with a hyphen where they are negative, as `(5.00)` is."""
    bare = spelled.str.replace(_LIMIT, "", regex=True)
    signed = bare.str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    return signed.str.replace("\u2212", "-", regex=False)


def _amounts(parts: pd.DataFrame, notation: Notation) -> pd.Series:
    number = parts["number"]
    either = f"{NUMBER[notation.mark]}|{GROUPED[notation.mark]}"
    is_number = number.str.fullmatch(either) & ~number.str.contains(_CODE)
    digits = number.str.replace(GROUPS[notation.mark], "", regex=True)
    amounts = pd.to_numeric(digits.str.replace(",", ".").where(is_number))
    into = {unit: factor(unit, notation.unit) for unit in parts["unit"].unique()}
    factors = parts["unit"].map(into).astype("float64")
    signs = np.where(parts["sign"] == "-", -1.0, 1.0)
    return amounts.astype("float64") * factors * signs
