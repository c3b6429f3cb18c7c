"""Carries out commands: the one place where a run touches the world."""

import json
from dataclasses import dataclass

from bus.effects import Outcome
from engine.ablating import Ablating
from engine.bills import AskBill, Bills
from engine.combining import Combining
from engine.diagnosing import Diagnosing
from engine.examining import Examining
from engine.feature_trials import FeatureTrials
from engine.fitting import Fitting
from engine.fold_data import FoldData
from engine.holdout import Holdout
from engine.predictor import Predictor
from engine.preparing import Preparing
from engine.proposing import Proposers
from engine.run_folder import RunFolder
from engine.scoring import Scorer
from engine.stacking import Stacking
from engine.studying import Studying
from engine.surveying import Surveying
from engine.versions import library_versions
from executors.pool import WorkerPool
from executors.process_record import ProcessRecord
from proposers.errors import BudgetExhausted, ProposerError
from proposers.spending import Spent
from schemas.asks import Briefing
from schemas.base import BlobRef
from schemas.commands import (
    Combine,
    Diagnose,
    Examine,
    PlanAblation,
    PrepareTable,
    Propose,
    RunJob,
    ScoreHoldout,
    StudyErrors,
)
from schemas.ensemble import Ensemble
from schemas.envelope import Cost, Envelope
from schemas.inputs import (
    EffectCancelled,
    Proposed,
    ProposeFailed,
    TablePrepared,
)
from schemas.jobs import FeatureJob, FitJob, JobLimits, StackJob
from schemas.settings import RunSettings
from schemas.table import TableSchema
from tabular.development import load_development

PREDICT_WALL_SECONDS = 600.0


@dataclass(slots=True)
class _Bench:
    """Everything that can only be set up once the table is prepared."""

    briefing: Briefing
    data: FoldData
    fitting: Fitting
    features: FeatureTrials
    stacking: Stacking
    combining: Combining
    examining: Examining
    studying: Studying
    holdout: Holdout
    diagnosing: Diagnosing


class Effects:
    """Carries out the commands of one run.

    Args:
        settings: What the user asked for.
        folder: The run's folder.
        pool: Worker processes.
        proposers: Answer asks, one for each lane.
    """

    def __init__(
        self,
        settings: RunSettings,
        folder: RunFolder,
        pool: WorkerPool,
        proposers: Proposers,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._pool = pool
        self._proposers = proposers
        self._blobs = folder.blobs
        self._bills = Bills(folder.calls)
        self._prepared: _Bench | None = None

    async def run(self, command: Envelope) -> Outcome:
        """Carry out one command; see `bus.effects.EffectRunner`."""
        match command.body:
            case PrepareTable():
                return await self._prepare()
            case Propose() as propose:
                return await self._propose(propose, command.key or "")
            case RunJob(job=FitJob() as job):
                return await self._bench.fitting.run(job)
            case RunJob(job=FeatureJob() as job):
                return await self._bench.features.run(job)
            case RunJob(job=StackJob() as job):
                return await self._bench.stacking.run(job)
            case Examine() as examine:
                return await self._bench.examining.run(examine)
            case StudyErrors(fit=fit):
                return await self._bench.studying.run(fit)
            case PlanAblation(candidate=candidate):
                return await Ablating(self._blobs).run(candidate)
            case Combine() as combine:
                return await self._bench.combining.run(combine)
            case ScoreHoldout(ensemble=ensemble):
                request = command.request_hash or ""
                predictor = self._predictor(ensemble)
                return await self._bench.holdout.run(request, ensemble, predictor)
            case Diagnose() as diagnose:
                return await self._bench.diagnosing.run(diagnose)
            case _:
                raise TypeError(f"{command.body.kind!r} is not a command")

    def close(self) -> None:
        """Let go of buffers."""
        if self._prepared is not None:
            self._prepared.data.close()

    @property
    def _bench(self) -> _Bench:
        if self._prepared is None:
            raise RuntimeError("work was asked for before the table was prepared")
        return self._prepared

    def _predictor(self, ensemble: Ensemble) -> Predictor:
        return Predictor(
            ensemble,
            self._bench.briefing.task,
            self._bench.briefing.schema_,
            self._pool,
            self._settings.workers,
            self._predict_limits,
            self._blobs,
            self._folder.models,
        )

    @property
    def _predict_limits(self) -> JobLimits:
        return JobLimits(
            wall_seconds=PREDICT_WALL_SECONDS,
            cpu_seconds=PREDICT_WALL_SECONDS,
            memory_bytes=self._settings.memory_bytes,
            threads=self._settings.threads,
        )

    def restore(self, prepared: TablePrepared) -> None:
        """Set up from what an earlier session prepared; the table is not read again."""
        self._prepared = self._set_up(prepared)

    async def _prepare(self) -> Outcome:
        preparing = Preparing(
            self._settings,
            self._folder.data,
            self._blobs,
            ProcessRecord(self._folder.processes),
        )
        outcome = await preparing.run()
        if not isinstance(outcome.body, TablePrepared):
            return outcome
        surveyed = await Surveying(self._settings, self._folder.data, self._pool).run(
            outcome.body
        )
        self.restore(surveyed.prepared)
        return Outcome(surveyed.prepared, surveyed.cost)

    def _set_up(self, prepared: TablePrepared) -> _Bench:
        settings, task, blobs = self._settings, prepared.task, self._blobs
        schema_text = blobs.read_text(prepared.table_schema)
        schema = TableSchema.model_validate_json(schema_text)
        development = load_development(self._folder.data)
        data = FoldData(development, task, settings.seed)
        scorer = Scorer(task, development)
        briefing = Briefing(
            task=task,
            profile=prepared.profile,
            schema_=schema,
            showcase=self._showcase(prepared),
            seed=settings.seed,
            budget_seconds=settings.budget_seconds,
            trials=settings.trials,
            threads=settings.threads,
            memory_bytes=settings.memory_bytes,
            versions=library_versions(),
        )
        return _Bench(
            briefing=briefing,
            data=data,
            fitting=Fitting(
                task, schema, data, scorer, self._pool, blobs, self._folder.models
            ),
            features=FeatureTrials(task, schema, data, self._pool, blobs),
            stacking=Stacking(
                task, development, scorer, self._pool, blobs, self._folder.models
            ),
            combining=Combining(task, development, scorer, blobs, settings.seed),
            examining=Examining(task, development, blobs),
            studying=Studying(task, development, blobs),
            holdout=Holdout(task, development, self._folder, blobs),
            diagnosing=Diagnosing(
                task, development, self._predictor, blobs, settings.seed
            ),
        )

    def _showcase(self, prepared: TablePrepared) -> tuple[str, ...]:
        """As many rows as the user lets a model see."""
        rows: list[str] = json.loads(self._blobs.read_text(prepared.showcase))
        return tuple(rows[: self._settings.llm_rows])

    async def _propose(self, command: Propose, key: str) -> Outcome:
        proposer, bill = self._proposers.of(command.lane), self._bills.open(key)
        briefing = self._bench.briefing
        try:
            answer = await proposer.propose(command.ask, briefing, bill)
        except ProposerError as error:
            failed = ProposeFailed(
                message=str(error),
                is_budget_used_up=isinstance(error, BudgetExhausted),
                conversation=self._conversation(bill),
            )
            outcome = Outcome(failed, _cost(bill.before + error.spent))
        else:
            proposed = Proposed(
                proposal=answer.proposal, conversation=self._conversation(bill)
            )
            outcome = Outcome(proposed, _cost(bill.before + answer.spent))
        self._bills.close(key)
        return outcome

    def take_back(self, command: Envelope) -> Outcome:
        """Say what an effect took that did not come to its end; see `bus.effects`."""
        bill = self._bills.close(command.key or "")
        if bill is None:
            return Outcome(EffectCancelled())
        cancelled = EffectCancelled(conversation=self._conversation(bill))
        return Outcome(cancelled, _cost(bill.total))

    def _conversation(self, bill: AskBill) -> BlobRef | None:
        return self._blobs.keep_text("\n\n".join(bill.said)) if bill.said else None


def _cost(spent: Spent) -> Cost:
    return Cost(
        calls=spent.calls,
        tokens=spent.tokens,
        money=spent.money,
        answer_seconds=round(spent.seconds, 6),
    )
