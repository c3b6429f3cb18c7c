"""Jobs: the smallest effects of kind work, one fold of one trial in one worker process."""

from enum import StrEnum
from typing import Literal

from schemas.base import BlobRef, Frozen
from schemas.candidate import View


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
    """Fit one candidate on one fold's training rows and predict its validation rows."""

    kind: Literal["fit"] = "fit"
    candidate: str
    rung: Rung
    fold: int
    source: BlobRef
    view: View
    seed: int
    limits: JobLimits


class FeatureJob(Frozen):
    """Run one feature program on one fold's training rows and measure its columns."""

    kind: Literal["feature"] = "feature"
    program: str
    fold: int
    source: BlobRef
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
        model: The fitted model as opaque bytes under `models/`, or None if it was too large
            or could not be kept.
        usage: What the process took.
    """

    score: float
    predictions: BlobRef
    columns: int
    distinct: int
    model: BlobRef | None
    usage: JobUsage


class ColumnJudgement(Frozen):
    """How useful one new column was on one fold's training rows.

    Attributes:
        name: The column's name.
        importance: Gain importance in a model of old and new columns, as a share of all gain.
        shadow_importance: Largest importance that any row-permuted copy reached.
        statistic: Mutual information (classification) or F statistic (regression) with the
            target.
        fault: Why the column is of no use (`constant`, `not finite`, `duplicate`), or None.
    """

    name: str
    importance: float
    shadow_importance: float
    statistic: float
    fault: str | None = None


class FeatureReport(Frozen):
    """A finished feature job."""

    judgements: tuple[ColumnJudgement, ...]
    usage: JobUsage
