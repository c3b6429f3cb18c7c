"""Refits on bootstrap samples."""

from agents.bagging import REFITS, Bagging, best_of_families
from bus.agent import Voice
from schemas.commands import PooledFit
from tests.agents.samples import make_candidate, make_fit, make_report, make_settings


def fit_of(number: int, family: str) -> PooledFit:
    candidate = make_candidate(f"c{number:02d}").model_copy(update={"family": family})
    return make_fit(candidate, [0.8, 0.9])


def test_the_best_of_each_family_is_the_first_one_met() -> None:
    pool = [fit_of(0, "a"), fit_of(1, "a"), fit_of(2, "b"), fit_of(3, "c")]

    best = best_of_families(pool, 2)

    assert [fit.candidate.id for fit in best] == ["c00-v1", "c02-v1"]


def test_a_refit_is_the_same_candidate_with_predictions_and_models_of_its_own() -> None:
    bagging = Bagging(make_settings(trials=9), Voice("ensembler", 0))
    fit = fit_of(0, "a")
    jobs = bagging.begin([fit], elapsed=0.0)
    for number, job in enumerate(jobs):
        bagging.take(job.key or "", make_report(0.7, f"said {number}"))

    (bag,) = bagging.fits()

    assert bag.fit == fit
    assert len(bag.refits) == REFITS
    assert {r.candidate.source for r in bag.refits} == {fit.candidate.source}
    assert len({r.candidate.id for r in bag.refits}) == REFITS
    assert len({ref for r in bag.refits for ref in r.predictions}) == 2 * REFITS
    assert not bagging.pending


def test_earlier_refits_are_served_first_so_that_whole_ones_come_in() -> None:
    bagging = Bagging(make_settings(trials=9), Voice("ensembler", 0))

    jobs = bagging.begin([fit_of(0, "a"), fit_of(1, "b")], elapsed=0.0)

    priorities = [getattr(job.body, "priority", None) for job in jobs]
    assert priorities == sorted(priorities, key=lambda p: p or 0)
    assert set(priorities) == set(range(REFITS))
