"""The final ensemble is looked at on rows that its models had not seen."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.blobs import BlobStore
from engine.diagnosing import (
    NO_TIME,
    TOO_WIDE,
    Diagnosing,
    measured_on,
    shuffled_copies,
)
from engine.predictor import MemberFailed, Predictor
from engine.stored_predictions import keep_predictions
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW
from schemas.commands import Diagnose
from schemas.diagnostics import Diagnostics
from schemas.ensemble import Ensemble, Member, WeightedAverage
from schemas.inputs import Diagnosed
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import Task, TaskKind
from tabular.development import Development

ROWS = 300
FOLDS = 3


class SumOfColumns:
    """Stands in for fitted models: predicts `2 a`, and notes which models were asked."""

    def __init__(self, asked: list[str], ensemble: Ensemble) -> None:
        asked += [ref.digest for ref in ensemble.members[0].models]

    async def predict(self, frame: pd.DataFrame) -> np.ndarray:
        return np.asarray(2 * frame[["a"]], dtype=np.float64)


class Broken:
    """A member that cannot predict."""

    async def predict(self, frame: pd.DataFrame) -> np.ndarray:
        raise MemberFailed("c01-v1 failed to predict")


def model(fold: int) -> BlobRef:
    return BlobRef(digest=f"model of fold {fold}", size=1)


class Bench:
    """A regression on `a`, beside a column that says nothing."""

    def __init__(self, folder: Path, width: int = 2) -> None:
        random = np.random.default_rng(1)
        names = ["a", *(f"noise {number}" for number in range(1, width))]
        columns = tuple(
            ColumnSchema(name=name, kind=ColumnKind.NUMERIC) for name in names
        )
        frame = pd.DataFrame(random.normal(size=(ROWS, width)), columns=names)
        self.blobs = BlobStore(folder)
        self.asked: list[str] = []
        self.development = Development(
            frame=frame,
            target=np.asarray(2 * frame["a"] + random.normal(size=ROWS) / 10),
            folds=np.arange(ROWS) % FOLDS,
            weight=None,
            is_ordered=False,
            table_schema=TableSchema(columns=columns),
        )
        self.task = Task(
            kind=TaskKind.REGRESSION,
            target="y",
            classes=(),
            metric="rmse",
            greater_is_better=False,
            rows=ROWS,
            features=width,
            test_rows=0,
            folds=FOLDS,
            validation_rows=ROWS,
        )

    def diagnosing(self, *, is_broken: bool = False) -> Diagnosing:
        def predictor(ensemble: Ensemble) -> Predictor:
            if is_broken:
                return Broken()  # type: ignore[return-value]  # a stand-in for workers
            return SumOfColumns(self.asked, ensemble)  # type: ignore[return-value]  # same

        return Diagnosing(self.task, self.development, predictor, self.blobs, seed=0)

    def command(self, seconds: float | None) -> Diagnose:
        folds = tuple(range(FOLDS))
        order = np.concatenate([self.development.scored_rows(fold) for fold in folds])
        said = np.asarray(2 * self.development.frame[["a"]])[order]
        member = Member(
            candidate="c00-v1",
            family="linear",
            title="it",
            source=BlobRef(digest="source", size=1),
            view=RAW_VIEW,
            models=tuple(model(fold) for fold in folds),
            weight=1.0,
        )
        ensemble = Ensemble(
            members=(member,),
            combination=WeightedAverage(strategy="best", weights=(1.0,)),
            score=0.1,
            standard_error=0.0,
            folds=folds,
            out_of_fold=keep_predictions(self.blobs, said),
        )
        return Diagnose(ensemble=ensemble, seconds=seconds)

    async def run(
        self, seconds: float | None, *, is_broken: bool = False
    ) -> Diagnostics:
        diagnosing = self.diagnosing(is_broken=is_broken)
        outcome = await diagnosing.run(self.command(seconds))
        assert isinstance(outcome.body, Diagnosed)
        text = self.blobs.read_text(outcome.body.diagnostics)
        return Diagnostics.model_validate_json(text)


async def test_only_the_column_that_counts_is_important(tmp_path: Path) -> None:
    found = await Bench(tmp_path).run(None)

    assert [each.column for each in found.importance] == ["a", "noise 1"]
    assert found.importance[0].loss > 1
    assert found.importance[1].loss == 0


async def test_a_fold_is_predicted_by_models_that_had_not_seen_it(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path)

    await bench.run(None)

    assert bench.asked == [model(fold).digest for fold in range(FOLDS)]


async def test_residuals_are_those_of_out_of_fold_rows(tmp_path: Path) -> None:
    found = await Bench(tmp_path).run(0.0)

    assert found.rows == ROWS
    assert found.residuals is not None
    assert sum(found.residuals.counts) == ROWS
    assert max(map(abs, found.residuals.edges)) < 0.6


async def test_without_time_nothing_is_shuffled(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    found = await bench.run(0.0)

    assert (found.importance, found.importance_note) == ((), NO_TIME)
    assert bench.asked == []


async def test_a_table_that_is_too_wide_is_not_shuffled(tmp_path: Path) -> None:
    found = await Bench(tmp_path, width=500).run(None)

    assert (found.importance, found.importance_note) == ((), TOO_WIDE)


async def test_a_member_that_fails_costs_only_the_importance(tmp_path: Path) -> None:
    found = await Bench(tmp_path).run(None, is_broken=True)

    assert found.importance == ()
    assert "c01-v1 failed" in found.importance_note
    assert found.residuals is not None


@given(st.integers(1, 20), st.integers(1, 5))
def test_each_copy_differs_in_one_column_only(rows: int, width: int) -> None:
    frame = pd.DataFrame(
        {f"self {at}": np.arange(rows) + 100 * at for at in range(width)}
    )

    copies = shuffled_copies(frame, np.random.default_rng(rows))

    assert len(copies) == rows * (width + 1)
    for at in range(width):
        copy = copies[rows * (at + 1) : rows * (at + 2)].reset_index(drop=True)
        shuffled = copy.pop(f"self {at}")
        assert sorted(shuffled) == list(frame[f"self {at}"])
        pd.testing.assert_frame_equal(copy, frame.drop(columns=f"self {at}"))


async def test_a_target_is_needed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    command = bench.command(0.0)
    bare = command.ensemble.model_copy(update={"out_of_fold": None})

    with pytest.raises(ValueError, match="no out-of-fold predictions"):
        await bench.diagnosing().run(Diagnose(ensemble=bare, seconds=0.0))


def test_one_fold_gives_a_hint_and_says_so() -> None:
    assert "one fold alone" in measured_on(1)
    assert measured_on(3).startswith("mean over 3 folds")
