"""Budgets for language models: reserved before a request is sent, settled after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import anyio

from proposers.errors import BudgetExhausted
from proposers.spending import NOTHING_SPENT, Spent

WARNING_SHARE = 0.8
_UNITS = {"calls": "calls", "tokens": "tokens", "money": "USD", "seconds": "seconds"}


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent; None is no limit.

    Attributes:
        calls: Requests.
        tokens: Tokens sent and received.
        money: In US dollars.
        seconds: Time spent waiting for answers, added up over parallel requests.
    """

    calls: int | None = None
    tokens: int | None = None
    money: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Reservation:
    """A promise to spend no more than this; settle or release it exactly once."""

    agent: str
    most: Spent


class Ledger:
    """Knows what was spent and what is promised, for the run and for each agent.

    Args:
        budget: Limits of the whole run.
        by_agent: Limits of single agents, on top.
        spent: What earlier sessions of the run spent, by agent.
        warn: Told once, in words, when 80 % of a limit of the run is spent.
    """

    def __init__(
        self,
        budget: Budget | None = None,
        by_agent: Mapping[str, Budget] | None = None,
        spent: Mapping[str, Spent] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self._budget = budget or Budget()
        self._by_agent = dict(by_agent or {})
        self._spent = dict(spent or {})
        self._open: list[Reservation] = []
        self._warn = warn
        self._changed = anyio.Event()

    @property
    def spent(self) -> Spent:
        """What the whole run has spent."""
        return sum(self._spent.values(), NOTHING_SPENT)

    def spent_by(self, agent: str) -> Spent:
        """What one agent has spent."""
        return self._spent.get(agent, NOTHING_SPENT)

    @property
    def used_share(self) -> float:
        """Share of the run's tightest limit that is spent, 0 without limits."""
        return max((share for _, share in self._shares()), default=0.0)

    @property
    def is_nearly_used_up(self) -> bool:
        """Whether 80 % of some limit of the run are spent."""
        return self.used_share >= WARNING_SHARE

    async def reserve(self, agent: str, most: Spent) -> Reservation:
        """Promise what a request may take; waits while only open promises are in the way.

        Args:
            agent: Who asks.
            most: The most that the request can take; its seconds are cut to what is left.

        Raises:
            BudgetExhausted: If it may take more than is left.
        """
        while True:
            left = self._left(agent, self._open)
            if self._lacking(left, most) is None:
                return self._hold(agent, most, left)
            lacking = self._lacking(self._left(agent, []), most)
            if lacking is not None:
                raise BudgetExhausted(lacking)
            await self._changed.wait()

    def settle(self, reservation: Reservation, actual: Spent) -> None:
        """Replace a promise by what the request took."""
        was_near = self.is_nearly_used_up
        before = self.spent_by(reservation.agent)
        self._spent[reservation.agent] = before + actual
        self.release(reservation)
        if self._warn is not None and self.is_nearly_used_up and not was_near:
            name, share = max(self._shares(), key=lambda item: item[1])
            limit = getattr(self._budget, name)
            self._warn(f"{share:.0%} of {limit:g} {_UNITS[name]} for models are spent")

    def release(self, reservation: Reservation) -> None:
        """Take a promise back: the request took nothing."""
        self._open.remove(reservation)
        self._changed.set()
        self._changed = anyio.Event()

    def _hold(self, agent: str, most: Spent, left: Mapping[str, float]) -> Reservation:
        seconds = min(most.seconds, left.get("seconds", most.seconds))
        held = Reservation(agent, Spent(most.calls, most.tokens, most.money, seconds))
        self._open.append(held)
        return held

    def _left(self, agent: str, held: list[Reservation]) -> dict[str, float]:
        """What the run's and the agent's limits leave, where there are any."""
        own = [promise for promise in held if promise.agent == agent]
        whole = _remaining(self._budget, self.spent, held)
        part = _remaining(
            self._by_agent.get(agent, Budget()), self.spent_by(agent), own
        )
        return {
            name: min(limits[name] for limits in (whole, part) if name in limits)
            for name in whole | part
        }

    @staticmethod
    def _lacking(left: Mapping[str, float], most: Spent) -> str | None:
        for name, amount in left.items():
            # A request may be given less time, but not less of anything else.
            wanted = getattr(most, name) if name != "seconds" else 0.0
            if amount < wanted or (name == "seconds" and amount <= 0):
                unit = _UNITS[name]
                return (
                    f"the budget for models is used up: a request may take "
                    f"{wanted:g} {unit} and {max(amount, 0):g} are left"
                )
        return None

    def _shares(self) -> list[tuple[str, float]]:
        spent = self.spent
        shares = []
        for field in fields(self._budget):
            limit = getattr(self._budget, field.name)
            if limit is not None:
                used = getattr(spent, field.name)
                shares.append((field.name, used / limit if limit else 1.0))
        return shares


def _remaining(
    budget: Budget, spent: Spent, held: list[Reservation]
) -> dict[str, float]:
    taken = sum((promise.most for promise in held), spent)
    return {
        field.name: limit - getattr(taken, field.name)
        for field in fields(budget)
        if (limit := getattr(budget, field.name)) is not None
    }
