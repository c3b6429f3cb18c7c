"""Inputs: everything that reaches a run from outside; recorded, and fed again on replay."""

from typing import Literal

from schemas.ablation import AblatedVersion
from schemas.base import BlobRef, Frozen
from schemas.clusters import ClusterSurvey
from schemas.ensemble import Ensemble, PlainScore
from schemas.jobs import Failure, FeatureReport, FitReport
from schemas.memory import ErrorLeaf
from schemas.proposals import Proposal
from schemas.settings import RunSettings
from schemas.table import TableProfile
from schemas.task import Task


class RunStarted(Frozen):
    """The first line of a journal.

    Attributes:
        settings: What the user asked for.
        versions: Python and library versions, as (name, version).
        fingerprint: Hash of the source of agents, bus and schemas.
        modules: Hash of each of their files, as (path, hash).
    """

    kind: Literal["run_started"] = "run_started"
    settings: RunSettings
    versions: tuple[tuple[str, str], ...]
    fingerprint: str
    modules: tuple[tuple[str, str], ...] = ()


class SessionStarted(Frozen):
    """A run that was interrupted goes on in another process.

    Attributes:
        versions: Python and library versions, as (name, version).
        fingerprint: Hash of the source of agents, bus and schemas.
        modules: Hash of each of their files, as (path, hash).
    """

    kind: Literal["session_started"] = "session_started"
    versions: tuple[tuple[str, str], ...]
    fingerprint: str
    modules: tuple[tuple[str, str], ...] = ()


class Origin(Frozen):
    """The place in another run that a fork shares everything up to.

    Attributes:
        run: Id of that run.
        seq: The last event that both have.
        chain: Its chain, which covers all that they share.
    """

    run: str
    seq: int
    chain: str


class RunContinued(Frozen):
    """A run goes on under other settings: with more budget, or as a fork of another run.

    Exploration is open again, whatever had closed it.

    Attributes:
        settings: What holds from here on; table, split and seed stay what they were.
        origin: Where the run was forked off, None if it is the same run.
        versions: Python and library versions, as (name, version).
        fingerprint: Hash of the source of agents, bus and schemas.
        modules: Hash of each of their files, as (path, hash).
    """

    kind: Literal["run_continued"] = "run_continued"
    settings: RunSettings
    origin: Origin | None
    versions: tuple[tuple[str, str], ...]
    fingerprint: str
    modules: tuple[tuple[str, str], ...] = ()


class WorkersReady(Frozen):
    """Worker processes can start, and a real job found out what fences them in.

    Attributes:
        isolation: Layers between candidate code and the host, as (layer, `active` or why
            it is not).
    """

    kind: Literal["workers_ready"] = "workers_ready"
    isolation: tuple[tuple[str, str], ...]


class TablePrepared(Frozen):
    """The table was read, split and sealed.

    Attributes:
        task: The task as settled.
        profile: Aggregates of the development rows.
        table_schema: `TableSchema` as JSON.
        showcase: Rows that may be shown to a proposer, a JSON list.
        baseline: Score of the best constant prediction over the folds.
        seal: Hash of the sealed test part, or None if there is none.
        survey: Clustering: what a first look says about the number of clusters; the task
            holds the number itself. None if it was named, or if the look failed.
    """

    kind: Literal["table_prepared"] = "table_prepared"
    task: Task
    profile: TableProfile
    table_schema: BlobRef
    showcase: BlobRef
    baseline: float
    seal: str | None
    survey: ClusterSurvey | None = None


class PrepareFailed(Frozen):
    """The table cannot be used; the message is one clear line for the user."""

    kind: Literal["prepare_failed"] = "prepare_failed"
    message: str


class Proposed(Frozen):
    """A proposer answered.

    Attributes:
        proposal: What it offers.
        conversation: What a model was asked and what it said, as text; None if none was asked.
    """

    kind: Literal["proposed"] = "proposed"
    proposal: Proposal
    conversation: BlobRef | None = None


class ProposeFailed(Frozen):
    """A proposer could not answer.

    Attributes:
        message: Why.
        is_budget_used_up: Whether what may be spent on models is used up, so that there is
            no point in asking again.
        conversation: What a model was asked and what it said, as text; None if none was asked.
    """

    kind: Literal["propose_failed"] = "propose_failed"
    message: str
    is_budget_used_up: bool = False
    conversation: BlobRef | None = None


class FitFinished(Frozen):
    """A fit job returned predictions, and the host scored them."""

    kind: Literal["fit_finished"] = "fit_finished"
    report: FitReport


class FeatureFinished(Frozen):
    """A feature job returned columns, and they were judged."""

    kind: Literal["feature_finished"] = "feature_finished"
    report: FeatureReport


class Examined(Frozen):
    """A candidate was held against the pool.

    Attributes:
        twin: The candidate whose out-of-fold predictions are most like its own, or None if
            there is nothing to compare with.
        likeness: Their correlation (clustering: adjusted Rand index), 0 without a twin.
        leak: What tells the target by itself, in words for the user, or None.
    """

    kind: Literal["examined"] = "examined"
    twin: str | None
    likeness: float
    leak: str | None


class ErrorsStudied(Frozen):
    """Where a candidate errs most, in aggregates over at least 20 rows each.

    Attributes:
        candidate: Its id.
        leaves: Groups of rows, worst first; may be none.
    """

    kind: Literal["errors_studied"] = "errors_studied"
    candidate: str
    leaves: tuple[ErrorLeaf, ...]


class AblationPlanned(Frozen):
    """Versions of a candidate were made that lack one part each.

    Attributes:
        candidate: Its id.
        versions: The versions; none if nothing can be taken out.
    """

    kind: Literal["ablation_planned"] = "ablation_planned"
    candidate: str
    versions: tuple[AblatedVersion, ...]


class JobFailed(Frozen):
    """A job of any kind failed.

    Attributes:
        failure: Why, as far as a proposer may know it.
        output: What the process printed, as text, for people only.
        seconds: How long it ran.
    """

    kind: Literal["job_failed"] = "job_failed"
    failure: Failure
    output: BlobRef | None
    seconds: float


class Combined(Frozen):
    """An ensemble was built from out-of-fold predictions.

    Attributes:
        ensemble: The ensemble.
        without_added: The last one of a hybrid run: the same built without the candidates
            of the added lane, to tell what those brought.
    """

    kind: Literal["combined"] = "combined"
    ensemble: Ensemble
    without_added: PlainScore | None = None


class CombineFailed(Frozen):
    """No ensemble can be made of the pool, which is nobody's bug; one clear line says why."""

    kind: Literal["combine_failed"] = "combine_failed"
    message: str


class HoldoutScored(Frozen):
    """The sealed part was opened and scored, once.

    Attributes:
        scores: As (metric, value).
        opening: 1 for the first time that this sealed part was opened.
        copies: Test rows whose features are those of a row that was learned from.
        scores_without_copies: The same scores without these rows; empty where there are
            none, or where too few rows are left.
    """

    kind: Literal["holdout_scored"] = "holdout_scored"
    scores: tuple[tuple[str, float], ...]
    opening: int
    copies: int = 0
    scores_without_copies: tuple[tuple[str, float], ...] = ()


class Diagnosed(Frozen):
    """The final ensemble was looked at.

    Attributes:
        diagnostics: `Diagnostics` as JSON.
    """

    kind: Literal["diagnosed"] = "diagnosed"
    diagnostics: BlobRef


class EffectFailed(Frozen):
    """An effect of ours raised: our bug or a failing disk, never the candidate's fault."""

    kind: Literal["effect_failed"] = "effect_failed"
    exception: str
    message: str


class EffectCancelled(Frozen):
    """An effect was taken back before its outcome was heard.

    Attributes:
        conversation: What a model was asked by then, as text; None if none was asked.
    """

    kind: Literal["effect_cancelled"] = "effect_cancelled"
    conversation: BlobRef | None = None


class Tick(Frozen):
    """Wall-clock seconds since the run started; only runs bounded by a budget hear it."""

    kind: Literal["tick"] = "tick"
    elapsed_seconds: float


class CancelRequested(Frozen):
    """The user wants the run to end with what it has."""

    kind: Literal["cancel_requested"] = "cancel_requested"
    reason: str
