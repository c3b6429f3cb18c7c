"""Jobs: the smallest effects of kind work, one fold of one trial in one worker process."""

from enum import StrEnum
from typing import Literal

from schemas.base import BlobRef, Frozen
from schemas.candidate import View, ViewProgram


class Rung(StrEnum):
    """How much of the data a trial gets; cheap rungs come first."""

    SMOKE = "smoke"
    SCREEN = "screen"
    FULL = "full"


class JobLimits(Frozen):
    """What one worker process may use.

    Attributes:
        wall_seconds: Elapsed time until it is ended.
        cpu_seconds: Processor time of all its threads until it is ended.
        memory_bytes: Memory beyond what the preloaded libraries take.
        threads: Threads that its numerical libraries may start.
    """

    wall_seconds: float
    cpu_seconds: float
    memory_bytes: int
    threads: int


class FitJob(Frozen):
    """Fit one candidate on one fold's training rows and predict its validation rows.

    Attributes:
        candidate: The version's id.
        rung: How much of the data it gets.
        fold: Which fold.
        source: Its source.
        view: What it is fitted on.
        seed: Seed of all that it draws.
        limits: What the worker process may use.
        bootstrap: Seed of a bootstrap sample that takes the place of the training rows, or
            None for the rows themselves.
        without: What was taken out of the candidate, in words, or None. Then only the score
            counts, and no model is kept.
    """

    kind: Literal["fit"] = "fit"
    candidate: str
    rung: Rung
    fold: int
    source: BlobRef
    view: View
    seed: int
    limits: JobLimits
    bootstrap: int | None = None
    without: str | None = None


class StackedMember(Frozen):
    """What one candidate said out of fold, as a stacker is fitted to it.

    Attributes:
        candidate: The candidate's id.
        predictions: Its predictions, one array for each fold of the job.
        columns: Columns of these arrays.
    """

    candidate: str
    predictions: tuple[BlobRef, ...]
    columns: int


class StackJob(Frozen):
    """Fit a stacker on the out-of-fold rows of all parts but one, and predict that one.

    Attributes:
        candidate: The stacker's id.
        part: The part that is left out and predicted.
        parts: Number of parts. They are the folds; where there is one fold only, its rows
            are cut into so many parts.
        folds: The folds that members were fitted on, in order.
        members: The members, in the order of the columns that they become.
        source: The stacker's source.
        seed: Seed of all that it draws.
        limits: What the worker process may use.
    """

    kind: Literal["stack"] = "stack"
    candidate: str
    part: int
    parts: int
    folds: tuple[int, ...]
    members: tuple[StackedMember, ...]
    source: BlobRef
    seed: int
    limits: JobLimits


class FeatureJob(Frozen):
    """Run feature programs on one fold's training rows and measure their columns.

    Attributes:
        program: The program's name, or that of the view that is judged as a whole.
        fold: Whose training rows.
        programs: What runs: one program with all columns that it makes (none are named
            then), or the chosen columns of several, which are judged against each other.
        seed: Seed of all that is drawn.
        limits: What each worker process may use.
    """

    kind: Literal["feature"] = "feature"
    program: str
    fold: int
    programs: tuple[ViewProgram, ...]
    seed: int
    limits: JobLimits


FailureKind = Literal[
    "exception",
    "timeout",
    "cpu_limit",
    "memory",
    "crash",
    "contract",
    "internal",
]


class Failure(Frozen):
    """Why a job failed, as far as a proposer may know it.

    Attributes:
        kind: `exception` (the code raised), `timeout` (wall limit), `cpu_limit`, `memory`,
            `crash` (died by a signal), `contract` (it ran but returned what the contract
            forbids), `internal` (our own bug).
        stage: What ran then: `load`, `features`, `fit`, `predict`, `output`.
        exception: Name of the exception's type, if one was raised.
        message: Its message, masked: no value that does not stand in the source.
        lines: The candidate's own lines of the stack, outermost first, `12: model.fit(X)`.
    """

    kind: FailureKind
    stage: Literal["load", "features", "fit", "predict", "output"]
    exception: str | None = None
    message: str = ""
    lines: tuple[str, ...] = ()


class JobUsage(Frozen):
    """What a worker process took."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


class FitReport(Frozen):
    """A finished fit job; the score was computed by the host from the predictions.

    Attributes:
        score: The task's metric on the scored rows (for clustering: on all rows).
        predictions: Little-endian float64, row-major, in the order of the fold's rows.
        columns: Columns of that array: classes, or 1.
        distinct: Distinct predicted rows, counted up to 1000.
        model: The fitted model as opaque bytes under `models/`, or None at the smoke rung
            and of a subsample that is clustered.
        usage: What the process took.
        train_score: The metric on up to 500 training rows that were predicted along with the
            scored ones; None at the smoke rung and for clustering.
    """

    score: float
    predictions: BlobRef
    columns: int
    distinct: int
    model: BlobRef | None
    usage: JobUsage
    train_score: float | None = None


class ColumnJudgement(Frozen):
    """How useful one new column was on a fold's training rows, or on average over folds.

    Attributes:
        name: The column's name.
        importance: Gain importance in a model of old and new columns, as a share of all gain;
            for clustering how far its values fall into separate groups (Hartigan's dip,
            where steps between rounded numbers are no peaks).
        shadow_importance: What chance reaches: 1.5 times the largest importance of any
            row-permuted copy; for clustering the dip of samples without groups, or that of
            the most clustered column of the table, if that is larger.
        statistic: Mutual information (classification) or F statistic (regression) with the
            target; for clustering how little the column varies between rows that are alike
            otherwise, 0 to 1 (one minus its Laplacian score).
        fault: Why the column is of no use, or None.
        folds: In how many folds it was looked at.
    """

    name: str
    importance: float
    shadow_importance: float
    statistic: float
    fault: str | None = None
    folds: int = 1


class FeatureReport(Frozen):
    """A finished feature job."""

    judgements: tuple[ColumnJudgement, ...]
    usage: JobUsage
