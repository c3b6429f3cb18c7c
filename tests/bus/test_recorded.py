"""A record answers what was asked in the same words, and nothing else."""

from pathlib import Path

import pytest

from bus.bus import Bus
from bus.effects import EffectsForbidden, Outcome
from bus.keys import request_hash
from bus.reactor import Reactor
from bus.recorded import (
    Asked,
    RecordedEffects,
    find_answers,
    keep_answers,
    read_answers,
)
from schemas.envelope import Envelope, Input
from schemas.inputs import (
    EffectCancelled,
    EffectFailed,
    FitFinished,
    HoldoutScored,
    ProposeFailed,
)
from tests.bus.conftest import (
    Crew,
    fit_finished,
    fit_job,
    make_envelope,
    make_history,
    run_started,
)

COMMANDS = [e for e in make_history([Crew(jobs=3)], [run_started()]) if e.key]


def answered(body: Input, command: Envelope = COMMANDS[0]) -> Envelope:
    answer = make_envelope(body, seq=9, answers=command)
    return answer.model_copy(update={"request_hash": command.request_hash})


async def test_what_was_asked_in_the_same_words_is_answered_at_no_cost() -> None:
    answers = dict(find_answers([answered(fit_finished(0.5))]))
    runner = RecordedEffects(answers, EffectsForbidden())

    outcome = await runner.run(COMMANDS[0])

    assert outcome == Outcome(fit_finished(0.5), cost=None, src="record")


async def test_another_request_under_the_same_key_is_carried_out() -> None:
    answers = dict(find_answers([answered(fit_finished(0.5))]))
    other = fit_job(fold=7)
    changed = COMMANDS[0].model_copy(
        update={"body": other, "request_hash": request_hash(other)}
    )

    with pytest.raises(AssertionError, match="must not carry out"):
        await RecordedEffects(answers, EffectsForbidden()).run(changed)


async def test_the_same_request_under_another_key_is_carried_out() -> None:
    answers = dict(find_answers([answered(fit_finished(0.5))]))

    with pytest.raises(AssertionError, match="must not carry out"):
        await RecordedEffects(answers, EffectsForbidden()).run(COMMANDS[1])


@pytest.mark.parametrize(
    "body",
    [
        EffectCancelled(),
        EffectFailed(exception="OSError", message="disk"),
        ProposeFailed(message="no answer"),
        HoldoutScored(scores=(), opening=1),
    ],
)
def test_what_was_taken_back_failed_or_lies_in_a_folder_is_no_answer(
    body: Input,
) -> None:
    assert not dict(find_answers([answered(body)]))


def test_commands_and_what_answers_none_are_no_answers() -> None:
    reactor = Reactor(Bus([Crew(jobs=1)]))
    started = make_envelope(run_started())

    assert not dict(find_answers([started, *reactor.react(started)]))


def test_answers_survive_a_file(tmp_path: Path) -> None:
    answers: dict[Asked, Input] = {
        Asked("k1", "h1"): fit_finished(0.25),
        Asked("k2", "h2"): fit_finished(float("nan")),
    }
    keep_answers(tmp_path / "record", answers)

    again = read_answers(tmp_path / "record")

    assert again.keys() == answers.keys()
    assert again[Asked("k1", "h1")] == fit_finished(0.25)
    undefined = again[Asked("k2", "h2")]
    assert isinstance(undefined, FitFinished)
    assert undefined.report.score != undefined.report.score


def test_without_a_file_there_are_no_answers(tmp_path: Path) -> None:
    assert read_answers(tmp_path / "record") == {}
