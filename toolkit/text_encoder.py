"""One text column as a few numbers: counts, a latent space of n-grams, and target scores."""

import warnings

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD

from toolkit.arrays import Floats
from toolkit.text_grams import TextGrams
from toolkit.text_scores import TextScores

COMPONENTS = 20
FEWEST_ROWS = 20
"""Fewer rows than this say nothing of what a text tells of the target."""


class TextEncoder:
    """Length statistics, latent semantic analysis of n-grams, and their target scores.

    The first two are those of skrub's StringEncoder; see `TextGrams` and `TextScores`.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.grams = TextGrams()
        self.projection: TruncatedSVD | None = None
        self.scores: TextScores | None = None

    def fit_transform(self, column: pd.Series, targets: Floats | None = None) -> Floats:
        """Learn the encoding and encode the training rows.

        Args:
            column: Training texts; a missing text counts as empty.
            targets: Columns to predict, shape (rows, columns), or None.

        Returns:
            Array of shape (rows, 4 + components + columns): number of characters, words,
            digits and capitals, the latent components, and cross-fitted target scores.
        """
        texts = _clean(column)
        grams = self.grams.fit_transform(texts)
        self._fit_projection(grams)
        blocks = [_counts(texts), *self._latent(grams)]
        if targets is not None and grams.nnz and len(texts) >= FEWEST_ROWS:
            self.scores = TextScores(self.seed)
            blocks.append(self.scores.fit_transform(grams, targets))
        return np.hstack(blocks)

    def transform(self, column: pd.Series) -> Floats:
        """Encode later rows, shape (rows, 4 + components + columns)."""
        texts = _clean(column)
        grams = self.grams.transform(texts)
        blocks = [_counts(texts), *self._latent(grams)]
        if self.scores is not None:
            blocks.append(self.scores.transform(grams))
        return np.hstack(blocks)

    def _fit_projection(self, grams: csr_matrix) -> None:
        components = min(COMPONENTS, grams.shape[0] - 1)
        if components >= 1 and grams.nnz:
            self.projection = TruncatedSVD(components, random_state=self.seed)
            with warnings.catch_warnings():
                # One and the same text in every row has no variance to divide by.
                warnings.simplefilter("ignore", RuntimeWarning)
                self.projection.fit(grams)

    def _latent(self, grams: csr_matrix) -> list[Floats]:
        if self.projection is None:
            return []
        return [np.asarray(self.projection.transform(grams), dtype=np.float64)]


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
