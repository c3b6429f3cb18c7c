"""Runs feature programs in workers and has their columns judged by code of our own."""

from collections.abc import Sequence
from dataclasses import dataclass

import anyio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.failing import failed_job
from engine.fold_data import FoldData
from engine.worker_spec import view_sources, worker_spec
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import WorkerProgram
from schemas.candidate import View
from schemas.envelope import Cost
from schemas.inputs import FeatureFinished
from schemas.jobs import ColumnJudgement, FeatureJob, FeatureReport, JobUsage
from schemas.table import TableSchema
from schemas.task import Task
from tabular.tellable import is_tellable_column

LEAST_FINITE_SHARE = 0.05
UNTOLD = "its name is not made of words of its program and its table"
SHOWN = frozenset({"train_x", "train_y"})
"""Feature programs and their judge see training rows only."""


@dataclass(frozen=True, slots=True)
class FeatureTrials:
    """Carries out feature jobs: a jailed run of the programs, then a trusted judgement.

    The program sees training rows only; its columns travel as plain numbers to a second
    process that runs nothing but `toolkit.usefulness`.
    """

    task: Task
    schema: TableSchema
    data: FoldData
    pool: WorkerPool
    blobs: BlobStore

    async def run(self, job: FeatureJob) -> Outcome:
        """Run and judge feature programs on one fold's training rows."""
        rows = self.data.fold(job.fold)
        shown = {name: rows.inputs[name] for name in rows.inputs if name in SHOWN}
        program = self._program(job, rows.training)
        made = await self.pool.run(program, shown, job.limits)
        if isinstance(made, JobFailure):
            return self._failed(made, program)
        judge = program.model_copy(
            update={
                "mode": "judge",
                "source": "",
                "view": (),
                "rows": made.values.shape[1],
            }
        )
        with SealedBuffer.from_array(made.values) as new_x:
            judged = await self.pool.run(judge, {**shown, "new_x": new_x}, job.limits)
        if isinstance(judged, JobFailure):
            return self._failed(judged, program)
        told = [is_tellable(name, program, self.schema) for name in made.names]
        old = [column.name for column in self.schema.columns]
        return await anyio.to_thread.run_sync(report_of, made, judged, told, old)

    def _program(self, job: FeatureJob, rows: int) -> WorkerProgram:
        """One program with all that it makes, or the chosen columns of several."""
        source, view = (
            "",
            view_sources(View(name="", programs=job.programs), self.blobs),
        )
        if not any(program.columns for program in job.programs):
            source, view = view[0].source, ()
        return WorkerProgram(
            mode="features",
            source=source,
            view=view,
            spec=worker_spec(self.task, self.schema, job.seed, job.limits),
            rows=rows,
            columns=None,
        )

    def _failed(self, failure: JobFailure, program: WorkerProgram) -> Outcome:
        names = [column.name for column in self.schema.columns]
        return failed_job(failure, whole_source(program), names, self.blobs)


def whole_source(program: WorkerProgram) -> str:
    """All code of a program, with the names of its parts."""
    parts = [text for part in program.view for text in (part.name, part.source)]
    return "\n".join([program.source, *parts])


def is_tellable(name: str, program: WorkerProgram, schema: TableSchema) -> bool:
    """Whether the name of a new column says nothing about rows."""
    names = [column.name for column in schema.columns]
    levels = [level for column in schema.columns for level in column.levels]
    return is_tellable_column(name, whole_source(program), names, levels)


def report_of(
    made: JobSuccess, judged: JobSuccess, told: Sequence[bool], old: Sequence[str]
) -> Outcome:
    """Put columns, measures and faults together.

    Args:
        made: The new columns.
        judged: Their measures, see `toolkit.usefulness.judge`.
        told: Which of their names may be told; the others get a number for a name.
        old: Names of the table's columns, in order.
    """
    names = [
        name if is_told else f"column {place}"
        for place, (name, is_told) in enumerate(zip(made.names, told, strict=True), 1)
    ]
    twins = twin_faults(judged.values[:, 3], [*old, *names])
    own = column_faults(made.values)
    faults = [
        UNTOLD if not is_told else fault or twin
        for is_told, fault, twin in zip(told, own, twins, strict=True)
    ]
    judgements = tuple(
        ColumnJudgement(
            name=name,
            importance=float(numbers[0]),
            shadow_importance=float(numbers[1]),
            statistic=float(numbers[2]),
            fault=fault,
        )
        for name, numbers, fault in zip(names, judged.values, faults, strict=True)
    )
    usage = JobUsage(
        seconds=made.usage.seconds + judged.usage.seconds,
        cpu_seconds=made.usage.cpu_seconds + judged.usage.cpu_seconds,
        peak_bytes=max(made.usage.peak_bytes, judged.usage.peak_bytes),
    )
    report = FeatureReport(judgements=judgements, usage=usage)
    cost = Cost(cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes)
    return Outcome(FeatureFinished(report=report), cost)


def twin_faults(twins: NDArray[np.float64], names: Sequence[str]) -> list[str | None]:
    """Say whom each new column repeats.

    Args:
        twins: Position among all columns, old ones first; -1 for nobody.
        names: Names of all columns.
    """
    return [
        f"duplicate of {names[int(twin)]!r}" if 0 <= twin < len(names) else None
        for twin in twins
    ]


def column_faults(values: NDArray[np.float64]) -> list[str | None]:
    """Why a new column is of no use whatever the target, or None, per column.

    Args:
        values: Shape (rows, columns); missing and infinite values are NaN.
    """
    frame = pd.DataFrame(values)
    is_scarce = frame.notna().mean() < LEAST_FINITE_SHARE
    is_constant = frame.nunique() <= 1
    faults: list[str | None] = []
    for column in range(values.shape[1]):
        if is_scarce[column]:
            faults.append("hardly ever a finite number")
        elif is_constant[column]:
            faults.append("constant")
        else:
            faults.append(None)
    return faults
