"""Masking: a message tells what went wrong and not what stood in the rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from tabular.error_words import ERROR_WORDS
from tabular.masking import MASK, MAX_CHARACTERS, mask_message

SOURCE = """
class Candidate:
    def fit(self, X, y):
        self.model = Ridge(alpha=0.5).fit(X[["age", "two words"]], y)
"""


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        (
            "could not convert string to float: 'bad'",
            f"could not convert string to float: {MASK}",
        ),
        ("Unknown label: good", f"Unknown label: {MASK}"),
        ("value 17 is unexpected", f"value {MASK} is unexpected"),
        ("alpha must be -3.25e7", f"alpha must be -{MASK}"),
        ("labels: 1011010 0110101", f"labels: {MASK}"),
        ("y is ['no', 'yes', 'no', 'no']", f"y is [{MASK}]"),
        ("signs +-++-+-", f"{MASK} {MASK}"),
        ("found + - + + - + -", f"found {MASK}-"),
        ("cOuld nOt", MASK),
        ("Age and ALPHA", f"{MASK} and {MASK}"),
    ],
)
def test_values_are_masked(message: str, masked: str) -> None:
    assert mask_message(message, SOURCE, ()) == masked.replace(f"{MASK} {MASK}", MASK)


@pytest.mark.parametrize(
    "message",
    [
        "'Ridge' object is not callable",
        "alpha must be 0.5",
        "\"['age', 'two words'] not in index\"",
        "Input X contains NaN",
        "unsupported operand type(s) for -: 'str' and 'float'",
        "'fixed acidity'",
    ],
)
def test_what_the_author_knows_stays(message: str) -> None:
    assert mask_message(message, SOURCE, ["age", "fixed acidity"]) == message


def test_few_words_of_the_source_alone_may_stand_in_a_message() -> None:
    source = "W = 'zero one two three four five six seven eight nine'.split()"

    masked = mask_message("nine six one eight four seven two five", source, ())

    assert len(masked.replace(MASK, "").split()) <= 7
    assert "two five" not in masked


def test_words_of_the_source_cannot_spell_many_labels() -> None:
    spelled = " ".join(["age", "alpha"] * 40)

    masked = mask_message(spelled, SOURCE, ["age"])

    assert masked.count("age") == 3
    assert masked.count("alpha") == 3


def test_messages_of_libraries_stay_legible() -> None:
    with pytest.raises(ValueError, match="NaN") as missing:
        LogisticRegression().fit(np.array([[np.nan]]), [0])
    with pytest.raises(ValueError, match="convert") as text:
        pd.DataFrame({"a": ["secretvalue"]}).astype(float)

    first = mask_message(str(missing.value), SOURCE, ())
    second = mask_message(str(text.value), SOURCE, ())

    assert first.startswith("Input X contains NaN")
    assert second.startswith("could not convert string to float")
    assert "secretvalue" not in second


@given(st.text(), st.text(), st.lists(st.text()))
def test_any_message_is_masked_on_one_short_line(
    message: str, source: str, names: list[str]
) -> None:
    masked = mask_message(message, source, names)

    assert len(masked) <= MAX_CHARACTERS
    assert "\n" not in masked


@given(st.lists(st.from_regex(r"[a-z]{2,9}[0-9]{1,3}", fullmatch=True), min_size=1))
def test_values_that_stand_nowhere_else_never_get_through(values: list[str]) -> None:
    values = [value for value in values if value not in ERROR_WORDS]

    masked = mask_message(f"found {values} and " + ", ".join(values), SOURCE, ("age",))

    assert not any(value in masked for value in values)
