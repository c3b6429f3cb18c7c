"""Publish, subscribe by kind of message, observe: who hears what."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from bus.agent import Agent, Statement
from schemas.base import Frozen
from schemas.envelope import Envelope

MAILBOX_EVENTS = 4096


class Observer:
    """A bounded mailbox that can never slow or change a run: what does not fit is counted.

    Attributes:
        events: Where the observer reads from.
        dropped: Events that did not fit.
        finished: Set by whoever reads, once the last event was seen.
    """

    def __init__(self, capacity: int = MAILBOX_EVENTS) -> None:
        send, receive = anyio.create_memory_object_stream[Envelope](capacity)
        self._send: MemoryObjectSendStream[Envelope] = send
        self.events: MemoryObjectReceiveStream[Envelope] = receive
        self.dropped = 0
        self.finished = anyio.Event()

    def offer(self, event: Envelope) -> None:
        """Put an event into the mailbox, or count it as dropped."""
        try:
            self._send.send_nowait(event)
        except (anyio.WouldBlock, anyio.BrokenResourceError):
            self.dropped += 1

    def close(self) -> None:
        """Say that no more events will come."""
        self._send.close()


class Bus:
    """Delivers each message to the agents that subscribed to its kind, in declared order."""

    def __init__(self, agents: Sequence[Agent]) -> None:
        self._listeners: dict[type[Frozen], list[Agent]] = defaultdict(list)
        self._observers: list[Observer] = []
        for agent in agents:
            self.subscribe(agent)

    def subscribe(self, agent: Agent) -> None:
        """Let an agent hear the kinds of messages that it names."""
        for kind in agent.hears:
            self._listeners[kind].append(agent)

    def observe(self) -> Observer:
        """Open a mailbox that receives every event after it was written."""
        observer = Observer()
        self._observers.append(observer)
        return observer

    def publish(self, event: Envelope) -> Iterator[tuple[str, Statement]]:
        """Deliver an event and yield what its listeners say, with their names."""
        for agent in self._listeners.get(type(event.body), ()):
            if event.dst is None or event.dst == agent.name:
                for statement in agent.decide(event):
                    yield agent.name, statement

    def show(self, events: Sequence[Envelope]) -> None:
        """Offer written events to the observers."""
        for observer in self._observers:
            for event in events:
                observer.offer(event)

    def close(self) -> None:
        """Tell the observers that the run is over."""
        for observer in self._observers:
            observer.close()
