"""Where two runs part: compared message by message, without what differs by nature."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from pydantic import ConfigDict

from bus.errors import Cause
from reports.difference import flat_fields
from schemas.base import Frozen
from schemas.envelope import Envelope
from schemas.inputs import RunContinued, RunStarted, SessionStarted, Tick, WorkersReady
from schemas.settings import RunSettings

UNCOMPARED_KINDS = (RunStarted, RunContinued, SessionStarted, WorkersReady, Tick)
"""Openings of sessions and the clock: these say where, when and how, but not what."""
UNCOMPARED_FIELDS = frozenset(
    {
        "run",
        "session",
        "seq",
        "parent",
        "causes",
        "duration",
        "cost",
        "request_hash",
        "key",
        "attempt",
        "src",
    }
)
MEASURED_ENDINGS = ("seconds", "peak_bytes")
"""Fields of these names hold measurements, which are never the same twice."""


class FieldPair(Frozen):
    """A field that differs, as short JSON; None where there is none."""

    field: str
    one: str | None
    other: str | None


class Place(Frozen):
    """An event of a run, with what led to it, nearest first."""

    seq: int
    kind: str
    src: str
    loop: str | None
    causes: tuple[Cause, ...] = ()


class Parting(Frozen):
    """Where two runs part.

    Attributes:
        same: How many messages they have in common, one after the other.
        settings: Settings that differ.
        one: Where the first run goes another way; None if it is at its end.
        other: Where the second does.
        fields: Fields of these two messages that differ.
    """

    model_config = ConfigDict(ser_json_inf_nan="null")

    same: int
    settings: tuple[FieldPair, ...]
    one: Place | None
    other: Place | None
    fields: tuple[FieldPair, ...]

    @property
    def is_same(self) -> bool:
        """Whether they have every message in common."""
        return self.one is None and self.other is None


@dataclass(slots=True)
class _Side:
    """One of the two runs as it is read."""

    events: Iterable[Envelope]
    settings: RunSettings | None = None
    parents: dict[int, tuple[int | None, Cause]] = field(default_factory=dict)

    def messages(self) -> Iterator[Envelope]:
        for event in self.events:
            self.parents[event.seq] = (event.parent, Cause.of(event))
            if isinstance(event.body, RunStarted | RunContinued):
                self.settings = event.body.settings
            if not isinstance(event.body, UNCOMPARED_KINDS):
                yield event

    def place(self, event: Envelope | None) -> Place | None:
        if event is None:
            return None
        causes, parent = [], event.parent
        while parent is not None and parent in self.parents:
            parent, cause = self.parents[parent]
            causes.append(cause)
        return Place(
            seq=event.seq,
            kind=event.body.kind,
            src=event.src,
            loop=event.loop,
            causes=tuple(causes),
        )


def derive_parting(one: Iterable[Envelope], other: Iterable[Envelope]) -> Parting:
    """Compare two journals message by message up to the first that differs.

    Times, measurements, effect keys and places in the journal are not compared, nor are
    ticks: two runs of the same seed bounded by trials have every message in common.
    """
    first, second = _Side(one), _Side(other)
    same = 0
    for left, right in zip_longest(first.messages(), second.messages()):
        was, now = _compared(left), _compared(right)
        if was != now:
            return Parting(
                same=same,
                settings=_settings_pairs(first.settings, second.settings),
                one=first.place(left),
                other=second.place(right),
                fields=_pairs(was, now) if left and right else (),
            )
        same += 1
    pairs = _settings_pairs(first.settings, second.settings)
    return Parting(same=same, settings=pairs, one=None, other=None, fields=())


def _compared(event: Envelope | None) -> dict[str, str]:
    return {
        path: value
        for path, value in flat_fields(event).items()
        if path.split(".")[0].split("[")[0] not in UNCOMPARED_FIELDS
        and not path.endswith(MEASURED_ENDINGS)
    }


def _settings_pairs(
    one: RunSettings | None, other: RunSettings | None
) -> tuple[FieldPair, ...]:
    return _pairs(_flat_settings(one), _flat_settings(other))


def _flat_settings(settings: RunSettings | None) -> dict[str, str]:
    if settings is None:
        return {}
    tables = {f"tables.{name}": repr(v) for name, v in dict(settings.tables).items()}
    own = {name: repr(v) for name, v in dict(settings).items() if name != "tables"}
    return own | tables


def _pairs(one: dict[str, str], other: dict[str, str]) -> tuple[FieldPair, ...]:
    return tuple(
        FieldPair(field=name, one=one.get(name), other=other.get(name))
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    )
