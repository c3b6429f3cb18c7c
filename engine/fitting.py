"""Runs fit jobs in workers and scores what comes back."""

from dataclasses import dataclass

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.failing import failed_job, refused
from engine.fold_data import FoldData, FoldRows
from engine.own_code import is_only_toolkit
from engine.scoring import Scorer, count_distinct
from engine.worker_spec import view_sources, worker_spec
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import WorkerProgram
from schemas.base import BlobRef
from schemas.envelope import Cost
from schemas.inputs import FitFinished
from schemas.jobs import FitJob, FitReport, Rung
from schemas.table import TableSchema
from schemas.task import Task, TaskKind


@dataclass(frozen=True, slots=True)
class Fitting:
    """Carries out fit jobs.

    Attributes:
        task: What is to be learned.
        schema: The columns that candidates see.
        data: Rows of each fold.
        scorer: Computes scores.
        pool: Worker processes.
        blobs: Where sources are read and predictions kept.
        models: Where fitted models are kept.
    """

    task: Task
    schema: TableSchema
    data: FoldData
    scorer: Scorer
    pool: WorkerPool
    blobs: BlobStore
    models: BlobStore

    async def run(self, job: FitJob) -> Outcome:
        """Fit and predict one fold in a worker, then score its predictions here."""
        if job.bootstrap is not None:
            with self.data.resampled(job.fold, job.bootstrap) as drawn:
                return await self._run(job, drawn)
        is_smoke = job.rung is Rung.SMOKE
        return await self._run(
            job, self.data.smoke if is_smoke else self.data.fold(job.fold)
        )

    async def _run(self, job: FitJob, rows: FoldRows) -> Outcome:
        program = self._program(job, rows)
        result = await self.pool.run(program, rows.inputs, job.limits)
        if isinstance(result, JobFailure):
            return self._failed(result, program)
        taken = await anyio.to_thread.run_sync(self._take, job, rows, result)
        if isinstance(taken, JobFailure):
            return self._failed(taken, program)
        return taken

    def _failed(self, failure: JobFailure, program: WorkerProgram) -> Outcome:
        names = [column.name for column in self.schema.columns]
        return failed_job(failure, program.source, names, self.blobs)

    def _program(self, job: FitJob, rows: FoldRows) -> WorkerProgram:
        is_clustering = self.task.kind is TaskKind.CLUSTERING
        source = self.blobs.read_text(job.source)
        return WorkerProgram(
            mode="cluster" if is_clustering else "fit",
            source=source,
            view=view_sources(job.view, self.blobs),
            spec=worker_spec(self.task, self.schema, job.seed, job.limits),
            rows=rows.predicted,
            columns=max(1, len(self.task.classes)),
            keeps_model=self._keeps_model(job),
            fits_twice=job.rung is Rung.SMOKE and not is_only_toolkit(source),
        )

    def _keeps_model(self, job: FitJob) -> bool:
        """What is fitted to a subsample only shows how stable a clusterer is."""
        is_clustering = self.task.kind is TaskKind.CLUSTERING
        return job.without is None and (not is_clustering or job.fold == 0)

    def _take(
        self, job: FitJob, rows: FoldRows, result: JobSuccess
    ) -> Outcome | JobFailure:
        if self._keeps_model(job) and result.model is None:
            return unkept(result, "candidate")
        predictions, checked = rows.in_order(result.values)
        score = self.scorer.score(rows.scored, predictions)
        if np.isinf(score):
            return refused(result, f"its {self.task.metric} is no finite number")
        is_smoke = job.rung is Rung.SMOKE
        report = FitReport(
            score=score,
            predictions=self.blobs.keep(_raw(predictions)),
            columns=predictions.shape[1],
            distinct=count_distinct(predictions),
            model=self._keep(None if is_smoke else result.model),
            usage=result.usage,
            train_score=self._train_score(rows, checked),
        )
        usage = result.usage
        cost = Cost(cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes)
        return Outcome(FitFinished(report=report), cost)

    def _keep(self, model: bytes | None) -> BlobRef | None:
        return None if model is None else self.models.keep(model)

    def _train_score(
        self, rows: FoldRows, checked: NDArray[np.float64]
    ) -> float | None:
        if not len(rows.checked):
            return None
        return self.scorer.score(rows.checked, checked)


def _raw(predictions: NDArray[np.float64]) -> bytes:
    return np.ascontiguousarray(predictions, dtype="<f8").tobytes()


def unkept(result: JobSuccess, what: str) -> JobFailure:
    """A job whose model is wanted, but cannot be kept."""
    why = result.unkept or "it is missing"
    return refused(result, f"the fitted {what} could not be kept: {why}")
