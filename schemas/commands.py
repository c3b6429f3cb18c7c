"""Commands: outputs that ask for an effect. A command is keyed when it is issued."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.asks import Ask
from schemas.base import BlobRef, Frozen
from schemas.candidate import Candidate
from schemas.ensemble import Ensemble
from schemas.jobs import FeatureJob, FitJob


class PrepareTable(Frozen):
    """Read, split and seal the table in a short-lived process."""

    kind: Literal["prepare_table"] = "prepare_table"


class Propose(Frozen):
    """Put an ask to the proposer."""

    kind: Literal["propose"] = "propose"
    ask: Ask


class RunJob(Frozen):
    """Run one job in one worker process.

    Attributes:
        job: What to run.
        priority: Lower runs first when workers are short (clock-bound runs only).
    """

    kind: Literal["run_job"] = "run_job"
    job: Annotated[FitJob | FeatureJob, Field(discriminator="kind")]
    priority: int = 0


class PooledFit(Frozen):
    """A pooled candidate as the host needs it for combining.

    Attributes:
        candidate: The candidate.
        folds: Which folds it was fitted on, in order.
        predictions: Its predictions for each of those folds.
        models: Its fitted models for each of those folds.
        columns: Columns of the predictions.
        score: Mean over those folds.
    """

    candidate: Candidate
    folds: tuple[int, ...]
    predictions: tuple[BlobRef, ...]
    models: tuple[BlobRef, ...]
    columns: int
    score: float


class Combine(Frozen):
    """Build the best ensemble of the pool (host maths on out-of-fold predictions).

    Attributes:
        pool: What may become a member.
        is_final: The last one of the run: measure the nested estimate as well.
    """

    kind: Literal["combine"] = "combine"
    pool: tuple[PooledFit, ...]
    is_final: bool


class ScoreHoldout(Frozen):
    """Open the sealed part and score the frozen ensemble on it."""

    kind: Literal["score_holdout"] = "score_holdout"
    ensemble: Ensemble
