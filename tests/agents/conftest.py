"""Hand-made events for single agents, and a simulated world for the whole team."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.lowlevel
import pytest
import structlog

from agents.team import build_agents
from bus.agent import Agent, Statement
from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import Arrival, Outcome
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from schemas.asks import (
    Ask,
    ClustersAsk,
    CrossAsk,
    DraftAsk,
    FeatureAsk,
    RefineAsk,
    RepairAsk,
    StackerAsk,
    StrategyAsk,
    TuneAsk,
)
from schemas.base import BlobRef, Frozen
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import (
    Combine,
    Examine,
    PooledFit,
    PrepareTable,
    Propose,
    RunJob,
    ScoreHoldout,
    StudyErrors,
)
from schemas.ensemble import Ensemble, Member, StrategyChoice, WeightedAverage
from schemas.envelope import Envelope, Input, Message
from schemas.inputs import (
    CancelRequested,
    Combined,
    ErrorsStudied,
    Examined,
    FeatureFinished,
    FitFinished,
    HoldoutScored,
    JobFailed,
    PrepareFailed,
    Proposed,
    ProposeFailed,
    RunStarted,
    TablePrepared,
    Tick,
)
from schemas.jobs import (
    ColumnJudgement,
    Failure,
    FailureKind,
    FeatureJob,
    FeatureReport,
    FitJob,
    FitReport,
    JobUsage,
    Rung,
    StackJob,
)
from schemas.lane import Lane
from schemas.memory import ErrorLeaf
from schemas.proposals import (
    CandidateProposal,
    FeatureProgram,
    FeatureProposal,
    NoProposal,
    Proposal,
    RepairProposal,
    StrategyProposal,
)
from schemas.sayings import RunCrashed, RunFinished, TaskReady, TrialFailed, TrialScored
from schemas.settings import RunSettings, TableSettings
from schemas.table import TableProfile
from schemas.task import Task, TaskKind

PROFILE = TableProfile(rows=800, columns=())
USAGE = JobUsage(seconds=1.0, cpu_seconds=0.5, peak_bytes=1 << 20)
LEAF = ErrorLeaf(conditions=(), rows=80, error=1.5)
SECONDS_A_TICK = 0.25
REPRODUCIBLE_WINDOW = 16

Body = TypeVar("Body", bound=Frozen)


def blob(name: str) -> BlobRef:
    return BlobRef(digest=hashlib.sha256(name.encode()).hexdigest(), size=len(name))


def make_task(
    *,
    folds: int = 5,
    kind: TaskKind = TaskKind.BINARY,
    test_rows: int = 200,
    greater_is_better: bool = True,
) -> Task:
    return Task(
        kind=kind,
        target=None if kind is TaskKind.CLUSTERING else "churn",
        classes=("no", "yes") if kind is TaskKind.BINARY else (),
        metric="roc_auc",
        greater_is_better=greater_is_better,
        rows=800,
        features=12,
        test_rows=test_rows,
        folds=folds,
        validation_rows=800,
    )


def make_settings(
    *,
    trials: int | None = None,
    budget_seconds: float | None = None,
    workers: int = 2,
    seed: int = 0,
    feature_rounds: int = 1,
    is_feedback_on: bool = True,
    is_tuning_on: bool = True,
    model_rounds: int | None = None,
    tuning_rounds: int | None = None,
    ensemble: StrategyChoice = "auto",
    proposer: str = "expert",
) -> RunSettings:
    return RunSettings(
        tables=TableSettings(table="churn.csv", target="churn"),
        trials=trials,
        budget_seconds=budget_seconds,
        workers=workers,
        seed=seed,
        feature_rounds=feature_rounds,
        is_feedback_on=is_feedback_on,
        is_tuning_on=is_tuning_on,
        model_rounds=model_rounds,
        tuning_rounds=tuning_rounds,
        ensemble=ensemble,
        proposer=proposer,
    )


def make_ready(task: Task | None = None) -> TaskReady:
    return TaskReady(task=task or make_task(), profile=PROFILE, baseline=0.5)


def make_candidate(loop: str = "c00", version: int = 1) -> Candidate:
    return Candidate(
        id=f"{loop}-v{version}",
        loop=loop,
        version=version,
        family="linear",
        title="a line",
        source=blob(f"{loop}-v{version}"),
        fingerprint=f"print of {loop}-v{version}",
        view=RAW_VIEW,
        origin="expert",
        operator="draft",
    )


def make_proposal(name: str, view: str = "raw") -> CandidateProposal:
    return CandidateProposal(
        family="linear",
        title=name,
        source=blob(name),
        fingerprint=f"print of {name}",
        view=view,
        origin="expert",
    )


def make_repair(name: str) -> RepairProposal:
    return RepairProposal(
        source=blob(name),
        fingerprint=f"print of {name}",
        diagnosis="a missing value",
        origin="expert",
    )


def make_report(
    score: float = 0.8, predictions: str = "predictions", distinct: int = 99
) -> FitReport:
    return FitReport(
        score=score,
        predictions=blob(predictions),
        columns=2,
        distinct=distinct,
        model=blob(f"model of {predictions}"),
        usage=USAGE,
    )


def make_fit(candidate: Candidate, scores: Sequence[float]) -> PooledFit:
    folds = tuple(range(len(scores)))
    return PooledFit(
        candidate=candidate,
        folds=folds,
        predictions=tuple(blob(f"{candidate.id}/{fold}") for fold in folds),
        models=tuple(blob(f"model {candidate.id}/{fold}") for fold in folds),
        columns=2,
        score=sum(scores) / len(scores),
    )


def make_scored(
    candidate: Candidate, rung: Rung, scores: Sequence[float], distinct: int = 99
) -> TrialScored:
    return TrialScored(
        candidate=candidate.id,
        rung=rung,
        fit=make_fit(candidate, scores),
        fold_scores=tuple(scores),
        score=sum(scores) / len(scores),
        standard_error=0.01,
        distinct=distinct,
        seconds=float(len(scores)),
    )


def make_failure(kind: FailureKind = "exception") -> Failure:
    return Failure(kind=kind, stage="fit", exception="ValueError", message="NaN")


def make_failed(candidate: Candidate, kind: FailureKind = "exception") -> TrialFailed:
    failure = make_failure(kind)
    return TrialFailed(candidate=candidate, rung=Rung.SMOKE, failure=failure)


def make_ensemble(pool: Sequence[PooledFit]) -> Ensemble:
    best = pool[0]
    member = Member(
        candidate=best.candidate.id,
        family=best.candidate.family,
        title=best.candidate.title,
        source=best.candidate.source,
        view=best.candidate.view,
        models=best.models,
        weight=1.0,
    )
    return Ensemble(
        members=(member,),
        combination=WeightedAverage(strategy="best", weights=(1.0,)),
        score=best.score,
        standard_error=0.01,
    )


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


def chance(*parts: object) -> float:
    """A number from 0 to below 1 that depends on nothing but its parts."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


@dataclass
class World:
    """Carries commands out in no time; what comes of one depends on its key only.

    Attributes:
        task: What a table turns out to hold.
        salt: Another world for every salt.
        drafts: How many drafts there are to be had.
        refuses: Share of asks that fail.
        repeats: Share of drafts that were there before.
        breaks: Share of fits that fail.
        hopeless: Share of asks for a repair that are given up.
        flat: Share of candidates that predict the same for every row.
        twins: Share of candidates that predict what others do.
        likenesses: Share of candidates that are nearly the same as another.
        raises: Share of effects that raise.
        broken_rung: A rung that nobody gets past.
        is_bad_table: Whether the table cannot be used.
        turns: How many turns of the loop effects take, one after the other.
        is_host_quick: Whether what is no job takes one turn only.
        sturdy: Kinds of commands that never raise.
        strategy: What the proposer would take for an ensemble.
        silence: Turns that an answer of the live lane takes.
        live_answers: How many answers a budget allows the live lane, None for no bound.
        live_lane: The lane that a model answers, if there is one.
    """

    task: Task = field(default_factory=make_task)
    salt: int = 0
    drafts: int = 30
    refuses: float = 0.0
    repeats: float = 0.0
    breaks: float = 0.0
    hopeless: float = 0.0
    flat: float = 0.0
    twins: float = 0.0
    likenesses: float = 0.0
    raises: float = 0.0
    broken_rung: Rung | None = None
    is_bad_table: bool = False
    turns: Sequence[int] = (1,)
    is_host_quick: bool = False
    sturdy: tuple[type[Frozen], ...] = (PrepareTable,)
    strategy: StrategyChoice = "auto"
    silence: int = 1
    live_answers: int | None = None
    live_lane: Lane | None = None
    started: int = 0

    async def run(self, command: Envelope) -> Outcome:
        turns = self.turns[self.started % len(self.turns)]
        self.started += 1
        if self.is_host_quick and not isinstance(command.body, RunJob):
            turns = 1
        if self._is_live(command.body):
            turns = self.silence
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        key = command.key or ""
        is_sturdy = isinstance(command.body, self.sturdy)
        if not is_sturdy and self._happens(self.raises, key, "raises"):
            raise OSError("the disk is tired")
        return Outcome(self._answer(command.body, key))

    def _is_live(self, body: Message) -> bool:
        return isinstance(body, Propose) and body.lane == self.live_lane

    def _live_answer(self, ask: Ask, key: str) -> Input:
        """What a model says, as long as the budget lasts and it does not fail."""
        if self.live_answers is not None:
            if self.live_answers == 0:
                return ProposeFailed(message="spent", is_budget_used_up=True)
            self.live_answers -= 1
        if self._happens(self.refuses, key, "refuses"):
            return ProposeFailed(message="the server is down")
        proposal = self._propose(ask, key)
        if isinstance(proposal, CandidateProposal):
            family = ("forest", "lightgbm", "network")[int(3 * chance(key, "family"))]
            update = {"family": family, "origin": "llm"}
            proposal = proposal.model_copy(update=update)
        return Proposed(proposal=proposal)

    def _answer_ask(self, body: Propose, key: str) -> Input:
        if self._is_live(body):
            return self._live_answer(body.ask, key)
        if self.live_lane is None and self._happens(self.refuses, key, "refuses"):
            return ProposeFailed(message="the server is down")
        return Proposed(proposal=self._propose(body.ask, key))

    def _happens(self, share: float, *parts: object) -> bool:
        return chance(self.salt, *parts) < share

    def _answer(self, body: Message, key: str) -> Input:
        match body:
            case PrepareTable():
                return self._prepare()
            case Propose():
                return self._answer_ask(body, key)
            case RunJob(job=FitJob() as job):
                return self._fit(job, key)
            case RunJob(job=FeatureJob() as job):
                return self._judge(job, key)
            case RunJob(job=StackJob()):
                if self._happens(self.breaks, key, "breaks"):
                    return self._failed(key)
                return FitFinished(report=make_report(0.9, f"stack {key}"))
            case Examine(pool=rivals):
                return self._examine(rivals, key)
            case StudyErrors(fit=fit):
                return ErrorsStudied(candidate=fit.candidate.id, leaves=(LEAF,))
            case Combine(pool=pool):
                return Combined(ensemble=make_ensemble(pool))
            case ScoreHoldout():
                return HoldoutScored(scores=(("roc_auc", 0.8),), opening=1)
            case _:
                raise AssertionError(f"{body!r} is no command")

    def _prepare(self) -> Input:
        if self.is_bad_table:
            return PrepareFailed(message="column 'churn' is not there")
        return TablePrepared(
            task=self.task,
            profile=PROFILE,
            table_schema=blob("schema"),
            showcase=blob("showcase"),
            baseline=0.5,
            seal="seal",
        )

    def _propose(self, ask: Ask, key: str) -> Proposal:
        match ask:
            case FeatureAsk():
                names = ("ratios", "sums", "counts")
                return FeatureProposal(
                    programs=tuple(
                        FeatureProgram(name=name, source=blob(name), idea=name)
                        for name in names
                    )
                )
            case DraftAsk(index=index) if index >= self.drafts:
                return NoProposal(reason="that was all")
            case DraftAsk(views=views):
                is_repeat = self._happens(self.repeats, key, "repeats")
                name = "the same again" if is_repeat else f"draft {key}"
                return make_proposal(name, views[-1].name)
            case RefineAsk():
                return make_proposal(f"refined {key}", ask.view.name)
            case TuneAsk():
                return make_proposal(f"tuned {key}", ask.view.name)
            case CrossAsk():
                return make_proposal(f"crossed {key}")
            case ClustersAsk():
                return NoProposal(reason="who knows")
            case StrategyAsk():
                return StrategyProposal(
                    strategy=self.strategy, reason="it says so", origin="expert"
                )
            case StackerAsk():
                return make_proposal(f"stacker {key}")
            case RepairAsk():
                if self._happens(self.hopeless, key, "hopeless"):
                    return NoProposal(reason="no idea")
                return make_repair(f"mended {key}")

    def _fit(self, job: FitJob, key: str) -> Input:
        is_broken = self._happens(self.breaks, key, "breaks")
        if is_broken or job.rung is self.broken_rung:
            return self._failed(key)
        candidate = job.source.digest
        is_twin = self._happens(self.twins, candidate, "twins")
        who = "twins" if is_twin else candidate
        is_flat = self._happens(self.flat, candidate, "flat")
        score = 0.6 + 0.3 * chance(candidate) + 0.01 * chance(candidate, job.fold)
        predictions = f"{who}/{job.rung is Rung.SMOKE}/{job.fold}"
        distinct = 1 if is_flat else 99
        return FitFinished(report=make_report(score, predictions, distinct))

    def _failed(self, key: str) -> Input:
        every: tuple[FailureKind, ...] = ("exception", "timeout", "memory", "internal")
        kind = every[int(chance(key, "kind") * len(every))]
        return JobFailed(failure=make_failure(kind), output=None, seconds=0.1)

    def _examine(self, rivals: Sequence[PooledFit], key: str) -> Input:
        if not rivals:
            return Examined(twin=None, likeness=0.0, leak="column 'a' alone tells")
        is_twin = self._happens(self.likenesses, key, "likeness")
        return Examined(
            twin=rivals[0].candidate.id, likeness=0.999 if is_twin else 0.5, leak=None
        )

    def _judge(self, job: FeatureJob, key: str) -> Input:
        if self._happens(self.breaks, key, "breaks"):
            return self._failed(key)
        chosen = [name for program in job.programs for name in program.columns]
        names = chosen or [f"{job.program}_{number}" for number in range(4)]
        judgements = tuple(
            ColumnJudgement(
                name=name,
                importance=chance(name),
                shadow_importance=0.2 * chance(name, job.fold),
                statistic=1.0,
            )
            for name in names
        )
        return FeatureFinished(report=FeatureReport(judgements=judgements, usage=USAGE))


@dataclass
class Story:
    """A run as it stands in its journal.

    Attributes:
        path: The journal.
        events: Its lines.
        end: The run's last word.
    """

    path: Path
    events: list[Envelope]
    end: RunFinished | RunCrashed

    def bodies(self, kind: type[Body]) -> list[Body]:
        """All messages of a kind, in order."""
        return [e.body for e in self.events if isinstance(e.body, kind)]

    def of_kind(self, kind: type[Frozen]) -> list[Envelope]:
        """All events of a kind, in order."""
        return [event for event in self.events if isinstance(event.body, kind)]

    def counts(self) -> Counter[str]:
        """How often each kind of message occurs."""
        return Counter(event.body.kind for event in self.events)

    def place_of(self, kind: type[Frozen]) -> int:
        """Sequence number of the one message of a kind."""
        (found,) = self.of_kind(kind)
        return found.seq

    def words(self) -> list[bytes]:
        """Every line without what the clock has to do with."""
        plain = {"t": 0, "duration": None, "chain": ""}
        return [
            event.model_copy(update=plain).model_dump_json().encode()
            for event in self.events
        ]


@dataclass
class Clock:
    """Ticks, and perhaps the user's wish to stop.

    Attributes:
        turns: Turns of the loop between two ticks.
        cancel_after: Ticks after which the user wants to stop, or None.
        ticks: Whether the run hears the ticks.
    """

    turns: int = 8
    cancel_after: int | None = None
    ticks: bool = True

    async def go(self, core: Core) -> None:
        """Go on for ever."""
        for number in count(1):
            for _ in range(self.turns):
                await anyio.lowlevel.checkpoint()
            if number == self.cancel_after:
                wish = CancelRequested(reason="SIGINT")
                await core.tell(Arrival(wish, src="user"))
            if self.ticks:
                tick = Tick(elapsed_seconds=number * SECONDS_A_TICK)
                await core.tell(Arrival(tick, src="clock"))


async def simulate(
    path: Path,
    settings: RunSettings,
    world: World,
    clock: Clock | None = None,
    stopwatch: Callable[[], float] = time.monotonic,
) -> Story:
    """Let the whole team work in a world, with the real core and the real journal."""
    is_reproducible = settings.trials is not None
    capacity = Capacity(
        workers=settings.workers,
        window=REPRODUCIBLE_WINDOW if is_reproducible else None,
        is_first_come=is_reproducible,
    )
    mode = Mode(is_reproducible, capacity, world.live_lane)
    now = count(1_000_000)
    opening = RunStarted(settings=settings, versions=(), fingerprint="f")
    with JournalWriter(path) as journal:
        bus = Bus(build_agents(settings))
        core = Core(
            "r1", bus, journal, world, mode, lambda: next(now), stopwatch=stopwatch
        )
        async with anyio.create_task_group() as tasks:
            if clock is not None:
                tasks.start_soon(clock.go, core)
            end = await core.run(opening)
            tasks.cancel_scope.cancel()
    return Story(path, list(read_journal(path)), end)


@pytest.fixture(scope="module", autouse=True)
def quiet_log() -> Iterator[None]:
    """No traceback is drawn for effects that are meant to raise."""

    def drop(*_: object) -> structlog.typing.EventDict:
        raise structlog.DropEvent

    structlog.configure(processors=[drop])
    yield
    structlog.reset_defaults()
