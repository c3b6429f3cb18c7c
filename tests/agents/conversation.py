"""Single agents are told something, and what they say is looked through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from bus.agent import Agent, Statement
from schemas.base import Frozen
from schemas.envelope import Envelope, Message

Body = TypeVar("Body", bound=Frozen)


@dataclass
class Conversation:
    """Tells an agent something and hands back what it says."""

    agent: Agent
    heard: int = 0

    def tell(
        self, body: Message, *, loop: str | None = None, key: str | None = None
    ) -> list[Statement]:
        """Tell it something, which it must have subscribed to."""
        assert type(body) in self.agent.hears
        event = Envelope(
            run="r1",
            session=0,
            seq=self.heard,
            io="in",
            body=body,
            loop=loop,
            src="test",
            key=key,
            t=0,
        )
        self.heard += 1
        return list(self.agent.decide(event))


def kinds(statements: Sequence[Statement]) -> list[str]:
    return [statement.body.kind for statement in statements]


def only(statements: Sequence[Statement], kind: type[Body]) -> Body:
    """The one statement of a kind."""
    (found,) = [s.body for s in statements if isinstance(s.body, kind)]
    return found


def keys_of(statements: Sequence[Statement]) -> list[str]:
    return [statement.key for statement in statements if statement.key]
