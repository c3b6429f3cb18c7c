"""`predict`: predict the rows of a table with the ensemble of a run."""

from pathlib import Path
from typing import Annotated

import anyio
import typer

from cli.console import errors
from cli.exits import exit_codes
from cli.options import RunPath, SheetOption, TableName, WorkersOption
from engine.early_workers import early_workers
from engine.machine import usable_cores
from engine.run_folder import open_run_folder
from engine.run_options import check_level


def predict(
    run: RunPath,
    table: TableName,
    out: Annotated[Path, typer.Option(help="CSV to write")],
    identifier: Annotated[
        str | None, typer.Option("--id", help="Column to write first")
    ] = None,
    sheet: SheetOption = None,
    workers: WorkersOption = None,
    intervals: Annotated[
        float | None,
        typer.Option(help="Add bounds or sets that hold so large a share of the truth"),
    ] = None,
) -> None:
    """Predict the rows of a table with the ensemble of a run."""
    with exit_codes():
        check_level(intervals)
        folder = open_run_folder(run)
        with early_workers(folder) as zygote:
            from engine.predict import predict_file

            predicted = anyio.run(
                predict_file,
                folder,
                Path(table),
                out,
                identifier,
                workers or usable_cores(),
                sheet,
                intervals,
                zygote,
            )
        for warning in predicted.warnings:
            errors.print(f"warning: {warning}")
        errors.print(f"{predicted.rows} rows predicted, written to {out}")
