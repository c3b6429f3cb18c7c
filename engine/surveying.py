"""Has a worker look at how many clusters a table has, before any candidate is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bus.keys import derived_seed
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure
from executors.pool import WorkerPool
from executors.program import WorkerProgram, WorkerSpec
from schemas.clusters import ClusterSurvey
from schemas.envelope import Cost
from schemas.inputs import TablePrepared
from schemas.jobs import JobLimits
from schemas.settings import RunSettings
from schemas.task import Task, TaskKind
from tabular.clusters.judge import JUDGED_ROWS
from tabular.clusters.number import MOST_CLUSTERS, choose_number, evidence_of
from tabular.development import load_development
from tabular.silhouette import sample_rows

BUDGET_SHARE = 0.12
"""What the look should take; it has to end by `LIMIT_SHARE`."""
LIMIT_SHARE = 0.3
LONGEST_SECONDS = 300.0
_UNBOUND_SECONDS = 10 * LONGEST_SECONDS


class Surveyed(NamedTuple):
    """A prepared table, with the number of clusters settled where that was possible."""

    prepared: TablePrepared
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Surveying:
    """Chooses the number of clusters where none was named.

    Attributes:
        settings: What the user asked for.
        data: Folder of the development rows.
        pool: Worker processes.
    """

    settings: RunSettings
    data: Path
    pool: WorkerPool

    async def run(self, prepared: TablePrepared) -> Surveyed:
        """Settle the number; if the look fails, candidates choose their own."""
        task = prepared.task
        if task.kind is not TaskKind.CLUSTERING or task.clusters is not None:
            return Surveyed(prepared)
        frame = load_development(self.data).frame
        rows = frame.iloc[sample_rows(len(frame), JUDGED_ROWS)].reset_index(drop=True)
        program = self._program(task)
        with SealedBuffer.from_frame(rows) as train_x:
            result = await self.pool.run(program, {"train_x": train_x}, self._limits)
        if isinstance(result, JobFailure):
            return Surveyed(_warned(prepared, result))
        survey = choose_number(evidence_of(result.values))
        usage = result.usage
        return Surveyed(
            _settled(prepared, survey),
            Cost(cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes),
        )

    def _program(self, task: Task) -> WorkerProgram:
        spec = WorkerSpec(
            task=task.kind.value,
            classes=(),
            seed=derived_seed(self.settings.seed, "survey") % 2**32,
            n_threads=self.settings.threads,
            seconds=self._wanted_seconds,
            kinds={},
            clusters=None,
        )
        return WorkerProgram(
            mode="survey", source="", spec=spec, rows=MOST_CLUSTERS, columns=None
        )

    @property
    def _wanted_seconds(self) -> float:
        """Elapsed time to look; without a clock, so much that it changes nothing."""
        budget = self.settings.budget_seconds
        return _UNBOUND_SECONDS if budget is None else BUDGET_SHARE * budget

    @property
    def _limits(self) -> JobLimits:
        budget = self.settings.budget_seconds
        seconds = LONGEST_SECONDS if budget is None else LIMIT_SHARE * budget
        return JobLimits(
            # Under a bound by trials only processor time counts.
            wall_seconds=_UNBOUND_SECONDS if budget is None else seconds,
            cpu_seconds=seconds * (1 if budget is None else self.settings.threads),
            memory_bytes=self.settings.memory_bytes,
            threads=self.settings.threads,
        )


def _warned(prepared: TablePrepared, failure: JobFailure) -> TablePrepared:
    warning = (
        f"How many clusters there are could not be looked at first ({failure.kind}); "
        "candidates choose their own numbers, --clusters K names one."
    )
    profile = prepared.profile
    warned = profile.model_copy(update={"warnings": (*profile.warnings, warning)})
    return prepared.model_copy(update={"profile": warned})


def _settled(prepared: TablePrepared, survey: ClusterSurvey) -> TablePrepared:
    task = prepared.task.model_copy(update={"clusters": survey.clusters})
    return prepared.model_copy(update={"task": task, "survey": survey})
