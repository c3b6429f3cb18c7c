"""A journal folded through the agents again: what they say must be what it holds."""

from collections import deque

from bus.errors import Divergence
from bus.reactor import Reactor
from schemas.envelope import Envelope
from schemas.sayings import RunCrashed


class History:
    """Feeds recorded events to a reactor one by one and compares its outputs, whole.

    An input is given to the agents only once the next event is known: where that is
    `run_crashed`, nothing was decided on the input, and nothing is decided on it again.

    Args:
        reactor: Fresh agents behind a fresh bus.
    """

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor
        self._held: Envelope | None = None
        self._expected: deque[Envelope] = deque()
        self._parents: dict[int, int | None] = {}

    def feed(self, event: Envelope) -> None:
        """Take the next recorded event.

        Raises:
            Divergence: The agents say something else, more or less than the journal.
        """
        if self._held is not None and isinstance(event.body, RunCrashed):
            self._held = None
        elif event.io == "in":
            self._hold(event)
        else:
            self._compare(event)

    def unsaid(self) -> list[Envelope]:
        """Outputs of the last input that the journal does not hold yet."""
        self._release()
        return list(self._expected)

    def _hold(self, event: Envelope) -> None:
        missing = self.unsaid()
        if missing:
            raise self._difference(event.seq, event, missing[0])
        self._held = event
        self._parents = {event.seq: event.parent}

    def _release(self) -> None:
        if self._held is not None:
            self._expected = deque(self._reactor.react(self._held))
            self._held = None

    def _compare(self, event: Envelope) -> None:
        self._release()
        self._parents[event.seq] = event.parent
        said = self._expected.popleft() if self._expected else None
        if said is None or not is_same(said, event):
            raise self._difference(event.seq, event, said)

    def _difference(
        self, seq: int, expected: Envelope | None, actual: Envelope | None
    ) -> Divergence:
        shown = expected or actual
        parents: list[int] = []
        child, parent = seq, shown.parent if shown else None
        while parent is not None and parent < child:
            parents.append(parent)
            child, parent = parent, self._parents.get(parent)
        return Divergence(seq, expected, actual, tuple(parents))


def is_same(said: Envelope, recorded: Envelope) -> bool:
    """Whether two events are one line but for its chain; two NaN are the same line."""
    unchained = recorded.model_copy(update={"chain": ""})
    return said == unchained or _line(said) == _line(unchained)


def _line(event: Envelope) -> bytes:
    return event.__pydantic_serializer__.to_json(event)
