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
FEWEST_STANDARD_ERRORS = 4.0
"""So far from zero a correlation with the target must be that two dozen columns do not reach by
chance. Of texts without one (football players, job titles) none reached 3.5, the others 5.8 to
60; the loss of whole runs of 54 s was 24 and .4 % lower without them, since trees took half
the time."""


class TextEncoder:
    """Length statistics, latent semantic analysis of n-grams, and their target scores.

    The first two are those of skrub's StringEncoder; see `TextGrams` and `TextScores`. Of a
    text whose n-grams say nothing of the target, the length statistics are all there is.
    """

    # Models that were fitted and kept before this was asked listened to every text.
    says_nothing = False

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
            digits and capitals, the latent components, and cross-fitted target scores; or
            (rows, 4), if the text says nothing of the targets.
        """
        texts = _clean(column)
        grams = self.grams.fit_transform(texts)
        self._fit_projection(grams)
        shown = self._latent(grams)
        if targets is not None and grams.nnz and len(texts) >= FEWEST_ROWS:
            self.scores = TextScores(self.seed)
            shown.append(self.scores.fit_transform(grams, targets))
            self.says_nothing = _are_unrelated(np.hstack(shown), targets)
        if self.says_nothing:
            self.projection = self.scores = None
            return _counts(texts)
        return np.hstack([_counts(texts), *shown])

    def transform(self, column: pd.Series) -> Floats:
        """Encode later rows, shape (rows, 4 + components + columns) or (rows, 4)."""
        texts = _clean(column)
        if self.says_nothing:
            return _counts(texts)
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


def _are_unrelated(columns: Floats, targets: Floats) -> bool:
    """Whether no column goes with any of the targets."""
    correlations = _standardised(columns).T @ _standardised(targets) / len(targets)
    furthest = float(np.abs(correlations).max())
    return bool(furthest * np.sqrt(len(targets)) < FEWEST_STANDARD_ERRORS)


def _standardised(columns: Floats) -> Floats:
    """Mean 0 and deviation 1, or 0 throughout where a column does not vary."""
    centred = columns - columns.mean(axis=0)
    deviations = columns.std(axis=0)
    standardised: Floats = centred / np.where(deviations > 0, deviations, np.inf)
    return standardised


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
