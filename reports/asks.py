"""What a language model was asked for, and what came of it; from the journal."""

from collections import Counter
from dataclasses import dataclass, field

from agents.lanes import asks_model
from schemas.base import Frozen
from schemas.commands import Propose
from schemas.envelope import Envelope
from schemas.inputs import Proposed, ProposeFailed, RunContinued, RunStarted
from schemas.proposals import NoProposal
from schemas.settings import RunSettings


class AskRow(Frozen):
    """Asks of one kind.

    Attributes:
        purpose: What was asked for: `feature`, `draft`, `refine`, `repair` and so on.
        asked: How often.
        answered: How many answers held something to try.
        empty: How many said that there is nothing to try.
        failed: How many came to nothing.
        calls: Requests that were sent for them.
        tokens: Tokens sent and received.
        money: In US dollars.
        answer_seconds: Time spent waiting for answers.
    """

    purpose: str
    asked: int = 0
    answered: int = 0
    empty: int = 0
    failed: int = 0
    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    answer_seconds: float = 0.0


class FailedAsks(Frozen):
    """Asks that failed for the same reason.

    Attributes:
        purpose: What was asked for.
        message: Why it failed.
        times: How often.
    """

    purpose: str
    message: str
    times: int


@dataclass(slots=True)
class AskFold:
    """Takes in a journal line by line; it holds no more than the open asks and the sums."""

    settings: RunSettings | None = None
    open: dict[str, str] = field(default_factory=dict)
    sums: dict[str, AskRow] = field(default_factory=dict)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line."""
        match envelope.body:
            case RunStarted(settings=settings) | RunContinued(settings=settings):
                self.settings = settings
            case Propose(ask=ask, lane=lane) if envelope.key is not None:
                if self.settings is not None and asks_model(self.settings, lane):
                    self.open[envelope.key] = ask.kind
                    self._add(ask.kind, asked=1)
            case Proposed() | ProposeFailed():
                self._hear_answer(envelope)
            case _:
                return

    def _hear_answer(self, envelope: Envelope) -> None:
        purpose = self.open.pop(envelope.key or "", None)
        if purpose is None:
            return
        match envelope.body:
            case ProposeFailed(message=message):
                self._add(purpose, failed=1)
                self.failures[purpose, message] += 1
            case Proposed(proposal=NoProposal()):
                self._add(purpose, empty=1)
            case _:
                self._add(purpose, answered=1)
        cost = envelope.cost
        if cost is not None:
            self._add(
                purpose,
                calls=cost.calls,
                tokens=cost.tokens,
                money=cost.money,
                answer_seconds=cost.answer_seconds,
            )

    def _add(self, purpose: str, **more: float) -> None:
        row = self.sums.get(purpose) or AskRow(purpose=purpose)
        sums = {name: getattr(row, name) + amount for name, amount in more.items()}
        self.sums[purpose] = row.model_copy(update=sums)

    def rows(self) -> tuple[AskRow, ...]:
        """One row for each kind of ask, in the order of their first."""
        return tuple(self.sums.values())

    def failed(self) -> tuple[FailedAsks, ...]:
        """Why asks failed, the most frequent reason first."""
        return tuple(
            FailedAsks(purpose=purpose, message=message, times=times)
            for (purpose, message), times in self.failures.most_common()
        )
