"""The pure fold: one input in, everything that the agents say because of it out."""

from collections import deque

import structlog

from bus.agent import Statement
from bus.bus import Bus
from bus.errors import DuplicateKey, message_of
from bus.keys import request_hash
from schemas.envelope import Envelope
from schemas.sayings import RunCrashed

log = structlog.get_logger()


class Reactor:
    """Turns inputs into outputs; live runs and replays share it, so they cannot differ.

    Args:
        bus: The bus with its agents.
        is_refusing_repeats: Whether a key that is used twice is a bug. A replay need not
            remember keys: it only compares with what a live run has accepted.
    """

    def __init__(self, bus: Bus, *, is_refusing_repeats: bool = True) -> None:
        self._bus = bus
        self._keys: set[str] | None = set() if is_refusing_repeats else None

    def react(self, event: Envelope) -> list[Envelope]:
        """Deliver an input, then every output that follows from it, first in first out.

        A decider that raises is a bug: all that was said because of this input is dropped
        and the one output is `run_crashed`.
        """
        try:
            return self._spread(event)
        except Exception as error:
            log.exception("decider_raised", seq=event.seq, kind=event.body.kind)
            message = message_of(error)
            crash = RunCrashed(exception=type(error).__name__, message=message)
            return [self._place(Statement(crash), "core", event, event.seq + 1)]

    def _spread(self, event: Envelope) -> list[Envelope]:
        outputs: list[Envelope] = []
        waiting = deque([event])
        while waiting:
            current = waiting.popleft()
            for agent, statement in self._bus.publish(current):
                seq = event.seq + len(outputs) + 1
                output = self._place(statement, agent, current, seq)
                outputs.append(output)
                waiting.append(output)
        return outputs

    def _place(
        self, statement: Statement, agent: str, parent: Envelope, seq: int
    ) -> Envelope:
        key = statement.key
        if key is not None and self._keys is not None:
            if key in self._keys:
                raise DuplicateKey(f"{agent!r} issued {statement.body!r} twice")
            self._keys.add(key)
        return Envelope(
            run=parent.run,
            session=parent.session,
            seq=seq,
            io="out",
            body=statement.body,
            parent=parent.seq,
            causes=statement.causes,
            loop=statement.loop,
            src=agent,
            key=key,
            attempt=statement.attempt,
            request_hash=None if key is None else request_hash(statement.body),
            t=parent.t,
        )
