"""Imports that fail are left out or put right."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.proposers.expert.repair.conftest import MendAfter

ABSENT = ("No module named <masked>", "ModuleNotFoundError")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("import absent\nx = absent.y", "1: import absent"),
        ("from absent import thing\nx = thing", "1: from absent import thing"),
        ("x = 1", "1: x = 1"),
        ("import math\nimport absent", "3: import absent"),
    ],
    ids=["used module", "unknown name", "no import", "another line"],
)
def test_what_cannot_be_replaced_is_given_up(
    source: str, line: str, mend_after: "MendAfter"
) -> None:
    assert mend_after(source, *ABSENT, lines=("9: other", line)) is None


def test_a_substitute_keeps_the_name_that_the_source_gave_it(
    mend_after: "MendAfter",
) -> None:
    source = "from xgboost import XGBRegressor as Boost, plot_tree\nmodel = Boost()\n"

    mended = mend_after(source, *ABSENT, lines=("1: from xgboost import",))

    assert mended is not None
    assert "from lightgbm import LGBMRegressor as Boost" in mended.source
    assert "xgboost" not in mended.source


def test_a_failure_without_lines_names_no_import(mend_after: "MendAfter") -> None:
    assert mend_after("import absent\n", *ABSENT) is None
