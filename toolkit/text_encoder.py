"""One text column as a few numbers: counts of its characters and a latent space of n-grams."""

import warnings
from typing import Self

import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from toolkit.arrays import Floats

HASHED_GRAMS = 2**13
COMPONENTS = 20


class TextEncoder:
    """Length statistics and latent semantic analysis of character 3-4-grams.

    The recipe is that of skrub's StringEncoder, with hashing in place of a
    vocabulary so that a fitted encoder stays small.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.hasher = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 4),
            n_features=HASHED_GRAMS,
            alternate_sign=False,
            norm=None,
        )

    def fit(self, column: pd.Series) -> Self:
        """Learn the weights of n-grams and their latent space."""
        self.weighting = TfidfTransformer(sublinear_tf=True)
        grams = self.weighting.fit_transform(self.hasher.transform(_clean(column)))
        components = min(COMPONENTS, len(column) - 1)
        self.projection = None
        if components >= 1 and grams.nnz:
            self.projection = TruncatedSVD(components, random_state=self.seed)
            with warnings.catch_warnings():
                # One and the same text in every row has no variance to divide by.
                warnings.simplefilter("ignore", RuntimeWarning)
                self.projection.fit(grams)
        return self

    def transform(self, column: pd.Series) -> Floats:
        """Encode each row's text.

        Returns:
            Array of shape (rows, 4 + components): number of characters, words, digits
            and capitals, then the latent components. A missing text counts as empty.
        """
        texts = _clean(column)
        blocks = [_counts(texts)]
        if self.projection is not None:
            grams = self.weighting.transform(self.hasher.transform(texts))
            blocks.append(self.projection.transform(grams))
        return np.hstack(blocks)


def _clean(column: pd.Series) -> "pd.Series[str]":
    return column.astype(object).where(column.notna(), "").astype(str)


def _counts(texts: "pd.Series[str]") -> Floats:
    return np.column_stack(
        [
            texts.str.len().to_numpy(dtype=np.float64),
            texts.str.count(r"\S+").to_numpy(dtype=np.float64),
            texts.str.count(r"\d").to_numpy(dtype=np.float64),
            texts.str.count(r"[A-Z]").to_numpy(dtype=np.float64),
        ]
    )
