"""The number of clusters is settled before candidates are written."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.blobs import BlobStore
from engine.preparing import Preparing
from engine.surveying import Surveying
from executors.pool import WorkerPool
from schemas.inputs import TablePrepared
from schemas.settings import RunSettings, TableSettings


async def prepared(folder: Path, clusters: int | None) -> TablePrepared:
    random = np.random.default_rng(0)
    truth = random.integers(3, size=90)
    values = 9 * np.eye(3)[truth] + random.normal(size=(90, 3))
    pd.DataFrame(values, columns=list("abc")).to_csv(folder / "t.csv", index=False)
    tables = TableSettings(
        table=str(folder / "t.csv"), task="clustering", clusters=clusters
    )
    blobs = BlobStore(folder / "blobs")
    settings = RunSettings(tables=tables, trials=6)
    outcome = await Preparing(settings, folder / "data", blobs).run()
    assert isinstance(outcome.body, TablePrepared)
    return outcome.body


def surveying(folder: Path, pool: WorkerPool, **limits: float | None) -> Surveying:
    tables = TableSettings(table="t.csv", task="clustering")
    settings = RunSettings(tables=tables, trials=6).model_copy(update=limits)
    return Surveying(settings, folder / "data", pool)


async def test_a_number_that_was_named_is_kept(
    tmp_path: Path, pool: WorkerPool
) -> None:
    table = await prepared(tmp_path, clusters=4)

    surveyed = await surveying(tmp_path, pool).run(table)

    assert surveyed.prepared == table


async def test_a_number_is_chosen_with_its_evidence(
    tmp_path: Path, pool: WorkerPool
) -> None:
    table = await prepared(tmp_path, clusters=None)

    surveyed = await surveying(tmp_path, pool).run(table)

    found = surveyed.prepared.survey
    assert found is not None
    assert surveyed.prepared.task.clusters == found.clusters == 3
    assert [one.clusters for one in found.evidence] == list(range(1, 9))
    assert surveyed.cost is not None


async def test_a_survey_that_fails_leaves_a_warning(
    tmp_path: Path, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.surveying.LIMIT_SHARE", 1e-4)
    table = await prepared(tmp_path, clusters=None)
    hasty = surveying(tmp_path, pool, trials=None, budget_seconds=10)

    surveyed = await hasty.run(table)

    assert surveyed.prepared.task.clusters is None
    assert surveyed.prepared.survey is None
    assert "--clusters K" in surveyed.prepared.profile.warnings[-1]
