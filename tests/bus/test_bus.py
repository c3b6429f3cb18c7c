"""Who hears what, in which order, and who only watches."""

from collections.abc import Iterator, Sequence

import anyio
import pytest

from bus.agent import Statement
from bus.bus import Bus, Observer
from schemas.envelope import Envelope, Message
from schemas.inputs import CancelRequested, Tick
from schemas.sayings import LoopClosed, LoopOpened
from tests.bus.conftest import Scripted, make_envelope

SECOND = Tick(elapsed_seconds=1.0)
TICK = make_envelope(SECOND)


def loud(name: str) -> Scripted:
    """An agent that says its own name."""

    def answer(event: Envelope) -> Sequence[Statement]:
        return [Statement(LoopClosed(reason=f"{name} heard {event.seq}"))]

    return Scripted(name, frozenset({Tick}), answer)


def said(statements: Iterator[tuple[str, Statement]]) -> list[str]:
    return [name for name, _ in statements]


@pytest.mark.parametrize("names", ["abc", "cab", "bca"])
def test_agents_hear_in_the_order_in_which_they_were_declared(names: str) -> None:
    bus = Bus([loud(name) for name in names])

    assert said(bus.publish(TICK)) == list(names)


def test_agents_hear_only_what_they_subscribed_to() -> None:
    ticks = Scripted("ticks", frozenset({Tick}))
    wishes = Scripted("wishes", frozenset({CancelRequested, LoopOpened}))
    bus = Bus([ticks, wishes])
    bodies: list[Message] = [
        SECOND,
        CancelRequested(reason="SIGINT"),
        LoopOpened(),
        LoopClosed(reason="done"),
    ]

    for body in bodies:
        assert list(bus.publish(make_envelope(body))) == []

    assert [event.body for event in ticks.heard] == bodies[:1]
    assert [event.body for event in wishes.heard] == bodies[1:3]


def test_a_message_for_one_agent_is_heard_by_it_alone() -> None:
    bus = Bus([loud("a"), loud("b"), loud("c")])

    assert said(bus.publish(make_envelope(SECOND, dst="b"))) == ["b"]


def test_a_message_for_one_agent_is_not_forced_upon_it() -> None:
    bus = Bus([Scripted("a", frozenset())])

    assert said(bus.publish(make_envelope(SECOND, dst="a"))) == []


def test_an_agent_that_joins_later_hears_last() -> None:
    bus = Bus([loud("b")])
    bus.subscribe(loud("a"))

    assert said(bus.publish(TICK)) == ["b", "a"]


async def test_an_observer_sees_every_event_until_the_bus_closes() -> None:
    bus = Bus([])
    events = [make_envelope(SECOND, seq=seq) for seq in range(3)]
    observer = bus.observe()
    bus.show(events[:1])
    bus.show(events[1:])
    bus.close()

    async with observer.events:
        seen = [event async for event in observer.events]

    assert seen == events
    assert observer.dropped == 0


def test_an_observer_that_does_not_read_only_loses_and_never_blocks() -> None:
    lazy, eager = Observer(capacity=2), Observer(capacity=9)

    for observer in (lazy, eager):
        for _ in range(5):
            observer.offer(TICK)
        observer.close()

    assert (lazy.dropped, eager.dropped) == (3, 0)
    assert lazy.events.statistics().current_buffer_used == 2
    lazy.events.close()
    eager.events.close()


def test_an_observer_that_has_gone_changes_nothing_for_the_others() -> None:
    bus = Bus([])
    gone, there = bus.observe(), bus.observe()
    gone.events.close()

    bus.show([TICK, TICK])
    bus.close()

    assert gone.dropped == 2
    assert there.events.receive_nowait() == TICK
    assert there.events.receive_nowait() == TICK
    with pytest.raises(anyio.EndOfStream):
        there.events.receive_nowait()
    there.events.close()
