"""`doctor`: say which parts of this machine sage-loop can use."""

from itertools import groupby

import anyio
import typer
from rich.table import Table

from cli.console import output
from cli.exits import EXIT_BUG, exit_codes
from engine.finding import Finding

LEVEL_STYLES = {"good": "green", "missing": "yellow", "bad": "bold red"}


def doctor() -> None:
    """Say which parts of this machine sage-loop can use."""
    from engine.doctor import examine

    with exit_codes():
        findings = anyio.run(examine)
    for area, found in groupby(findings, key=lambda finding: finding.area):
        output.print(area, style="bold")
        output.print(finding_table(list(found)))
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(EXIT_BUG)


def finding_table(findings: list[Finding]) -> Table:
    """Lay findings out in two columns."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for finding in findings:
        table.add_row(finding.name, finding.state, style=LEVEL_STYLES[finding.level])
    return table
