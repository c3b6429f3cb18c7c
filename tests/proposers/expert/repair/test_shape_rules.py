"""Methods are made to take what they are handed, and nothing else is touched."""

import ast
from typing import TYPE_CHECKING

import pytest

from proposers.expert.repair.edits import find_class, find_method

if TYPE_CHECKING:
    from tests.proposers.expert.repair.conftest import MendAfter

GIVEN = "Candidate() takes <masked> positional arguments but <masked> were given"


def arguments_of(source: str, method: str, name: str = "Candidate") -> str:
    defined = find_class(source, name)
    assert defined is not None
    found = find_method(defined, method)
    assert found is not None
    return ast.unparse(found.args)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("fit(self, X)", "self, X, y=None, weight=None"),
        ("fit(self, X, y)", "self, X, y, weight=None"),
    ],
)
def test_fit_takes_targets_and_weights(
    header: str, expected: str, mend_after: "MendAfter"
) -> None:
    source = f"class Candidate:\n    def {header}:\n        pass\n"

    mended = mend_after(source, GIVEN)

    assert mended is not None
    assert arguments_of(mended.source, "fit") == expected


def test_an_alias_stands_for_its_class(mend_after: "MendAfter") -> None:
    source = "class Mine:\n    def fit(self, X, y):\n        pass\nCandidate = Mine\n"

    mended = mend_after(source, GIVEN)

    assert mended is not None
    assert arguments_of(mended.source, "fit") == "self, X, y, weight=None"


def test_keyword_arguments_that_nobody_hands_over_may_be_left_out(
    mend_after: "MendAfter",
) -> None:
    source = (
        "class Candidate:\n"
        "    def predict(self, X, extra, *, mode, level=1):\n        pass\n"
    )

    mended = mend_after(
        source, "Candidate.predict() missing <masked> required argument: 'extra'"
    )

    assert mended is not None
    assert arguments_of(mended.source, "predict") == (
        "self, X, extra=None, *, mode=None, level=1"
    )


MISSING = "Candidate.{}() missing <masked> required positional argument: 'z'"
UNTOUCHED = {
    "fit that takes anything": ("def fit(self, X, *rest): pass", GIVEN),
    "fit that takes all": (
        "def __init__(self, spec): pass\n    def fit(self, X, y, weight): pass",
        GIVEN,
    ),
    "a constructor of its parent": ("x = 1", GIVEN),
    "an argument of some other function": (
        "def __init__(self, spec): pass\n    def helper(self, z): pass",
        MISSING.format("helper"),
    ),
    "an argument that is there": (
        "def __init__(self, spec): pass\n    def predict(self, X): pass",
        MISSING.format("predict"),
    ),
    "weights that are not passed on": (
        "def fit(self, X, y): pass",
        "fit() got an unexpected keyword argument 'sample_weight'",
    ),
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_is_not_at_fault_is_left_alone(name: str, mend_after: "MendAfter") -> None:
    body, message = UNTOUCHED[name]
    source = f"class Parent: pass\nclass Candidate(Parent):\n    {body}\n"

    assert mend_after(source, message) is None


def test_names_that_nobody_knows_are_not_imported(mend_after: "MendAfter") -> None:
    source = "class Candidate:\n    x = mystery()\n"

    assert mend_after(source, "name 'mystery' is not defined", "NameError") is None


def test_a_small_candidate_that_takes_too_long_gets_fewer_rows(
    mend_after: "MendAfter",
) -> None:
    source = 'PARAMETERS = {"rounds": 10}\n\n\nclass Candidate:\n    x = 1\n'

    mended = mend_after(source, "", None, kind="timeout")

    assert mended is not None
    assert "rows = 50" in mended.source
