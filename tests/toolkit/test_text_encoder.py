"""Text as numbers."""

import numpy as np
import pandas as pd
import pytest

from toolkit.text_encoder import (
    COMPONENTS,
    FEWEST_ROWS,
    MOST_SHOWN,
    TextEncoder,
)


def test_first_numbers_count_characters_words_digits_and_capitals() -> None:
    column = pd.Series(["Ab 12", None, "three more words"], dtype="str")

    encoded = TextEncoder(0).fit_transform(column)

    assert encoded[:2, :4].tolist() == [[5, 2, 2, 1], [0, 0, 0, 0]]


def test_similar_texts_come_closer_than_different_ones() -> None:
    texts = ["red apple pie", "red apple cake", "quantum field theory"] * 10
    column = pd.Series(texts, dtype="str")

    latent = TextEncoder(0).fit_transform(column)[:, 4:]

    near = np.linalg.norm(latent[0] - latent[1])
    far = np.linalg.norm(latent[0] - latent[2])
    assert near < far


@pytest.mark.parametrize("texts", [["same"] * 30, [""] * 30, ["one"]])
def test_texts_without_variety_are_encoded_without_warning(texts: list[str]) -> None:
    column = pd.Series(texts, dtype="str")
    targets = np.arange(len(texts), dtype=np.float64)[:, None]

    encoded = TextEncoder(0).fit_transform(column, targets)

    assert np.isfinite(encoded).all()
    assert encoded.shape[1] <= 4 + COMPONENTS + 1


def test_a_target_adds_scores_to_training_rows_and_later_ones() -> None:
    column = pd.Series(["red apple", "green pear"] * 20, dtype="str")
    targets = np.array([[1.0, 0.0], [0.0, 1.0]] * 20)
    encoder = TextEncoder(0)

    encoded = encoder.fit_transform(column, targets)
    later = encoder.transform(pd.Series(["pear", None], dtype="str"))

    assert encoded.shape[1] == later.shape[1]
    assert (encoded[:, -2] > encoded[:, -1]).tolist() == [True, False] * 20
    assert later[0, -2] < later[0, -1]


def test_of_a_text_that_says_nothing_only_its_length_is_kept() -> None:
    random = np.random.default_rng(0)
    names = ["".join(random.choice(list("abcdefgh"), 9)) for _ in range(400)]
    column = pd.Series(names, dtype="str")
    encoder = TextEncoder(0)

    encoded = encoder.fit_transform(column, random.normal(size=(400, 2)))

    assert encoder.says_nothing
    assert encoded.shape == (400, 4)
    assert encoder.transform(column[:3]).shape == (3, 4)


def test_a_text_that_says_a_little_of_one_target_is_kept() -> None:
    random = np.random.default_rng(0)
    is_mean = random.random(2_000) < 0.5
    words = np.where(is_mean, "rude", "kind")
    column = pd.Series(
        [f"{word} {n % 97}" for n, word in enumerate(words)], dtype="str"
    )
    noise = random.normal(size=(2_000, 2))
    targets = noise + np.column_stack([0.3 * is_mean, np.zeros(2_000)])

    encoded = TextEncoder(0).fit_transform(column, targets)

    assert encoded.shape[1] > 4 + 2


def test_of_many_components_those_that_go_with_the_target_are_shown() -> None:
    random = np.random.default_rng(0)
    words = random.choice([f"word{n}" for n in range(200)], size=(1_000, 4))
    is_red = random.random(1_000) < 0.5
    column = pd.Series(
        [
            f"{'scarlet' if red else 'turquoise'} {' '.join(row)}"
            for red, row in zip(is_red, words, strict=True)
        ],
        dtype="str",
    )
    encoder = TextEncoder(0)

    encoded = encoder.fit_transform(column, is_red[:, None].astype(np.float64))

    shown = encoded.shape[1] - 4 - 1
    assert 1 <= shown <= MOST_SHOWN
    correlations = np.corrcoef(encoded[:, 4:].T, is_red)[-1, :-1]
    assert (np.abs(correlations) > 4 / np.sqrt(1_000)).all()
    np.testing.assert_allclose(
        encoder.transform(column)[:, : 4 + shown], encoded[:, : 4 + shown], atol=1e-6
    )


def test_a_handful_of_rows_gets_no_scores() -> None:
    few = FEWEST_ROWS - 1
    column = pd.Series([f"text {row}" for row in range(few)], dtype="str")
    plain = TextEncoder(0).fit_transform(column)

    scored = TextEncoder(0).fit_transform(column, np.ones((few, 1)))

    np.testing.assert_array_equal(scored, plain)
