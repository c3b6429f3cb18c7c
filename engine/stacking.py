"""Runs stackers in workers: candidates whose rows are what other candidates said of them."""

from dataclasses import dataclass

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from bus.keys import derived_seed
from engine.failing import failed_job, refused
from engine.fitting import unkept
from engine.fold_data import sealed_target
from engine.out_of_fold_rows import OutOfFoldRows, out_of_fold_rows
from engine.scoring import Scorer, count_distinct
from engine.stored_predictions import keep_predictions, read_predictions
from engine.worker_spec import worker_spec
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import WorkerProgram
from schemas.envelope import Cost
from schemas.inputs import FitFinished
from schemas.jobs import FitReport, StackJob
from schemas.table import TableSchema
from schemas.task import Task
from tabular.development import Development
from tabular.member_schema import member_schema
from tabular.member_table import member_table
from tabular.out_of_fold import cut_into_parts


@dataclass(frozen=True, slots=True)
class StackRows:
    """The rows of one stack job.

    Attributes:
        train: Indices of out-of-fold rows to fit to.
        scored: Indices of those to predict, in a shuffled order.
    """

    train: NDArray[np.int64]
    scored: NDArray[np.int64]

    def in_order(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bring predictions into the ascending order of the scored rows."""
        return values[np.argsort(self.scored)]


@dataclass(frozen=True, slots=True)
class Stacking:
    """Carries out stack jobs.

    Attributes:
        task: What is to be learned.
        development: The rows with their targets and folds.
        scorer: Computes scores.
        pool: Worker processes.
        blobs: Where sources are read and predictions kept.
        models: Where fitted stackers are kept.
    """

    task: Task
    development: Development
    scorer: Scorer
    pool: WorkerPool
    blobs: BlobStore
    models: BlobStore

    async def run(self, job: StackJob) -> Outcome:
        """Fit the stacker to all parts but one and predict that one in a worker."""
        rows = stack_rows(job, out_of_fold_rows(self.development, job.folds))
        inputs = await anyio.to_thread.run_sync(self._inputs, job, rows)
        program = self._program(job, rows)
        try:
            result = await self.pool.run(program, inputs, job.limits)
        finally:
            for buffer in inputs.values():
                buffer.close()
        if isinstance(result, JobFailure):
            return self._failed(job, result, program)
        taken = await anyio.to_thread.run_sync(self._take, job, rows, result)
        if isinstance(taken, JobFailure):
            return self._failed(job, taken, program)
        return taken

    def _failed(
        self, job: StackJob, failure: JobFailure, program: WorkerProgram
    ) -> Outcome:
        names = [column.name for column in self._schema(job).columns]
        return failed_job(failure, program.source, names, self.blobs)

    def _inputs(self, job: StackJob, rows: StackRows) -> dict[str, SealedBuffer]:
        target, weight = self.development.target, self.development.weight
        if target is None:
            raise ValueError("a supervised task has no target")
        numbers = out_of_fold_rows(self.development, job.folds).numbers
        table = member_table(
            np.stack(
                [
                    read_predictions(self.blobs, member.predictions, member.columns)
                    for member in job.members
                ]
            )
        )
        inputs = {
            "train_x": SealedBuffer.from_frame(table.iloc[rows.train]),
            "train_y": sealed_target(target[numbers[rows.train]], self.task),
            "valid_x": SealedBuffer.from_frame(table.iloc[rows.scored]),
        }
        if weight is not None:
            own = weight[numbers[rows.train]]
            inputs["train_weight"] = SealedBuffer.from_array(own)
        return inputs

    def _schema(self, job: StackJob) -> TableSchema:
        return member_schema(len(job.members), max(1, len(self.task.classes)))

    def _program(self, job: StackJob, rows: StackRows) -> WorkerProgram:
        return WorkerProgram(
            mode="fit",
            source=self.blobs.read_text(job.source),
            spec=worker_spec(self.task, self._schema(job), job.seed, job.limits),
            rows=len(rows.scored),
            columns=max(1, len(self.task.classes)),
            keeps_model=True,
        )

    def _take(
        self, job: StackJob, rows: StackRows, result: JobSuccess
    ) -> Outcome | JobFailure:
        if result.model is None:
            return unkept(result, "stacker")
        predictions = rows.in_order(result.values)
        known = out_of_fold_rows(self.development, job.folds)
        numbers = known.numbers[np.sort(rows.scored)]
        score = self.scorer.score(numbers, predictions)
        if np.isinf(score):
            return refused(result, f"its {self.task.metric} is no finite number")
        report = FitReport(
            score=score,
            predictions=keep_predictions(self.blobs, predictions),
            columns=predictions.shape[1],
            distinct=count_distinct(predictions),
            model=self.models.keep(result.model),
            usage=result.usage,
        )
        usage = result.usage
        cost = Cost(cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes)
        return Outcome(FitFinished(report=report), cost)


def parts_of(rows: OutOfFoldRows, parts: int) -> NDArray[np.int64]:
    """Part of each out-of-fold row: its fold, or a random part where there is but one."""
    folds, place = np.unique(rows.folds, return_inverse=True)
    if len(folds) == parts:
        return place.astype(np.int64)
    return cut_into_parts(len(rows.numbers), parts)


def stack_rows(job: StackJob, rows: OutOfFoldRows) -> StackRows:
    """Which out-of-fold rows a stack job is fitted to, and which it predicts."""
    part = parts_of(rows, job.parts)
    random = np.random.default_rng(derived_seed(job.seed, "rows", job.part))
    scored = random.permutation(np.flatnonzero(part == job.part))
    return StackRows(np.flatnonzero(part != job.part), scored)
