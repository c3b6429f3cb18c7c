"""`inspect`: say what a table is understood as; nothing is run."""

import sys
from typing import Annotated

import typer

from cli.console import output
from cli.exits import exit_codes
from cli.options import (
    DescribeOption,
    DropOption,
    JsonOption,
    KindOption,
    SheetOption,
    TableName,
)
from engine.run_options import parse_kinds
from schemas.settings import TableSettings, TaskChoice


def inspect(
    table: TableName,
    target: Annotated[str | None, typer.Option(help="Column to predict")] = None,
    task: Annotated[TaskChoice, typer.Option(help="Kind of task")] = "auto",
    drop: DropOption = None,
    kind: KindOption = None,
    sheet: SheetOption = None,
    describe: DescribeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a table is understood as and what is suspicious; nothing is run."""
    from engine.inspecting import inspect_table
    from reports.inspection import render_inspection

    with exit_codes():
        found = inspect_table(
            TableSettings(
                table=table,
                sheet=sheet,
                describe=None if describe is None else str(describe),
                target=target,
                task=task,
                drop=tuple(drop or ()),
                kinds=parse_kinds(kind or []),
            )
        )
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        output.print(render_inspection(found))
