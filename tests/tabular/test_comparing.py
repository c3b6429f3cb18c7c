"""Comparing strategies: nothing that is scored has seen the labels it is scored by."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.ensemble import Strategy
from schemas.task import TaskKind
from tabular.comparing import Comparison, mean, standard_error
from tabular.metrics import metric_named
from tabular.out_of_fold import OutOfFold, Problem

Floats = npt.NDArray[np.float64]
AUC = Problem(metric_named("roc_auc", TaskKind.BINARY), TaskKind.BINARY, 2)
EVERY: tuple[Strategy, ...] = (
    "greedy",
    "best",
    "voting",
    "hard_voting",
    "rank_average",
    "stacking",
)


def rows_of(seed: int, rows: int = 120, folds: int = 4, members: int = 4) -> OutOfFold:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, rows)
    chance = 1 / (1 + np.exp(-(truth - 0.5 + random.normal(0, 1.5, (members, rows)))))
    said = np.stack([1 - chance, chance], axis=2)
    return OutOfFold(said, truth, np.arange(rows) % folds, None)


def with_labels(rows: OutOfFold, truth: npt.NDArray[np.generic]) -> OutOfFold:
    return OutOfFold(rows.predictions, truth, rows.folds, rows.weight)


@settings(max_examples=12)
@given(seed=st.integers(0, 99), folds=st.sampled_from([3, 4, 8]), data=st.data())
def test_other_labels_in_a_part_change_nothing_in_its_own_nested_prediction(
    seed: int, folds: int, data: st.DataObject
) -> None:
    rows = rows_of(seed, folds=folds)
    before = Comparison(rows, AUC, EVERY, {})
    part = data.draw(st.sampled_from(before.parts))
    turned = rows.truth.copy()
    turned[rows.parts() == part] = 1 - turned[rows.parts() == part]
    after = Comparison(with_labels(rows, turned), AUC, EVERY, {})

    assert np.array_equal(before.nested_prediction(part), after.nested_prediction(part))


def test_other_labels_elsewhere_do_change_it() -> None:
    rows = rows_of(3)
    turned = np.where(rows.folds == 1, 1 - rows.truth, rows.truth)

    before = Comparison(rows, AUC, ("greedy",), {})
    after = Comparison(with_labels(rows, turned), AUC, ("greedy",), {})

    assert not np.array_equal(before.nested_prediction(0), after.nested_prediction(0))


def test_the_choice_itself_is_nested() -> None:
    rows = rows_of(1, rows=80, members=8)
    comparison = Comparison(rows, AUC, EVERY, {})

    winners = {comparison.winner(frozenset({part})) for part in comparison.parts}
    flattering = max(mean(comparison.scores(name)) for name in EVERY)

    assert winners <= set(EVERY)
    assert mean(comparison.nested_scores()) <= flattering + 1e-12


def perfect(rows: OutOfFold) -> Floats:
    return np.eye(2)[rows.truth.astype(np.int64)]


def test_a_rival_wins_if_it_is_better_by_a_margin() -> None:
    rows = rows_of(0)

    comparison = Comparison(
        rows, AUC, ("greedy", "bagging"), {"bagging": perfect(rows)}
    )

    assert comparison.winner() == "bagging"
    assert mean(comparison.nested_scores()) == 1.0


def test_a_gain_within_chance_wins_only_if_the_proposer_wants_it() -> None:
    rows = rows_of(0)
    slightly = Comparison(rows, AUC, ("greedy",), {}).scores("greedy")
    said = rows.predictions.mean(axis=0)
    names: tuple[Strategy, ...] = ("greedy", "written")

    plain = Comparison(rows, AUC, names, {"written": said})
    asked = Comparison(rows, AUC, names, {"written": said}, suggested="written")

    gain = mean(plain.scores("written") - slightly)
    margin = standard_error(plain.scores("written") - slightly)
    assert plain.winner() == ("written" if gain > max(margin, 0.002) else "greedy")
    assert asked.winner() == ("written" if gain > 0 else "greedy")


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([1.0, np.nan, 3.0], (2.0, 1.0)), ([np.nan], (np.nan, 0.0)), ([2.0], (2.0, 0.0))],
)
def test_folds_without_a_score_are_left_out(
    scores: list[float], expected: tuple[float, float]
) -> None:
    found = (mean(np.array(scores)), standard_error(np.array(scores)))

    assert found == pytest.approx(expected, nan_ok=True)
