"""What is looked at once a supervised ensemble is final: numbers for the report."""

from schemas.base import Frozen


class Line(Frozen):
    """Points of a curve, in the order in which it is drawn."""

    x: tuple[float, ...]
    y: tuple[float, ...]


class ReliabilityBin(Frozen):
    """Rows that were given about the same probability.

    Attributes:
        predicted: Their mean probability.
        observed: The share of them for which it came true.
        rows: How many they are.
    """

    predicted: float
    observed: float
    rows: int


class Confusion(Frozen):
    """Which class was predicted for which.

    Attributes:
        classes: Class labels in the order of rows and columns.
        counts: Per true class, per predicted class: number of rows.
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Residuals(Frozen):
    """How far predicted values are from true ones.

    Attributes:
        truth: True values of a sample of rows.
        predicted: Predictions of the same rows.
        edges: Edges of the histogram of residuals (truth minus prediction), over all rows.
        counts: Rows between neighbouring edges.
        lower: Predicted value to the lower end of an interval that holds nine true values
            in ten; None where there are too few rows.
        upper: The same for its upper end.
    """

    truth: tuple[float, ...]
    predicted: tuple[float, ...]
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    lower: Line | None = None
    upper: Line | None = None


class Certainty(Frozen):
    """How large an answer has to be to hold the truth of so many rows.

    Attributes:
        level: The share of rows that is asked for.
        held: The share that it came to: each row is held against what the errors of rows of
            other folds allow.
        size: Regression: median width of the intervals. Classification: mean number of
            classes in a set.
    """

    level: float
    held: float
    size: float


class ColumnImportance(Frozen):
    """What it costs to lose a column.

    Attributes:
        column: An original column of the table.
        loss: How much worse the metric gets when the column's values are shuffled among the
            rows, mean over folds; positive means that the ensemble relies on it.
        spread: Standard deviation of that over folds; 0 for one fold.
    """

    column: str
    loss: float
    spread: float


class Diagnostics(Frozen):
    """What out-of-fold predictions of the final ensemble look like.

    Attributes:
        rows: Number of out-of-fold rows.
        roc: Binary: false positive rate to true positive rate.
        precision_recall: Binary: recall to precision.
        reliability: Classification: of the positive class, or of the predicted class where
            there are more than two; lowest probability first.
        confusion: Classification; more than 20 classes are cut to the largest ones.
        residuals: Regression.
        certainty: By level, ascending; empty where there are too few rows.
        importance: Original columns, the most important first; empty if there was no time.
        importance_note: Why there is no importance, else how it was measured.
    """

    rows: int
    roc: Line | None = None
    precision_recall: Line | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    confusion: Confusion | None = None
    residuals: Residuals | None = None
    certainty: tuple[Certainty, ...] = ()
    importance: tuple[ColumnImportance, ...] = ()
    importance_note: str = ""
