"""The data folder of a run: written once by the prepare process, read by the engine.

The sealed part (labels of the test rows, or of a clustering) stands in a folder of its
own and is opened once, at the end.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.base import Frozen
from schemas.table import TableSchema
from tabular.splitting import scored_rows, training_rows
from tabular.typed_columns import apply_schema

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_SCHEMA = "schema.json"
_ROWS = "development.parquet"
_TARGET = "target.npy"
_FOLDS = "folds.npy"
_WEIGHTS = "weights.npy"
_TEST_ROWS = "test_features.parquet"
_TEST_WEIGHTS = "test_weights.npy"
_TEST_ROW_NUMBERS = "test_rows.npy"
_SEALED = "sealed"
_TEST_TARGET = "test_target.npy"
_LABEL = "label.npy"


class StoredSchema(Frozen):
    """What the arrays of a data folder mean.

    Attributes:
        table_schema: The columns that candidates see.
        is_ordered: Whether folds follow each other in time.
    """

    table_schema: TableSchema
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class Development:
    """The development rows with everything that the engine may know of them.

    Attributes:
        frame: Typed columns, as candidates see them.
        target: Class codes (int64) or values (float64); None for clustering.
        folds: Fold that scores each row, -1 for always training.
        weight: Weight of each row, or None.
        is_ordered: Whether folds follow each other in time.
        table_schema: How the columns are understood.
    """

    frame: pd.DataFrame
    target: Array | None
    folds: Integers
    weight: Floats | None
    is_ordered: bool
    table_schema: TableSchema

    def training_rows(self, fold: int) -> Integers:
        """Indices of the rows that models of this fold are fitted on."""
        return training_rows(self.folds, fold, self.is_ordered)

    def scored_rows(self, fold: int) -> Integers:
        """Indices of the rows that this fold scores."""
        return scored_rows(self.folds, fold)


@dataclass(frozen=True, slots=True)
class SealedTest:
    """The test part.

    Attributes:
        features: Typed columns.
        target: Class codes or values: sealed until the run's end.
        weight: Weight of each row, or None.
        numbers: Row of each in the user's table (or own test table), from 0.
    """

    features: pd.DataFrame
    target: Array
    weight: Floats | None
    numbers: Integers


def store_development(folder: Path, development: Development) -> None:
    """Write the development part of a data folder."""
    schema = StoredSchema(
        table_schema=development.table_schema, is_ordered=development.is_ordered
    )
    (folder / _SCHEMA).write_text(schema.model_dump_json(), encoding="utf-8")
    development.frame.to_parquet(folder / _ROWS, index=False)
    np.save(folder / _FOLDS, development.folds)
    if development.target is not None:
        np.save(folder / _TARGET, development.target)
    if development.weight is not None:
        np.save(folder / _WEIGHTS, development.weight)


def store_test(folder: Path, test: SealedTest) -> None:
    """Write the test part of a data folder, its labels into the sealed folder."""
    test.features.to_parquet(folder / _TEST_ROWS, index=False)
    np.save(folder / _TEST_ROW_NUMBERS, test.numbers)
    if test.weight is not None:
        np.save(folder / _TEST_WEIGHTS, test.weight)
    _store_sealed(folder, _TEST_TARGET, test.target)


def store_label(folder: Path, label: Integers) -> None:
    """Seal the label column that a clustering run sets aside (-1 where it is missing)."""
    _store_sealed(folder, _LABEL, label)


def _store_sealed(folder: Path, name: str, values: Array) -> None:
    """Readable by the user alone from the moment the file exists."""
    sealed = folder / _SEALED
    sealed.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(sealed / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        np.save(file, values)


def seal_of(folder: Path) -> str | None:
    """sha256 over the sealed files in the order of their names; None without any."""
    files = sorted((folder / _SEALED).glob("*.npy"))
    if not files:
        return None
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def hash_of_rows(folder: Path) -> str:
    """sha256 over the development rows and, if there is one, their target."""
    digest = hashlib.sha256()
    for name in (_ROWS, _TARGET):
        if (folder / name).exists():
            digest.update(name.encode() + b"\0" + (folder / name).read_bytes())
    return digest.hexdigest()


def load_development(folder: Path) -> Development:
    """Read the development part of a data folder; nothing sealed is touched."""
    schema = _load_schema(folder)
    return Development(
        frame=_load_rows(folder / _ROWS, schema.table_schema),
        target=_load_if_there(folder / _TARGET),
        folds=np.load(folder / _FOLDS),
        weight=_load_weight(folder / _WEIGHTS),
        is_ordered=schema.is_ordered,
        table_schema=schema.table_schema,
    )


def open_test(folder: Path) -> SealedTest:
    """Open the test part with its labels, once, after the ensemble is frozen."""
    return SealedTest(
        features=_load_rows(folder / _TEST_ROWS, _load_schema(folder).table_schema),
        target=np.load(folder / _SEALED / _TEST_TARGET),
        weight=_load_weight(folder / _TEST_WEIGHTS),
        numbers=np.load(folder / _TEST_ROW_NUMBERS),
    )


def open_label(folder: Path) -> Integers:
    """Open the label codes of a clustering run (-1: missing), once, at its end."""
    label: Integers = np.load(folder / _SEALED / _LABEL)
    return label


def _load_schema(folder: Path) -> StoredSchema:
    return StoredSchema.model_validate_json((folder / _SCHEMA).read_bytes())


def _load_rows(path: Path, schema: TableSchema) -> pd.DataFrame:
    # Parquet keeps the dtypes, and the schema makes sure of every one of them.
    return apply_schema(pd.read_parquet(path), schema)


def _load_if_there(path: Path) -> Array | None:
    if not path.exists():
        return None
    values: Array = np.load(path)
    return values


def _load_weight(path: Path) -> Floats | None:
    weight = _load_if_there(path)
    return None if weight is None else weight.astype(np.float64)
