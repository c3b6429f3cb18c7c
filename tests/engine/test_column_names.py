"""Names of new columns, which proposers hear, tell nothing of targets, which they do not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.blobs import BlobStore
from engine.column_names import (
    NAMED_AFTER_TARGETS,
    asks_for_target,
    with_chosen_names,
)
from engine.feature_trials import FeatureTrials
from engine.fold_data import FoldData
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from schemas.candidate import ViewProgram
from schemas.envelope import Input
from schemas.inputs import FeatureFinished, JobFailed
from schemas.jobs import FeatureJob, FeatureReport, JobLimits, JobUsage
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import Task, TaskKind
from tabular.development import Development

ROWS = 120
LIMITS = JobLimits(wall_seconds=60.0, cpu_seconds=60.0, memory_bytes=1 << 30, threads=1)
ENCODING = """
from toolkit.target_encodings import TargetEncodings
class Features:
    needs_y = True
    def __init__(self):
        self.block = TargetEncodings(["shop"], classes=2)
    def fit(self, X, y=None):
        self.block.fit(X, y)
    def transform(self, X):
        return self.block.transform(X)
"""
TELLTALE = """
import pandas as pd
NAMES = ["mass shop", "shop mass", "mass per shop", "shop per mass", "mass", "shop"]
CHOSEN = []
class Features:
    needs_y = True
    def fit(self, X, y=None):
        if not CHOSEN:
            {choice}
    def transform(self, X):
        made = {{f"one {{name}}": X["mass"] * n for n, name in enumerate(CHOSEN)}}
        return pd.DataFrame(made, index=X.index)
"""
BY_SUBSET = "CHOSEN.extend([name for name, told in zip(NAMES, y) if told] or NAMES)"
BY_ORDER = "CHOSEN.extend(name for _, name in sorted(zip(y, NAMES)))"
SLY = """
class Features:
    def fit(self, X, y=None):
        pass
    def transform(self, X):
        return X[["mass"]].rename(columns={"mass": "twice mass"}) * 2
setattr(Features, "needs" + "_y", True)
"""
PEEPING = """
import sys
class Features:
    needs_y = False
    def fit(self, X, y=None):
        pass
    def transform(self, X):
        frame, found = sys._getframe(), False
        while frame is not None:
            found = found or frame.f_locals.get("target") is not None
            frame = frame.f_back
        name = "known target" if found else "no target"
        return X[["mass"]].rename(columns={"mass": name}) * 2
"""


@pytest.fixture
def trials(pool: WorkerPool, tmp_path: Path) -> Iterator[FeatureTrials]:
    random = np.random.default_rng(0)
    target = random.integers(0, 2, ROWS)
    table = pd.DataFrame(
        {
            "mass": target + random.lognormal(size=ROWS),
            "shop": pd.Categorical(random.choice(list("abc"), ROWS)),
        }
    )
    schema = TableSchema(
        columns=(
            ColumnSchema(name="mass", kind=ColumnKind.NUMERIC),
            ColumnSchema(name="shop", kind=ColumnKind.CATEGORY, levels=("a", "b", "c")),
        )
    )
    task = Task(
        kind=TaskKind.BINARY,
        target="y",
        classes=("no", "yes"),
        metric="log_loss",
        greater_is_better=False,
        rows=ROWS,
        features=2,
        test_rows=0,
        folds=5,
        validation_rows=ROWS,
    )
    development = Development(
        frame=table,
        target=target,
        folds=np.arange(ROWS) % 5,
        weight=None,
        is_ordered=False,
        table_schema=schema,
    )
    data = FoldData(development, task, seed=0)
    yield FeatureTrials(task, schema, data, pool, BlobStore(tmp_path))
    data.close()


async def run(trials: FeatureTrials, source: str, *columns: str) -> Input:
    program = ViewProgram(
        name="p", source=trials.blobs.keep_text(source), columns=columns
    )
    job = FeatureJob(program="p", fold=0, programs=(program,), seed=1, limits=LIMITS)
    return (await trials.run(job)).body


def report_in(body: Input) -> FeatureReport:
    assert isinstance(body, FeatureFinished), body
    return body.report


async def test_names_that_do_not_change_with_the_targets_are_told(
    trials: FeatureTrials,
) -> None:
    report = report_in(await run(trials, ENCODING))

    (column,) = report.judgements
    assert column.name == "class 1 by shop"
    assert column.fault != NAMED_AFTER_TARGETS


@pytest.mark.parametrize("choice", [BY_SUBSET, BY_ORDER])
async def test_names_that_change_with_the_targets_are_not(
    choice: str, trials: FeatureTrials
) -> None:
    report = report_in(await run(trials, TELLTALE.format(choice=choice)))

    names = [column.name for column in report.judgements]
    assert names == [f"column {place}" for place in range(1, len(names) + 1)]
    assert {column.fault for column in report.judgements} == {NAMED_AFTER_TARGETS}


async def test_a_program_that_does_not_say_so_gets_no_targets(
    trials: FeatureTrials,
) -> None:
    body = await run(trials, SLY)

    assert isinstance(body, JobFailed)
    assert body.failure.kind == "contract"
    assert "the target is missing" in body.failure.message


async def test_there_is_no_target_to_be_found_where_none_was_asked_for(
    trials: FeatureTrials,
) -> None:
    report = report_in(await run(trials, PEEPING))

    assert [column.name for column in report.judgements] == ["no target"]


async def test_the_columns_of_a_view_go_by_the_names_that_were_chosen(
    trials: FeatureTrials,
) -> None:
    report = report_in(await run(trials, ENCODING, "class 1 by shop"))

    assert [column.name for column in report.judgements] == ["class 1 by shop"]


def test_a_view_with_other_columns_than_were_chosen_is_a_failure() -> None:
    made = JobSuccess(
        values=np.ones((5, 2)),
        names=("yes", "no"),
        model=None,
        usage=JobUsage(seconds=1.0, cpu_seconds=0.5, peak_bytes=1),
        output="",
    )
    blob = ViewProgram.model_validate(
        {"name": "p", "source": {"digest": "0" * 64, "size": 1}, "columns": ["a", "b"]}
    )

    renamed = with_chosen_names(made, [blob])
    failed = with_chosen_names(made, [blob, blob])

    assert isinstance(renamed, JobSuccess)
    assert renamed.names == ("a", "b")
    assert isinstance(failed, JobFailure)
    assert failed.message == "2 columns, expected 4"


@pytest.mark.parametrize(
    ("source", "is_asking"),
    [
        ("    needs_y = True\n", True),
        ("    needs_y: bool = True\n", True),
        ("    needs_y = False\n", False),
        ("    needs_y = Trueish\n", False),
        ("    self.x = True\n", False),
    ],
)
def test_a_target_is_asked_for_in_so_many_words(source: str, is_asking: bool) -> None:
    assert asks_for_target(source) is is_asking
