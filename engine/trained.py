"""What it takes to predict with a run: read from its own small file, else from its journal."""

from pathlib import Path

from pydantic import ValidationError

from bus.journal import read_journal
from engine.errors import NoPredictor
from engine.isolation import Isolation
from engine.predictor import Predictor
from engine.run_folder import RunFolder
from executors.pool import WorkerPool
from schemas.base import BlobRef, Frozen
from schemas.ensemble import Ensemble, WrittenStack
from schemas.inputs import RunContinued, RunStarted, TablePrepared
from schemas.jobs import JobLimits
from schemas.sayings import EnsembleChosen
from schemas.settings import RunSettings
from schemas.table import TableSchema
from schemas.task import Task

PREDICT_WALL_SECONDS = 3600.0


class StoredPredictor(Frozen):
    """The content of `predictor.json`.

    Attributes:
        task: What was learned.
        table_schema: The columns that members see.
        ensemble: The frozen ensemble.
        threads: Threads that one worker may use.
        memory_bytes: Memory that one worker may use.
        isolation: Which layers of the jail it may not lack.
        files: Files of the run's folder that predicting needs, as relative paths.
    """

    task: Task
    table_schema: TableSchema
    ensemble: Ensemble
    threads: int
    memory_bytes: int
    isolation: Isolation
    files: tuple[str, ...]


class Trained:
    """The final ensemble of a run.

    Args:
        folder: The run's folder.

    Raises:
        NoPredictor: The run never froze an ensemble, or its file is damaged.
    """

    def __init__(self, folder: RunFolder) -> None:
        stored = _read_stored(folder) or derive_predictor(folder)
        if stored is None:
            raise NoPredictor(f"the run in {folder.path} has no final ensemble")
        self.folder = folder
        self.threads = stored.threads
        self.memory_bytes = stored.memory_bytes
        self.isolation: Isolation = stored.isolation
        self.task = stored.task
        self.ensemble = stored.ensemble
        self.schema = stored.table_schema

    def predictor(
        self, pool: WorkerPool, workers: int, memory_bytes: int | None = None
    ) -> Predictor:
        """Put the ensemble to work in a pool.

        Args:
            pool: Worker processes.
            workers: Members at once.
            memory_bytes: Memory that one member may use; as the run had it by default.
        """
        limits = JobLimits(
            wall_seconds=PREDICT_WALL_SECONDS,
            cpu_seconds=PREDICT_WALL_SECONDS,
            memory_bytes=memory_bytes or self.memory_bytes,
            threads=self.threads,
        )
        return Predictor(
            self.ensemble,
            self.task,
            self.schema,
            pool,
            workers,
            limits,
            self.folder.blobs,
            self.folder.models,
        )


def derive_predictor(folder: RunFolder) -> StoredPredictor | None:
    """Fold a journal into what predicting needs; None if no ensemble was frozen."""
    settings: RunSettings | None = None
    prepared: TablePrepared | None = None
    ensemble: Ensemble | None = None
    for event in read_journal(folder.events):
        match event.body:
            case RunStarted(settings=found) | RunContinued(settings=found):
                settings = found
            case TablePrepared() as found:
                prepared = found
            case EnsembleChosen(ensemble=found, is_final=True):
                ensemble = found
    if settings is None or prepared is None or ensemble is None:
        return None
    schema = folder.blobs.read_text(prepared.table_schema)
    return StoredPredictor(
        task=prepared.task,
        table_schema=TableSchema.model_validate_json(schema),
        ensemble=ensemble,
        threads=settings.threads,
        memory_bytes=settings.memory_bytes,
        isolation=settings.isolation,
        files=_needed_files(folder, ensemble),
    )


def store_predictor(folder: RunFolder) -> None:
    """Write `predictor.json`, if the run has come to an ensemble."""
    stored = derive_predictor(folder)
    if stored is not None:
        folder.predictor.write_text(stored.model_dump_json(), encoding="utf-8")


def _read_stored(folder: RunFolder) -> StoredPredictor | None:
    if not folder.predictor.exists():
        return None
    try:
        return StoredPredictor.model_validate_json(folder.predictor.read_bytes())
    except ValidationError as error:
        raise NoPredictor(
            f"{folder.predictor} is damaged; remove it, the journal tells the same"
        ) from error


def _needed_files(folder: RunFolder, ensemble: Ensemble) -> tuple[str, ...]:
    sources: list[BlobRef] = []
    models: list[BlobRef] = []
    for member in ensemble.members:
        sources += [member.source, *(p.source for p in member.view.programs)]
        models += member.models
    if isinstance(ensemble.combination, WrittenStack):
        sources.append(ensemble.combination.source)
        models += ensemble.combination.models
    paths: list[Path] = [folder.blobs.path_of(ref) for ref in sources]
    paths += [folder.models.path_of(ref) for ref in models]
    return tuple(dict.fromkeys(str(path.relative_to(folder.path)) for path in paths))
