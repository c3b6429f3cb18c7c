"""The command line of the engine: it puts the commands together and decides nothing."""

import typer

from cli.batch import batch
from cli.continue_ import continue_
from cli.diff import diff
from cli.doctor import doctor
from cli.export import export
from cli.fit import fit
from cli.fork import fork
from cli.inspect import inspect
from cli.predict import predict
from cli.replay import replay
from cli.report import report
from cli.resume import resume
from cli.serve import serve
from cli.show import show

COMMANDS = (
    fit,
    batch,
    inspect,
    predict,
    export,
    show,
    report,
    resume,
    continue_,
    fork,
    replay,
    diff,
    doctor,
    serve,
)

app = typer.Typer(
    help="Automated machine learning on tables by a team of agents.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in COMMANDS:
    app.command(command.__name__.strip("_"))(command)


def main() -> None:
    """Start the command line."""
    app()


if __name__ == "__main__":
    main()
