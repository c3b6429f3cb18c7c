"""Texts as weighted counts of short runs of characters or words."""

from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

SLOTS = 2**15
MOST_SPELLED = 2_000_000
"""Up to so many characters of training texts are taken apart by character.

Runs of characters also find words that are bent or misspelt, but take four times as long;
where there is more text, its words say nearly as much (log-loss of LightGBM on Reuters-8,
2.3 million characters: .097 and .100).
"""
MOST_CHARACTERS = 20_000_000
"""Longer texts are cut so that those of all training rows stay below this."""
RECENT_COLUMNS = 4


class TextGrams:
    """TF-IDF of hashed character 3-4-grams, or of words and pairs of them.

    A hash in place of a vocabulary keeps a fitted encoder small.
    """

    def __init__(self) -> None:
        self.weighting = TfidfTransformer(sublinear_tf=True)

    def fit_transform(self, texts: "pd.Series[str]") -> csr_matrix:
        """Learn how much each n-gram tells.

        Args:
            texts: Training texts, none missing.

        Returns:
            Matrix of float32, shape (rows, 32768), rows of length 1.
        """
        self.longest = MOST_CHARACTERS // max(1, len(texts))
        characters = int(texts.str.len().clip(upper=self.longest).sum())
        self.is_spelled = characters <= MOST_SPELLED
        return self.weighting.fit_transform(self._counts(texts))

    def transform(self, texts: "pd.Series[str]") -> csr_matrix:
        """Weigh the n-grams of later texts, shape (rows, 32768)."""
        return self.weighting.transform(self._counts(texts))

    def _counts(self, texts: "pd.Series[str]") -> csr_matrix:
        cut = tuple(texts.str.slice(stop=self.longest))
        return _counts(cut, is_spelled=self.is_spelled)


@lru_cache(maxsize=RECENT_COLUMNS)
def _counts(texts: tuple[str, ...], *, is_spelled: bool) -> csr_matrix:
    """How often each n-gram occurs; the models of all folds ask for the same rows."""
    hasher = HashingVectorizer(
        analyzer="char_wb" if is_spelled else "word",
        ngram_range=(3, 4) if is_spelled else (1, 2),
        n_features=SLOTS,
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
    )
    return hasher.transform(texts)
