"""What agents ask of a proposer; with the briefing, an ask carries all context as data."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.ablation import Ablation
from schemas.base import BlobRef, Frozen
from schemas.candidate import RAW_VIEW, View
from schemas.ensemble import Strategy
from schemas.jobs import Failure
from schemas.memory import Attempt, ErrorLeaf, TriedProgram
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
        memory_bytes: Memory a candidate may use, 0 if that is not known.
        versions: Libraries that a candidate may import, as (name, version).
    """

    task: Task
    profile: TableProfile
    schema_: TableSchema
    showcase: tuple[str, ...] = ()
    seed: int = 0
    budget_seconds: float | None = None
    trials: int | None = None
    threads: int = 1
    memory_bytes: int = 0
    versions: tuple[tuple[str, str], ...] = ()


class BestVersion(Frozen):
    """The best candidate of the whole run so far, with its code."""

    candidate: str
    family: str
    title: str
    view: str
    source: BlobRef
    score: float


class TriedVersion(Frozen):
    """A candidate that went through all folds; its parameters stand in its source."""

    source: BlobRef
    score: float


class CellCount(Frozen):
    """How many candidates of one family were tried on one view."""

    family: str
    view: str
    count: int


class StackedColumns(Frozen):
    """The columns that a stacker gets from one member.

    Attributes:
        family: The member's family.
        title: What it is.
        columns: Its columns: the probability of each class in code order (binary: of the
            positive class alone), or its value.
    """

    family: str
    title: str
    columns: tuple[str, ...]


class FeatureAsk(Frozen):
    """Write feature programs.

    Attributes:
        round: 0 for the first ask of a run.
        view: What was accepted in earlier rounds; new programs may build on its columns.
        tried: Programs of earlier rounds and what became of their columns.
        errors: Where the best candidate errs most; empty if that is not known.
    """

    kind: Literal["feature"] = "feature"
    round: int
    view: View = RAW_VIEW
    tried: tuple[TriedProgram, ...] = ()
    errors: tuple[ErrorLeaf, ...] = ()


class DraftAsk(Frozen):
    """Write a new candidate.

    Attributes:
        index: How many drafts were asked for before this one in this run.
        views: The views that a candidate may be fitted on.
        leaderboard: What was tried and how well it did, best first; empty without feedback.
        tried: How the candidates so far spread over families and views, crowded ones first.
        attempts: Earlier drafts that are not to be repeated, latest first.
        errors: Where the best candidate errs most; empty if that is not known.
    """

    kind: Literal["draft"] = "draft"
    index: int
    views: tuple[View, ...]
    leaderboard: tuple[ScoredCandidate, ...] = ()
    tried: tuple[CellCount, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    errors: tuple[ErrorLeaf, ...] = ()


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
        fold_spread: Standard deviation of the score over folds.
        train_score: The same metric on rows that it was fitted on, None if not known.
        seconds: Processor seconds of one fold.
        best: The best candidate of the run so far, which may be this one.
        round: 1 for the first refinement of this candidate.
        views: The views that the new version may be fitted on.
        untried_view: The newest of them, unless this very source was tried on it.
        leaderboard: What was tried, best first.
        attempts: What was made of this candidate before, latest first.
        errors: Where the best candidate errs most; empty if that is not known.
        ablation: Which of its parts matter, None if that was not measured.
    """

    kind: Literal["refine"] = "refine"
    candidate: str
    source: BlobRef
    family: str
    title: str
    view: View
    score: float
    standard_error: float
    fold_spread: float = 0.0
    train_score: float | None = None
    seconds: float = 0.0
    best: BestVersion | None = None
    round: int
    views: tuple[View, ...]
    untried_view: View | None = None
    leaderboard: tuple[ScoredCandidate, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    errors: tuple[ErrorLeaf, ...] = ()
    ablation: Ablation | None = None


class TuneAsk(Frozen):
    """Choose other hyperparameters for the best candidate of a family.

    Attributes:
        candidate: That candidate.
        source: Its source.
        family: Its family.
        title: What it is.
        view: What it is fitted on; the tuned version stays on it.
        score: Its mean over folds.
        standard_error: Standard error of that mean.
        round: 1 for the first time that this family is tuned.
        history: Versions of this family on this view that were scored, oldest first.
        leaderboard: What was tried, best first; empty without feedback.
    """

    kind: Literal["tune"] = "tune"
    candidate: str
    source: BlobRef
    family: str
    title: str
    view: View
    score: float
    standard_error: float
    round: int
    history: tuple[TriedVersion, ...] = ()
    leaderboard: tuple[ScoredCandidate, ...] = ()


class Parent(Frozen):
    """One of two candidates whose strengths a third should have.

    Attributes:
        candidate: Its id.
        source: Its source.
        family: Its family.
        title: What it is.
        view: What it is fitted on.
        score: Its mean over folds.
        standard_error: Standard error of that mean.
    """

    candidate: str
    source: BlobRef
    family: str
    title: str
    view: View
    score: float
    standard_error: float


class CrossAsk(Frozen):
    """Write a candidate that takes the best of two others.

    Attributes:
        round: 1 for the first crossing of the run.
        first: The better parent.
        second: The other one, of another family or view.
        views: The views that the new candidate may be fitted on.
        leaderboard: What was tried, best first; empty without feedback.
        attempts: Earlier crossings, latest first.
    """

    kind: Literal["cross"] = "cross"
    round: int
    first: Parent
    second: Parent
    views: tuple[View, ...]
    leaderboard: tuple[ScoredCandidate, ...] = ()
    attempts: tuple[Attempt, ...] = ()


class ClustersAsk(Frozen):
    """Say into how many clusters the rows fall.

    Attributes:
        fewest: Smallest number that may be answered.
        most: Largest number that may be answered.
        leaderboard: The partitions so far with their internal scores, best first.
    """

    kind: Literal["clusters"] = "clusters"
    fewest: int
    most: int
    leaderboard: tuple[ScoredCandidate, ...] = ()


class StrategyAsk(Frozen):
    """Say how the pooled candidates should be combined.

    Attributes:
        choices: The strategies there are for this task.
        pooled: Number of pooled candidates.
        tried: How the candidates so far spread over families and views.
        leaderboard: The pooled candidates, best first; empty without feedback.
    """

    kind: Literal["strategy"] = "strategy"
    choices: tuple[Strategy, ...]
    pooled: int
    tried: tuple[CellCount, ...] = ()
    leaderboard: tuple[ScoredCandidate, ...] = ()


class StackerAsk(Frozen):
    """Write a level-2 learner: a candidate whose columns are members' predictions.

    Attributes:
        row_count: Number of out-of-fold rows that it can be fitted on.
        members: The members whose predictions it gets, best first.
    """

    kind: Literal["stacker"] = "stacker"
    row_count: int
    members: tuple[StackedColumns, ...]


class RepairAsk(Frozen):
    """Mend a candidate or a feature program that failed.

    Attributes:
        subject: Which of the two, and with it which class the source must define.
        candidate: Which one failed: a candidate's id or a program's name.
        source: Its source.
        failure: Why it failed.
        attempt: 1 to 3.
    """

    kind: Literal["repair"] = "repair"
    subject: Literal["candidate", "features"] = "candidate"
    candidate: str
    source: BlobRef
    failure: Failure
    attempt: int


Ask = Annotated[
    FeatureAsk
    | DraftAsk
    | RefineAsk
    | TuneAsk
    | CrossAsk
    | RepairAsk
    | StrategyAsk
    | ClustersAsk
    | StackerAsk,
    Field(discriminator="kind"),
]
