"""Real rounds of features: what is planted is found, and noise brings no view.

The Feature agent, the expert, the workers and the host's judgement are the real ones;
only models are left out.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from agents.feature import Feature
from bus.agent import Statement
from bus.blobs import BlobStore
from engine.feature_trials import FeatureTrials
from engine.fold_data import FoldData
from executors.pool import WorkerPool
from proposers.expert.proposer import ExpertProposer
from schemas.asks import Briefing
from schemas.candidate import View
from schemas.commands import Propose, RunJob
from schemas.envelope import Envelope, Input, Saying
from schemas.inputs import Proposed
from schemas.jobs import FeatureJob
from schemas.sayings import FeatureJudged, ProgramFailed, TaskReady, ViewAccepted
from schemas.settings import RunSettings, TableSettings
from schemas.table import (
    ColumnKind,
    ColumnProfile,
    ColumnSchema,
    TableProfile,
    TableSchema,
)
from schemas.task import Task, TaskKind
from tabular.development import Development

if TYPE_CHECKING:
    from tests.conftest import Progress

ROWS = 500
FOLDS = 5
RUNS = 10
ENOUGH = 9
SUPERVISED = [TaskKind.BINARY, TaskKind.MULTICLASS, TaskKind.REGRESSION]
CLASSES = {TaskKind.BINARY: ("no", "yes"), TaskKind.MULTICLASS: ("a", "b", "c")}


def noise(random: np.random.Generator) -> pd.DataFrame:
    """Columns of several kinds that have nothing to do with anything."""
    table = pd.DataFrame({name: random.lognormal(0, 0.6, ROWS) for name in "abcdef"})
    table["shop"] = pd.Categorical(random.choice([f"s{n}" for n in range(30)], ROWS))
    table["size"] = pd.Categorical(random.choice(list("SML"), ROWS))
    days = pd.to_timedelta(random.integers(0, 900, ROWS), unit="D")
    table["day"] = pd.Timestamp("2020-01-01") + days
    texts = ["red apple", "green pear 12", "Blue Sky!", "a"]
    table["note"] = pd.Series(random.choice(texts, ROWS), dtype="str")
    return table


def as_target(signal: NDArray[np.float64], kind: TaskKind) -> NDArray[np.generic]:
    if kind is TaskKind.REGRESSION:
        return signal
    parts = len(CLASSES[kind])
    return np.asarray(pd.qcut(signal, parts, labels=False), dtype=np.int64)


def kind_of(column: pd.Series) -> ColumnKind:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return ColumnKind.CATEGORY
    if isinstance(column.dtype, pd.StringDtype):
        return ColumnKind.TEXT
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return ColumnKind.DATETIME
    return ColumnKind.NUMERIC


@dataclass
class Rounds:
    """Carries out what the Feature agent asks for until it is done.

    Attributes:
        told: What it said last of each program.
        view: The view that it accepted last.
        failed: Programs that did not run.
    """

    agent: Feature
    proposer: ExpertProposer
    trials: FeatureTrials
    briefing: Briefing
    told: dict[str, FeatureJudged] = field(default_factory=dict)
    view: View | None = None
    failed: list[ProgramFailed] = field(default_factory=list)

    async def run(self) -> None:
        ready = TaskReady(
            task=self.briefing.task, profile=self.briefing.profile, baseline=0.5
        )
        open_: deque[Statement] = deque(self._hear(ready))
        while open_:
            asked = open_.popleft()
            match asked.body:
                case Propose(ask=ask):
                    answer = await self.proposer.propose(ask, self.briefing)
                    open_ += self._hear(Proposed(proposal=answer.proposal), asked)
                case RunJob(job=FeatureJob() as job):
                    outcome = await self.trials.run(job)
                    open_ += self._hear(outcome.body, asked)
                case FeatureJudged() as judged:
                    self.told[judged.program] = judged
                case ViewAccepted(view=view):
                    self.view = view
                case ProgramFailed() as failed:
                    self.failed.append(failed)

    def _hear(
        self, body: Input | Saying, asked: Statement | None = None
    ) -> Sequence[Statement]:
        event = Envelope(
            run="r1",
            session=0,
            seq=0,
            io="in",
            body=body,
            loop=asked.loop if asked else None,
            src="test",
            key=asked.key if asked else None,
            t=0,
        )
        return self.agent.decide(event)


async def explore(
    pool: WorkerPool,
    path: Path,
    table: pd.DataFrame,
    target: NDArray[np.generic] | None,
    kind: TaskKind,
    rounds: int = 1,
) -> Rounds:
    """Let features be explored for a table."""
    kinds = {str(name): kind_of(table[name]) for name in table.columns}
    schema = TableSchema(
        columns=tuple(ColumnSchema(name=n, kind=k) for n, k in kinds.items())
    )
    profile = TableProfile(
        rows=len(table),
        columns=tuple(
            ColumnProfile(
                name=name, kind=k, missing_share=0, distinct=table[name].nunique()
            )
            for name, k in kinds.items()
        ),
    )
    task = Task(
        kind=kind,
        target=None if target is None else "y",
        classes=CLASSES.get(kind, ()),
        metric="rmse" if kind is TaskKind.REGRESSION else "log_loss",
        greater_is_better=False,
        rows=len(table),
        features=len(kinds),
        test_rows=0,
        folds=1 if target is None else FOLDS,
        validation_rows=len(table),
    )
    development = Development(
        frame=table,
        target=target,
        folds=np.arange(len(table)) % FOLDS,
        weight=None,
        is_ordered=False,
        table_schema=schema,
    )
    settings = RunSettings(
        tables=TableSettings(table="t.csv"), trials=9, feature_rounds=rounds
    )
    blobs = BlobStore(path)
    data = FoldData(development, task, seed=0)
    made = Rounds(
        Feature(settings),
        ExpertProposer(blobs),
        FeatureTrials(task, schema, data, pool, blobs),
        Briefing(task=task, profile=profile, schema_=schema),
    )
    try:
        await made.run()
    finally:
        data.close()
    return made


async def explore_planted(
    pool: WorkerPool, path: Path, kind: TaskKind, seed: int, rounds: int = 1
) -> Rounds:
    random = np.random.default_rng(seed)
    table = noise(random)
    if rounds > 1:
        # Two rounds of everything take long; what they build on is all that matters.
        table = table[["a", "b", "c", "shop"]]
    ratio = np.log(table["a"].to_numpy() / table["b"].to_numpy())
    signal = ratio / ratio.std() + 0.7 * random.normal(size=ROWS)
    return await explore(pool, path, table, as_target(signal, kind), kind, rounds)


async def explore_noise(
    pool: WorkerPool, path: Path, kind: TaskKind, seed: int
) -> Rounds:
    random = np.random.default_rng(1000 + seed)
    table = noise(random)
    target = as_target(random.normal(size=ROWS), kind)
    return await explore(pool, path, table, target, kind)


def has_ratio(found: Rounds) -> bool:
    return found.view is not None and any(
        program.name == "ratios" and "a / b" in program.columns
        for program in found.view.programs
    )


@pytest.mark.deep
async def test_a_planted_ratio_is_in_the_view_and_built_on(
    pool: WorkerPool, tmp_path: Path
) -> None:
    found = await explore_planted(pool, tmp_path, TaskKind.BINARY, 0, rounds=2)

    assert not found.failed
    assert "a / b" in found.told["ratios"].accepted
    assert has_ratio(found)
    assert any(name.endswith("-2") for name in found.told)
    faults = {j.fault for judged in found.told.values() for j in judged.judgements}
    assert {None, "no better than its shuffled copies"} < faults
    assert any(fault and fault.startswith("useful in ") for fault in faults)


async def test_noise_brings_no_view(pool: WorkerPool, tmp_path: Path) -> None:
    found = await explore_noise(pool, tmp_path, TaskKind.REGRESSION, 0)

    assert not found.failed
    assert found.view is None
    assert len(found.told) == 9


Measure = Callable[[int], Awaitable[bool]]


async def count_good(progress: "Progress", study: str, measure: Measure) -> int:
    """In how many runs it comes out well; runs that are known are not repeated."""
    for seed in map(str, range(RUNS)):
        if (study, seed) not in progress.known:
            progress.keep(study, seed, is_good=await measure(int(seed)))
    return sum(progress.known[study, str(seed)]["is_good"] for seed in range(RUNS))


@pytest.mark.long
@pytest.mark.parametrize("kind", SUPERVISED)
async def test_a_planted_ratio_is_accepted_in_nine_of_ten_runs(
    kind: TaskKind, pool: WorkerPool, tmp_path: Path, progress: "Progress"
) -> None:
    async def is_found(seed: int) -> bool:
        run = await explore_planted(pool, tmp_path, kind, seed)
        assert not run.failed
        return has_ratio(run)

    study = f"planted ratio, {kind.value}"
    assert await count_good(progress, study, is_found) >= ENOUGH


@pytest.mark.long
@pytest.mark.parametrize("kind", SUPERVISED)
async def test_noise_brings_no_view_in_nine_of_ten_runs(
    kind: TaskKind, pool: WorkerPool, tmp_path: Path, progress: "Progress"
) -> None:
    async def is_left_out(seed: int) -> bool:
        run = await explore_noise(pool, tmp_path, kind, seed)
        assert not run.failed
        return run.view is None

    study = f"noise columns, {kind.value}"
    assert await count_good(progress, study, is_left_out) >= ENOUGH


async def test_groups_that_only_a_ratio_shows_become_a_view(
    pool: WorkerPool, tmp_path: Path
) -> None:
    random = np.random.default_rng(5)
    size = random.lognormal(0, 0.5, ROWS)
    group = np.array([0.5, 1.0, 2.0])[random.integers(0, 3, ROWS)]
    width = size * group * random.lognormal(0, 0.1, ROWS)
    table = pd.DataFrame({"width": width, "size": size, "w": random.normal(size=ROWS)})

    found = await explore(pool, tmp_path, table, None, TaskKind.CLUSTERING)

    assert not found.failed
    assert found.view is not None
    (program,) = found.view.programs
    assert program.columns in {("width / size",), ("size / width",)}
