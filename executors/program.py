"""What a worker process is told to do."""

from typing import Literal

from schemas.base import Frozen

Mode = Literal["fit", "cluster", "predict", "state", "features", "judge", "survey"]


class WorkerSpec(Frozen):
    """What candidate code gets as `spec`; the fields of `toolkit.spec.Spec`."""

    task: str
    classes: tuple[str, ...]
    seed: int
    n_threads: int
    seconds: float
    kinds: dict[str, str]
    clusters: int | None


class ViewSource(Frozen):
    """A feature program of a view: its source and the columns taken from it."""

    name: str
    source: str
    columns: tuple[str, ...]


class WorkerProgram(Frozen):
    """One job for one worker process.

    Attributes:
        mode: What to do; it decides which inputs are needed.
        source: Source of the candidate (`fit`, `cluster`, `predict`, `state`) or of the feature
            program (`features`); empty for `judge` and `survey`.
        view: Feature programs whose columns are appended to the raw ones; in mode `features`
            without a source, the programs whose chosen columns are wanted.
        spec: What candidate code is told.
        rows: Rows that the result must have.
        columns: Columns that the result must have; None for `features` (1 to 500,
            one per new column), `judge` (4) and `survey` (9).
        keeps_model: Whether the fitted model is to come back as bytes; in mode `state`, as
            plain state that is no pickle.
        fits_twice: Whether a second fit with the same seed must predict the same.
    """

    mode: Mode
    source: str
    view: tuple[ViewSource, ...] = ()
    spec: WorkerSpec
    rows: int
    columns: int | None
    keeps_model: bool = False
    fits_twice: bool = False
