"""What folds say about a column is put together."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.judgements import beats_chance, merge_judgements, most_useful_first
from schemas.jobs import ColumnJudgement, FeatureReport
from tests.agents.feature_talk import judged
from tests.agents.samples import USAGE


def report(*judgements: ColumnJudgement) -> FeatureReport:
    return FeatureReport(judgements=judgements, usage=USAGE)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=3))
def test_a_column_passes_only_if_it_beats_chance_in_every_fold(
    numbers: list[tuple[float, float]],
) -> None:
    (merged,) = merge_judgements(
        [report(judged("a", importance, shadow)) for importance, shadow in numbers]
    )

    has_passed = all(importance > shadow for importance, shadow in numbers)
    assert (merged.fault is None) == has_passed
    importances = [importance for importance, _ in numbers]
    assert merged.importance == pytest.approx(sum(importances) / len(numbers))
    assert merged.folds == len(numbers)


@pytest.mark.parametrize(
    ("folds", "fault"),
    [
        ([judged("a", 0.5), judged("a", 0.5, fault="constant")], "constant"),
        ([judged("a", 0.5), judged("b", 0.5)], "not in every fold"),
        ([judged("a", 0.05), judged("a", 0.1)], "no better than chance"),
        ([judged("a", 0.5), judged("a", 0.1)], "useful in 1 of 2 folds only"),
        ([judged("a", 0.5), judged("a", math.nan)], "useful in 1 of 2 folds only"),
        ([judged("a", math.nan)], "no better than chance"),
    ],
)
def test_one_fold_is_enough_to_fail(folds: list[ColumnJudgement], fault: str) -> None:
    reports = [report(column) for column in folds]

    (merged,) = merge_judgements(reports, "no better than chance")

    assert (merged.name, merged.fault) == ("a", fault)


def test_the_most_useful_column_is_so_by_importance_and_by_itself() -> None:
    numbers = [(0.1, 9.0), (0.4, 1.0), (0.3, 8.0), (0.2, 7.0), (0.2, 7.0), (0.4, 0.5)]
    columns = [
        judged("a", importance).model_copy(update={"statistic": statistic})
        for importance, statistic in numbers
    ]

    # Sums of their ranks, the least being 0: 5, 5, 7, 3, 3, 4.
    assert most_useful_first(columns) == [2, 1, 0, 5, 3, 4]


def test_a_column_at_fault_beats_nothing() -> None:
    assert beats_chance(judged("a", 0.5))
    assert not beats_chance(judged("a", 0.5, fault="constant"))
