"""What it takes to predict with a run, as its own small file tells it."""

from typing import Annotated

from pydantic import Field, ValidationError

from engine.errors import NoPredictor
from engine.isolation import Isolation
from engine.run_folder import RunFolder
from schemas.base import Frozen
from schemas.ensemble import Ensemble
from schemas.table import TableSchema
from schemas.task import Task

MOST_MODULES = 1000
ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=100)]


class StoredPredictor(Frozen):
    """The content of `predictor.json`.

    Attributes:
        task: What was learned.
        table_schema: The columns that members see.
        ensemble: The frozen ensemble.
        threads: Threads that one worker may use.
        memory_bytes: Memory that one worker may use.
        isolation: Which layers of the jail it may not lack.
        modules: Modules that the members' code needs, of those that workers can load before
            they start; empty if that is not known.
        files: Files of the run's folder that predicting needs, as relative paths.
    """

    task: Task
    table_schema: TableSchema
    ensemble: Ensemble
    threads: int
    memory_bytes: int
    isolation: Isolation
    files: tuple[str, ...]
    modules: Annotated[tuple[ModuleName, ...], Field(max_length=MOST_MODULES)] = ()


def read_stored(folder: RunFolder) -> StoredPredictor | None:
    """Read the file; None if there is none.

    Raises:
        NoPredictor: It is damaged.
    """
    if not folder.predictor.exists():
        return None
    try:
        return StoredPredictor.model_validate_json(folder.predictor.read_bytes())
    except ValidationError as error:
        raise NoPredictor(
            f"{folder.predictor} is damaged; remove it, the journal tells the same"
        ) from error
