"""The Ensembler has the best refitted on bootstrap samples, as long as time allows."""

from agents.bagging import REFITS
from agents.director import closing_seconds
from bus.agent import Statement
from schemas.commands import Combine, RunJob
from schemas.inputs import FitFinished, JobFailed, Tick
from schemas.jobs import FitJob, Rung
from schemas.sayings import CancelEffects, StrategyDropped
from tests.agents.conversation import Conversation, kinds, only
from tests.agents.ensembling import CLOSED, close, combined, ensembler, pool
from tests.agents.samples import (
    make_candidate,
    make_failure,
    make_report,
    make_scored,
    make_settings,
    make_task,
)


def bagging(talk: Conversation) -> list[Statement]:
    """Pool two families and close; the refits that are asked for."""
    for number, family in enumerate(("linear", "lightgbm", "linear")):
        combined(talk, pool(talk, number, 0.8 - number / 1000, family))
    return talk.tell(CLOSED)


def test_bagging_has_the_best_of_two_families_refitted_on_bootstrap_samples() -> None:
    jobs = bagging(ensembler(make_settings(trials=30, ensemble="bagging")))

    bodies = [s.body.job for s in jobs if isinstance(s.body, RunJob)]
    fits = [job for job in bodies if isinstance(job, FitJob)]
    assert len(fits) == len(jobs) == 2 * REFITS * 3
    assert {job.candidate.rpartition("-")[0] for job in fits} == {"c00-v1", "c01-v1"}
    assert {job.rung for job in fits} == {Rung.FULL}
    samples = {(job.candidate, job.bootstrap) for job in fits}
    assert len(samples) == len({bootstrap for _, bootstrap in samples}) == 2 * REFITS
    assert None not in {job.bootstrap for job in fits}


def test_only_refits_with_all_their_folds_are_bagged() -> None:
    talk = ensembler(make_settings(trials=30, ensemble="bagging"))
    first, *others = bagging(talk)
    failed = JobFailed(failure=make_failure(), output=None, seconds=0.1)
    assert talk.tell(failed, key=first.key) == []

    said: list[Statement] = []
    for job in others:
        body = FitFinished(report=make_report(0.8, str(job.key)))
        said = talk.tell(body, key=job.key)

    command = only(said, Combine)
    assert command.is_final
    assert [len(bag.refits) for bag in command.bagged] == [REFITS - 1, REFITS]
    assert all(len(r.models) == 3 for bag in command.bagged for r in bag.refits)
    assert StrategyDropped not in {type(s.body) for s in said}


def test_at_its_deadline_the_last_ensemble_is_built_of_what_there_is() -> None:
    settings = make_settings(budget_seconds=100.0, ensemble="bagging")
    talk = ensembler(settings)
    jobs = bagging(talk)
    first_refit = [job for job in jobs if (job.key and "-b0" in str(job.body))]
    for job in first_refit:
        talk.tell(FitFinished(report=make_report()), key=job.key)
    deadline = closing_seconds(100.0, make_task().rows)
    assert talk.tell(Tick(elapsed_seconds=deadline - 0.1)) == []

    said = talk.tell(Tick(elapsed_seconds=deadline))

    assert kinds(said) == ["cancel_effects", "combine"]
    assert len(only(said, CancelEffects).keys) == len(jobs) - len(first_refit)
    assert [len(bag.refits) for bag in only(said, Combine).bagged] == [1, 1]


def test_refits_that_nobody_asked_for_are_made_if_the_clock_leaves_time() -> None:
    def jobs_at(elapsed: float) -> list[Statement]:
        talk = ensembler(make_settings(budget_seconds=100.0))
        scored = make_scored(make_candidate(), Rung.FULL, [0.8, 0.8, 0.8])
        talk.tell(scored)
        combined(talk, pool(talk, 0))
        talk.tell(Tick(elapsed_seconds=elapsed))
        return [s for s in close(talk) if isinstance(s.body, RunJob)]

    assert len(jobs_at(10.0)) == REFITS * 3
    assert jobs_at(88.0) == []
