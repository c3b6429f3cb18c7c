"""`export`: write a folder that predicts without sage-loop."""

from pathlib import Path
from typing import Annotated

import anyio
import typer

from cli.console import errors
from cli.exits import exit_codes
from cli.options import RunPath, WorkersOption
from engine.machine import usable_cores
from engine.run_folder import open_run_folder


def export(
    run: RunPath,
    out: Annotated[Path, typer.Argument(metavar="DIR", help="New folder to write")],
    trust_code: Annotated[
        bool,
        typer.Option("--trust-code", help="Let members without plain state be pickles"),
    ] = False,
    rows: Annotated[
        bool,
        typer.Option(
            "--rows/--no-rows", help="Take 100 rows of the table along as a self-test"
        ),
    ] = True,
    workers: WorkersOption = None,
) -> None:
    """Write a folder that predicts with numpy, pandas and the model libraries alone."""
    from engine.exporting import export_run

    with exit_codes():

        async def work() -> None:
            done = await export_run(
                open_run_folder(run),
                out,
                workers or usable_cores(),
                trust_code=trust_code,
                has_self_test=rows,
            )
            for one in done.left_out:
                errors.print(f"left out: {one.candidate}, {one.reason}")
            if done.left_out:
                errors.print(
                    f"that costs {done.cost:.4g} of development score; "
                    "--trust-code exports pickles instead"
                )
            for name in done.pickled:
                errors.print(f"warning: {name} is a pickle; loading it runs its code")
            count = len(done.members)
            members = "1 member" if count == 1 else f"{count} members"
            errors.print(f"{members} written to {out}")
            if done.table_rows:
                errors.print(
                    f"self_test.json holds {done.table_rows} rows of your table; "
                    "--no-rows leaves them out"
                )

        anyio.run(work)
