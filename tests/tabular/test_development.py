"""Development: the data folder comes back as it was written; sealed files are private."""

import stat
from pathlib import Path

import numpy as np
import pandas as pd

from schemas.table import USABLE_KINDS, TableSchema
from tabular.columns import infer_schema
from tabular.development import (
    Development,
    SealedTest,
    load_development,
    open_label,
    open_test,
    seal_of,
    store_development,
    store_label,
    store_test,
)
from tabular.typed_columns import apply_schema


def development(frame: pd.DataFrame) -> Development:
    columns = infer_schema(frame)
    schema = TableSchema(columns=tuple(c for c in columns if c.kind in USABLE_KINDS))
    return Development(
        frame=apply_schema(frame, schema),
        target=np.arange(len(frame)) % 3,
        folds=np.arange(len(frame)) % 4 - 1,
        weight=np.linspace(0.5, 1, len(frame)),
        is_ordered=True,
        table_schema=schema,
    )


def test_the_development_part_comes_back(
    tmp_path: Path, customers: pd.DataFrame
) -> None:
    written = development(customers)

    store_development(tmp_path, written)
    read = load_development(tmp_path)

    pd.testing.assert_frame_equal(read.frame, written.frame)
    assert read.target is not None
    assert read.weight is not None
    assert written.target is not None
    assert read.target.tolist() == written.target.tolist()
    assert read.folds.tolist() == written.folds.tolist()
    assert read.weight.tolist() == np.linspace(0.5, 1, 300).tolist()
    assert read.table_schema == written.table_schema
    assert read.training_rows(1).tolist() == np.flatnonzero(read.folds < 1).tolist()
    assert read.scored_rows(1).tolist() == np.flatnonzero(read.folds == 1).tolist()


def test_levels_that_no_row_holds_survive(tmp_path: Path) -> None:
    written = development(pd.DataFrame({"a": ["x", "y", "z"] * 3}))
    kept = written.frame["a"].where(written.frame["a"] != "y")
    frame = pd.DataFrame({"a": kept})
    target, folds = np.zeros(9), np.zeros(9, dtype=np.int64)

    store_development(
        tmp_path,
        Development(frame, target, folds, None, False, written.table_schema),
    )
    read = load_development(tmp_path)

    assert list(read.frame["a"].cat.categories) == ["x", "y", "z"]
    assert read.weight is None


def test_the_test_part_is_sealed_and_comes_back(
    tmp_path: Path, customers: pd.DataFrame
) -> None:
    part = development(customers)
    target, numbers = np.arange(300.0), np.arange(300) * 2
    assert seal_of(tmp_path) is None

    store_development(tmp_path, part)
    store_test(tmp_path, SealedTest(part.frame, target, part.weight, numbers))
    seal = seal_of(tmp_path)
    read = open_test(tmp_path)

    pd.testing.assert_frame_equal(read.features, part.frame)
    assert read.target.tolist() == target.tolist()
    assert read.numbers.tolist() == numbers.tolist()
    assert seal is not None
    assert len(seal) == 64
    sealed = tmp_path / "sealed"
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o700
    assert stat.S_IMODE((sealed / "test_target.npy").stat().st_mode) == 0o600

    store_test(tmp_path, SealedTest(part.frame, target + 1, None, numbers))
    assert seal_of(tmp_path) != seal


def test_the_label_of_a_clustering_is_sealed(tmp_path: Path) -> None:
    store_label(tmp_path, np.array([0, -1, 1]))

    assert open_label(tmp_path).tolist() == [0, -1, 1]
    assert seal_of(tmp_path) is not None
