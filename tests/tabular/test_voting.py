"""Hard voting: the majority decides, whatever the probabilities say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ensemble import HardVote
from tabular.applying import apply_hard_vote


def votes_of(*members: list[list[float]]) -> HardVote:
    return HardVote(weights=(1 / len(members),) * len(members))


def test_the_majority_outvotes_one_member_that_is_sure() -> None:
    members = [[[0.51, 0.49]], [[0.51, 0.49]], [[0.0, 1.0]]]

    answer = apply_hard_vote(votes_of(*members), np.array(members))

    assert answer.argmax(axis=1).tolist() == [0]
    # Soft voting says the opposite.
    assert np.array(members).mean(axis=0).argmax(axis=1).tolist() == [1]


def test_the_mean_probability_decides_a_tie() -> None:
    members = [[[0.9, 0.1, 0.0]], [[0.1, 0.2, 0.7]]]

    answer = apply_hard_vote(votes_of(*members), np.array(members))

    assert answer.argmax(axis=1).tolist() == [0]


@given(
    seed=st.integers(0, 99),
    voters=st.integers(1, 7),
    classes=st.sampled_from([2, 3, 9]),
)
def test_no_majority_is_ever_outvoted_and_rows_sum_to_one(
    seed: int, voters: int, classes: int
) -> None:
    random = np.random.default_rng(seed)
    members = random.dirichlet(np.ones(classes), (voters, 20))

    answer = apply_hard_vote(HardVote(weights=(1 / voters,) * voters), members)

    assert answer.sum(axis=1) == pytest.approx(1.0)
    labels = members.argmax(axis=2)
    counts = np.array([np.bincount(row, minlength=classes) for row in labels.T])
    chosen = counts[np.arange(20), answer.argmax(axis=1)]
    assert (chosen == counts.max(axis=1)).all()


def test_who_has_no_weight_has_no_vote() -> None:
    members = np.array([[[1.0, 0.0]], [[0.0, 1.0]], [[0.0, 1.0]]])

    answer = apply_hard_vote(HardVote(weights=(1.0, 0.0, 0.0)), members)

    assert answer.argmax(axis=1).tolist() == [0]


def test_values_are_answered_by_their_median() -> None:
    members = np.array([[[1.0]], [[2.0]], [[1000.0]]])

    answer = apply_hard_vote(HardVote(weights=(1 / 3,) * 3), members)

    assert answer.tolist() == [[2.0]]
