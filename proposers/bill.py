"""The bill of one ask: each call is written down before it is sent, and again after it."""

from typing import Protocol

from proposers.spending import Spent


class Bill(Protocol):
    """Told of the calls of one ask, so that none is lost, whatever ends the ask."""

    def reserve(self, most: Spent) -> int:
        """Write down what a call may take, before it is sent; return its number."""

    def settle(self, call: int, actual: Spent, said: str) -> None:
        """Write down what a call took.

        Args:
            call: Its number.
            actual: What it took.
            said: What was asked and answered, for people to read.
        """
