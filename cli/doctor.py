"""`doctor`: say which parts of this machine sage-loop can use."""

import os
from itertools import groupby
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.table import Table

from cli.console import output
from cli.exits import EXIT_BUG, exit_codes
from cli.options import LlmConfigOption, LlmModelOption, LlmTimeoutOption
from engine.finding import Finding
from engine.quantities import parse_seconds

LEVEL_STYLES = {"good": "green", "missing": "yellow", "bad": "bold red"}


def doctor(
    llm: Annotated[
        bool, typer.Option("--llm", help="Ask the language model, too: one small call")
    ] = False,
    llm_model: LlmModelOption = None,
    llm_config: LlmConfigOption = None,
    llm_timeout: LlmTimeoutOption = None,
) -> None:
    """Say which parts of this machine sage-loop can use."""
    from engine.doctor import examine

    with exit_codes():
        findings = anyio.run(examine)
        if llm:
            findings += ask_model(llm_model, llm_config, llm_timeout)
    for area, found in groupby(findings, key=lambda finding: finding.area):
        output.print(area, style="bold")
        output.print(finding_table(list(found)))
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(EXIT_BUG)


def ask_model(
    model: str | None, config: Path | None, timeout: str | None
) -> list[Finding]:
    """Make one small call to the language model."""
    from engine.examining_model import examine_model
    from proposers.llm.chat.opening import ChatOptions

    options = ChatOptions(
        model=model,
        config=config,
        seconds=None if timeout is None else parse_seconds(timeout),
    )
    return anyio.run(examine_model, options, os.environ, Path.cwd())


def finding_table(findings: list[Finding]) -> Table:
    """Lay findings out in two columns."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for finding in findings:
        table.add_row(finding.name, finding.state, style=LEVEL_STYLES[finding.level])
    return table
