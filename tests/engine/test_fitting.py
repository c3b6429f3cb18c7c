"""Fit jobs in real workers: what comes back, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bus.blobs import BlobStore
from engine.fitting import Fitting
from engine.fold_data import FoldData
from engine.scoring import Scorer
from engine.trained import Trained
from executors.pool import WorkerPool
from schemas.candidate import RAW_VIEW
from schemas.inputs import FitFinished, JobFailed
from schemas.jobs import FitJob, JobLimits, Rung
from tabular.development import load_development

LIMITS = JobLimits(wall_seconds=30, cpu_seconds=30, memory_bytes=1024**3, threads=1)
COIN = """
import numpy as np
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        self.share = y.mean()
    def predict_proba(self, X):
        chance = 1 / (1 + np.exp(X["b"].to_numpy()))
        return np.column_stack([1 - chance, chance])
"""
BROKEN = """
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        raise ValueError(f"{float(X['b'].iloc[0])} is a value")
"""


@pytest.fixture
def fitting(trained: Trained, pool: WorkerPool, tmp_path: Path) -> Iterator[Fitting]:
    development = load_development(trained.folder.data)
    data = FoldData(development, trained.task, seed=0)
    yield Fitting(
        task=trained.task,
        schema=trained.schema,
        data=data,
        scorer=Scorer(trained.task, development),
        pool=pool,
        blobs=BlobStore(tmp_path / "blobs"),
        models=BlobStore(tmp_path / "models"),
    )
    data.close()


def job(fitting: Fitting, source: str, rung: Rung = Rung.SCREEN) -> FitJob:
    return FitJob(
        candidate="c00-v1",
        rung=rung,
        fold=0,
        source=fitting.blobs.keep_text(source),
        view=RAW_VIEW,
        seed=0,
        limits=LIMITS,
    )


async def test_predictions_are_scored_by_the_host_in_the_order_of_the_rows(
    fitting: Fitting,
) -> None:
    outcome = await fitting.run(job(fitting, COIN))

    assert isinstance(outcome.body, FitFinished)
    report = outcome.body.report
    raw = np.frombuffer(fitting.blobs.read(report.predictions), dtype="<f8")
    rows = fitting.data.fold(0).scored
    b = fitting.data.development.frame["b"].to_numpy()[rows]
    predicted = raw.reshape(-1, report.columns)
    assert np.allclose(predicted[:, 1], 1 / (1 + np.exp(b)))
    assert report.score == fitting.scorer.score(rows, predicted)
    assert report.distinct == len(set(b))
    assert outcome.cost is not None
    assert outcome.cost.peak_bytes == report.usage.peak_bytes


async def test_of_a_version_without_a_part_only_the_score_counts(
    fitting: Fitting,
) -> None:
    whole = job(fitting, COIN)
    lacking = whole.model_copy(update={"without": "the settings of Coin"})

    both = [(await fitting.run(each)).body for each in (whole, lacking)]

    assert isinstance(both[0], FitFinished)
    assert isinstance(both[1], FitFinished)
    assert both[0].report.score == both[1].report.score
    assert both[0].report.model is not None
    assert both[1].report.model is None


async def test_models_of_folds_are_kept_and_those_of_a_smoke_are_not(
    fitting: Fitting,
) -> None:
    screen = await fitting.run(job(fitting, COIN))
    smoke = await fitting.run(job(fitting, COIN, Rung.SMOKE))

    assert isinstance(screen.body, FitFinished)
    assert isinstance(smoke.body, FitFinished)
    assert screen.body.report.model is not None
    assert fitting.models.read(screen.body.report.model)
    assert smoke.body.report.model is None


async def test_a_failure_tells_the_line_and_hides_the_value(fitting: Fitting) -> None:
    outcome = await fitting.run(job(fitting, BROKEN))

    assert isinstance(outcome.body, JobFailed)
    failure = outcome.body.failure
    assert (failure.kind, failure.exception) == ("exception", "ValueError")
    assert "is a value" in failure.message
    assert not any(character.isdigit() for character in failure.message)
    assert "raise ValueError" in failure.lines[-1]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ("(n for n in y)", "TypeError: cannot pickle 'generator' object"),
        ("threading.Lock()", "TypeError: cannot pickle '_thread.lock' object"),
    ],
)
async def test_a_candidate_that_cannot_be_kept_is_refused_and_told_why(
    fitting: Fitting, held: str, why: str
) -> None:
    source = "import threading" + COIN.replace("y.mean()", held)

    outcome = await fitting.run(job(fitting, source, Rung.SMOKE))

    assert isinstance(outcome.body, JobFailed)
    assert outcome.body.failure.kind == "contract"
    assert outcome.body.failure.message == (
        f"the fitted candidate could not be kept: {why}"
    )
