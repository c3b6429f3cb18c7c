"""Ensembles are built from kept predictions; what cannot be combined is told in a line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from bus.blobs import BlobStore
from engine.combining import Combining
from engine.scoring import Scorer
from engine.stored_predictions import keep_predictions
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import BaggedFit, Combine, PooledFit, StackerFit
from schemas.ensemble import WrittenStack
from schemas.inputs import Combined, CombineFailed
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import Task, TaskKind
from tabular.development import Development

ROWS = 60
FOLDS = 3


class Bench:
    """Development rows with values from 0 to 59, and ways to pool predictions of them."""

    def __init__(self, folder: Path, kind: TaskKind) -> None:
        is_clustering = kind is TaskKind.CLUSTERING
        schema = TableSchema(columns=(ColumnSchema(name="a", kind=ColumnKind.NUMERIC),))
        self.blobs = BlobStore(folder)
        self.development = Development(
            frame=pd.DataFrame({"a": np.arange(float(ROWS))}),
            target=None if is_clustering else np.arange(float(ROWS)),
            folds=np.zeros(ROWS, dtype=np.int64)
            if is_clustering
            else np.arange(ROWS) % 3,
            weight=None,
            is_ordered=False,
            table_schema=schema,
        )
        task = Task(
            kind=kind,
            target=None if is_clustering else "y",
            classes=(),
            metric="silhouette" if is_clustering else "rmse",
            greater_is_better=is_clustering,
            rows=ROWS,
            features=1,
            test_rows=0,
            folds=1 if is_clustering else FOLDS,
            validation_rows=ROWS,
        )
        scorer = Scorer(task, self.development)
        self.combining = Combining(task, self.development, scorer, self.blobs, 0)

    def pooled(self, number: int, said: NDArray[np.float64]) -> PooledFit:
        """A candidate that says this of the rows."""
        folds = sorted(set(self.development.folds.tolist()))
        predictions = [
            keep_predictions(self.blobs, said[self.development.folds == fold, None])
            for fold in folds
        ]
        blob = BlobRef(digest=f"{number:064x}", size=1)
        candidate = Candidate(
            id=f"c{number:02d}-v1",
            loop=f"c{number:02d}",
            version=1,
            family=f"family {number}",
            title="it",
            source=blob,
            fingerprint=str(number),
            view=RAW_VIEW,
            origin="expert",
            operator="draft",
        )
        return PooledFit(
            candidate=candidate,
            folds=tuple(folds),
            predictions=tuple(predictions),
            models=(blob,) * len(folds),
            columns=1,
            score=0.5,
        )


def off_by(noise: float, seed: int = 0) -> NDArray[np.float64]:
    return np.arange(float(ROWS)) + np.random.default_rng(seed).normal(0, noise, ROWS)


async def test_bagging_scores_its_refits_and_not_the_candidate(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TaskKind.REGRESSION)
    pool = (bench.pooled(0, off_by(9.0)), bench.pooled(1, off_by(9.0, 1)))
    refits = tuple(
        bench.pooled(0, np.arange(float(ROWS)) + shift) for shift in (1.0, 3.0)
    )
    bag = BaggedFit(fit=pool[0], refits=refits)

    outcome = await bench.combining.run(
        Combine(pool=pool, is_final=True, strategy="bagging", bagged=(bag,))
    )

    assert isinstance(outcome.body, Combined)
    ensemble = outcome.body.ensemble
    assert ensemble.combination.strategy == "bagging"
    assert ensemble.score == ensemble.nested == pytest.approx(2.0)
    assert [m.candidate for m in ensemble.members] == ["c00-v1"]


async def test_a_stackers_parts_are_laid_on_the_rows_they_belong_to(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path, TaskKind.REGRESSION)
    pool = (bench.pooled(0, off_by(9.0)), bench.pooled(1, off_by(9.0, 1)))
    perfect = bench.pooled(2, np.arange(float(ROWS)))
    stacker = StackerFit(
        candidate=perfect.candidate,
        members=pool,
        predictions=perfect.predictions,
        models=perfect.models,
    )

    outcome = await bench.combining.run(
        Combine(pool=pool, is_final=True, stacker=stacker)
    )

    assert isinstance(outcome.body, Combined)
    ensemble = outcome.body.ensemble
    assert ensemble.score == pytest.approx(0.0)
    assert isinstance(ensemble.combination, WrittenStack)
    assert dict(ensemble.considered)["written"] == pytest.approx(0.0)
    assert [m.candidate for m in ensemble.members] == ["c00-v1", "c01-v1"]


async def test_where_all_partitions_say_nothing_the_reason_is_one_line(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path, TaskKind.CLUSTERING)
    pool = (bench.pooled(0, np.zeros(ROWS)),)

    outcome = await bench.combining.run(Combine(pool=pool, is_final=True))

    assert outcome.body == CombineFailed(message="all 1 partitions are degenerate")


async def test_partitions_that_say_nothing_are_left_out_with_a_reason(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path, TaskKind.CLUSTERING)
    halves = (np.arange(ROWS) >= ROWS / 2).astype(float)
    pool = (bench.pooled(0, np.zeros(ROWS)), bench.pooled(1, halves))

    outcome = await bench.combining.run(Combine(pool=pool, is_final=True))

    assert isinstance(outcome.body, Combined)
    ensemble = outcome.body.ensemble
    assert [m.candidate for m in ensemble.members] == ["c01-v1"]
    (exclusion,) = ensemble.excluded
    assert exclusion.candidate == "c00-v1"
    assert exclusion.reason.startswith("degenerate")
