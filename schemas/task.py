"""What is to be learned: the kind of task, its metric and its folds."""

from enum import StrEnum

from schemas.base import Frozen


class TaskKind(StrEnum):
    """The four kinds of task."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"
    CLUSTERING = "clustering"


class Task(Frozen):
    """The task as settled once the table was split.

    Attributes:
        kind: Kind of task.
        target: Name of the target column; for clustering the label column set aside, or None.
        classes: Class labels as text, in code order; empty unless classification.
            For binary tasks the positive class is the last one.
        spellings: How the table writes each class, in code order (` <=50K`, `1.0`); empty
            where that is what `classes` says.
        metric: Name of the metric that steers the run.
        greater_is_better: Direction of that metric.
        rows: Number of development rows.
        features: Number of usable columns.
        test_rows: Rows in the sealed test part; 0 if there is none.
        folds: Number of folds; 1 means one fixed train/validation split. For clustering the
            first is all rows at once, the others are refits on subsamples.
        validation_rows: Development rows that are scored by some fold.
        clusters: The number of clusters asked for, or None if it is to be chosen.
        is_weighted: Whether rows carry weights.
        is_positive: Whether all values to predict are above 0; false for classes.
        skewness: Of the values to predict, the mean cube of their standard scores: 0 for
            an even spread, and above 1 if some of them are far above most others.
    """

    kind: TaskKind
    target: str | None
    classes: tuple[str, ...]
    metric: str
    greater_is_better: bool
    rows: int
    features: int
    test_rows: int
    folds: int
    validation_rows: int
    clusters: int | None = None
    is_weighted: bool = False
    is_positive: bool = False
    skewness: float = 0.0
    spellings: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """What predictions call each class, in code order."""
        return self.spellings or self.classes
