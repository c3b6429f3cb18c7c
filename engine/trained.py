"""The final ensemble of a run, read from its own small file, else from its journal."""

from engine.errors import NoPredictor
from engine.isolation import Isolation
from engine.predictor import Predictor
from engine.run_folder import RunFolder
from engine.stored_predictor import StoredPredictor, read_stored
from executors.pool import WorkerPool
from schemas.jobs import JobLimits

PREDICT_WALL_SECONDS = 3600.0


class Trained:
    """The final ensemble of a run.

    Args:
        folder: The run's folder.

    Raises:
        NoPredictor: The run never froze an ensemble, or its file is damaged.
    """

    def __init__(self, folder: RunFolder) -> None:
        stored = read_stored(folder) or derived(folder)
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


def derived(folder: RunFolder) -> StoredPredictor | None:
    """Fold the journal of a run that kept no short form of it."""
    from engine.derived_predictor import derive_predictor

    return derive_predictor(folder)
