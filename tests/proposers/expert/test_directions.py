"""The numbers of a candidate point in a direction."""

import random
from typing import TYPE_CHECKING

import pytest

from proposers.expert.blocks import PRETRAINED, SUPERVISED
from proposers.expert.directions import DIRECTIONS, Diagnosis, diagnose, directed
from proposers.expert.sources import Setting, read_parameters, supervised_source
from schemas.asks import Briefing, RefineAsk
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing

ASK = RefineAsk(
    candidate="c00-v1",
    source=BlobRef(digest="ab", size=2),
    family="lightgbm",
    title="trees",
    view=RAW_VIEW,
    score=0.80,
    standard_error=0.01,
    fold_spread=0.03,
    train_score=0.83,
    seconds=1.0,
    round=1,
    views=(RAW_VIEW,),
)
SETTINGS: dict[str, dict[str, Setting]] = {
    "lightgbm": {"num_leaves": 31, "min_data_in_leaf": 20, "lambda_l2": 1.0},
    "catboost": {"depth": 6, "l2_leaf_reg": 3.0},
    "extra_trees": {"min_samples_leaf": 4},
    "neighbors": {"neighbors": 20},
    "linear": {"penalties": (0.1, 1.0)},
}


def told(briefing: Briefing, *, is_greater: bool = True) -> Briefing:
    """The same task with a metric of a known direction."""
    task = briefing.task.model_copy(update={"greater_is_better": is_greater})
    return briefing.model_copy(update={"task": task})


@pytest.mark.parametrize(
    ("change", "diagnosis"),
    [
        ({}, "none"),
        ({"train_score": 0.99}, "overfit"),
        ({"train_score": 0.805}, "underfit"),
        ({"train_score": 0.70}, "underfit"),
        ({"train_score": None}, "none"),
        # An unsteady score makes a wide gap less telling.
        ({"train_score": 0.86, "fold_spread": 0.1}, "none"),
    ],
)
def test_the_gap_between_train_and_validation_tells(
    change: dict[str, float | None], diagnosis: str, briefing_for: "MakeBriefing"
) -> None:
    ask = ASK.model_copy(update=change)

    assert diagnose(ask, told(briefing_for(TaskKind.BINARY, rows=1000))) == diagnosis


def test_errors_turn_the_signs_round(briefing_for: "MakeBriefing") -> None:
    update = {"score": 2.0, "train_score": 0.5, "standard_error": 0.1}
    ask = ASK.model_copy(update=update)

    briefing = told(briefing_for(TaskKind.REGRESSION, rows=1000), is_greater=False)
    assert diagnose(ask, briefing) == "overfit"


def test_time_counts_only_where_a_clock_does(briefing_for: "MakeBriefing") -> None:
    briefing = told(briefing_for(TaskKind.BINARY, rows=1000))
    timed = briefing.model_copy(update={"budget_seconds": 60.0, "trials": None})
    untimed = briefing.model_copy(update={"budget_seconds": None, "trials": 99})
    slow = ASK.model_copy(update={"seconds": 20.0})

    assert diagnose(slow, timed) == "slow"
    assert diagnose(ASK, timed) == "none"
    assert diagnose(slow, untimed) == "none"


def size_of(value: Setting) -> float:
    return float(value[0]) if isinstance(value, tuple) else float(str(value))


SMALLER = {"num_leaves", "depth", "feature_fraction"}
"""Less of these makes a simpler model; more of everything else does."""


@pytest.mark.parametrize("family", SETTINGS)
@pytest.mark.parametrize("diagnosis", ["overfit", "underfit"])
def test_settings_move_in_the_direction_that_helps(
    family: str, diagnosis: Diagnosis
) -> None:
    before = SETTINGS[family]
    source = supervised_source("it", SUPERVISED[family], before, is_classification=True)
    for seed in range(9):
        moved = directed(source, family, diagnosis, random.Random(seed))
        assert moved is not None
        found = read_parameters(moved.source)
        assert found is not None
        changed = [n for n in before if found.parameters[n] != before[n]]
        assert 1 <= len(changed) <= 2
        for name in changed:
            is_more = size_of(found.parameters[name]) > size_of(before[name])
            assert is_more == ((name not in SMALLER) == (diagnosis == "overfit"))


def test_every_family_that_learns_weights_can_be_made_simpler_and_richer() -> None:
    for diagnosis in ("overfit", "underfit"):
        assert set(DIRECTIONS[diagnosis]) == set(SUPERVISED) - set(PRETRAINED)


def test_without_a_diagnosis_there_is_no_direction() -> None:
    source = supervised_source(
        "it", SUPERVISED["lightgbm"], SETTINGS["lightgbm"], is_classification=True
    )

    assert directed(source, "lightgbm", "none", random.Random(0)) is None
    assert directed("1 / 0", "lightgbm", "overfit", random.Random(0)) is None
