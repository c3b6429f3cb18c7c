"""One input in, all that follows from it out, first in first out."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.agent import Agent, Statement, Voice
from bus.bus import Bus
from bus.keys import request_hash
from bus.reactor import Reactor
from schemas.base import Frozen
from schemas.commands import PrepareTable
from schemas.envelope import Envelope
from schemas.inputs import Tick
from schemas.sayings import CancelEffects, LoopClosed, LoopOpened, RunCrashed
from tests.bus.conftest import Scripted, make_envelope

TICK = make_envelope(Tick(elapsed_seconds=1.0), seq=10)

WORDS = frozenset[type[Frozen]]((Tick, LoopClosed))


def closing(*reasons: str) -> list[Statement]:
    return [Statement(LoopClosed(reason=reason)) for reason in reasons]


def talker(name: str, words: Mapping[str, Sequence[str]]) -> Scripted:
    """Says at a tick what stands under `start`, and answers words with words."""

    def answer(event: Envelope) -> Sequence[Statement]:
        if isinstance(event.body, LoopClosed):
            return closing(*words.get(event.body.reason, ()))
        return closing(*words.get("start", ()))

    return Scripted(name, WORDS, answer)


def reasons_in(outputs: Sequence[Envelope]) -> list[str]:
    return [
        event.body.reason for event in outputs if isinstance(event.body, LoopClosed)
    ]


def test_statements_spread_first_in_first_out() -> None:
    one = talker("one", {"start": ["a", "b"], "a": ["c"], "d": ["e"]})
    two = talker("two", {"start": ["x"], "a": ["d"], "x": ["y"]})

    outputs = Reactor(Bus([one, two])).react(TICK)

    assert reasons_in(outputs) == ["a", "b", "x", "c", "d", "y", "e"]
    assert [event.seq for event in outputs] == list(range(11, 18))
    assert [event.parent for event in outputs] == [10, 10, 10, 11, 11, 13, 15]
    assert [event.src for event in outputs] == ["one"] * 2 + ["two", "one"] + [
        "two"
    ] * 2 + ["one"]


@given(
    tree=st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.lists(st.sampled_from("abcdefgh"), max_size=3, unique=True),
    )
)
def test_numbers_are_dense_and_parents_come_first(tree: dict[str, list[str]]) -> None:
    growing = {word: [w for w in words if w > word] for word, words in tree.items()}
    agents = [talker("one", growing | {"start": ["a"]}), talker("two", growing)]

    outputs = Reactor(Bus(agents)).react(TICK)

    assert [event.seq for event in outputs] == list(range(11, 11 + len(outputs)))
    parents = [event.parent or 0 for event in outputs]
    assert all(
        10 <= parent < event.seq for parent, event in zip(parents, outputs, strict=True)
    )
    assert parents == sorted(parents)


def test_outputs_carry_what_their_input_and_their_statement_say() -> None:
    asked = Voice("one", 0).ask(PrepareTable(), purpose="prepare", attempt=2, loop="c")
    joined = Voice("one", 0).say(LoopOpened(), "c", causes=(3, 4))
    agent = Scripted("one", frozenset({Tick}), lambda _: [asked, joined])

    command, saying = Reactor(Bus([agent])).react(TICK)

    assert (command.key, command.attempt, command.loop) == (asked.key, 2, "c")
    assert command.request_hash == request_hash(asked.body)
    assert (saying.key, saying.request_hash, saying.causes) == (None, None, (3, 4))
    for output in (command, saying):
        assert (output.io, output.run, output.session) == ("out", "r1", 0)
        assert output.t == TICK.t
        assert output.dst is None


def test_an_input_that_nobody_answers_has_no_outputs() -> None:
    assert Reactor(Bus([])).react(TICK) == []


def raising(_: Envelope) -> Sequence[Statement]:
    raise ZeroDivisionError("share of nothing")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_decider_that_raises_crashes_the_run_and_nothing_else_is_said(
    place: int, log_lines: list[dict[str, object]]
) -> None:
    agents: list[Agent] = [talker("one", {"start": ["a"]}), talker("two", {"a": ["b"]})]
    agents.insert(place, Scripted("three", frozenset({Tick}), raising))

    (crash,) = Reactor(Bus(agents)).react(TICK)

    assert crash.body == RunCrashed(
        exception="ZeroDivisionError", message="share of nothing"
    )
    assert (crash.src, crash.seq, crash.parent, crash.io) == ("core", 11, 10, "out")
    assert log_lines[-1] == {
        "event": "decider_raised",
        "seq": 10,
        "kind": "tick",
        "level": "error",
        "exc_info": True,
    }


def test_an_agent_that_raises_on_what_another_said_crashes_the_run_too() -> None:
    agents = [
        talker("one", {"start": ["a"]}),
        Scripted("two", frozenset({LoopClosed}), raising),
    ]

    (crash,) = Reactor(Bus(agents)).react(TICK)

    assert isinstance(crash.body, RunCrashed)
    assert crash.seq == 11


def twice_at_once(_: Envelope) -> Sequence[Statement]:
    return [Voice("one", 0).ask(PrepareTable(), purpose="prepare")] * 2


def once_each_time(_: Envelope) -> Sequence[Statement]:
    return [Voice("one", 0).ask(PrepareTable(), purpose="prepare")]


@pytest.mark.parametrize(
    ("answer", "crashing_input"), [(twice_at_once, 1), (once_each_time, 2)]
)
def test_a_key_that_was_used_before_crashes_the_run(
    answer: Callable[[Envelope], Sequence[Statement]], crashing_input: int
) -> None:
    reactor = Reactor(Bus([Scripted("one", frozenset({Tick}), answer)]))
    outputs: list[Envelope] = []
    for _ in range(crashing_input):
        outputs = reactor.react(TICK)

    (crash,) = outputs
    assert isinstance(crash.body, RunCrashed)
    assert crash.body.exception == "DuplicateKey"
    assert "'one' issued PrepareTable" in crash.body.message


def test_what_cannot_be_written_does_not_keep_a_crash_from_being_written() -> None:
    def answer(_: Envelope) -> Sequence[Statement]:
        raise OSError("na\udcefve.csv")

    agent = Scripted("one", frozenset({Tick}), answer)

    (crash,) = Reactor(Bus([agent])).react(TICK)

    assert crash.model_dump_json()


def test_a_saying_may_be_repeated() -> None:
    words = [Statement(CancelEffects(keys=("k",)))] * 2
    agent = Scripted("one", frozenset({Tick}), lambda _: words)

    assert len(Reactor(Bus([agent])).react(TICK)) == 2
