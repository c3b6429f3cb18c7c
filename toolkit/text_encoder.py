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
MOST_SHOWN = 6
"""So many components are shown, those that go with the target most. All 20 of each text drown
small tables: the loss of five models and their mean on 411 airports with four texts was 22 %
higher with them, on six other tables 0 to 4 %; on four it was the same."""
FEWEST_ROWS = 20
"""Fewer rows than this say nothing of what a text tells of the target."""
FEWEST_STANDARD_ERRORS = 4.0
"""So far from zero a correlation with the target must be that two dozen columns do not reach by
chance. Of texts without one (football players, job titles) none reached 3.5, the others 5.8 to
60; the loss of whole runs of 54 s was 24 and .4 % lower without them, since trees took half
the time."""


class TextEncoder:
    """Length statistics, latent semantic analysis of n-grams, and their target scores.

    The first two are those of skrub's StringEncoder; see `TextGrams` and `TextScores`. Of
    the latent components only those are shown that go with the target, and of a text that
    says nothing of the target, the length statistics are all there is.
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
            (rows, 4), if the text says nothing of the targets. There are 20 components
            without targets, six at most with them.
        """
        texts = _clean(column)
        grams = self.grams.fit_transform(texts)
        self._fit_projection(grams)
        if targets is None or not grams.nnz or len(texts) < FEWEST_ROWS:
            return np.hstack([_counts(texts), *self._latent(grams)])
        self.scores = TextScores(self.seed)
        scores = self.scores.fit_transform(grams, targets)
        self._choose_components(grams, targets)
        furthest = _standard_errors(scores, targets).max()
        if self.projection is None and furthest < FEWEST_STANDARD_ERRORS:
            self.says_nothing, self.scores = True, None
            return _counts(texts)
        return np.hstack([_counts(texts), *self._latent(grams), scores])

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

    def _choose_components(self, grams: csr_matrix, targets: Floats) -> None:
        """Keep the components that go with the targets, the six that do most."""
        if self.projection is None:
            return
        latent = self.projection.transform(grams)
        errors = _standard_errors(latent, targets)
        furthest = np.sort(np.argsort(-errors)[:MOST_SHOWN])
        chosen = furthest[errors[furthest] >= FEWEST_STANDARD_ERRORS]
        if chosen.size:
            self.projection.components_ = self.projection.components_[chosen]
        else:
            self.projection = None

    def _latent(self, grams: csr_matrix) -> list[Floats]:
        if self.projection is None:
            return []
        return [np.asarray(self.projection.transform(grams), dtype=np.float64)]


def _standard_errors(columns: Floats, targets: Floats) -> Floats:
    """How far the largest correlation of each column with a target is from zero."""
    correlations = _standardised(columns).T @ _standardised(targets) / len(targets)
    furthest: Floats = np.abs(correlations).max(axis=1) * np.sqrt(len(targets))
    return furthest


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
