"""How every command ends: one line for the user, and an exit code that says why."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bus.errors import DISK_FAILURES, Divergence, JournalError
from cli.console import errors
from engine.errors import EngineError, Interrupted, IsolationRefused, ResultDiffers
from engine.unwrapping import single_errors
from executors.errors import ExecutorError
from proposers.errors import BudgetRefused, ProposerError
from tabular.errors import TabularError

EXIT_BUG = 1
EXIT_BAD_INPUT = 2
EXIT_NO_MODEL = 3
EXIT_BUDGET_REFUSED = 4
EXIT_BAD_JOURNAL = 5
EXIT_NOT_ISOLATED = 6
EXIT_DISK_FAILED = 74
EXIT_CANCELLED = 130
EXIT_BY_STATUS = {
    "done": 0,
    "failed": EXIT_BUG,
    "bad_input": EXIT_BAD_INPUT,
    "no_model": EXIT_NO_MODEL,
    "cancelled": EXIT_CANCELLED,
}


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn what a user can run into into one line and an exit code."""
    try:
        with single_errors():
            yield
    except Divergence as error:
        from reports.difference import render_difference

        errors.print(f"error: {error}")
        errors.print(render_difference(error))
        raise typer.Exit(EXIT_BAD_JOURNAL) from error
    except (JournalError, ResultDiffers) as error:
        errors.print(f"error: {error}")
        raise typer.Exit(EXIT_BAD_JOURNAL) from error
    except IsolationRefused as error:
        errors.print(f"error: {error}")
        raise typer.Exit(EXIT_NOT_ISOLATED) from error
    except BudgetRefused as error:
        errors.print(f"error: {error}")
        raise typer.Exit(EXIT_BUDGET_REFUSED) from error
    except (EngineError, TabularError, ProposerError) as error:
        # Names of columns and files may hold line breaks.
        errors.print(f"error: {' '.join(str(error).split())}")
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except Interrupted as error:
        errors.print("stopped at once; what was written so far is kept")
        raise typer.Exit(EXIT_CANCELLED) from error
    except ExecutorError as error:
        # What a process left in its log ends with what is wrong.
        last = str(error).strip().splitlines()[-1]
        errors.print(
            f"error: workers cannot do their work: {last}; look whether memory is free "
            "and all libraries are installed"
        )
        raise typer.Exit(EXIT_BUG) from error
    except OSError as error:
        raise typer.Exit(told_of_system(error)) from error


def told_of_system(error: OSError) -> int:
    """Say in a line what the system refused, and return the exit code."""
    if error.errno in DISK_FAILURES:
        errors.print(
            f"error: the disk failed: {error}; what was written is kept, "
            "so make room and resume the run"
        )
        return EXIT_DISK_FAILED
    if error.filename is not None:
        path = f"{error.filename!r}"
        errors.print(f"error: {path} cannot be used: {error.strerror}")
        return EXIT_BAD_INPUT
    errors.print(f"error: the system refused: {error}")
    return EXIT_BUG
