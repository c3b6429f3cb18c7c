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
from executors.resident import ResidentMember
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, View
from schemas.ensemble import (
    Consensus,
    Ensemble,
    FittedStrategy,
    Member,
    WrittenStack,
)
from schemas.jobs import JobLimits
from schemas.table import TableSchema
from schemas.task import Task
from tabular.applying import apply_combination, apply_consensus
from tabular.member_schema import member_schema
from tabular.member_table import member_table


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
        if not members:
            return undivided(frame)
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
        combination = self.ensemble.combination
        if isinstance(combination, WrittenStack):
            return await self._ask_stacker(combination, stacked)
        return await anyio.to_thread.run_sync(combine, combination, stacked)

    def residents(self) -> list[ResidentMember]:
        """The members as a resident predictor keeps them, in the ensemble's order."""
        return [
            ResidentMember(
                self._program(member.source, member.view, self.schema, 0),
                tuple(self.models.read(ref) for ref in member.models),
            )
            for member in self.ensemble.members
        ]

    def resident_stacker(self, stack: WrittenStack) -> ResidentMember:
        """A written stacker as a resident predictor keeps it."""
        schema = member_schema(stack.members, max(1, len(self.task.classes)))
        return ResidentMember(
            self._program(stack.source, RAW_VIEW, schema, 0),
            tuple(self.models.read(ref) for ref in stack.models),
        )

    async def _ask_stacker(
        self, stack: WrittenStack, stacked: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Let a written stacker say what the members' predictions come to."""
        schema = member_schema(stack.members, stacked.shape[2])
        program = self._program(stack.source, RAW_VIEW, schema, stacked.shape[1])
        with SealedBuffer.from_frame(member_table(stacked)) as x:
            return await self._run(stack.candidate, program, stack.models, x)

    async def _ask(
        self, member: Member, x: SealedBuffer, rows: int
    ) -> NDArray[np.float64]:
        program = self._program(member.source, member.view, self.schema, rows)
        named = f"{member.candidate} ({member.title})"
        return await self._run(named, program, member.models, x)

    def _program(
        self, source: BlobRef, view: View, schema: TableSchema, rows: int
    ) -> WorkerProgram:
        return WorkerProgram(
            mode="predict",
            source=self.blobs.read_text(source),
            view=view_sources(view, self.blobs),
            spec=worker_spec(self.task, schema, 0, self.limits),
            rows=rows,
            columns=max(1, len(self.task.classes)),
        )

    async def _run(
        self,
        named: str,
        program: WorkerProgram,
        models: tuple[BlobRef, ...],
        x: SealedBuffer,
    ) -> NDArray[np.float64]:
        """The mean prediction of some fitted models."""
        inputs = {"x": x}
        try:
            for index, ref in enumerate(models):
                model = SealedBuffer.from_bytes(self.models.read(ref))
                inputs[f"model_{index}"] = model
            result = await self.pool.run(program, inputs, self.limits)
        finally:
            for name, buffer in inputs.items():
                if name != "x":
                    buffer.close()
        if isinstance(result, JobFailure):
            raise MemberFailed(
                f"{named} failed to predict: "
                f"{result.exception or result.kind}: {result.message}"
            )
        return result.values


def undivided(frame: pd.DataFrame) -> NDArray[np.float64]:
    """What an ensemble of nobody says: no structure was found, all rows are one cluster."""
    return np.zeros((len(frame), 1))


def combine(
    combination: FittedStrategy | Consensus, stacked: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Combine predictions (members, rows, columns) on the host."""
    if isinstance(combination, Consensus):
        labels = stacked[:, :, 0].astype(np.int64)
        return apply_consensus(combination, labels).labels.astype(float)[:, None]
    return apply_combination(combination, stacked)
