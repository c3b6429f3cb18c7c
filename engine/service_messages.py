"""What a process that uses the engine says to it, one line of JSON each, and what it hears."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from schemas.base import Frozen
from schemas.settings import TableSettings
from schemas.task import TaskKind


class FitRequest(Frozen):
    """Make a run.

    Attributes:
        id: Names the request in answers and in `StopRequest`.
        tables: Where the rows come from.
        kinds: Choices of columns' kinds as `COL=KIND`.
        options: Further options of a run by the names of the command line.
        run_dir: The run's folder.
    """

    do: Literal["fit"] = "fit"
    id: int
    tables: TableSettings
    kinds: tuple[str, ...] = ()
    options: dict[str, JsonValue] = Field(default_factory=dict)
    run_dir: str


class PredictRequest(Frozen):
    """Predict rows with a run; its models stay loaded.

    Attributes:
        id: Names the request.
        run: The run's folder.
        table: Arrow file with the rows.
        out: Arrow file to write, with one column of float64 per class, or one.
    """

    do: Literal["predict"] = "predict"
    id: int
    run: str
    table: str
    out: str


class CloseRequest(Frozen):
    """Let go of a run's models."""

    do: Literal["close"] = "close"
    id: int
    run: str


class StopRequest(Frozen):
    """Ask a fit to stop: the first time with what there is, the second time at once."""

    do: Literal["stop"] = "stop"
    id: int
    fit: int


Request = Annotated[
    FitRequest | PredictRequest | CloseRequest | StopRequest, Field(discriminator="do")
]

ErrorCode = Literal["bad_input", "not_isolated", "interrupted", "disk", "bug"]


class News(Frozen):
    """Where a run stands.

    Attributes:
        id: Of the fit.
        phase: What it is at, in one word.
        share: How much of its budget is used, 0 to 1.
        trials: Trials started.
        pooled: Candidates pooled.
        score: Development score of the ensemble, or None before the first.
        metric: What that score is.
        line: What happened last.
    """

    say: Literal["news"] = "news"
    id: int
    phase: str
    share: float
    trials: int
    pooled: int
    score: float | None
    metric: str | None
    line: str


class Done(Frozen):
    """A request was carried out.

    Attributes:
        id: Of the request.
        status: How a run ended; empty for other requests.
        kind: Kind of task of the run that was fitted or predicted with.
        classes: Its classes in the order of the columns of probabilities.
        warnings: Sentences for the user.
    """

    say: Literal["done"] = "done"
    id: int
    status: str = ""
    kind: TaskKind | None = None
    classes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Failed(Frozen):
    """A request could not be carried out; the message is one line for the user."""

    say: Literal["failed"] = "failed"
    id: int
    code: ErrorCode
    message: str


Answer = News | Done | Failed
