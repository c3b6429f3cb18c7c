"""Predicts new rows with the final ensemble of a run."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import OutputError
from engine.intervals import uncertainty_names, uncertainty_table
from engine.isolation import indispensable_layers, refusing
from engine.run_folder import RunFolder
from engine.trained import Trained
from engine.unwrapping import single_errors
from executors.pool import WorkerPool
from executors.zygote_process import ZygoteProcess
from schemas.table import TableSchema
from schemas.task import Task
from tabular.differences import differences
from tabular.errors import TableError
from tabular.prediction_table import prediction_table
from tabular.reading import read_table
from tabular.roles import find_table
from tabular.typed_columns import apply_schema, text_columns


class Predicted(NamedTuple):
    """What became of a table.

    Attributes:
        rows: Rows written.
        warnings: Sentences for the user on values that could not be taken as they are.
    """

    rows: int
    warnings: tuple[str, ...]


def check_output(out: Path) -> None:
    """Refuse a file that could not be written once everything is computed.

    Raises:
        OutputError: Its folder is not there or not writable, or it is a folder itself.
    """
    folder = out.absolute().parent
    if not folder.is_dir():
        raise OutputError(
            f"there is no folder {str(folder)!r} for --out; make it first"
        )
    if out.is_dir():
        raise OutputError(f"--out {str(out)!r} is a folder; name a file in it")
    if not os.access(out if out.exists() else folder, os.W_OK):
        raise OutputError(f"--out {str(out)!r} may not be written; name another file")


async def predict_file(
    folder: RunFolder,
    table: Path,
    out: Path,
    identifier: str | None,
    workers: int,
    sheet: str | None = None,
    level: float | None = None,
    zygote: ZygoteProcess | None = None,
) -> Predicted:
    """Predict every row of a table and write one row for each.

    Args:
        folder: The run's folder.
        table: Rows to predict; further columns are ignored.
        out: CSV to write.
        identifier: Column of the table to write first, or None.
        workers: Members of the ensemble at once.
        sheet: Sheet of an Excel file, None for the first.
        level: Share of rows whose truth is to lie within an interval or a set of classes,
            None for neither.
        zygote: What workers are forked from, if it is on its way already with the run's
            number of threads.

    Returns:
        How many rows were written, and what was unusual about them.

    Raises:
        NoPredictor: The run has no final ensemble.
        OutputError: The predictions could not be written.
        TableError: The table cannot be read or lacks columns, or the identifier is called
            like a column of predictions.
        IsolationRefused: A layer of the jail is missing that the run was not to do without.
        MemberFailed: A member of the ensemble could not predict.
    """
    trained = Trained(folder)
    check_output(out)
    _check_name(identifier, trained.task, level)
    raw = _read(table, sheet, trained.schema, identifier)
    frame = apply_schema(raw, trained.schema)
    warnings = differences(raw, frame, trained.schema)
    with refusing(trained.isolation), single_errors():
        async with WorkerPool(
            threads=trained.threads,
            spool=folder.scratch,
            zygote=zygote,
            indispensable=indispensable_layers(trained.isolation),
        ) as pool:
            predicted = await trained.predictor(pool, workers).predict(frame)
    answer = _answer(folder, trained, predicted, level)
    if identifier is not None:
        named = raw[[identifier]].reset_index(drop=True)
        answer = pd.concat([named, answer], axis=1)
    answer.to_csv(out, index=False)
    return Predicted(len(answer), warnings)


def _check_name(identifier: str | None, task: Task, level: float | None) -> None:
    """Refuse a column that is called like one of predictions."""
    if identifier in _names_of_answer(task, level):
        raise TableError(
            f"--id {identifier!r} is called like a column of predictions; "
            "rename it in the table, or leave --id out."
        )


def _read(
    table: Path, sheet: str | None, schema: TableSchema, identifier: str | None
) -> pd.DataFrame:
    """The table as the run's schema has its file read, with the column to write first."""
    texts = text_columns(schema)
    raw = read_table(find_table(str(table)), sheet, schema.decimal, texts)
    if identifier is not None and identifier not in raw.columns:
        raise TableError(
            f"{str(table)!r} has no column {identifier!r} to write with --id; "
            "name one that is there."
        )
    return raw


def _names_of_answer(task: Task, level: float | None) -> tuple[str, ...]:
    no_rows = np.empty((0, max(1, len(task.labels))))
    names = tuple(prediction_table(task, no_rows).columns)
    return names if level is None else (*names, *uncertainty_names(task))


def _answer(
    folder: RunFolder,
    trained: Trained,
    predicted: NDArray[np.float64],
    level: float | None,
) -> pd.DataFrame:
    """Predictions as users read them, with intervals or sets if they asked for them."""
    answer = prediction_table(trained.task, predicted)
    if level is None:
        return answer
    bounds = uncertainty_table(folder, trained.task, trained.ensemble, predicted, level)
    return pd.concat([answer, bounds], axis=1)
