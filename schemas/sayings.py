"""What agents say to each other: outputs that ask for no effect."""

from typing import Literal

from schemas.ablation import Ablation
from schemas.base import Frozen
from schemas.candidate import Candidate, View
from schemas.commands import PooledFit
from schemas.ensemble import Ensemble, Exclusion, Strategy
from schemas.jobs import ColumnJudgement, Failure, Rung
from schemas.memory import ErrorLeaf
from schemas.proposals import FeatureProgram
from schemas.table import TableProfile
from schemas.task import Task


class TaskReady(Frozen):
    """The Director says: the task is settled, work may begin."""

    kind: Literal["task_ready"] = "task_ready"
    task: Task
    profile: TableProfile
    baseline: float


class LoopOpened(Frozen):
    """A candidate's life begins."""

    kind: Literal["loop_opened"] = "loop_opened"


class LoopClosed(Frozen):
    """A candidate's life ends, with the reason."""

    kind: Literal["loop_closed"] = "loop_closed"
    reason: str


class CandidateDrafted(Frozen):
    """A version of a candidate stands and will be tried."""

    kind: Literal["candidate_drafted"] = "candidate_drafted"
    candidate: Candidate


class TrialStarted(Frozen):
    """A version of a candidate goes to a rung."""

    kind: Literal["trial_started"] = "trial_started"
    candidate: str
    rung: Rung
    jobs: int


class TrialScored(Frozen):
    """All jobs of a trial came back.

    Attributes:
        candidate: Which version.
        rung: Which rung.
        fit: Its folds, predictions and models so far (at the full rung: all folds).
        fold_scores: The metric on each of those folds.
        score: Mean of the fold scores.
        standard_error: Standard error of that mean; 0 for a single fold.
        distinct: Smallest number of distinct predicted rows over the folds.
        seconds: Processor seconds of all its jobs.
        train_score: Mean over folds of the metric on rows that were fitted on, None if no
            fold has it.
    """

    kind: Literal["trial_scored"] = "trial_scored"
    candidate: str
    rung: Rung
    fit: PooledFit
    fold_scores: tuple[float, ...]
    score: float
    standard_error: float
    distinct: int
    seconds: float
    train_score: float | None = None


class TrialFailed(Frozen):
    """A job of a trial failed, and with it the trial."""

    kind: Literal["trial_failed"] = "trial_failed"
    candidate: Candidate
    rung: Rung
    failure: Failure


class RepairReady(Frozen):
    """The Critic says: this mended version may be tried."""

    kind: Literal["repair_ready"] = "repair_ready"
    candidate: Candidate
    diagnosis: str


class RepairRefused(Frozen):
    """The Critic gives up on a candidate."""

    kind: Literal["repair_refused"] = "repair_refused"
    candidate: str
    reason: str


class Verdict(Frozen):
    """The Critic's judgement of a scored trial.

    `leaking` is a warning: the candidate is used, and the user is told why its score looks too
    good. The other words but `sound` mean that it is rejected.
    """

    kind: Literal["verdict"] = "verdict"
    candidate: str
    rung: Rung
    verdict: Literal["sound", "degenerate", "duplicate", "overfit", "leaking"]
    reason: str


class CandidatePooled(Frozen):
    """A sound candidate is in the pool from which ensembles are built."""

    kind: Literal["candidate_pooled"] = "candidate_pooled"
    fit: PooledFit
    standard_error: float


class ProgramFailed(Frozen):
    """A job of a feature program failed, and with it the program as it stands."""

    kind: Literal["program_failed"] = "program_failed"
    program: FeatureProgram
    failure: Failure


class ProgramMended(Frozen):
    """The Critic says: this mended feature program may be tried."""

    kind: Literal["program_mended"] = "program_mended"
    program: FeatureProgram
    diagnosis: str


class FeatureJudged(Frozen):
    """What became of one feature program, with the numbers over folds.

    It is said again for a program whose columns did not last beside those of others.

    Attributes:
        program: The program's name.
        accepted: Columns that passed.
        judgements: Mean numbers of every column; `fault` says why one was rejected.
        failure: Why the program did not run, if it did not.
        reason: Why it was given up, if it was.
        seconds: Processor seconds of its jobs so far.
    """

    kind: Literal["feature_judged"] = "feature_judged"
    program: str
    accepted: tuple[str, ...]
    judgements: tuple[ColumnJudgement, ...]
    failure: Failure | None = None
    reason: str = ""
    seconds: float = 0.0


class ViewAccepted(Frozen):
    """The best new columns became a view that candidates may be fitted on."""

    kind: Literal["view_accepted"] = "view_accepted"
    view: View


class PoolFiltered(Frozen):
    """Pooled candidates that no ensemble is built from any more; each is named once.

    One that comes back, because others left, and is left out again is named again.
    """

    kind: Literal["pool_filtered"] = "pool_filtered"
    excluded: tuple[Exclusion, ...]


class StrategyDropped(Frozen):
    """A way to combine that was asked for cannot be had; the default takes its place."""

    kind: Literal["strategy_dropped"] = "strategy_dropped"
    strategy: Strategy
    reason: str


class ErrorsFound(Frozen):
    """The Modeler says where the best candidate errs, for whoever has ideas."""

    kind: Literal["errors_found"] = "errors_found"
    leaves: tuple[ErrorLeaf, ...]


class CandidateAblated(Frozen):
    """The Modeler says which parts of a candidate matter, before it is refined."""

    kind: Literal["candidate_ablated"] = "candidate_ablated"
    ablation: Ablation


class EnsembleChosen(Frozen):
    """The ensemble as it stands; a final one is frozen before the sealed part is opened."""

    kind: Literal["ensemble_chosen"] = "ensemble_chosen"
    ensemble: Ensemble
    is_final: bool


class NoEnsemble(Frozen):
    """Exploration is over and nothing usable came of it."""

    kind: Literal["no_ensemble"] = "no_ensemble"
    reason: str


class ModelingFinished(Frozen):
    """The Modeler has nothing left to try, may try no more, or sees that it does not pay."""

    kind: Literal["modeling_finished"] = "modeling_finished"
    reason: Literal["exhausted", "trials", "plateau", "llm_budget", "no_structure"]


class ExplorationClosed(Frozen):
    """The Director ends exploration; what is in flight is taken back."""

    kind: Literal["exploration_closed"] = "exploration_closed"
    reason: Literal[
        "budget",
        "trials",
        "exhausted",
        "plateau",
        "llm_budget",
        "no_structure",
        "cancelled",
    ]


class CancelEffects(Frozen):
    """Take back effects that were issued: their outcomes will be `effect_cancelled`."""

    kind: Literal["cancel_effects"] = "cancel_effects"
    keys: tuple[str, ...]


class RunFinished(Frozen):
    """The last word of a run.

    Attributes:
        status: How it ended.
        message: One line for the user where something went wrong, else empty.
    """

    kind: Literal["run_finished"] = "run_finished"
    status: Literal["done", "cancelled", "no_model", "bad_input", "failed"]
    message: str = ""


class RunCrashed(Frozen):
    """The core says: a decider raised, which is a bug; nothing was decided on that event."""

    kind: Literal["run_crashed"] = "run_crashed"
    exception: str
    message: str
