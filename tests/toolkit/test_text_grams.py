"""Texts as weighted n-grams."""

import numpy as np
import pandas as pd
import pytest

from toolkit import text_grams
from toolkit.text_grams import TextGrams


def series(*texts: str) -> "pd.Series[str]":
    return pd.Series(texts, dtype="str")


def test_a_bent_word_shares_runs_of_characters_with_its_stem() -> None:
    grams = TextGrams()
    weights = grams.fit_transform(series("reading", "holiday"))

    likeness = (grams.transform(series("readers")) @ weights.T).toarray()[0]

    assert likeness[0] > 0.1
    assert likeness[1] == 0


def test_much_text_is_told_apart_by_words_and_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_grams, "MOST_SPELLED", 20)
    grams = TextGrams()

    grams.fit_transform(series("one two three", "four five six"))

    assert grams.transform(series("one two")).nnz == 3


def test_texts_are_cut_where_all_together_are_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_grams, "MOST_CHARACTERS", 20)
    grams = TextGrams()
    weights = grams.fit_transform(series("likewise beginnings", "likewise be unlike"))

    np.testing.assert_array_equal(weights[0].toarray(), weights[1].toarray())


def test_rows_have_length_one_and_an_empty_text_none() -> None:
    weights = TextGrams().fit_transform(series("some words", ""))

    lengths = np.sqrt(weights.multiply(weights).sum(axis=1))
    np.testing.assert_allclose(np.ravel(lengths), [1, 0], rtol=1e-6)


def test_asking_for_the_same_texts_again_gives_the_same_weights() -> None:
    grams, others = TextGrams(), TextGrams()
    texts = series("some words", "other words", "some other words")
    grams.fit_transform(texts)
    others.fit_transform(series("some", "thing"))
    before = grams.transform(texts).toarray()
    others.transform(texts)

    again = grams.transform(texts).toarray()

    np.testing.assert_array_equal(again, before)
