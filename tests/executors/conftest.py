"""One pool for the whole room, and short ways to ask it for jobs."""

import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.program import Mode, ViewSource, WorkerProgram, WorkerSpec
from schemas.jobs import JobLimits

Numbers = NDArray[np.float64] | NDArray[np.int64]
MEBIBYTE = 1024**2
LIMITS = JobLimits(
    wall_seconds=20, cpu_seconds=20, memory_bytes=1024 * MEBIBYTE, threads=2
)

CANDIDATE = """import numpy as np
class Candidate:
    def __init__(self, spec):
        self.spec = spec
    def fit(self, X, y, weight=None):
        {fit}
        return self
    def predict(self, X):
        return np.zeros(len(X))
    def predict_proba(self, X):
        {predict}
        return np.tile([0.25, 0.75], (len(X), 1))
"""


def indented(lines: str) -> str:
    """Bring lines to the depth of a method's body."""
    return textwrap.indent(textwrap.dedent(lines).strip(), " " * 8).strip()


@dataclass(slots=True)
class Bench:
    """A pool with a small table on which candidates are tried.

    Attributes:
        train: 60 training rows; `y` is 1 where `a` is large.
        valid: 40 validation rows.
    """

    pool: WorkerPool
    train: pd.DataFrame
    valid: pd.DataFrame
    target: NDArray[np.int64]
    buffers: dict[str, SealedBuffer] = field(default_factory=dict)

    def hand_in(self, name: str, value: pd.DataFrame | Numbers | bytes) -> None:
        """Make or replace an input."""
        if isinstance(value, bytes):
            buffer = SealedBuffer.from_bytes(value)
        elif isinstance(value, pd.DataFrame):
            buffer = SealedBuffer.from_frame(value)
        else:
            buffer = SealedBuffer.from_array(value)
        if name in self.buffers:
            self.buffers[name].close()
        self.buffers[name] = buffer

    async def run(
        self,
        program: WorkerProgram,
        limits: JobLimits = LIMITS,
        inputs: tuple[str, ...] = ("train_x", "train_y", "valid_x"),
    ) -> JobSuccess | JobFailure:
        """Run a program on some of the inputs."""
        given = {name: self.buffers[name] for name in inputs}
        return await self.pool.run(program, given, limits)

    async def success(
        self,
        program: WorkerProgram,
        inputs: tuple[str, ...] = ("train_x", "train_y", "valid_x"),
    ) -> JobSuccess:
        """Run a program that must succeed."""
        outcome = await self.run(program, inputs=inputs)
        assert isinstance(outcome, JobSuccess), outcome
        return outcome

    async def failure(
        self,
        program: WorkerProgram,
        inputs: tuple[str, ...] = ("train_x", "train_y", "valid_x"),
    ) -> JobFailure:
        """Run a program that must fail."""
        outcome = await self.run(program, inputs=inputs)
        assert isinstance(outcome, JobFailure), outcome
        return outcome

    def program(
        self,
        source: str,
        mode: Mode = "fit",
        task: str = "binary",
        view: tuple[ViewSource, ...] = (),
        rows: int = 40,
        columns: int | None = 2,
        *,
        keeps_model: bool = False,
    ) -> WorkerProgram:
        """Describe a job."""
        kinds = {"a": "numeric", "b": "numeric", "c": "category"}
        classes = ("no", "yes") if task == "binary" else ()
        spec = WorkerSpec(
            task=task,
            classes=classes,
            seed=7,
            n_threads=2,
            seconds=10.0,
            kinds=kinds,
            clusters=3 if task == "clustering" else None,
        )
        return WorkerProgram(
            mode=mode,
            source=source,
            view=view,
            spec=spec,
            rows=rows,
            columns=columns,
            keeps_model=keeps_model,
        )

    def candidate(self, fit: str = "pass", predict: str = "pass") -> WorkerProgram:
        """Describe a fit of a plain candidate with these lines in it."""
        source = CANDIDATE.format(fit=indented(fit), predict=indented(predict))
        return self.program(source)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for buffer in self.buffers.values():
            buffer.close()


@pytest.fixture(scope="module")
async def pool(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[WorkerPool]:
    spool = tmp_path_factory.mktemp("spool")
    async with WorkerPool(threads=2, spool=spool) as started:
        await started.ready()
        yield started


@pytest.fixture
def table() -> pd.DataFrame:
    random = np.random.default_rng(0)
    numbers = random.normal(size=(100, 2))
    levels = random.choice(["x", "y", "z"], size=100)
    frame = pd.DataFrame(numbers, columns=["a", "b"])
    return frame.assign(c=pd.Categorical(levels))


@pytest.fixture(scope="module")
async def bare_pool(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[WorkerPool]:
    """Enter no layer that may be missing, so that code reaches its supervisor."""
    spool = tmp_path_factory.mktemp("bare")
    async with WorkerPool(threads=2, spool=spool, layers=()) as started:
        await started.ready()
        yield started


@pytest.fixture
def bench(pool: WorkerPool, table: pd.DataFrame) -> Iterator[Bench]:
    yield from bench_with(pool, table)


@pytest.fixture
def bare_bench(bare_pool: WorkerPool, table: pd.DataFrame) -> Iterator[Bench]:
    yield from bench_with(bare_pool, table)


def bench_with(pool: WorkerPool, table: pd.DataFrame) -> Iterator[Bench]:
    target = (table["a"] > 0).to_numpy()[:60].astype(np.int64)
    train = table.iloc[:60].reset_index(drop=True)
    valid = table.iloc[60:].reset_index(drop=True)
    with Bench(pool, train, valid, target) as made:
        made.hand_in("train_x", train)
        made.hand_in("train_y", target)
        made.hand_in("valid_x", valid)
        yield made


@pytest.fixture(scope="session")
def limits() -> Callable[..., JobLimits]:
    """Return a way to change single limits."""

    def changed(**changes: float) -> JobLimits:
        return LIMITS.model_copy(update=changes)

    return changed
