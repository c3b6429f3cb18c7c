"""A simulated world, in which the whole team's commands come to something."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel

from bus.effects import Outcome
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
from schemas.base import Frozen
from schemas.commands import (
    Combine,
    Examine,
    PlanAblation,
    PooledFit,
    PrepareTable,
    Propose,
    RunJob,
    ScoreHoldout,
    StudyErrors,
)
from schemas.ensemble import StrategyChoice
from schemas.envelope import Envelope, Input, Message
from schemas.inputs import (
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
    TablePrepared,
)
from schemas.jobs import (
    ColumnJudgement,
    FailureKind,
    FeatureJob,
    FeatureReport,
    FitJob,
    Rung,
    StackJob,
)
from schemas.lane import Lane
from schemas.proposals import (
    CandidateProposal,
    FeatureProgram,
    FeatureProposal,
    NoProposal,
    Proposal,
    StrategyProposal,
)
from schemas.task import Task
from tests.agents.samples import (
    LEAF,
    PROFILE,
    USAGE,
    blob,
    make_ensemble,
    make_failure,
    make_plan,
    make_proposal,
    make_repair,
    make_report,
    make_task,
)


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
            case PlanAblation(candidate=candidate):
                return make_plan(candidate, int(5 * chance(key, "parts")))
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
