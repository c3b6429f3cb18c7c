"""Candidates are held against others, and scores that are too good to their cause."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from bus.blobs import BlobStore
from engine.examining import Examining, names_text
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import Examine, PooledFit
from schemas.inputs import Examined
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import Task, TaskKind
from tabular.development import Development

ROWS = 200
Floats = NDArray[np.float64]


class Bench:
    """A small table and a store in which predictions are kept fold by fold."""

    def __init__(self, path: Path, kind: TaskKind, *, tells: bool = False) -> None:
        random = np.random.default_rng(0)
        self.target = random.integers(0, 2, ROWS)
        frame = pd.DataFrame({"noise": random.normal(size=ROWS)})
        if tells:
            frame["closed on"] = self.target + random.random(ROWS) / 10
        is_clustering = kind is TaskKind.CLUSTERING
        development = Development(
            frame=frame,
            target=None if is_clustering else self.target,
            folds=np.arange(ROWS) % 2,
            weight=None,
            is_ordered=False,
            table_schema=TableSchema(
                columns=tuple(
                    ColumnSchema(name=name, kind=ColumnKind.NUMERIC) for name in frame
                )
            ),
        )
        task = Task(
            kind=kind,
            target=None if is_clustering else "is closed",
            classes=() if is_clustering else ("no", "yes"),
            metric="roc_auc",
            greater_is_better=True,
            rows=ROWS,
            features=1,
            test_rows=0,
            folds=2,
            validation_rows=ROWS,
        )
        self.blobs = BlobStore(path)
        self.examining = Examining(task, development, self.blobs)

    def fit(self, name: str, values: Floats, source: str = "x = 1") -> PooledFit:
        halves = values[: ROWS // 2], values[ROWS // 2 :]
        return PooledFit(
            candidate=Candidate(
                id=name,
                loop=name,
                version=1,
                family="linear",
                title=name,
                source=self.blobs.keep_text(source),
                fingerprint=name,
                view=RAW_VIEW,
                origin="expert",
                operator="draft",
            ),
            folds=(0, 1),
            predictions=tuple(self._keep(half) for half in halves),
            models=(),
            columns=values.shape[1],
            score=0.9,
        )

    def _keep(self, values: Floats) -> BlobRef:
        return self.blobs.keep(np.ascontiguousarray(values, dtype="<f8").tobytes())

    async def examine(
        self, fit: PooledFit, *pool: PooledFit, is_leak_suspected: bool = False
    ) -> Examined:
        command = Examine(fit=fit, pool=pool, is_leak_suspected=is_leak_suspected)
        body = (await self.examining.run(command)).body
        assert isinstance(body, Examined)
        return body


def probabilities(seed: int) -> Floats:
    positive = np.random.default_rng(seed).random(ROWS)
    return np.column_stack([1 - positive, positive])


async def test_the_closest_of_the_pool_is_the_twin(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TaskKind.BINARY)
    values = probabilities(1)
    nearly = 0.99 * values + 0.01 * probabilities(2)
    fit = bench.fit("c02", values)

    found = await bench.examine(
        fit, bench.fit("c00", probabilities(3)), bench.fit("c01", nearly)
    )

    assert found.twin == "c01"
    assert 0.995 < found.likeness < 1.0
    assert found.leak is None


async def test_with_nobody_to_compare_there_is_no_twin(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TaskKind.BINARY)

    found = await bench.examine(bench.fit("c00", probabilities(1)))

    assert found == Examined(twin=None, likeness=0.0, leak=None)


async def test_clusterings_are_compared_by_their_groups(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TaskKind.CLUSTERING)
    labels = np.random.default_rng(0).integers(0, 3, (ROWS, 1)).astype(np.float64)
    fit = bench.fit("c01", (labels + 1) % 3)

    found = await bench.examine(fit, bench.fit("c00", labels), is_leak_suspected=True)

    assert (found.twin, found.likeness, found.leak) == ("c00", 1.0, None)


async def test_the_column_that_tells_is_named(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TaskKind.BINARY, tells=True)
    fit = bench.fit("c00", probabilities(1))

    found = await bench.examine(fit, is_leak_suspected=True)
    again = await bench.examine(fit, is_leak_suspected=True)

    assert found == again
    assert found.leak is not None
    assert found.leak.startswith("'closed on' alone predicts the target")
    assert "Without such columns some trees score 0." in found.leak
    assert (await bench.examine(fit)).leak is None


async def test_a_good_score_without_such_a_column_is_just_good(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TaskKind.BINARY)

    found = await bench.examine(
        bench.fit("c00", probabilities(1)), is_leak_suspected=True
    )

    assert found.leak is None


async def test_a_source_that_names_the_target_is_suspicious(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TaskKind.BINARY)
    fit = bench.fit("c00", probabilities(1), 'y = X["is closed"]')

    found = await bench.examine(fit, is_leak_suspected=True)

    assert found.leak is not None
    assert "names the target" in found.leak


@pytest.mark.parametrize(
    ("source", "is_named"),
    [
        ("x = 'price'", True),
        ("x = price", False),
        ("x = 'price of it'", False),
        ("# 'price'", False),
        ("x = (", False),
    ],
)
def test_only_a_literal_names_a_column(source: str, *, is_named: bool) -> None:
    assert names_text(source, "price") == is_named
