"""`report`: write the page that shows a run to people."""

from cli.console import output
from cli.exits import exit_codes
from cli.options import RunPath
from engine.run_folder import open_run_folder


def report(run: RunPath) -> None:
    """Write report.html of a run, finished or not."""
    from engine.reporting import write_report

    with exit_codes():
        path = write_report(open_run_folder(run))
        output.print(f"written to {path}", soft_wrap=True)
