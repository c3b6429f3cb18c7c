"""Ways to prepare a table for code that does not take it as it is."""

from abc import ABC, abstractmethod

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.columns import group_columns, medians, numbers
from toolkit.datetime_parts import datetime_parts
from toolkit.levels import Levels

MISSING = "(missing)"
ONE_HOT_LEVELS = 20


class Preparation(ABC):
    """Learns from training rows what it takes to change these and later rows."""

    @abstractmethod
    def learn(self, X: pd.DataFrame) -> None:
        """Learn from the training rows what `prepare` needs."""

    @abstractmethod
    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """The table as the code can take it."""


class FilledGaps(Preparation):
    """No missing values: medians for numbers and dates, a level or text for the rest."""

    def learn(self, X: pd.DataFrame) -> None:
        """Learn medians and levels."""
        self.groups = group_columns(X)
        self.medians = medians(numbers(X, self.groups.numeric))
        self.middles = {name: X[name].median() for name in self.groups.datetime}
        self.levels = {
            name: [*map(str, Levels().fit(X[name]).index), MISSING]
            for name in self.groups.category
        }

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Fill the gaps; columns keep their names."""
        values = numbers(X, self.groups.numeric)
        values = np.where(np.isnan(values), self.medians, values)
        filled = dict(zip(self.groups.numeric, values.T, strict=True))
        columns: dict[str, object] = {}
        for name in X.columns:
            if name in filled:
                columns[name] = filled[name]
            elif name in self.levels:
                texts = X[name].astype(object).where(X[name].notna(), MISSING).map(str)
                known = texts.where(texts.isin(self.levels[name]), MISSING)
                columns[name] = pd.Categorical(known, categories=self.levels[name])
            elif name in self.middles:
                columns[name] = X[name].fillna(self.middles[name])
            else:
                columns[name] = X[name].fillna("")
        return pd.DataFrame(columns, index=X.index)


class NumbersOnly(Preparation):
    """Numbers only, none missing; columns keep their names.

    A category becomes the codes of its levels, most frequent first, followed by one
    indicator column `name = level` for each of its 20 most frequent levels. A text
    becomes its length, a date the days since 1970.
    """

    def learn(self, X: pd.DataFrame) -> None:
        """Learn levels and medians."""
        self.groups = group_columns(X)
        self.levels = {name: Levels().fit(X[name]) for name in self.groups.category}
        self.medians = medians(self._encode(X).to_numpy())

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode rows as float64 columns without missing values."""
        encoded = self._encode(X)
        values = encoded.to_numpy()
        filled = np.where(np.isnan(values), self.medians, values)
        return pd.DataFrame(filled, index=X.index, columns=encoded.columns)

    def _encode(self, X: pd.DataFrame) -> pd.DataFrame:
        columns: dict[str, Floats] = {}
        numeric = numbers(X, self.groups.numeric)
        for name in X.columns:
            if name in self.levels:
                levels = self.levels[name]
                codes = levels.codes(X[name])
                columns[name] = codes.astype(np.float64)
                for code, level in enumerate(levels.index[:ONE_HOT_LEVELS].tolist()):
                    columns[f"{name} = {level}"] = (codes == code).astype(np.float64)
            elif name in self.groups.datetime:
                columns[name] = datetime_parts(X[name])[:, 0]
            elif name in self.groups.text:
                lengths = X[name].fillna("").str.len()
                columns[name] = np.asarray(lengths, dtype=np.float64)
            else:
                columns[name] = numeric[:, self.groups.numeric.index(name)]
        return pd.DataFrame(columns, index=X.index)


class ScaledNumbers(NumbersOnly):
    """Numbers only, none missing, each column with mean 0 and deviation 1."""

    def learn(self, X: pd.DataFrame) -> None:
        """Learn levels, medians, means and deviations."""
        super().learn(X)
        values = super().prepare(X).to_numpy()
        self.means = values.mean(axis=0)
        deviations = values.std(axis=0)
        self.deviations = np.where(deviations > 0, deviations, 1.0)

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode rows as scaled float64 columns."""
        scaled: pd.DataFrame = (super().prepare(X) - self.means) / self.deviations
        return scaled


class TrainedLevels(Preparation):
    """A level that training rows did not have becomes their most frequent one."""

    def learn(self, X: pd.DataFrame) -> None:
        """Learn the levels of each category."""
        categories = group_columns(X).category
        self.levels = {name: Levels().fit(X[name]).index for name in categories}

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Replace unseen levels; missing ones as well, where levels are known."""
        known = X.copy()
        for name, levels in self.levels.items():
            if len(levels):
                column = X[name].astype(object)
                column = column.where(column.isin(levels), levels[0])
                known[name] = pd.Categorical(column, categories=levels)
        return known
