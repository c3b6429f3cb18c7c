"""Ranges of hyperparameters as coordinates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.expert.blocks import CLUSTERING, PRETRAINED, SUPERVISED
from proposers.expert.spaces import SPACES, Choice, Number

EVERY = [bounds for space in SPACES.values() for bounds in space.values()]


def test_every_family_that_learns_weights_has_a_space() -> None:
    assert set(SPACES) == {*SUPERVISED, *CLUSTERING} - set(PRETRAINED)


@given(place=st.floats(0, 1), number=st.integers(0, len(EVERY) - 1))
def test_a_value_lies_where_it_was_put(place: float, number: int) -> None:
    bounds = EVERY[number]

    value = bounds.value(place)

    match bounds:
        case Choice(values=values):
            assert value in values
            assert abs(bounds.place(value) - place) <= 0.5 / len(values) + 1e-9
        case Number(low=low, high=high, is_whole=is_whole):
            assert isinstance(value, int) if is_whole else isinstance(value, float)
            assert low * 0.99 <= float(str(value)) <= high * 1.01
            assert bounds.value(bounds.place(value)) == value


@pytest.mark.parametrize(("value", "place"), [(1e-9, 0.0), (99.0, 1.0), ("?", 0.0)])
def test_what_lies_outside_stands_at_the_edge(value: float | str, place: float) -> None:
    assert Number(0.1, 10, is_log=True).place(value) == place


def test_a_value_that_is_no_choice_stands_with_the_first() -> None:
    choice = Choice(("a", "b"))

    assert choice.place("c") == choice.place("a") == 0.25
