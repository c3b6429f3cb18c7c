"""Hand-made tasks, settings, candidates, fits and what is said of them."""

import hashlib
from collections.abc import Sequence

from schemas.ablation import AblatedVersion
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import PooledFit
from schemas.ensemble import Ensemble, Member, StrategyChoice, WeightedAverage
from schemas.inputs import AblationPlanned
from schemas.jobs import Failure, FailureKind, FitReport, JobUsage, Rung
from schemas.memory import ErrorLeaf
from schemas.proposals import CandidateProposal, RepairProposal
from schemas.sayings import TaskReady, TrialFailed, TrialScored
from schemas.settings import RunSettings, TableSettings
from schemas.table import TableProfile
from schemas.task import Task, TaskKind

PROFILE = TableProfile(rows=800, columns=())
USAGE = JobUsage(seconds=1.0, cpu_seconds=0.5, peak_bytes=1 << 20)
LEAF = ErrorLeaf(conditions=(), rows=80, error=1.5)


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


def make_plan(candidate: Candidate, count: int) -> AblationPlanned:
    versions = tuple(
        AblatedVersion(
            part=f"part {number}",
            lines=(number + 1, number + 2),
            source=blob(f"{candidate.id} without {number}"),
            view=candidate.view,
        )
        for number in range(count)
    )
    return AblationPlanned(candidate=candidate.id, versions=versions)


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
