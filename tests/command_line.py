"""The command line in the process of the tests, which has its libraries loaded already."""

from contextvars import Context
from pathlib import Path
from subprocess import CompletedProcess

from typer.testing import CliRunner

from run import app
from tests.loaded_zygotes import loaded_zygotes


def run_here(
    *words: str | Path, environment: dict[str, str] | None = None
) -> CompletedProcess[str]:
    """Run a command in this process: loading everything anew takes longer than most.

    Its workers are forked from what is loaded as well.

    A budget counts from the start of a process, so a run that it bounds needs its own.

    Raises:
        Exception: Whatever the command raised, which is a bug.
    """
    spoken = list(map(str, words))
    # An async fixture may be alive, whose event loop anyio takes for running here.
    context = Context()
    with loaded_zygotes():
        done = context.run(CliRunner(env=environment).invoke, app, spoken)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return CompletedProcess(spoken, done.exit_code, done.stdout, done.stderr)
