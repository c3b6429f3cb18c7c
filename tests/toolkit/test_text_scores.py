"""Cross-fitted scores of texts."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from toolkit.text_grams import TextGrams
from toolkit.text_scores import TextScores

WORDS = [f"word{number}" for number in range(200)]


def some_grams(rows: int, seed: int) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Texts of twelve random words, and whether the first of all words is among them."""
    random = np.random.default_rng(seed)
    chosen = [random.choice(WORDS, 12, replace=False) for _ in range(rows)]
    is_told = random.random(rows) < 0.5
    texts = [
        " ".join([*words, "told"] if told else words)
        for words, told in zip(chosen, is_told, strict=True)
    ]
    grams = TextGrams().fit_transform(pd.Series(texts, dtype="str"))
    return grams, is_told.astype(np.int64)


def test_a_word_that_tells_the_target_shows_in_scores() -> None:
    grams, told = some_grams(300, 0)

    scores = TextScores(0).fit_transform(grams, told[:, None].astype(np.float64))

    assert np.corrcoef(scores[:, 0], told)[0, 1] > 0.7


def test_a_training_row_never_takes_part_in_its_own_score() -> None:
    grams, told = some_grams(90, 0)
    targets = told[:, None].astype(np.float64)
    before = TextScores(0).fit_transform(grams, targets)
    changed = targets.copy()
    changed[7] += 1000

    after = TextScores(0).fit_transform(grams, changed)

    assert after[7] == before[7]
    assert not np.allclose(after, before)


def test_scores_of_a_target_of_noise_say_nothing_of_training_rows() -> None:
    grams, _ = some_grams(600, 0)
    noise = np.random.default_rng(1).normal(size=(600, 1))

    scores = TextScores(0).fit_transform(grams, noise)

    assert abs(np.corrcoef(scores[:, 0], noise[:, 0])[0, 1]) < 0.15


def test_each_target_column_has_its_score() -> None:
    grams, told = some_grams(60, 0)
    targets = np.column_stack([told, 1 - told]).astype(np.float64)
    model = TextScores(0)

    scores = model.fit_transform(grams, targets)

    assert scores.shape == targets.shape
    assert model.transform(grams[:5]).shape == (5, 2)
