"""How many rounds fit a job."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from toolkit.rounds import MINIMUM_ROUNDS, REFIT_ROWS, affordable_rounds, refit_rounds

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_rounds_are_capped_by_the_seconds_of_the_job(make_spec: "MakeSpec") -> None:
    spec = replace(make_spec("regression"), seconds=10.0)
    binary = replace(make_spec("binary", ("no", "yes")), seconds=10.0)

    assert affordable_rounds(spec, 1000, 0.001) == 1000
    assert affordable_rounds(spec, 1000, 0.05) == 40
    assert affordable_rounds(binary, 1000, 0.1) == 30
    assert affordable_rounds(spec, 1000, 100.0) == MINIMUM_ROUNDS


def test_more_threads_afford_more_rounds(make_spec: "MakeSpec") -> None:
    spec = replace(make_spec("regression"), seconds=10.0, n_threads=2)

    assert affordable_rounds(spec, 1000, 0.1) == 32


@pytest.mark.parametrize(("is_classification", "more"), [(True, 110), (False, 200)])
def test_small_tables_are_fitted_again_with_more_rounds(
    is_classification: bool, more: int
) -> None:
    rounds = partial(refit_rounds, is_classification=is_classification)

    assert rounds(100, REFIT_ROWS) == more
    assert rounds(0, 50) == 1
    assert rounds(100, REFIT_ROWS + 1) is None
