"""What a worker is told."""

import dataclasses
from pathlib import Path

from bus.blobs import BlobStore
from engine.worker_spec import view_sources, worker_spec
from executors.program import WorkerSpec
from schemas.candidate import RAW_VIEW, View, ViewProgram
from schemas.jobs import JobLimits
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import Task, TaskKind
from toolkit.spec import Spec

TASK = Task(
    kind=TaskKind.MULTICLASS,
    target="y",
    classes=("a", "b", "c"),
    metric="log_loss",
    greater_is_better=False,
    rows=10,
    features=2,
    test_rows=0,
    folds=2,
    validation_rows=10,
)
SCHEMA = TableSchema(
    columns=(
        ColumnSchema(name="size", kind=ColumnKind.NUMERIC),
        ColumnSchema(name="=color", kind=ColumnKind.CATEGORY, levels=("red",)),
    )
)
LIMITS = JobLimits(wall_seconds=9, cpu_seconds=5, memory_bytes=1, threads=3)


def test_a_spec_says_task_columns_and_what_may_be_used() -> None:
    spec = worker_spec(TASK, SCHEMA, 7, LIMITS)

    assert (spec.task, spec.classes, spec.seed) == ("multiclass", ("a", "b", "c"), 7)
    assert (spec.n_threads, spec.seconds) == (3, 5)
    assert spec.kinds == {"size": "numeric", "=color": "category"}


def test_it_carries_what_candidate_code_is_promised() -> None:
    promised = {field.name for field in dataclasses.fields(Spec)}

    assert set(WorkerSpec.model_fields) == promised


def test_a_view_travels_with_the_sources_of_its_programs(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    program = ViewProgram(
        name="ratios", source=blobs.keep_text("class Features: ..."), columns=("r",)
    )

    (source,) = view_sources(View(name="rich", programs=(program,)), blobs)

    assert (source.name, source.columns) == ("ratios", ("r",))
    assert source.source == "class Features: ..."
    assert view_sources(RAW_VIEW, blobs) == ()
