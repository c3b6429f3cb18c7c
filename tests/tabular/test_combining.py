"""Combining: the default is greedy, another strategy must earn its place on other folds."""

from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ensemble import LinearStack, WeightedAverage
from schemas.task import TaskKind
from tabular.combining import (
    ChosenCombination,
    apply_combination,
    choose_combination,
)
from tabular.metrics import metric_named, score
from tabular.strategies import FittableStrategy

Floats = npt.NDArray[np.float64]
AUC = metric_named("roc_auc", TaskKind.BINARY)
RMSE = metric_named("rmse", TaskKind.REGRESSION)


def binary_pool(
    rows: int, seed: int = 0, members: int = 5
) -> tuple[Floats, npt.NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, rows)
    logits = truth - 0.5 + random.normal(0, 1.5, (members, rows))
    second = 1 / (1 + np.exp(-logits))
    return np.stack([1 - second, second], axis=2), truth


def choose(
    predictions: Floats, truth: npt.NDArray[np.int64], *, is_final: bool
) -> ChosenCombination:
    folds = np.arange(len(truth)) % 4
    return choose_combination(
        predictions, truth, folds, AUC, TaskKind.BINARY, 2, is_final=is_final
    )


@given(st.integers(0, 99))
def test_the_score_is_the_mean_over_folds_of_what_is_returned(seed: int) -> None:
    predictions, truth = binary_pool(200, seed)

    chosen = choose(predictions, truth, is_final=False)

    assert isinstance(chosen.combination, WeightedAverage)
    combined = apply_combination(chosen.combination, predictions)
    scores = [score(AUC, truth[k::4], combined[k::4]) for k in range(4)]
    assert chosen.score == pytest.approx(np.mean(scores))
    assert chosen.standard_error == pytest.approx(np.std(scores, ddof=1) / 2)
    assert chosen.nested is None
    assert isinstance(chosen.combination, WeightedAverage)
    assert sum(chosen.combination.weights) == pytest.approx(1)


def test_small_tables_are_never_stacked_and_the_final_choice_is_nested() -> None:
    predictions, truth = binary_pool(400)

    chosen = choose(predictions, truth, is_final=True)

    assert [name for name, _ in chosen.considered] == [
        "greedy",
        "best",
        "voting",
        "rank_average",
    ]
    assert chosen.nested is not None
    # Members are equally good here, so that choosing on the same rows flatters.
    assert chosen.nested < chosen.score + 0.01


def test_a_single_member_is_the_best() -> None:
    predictions, truth = binary_pool(100, members=1)

    chosen = choose(predictions, truth, is_final=True)

    assert chosen.combination == WeightedAverage(strategy="best", weights=(1.0,))


def test_stacking_wins_where_members_must_be_scaled() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=3000)
    # Shrunken values: no average of these can have the right scale.
    predictions = (0.3 * truth + random.normal(0, 0.1, (3, 3000)))[:, :, None]

    chosen = choose_combination(
        predictions,
        truth,
        np.arange(3000) % 5,
        RMSE,
        TaskKind.REGRESSION,
        0,
        is_final=True,
    )

    assert isinstance(chosen.combination, LinearStack)
    assert dict(chosen.considered)["stacking"] < dict(chosen.considered)["greedy"]


def test_stacking_gains_nothing_on_shuffled_labels() -> None:
    predictions, truth = binary_pool(4000)
    shuffled = np.random.default_rng(1).permutation(truth)

    chosen = choose(predictions, shuffled, is_final=True)

    assert chosen.strategy != "stacking"
    assert chosen.nested == pytest.approx(0.5, abs=0.05)


def test_one_validation_part_is_enough_to_choose() -> None:
    predictions, truth = binary_pool(300)

    chosen = choose_combination(
        predictions,
        truth,
        np.zeros(300, dtype=np.int64),
        AUC,
        TaskKind.BINARY,
        2,
        is_final=True,
    )

    assert chosen.standard_error > 0
    assert chosen.nested is not None
    assert 0.5 < chosen.nested <= 1


def test_folds_of_one_class_are_passed_over() -> None:
    predictions, truth = binary_pool(200)
    folds = np.where(truth == 1, np.arange(200) % 3, np.arange(200) % 2)

    chosen = choose_combination(
        predictions, truth, folds, AUC, TaskKind.BINARY, 2, is_final=True
    )

    assert 0.5 < chosen.score < 1


def test_weights_of_rows_reach_every_strategy() -> None:
    predictions, truth = binary_pool(300)
    # Where the weight is, the first member knows the answer.
    weight = np.where(np.arange(300) < 150, 1.0, 1e-6)
    predictions[0, :150] = np.eye(2)[truth[:150]]
    predictions[1, 150:] = np.eye(2)[truth[150:]]

    chosen = choose_combination(
        predictions,
        truth,
        np.arange(300) % 3,
        AUC,
        TaskKind.BINARY,
        2,
        weight=weight,
    )

    assert isinstance(chosen.combination, WeightedAverage)
    assert chosen.combination.weights[0] == 1.0


@pytest.mark.parametrize("strategy", get_args(FittableStrategy))
def test_the_user_gets_the_strategy_that_was_asked_for(
    strategy: FittableStrategy,
) -> None:
    predictions, truth = binary_pool(300)

    chosen = choose_combination(
        predictions,
        truth,
        np.arange(300) % 5,
        AUC,
        TaskKind.BINARY,
        2,
        is_final=True,
        strategy=strategy,
    )

    assert chosen.strategy == strategy
    assert chosen.combination is not None
    assert chosen.combination.strategy == strategy
    assert [name for name, _ in chosen.considered] == [strategy]
    assert chosen.nested == chosen.considered[0][1]


@pytest.mark.parametrize("is_final", [True, False])
def test_a_rival_that_was_asked_for_is_taken_as_it_is(is_final: bool) -> None:
    predictions, truth = binary_pool(300)
    said = predictions[3]

    chosen = choose_combination(
        predictions,
        truth,
        np.arange(300) % 5,
        AUC,
        TaskKind.BINARY,
        2,
        is_final=is_final,
        strategy="bagging",
        rivals={"bagging": said},
    )

    assert (chosen.strategy, chosen.combination) == ("bagging", None)
    scores = [score(AUC, truth[k::5], said[k::5]) for k in range(5)]
    assert chosen.score == pytest.approx(np.mean(scores))


def test_a_strategy_that_cannot_be_had_yet_gives_way_to_the_default() -> None:
    predictions, truth = binary_pool(300)

    chosen = choose_combination(
        predictions,
        truth,
        np.arange(300) % 5,
        AUC,
        TaskKind.BINARY,
        2,
        strategy="bagging",
    )

    assert chosen.strategy == "greedy"


def test_what_the_proposer_suggests_is_compared_as_well() -> None:
    predictions, truth = binary_pool(300)

    chosen = choose_combination(
        predictions,
        truth,
        np.arange(300) % 5,
        AUC,
        TaskKind.BINARY,
        2,
        is_final=True,
        suggested="stacking",
    )

    assert "stacking" in dict(chosen.considered)


def test_the_error_of_one_validation_part_is_as_large_as_scores_vary() -> None:
    whole = np.zeros(400, dtype=np.int64)
    chosen = [
        choose_combination(*binary_pool(400, seed, 1), whole, AUC, TaskKind.BINARY, 2)
        for seed in range(60)
    ]

    spread = np.std([one.score for one in chosen], ddof=1)
    told = np.sqrt(np.mean([one.standard_error**2 for one in chosen]))

    assert told == pytest.approx(spread, rel=0.3)
