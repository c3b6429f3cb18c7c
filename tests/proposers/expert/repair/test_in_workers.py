"""Every rule of the table: break, run in a real worker, mend by what it says, run again."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import WorkerProgram, WorkerSpec
from proposers.expert.repair.rules import RULES, mend
from schemas.jobs import Failure, JobLimits
from schemas.task import TaskKind
from tabular.masking import mask_message
from tests.proposers.expert.repair.broken import (
    CANDIDATES,
    MEBIBYTE,
    PROGRAM,
    PROGRAMS,
    RETURN,
    Broken,
)

if TYPE_CHECKING:
    from proposers.expert.repair.case import Subject
    from tests.proposers.conftest import MakeBriefing, MakeData

Numbers = NDArray[np.float64] | NDArray[np.int64]
REPAIRS = 3
LIMITS = JobLimits(
    wall_seconds=20, cpu_seconds=20, memory_bytes=1024 * MEBIBYTE, threads=1
)
CLASSES = {
    TaskKind.BINARY: ("no", "yes"),
    TaskKind.MULTICLASS: ("low", "middle", "high"),
}


@pytest.fixture(scope="module")
async def pool(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[WorkerPool]:
    async with WorkerPool(threads=1, spool=tmp_path_factory.mktemp("spool")) as started:
        await started.ready()
        yield started


Run = Callable[..., object]


@dataclass
class Bench:
    """Runs sources in workers and mends what fails."""

    pool: WorkerPool
    data_for: "MakeData"
    briefing_for: "MakeBriefing"
    buffers: list[SealedBuffer] = field(default_factory=list)

    async def run(self, broken: Broken, subject: "Subject") -> JobSuccess | JobFailure:
        data = self.data_for(broken.kind)
        inputs = {"train_x": self._frame(data.train)}
        if broken.kind is not TaskKind.CLUSTERING:
            target: Numbers = np.asarray(data.target, dtype=np.float64)
            if broken.target is not None:
                target = np.full(len(target), broken.target)
            if broken.kind in CLASSES:
                target = target.astype(np.int64)
            inputs["train_y"] = self._array(target)
            if subject == "candidate":
                inputs["valid_x"] = self._frame(data.rows)
            if broken.is_weighted:
                inputs["train_weight"] = self._array(np.ones(len(target)))
        is_clustering = broken.kind is TaskKind.CLUSTERING
        rows = len(data.rows)
        if is_clustering or subject == "features":
            rows = len(data.train)
        program = self._program(broken, subject, rows)
        limits = LIMITS.model_copy(update=broken.limits)
        return await self.pool.run(program, inputs, limits)

    def _program(self, broken: Broken, subject: "Subject", rows: int) -> WorkerProgram:
        classes = CLASSES.get(broken.kind, ())
        spec = WorkerSpec(
            task=broken.kind.value,
            classes=classes,
            seed=3,
            n_threads=1,
            seconds=10,
            kinds={},
            clusters=None,
        )
        if subject == "features":
            return WorkerProgram(
                mode="features",
                source=broken.source,
                spec=spec,
                rows=rows,
                columns=None,
            )
        return WorkerProgram(
            mode="cluster" if broken.kind is TaskKind.CLUSTERING else "fit",
            source=broken.source,
            spec=spec,
            rows=rows,
            columns=len(classes) or 1,
            keeps_model=True,
            fits_twice=broken.fits_twice,
        )

    async def mend(self, broken: Broken, subject: "Subject") -> list[str]:
        """Mend until it runs; return the diagnoses."""
        diagnoses: list[str] = []
        task = self.briefing_for(broken.kind, rows=160).task
        outcome = await self.run(broken, subject)
        assert isinstance(outcome, JobFailure), "it is not broken"
        while isinstance(outcome, JobFailure):
            told = self.told(outcome, broken.source)
            assert len(diagnoses) < REPAIRS, (diagnoses, told)
            mended = mend(broken.source, told, task, subject)
            assert mended is not None, f"no rule for {told} after {diagnoses}"
            diagnoses.append(mended.diagnosis)
            broken = Broken(**{**vars(broken), "source": mended.source})
            outcome = await self.run(broken, subject)
        assert np.isfinite(outcome.values).any()
        return diagnoses

    def told(self, failure: JobFailure, source: str) -> Failure:
        """The failure as a proposer gets to know it."""
        names = list(self.data_for(TaskKind.BINARY).train.columns)
        return Failure(
            kind=failure.kind,
            stage=failure.stage,
            exception=failure.exception,
            message=mask_message(failure.message, source, names),
            lines=failure.lines,
        )

    def _frame(self, frame: pd.DataFrame) -> SealedBuffer:
        return self._kept(SealedBuffer.from_frame(frame))

    def _array(self, values: Numbers) -> SealedBuffer:
        return self._kept(SealedBuffer.from_array(values))

    def _kept(self, buffer: SealedBuffer) -> SealedBuffer:
        self.buffers.append(buffer)
        return buffer


@pytest.fixture
def bench(
    pool: WorkerPool, data_for: "MakeData", briefing_for: "MakeBriefing"
) -> Iterator[Bench]:
    made = Bench(pool, data_for, briefing_for)
    yield made
    for buffer in made.buffers:
        buffer.close()


@pytest.mark.parametrize("name", CANDIDATES)
async def test_a_broken_candidate_runs_after_its_repair(
    name: str, bench: Bench
) -> None:
    broken = CANDIDATES[name]

    diagnoses = await bench.mend(broken, "candidate")

    assert re.search(re.escape(broken.diagnosis), " | ".join(diagnoses)), diagnoses


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_broken_feature_program_runs_after_its_repair(
    name: str, bench: Bench
) -> None:
    broken = PROGRAMS[name]

    diagnoses = await bench.mend(broken, "features")

    assert re.search(re.escape(broken.diagnosis), " | ".join(diagnoses)), diagnoses


UNMENDABLE = {
    "values of other rows": PROGRAM.replace("self.mean\n", 'X["width"].mean()\n'),
    "order of rows": PROGRAM.replace("self.mean\n", "np.arange(len(X))\n"),
    "columns of other rows": PROGRAM.replace(
        RETURN, "return made if len(X) > 50 else made.assign(more=1.0)"
    ),
}


@pytest.mark.parametrize("name", UNMENDABLE)
async def test_a_program_that_looks_at_other_rows_is_given_up(
    name: str, bench: Bench
) -> None:
    source = UNMENDABLE[name]

    outcome = await bench.run(Broken(source, ""), "features")

    assert isinstance(outcome, JobFailure)
    told = bench.told(outcome, source)
    assert told.kind == "contract"
    assert "other" in told.message
    task = bench.briefing_for(TaskKind.BINARY).task
    assert mend(source, told, task, "features") is None


def test_no_rule_stands_in_the_table_twice() -> None:
    assert len(set(RULES)) == len(RULES)
