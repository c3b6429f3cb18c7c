"""Any table as CatBoost likes it: categories as strings, all else as numbers."""

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.columns import group_columns, numbers
from toolkit.datetime_parts import datetime_columns
from toolkit.text_columns import TextColumns

MISSING = "(missing)"


class CatBoostEncoder:
    """Native string categories, with missing as a level of its own.

    Args:
        seed: Seed of all random choices.
        is_classification: Whether `y` holds class codes.

    Attributes:
        categories: Names of the encoded columns that hold strings.
    """

    def __init__(self, seed: int, *, is_classification: bool = False) -> None:
        self.seed = seed
        self.texts = TextColumns(seed, is_classification=is_classification)

    def fit_transform(
        self, X: pd.DataFrame, y: Floats | Codes | None = None
    ) -> pd.DataFrame:
        """Learn the encoding of text columns and encode the training rows.

        Args:
            X: Training rows.
            y: Their targets, or None for an encoding without target.
        """
        self.groups = group_columns(X)
        self.categories = list(self.groups.category)
        texts = self.texts.fit_transform(X, self.groups, y)
        return self._join(X, texts)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode rows: object columns of `str` first, then float64 columns."""
        return self._join(X, self.texts.transform(X))

    def _join(self, X: pd.DataFrame, texts: Floats) -> pd.DataFrame:
        blocks = [numbers(X, self.groups.numeric)]
        blocks.append(datetime_columns(X, self.groups.datetime))
        values = np.hstack([*blocks, texts])
        names = [f"number {position}" for position in range(values.shape[1])]
        encoded = pd.DataFrame(values, columns=names, index=X.index)
        strings = {name: _strings(X[name]) for name in self.categories}
        return pd.concat(
            [pd.DataFrame(strings, index=X.index, dtype=object), encoded], axis=1
        )


def _strings(column: pd.Series) -> pd.Series:
    texts = column.astype(object).where(column.notna(), MISSING)
    return texts.map(str).astype(object)
