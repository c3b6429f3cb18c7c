"""At the edge of the program, one error is one error again."""

import pytest

from engine.unwrapping import first_leaf, single_errors


def test_a_group_in_a_group_is_unwrapped() -> None:
    group = ExceptionGroup("outer", [ExceptionGroup("inner", [KeyError("x")])])

    with pytest.raises(KeyError), single_errors():
        raise group


def test_a_plain_error_passes() -> None:
    with pytest.raises(ValueError, match="plain"), single_errors():
        raise ValueError("plain")


def test_the_first_leaf_of_a_leaf_is_itself() -> None:
    error = ValueError("leaf")

    assert first_leaf(error) is error
