"""Any table as CatBoost likes it: categories as strings, all else as numbers."""

import numpy as np
import pandas as pd

from toolkit.columns import group_columns, numbers
from toolkit.datetime_parts import datetime_parts
from toolkit.text_encoder import TextEncoder

MISSING = "(missing)"


class CatBoostEncoder:
    """Native string categories, with missing as a level of its own.

    Attributes:
        categories: Names of the encoded columns that hold strings.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit_transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Learn the encoding of text columns and encode the training rows."""
        self.groups = group_columns(X)
        self.categories = list(self.groups.category)
        self.texts = {
            name: TextEncoder(self.seed).fit(X[name]) for name in self.groups.text
        }
        return self.transform(X)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode rows: object columns of `str` first, then float64 columns."""
        blocks = [numbers(X, self.groups.numeric)]
        blocks += [datetime_parts(X[name]) for name in self.groups.datetime]
        blocks += [text.transform(X[name]) for name, text in self.texts.items()]
        values = np.hstack(blocks)
        names = [f"number {position}" for position in range(values.shape[1])]
        encoded = pd.DataFrame(values, columns=names, index=X.index)
        strings = {name: _strings(X[name]) for name in self.categories}
        return pd.concat(
            [pd.DataFrame(strings, index=X.index, dtype=object), encoded], axis=1
        )


def _strings(column: pd.Series) -> pd.Series:
    texts = column.astype(object).where(column.notna(), MISSING)
    return texts.map(str).astype(object)
