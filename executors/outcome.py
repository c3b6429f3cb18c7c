"""What came of a job."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from schemas.jobs import FailureKind, JobUsage

Stage = Literal["load", "features", "fit", "predict", "output"]


@dataclass(frozen=True, slots=True)
class JobSuccess:
    """The job ran and its result passed every check.

    Attributes:
        values: float64 array of shape (rows, columns).
        names: Names of the new columns (mode `features`), else empty.
        model: The fitted model as opaque bytes, None if not asked for, too large or
            impossible to keep.
        usage: What the process took.
        output: The start of what it printed.
        unkept: Why there is no model, as the worker said; raw text like a failure's.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    model: bytes | None
    usage: JobUsage
    output: str
    unkept: str = ""


@dataclass(frozen=True, slots=True)
class JobFailure:
    """The job gave no usable result. All texts are raw: mask before showing them.

    Attributes:
        kind: What went wrong.
        stage: What ran then, as the worker said; `load` if it said nothing valid.
        exception: Name of the exception's type, if one was raised.
        message: Its message or ours, at most 2000 characters.
        lines: The program's own lines of the stack, outermost first, as
            `12: model.fit(X)`.
        trace: The whole trace without our own frames, at most 8 KB.
        usage: What the process took.
        output: The start of what it printed.
    """

    kind: FailureKind
    stage: Stage
    exception: str | None
    message: str
    lines: tuple[str, ...]
    trace: str
    usage: JobUsage
    output: str
