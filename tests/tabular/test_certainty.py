"""Certainty is held against rows of folds that it does not know."""

import numpy as np
import pytest

from tabular.certainty import (
    FEWEST_ROWS,
    LEVELS,
    certainty_of_classes,
    certainty_of_values,
    interval_lines,
)

ROWS = 2_000
FOLDS = np.arange(ROWS) % 5


def values(rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """True values, and predictions that miss them by a normal error of size 1."""
    random = np.random.default_rng(0)
    said = random.uniform(0, 20, rows)
    return said + random.normal(size=rows), said


def test_intervals_hold_what_is_asked_for_and_grow_with_it() -> None:
    found = certainty_of_values(*values(), FOLDS)

    assert [each.level for each in found] == list(LEVELS)
    assert all(abs(each.held - each.level) < 0.03 for each in found)
    sizes = [each.size for each in found]
    assert sizes == sorted(sizes)
    assert sizes[2] == pytest.approx(2 * 1.645, rel=0.1)


def test_sets_of_classes_hold_what_is_asked_for() -> None:
    random = np.random.default_rng(1)
    odds = np.exp(random.normal(size=(ROWS, 4)))
    said = odds / odds.sum(axis=1, keepdims=True)
    truth = (said.cumsum(axis=1) < random.random((ROWS, 1))).sum(axis=1)

    found = certainty_of_classes(truth, said, FOLDS)

    # The most probable class is in every set, so low levels hold more than they must.
    assert all(abs(each.held - each.level) < 0.03 for each in found[2:])
    assert all(each.held > each.level - 0.03 for each in found)
    assert 1 <= found[0].size < found[-1].size <= 4


def test_a_fold_with_larger_errors_is_not_held_by_the_others() -> None:
    truth, said = values()
    truth = np.where(FOLDS == 0, said + 30, truth)

    ninety = certainty_of_values(truth, said, FOLDS)[2]

    assert ninety.held < 0.8


def test_one_fixed_validation_part_is_cut_into_parts() -> None:
    truth, said = values()

    ninety = certainty_of_values(truth, said, np.zeros(ROWS, int))[2]

    assert abs(ninety.held - 0.9) < 0.03


def test_few_rows_say_nothing() -> None:
    truth, said = values(FEWEST_ROWS - 1)
    folds = np.zeros(len(truth), int)

    assert certainty_of_values(truth, said, folds) == ()
    assert interval_lines(truth, said) is None


def test_lines_around_predictions_hold_nine_in_ten() -> None:
    truth, said = values()

    lines = interval_lines(truth, said)

    assert lines is not None
    lower, upper = (np.interp(said, line.x, line.y) for line in lines)
    assert abs(((truth >= lower) & (truth <= upper)).mean() - 0.9) < 0.02
