"""Class labels of any kind and their texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_loop.estimators.labels import Labels

LABELS = st.one_of(
    st.lists(st.integers(-5, 5), min_size=2),
    st.lists(st.text(max_size=3), min_size=2),
    st.lists(st.booleans(), min_size=2),
    st.lists(st.floats(-2, 2, allow_nan=False), min_size=2),
)


@given(LABELS)
def test_every_label_has_a_text_of_its_own(y: list[object]) -> None:
    target = np.array(y)

    labels = Labels.of(target)

    assert len(set(labels.texts)) == len(labels.classes)
    assert all(text.strip() for text in labels.texts)
    places = [labels.texts.index(text) for text in labels.as_texts(target)]
    np.testing.assert_array_equal(labels.classes[places], target)


@pytest.mark.parametrize(
    ("y", "texts"),
    [
        ([2, 1], ("1", "2")),
        ([2.0, 0.5], ("0.5", "2")),
        ([True, False], ("False", "True")),
        (["b", "a"], ("a", "b")),
        (["", "a"], ("class 0", "class 1")),
    ],
)
def test_texts_are_what_people_would_write(y: list[object], texts: object) -> None:
    assert Labels.of(np.array(y)).texts == texts


def test_probabilities_are_put_in_the_order_of_the_classes() -> None:
    labels = Labels.of(np.array(["a", "b", "c"]))

    ordered = labels.in_order(np.array([[0.9, 0.1]]), ("c", "a"))

    assert ordered.tolist() == [[0.1, 0.0, 0.9]]
