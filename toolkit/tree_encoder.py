"""Any table as numbers for trees: level codes, dates and encoded texts, gaps as NaN."""

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.columns import group_columns, numbers
from toolkit.datetime_parts import datetime_columns
from toolkit.levels import Levels
from toolkit.target_means import TargetMeans, target_columns
from toolkit.text_columns import TextColumns


class TreeEncoder:
    """Float columns in which NaN means missing or never seen.

    Categories come first, as the codes of their training levels in the order of their
    names: trees that cut codes like numbers gain where names are grades or ranges. So
    `range(encoder.categories)` are the columns that LightGBM may treat as native categories.

    Args:
        seed: Seed of all random choices.
        mean_levels: A category with more levels than this shows cross-fitted target
            means, for trees without native categories; None for codes throughout.
        keeps_codes: Whether categories that show means keep their codes beside them.
        is_classification: Whether `y` holds class codes.
    """

    def __init__(
        self,
        seed: int,
        mean_levels: int | None = None,
        *,
        keeps_codes: bool = False,
        is_classification: bool = False,
    ) -> None:
        self.seed = seed
        self.texts = TextColumns(seed, is_classification=is_classification)
        self.mean_levels = mean_levels
        self.keeps_codes = keeps_codes
        self.is_classification = is_classification

    def fit_transform(self, X: pd.DataFrame, y: Floats | Codes | None = None) -> Floats:
        """Learn the encoding and encode the training rows.

        Args:
            X: Training rows.
            y: Their targets, or None for an encoding without target.

        Returns:
            Array of shape (rows, encoded columns).
        """
        self.groups = group_columns(X)
        self.levels = {
            name: Levels().fit(X[name]).by_name() for name in self.groups.category
        }
        targets = None
        if y is not None:
            targets = target_columns(y, is_classification=self.is_classification)
        texts = self.texts.fit_transform(X, self.groups, y)
        return self._join(X, self._fit_target_means(X, targets), texts)

    def transform(self, X: pd.DataFrame) -> Floats:
        """Encode later rows, shape (rows, encoded columns)."""
        means = {
            name: means.transform(self.levels[name].codes(X[name]))
            for name, means in self.target_means.items()
        }
        return self._join(X, means, self.texts.transform(X))

    @property
    def categories(self) -> int:
        """How many of the first columns hold level codes."""
        return len(self._coded)

    @property
    def _coded(self) -> list[str]:
        is_kept = self.keeps_codes
        return [
            name for name in self.levels if is_kept or name not in self.target_means
        ]

    def _fit_target_means(
        self, X: pd.DataFrame, targets: Floats | None
    ) -> dict[str, Floats]:
        self.target_means: dict[str, TargetMeans] = {}
        fitted: dict[str, Floats] = {}
        if targets is not None and self.mean_levels is not None:
            for name, levels in self.levels.items():
                if len(levels.index) > self.mean_levels:
                    means = TargetMeans(len(levels.index), self.seed)
                    fitted[name] = means.fit_transform(levels.codes(X[name]), targets)
                    self.target_means[name] = means
        return fitted

    def _join(self, X: pd.DataFrame, means: dict[str, Floats], texts: Floats) -> Floats:
        blocks = [
            self.levels[name].codes_with_gaps(X[name])[:, None] for name in self._coded
        ]
        blocks += [means[name] for name in self.target_means]
        blocks.append(numbers(X, self.groups.numeric))
        blocks.append(datetime_columns(X, self.groups.datetime))
        return np.hstack([*blocks, texts])
