"""`replay`: derive a run again from its journal and compare every byte."""

from cli.console import output
from cli.exits import exit_codes
from cli.options import RunPath
from engine.run_folder import open_run_folder


def replay(run: RunPath) -> None:
    """Derive a run again from its journal and compare every byte."""
    from engine.replaying import replay_run

    with exit_codes():
        report = replay_run(open_run_folder(run))
        rate = report.events / max(report.seconds, 1e-9)
        output.print(
            f"{report.events} events replayed, no difference, result.json derived to "
            f"the byte ({rate:,.0f} events a second)\ndigest {report.digest}"
        )
