"""Small agents, effects that wait for the test, and journals made without a core."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
import structlog

from bus.agent import Agent, Statement, Voice
from bus.bus import Bus
from bus.effects import Outcome
from bus.journal import JournalWriter
from bus.reactor import Reactor
from schemas.asks import FeatureAsk
from schemas.base import BlobRef, Frozen
from schemas.candidate import RAW_VIEW
from schemas.commands import Propose, RunJob
from schemas.envelope import Envelope, Input, Message
from schemas.inputs import (
    CancelRequested,
    EffectCancelled,
    EffectFailed,
    FitFinished,
    Proposed,
    RunStarted,
)
from schemas.jobs import FitJob, FitReport, JobLimits, JobUsage, Rung
from schemas.proposals import NoProposal
from schemas.sayings import CancelEffects, LoopOpened, RunFinished
from schemas.settings import RunSettings, TableSettings

TURNS_TO_SETTLE = 30
STARTED_IN_ORDER = pytest.mark.parametrize("anyio_backend", ["asyncio"])
"""For tests that count on tasks running in the order in which they were started."""
BLOB = BlobRef(digest="ab" * 32, size=10)
LIMITS = JobLimits(wall_seconds=9, cpu_seconds=9, memory_bytes=1 << 30, threads=1)


@pytest.fixture(scope="module", params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Nothing here may depend on one event loop."""
    return str(request.param)


async def settle() -> None:
    """Let every task go on until it waits for something."""
    for _ in range(TURNS_TO_SETTLE):
        await anyio.lowlevel.checkpoint()


def run_started(seed: int = 0) -> RunStarted:
    settings = RunSettings(tables=TableSettings(table="churn.csv"), trials=9, seed=seed)
    return RunStarted(settings=settings, versions=(), fingerprint="f")


def fit_job(fold: int = 0, priority: int = 0) -> RunJob:
    job = FitJob(
        candidate="c00-v1",
        rung=Rung.FULL,
        fold=fold,
        source=BLOB,
        view=RAW_VIEW,
        seed=0,
        limits=LIMITS,
    )
    return RunJob(job=job, priority=priority)


def fit_finished(score: float) -> FitFinished:
    report = FitReport(
        score=score,
        predictions=BLOB,
        columns=1,
        distinct=9,
        model=None,
        usage=JobUsage(seconds=1.0, cpu_seconds=1.0, peak_bytes=1),
    )
    return FitFinished(report=report)


def outcome_of(command: Envelope) -> Outcome:
    """What an effect gives depends on nothing but its key."""
    if isinstance(command.body, Propose):
        return Outcome(Proposed(proposal=NoProposal(reason="nothing")))
    return Outcome(fit_finished(int(command.key or "0", 16) % 1000 / 1000))


@dataclass
class Scripted:
    """An agent that answers as it is told to, and remembers what it heard."""

    name: str
    hears: frozenset[type[Frozen]]
    answer: Callable[[Envelope], Sequence[Statement]] = lambda _: ()
    heard: list[Envelope] = field(default_factory=list)

    def decide(self, event: Envelope) -> Sequence[Statement]:
        self.heard.append(event)
        return self.answer(event)


@dataclass
class Crew:
    """Asks for jobs, then for one more whenever one comes back; ends when all are in.

    Attributes:
        jobs: How many are asked for at the start.
        more: How many are asked for later on.
    """

    jobs: int = 3
    more: int = 0
    name: str = "crew"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            RunStarted,
            FitFinished,
            EffectFailed,
            EffectCancelled,
            Proposed,
            CancelRequested,
        }
    )
    open: list[str] = field(default_factory=list)
    issued: int = 0

    def decide(self, event: Envelope) -> Sequence[Statement]:
        match event.body:
            case RunStarted():
                voice = Voice(self.name, 0)
                opened = voice.say(LoopOpened(), "c00")
                return [opened, *(self._ask() for _ in range(self.jobs))]
            case CancelRequested():
                self.more = 0
                cancel = CancelEffects(keys=tuple(self.open))
                return [Voice(self.name, 0).say(cancel)]
            case _:
                self.open.remove(event.key or "")
                return self._go_on()

    def _go_on(self) -> Sequence[Statement]:
        if self.more > 0:
            self.more -= 1
            return [self._ask()]
        if self.open:
            return []
        return [Voice(self.name, 0).say(RunFinished(status="done"))]

    def _ask(self) -> Statement:
        number, self.issued = self.issued, self.issued + 1
        is_ask = number % 4 == 3
        body = Propose(ask=FeatureAsk(round=number)) if is_ask else fit_job(number)
        asked = Voice(self.name, 0).ask(body, purpose="test", n=number, loop="c00")
        self.open.append(asked.key or "")
        return asked


@dataclass
class GatedRunner:
    """Carries nothing out before the test opens the gate of its key.

    Attributes:
        started: Keys in the order in which their effects began.
        running: Keys that are being carried out.
        most_running: The largest number of them at any time.
        errors: What an effect raises instead of giving an outcome, by key.
    """

    started: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    most_running: int = 0
    errors: dict[str, Exception] = field(default_factory=dict)
    _gates: dict[str, anyio.Event] = field(default_factory=dict)

    async def run(self, command: Envelope) -> Outcome:
        key = command.key or ""
        self.started.append(key)
        self.running.add(key)
        self.most_running = max(self.most_running, len(self.running))
        try:
            await self._gate(key).wait()
        finally:
            self.running.remove(key)
        if key in self.errors:
            raise self.errors[key]
        return outcome_of(command)

    def open(self, *keys: str) -> None:
        """Let effects end, those that have not begun as well."""
        for key in keys:
            self._gate(key).set()

    def _gate(self, key: str) -> anyio.Event:
        return self._gates.setdefault(key, anyio.Event())


@dataclass
class PatientRunner:
    """Lets a number of turns go by, which depends on the how-manieth effect it is."""

    turns: Sequence[int]
    started: int = 0

    async def run(self, command: Envelope) -> Outcome:
        turns = self.turns[self.started % len(self.turns)]
        self.started += 1
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        return outcome_of(command)


def make_envelope(
    body: Message,
    *,
    seq: int = 0,
    key: str | None = None,
    dst: str | None = None,
    answers: Envelope | None = None,
) -> Envelope:
    """An input, which may answer a command as the core would have it."""
    return Envelope(
        run="r1",
        session=0,
        seq=seq,
        io="in",
        body=body,
        parent=answers.seq if answers else None,
        src="test",
        dst=answers.src if answers else dst,
        loop=answers.loop if answers else None,
        key=answers.key if answers else key,
        t=5,
    )


def make_history(agents: Sequence[Agent], inputs: Sequence[Input]) -> list[Envelope]:
    """Every event of a run that hears these inputs; each answers the oldest command."""
    reactor = Reactor(Bus(agents))
    events: list[Envelope] = []
    waiting: list[Envelope] = []
    for body in inputs:
        command = waiting.pop(0) if waiting else None
        event = make_envelope(body, seq=len(events), answers=command)
        outputs = reactor.react(event)
        waiting += [output for output in outputs if output.key]
        events += [event, *outputs]
    return events


def write_journal(path: Path, events: Sequence[Envelope]) -> None:
    """Write events anew, with a chain that is right."""
    path.unlink(missing_ok=True)
    with JournalWriter(path) as journal:
        journal.append([event.model_copy(update={"chain": ""}) for event in events])


@pytest.fixture(scope="module", autouse=True)
def log_lines() -> Iterator[list[dict[str, object]]]:
    """What the bus logs is kept, so that no traceback is drawn for each of them."""
    lines: list[dict[str, object]] = []

    def keep(
        _logger: object, level: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        lines.append(dict(line) | {"level": level})
        raise structlog.DropEvent

    structlog.configure(processors=[keep])
    yield lines
    structlog.reset_defaults()


@pytest.fixture
def history() -> list[Envelope]:
    """Two jobs, one more, an ask and the end of a run."""
    scores = [fit_finished(score) for score in (0.25, 0.5, 0.75)]
    nothing = Proposed(proposal=NoProposal(reason="nothing"))
    return make_history([Crew(jobs=2, more=2)], [run_started(), *scores, nothing])
