"""Commands: outputs that ask for an effect. A command is keyed when it is issued."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.asks import Ask
from schemas.base import BlobRef, Frozen
from schemas.candidate import Candidate
from schemas.ensemble import Ensemble, Strategy, StrategyChoice
from schemas.jobs import FeatureJob, FitJob, StackJob
from schemas.lane import Lane


class PrepareTable(Frozen):
    """Read, split and seal the table in a short-lived process."""

    kind: Literal["prepare_table"] = "prepare_table"


class Propose(Frozen):
    """Put an ask to the proposer of a lane."""

    kind: Literal["propose"] = "propose"
    ask: Ask
    lane: Lane = "main"


class RunJob(Frozen):
    """Run one job in one worker process.

    Attributes:
        job: What to run.
        priority: Lower runs first when workers are short (clock-bound runs only).
    """

    kind: Literal["run_job"] = "run_job"
    job: Annotated[FitJob | FeatureJob | StackJob, Field(discriminator="kind")]
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
        standard_error: Standard error of that mean; 0 for a single fold.
    """

    candidate: Candidate
    folds: tuple[int, ...]
    predictions: tuple[BlobRef, ...]
    models: tuple[BlobRef, ...]
    columns: int
    score: float
    standard_error: float = 0.0


class Examine(Frozen):
    """Hold a candidate that reached the end against those in the pool and against its table.

    Attributes:
        fit: The candidate.
        pool: Candidates that came as far and may be its twins.
        is_leak_suspected: Its score is too good to be true: look for the column that tells.
    """

    kind: Literal["examine"] = "examine"
    fit: PooledFit
    pool: tuple[PooledFit, ...]
    is_leak_suspected: bool


class StudyErrors(Frozen):
    """Find out on which rows a candidate errs most, as a few conditions.

    Attributes:
        fit: The candidate.
    """

    kind: Literal["study_errors"] = "study_errors"
    fit: PooledFit


class PlanAblation(Frozen):
    """Make versions of a candidate that lack one part each, without running any.

    Attributes:
        candidate: The candidate.
    """

    kind: Literal["plan_ablation"] = "plan_ablation"
    candidate: Candidate


class BaggedFit(Frozen):
    """A pooled candidate with its refits on bootstrap samples.

    Attributes:
        fit: The candidate as it was pooled.
        refits: The same candidate on other samples of the same folds' training rows.
    """

    fit: PooledFit
    refits: tuple[PooledFit, ...]


class StackerFit(Frozen):
    """A written stacker with what it said of the rows that it was not fitted on.

    Attributes:
        candidate: The stacker.
        members: The pooled candidates whose predictions it takes, in the order of its columns.
        predictions: Its predictions, one array for each part; see `StackJob`.
        models: The fitted stackers, one for each part.
    """

    candidate: Candidate
    members: tuple[PooledFit, ...]
    predictions: tuple[BlobRef, ...]
    models: tuple[BlobRef, ...]


class Combine(Frozen):
    """Build the best ensemble of the pool (host maths on out-of-fold predictions).

    Attributes:
        pool: What may become a member.
        is_final: The last one of the run: compare strategies and measure the nested estimate.
        strategy: The user's own word; `auto` compares.
        suggested: What the proposer would take. It wins as soon as it is better than the
            default at all, where others must be better by a margin.
        bagged: Candidates with bootstrap refits, if bagging is to be had.
        stacker: A written stacker, if there is one.
        added: Ids of candidates of the added lane: the score without them is measured too.
        without_added: What the pool would be without them; some of it may be too weak beside
            them.
        clusters: Clustering: the number of clusters that the proposer expects.
    """

    kind: Literal["combine"] = "combine"
    pool: tuple[PooledFit, ...]
    is_final: bool
    strategy: StrategyChoice = "auto"
    suggested: Strategy | None = None
    bagged: tuple[BaggedFit, ...] = ()
    stacker: StackerFit | None = None
    added: tuple[str, ...] = ()
    without_added: tuple[PooledFit, ...] = ()
    clusters: int | None = None


class ScoreHoldout(Frozen):
    """Open the sealed part and score the frozen ensemble on it."""

    kind: Literal["score_holdout"] = "score_holdout"
    ensemble: Ensemble


class Diagnose(Frozen):
    """Look at the final ensemble's out-of-fold predictions, for the report.

    Attributes:
        ensemble: The final ensemble; it is not changed by what is found.
        seconds: Wall-clock bound of what needs predictions of shuffled rows, None for no
            bound; without time, only what is at hand is looked at.
    """

    kind: Literal["diagnose"] = "diagnose"
    ensemble: Ensemble
    seconds: float | None
