"""Predicts new rows with the final ensemble of a run."""

import os
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bus.journal import read_journal
from engine.errors import NoPredictor, OutputError
from engine.intervals import uncertainty_table
from engine.isolation import indispensable_layers, refusing
from engine.prediction_table import prediction_table
from engine.predictor import Predictor
from engine.run_folder import RunFolder
from engine.unwrapping import single_errors
from executors.pool import WorkerPool
from schemas.ensemble import Ensemble
from schemas.inputs import RunStarted, TablePrepared
from schemas.jobs import JobLimits
from schemas.sayings import EnsembleChosen
from schemas.settings import RunSettings
from schemas.table import TableSchema
from schemas.task import Task
from tabular.columns import apply_schema
from tabular.differences import differences
from tabular.errors import TableError
from tabular.reading import read_table
from tabular.roles import find_table

PREDICT_WALL_SECONDS = 3600.0


class Predicted(NamedTuple):
    """What became of a table.

    Attributes:
        rows: Rows written.
        warnings: Sentences for the user on values that could not be taken as they are.
    """

    rows: int
    warnings: tuple[str, ...]


class Trained:
    """What a journal says about its final ensemble.

    Args:
        folder: The run's folder.

    Raises:
        NoPredictor: The run never froze an ensemble.
    """

    def __init__(self, folder: RunFolder) -> None:
        settings: RunSettings | None = None
        prepared: TablePrepared | None = None
        ensemble: Ensemble | None = None
        for event in read_journal(folder.events):
            match event.body:
                case RunStarted(settings=found):
                    settings = found
                case TablePrepared() as found:
                    prepared = found
                case EnsembleChosen(ensemble=found, is_final=True):
                    ensemble = found
        if settings is None or prepared is None or ensemble is None:
            raise NoPredictor(f"the run in {folder.path} has no final ensemble")
        self.folder = folder
        self.settings = settings
        self.task: Task = prepared.task
        self.ensemble = ensemble
        schema = folder.blobs.read_text(prepared.table_schema)
        self.schema = TableSchema.model_validate_json(schema)

    def predictor(self, pool: WorkerPool, workers: int) -> Predictor:
        """Put the ensemble to work in a pool."""
        limits = JobLimits(
            wall_seconds=PREDICT_WALL_SECONDS,
            cpu_seconds=PREDICT_WALL_SECONDS,
            memory_bytes=self.settings.memory_bytes,
            threads=self.settings.threads,
        )
        return Predictor(
            self.ensemble,
            self.task,
            self.schema,
            pool,
            workers,
            limits,
            self.folder.blobs,
            self.folder.models,
        )


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

    Returns:
        How many rows were written, and what was unusual about them.

    Raises:
        NoPredictor: The run has no final ensemble.
        OutputError: The predictions could not be written.
        TableError: The table cannot be read or lacks columns.
        IsolationRefused: A layer of the jail is missing that the run was not to do without.
        MemberFailed: A member of the ensemble could not predict.
    """
    trained = Trained(folder)
    check_output(out)
    raw = read_table(find_table(str(table)), sheet, trained.schema.decimal)
    if identifier is not None and identifier not in raw.columns:
        raise TableError(
            f"{str(table)!r} has no column {identifier!r} to write with --id; "
            "name one that is there."
        )
    frame = apply_schema(raw, trained.schema)
    warnings = differences(raw, frame, trained.schema)
    isolation = trained.settings.isolation
    with refusing(isolation), single_errors():
        async with WorkerPool(
            threads=trained.settings.threads,
            spool=folder.path / "scratch",
            indispensable=indispensable_layers(isolation),
        ) as pool:
            predicted = await trained.predictor(pool, workers).predict(frame)
    answer = prediction_table(trained.task, predicted)
    if level is not None:
        bounds = uncertainty_table(
            folder, trained.task, trained.ensemble, predicted, level
        )
        answer = pd.concat([answer, bounds], axis=1)
    if identifier is not None:
        named = raw[[identifier]].reset_index(drop=True)
        answer = pd.concat([named, answer], axis=1)
    answer.to_csv(out, index=False)
    return Predicted(len(answer), warnings)
