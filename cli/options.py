"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

TableName = Annotated[
    str, typer.Argument(metavar="TABLE", help="CSV, Parquet, Feather, Excel or example")
]
DropOption = Annotated[list[str] | None, typer.Option(help="Column to leave out")]
DropLeaksOption = Annotated[
    bool,
    typer.Option(
        "--drop-leaks",
        help="Leave out columns that tell the target alone; keep copies of a row together",
    ),
]
KindOption = Annotated[list[str] | None, typer.Option(help="COL=KIND")]
SheetOption = Annotated[str | None, typer.Option(help="Sheet of an Excel file")]
DescribeOption = Annotated[
    Path | None, typer.Option(help="What the columns mean: text, JSON, TOML or YAML")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON to standard output")
]
WorkersOption = Annotated[int | None, typer.Option(help="Processes at once")]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run")]
LlmModelOption = Annotated[str | None, typer.Option(help="Model of the llm")]
LlmConfigOption = Annotated[
    Path | None, typer.Option(help="TOML file with an \\[llm] table; sage-loop.toml")
]
LlmTimeoutOption = Annotated[
    str | None, typer.Option(help="Longest wait for one answer: 5m")
]
