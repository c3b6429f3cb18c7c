"""Which effects are out, as far as the journal knows: the same live and after a crash."""

from dataclasses import dataclass, field

from schemas.envelope import Envelope
from schemas.sayings import CancelEffects, RunCrashed


@dataclass(slots=True)
class OpenEffects:
    """Follows a journal event by event; remembers only what is still open.

    Attributes:
        next_seq: Sequence number of the next event.
        session: Session of the last event.
        commands: Commands without an outcome, by effect key, in the order of issue.
        cancelled: Keys among them that were taken back.
        poison: The input on which a decider raised, if that was the last thing.
    """

    next_seq: int = 0
    session: int = 0
    commands: dict[str, Envelope] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    poison: Envelope | None = None
    _answered: Envelope | None = None
    _heard: Envelope | None = None

    def take(self, event: Envelope) -> None:
        """Take note of the next event."""
        self.next_seq = event.seq + 1
        self.session = event.session
        if event.io == "in":
            self._close(event)
        elif event.key is not None:
            self.commands[event.key] = event
        elif isinstance(event.body, CancelEffects):
            self.cancelled.update(k for k in event.body.keys if k in self.commands)
        elif isinstance(event.body, RunCrashed):
            self._reopen()

    def _close(self, event: Envelope) -> None:
        self._heard = event
        self._answered = self.commands.pop(event.key, None) if event.key else None
        self.cancelled.discard(event.key or "")
        self.poison = None

    def _reopen(self) -> None:
        """Nothing was decided on the last input: its effect is as good as open."""
        self.poison = self._heard
        if self._answered is not None:
            self.commands[self._answered.key or ""] = self._answered
