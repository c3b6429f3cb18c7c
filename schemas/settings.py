"""What the user asked for, as it stands in the first line of a journal."""

from typing import Literal

from schemas.base import Frozen
from schemas.table import ColumnKind

TaskChoice = Literal[
    "auto", "binary", "multiclass", "classification", "regression", "clustering"
]


class ColumnKindChoice(Frozen):
    """The user's own word on how a column is to be understood (`--kind COL=KIND`)."""

    column: str
    kind: ColumnKind


class TableSettings(Frozen):
    """Where the rows come from and how they are to be split.

    Attributes:
        table: Path of the table.
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
        kinds: Columns whose kind the user fixed.
        positive: Positive class of a binary task.
        clusters: Number of clusters, or None to choose it.
    """

    table: str
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
        proposer: `expert`, `llm` or `scripted:FILE`.
        llm_model: Model name for the llm proposer, or None for its default.
        seed: Seed of the run.
        isolation: `auto` takes the layers there are, `strict` refuses to run without all.
    """

    tables: TableSettings
    budget_seconds: float | None = None
    trials: int | None = None
    workers: int = 2
    threads: int = 1
    memory_bytes: int = 4 * 1024**3
    proposer: str = "expert"
    llm_model: str | None = None
    seed: int = 0
    isolation: Literal["auto", "strict"] = "auto"
