"""What was tried, best first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.leaderboard import SHOWN_CANDIDATES, Leaderboard, Standing, rounded
from schemas.jobs import Rung
from tests.agents.samples import make_candidate, make_scored


def board_of(*folds: list[float], greater_is_better: bool = True) -> Leaderboard:
    board = Leaderboard(greater_is_better=greater_is_better)
    for number, scores in enumerate(folds):
        candidate = make_candidate(f"c{number:02d}")
        board.add(candidate, make_scored(candidate, Rung.FULL, scores))
    return board


@given(scores=st.lists(st.floats(-9, 9), max_size=20), greater=st.booleans())
def test_the_best_stand_first_whatever_the_direction(
    scores: list[float], greater: bool
) -> None:
    board = board_of(*[[score] for score in scores], greater_is_better=greater)

    shown = [line.score for line in board.shown()]
    best = sorted(scores, reverse=greater)[:SHOWN_CANDIDATES]
    assert shown == [rounded(score) for score in best]
    assert len(board) == len(scores)


def test_a_rank_counts_from_the_best() -> None:
    board = board_of([0.5], [0.7], [0.6])

    assert [board.rank_of(f"c{n:02d}-v1") for n in range(3)] == [2, 0, 1]


def test_of_equals_the_first_stays_first() -> None:
    assert [line.id for line in board_of([0.5], [0.5]).shown()] == ["c00-v1", "c01-v1"]


@pytest.mark.parametrize("greater", [True, False])
def test_one_fold_is_hopeless_only_if_it_loses_to_every_fold_of_the_best(
    greater: bool,
) -> None:
    sign = 1 if greater else -1
    folds = [[0.9, 0.7], [0.8, 0.8], [0.7, 0.6]]
    board = board_of(
        *[[sign * score for score in scores] for scores in folds],
        greater_is_better=greater,
    )

    assert not board.is_hopeless(sign * 0.65)
    assert not board.is_hopeless(sign * 0.6)
    assert board.is_hopeless(sign * 0.59)


def test_nobody_is_hopeless_before_there_are_three_to_compare_with() -> None:
    assert not board_of([0.9], [0.9]).is_hopeless(0.1)
    assert board_of([0.9], [0.9], [0.9]).is_hopeless(0.1)


@pytest.mark.parametrize("greater", [True, False])
def test_a_straggler_of_a_known_family_is_overshadowed(greater: bool) -> None:
    sign = 1 if greater else -1
    folds = [[0.9, 0.92], [0.8, 0.6], [0.7, 0.9]]
    board = board_of(
        *[[sign * score for score in scores] for scores in folds],
        greater_is_better=greater,
    )
    family = make_candidate("c00").family

    assert board.is_overshadowed(sign * 0.75, family)
    # Within the spread of the best, the first of its family, or ahead of its family.
    assert not board.is_overshadowed(sign * 0.895, family)
    assert not board.is_overshadowed(sign * 0.75, "another")
    assert not board.is_overshadowed(sign * 0.95, family)


def test_nobody_is_overshadowed_before_there_are_three_to_compare_with() -> None:
    family = make_candidate("c00").family

    assert not board_of([0.9, 0.91], [0.9, 0.91]).is_overshadowed(0.1, family)


def test_a_proposer_sees_no_more_digits_than_a_score_has() -> None:
    (line,) = board_of([0.123456, 0.123458]).shown()

    assert (line.score, line.standard_error) == (0.123, 0.01)
    assert line.seconds == 1.0


@given(value=st.floats(-1e300, 1e300))
def test_rounding_keeps_three_digits(value: float) -> None:
    assert rounded(value) == pytest.approx(value, rel=0.006, abs=1e-300)


@given(score=st.floats(allow_nan=False, allow_infinity=False))
def test_utility_grows_with_what_is_better(score: float) -> None:
    up, down = (Leaderboard(greater_is_better=greater) for greater in (True, False))

    assert up.utility(score) == score == -down.utility(score)


def test_the_best_of_each_kind_stands_for_it() -> None:
    board = board_of([0.5], [0.9], [0.7])

    best = board.best_by(lambda candidate: (str(candidate.loop == "c01"),))

    assert [standing.candidate.loop for standing in best] == ["c01", "c02"]


def test_the_best_version_comes_with_its_code() -> None:
    assert board_of().best_version() is None

    best = board_of([0.5], [0.98765]).best_version()

    assert best is not None
    assert (best.candidate, best.score) == ("c01-v1", 0.988)
    assert best.source == make_candidate("c01").source


def test_the_spread_is_that_of_the_folds_with_a_score() -> None:
    standing = Standing(make_candidate(), 0.5, 0.1, (0.4, 0.6, float("nan")), 1.0)

    assert standing.spread == pytest.approx(0.1 * 2**0.5)


FAMILIES = ("mlp", "lightgbm", "linear")


def board_of_families(
    *folds: list[float], greater_is_better: bool = True, standard_error: float = 0.01
) -> Leaderboard:
    board = Leaderboard(greater_is_better=greater_is_better)
    for family, scores in zip(FAMILIES, folds, strict=False):
        candidate = make_candidate(f"c-{family}").model_copy(update={"family": family})
        scored = make_scored(candidate, Rung.FULL, scores)
        spread = {"standard_error": standard_error}
        board.add(candidate, scored.model_copy(update=spread))
    return board


@pytest.mark.parametrize("greater", [True, False])
def test_a_family_is_far_ahead_if_its_lead_is_wider_than_its_spread(
    greater: bool,
) -> None:
    sign = 1 if greater else -1
    others = [[sign * 0.7, sign * 0.7], [sign * 0.6, sign * 0.6]]
    wide, narrow = [sign * 0.72, sign * 0.72], [sign * 0.71, sign * 0.71]

    def board(first: list[float]) -> Leaderboard:
        return board_of_families(first, *others, greater_is_better=greater)

    assert board(wide).family_far_ahead == "mlp"
    assert board(narrow).family_far_ahead is None


def test_no_family_is_far_ahead_of_one_other_or_without_a_spread() -> None:
    assert board_of_families([0.9, 0.9], [0.1, 0.1]).family_far_ahead is None
    single = board_of_families([0.9], [0.1], [0.1], standard_error=0.0)
    assert single.family_far_ahead is None
