"""What tokens cost."""

from dataclasses import dataclass

from proposers.llm.chat.reply import Usage

TOKENS_PER_PRICE = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens.

    Attributes:
        sent: Of a request.
        received: Of a reply.
        cached: Of a request's tokens that the server had in its cache; None if they cost
            what others cost.
    """

    sent: float
    received: float
    cached: float | None = None

    def cost(self, usage: Usage) -> float:
        """Return what a request and its reply cost, in US dollars."""
        cached = self.sent if self.cached is None else self.cached
        dollars = (
            (usage.sent - usage.cached) * self.sent
            + usage.cached * cached
            + usage.received * self.received
        )
        return dollars / TOKENS_PER_PRICE


FREE = Price(0.0, 0.0)
