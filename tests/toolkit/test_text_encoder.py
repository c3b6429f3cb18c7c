"""Text as numbers."""

import numpy as np
import pandas as pd
import pytest

from toolkit.text_encoder import COMPONENTS, TextEncoder


def test_first_numbers_count_characters_words_digits_and_capitals() -> None:
    column = pd.Series(["Ab 12", None, "three more words"], dtype="str")

    encoded = TextEncoder(0).fit(column).transform(column)

    assert encoded[:2, :4].tolist() == [[5, 2, 2, 1], [0, 0, 0, 0]]


def test_similar_texts_come_closer_than_different_ones() -> None:
    texts = ["red apple pie", "red apple cake", "quantum field theory"] * 10
    column = pd.Series(texts, dtype="str")

    latent = TextEncoder(0).fit(column).transform(column)[:, 4:]

    near = np.linalg.norm(latent[0] - latent[1])
    far = np.linalg.norm(latent[0] - latent[2])
    assert near < far


@pytest.mark.parametrize("texts", [["same"] * 5, [""] * 5, ["one"]])
def test_texts_without_variety_are_encoded_without_warning(texts: list[str]) -> None:
    column = pd.Series(texts, dtype="str")

    encoded = TextEncoder(0).fit(column).transform(column)

    assert np.isfinite(encoded).all()
    assert encoded.shape[1] <= 4 + COMPONENTS
