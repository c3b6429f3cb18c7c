"""Runs feature programs in workers and has their columns judged by code of our own."""

from collections.abc import Mapping
from dataclasses import dataclass

import anyio

from bus.blobs import BlobStore
from bus.effects import Outcome
from bus.keys import derived_seed
from engine.column_names import (
    asks_for_target,
    why_named_after_targets,
    why_untold,
    with_chosen_names,
)
from engine.failing import failed_job
from engine.feature_report import report_of, total_usage
from engine.fold_data import FoldData
from engine.worker_spec import view_sources, worker_spec
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import WorkerProgram
from schemas.candidate import View
from schemas.jobs import FeatureJob
from schemas.table import TableSchema
from schemas.task import Task

TARGET = "train_y"
SHOWN = frozenset({"train_x", TARGET})
"""Feature programs and their judge see training rows only."""

Inputs = Mapping[str, SealedBuffer]


@dataclass(frozen=True, slots=True)
class FeatureTrials:
    """Carries out feature jobs: a jailed run of the programs, then a trusted judgement.

    The program sees training rows only; its columns travel as plain numbers to a second
    process that runs nothing but `toolkit.usefulness`. A program that asks for targets runs
    once more with shuffled ones, because of its names (see `engine.column_names`).
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
        given = given_to(program, shown)
        made = await self.pool.run(program, given, job.limits)
        if isinstance(made, JobSuccess) and program.view:
            made = with_chosen_names(made, job.programs)
        if isinstance(made, JobFailure):
            return self._failed(made, program)
        judged = await self._judge(made, program, shown, job)
        if isinstance(judged, JobFailure):
            return self._failed(judged, program)
        usage = total_usage(made.usage, judged.usage)
        untold = why_untold(made.names, whole_source(program), self.schema)
        if TARGET in given and not program.view:
            shuffled = await self._with_shuffled_target(program, given, job)
            usage = total_usage(usage, shuffled.usage)
            common = why_named_after_targets(made, shuffled)
            untold = [common or why for why in untold]
        old = [column.name for column in self.schema.columns]
        return await anyio.to_thread.run_sync(
            report_of, made, judged.values, untold, old, usage
        )

    async def _judge(
        self,
        made: JobSuccess,
        program: WorkerProgram,
        shown: Inputs,
        job: FeatureJob,
    ) -> JobSuccess | JobFailure:
        """Measure columns in a process that runs no code of the program."""
        columns = made.values.shape[1]
        ours = {"mode": "judge", "source": "", "view": (), "rows": columns}
        judge = program.model_copy(update=ours)
        with SealedBuffer.from_array(made.values) as new_x:
            return await self.pool.run(judge, {**shown, "new_x": new_x}, job.limits)

    async def _with_shuffled_target(
        self, program: WorkerProgram, given: Inputs, job: FeatureJob
    ) -> JobSuccess | JobFailure:
        seed = derived_seed(job.seed, "shuffled target")
        with self.data.shuffled_target(job.fold, seed) as shuffled:
            return await self.pool.run(program, {**given, TARGET: shuffled}, job.limits)

    def _program(self, job: FeatureJob, rows: int) -> WorkerProgram:
        """One program with all that it makes, or the chosen columns of several."""
        source = ""
        view = view_sources(View(name="", programs=job.programs), self.blobs)
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


def given_to(program: WorkerProgram, shown: Inputs) -> Inputs:
    """What a program gets: the target only if it says that it needs it."""
    if asks_for_target(whole_source(program)):
        return shown
    return {name: buffer for name, buffer in shown.items() if name != TARGET}
