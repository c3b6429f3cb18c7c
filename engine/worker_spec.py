"""What a worker is told, put together from the journal's own words."""

from bus.blobs import BlobStore
from executors.program import ViewSource, WorkerSpec
from schemas.candidate import View
from schemas.jobs import JobLimits
from schemas.table import TableSchema
from schemas.task import Task


def worker_spec(
    task: Task, schema: TableSchema, seed: int, limits: JobLimits
) -> WorkerSpec:
    """The `spec` of a candidate."""
    return WorkerSpec(
        task=task.kind.value,
        classes=task.classes,
        seed=seed,
        n_threads=limits.threads,
        seconds=min(limits.wall_seconds, limits.cpu_seconds),
        kinds={column.name: column.kind.value for column in schema.columns},
        clusters=task.clusters,
    )


def view_sources(view: View, blobs: BlobStore) -> tuple[ViewSource, ...]:
    """The feature programs of a view with their sources."""
    return tuple(
        ViewSource(
            name=program.name,
            source=blobs.read_text(program.source),
            columns=program.columns,
        )
        for program in view.programs
    )
