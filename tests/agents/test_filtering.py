"""Who is too weak for an ensemble, and why."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.filtering import filter_pool, most_of, most_varied
from schemas.commands import PooledFit
from tests.agents.samples import make_candidate, make_fit


def fit_of(
    number: int, score: float, error: float = 0.01, family: str = "linear"
) -> PooledFit:
    candidate = make_candidate(f"c{number:02d}").model_copy(update={"family": family})
    fit = make_fit(candidate, [score])
    return fit.model_copy(update={"standard_error": error})


def excluded(
    pool: list[PooledFit], baseline: float = 0.5, sign: float = 1.0
) -> list[str]:
    return [out.candidate for out in filter_pool(pool, baseline, sign).excluded]


@pytest.mark.parametrize(
    ("score", "is_out"), [(0.5, True), (0.49, True), (0.51, False), (math.nan, True)]
)
def test_who_is_no_better_than_a_constant_is_left_out(
    score: float, is_out: bool
) -> None:
    pool = [fit_of(0, 0.52, family="lightgbm"), fit_of(1, score)]

    assert excluded(pool) == (["c01-v1"] if is_out else [])


def test_who_is_far_behind_stays_only_if_it_leads_its_family() -> None:
    pool = [
        fit_of(0, 0.90, family="lightgbm"),
        fit_of(1, 0.80, family="lightgbm"),
        fit_of(2, 0.80, family="linear"),
        fit_of(3, 0.79, family="linear"),
        fit_of(4, 0.89, family="lightgbm"),
    ]

    filtered = filter_pool(pool, 0.5, 1.0)

    assert [out.candidate for out in filtered.excluded] == ["c01-v1", "c03-v1"]
    assert "7.1 standard errors behind c00-v1" in filtered.excluded[0].reason


def test_where_less_is_better_the_signs_turn_round() -> None:
    pool = [fit_of(0, 1.0), fit_of(1, 2.0), fit_of(2, 9.0)]

    assert excluded(pool, baseline=5.0, sign=-1.0) == ["c01-v1", "c02-v1"]


def test_without_a_spread_nobody_is_called_far_behind() -> None:
    assert excluded([fit_of(0, 0.9, 0.0), fit_of(1, 0.6, 0.0)]) == []


def test_a_baseline_without_a_score_excludes_nobody() -> None:
    pool = [fit_of(0, 0.9, 0.5), fit_of(1, 0.1, 0.5)]

    assert excluded(pool, baseline=math.nan) == []


@given(
    scores=st.lists(st.floats(-1, 1) | st.just(math.nan), min_size=1, max_size=12),
    baseline=st.floats(-1, 1),
)
def test_somebody_is_always_kept_and_nobody_is_lost(
    scores: list[float], baseline: float
) -> None:
    pool = [fit_of(number, score) for number, score in enumerate(scores)]

    filtered = filter_pool(pool, baseline, 1.0)

    assert filtered.kept[0] == pool[0]
    assert len(filtered.kept) + len(filtered.excluded) == len(pool)
    assert all(out.reason for out in filtered.excluded)


def test_few_rows_tell_few_candidates_apart_but_each_family_has_one() -> None:
    pool = [fit_of(n, 0.9 - n / 100, family="lightgbm") for n in range(12)]
    pool.append(fit_of(12, 0.6, family="mlp"))

    few, more = most_varied(pool, most_of(400)), most_varied(pool, most_of(4_000))

    assert [fit.candidate.id for fit in few.kept] == [
        *(f"c{n:02d}-v1" for n in range(7)),
        "c12-v1",
    ]
    assert {out.candidate: out.reason for out in few.excluded} == {
        f"c{n:02d}-v1": "no room: 8 are weighed at most, the best of each family first"
        for n in range(7, 12)
    }
    assert (list(more.kept), more.excluded) == (pool, ())


@pytest.mark.parametrize(
    ("rows", "most"), [(500, 8), (501, 15), (2_500, 15), (2_501, 40), (10**6, 40)]
)
def test_more_rows_tell_more_candidates_apart(rows: int, most: int) -> None:
    assert most_of(rows) == most
