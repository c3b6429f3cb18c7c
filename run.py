"""The command line of the engine: it wires everything together and decides nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer
from rich.console import Console
from rich.table import Table

from bus.errors import Divergence, JournalError
from bus.journal import read_journal
from engine.doctor import Finding, examine
from engine.errors import EngineError
from engine.fit import Fit, Fitted, Interrupted
from engine.machine import seconds_since_start, usable_cores
from engine.predict import predict_file
from engine.proposing import open_proposer
from engine.replaying import ResultDiffers, replay_run
from engine.run_folder import create_run_folder, open_run_folder, remove_run_folder
from engine.run_options import default_run_path, make_settings, parse_kinds
from engine.unwrapping import single_errors
from proposers.errors import ProposerError
from reports.difference import render_difference
from reports.leaderboard import derive_leaderboard
from reports.progress import choose_progress
from reports.result import result_bytes
from reports.summary import render_summary
from schemas.sayings import RunCrashed
from schemas.settings import RunSettings, TableSettings, TaskChoice
from tabular.errors import TabularError

EXIT_BUG = 1
EXIT_BAD_INPUT = 2
EXIT_NO_MODEL = 3
EXIT_BAD_JOURNAL = 5
EXIT_DISK_FAILED = 74
EXIT_CANCELLED = 130
EXIT_BY_STATUS = {
    "done": 0,
    "failed": EXIT_BUG,
    "bad_input": EXIT_BAD_INPUT,
    "no_model": EXIT_NO_MODEL,
    "cancelled": EXIT_CANCELLED,
}
LEVEL_STYLES = {"good": "green", "missing": "yellow", "bad": "bold red"}

app = typer.Typer(
    help="Automated machine learning on tables by a team of agents.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
output = Console(soft_wrap=False, highlight=False)

TableName = Annotated[str, typer.Argument(metavar="TABLE", help="CSV or Parquet file")]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run")]


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn what a user can run into into one line and an exit code."""
    try:
        with single_errors():
            yield
    except Divergence as error:
        errors.print(f"error: {error}")
        errors.print(render_difference(error.expected, error.actual, error.parents))
        raise typer.Exit(EXIT_BAD_JOURNAL) from error
    except (JournalError, ResultDiffers) as error:
        errors.print(f"error: {error}")
        raise typer.Exit(EXIT_BAD_JOURNAL) from error
    except (EngineError, TabularError, ProposerError) as error:
        errors.print(f"error: {error}")
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except Interrupted as error:
        errors.print("stopped at once; what was written so far is kept")
        raise typer.Exit(EXIT_CANCELLED) from error
    except OSError as error:
        errors.print(f"error: the disk failed: {error}")
        raise typer.Exit(EXIT_DISK_FAILED) from error


@app.command()
def fit(
    table: TableName,
    target: Annotated[str | None, typer.Option(help="Column to predict")] = None,
    task: Annotated[TaskChoice, typer.Option(help="Kind of task")] = "auto",
    metric: Annotated[str | None, typer.Option(help="What is optimised")] = None,
    budget: Annotated[str | None, typer.Option(help="Time, like 60s or 5m")] = None,
    trials: Annotated[int | None, typer.Option(help="Reproducible bound")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes at once")] = None,
    memory: Annotated[str | None, typer.Option(help="For all workers: 8GB")] = None,
    proposer: Annotated[
        str, typer.Option(help="expert, llm or scripted:FILE")
    ] = "expert",
    llm_model: Annotated[str | None, typer.Option(help="Model of the llm")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all that is drawn")] = 0,
    run_dir: Annotated[Path | None, typer.Option(help="Folder of the run")] = None,
    test: Annotated[Path | None, typer.Option(help="Your own test table")] = None,
    test_size: Annotated[float, typer.Option(help="Share of rows to seal")] = 0.2,
    validation: Annotated[
        Literal["cv", "holdout"], typer.Option(help="Folds or one split")
    ] = "cv",
    group: Annotated[str | None, typer.Option(help="Groups stay whole")] = None,
    time: Annotated[str | None, typer.Option(help="Column that orders rows")] = None,
    weight: Annotated[str | None, typer.Option(help="Column of row weights")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Column to leave out")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="COL=KIND")] = None,
    positive: Annotated[str | None, typer.Option(help="Positive class")] = None,
    clusters: Annotated[int | None, typer.Option(help="Number of clusters")] = None,
    label: Annotated[
        str | None, typer.Option(help="Labels that clustering never sees")
    ] = None,
    isolation: Annotated[
        Literal["auto", "strict"], typer.Option(help="Refuse if a layer is missing")
    ] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print result.json to standard output")
    ] = False,
) -> None:
    """Find the best models for a table and combine them."""
    with exit_codes():
        tables = TableSettings(
            table=table,
            target=target,
            label=label,
            task=task,
            metric=metric,
            test=None if test is None else str(test),
            test_size=test_size,
            validation=validation,
            group=group,
            time=time,
            weight=weight,
            drop=tuple(drop or ()),
            kinds=parse_kinds(kind or []),
            positive=positive,
            clusters=clusters,
        )
        settings = make_settings(
            tables,
            budget=budget,
            trials=trials,
            workers=workers,
            memory=memory,
            proposer=proposer,
            llm_model=llm_model,
            seed=seed,
            isolation=isolation,
        )
        path = run_dir or default_run_path(table, datetime.now(UTC).astimezone())
        start_fit(settings, path, as_json=as_json)


def start_fit(settings: RunSettings, path: Path, *, as_json: bool) -> None:
    """Run, show what came out and leave with the exit code that says how it went."""
    folder = create_run_folder(path)
    progress = choose_progress(errors)
    job = Fit(settings, folder, progress, seconds_since_start)

    async def work() -> Fitted:
        async with open_proposer(settings, folder.blobs) as proposer:
            return await job.run(proposer)

    try:
        end, result = anyio.run(work)
    except (EngineError, ProposerError):
        remove_run_folder(folder)
        raise
    if isinstance(end, RunCrashed):
        errors.print(f"error: a bug in sage-loop: {end.exception}: {end.message}")
        raise typer.Exit(EXIT_BUG)
    if end.status == "bad_input":
        remove_run_folder(folder)
        errors.print(f"error: {end.message}")
    elif as_json:
        sys.stdout.write(result_bytes(result).decode())
    else:
        board = derive_leaderboard(read_journal(folder.events))
        output.print(render_summary(result, board, path))
    raise typer.Exit(EXIT_BY_STATUS[end.status])


@app.command()
def predict(
    run: RunPath,
    table: TableName,
    out: Annotated[Path, typer.Option(help="CSV to write")],
    identifier: Annotated[
        str | None, typer.Option("--id", help="Column to write first")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes at once")] = None,
) -> None:
    """Predict the rows of a table with the ensemble of a run."""
    with exit_codes():
        folder = open_run_folder(run)
        count = anyio.run(
            predict_file,
            folder,
            Path(table),
            out,
            identifier,
            workers or usable_cores(),
        )
        errors.print(f"{count} rows predicted, written to {out}")


@app.command()
def replay(run: RunPath) -> None:
    """Derive a run again from its journal and compare every byte."""
    with exit_codes():
        report = replay_run(open_run_folder(run))
        rate = report.events / max(report.seconds, 1e-9)
        output.print(
            f"{report.events} events replayed, no difference, result.json derived to "
            f"the byte ({rate:,.0f} events a second)\ndigest {report.digest}"
        )


@app.command()
def doctor() -> None:
    """Say which parts of this machine sage-loop can use."""
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


def main() -> None:
    """Start the command line."""
    app()


if __name__ == "__main__":
    main()
