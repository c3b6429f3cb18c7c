"""The life of a written stacker; the Ensembler's tests tell the rest of it."""

from agents.stacker import Stacker
from bus.agent import Voice
from schemas.sayings import LoopClosed
from tests.agents.conversation import kinds, only
from tests.agents.samples import (
    make_candidate,
    make_fit,
    make_proposal,
    make_report,
    make_settings,
    make_task,
)


def new_stacker() -> Stacker:
    members = tuple(
        make_fit(make_candidate(f"c{number:02d}"), [0.8, 0.9]) for number in range(2)
    )
    voice = Voice("ensembler", 0)
    return Stacker(make_settings(trials=9), make_task(), voice, members)


def test_it_owns_its_ask_and_its_jobs_and_nothing_else() -> None:
    stacker = new_stacker()
    _, asked = stacker.begin()
    assert stacker.owns(asked.key)
    assert not stacker.owns(None)

    _, *jobs = stacker.take_proposal(make_proposal("stacker"), elapsed=0.0)

    assert not stacker.owns(asked.key)
    assert all(stacker.owns(job.key) for job in jobs)


def test_it_is_open_until_it_is_fitted_or_given_up() -> None:
    fitted, dropped = new_stacker(), new_stacker()
    for stacker in (fitted, dropped):
        stacker.begin()
        stacker.take_proposal(make_proposal("stacker"), elapsed=0.0)
        assert stacker.is_open
    for key in list(fitted._pending):
        fitted.take_report(key, make_report())

    said = dropped.close("out of time")

    assert not fitted.is_open
    assert fitted.fit is not None
    assert kinds(said) == ["loop_closed", "cancel_effects"]
    assert only(said, LoopClosed).reason == dropped.reason == "out of time"
    assert {statement.loop for statement in said} == {"s00"}
    assert fitted.close("again") == dropped.close("again") == []
