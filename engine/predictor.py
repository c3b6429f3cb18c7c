"""A frozen ensemble at work on new rows: members run in workers, the host combines."""

from dataclasses import dataclass

import anyio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bus.blobs import BlobStore
from engine.errors import EngineError
from engine.worker_spec import view_sources, worker_spec
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure
from executors.pool import WorkerPool
from executors.program import WorkerProgram
from schemas.ensemble import Consensus, Ensemble, Member
from schemas.jobs import JobLimits
from schemas.table import TableSchema
from schemas.task import Task
from tabular.combining import apply_combination
from tabular.consensus import apply_consensus


class MemberFailed(EngineError):
    """Raised when a member of the ensemble cannot predict the given rows."""


@dataclass(frozen=True, slots=True)
class Predictor:
    """Predicts with an ensemble.

    Attributes:
        ensemble: The frozen ensemble.
        task: What was learned.
        schema: The columns that members see.
        pool: Worker processes.
        workers: Members at once.
        limits: What one member may use.
        blobs: Where sources are.
        models: Where fitted models are.
    """

    ensemble: Ensemble
    task: Task
    schema: TableSchema
    pool: WorkerPool
    workers: int
    limits: JobLimits
    blobs: BlobStore
    models: BlobStore

    async def predict(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Predict typed rows.

        Args:
            frame: Columns by schema, shape (n, features).

        Returns:
            Probabilities (n, classes), values (n, 1) or cluster labels (n, 1).

        Raises:
            MemberFailed: A member could not predict.
        """
        members = self.ensemble.members
        answers: list[NDArray[np.float64] | None] = [None] * len(members)
        limiter = anyio.CapacityLimiter(self.workers)

        async def ask(index: int, x: SealedBuffer) -> None:
            async with limiter:
                answers[index] = await self._ask(members[index], x, len(frame))

        with SealedBuffer.from_frame(frame) as x:
            async with anyio.create_task_group() as tasks:
                for index in range(len(members)):
                    tasks.start_soon(ask, index, x)
        stacked = np.stack([answer for answer in answers if answer is not None])
        return await anyio.to_thread.run_sync(self._combine, stacked)

    def _combine(self, stacked: NDArray[np.float64]) -> NDArray[np.float64]:
        combination = self.ensemble.combination
        if isinstance(combination, Consensus):
            labels = stacked[:, :, 0].astype(np.int64)
            return apply_consensus(combination, labels).astype(float)[:, None]
        return apply_combination(combination, stacked)

    async def _ask(
        self, member: Member, x: SealedBuffer, rows: int
    ) -> NDArray[np.float64]:
        program = WorkerProgram(
            mode="predict",
            source=self.blobs.read_text(member.source),
            view=view_sources(member.view, self.blobs),
            spec=worker_spec(self.task, self.schema, 0, self.limits),
            rows=rows,
            columns=max(1, len(self.task.classes)),
        )
        inputs = {"x": x}
        try:
            for index, ref in enumerate(member.models):
                model = SealedBuffer.from_bytes(self.models.read(ref))
                inputs[f"model_{index}"] = model
            result = await self.pool.run(program, inputs, self.limits)
        finally:
            for name, buffer in inputs.items():
                if name != "x":
                    buffer.close()
        if isinstance(result, JobFailure):
            raise MemberFailed(
                f"{member.candidate} ({member.title}) failed to predict: "
                f"{result.exception or result.kind}: {result.message}"
            )
        return result.values
