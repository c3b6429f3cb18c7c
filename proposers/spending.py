"""What asking language models took."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls and what they took; zero for whoever asks no model.

    Attributes:
        calls: Requests that were sent and are, or may be, billed.
        tokens: Tokens sent and received.
        money: In US dollars.
        seconds: Time spent waiting for answers.
    """

    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.calls + other.calls,
            self.tokens + other.tokens,
            self.money + other.money,
            self.seconds + other.seconds,
        )

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(
            self.calls - other.calls,
            self.tokens - other.tokens,
            self.money - other.money,
            self.seconds - other.seconds,
        )


NOTHING_SPENT = Spent()
