"""How many rounds fit a job."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from toolkit.rounds import (
    LONG_REFIT_ROWS,
    MINIMUM_ROUNDS,
    REFIT_ROWS,
    affordable_rounds,
    refit_rounds,
)

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_rounds_are_capped_by_the_seconds_of_the_job(make_spec: "MakeSpec") -> None:
    spec = replace(make_spec("binary", ("no", "yes")), seconds=10.0)

    assert affordable_rounds(spec, 500, 1000, 0.001) == 1000
    assert affordable_rounds(spec, 500, 1000, 0.1) == 30
    assert affordable_rounds(spec, 500, 1000, 100.0) == MINIMUM_ROUNDS


def test_a_long_second_fit_leaves_time_for_fewer_rounds(make_spec: "MakeSpec") -> None:
    spec = replace(make_spec("regression"), seconds=10.0)

    assert affordable_rounds(spec, LONG_REFIT_ROWS, 1000, 0.05) == 42
    assert affordable_rounds(spec, LONG_REFIT_ROWS + 1, 1000, 0.05) == 60


def test_more_threads_afford_more_rounds(make_spec: "MakeSpec") -> None:
    spec = replace(make_spec("binary", ("no", "yes")), seconds=10.0, n_threads=2)

    assert affordable_rounds(spec, 500, 1000, 0.1) == 48


@pytest.mark.parametrize(
    ("task", "rows", "more"),
    [
        ("binary", 100, 110),
        ("binary", REFIT_ROWS, 110),
        ("binary", REFIT_ROWS + 1, None),
        ("regression", LONG_REFIT_ROWS, 200),
        ("regression", LONG_REFIT_ROWS + 1, 110),
    ],
)
def test_small_tables_are_fitted_again_with_more_rounds(
    task: str, rows: int, more: int | None, make_spec: "MakeSpec"
) -> None:
    assert refit_rounds(make_spec(task), rows, 100) == more


def test_a_second_fit_has_a_round(make_spec: "MakeSpec") -> None:
    assert refit_rounds(make_spec("binary"), 50, 0) == 1
