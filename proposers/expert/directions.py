"""Reads the numbers of a candidate and moves its settings in the direction they point to."""

import random
from typing import Literal

from proposers.expert.refinement import Move, Neighbor, moved_source, scaled
from proposers.expert.sources import read_parameters
from schemas.asks import Briefing, RefineAsk

Diagnosis = Literal["overfit", "underfit", "slow", "none"]
WORDS = {"overfit": "simpler", "underfit": "richer", "slow": "cheaper"}

SLOW_SHARE = 0.25
"""All folds of one candidate should not take more of the budget's worker time."""
WIDE_GAP_ERRORS = 4.0
NARROW_GAP_ERRORS = 1.0
UNSTEADY_SPREADS = 1.0
MOVES_AT_ONCE = 2

DIRECTIONS: dict[Diagnosis, dict[str, dict[str, Move]]] = {
    "overfit": {
        "linear": {"penalties": scaled(10.0, low=1e-3, high=1e4)},
        "lightgbm": {
            "num_leaves": scaled(0.4, 0.6, low=2, high=256),
            "min_data_in_leaf": scaled(2.0, 4.0, low=1, high=200),
            "lambda_l2": scaled(5.0, 20.0, low=1e-2, high=100.0),
            "feature_fraction": scaled(0.6, 0.8, low=0.2, high=1.0),
        },
        "catboost": {
            "depth": scaled(0.65, 0.8, low=3, high=9),
            "l2_leaf_reg": scaled(5.0, 20.0, low=0.1, high=100.0),
            "random_strength": scaled(2.0, low=0.5, high=8.0),
        },
        "xgboost": {
            "max_depth": scaled(0.65, 0.8, low=2, high=10),
            "reg_lambda": scaled(5.0, 20.0, low=0.1, high=100.0),
        },
        "ebm": {"interactions": scaled(0.4, low=1, high=20)},
        "extra_trees": {"min_samples_leaf": scaled(2.0, 3.0, low=2, high=64)},
        "neighbors": {"neighbors": scaled(2.0, 3.0, low=5, high=500)},
        "gaussian_process": {"spread": scaled(0.5, low=0.1, high=2.0)},
        "mlp": {
            "dropout": scaled(1.5, 2.0, low=0.1, high=0.5),
            "decay": scaled(3.0, 10.0, low=1e-2, high=0.5),
            "width": scaled(0.5, 0.7, low=32, high=256),
            "bins": scaled(0.5, low=4, high=64),
        },
    },
    "underfit": {
        "linear": {"penalties": scaled(0.1, low=1e-3, high=1e4)},
        "lightgbm": {
            "num_leaves": scaled(1.6, 2.5, low=4, high=256),
            "min_data_in_leaf": scaled(0.3, 0.5, low=1, high=100),
            "lambda_l2": scaled(0.1, 0.3, low=1e-3, high=30.0),
            "rounds": scaled(1.5, 2.0, low=100, high=10_000),
        },
        "catboost": {
            "depth": scaled(1.2, 1.4, low=3, high=9),
            "l2_leaf_reg": scaled(0.1, 0.3, low=1e-4, high=30.0),
            "rounds": scaled(1.5, 2.0, low=100, high=10_000),
        },
        "xgboost": {
            "max_depth": scaled(1.2, 1.4, low=3, high=12),
            "rounds": scaled(1.5, 2.0, low=100, high=10_000),
        },
        "ebm": {"interactions": scaled(2.0, low=5, high=40)},
        "extra_trees": {"min_samples_leaf": scaled(0.5, low=1, high=64)},
        "neighbors": {"neighbors": scaled(0.5, low=3, high=500)},
        "gaussian_process": {"spread": scaled(2.0, low=0.1, high=2.0)},
        "mlp": {
            "dropout": scaled(0.3, 0.6, low=0.0, high=0.5),
            "width": scaled(1.5, 2.0, low=32, high=256),
            "epochs": scaled(1.5, 2.0, low=16, high=256),
            "bins": scaled(2.0, 4.0, low=4, high=64),
        },
    },
    "slow": {
        "lightgbm": {
            "learning_rate": scaled(1.7, 2.5, low=0.01, high=0.2),
            "rounds": scaled(0.4, 0.6, low=60, high=10_000),
            "num_leaves": scaled(0.5, low=4, high=256),
        },
        "catboost": {
            "learning_rate": scaled(1.7, 2.5, low=0.01, high=0.2),
            "rounds": scaled(0.4, 0.6, low=60, high=10_000),
            "depth": scaled(0.65, 0.8, low=3, high=9),
        },
        "xgboost": {
            "learning_rate": scaled(1.7, 2.5, low=0.01, high=0.2),
            "rounds": scaled(0.4, 0.6, low=60, high=10_000),
        },
        "ebm": {"outer_bags": scaled(0.5, low=1, high=8)},
        "gaussian_process": {"rows": scaled(0.5, low=100, high=1_600)},
        "extra_trees": {"n_estimators": scaled(0.5, low=20, high=500)},
        "mlp": {
            "epochs": scaled(0.5, 0.7, low=8, high=256),
            "width": scaled(0.5, low=32, high=256),
        },
    },
    "none": {},
}


def diagnose(ask: RefineAsk, briefing: Briefing) -> Diagnosis:
    """Say what holds a candidate back, by its scores, their spread and its time.

    Time only counts where a clock does: runs bounded by trials must not depend on it.
    """
    task, budget = briefing.task, briefing.budget_seconds
    if budget is not None and ask.seconds * task.folds > SLOW_SHARE * budget:
        return "slow"
    if ask.train_score is None:
        return "none"
    sign = 1.0 if task.greater_is_better else -1.0
    gap = sign * (ask.train_score - ask.score)
    if gap > max(
        WIDE_GAP_ERRORS * ask.standard_error, UNSTEADY_SPREADS * ask.fold_spread
    ):
        return "overfit"
    if gap < NARROW_GAP_ERRORS * ask.standard_error:
        return "underfit"
    return "none"


def directed(
    source: str, family: str, diagnosis: Diagnosis, chance: random.Random
) -> Neighbor | None:
    """Move one or two settings in the direction that a diagnosis points to.

    Returns:
        The moved candidate, or None if the family or the source offers no such move.
    """
    found = read_parameters(source)
    moves = DIRECTIONS[diagnosis].get(family, {})
    if found is None:
        return None
    return moved_source(source, found, moves, MOVES_AT_ONCE, chance)
