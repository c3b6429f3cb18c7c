"""Runs feature programs in workers and has their columns judged by code of our own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import anyio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from bus.keys import derived_seed
from engine.failing import failed_job
from engine.fold_data import FoldData
from engine.worker_spec import view_sources, worker_spec
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import WorkerProgram
from schemas.candidate import View, ViewProgram
from schemas.envelope import Cost
from schemas.inputs import FeatureFinished
from schemas.jobs import ColumnJudgement, FeatureJob, FeatureReport, JobUsage
from schemas.table import TableSchema
from schemas.task import Task
from tabular.tellable import is_tellable_column

LEAST_FINITE_SHARE = 0.05
UNTOLD = "its name is not made of words of its program and its table"
NAMED_AFTER_TARGETS = "the names of its program's columns change with the targets"
TARGET = "train_y"
SHOWN = frozenset({"train_x", TARGET})
"""Feature programs and their judge see training rows only."""
_ASKS_FOR_TARGET = re.compile(r"\bneeds_y\s*(?::\s*bool\s*)?=\s*True\b")


@dataclass(frozen=True, slots=True)
class FeatureTrials:
    """Carries out feature jobs: a jailed run of the programs, then a trusted judgement.

    The program sees training rows only; its columns travel as plain numbers to a second
    process that runs nothing but `toolkit.usefulness`. Names of columns are told to
    proposers and targets are not, so a program gets targets only if it asks for them, and
    then its names must be the same for targets that were shuffled, in another process.
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
        source = whole_source(program)
        given = {
            name: buffer
            for name, buffer in shown.items()
            if name != TARGET or asks_for_target(source)
        }
        made = await self.pool.run(program, given, job.limits)
        if isinstance(made, JobSuccess) and program.view:
            made = with_chosen_names(made, job.programs)
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
        usage = total_usage(made.usage, judged.usage)
        untold = [self._why_untold(name, source) for name in made.names]
        if TARGET in given and not program.view:
            again = await self._with_shuffled_target(program, given, job)
            usage = total_usage(usage, again.usage)
            if isinstance(again, JobFailure) or again.names != made.names:
                untold = [NAMED_AFTER_TARGETS] * len(made.names)
        old = [column.name for column in self.schema.columns]
        return await anyio.to_thread.run_sync(
            report_of, made, judged.values, untold, old, usage
        )

    async def _with_shuffled_target(
        self,
        program: WorkerProgram,
        given: dict[str, SealedBuffer],
        job: FeatureJob,
    ) -> JobSuccess | JobFailure:
        seed = derived_seed(job.seed, "shuffled target")
        with self.data.shuffled_target(job.fold, seed) as shuffled:
            return await self.pool.run(program, {**given, TARGET: shuffled}, job.limits)

    def _why_untold(self, name: str, source: str) -> str | None:
        """Why the name of a new column might say something about rows, None if it cannot."""
        names = [column.name for column in self.schema.columns]
        levels = [level for column in self.schema.columns for level in column.levels]
        is_tellable = is_tellable_column(name, source, names, levels)
        return None if is_tellable else UNTOLD

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


def asks_for_target(source: str) -> bool:
    """Whether a source says, in these words, that a program needs the target."""
    return _ASKS_FOR_TARGET.search(source) is not None


def with_chosen_names(
    made: JobSuccess, programs: Sequence[ViewProgram]
) -> JobSuccess | JobFailure:
    """Call the columns of a view by the names that were chosen, whatever code calls them."""
    chosen = tuple(name for program in programs for name in program.columns)
    if len(made.names) == len(chosen):
        return replace(made, names=chosen)
    return JobFailure(
        kind="contract",
        stage="output",
        exception=None,
        message=f"{len(made.names)} columns, expected {len(chosen)}",
        lines=(),
        trace="",
        usage=made.usage,
        output=made.output,
    )


def total_usage(first: JobUsage, second: JobUsage) -> JobUsage:
    """What two processes took, one after the other."""
    return JobUsage(
        seconds=first.seconds + second.seconds,
        cpu_seconds=first.cpu_seconds + second.cpu_seconds,
        peak_bytes=max(first.peak_bytes, second.peak_bytes),
    )


def report_of(
    made: JobSuccess,
    measures: NDArray[np.float64],
    untold: Sequence[str | None],
    old: Sequence[str],
    usage: JobUsage,
) -> Outcome:
    """Put columns, measures and faults together.

    Args:
        made: The new columns.
        measures: A row for each of them, see `toolkit.usefulness.judge`.
        untold: Why their names may not be told, or None; such a column gets a number for a
            name.
        old: Names of the table's columns, in order.
        usage: What all of this took.
    """
    names = [
        name if why is None else f"column {place}"
        for place, (name, why) in enumerate(zip(made.names, untold, strict=True), 1)
    ]
    twins = twin_faults(measures[:, 3], [*old, *names])
    own = column_faults(made.values)
    faults = [
        why or fault or twin
        for why, fault, twin in zip(untold, own, twins, strict=True)
    ]
    judgements = tuple(
        ColumnJudgement(
            name=name,
            importance=float(numbers[0]),
            shadow_importance=float(numbers[1]),
            statistic=float(numbers[2]),
            fault=fault,
        )
        for name, numbers, fault in zip(names, measures, faults, strict=True)
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
