"""New columns that describe how a text is written."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.feature_columns import new_columns, safe_ratio

COUNTED = {
    "digits": r"\d",
    "capitals": r"[A-Z]",
    "signs": r"[^\w\s]",
    "sentences": r"[.!?]+",
    "links": r"https?://|www\.",
}
SHARED = ("digits", "capitals", "signs")


class TextStatistics:
    """Length, words, and how much of a text is digits, capitals or signs.

    Args:
        columns: Names of columns of text; a missing text counts as empty.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = list(columns)

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Return itself: there is nothing to learn."""
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Columns like `characters of note`, `share of digits in note`."""
        columns: dict[str, Floats] = {}
        for name in self.columns:
            texts = X[name].astype(object).where(X[name].notna(), "").astype("str")
            characters = _numbers(texts.str.len())
            words = _numbers(texts.str.count(r"\S+"))
            columns[f"characters of {name}"] = characters
            columns[f"words of {name}"] = words
            columns[f"characters per word of {name}"] = safe_ratio(characters, words)
            distinct = texts.map(lambda text: len(set(text.lower().split())))
            columns[f"distinct words of {name}"] = _numbers(distinct)
            for what, pattern in COUNTED.items():
                count = _numbers(texts.str.count(pattern))
                columns[f"{what} of {name}"] = count
                if what in SHARED:
                    share = safe_ratio(count, characters)
                    columns[f"share of {what} in {name}"] = share
        return new_columns(columns, X)


def _numbers(values: pd.Series) -> Floats:
    return np.asarray(values, dtype=np.float64)
