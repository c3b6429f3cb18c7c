"""Names that code gives: known ones are told, labels are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.tellable import is_tellable_column, tellable_exception

SOURCE = """
class TooFlat(Exception): pass
class Features:
    def transform(self, X):
        ratio = {f"{a}_per_{b}": X[a] / X[b] for a, b in self.pairs}
        return X.assign(**ratio, **{"density, squared": X["mass"] ** 2})
"""
NAMES = ("mass", "Volume (l)", "shop")
LEVELS = ("north", "south")


@pytest.mark.parametrize(
    "name",
    ["ValueError", "KeyError", "LightGBMError", "_UFuncNoLoopError", "TooFlat"],
)
def test_an_exception_that_is_known_is_named(name: str) -> None:
    assert tellable_exception(name, SOURCE) == name


@pytest.mark.parametrize("name", ["L1011010", "yes_no_no_yes", "print", "too flat", ""])
def test_an_exception_made_up_at_run_time_is_not(name: str) -> None:
    assert tellable_exception(name, SOURCE) == "Exception"


@pytest.mark.parametrize(
    "name",
    [
        "mass",
        "density, squared",
        "mass_per_shop",
        "mass / Volume (l)",
        "mass - mean by shop",
        "mass * mass / Volume (l) - mean by shop",
        "shop = north",
        "distance to centre 12",
        "target by shop & mass",
        "year of shop",
    ],
)
def test_a_column_put_together_from_what_is_known_may_be_named(name: str) -> None:
    assert is_tellable_column(name, SOURCE, NAMES, LEVELS)


@pytest.mark.parametrize(
    "name",
    [
        "label 12345.678",
        "mass 0 1 1 0 1",
        "yes",
        "mass mass mass mass",
        "mass +-++-+-",
        "mass + - + + - + -",
        "MASS_PER_shop",
        " ".join(["mass", "per", "shop", "ratio", "density", "squared"] * 3),
    ],
)
def test_a_column_named_after_labels_may_not(name: str) -> None:
    assert not is_tellable_column(name, SOURCE, NAMES, LEVELS)


@given(st.floats(min_value=100, allow_nan=False, allow_infinity=False))
def test_no_number_of_the_rows_can_be_a_name(value: float) -> None:
    assert not is_tellable_column(str(value), SOURCE, NAMES)
    assert not is_tellable_column(f"mass {value}", SOURCE, NAMES)


@given(st.lists(st.sampled_from(["mass", "per", "shop"]), min_size=13))
def test_known_words_cannot_spell_many_labels(words: list[str]) -> None:
    assert not is_tellable_column(" ".join(words), SOURCE, NAMES)
