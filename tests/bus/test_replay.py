"""A replay says where the code and the journal part, and nothing passes it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.agent import Agent, Statement, Voice
from bus.errors import Divergence, JournalCorrupt
from bus.journal import read_journal
from bus.replay import Replayer, ReplayReport
from schemas.candidate import RAW_VIEW
from schemas.envelope import Envelope, Input
from schemas.inputs import FitFinished, Proposed, Tick
from schemas.proposals import NoProposal
from schemas.sayings import LoopClosed, RunCrashed, RunFinished, TaskReady, ViewAccepted
from schemas.settings import RunSettings
from schemas.table import TableProfile
from schemas.task import Task, TaskKind
from tests.bus.conftest import (
    Crew,
    fit_finished,
    make_envelope,
    make_history,
    run_started,
    write_journal,
)

NOTHING = Proposed(proposal=NoProposal(reason="nothing"))
SCORES = [fit_finished(score) for score in (0.25, 0.5, 0.75)]
HISTORY = make_history([Crew(jobs=2, more=2)], [run_started(), *SCORES, NOTHING])
TASK = Task(
    kind=TaskKind.REGRESSION,
    target="y",
    classes=(),
    metric="rmse",
    greater_is_better=False,
    rows=9,
    features=1,
    test_rows=0,
    folds=5,
    validation_rows=9,
)
PROFILE = TableProfile(rows=9, columns=())
OUTPUTS = [event.seq for event in HISTORY if event.io == "out"]


def build_crew(_: RunSettings) -> Sequence[Agent]:
    return [Crew(jobs=2, more=2)]


def verify(events: Sequence[Envelope]) -> ReplayReport:
    return Replayer(build_crew).verify(iter(events))


def divergence_in(events: Sequence[Envelope]) -> Divergence:
    with pytest.raises(Divergence) as caught:
        verify(events)
    return caught.value


def renumbered(events: Sequence[Envelope]) -> list[Envelope]:
    """As somebody would write them who wants them to look right."""
    return [e.model_copy(update={"seq": seq}) for seq, e in enumerate(events)]


def test_what_was_said_is_said_again(tmp_path: Path) -> None:
    write_journal(tmp_path / "j", HISTORY)

    report = Replayer(build_crew).verify(read_journal(tmp_path / "j"))

    *_, last = read_journal(tmp_path / "j")
    assert isinstance(last.body, RunFinished)
    assert (report.events, report.digest) == (len(HISTORY), last.chain)
    assert report.seconds > 0.0


def test_agents_are_built_for_the_settings_in_the_first_line() -> None:
    built: list[RunSettings] = []

    def build(found: RunSettings) -> Sequence[Agent]:
        built.append(found)
        return [Crew(jobs=0)]

    events = make_history([Crew(jobs=0)], [run_started(seed=7)])
    Replayer(build).verify(iter(events))

    assert [found.seed for found in built] == [7]


@settings(max_examples=60)
@given(data=st.data())
def test_any_changed_field_of_an_output_is_found_where_it_stands(
    data: st.DataObject,
) -> None:
    seq = data.draw(st.sampled_from(OUTPUTS))
    body = data.draw(
        st.builds(LoopClosed, reason=st.text()) | st.just(ViewAccepted(view=RAW_VIEW))
    )
    change: dict[str, object] = data.draw(
        st.sampled_from(
            [
                {"body": body},
                {"parent": 99},
                {"parent": seq},
                {"causes": (0,)},
                {"loop": "c99"},
                {"src": "somebody"},
                {"dst": "somebody"},
                {"key": "feed"},
                {"attempt": 1},
                {"request_hash": "feed"},
                {"t": 6},
                {"run": "r2"},
                {"session": 1},
            ]
        )
    )
    events = list(HISTORY)
    events[seq] = events[seq].model_copy(update=change)

    found = divergence_in(events)

    assert found.seq == seq
    assert found.expected == events[seq]
    assert found.actual == HISTORY[seq]


@pytest.mark.parametrize("seq", OUTPUTS)
def test_a_missing_output_is_found(seq: int) -> None:
    events = renumbered([event for event in HISTORY if event.seq != seq])

    assert divergence_in(events).seq == seq


@pytest.mark.parametrize("seq", [1, *(seq + 1 for seq in OUTPUTS)])
def test_an_output_too_many_is_found(seq: int) -> None:
    more = HISTORY[1].model_copy(update={"body": LoopClosed(reason="made up")})
    events = renumbered([*HISTORY[:seq], more, *HISTORY[seq:]])

    found = divergence_in(events)

    assert found.seq == seq
    assert found.expected == events[seq]


def test_outputs_that_are_missing_at_the_end_are_found() -> None:
    found = divergence_in(HISTORY[:-1])

    assert (found.seq, found.expected) == (HISTORY[-1].seq, None)
    assert found.actual == HISTORY[-1]


@dataclass
class Judge(Crew):
    """Says what it was told, so that every input makes a difference."""

    name: str = "judge"

    def decide(self, event: Envelope) -> Sequence[Statement]:
        match event.body:
            case FitFinished(report=report):
                word = LoopClosed(reason=f"{event.key} scored {report.score}")
                return [Voice("judge", 0).say(word), *super().decide(event)]
            case _:
                return super().decide(event)


@given(
    place=st.integers(0, 2),
    score=st.floats(allow_nan=False).filter(
        lambda score: score not in {0.25, 0.5, 0.75}
    ),
)
@settings(max_examples=20)
def test_a_changed_input_is_found_in_what_follows_from_it(
    place: int, score: float
) -> None:
    events = make_history([Judge()], [run_started(), *SCORES])
    seq = [e.seq for e in events if isinstance(e.body, FitFinished)][place]
    events[seq] = events[seq].model_copy(update={"body": fit_finished(score)})

    with pytest.raises(Divergence) as caught:
        Replayer(lambda _: [Judge()]).verify(iter(events))

    assert caught.value.seq == seq + 1
    assert caught.value.parents == (seq, events[seq].parent)


@pytest.mark.parametrize("seq", range(len(HISTORY)))
def test_any_altered_line_is_refused_before_it_is_compared(
    seq: int, tmp_path: Path
) -> None:
    write_journal(tmp_path / "j", HISTORY)
    lines = (tmp_path / "j").read_bytes().splitlines(keepends=True)
    lines[seq] = lines[seq].replace(b'"src":"', b'"src":"x', 1)
    (tmp_path / "j").write_bytes(b"".join(lines))

    with pytest.raises(JournalCorrupt) as caught:
        Replayer(build_crew).verify(read_journal(tmp_path / "j"))

    assert caught.value.seq == seq


def test_a_changed_decider_is_found_at_the_first_word_that_differs() -> None:
    @dataclass
    class Milder(Crew):
        def decide(self, event: Envelope) -> Sequence[Statement]:
            said = super().decide(event)
            if isinstance(event.body, Proposed):
                return [Voice("crew", 0).say(RunFinished(status="cancelled"))]
            return said

    with pytest.raises(Divergence) as caught:
        Replayer(lambda _: [Milder(jobs=2, more=2)]).verify(iter(HISTORY))

    assert caught.value.seq == HISTORY[-1].seq
    assert caught.value.expected == HISTORY[-1]
    assert caught.value.actual is not None
    assert caught.value.actual.body == RunFinished(status="cancelled")


@pytest.mark.parametrize(("jobs", "seq"), [(1, 3), (3, 4)])
def test_a_decider_that_says_less_or_more_is_found(jobs: int, seq: int) -> None:
    with pytest.raises(Divergence) as caught:
        Replayer(lambda _: [Crew(jobs=jobs, more=2)]).verify(iter(HISTORY))

    assert caught.value.seq == seq
    assert (caught.value.expected, caught.value.actual) != (None, None)


@dataclass
class Clumsy(Crew):
    """Cannot take an outcome."""

    def decide(self, event: Envelope) -> Sequence[Statement]:
        if isinstance(event.body, FitFinished):
            raise ZeroDivisionError("share of nothing")
        return super().decide(event)


@pytest.mark.parametrize("crew", [Clumsy, Crew])
def test_nothing_is_decided_again_on_an_input_that_crashed_a_decider(
    crew: type[Crew],
) -> None:
    events = make_history([Clumsy(jobs=2)], [run_started(), SCORES[0]])
    assert isinstance(events[-1].body, RunCrashed)

    report = Replayer(lambda _: [crew(jobs=2)]).verify(iter(events))

    assert report.events == len(events)


@dataclass
class Echo(Crew):
    """Says the score of an outcome as a number."""

    def decide(self, event: Envelope) -> Sequence[Statement]:
        if isinstance(event.body, FitFinished):
            score = event.body.report.score
            ready = TaskReady(task=TASK, profile=PROFILE, baseline=score)
            return [Statement(ready)]
        return super().decide(event)


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, -0.0])
def test_a_score_that_is_no_ordinary_number_is_no_difference(
    score: float, tmp_path: Path
) -> None:
    inputs: list[Input] = [run_started(), fit_finished(score)]
    write_journal(tmp_path / "j", make_history([Echo()], inputs))

    report = Replayer(lambda _: [Echo()]).verify(read_journal(tmp_path / "j"))

    assert report.events == 7


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "it is empty"),
        ([make_envelope(Tick(elapsed_seconds=1.0))], "it does not open a run"),
    ],
)
def test_what_does_not_open_a_run_cannot_be_replayed(
    events: list[Envelope], reason: str
) -> None:
    with pytest.raises(JournalCorrupt, match=reason) as caught:
        verify(events)

    assert caught.value.seq == 0
