"""How many rounds fit a job."""

from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.rounds import MINIMUM_ROUNDS, REFIT_ROWS, affordable_rounds, refit_rounds

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_rounds_are_capped_by_the_seconds_of_the_job(make_spec: "MakeSpec") -> None:
    spec = replace(make_spec("regression"), seconds=10.0)

    assert affordable_rounds(spec, 1000, 0.001) == 1000
    assert affordable_rounds(spec, 1000, 0.1) == 30
    assert affordable_rounds(spec, 1000, 100.0) == MINIMUM_ROUNDS


def test_more_threads_afford_more_rounds(make_spec: "MakeSpec") -> None:
    spec = replace(make_spec("regression"), seconds=10.0, n_threads=2)

    assert affordable_rounds(spec, 1000, 0.1) == 48


def test_only_small_tables_are_fitted_twice() -> None:
    assert refit_rounds(100, REFIT_ROWS) == 110
    assert refit_rounds(0, 50) == 1
    assert refit_rounds(100, REFIT_ROWS + 1) is None
