"""Wrappers that mend a feature program from outside.

Each is used as a base class of the mended program:
`class Features(FilledFeatures): written = WrittenFeatures`.
"""

from typing import Protocol, Self, cast

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.preparations import (
    FilledGaps,
    NumbersOnly,
    Preparation,
    TrainedLevels,
)


class _Program(Protocol):
    def fit(self, *arguments: object) -> object: ...

    def transform(self, X: pd.DataFrame) -> object: ...


class RepairedFeatures:
    """Passes everything on to the program as it was written.

    Attributes:
        written: The class that failed.
        needs_y: As the class that failed has it.
    """

    written: type
    needs_y = False

    def __init_subclass__(cls) -> None:
        if "written" in vars(cls):
            cls.needs_y = bool(getattr(cls.written, "needs_y", False))

    def __init__(self) -> None:
        self.inner = cast("_Program", self.written())

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Fit the program inside."""
        if y is None:
            self.inner.fit(X)
        else:
            self.inner.fit(X, y)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """What the program inside makes of rows."""
        return cast("pd.DataFrame", self.inner.transform(X))


class _PreparedFeatures(RepairedFeatures):
    """Changes the table before the program sees it."""

    preparation: type[Preparation]

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn the preparation, then fit the program inside."""
        self.prepared = self.preparation()
        self.prepared.learn(X)
        return super().fit(self.prepared.prepare(X), y)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Prepare rows, then transform them."""
        return super().transform(self.prepared.prepare(X))


class FilledFeatures(_PreparedFeatures):
    """No missing values, see `FilledGaps`."""

    preparation = FilledGaps


class NumericFeatures(_PreparedFeatures):
    """Numbers only, see `NumbersOnly`."""

    preparation = NumbersOnly


class KnownFeatures(_PreparedFeatures):
    """No level that training rows did not have, see `TrainedLevels`."""

    preparation = TrainedLevels


class CleanColumns(RepairedFeatures):
    """New columns in the form that the contract asks for.

    Whatever the program returns becomes a table over the rows it was given, with numbers
    only and names of its own. Columns of the table itself are left out; a text or a level
    that is no number becomes a missing value.
    """

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Clean what the program inside makes of rows."""
        made = self.inner.transform(X)
        if not isinstance(made, pd.DataFrame | pd.Series):
            made = np.asarray(made).reshape(len(X), -1)
        table = pd.DataFrame(made)
        is_known = table.index.isin(X.index).all() and table.index.is_unique
        if is_known or len(table) != len(X):
            table = table[table.index.isin(X.index)].reindex(X.index)
        columns: dict[str, Floats] = {}
        for place, name in enumerate(table.columns):
            if name in X.columns and len(table.columns) > 1:
                continue
            text = name if isinstance(name, str) else f"new {name}"
            while text in columns:
                text = f"{text} again"
            columns[text] = _as_numbers(table.iloc[:, place])
        return pd.DataFrame(columns, index=X.index)


def _as_numbers(column: pd.Series) -> Floats:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)


class FewerColumns(RepairedFeatures):
    """Keeps the first of very many columns.

    Attributes:
        columns: Most columns to keep.
    """

    columns = 100

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The first columns that the program inside makes of rows."""
        return super().transform(X).iloc[:, : self.columns]


class SampledFeatures(RepairedFeatures):
    """Fits on a random part of the training rows, to save time and memory.

    Attributes:
        rows: Most rows to fit on.
    """

    rows = 2_000

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Fit the program inside on a sample."""
        kept = np.sort(np.random.default_rng(0).permutation(len(X))[: self.rows])
        if y is None:
            return super().fit(X.iloc[kept])
        return super().fit(X.iloc[kept], pd.Series(y, index=X.index).iloc[kept])
