"""Keeps account of calls to models on disk, so that a crash hides none of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bus.lines import append_line
from proposers.spending import NOTHING_SPENT, Spent


class _Line(BaseModel):
    """What a call may take, and in a later line what it took."""

    model_config = ConfigDict(frozen=True)

    key: str
    call: int
    calls: int
    tokens: int
    money: float
    seconds: float

    @property
    def spent(self) -> Spent:
        return Spent(self.calls, self.tokens, self.money, self.seconds)


@dataclass(slots=True)
class AskBill:
    """The bill of one ask; see `proposers.bill.Bill`.

    Attributes:
        path: Where its calls are written down.
        key: Key of the ask's effect.
        before: What calls took that a crash cut off from their outcome.
        first_call: Number of its first call.
        said: What was asked and answered so far.
    """

    path: Path
    key: str
    before: Spent = NOTHING_SPENT
    first_call: int = 0
    said: list[str] = field(default_factory=list)
    _taken: list[Spent] = field(default_factory=list)

    @property
    def total(self) -> Spent:
        """What all calls took, open ones at the most that they may take."""
        return sum(self._taken, self.before)

    def reserve(self, most: Spent) -> int:
        """Write down what a call may take."""
        call = self.first_call + len(self._taken)
        self._write(call, most)
        self._taken.append(most)
        return call

    def settle(self, call: int, actual: Spent, said: str) -> None:
        """Write down what a call took."""
        self._write(call, actual)
        self._taken[call - self.first_call] = actual
        self.said.append(said)

    def _write(self, call: int, spent: Spent) -> None:
        line = _Line(
            key=self.key,
            call=call,
            calls=spent.calls,
            tokens=spent.tokens,
            money=spent.money,
            seconds=round(spent.seconds, 6),
        )
        append_line(self.path, line.model_dump_json())


class Bills:
    """The bills of a run.

    Args:
        path: Where calls are written down; earlier sessions may have done so too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._earlier = _read(path)
        self._open: dict[str, AskBill] = {}

    def open(self, key: str) -> AskBill:
        """Open the bill of an ask; it begins with what its cut-off calls took."""
        earlier = self._earlier.pop(key, {})
        bill = AskBill(
            self._path,
            key,
            before=sum(earlier.values(), NOTHING_SPENT),
            first_call=max(earlier, default=-1) + 1,
        )
        self._open[key] = bill
        return bill

    def close(self, key: str) -> AskBill | None:
        """Take the bill of an ask that came to its end, if it has one."""
        return self._open.pop(key, None)


def read_bills(path: Path) -> Mapping[str, Spent]:
    """What the calls of each ask took, by the key of its effect; open ones at the most."""
    return {
        key: sum(calls.values(), NOTHING_SPENT) for key, calls in _read(path).items()
    }


def _read(path: Path) -> dict[str, dict[int, Spent]]:
    """The last word on each call; a line that a crash tore off is left out."""
    found: dict[str, dict[int, Spent]] = {}
    if not path.exists():
        return found
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            line = _Line.model_validate_json(text)
        except ValidationError:
            continue
        found.setdefault(line.key, {})[line.call] = line.spent
    return found
