"""Runs feature programs in workers and has their columns judged by code of our own."""

from dataclasses import dataclass

import anyio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.failing import failed_job
from engine.fold_data import FoldData
from engine.worker_spec import worker_spec
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import Mode, WorkerProgram
from schemas.envelope import Cost
from schemas.inputs import FeatureFinished
from schemas.jobs import ColumnJudgement, FeatureJob, FeatureReport, JobUsage
from schemas.table import TableSchema
from schemas.task import Task

LEAST_PRESENT_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class FeatureTrials:
    """Carries out feature jobs: a jailed run of the program, then a trusted judgement.

    The program sees training rows only; its columns travel as plain numbers to a second
    process that runs nothing but `toolkit.usefulness`.
    """

    task: Task
    schema: TableSchema
    data: FoldData
    pool: WorkerPool
    blobs: BlobStore

    async def run(self, job: FeatureJob) -> Outcome:
        """Run and judge one feature program on one fold's training rows."""
        rows = self.data.fold(job.fold)
        source = self.blobs.read_text(job.source)
        shown = {name: rows.inputs[name] for name in rows.inputs if name != "valid_x"}
        made = await self._work(job, "features", source, shown, rows.training)
        if isinstance(made, JobFailure):
            return self._failed(made, source)
        with SealedBuffer.from_array(made.values) as new_x:
            inputs = {**shown, "new_x": new_x}
            judged = await self._work(job, "judge", "", inputs, made.values.shape[1])
        if isinstance(judged, JobFailure):
            return self._failed(judged, source)
        return await anyio.to_thread.run_sync(_report, made, judged)

    async def _work(
        self,
        job: FeatureJob,
        mode: Mode,
        source: str,
        inputs: dict[str, SealedBuffer],
        rows: int,
    ) -> JobSuccess | JobFailure:
        program = WorkerProgram(
            mode=mode,
            source=source,
            spec=worker_spec(self.task, self.schema, job.seed, job.limits),
            rows=rows,
            columns=None,
        )
        return await self.pool.run(program, inputs, job.limits)

    def _failed(self, failure: JobFailure, source: str) -> Outcome:
        names = [column.name for column in self.schema.columns]
        return failed_job(failure, source, names, self.blobs)


def _report(made: JobSuccess, judged: JobSuccess) -> Outcome:
    faults = column_faults(made.values)
    judgements = tuple(
        ColumnJudgement(
            name=name,
            importance=float(numbers[0]),
            shadow_importance=float(numbers[1]),
            statistic=float(numbers[2]),
            fault=fault,
        )
        for name, numbers, fault in zip(made.names, judged.values, faults, strict=True)
    )
    usage = JobUsage(
        seconds=made.usage.seconds + judged.usage.seconds,
        cpu_seconds=made.usage.cpu_seconds + judged.usage.cpu_seconds,
        peak_bytes=max(made.usage.peak_bytes, judged.usage.peak_bytes),
    )
    report = FeatureReport(judgements=judgements, usage=usage)
    cost = Cost(cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes)
    return Outcome(FeatureFinished(report=report), cost)


def column_faults(values: NDArray[np.float64]) -> list[str | None]:
    """Why a new column is of no use whatever the target, or None, per column.

    Args:
        values: Shape (rows, columns); missing values are NaN.
    """
    frame = pd.DataFrame(values)
    has_infinite = pd.Series(np.isinf(values).any(axis=0))
    is_scarce = frame.notna().mean() < LEAST_PRESENT_SHARE
    is_constant = frame.nunique() <= 1
    is_repeated = frame.T.duplicated()
    faults: list[str | None] = []
    for column in range(values.shape[1]):
        if has_infinite[column]:
            faults.append("not finite")
        elif is_scarce[column]:
            faults.append("nearly always missing")
        elif is_constant[column]:
            faults.append("constant")
        elif is_repeated[column]:
            faults.append("duplicate")
        else:
            faults.append(None)
    return faults
