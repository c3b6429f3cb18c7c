"""The frozen ensemble at work on new rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.errors import BlobMissing
from engine.predictor import MemberFailed, Predictor
from engine.trained import Trained
from executors.pool import WorkerPool
from schemas.base import BlobRef
from tabular.typed_columns import apply_schema


def some_rows(trained: Trained, table: Path, rows: int = 20) -> pd.DataFrame:
    return apply_schema(pd.read_csv(table).head(rows), trained.schema)


def with_first_member(
    trained: Trained, pool: WorkerPool, **update: object
) -> Predictor:
    whole = trained.predictor(pool, 1)
    first, *others = trained.ensemble.members
    members = (first.model_copy(update=update), *others)
    ensemble = trained.ensemble.model_copy(update={"members": members})
    return Predictor(
        ensemble,
        whole.task,
        whole.schema,
        pool,
        1,
        whole.limits,
        whole.blobs,
        whole.models,
    )


async def test_each_row_gets_a_chance_for_each_class(
    trained: Trained, pool: WorkerPool, table: Path
) -> None:
    chances = await trained.predictor(pool, 2).predict(some_rows(trained, table))

    assert chances.shape == (20, 2)
    assert np.allclose(chances.sum(axis=1), 1)


async def test_one_row_alone_is_predicted_like_among_others(
    trained: Trained, pool: WorkerPool, table: Path
) -> None:
    rows = some_rows(trained, table)
    predictor = trained.predictor(pool, 1)

    together = await predictor.predict(rows)
    alone = await predictor.predict(rows.iloc[[3]].reset_index(drop=True))

    assert np.allclose(alone[0], together[3])


async def test_a_member_that_raises_is_named(
    trained: Trained, pool: WorkerPool, table: Path
) -> None:
    source = trained.folder.blobs.keep_text("raise RuntimeError('no such luck')")
    predictor = with_first_member(trained, pool, source=source)

    with pytest.raises(ExceptionGroup) as caught:
        await predictor.predict(some_rows(trained, table))

    error = caught.value.exceptions[0]
    assert isinstance(error, MemberFailed)
    assert trained.ensemble.members[0].candidate in str(error)


async def test_a_model_that_is_gone_is_no_silent_loss(
    trained: Trained, pool: WorkerPool, table: Path
) -> None:
    gone = BlobRef(digest="0" * 64, size=1)
    predictor = with_first_member(trained, pool, models=(gone,))

    with pytest.raises(ExceptionGroup) as caught:
        await predictor.predict(some_rows(trained, table))

    assert isinstance(caught.value.exceptions[0], BlobMissing)
