"""What is remembered of a candidate's life."""

from agents.loop import Loop
from schemas.jobs import Rung
from tests.agents.samples import make_candidate, make_report


def test_a_trial_sums_up_its_folds_in_their_own_order() -> None:
    candidate = make_candidate()
    loop = Loop("c00", 3, candidate=candidate, rung=Rung.FULL)
    loop.reports = {
        1: make_report(0.6, "one", distinct=7),
        0: make_report(0.8, "nought", distinct=50),
    }

    scored = loop.scored_trial(candidate)

    assert (scored.candidate, scored.rung) == ("c00-v1", Rung.FULL)
    assert scored.fold_scores == (0.8, 0.6)
    assert scored.score == scored.fit.score == 0.7
    assert scored.fit.folds == (0, 1)
    assert scored.fit.predictions == (
        make_report(predictions="nought").predictions,
        make_report(predictions="one").predictions,
    )
    assert (scored.distinct, scored.seconds) == (7, 1.0)


def test_a_model_that_was_not_kept_is_left_out() -> None:
    candidate = make_candidate()
    loop = Loop("c00", 3, candidate=candidate)
    loop.reports = {0: make_report().model_copy(update={"model": None})}

    assert loop.scored_trial(candidate).fit.models == ()


def test_a_new_version_begins_with_nothing() -> None:
    loop = Loop("c00", 2, candidate=make_candidate(), ask="asked", has_paid=True)
    loop.reports = {0: make_report()}
    loop.pending = {"k": 1}

    loop.take_version(make_candidate(version=2), priority=4)

    assert (loop.reports, loop.pending, loop.ask) == ({}, {}, None)
    assert (loop.has_paid, loop.trials_reserved, loop.priority) == (True, 2, 4)
    assert loop.candidate == make_candidate(version=2)


def test_what_is_out_for_a_loop_are_its_jobs_and_its_ask() -> None:
    loop = Loop("c00", 3)
    assert not loop.open_keys

    loop.pending = {"one": 0, "two": 1}
    loop.ask = "asked"

    assert loop.open_keys == ("one", "two", "asked")
