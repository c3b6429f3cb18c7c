"""What agents ask of a proposer; with the briefing, an ask carries all context as data."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import BlobRef, Frozen
from schemas.candidate import View
from schemas.jobs import Failure
from schemas.table import TableProfile, TableSchema
from schemas.task import Task


class ScoredCandidate(Frozen):
    """One line of the leaderboard as a proposer sees it.

    Attributes:
        id: The candidate's id.
        family: Its family.
        title: What it is.
        view: Name of the view it was fitted on.
        score: Mean over folds, rounded to three significant digits.
        standard_error: Standard error of that mean over folds.
        seconds: Processor seconds of one fold.
    """

    id: str
    family: str
    title: str
    view: str
    score: float
    standard_error: float
    seconds: float


class Briefing(Frozen):
    """The part of every ask that stays the same for a whole run.

    Attributes:
        task: What is to be learned.
        profile: Aggregates of the development rows.
        schema_: The columns that candidates see.
        showcase: A few rows that no fold ever scores, as JSON objects; may be empty.
        seed: Seed of the run.
        budget_seconds: Wall-clock bound of the run, None if it is bounded by trials.
        trials: Bound by trials, or None.
        threads: Threads a candidate may use.
    """

    task: Task
    profile: TableProfile
    schema_: TableSchema
    showcase: tuple[str, ...] = ()
    seed: int = 0
    budget_seconds: float | None = None
    trials: int | None = None
    threads: int = 1


class FeatureAsk(Frozen):
    """Write feature programs."""

    kind: Literal["feature"] = "feature"
    round: int


class DraftAsk(Frozen):
    """Write a new candidate.

    Attributes:
        index: How many drafts were asked for before this one in this run.
        views: The views that a candidate may be fitted on.
        leaderboard: What was tried and how well it did, best first.
    """

    kind: Literal["draft"] = "draft"
    index: int
    views: tuple[View, ...]
    leaderboard: tuple[ScoredCandidate, ...] = ()


class RefineAsk(Frozen):
    """Make a better version of a candidate that works.

    Attributes:
        candidate: What is to be refined.
        source: Its source.
        family: Its family.
        title: What it is.
        view: What it is fitted on.
        score: Its mean over folds.
        standard_error: Standard error of that mean.
        round: 1 for the first refinement in this loop.
        views: The views that the new version may be fitted on.
        leaderboard: What was tried, best first.
    """

    kind: Literal["refine"] = "refine"
    candidate: str
    source: BlobRef
    family: str
    title: str
    view: View
    score: float
    standard_error: float
    round: int
    views: tuple[View, ...]
    leaderboard: tuple[ScoredCandidate, ...] = ()


class RepairAsk(Frozen):
    """Mend a candidate that failed.

    Attributes:
        candidate: Which one failed.
        source: Its source.
        failure: Why it failed.
        attempt: 1 to 3.
    """

    kind: Literal["repair"] = "repair"
    candidate: str
    source: BlobRef
    failure: Failure
    attempt: int


Ask = Annotated[
    FeatureAsk | DraftAsk | RefineAsk | RepairAsk, Field(discriminator="kind")
]
