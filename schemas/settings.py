"""What the user asked for, as it stands in the first line of a journal."""

from typing import Literal

from schemas.base import Frozen
from schemas.ensemble import StrategyChoice
from schemas.table import ColumnKind

TaskChoice = Literal[
    "auto", "binary", "multiclass", "classification", "regression", "clustering"
]


class ColumnKindChoice(Frozen):
    """The user's own word on how a column is to be understood (`--kind COL=KIND`).

    Attributes:
        column: Its name.
        kind: Its kind.
        format: For a datetime, how it is written (`--kind COL=datetime:%d/%m/%Y`).
    """

    column: str
    kind: ColumnKind
    format: str | None = None


class TableSettings(Frozen):
    """Where the rows come from and how they are to be split.

    Attributes:
        table: Path of the table.
        sheet: Sheet of an Excel file, or None for the first.
        describe: Path of a file that describes the table and its columns, or None.
        target: Target column, None for clustering.
        label: Label column that a clustering run sets aside unread until its end.
        task: Kind of task, or `auto`.
        metric: Metric's name, or None for the task's default.
        test: Path of the user's own test table, or None.
        test_size: Share of rows sealed for the test, 0 to below 1.
        validation: `cv` for folds, `holdout` for one fixed validation part.
        group: Column whose values must not stand on both sides of a split.
        time: Column that orders the rows; later rows are scored by models of earlier ones.
        weight: Column of row weights.
        drop: Columns to leave out.
        are_leaks_dropped: Whether columns that tell the target alone are left out, too.
        kinds: Columns whose kind the user fixed.
        positive: Positive class of a binary task.
        clusters: Number of clusters, or None to choose it.
    """

    table: str
    sheet: str | None = None
    describe: str | None = None
    target: str | None = None
    label: str | None = None
    task: TaskChoice = "auto"
    metric: str | None = None
    test: str | None = None
    test_size: float = 0.2
    validation: Literal["cv", "holdout"] = "cv"
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    drop: tuple[str, ...] = ()
    are_leaks_dropped: bool = False
    kinds: tuple[ColumnKindChoice, ...] = ()
    positive: str | None = None
    clusters: int | None = None


class RunSettings(Frozen):
    """Everything that decides how a run goes.

    Attributes:
        tables: Where the rows come from.
        budget_seconds: Wall-clock bound; exactly one of this and `trials` is set.
        trials: Reproducible bound: number of candidate trials.
        workers: Worker processes at once.
        threads: Threads that one job may use.
        memory_bytes: Memory that one job may use.
        proposer: `expert`, `llm`, `hybrid`, `scripted:FILE` or `hybrid:FILE`, where a script
            stands in for the model.
        llm_model: Model name for the llm proposer, or None for its default.
        llm_config: Path of the file whose `[llm]` table says how to reach models, or None
            for `sage-loop.toml` in the working folder, if there is one.
        llm_dollars: Most money for models in US dollars, or None for no bound.
        llm_tokens: Most tokens sent to and received from models, or None.
        llm_calls: Most requests to models, or None.
        llm_timeout_seconds: Longest wait for one answer of a model, or None for the default.
        llm_rows: Most showcase rows that a model is shown; 0 for none.
        seed: Seed of the run.
        feature_rounds: How often feature programs are asked for; each round builds on what
            was accepted before.
        is_feedback_on: Whether scores go back to the proposer: candidates are refined, and
            asks carry the leaderboard.
        is_tuning_on: Whether hyperparameters are tuned in rounds.
        model_rounds: How often a candidate may be refined, or None to go on while it pays.
        tuning_rounds: How often each family is tuned, or None to go on while it pays.
        ensemble: How candidates are combined; `auto` compares the ways.
        isolation: `auto` takes the layers there are but refuses to run without a filter of
            system calls, `strict` refuses to run without all, `any` never refuses.
    """

    tables: TableSettings
    budget_seconds: float | None = None
    trials: int | None = None
    workers: int = 2
    threads: int = 1
    memory_bytes: int = 4 * 1024**3
    proposer: str = "expert"
    llm_model: str | None = None
    llm_config: str | None = None
    llm_dollars: float | None = None
    llm_tokens: int | None = None
    llm_calls: int | None = None
    llm_timeout_seconds: float | None = None
    llm_rows: int = 12
    seed: int = 0
    feature_rounds: int = 1
    is_feedback_on: bool = True
    is_tuning_on: bool = True
    model_rounds: int | None = None
    tuning_rounds: int | None = None
    ensemble: StrategyChoice = "auto"
    isolation: Literal["auto", "strict", "any"] = "auto"
