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
from engine.batch import Batch, default_batch_path
from engine.doctor import Finding, examine
from engine.errors import EngineError, IsolationRefused
from engine.execution import execute, execute_again
from engine.fit import Fitted, Interrupted
from engine.inspecting import inspect_table
from engine.machine import seconds_since_start, usable_cores
from engine.plan import read_plan
from engine.predict import predict_file
from engine.replaying import ResultDiffers, replay_run
from engine.run_folder import RunFolder, open_run_folder
from engine.run_options import default_run_path, make_settings, parse_kinds
from engine.showing import CandidateShown, RunShown, show_candidate, show_run
from engine.unwrapping import single_errors
from proposers.errors import ProposerError
from reports.batch import batch_json
from reports.batch_table import render_batch
from reports.difference import render_difference
from reports.inspection import render_inspection
from reports.leaderboard import derive_leaderboard
from reports.leaderboard_view import render_leaderboard
from reports.progress import Progress, choose_progress
from reports.result import result_bytes
from reports.story_view import render_story
from reports.summary import render_summary
from schemas.ensemble import StrategyChoice
from schemas.sayings import RunCrashed
from schemas.settings import RunSettings, TableSettings, TaskChoice
from tabular.errors import TabularError

EXIT_BUG = 1
EXIT_BAD_INPUT = 2
EXIT_NO_MODEL = 3
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
LEVEL_STYLES = {"good": "green", "missing": "yellow", "bad": "bold red"}

app = typer.Typer(
    help="Automated machine learning on tables by a team of agents.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
output = Console(soft_wrap=False, highlight=False)

TableName = Annotated[
    str, typer.Argument(metavar="TABLE", help="CSV, Parquet, Feather, Excel or example")
]
DropOption = Annotated[list[str] | None, typer.Option(help="Column to leave out")]
KindOption = Annotated[list[str] | None, typer.Option(help="COL=KIND")]
SheetOption = Annotated[str | None, typer.Option(help="Sheet of an Excel file")]
DescribeOption = Annotated[
    Path | None, typer.Option(help="What the columns mean: text, JSON or TOML")
]
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
    except IsolationRefused as error:
        errors.print(f"error: {error}")
        raise typer.Exit(EXIT_NOT_ISOLATED) from error
    except (EngineError, TabularError, ProposerError) as error:
        # Names of columns and files may hold line breaks.
        errors.print(f"error: {' '.join(str(error).split())}")
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except Interrupted as error:
        errors.print("stopped at once; what was written so far is kept")
        raise typer.Exit(EXIT_CANCELLED) from error
    except OSError as error:
        errors.print(
            f"error: the disk failed: {error}; what was written is kept, "
            "so make room and resume the run"
        )
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
    drop: DropOption = None,
    kind: KindOption = None,
    sheet: SheetOption = None,
    describe: DescribeOption = None,
    positive: Annotated[str | None, typer.Option(help="Positive class")] = None,
    clusters: Annotated[int | None, typer.Option(help="Number of clusters")] = None,
    label: Annotated[
        str | None, typer.Option(help="Labels that clustering never sees")
    ] = None,
    feedback: Annotated[
        bool, typer.Option("--feedback/--no-feedback", help="Refine by scores")
    ] = True,
    tuning: Annotated[
        bool, typer.Option("--tuning/--no-tuning", help="Tune hyperparameters")
    ] = True,
    feature_rounds: Annotated[
        int, typer.Option(help="How often feature programs are asked for")
    ] = 1,
    model_rounds: Annotated[
        int | None, typer.Option(help="Refinements of one candidate at most")
    ] = None,
    tuning_rounds: Annotated[
        int | None, typer.Option(help="Times that a family is tuned at most")
    ] = None,
    ensemble: Annotated[
        StrategyChoice, typer.Option(help="How candidates are combined")
    ] = "auto",
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
            sheet=sheet,
            describe=None if describe is None else str(describe),
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
            feedback=feedback,
            tuning=tuning,
            feature_rounds=feature_rounds,
            model_rounds=model_rounds,
            tuning_rounds=tuning_rounds,
            ensemble=ensemble,
            isolation=isolation,
        )
        path = run_dir or default_run_path(table, datetime.now(UTC).astimezone())
        start_fit(settings, path, as_json=as_json)


def start_fit(settings: RunSettings, path: Path, *, as_json: bool) -> None:
    """Run, and show what came out."""
    progress = choose_progress(errors)
    finish(
        execute(settings, path, progress, seconds_since_start), path, as_json=as_json
    )


def finish(fitted: Fitted, path: Path, *, as_json: bool) -> None:
    """Show what came out and leave with the exit code that says how it went."""
    end, result = fitted
    if isinstance(end, RunCrashed):
        errors.print(f"error: a bug in sage-loop: {end.exception}: {end.message}")
        raise typer.Exit(EXIT_BUG)
    if end.status == "bad_input":
        errors.print(f"error: {end.message}")
    elif as_json:
        sys.stdout.write(result_bytes(result).decode())
    else:
        board = derive_leaderboard(read_journal(RunFolder(path).events))
        output.print(render_summary(result, board, path))
    raise typer.Exit(EXIT_BY_STATUS[end.status])


@app.command()
def batch(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="TOML file")],
    batch_dir: Annotated[
        Path | None, typer.Option(help="Folder of all runs; runs/<plan>")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print batch.json to standard output")
    ] = False,
) -> None:
    """Run tables x settings x seeds and sum up what came of them."""
    with exit_codes():
        folder = batch_dir or default_batch_path(plan)
        work = Batch(folder, batch_progress, errors.print)
        report = work.run(read_plan(plan))
    if as_json:
        sys.stdout.write(batch_json(report).decode())
    else:
        output.print(render_batch(report))
        output.print(f"\nwritten to {folder}/batch.csv and batch.json")
    if report.is_cancelled:
        raise typer.Exit(EXIT_CANCELLED)
    if all(run.has_failed for run in report.runs):
        raise typer.Exit(EXIT_NO_MODEL)


def batch_progress() -> Progress:
    """Show single runs of a batch where there is a terminal to draw on."""
    return choose_progress(errors, is_silent=not errors.is_terminal)


@app.command()
def inspect(
    table: TableName,
    target: Annotated[str | None, typer.Option(help="Column to predict")] = None,
    task: Annotated[TaskChoice, typer.Option(help="Kind of task")] = "auto",
    drop: DropOption = None,
    kind: KindOption = None,
    sheet: SheetOption = None,
    describe: DescribeOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON to standard output")
    ] = False,
) -> None:
    """Say what a table is understood as and what is suspicious; nothing is run."""
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


@app.command()
def predict(
    run: RunPath,
    table: TableName,
    out: Annotated[Path, typer.Option(help="CSV to write")],
    identifier: Annotated[
        str | None, typer.Option("--id", help="Column to write first")
    ] = None,
    sheet: SheetOption = None,
    workers: Annotated[int | None, typer.Option(help="Processes at once")] = None,
) -> None:
    """Predict the rows of a table with the ensemble of a run."""
    with exit_codes():
        folder = open_run_folder(run)
        predicted = anyio.run(
            predict_file,
            folder,
            Path(table),
            out,
            identifier,
            workers or usable_cores(),
            sheet,
        )
        for warning in predicted.warnings:
            errors.print(f"warning: {warning}")
        errors.print(f"{predicted.rows} rows predicted, written to {out}")


@app.command()
def show(
    run: RunPath,
    candidate: Annotated[
        str | None, typer.Argument(metavar="[CANDIDATE]", help="Id, like c03-v1")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON to standard output")
    ] = False,
) -> None:
    """Show a run again with its leaderboard, or the story of one of its candidates."""
    with exit_codes():
        folder = open_run_folder(run)
        shown: RunShown | CandidateShown
        shown = show_candidate(folder, candidate) if candidate else show_run(folder)
    if as_json:
        sys.stdout.write(shown.model_dump_json(indent=2) + "\n")
    elif isinstance(shown, RunShown):
        output.print(render_summary(shown.result, shown.leaderboard, run))
        output.print()
        output.print(render_leaderboard(shown.leaderboard, shown.result.metric or ""))
    else:
        output.print(render_story(shown.story, shown.source, shown.difference))


@app.command()
def resume(
    run: RunPath,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print result.json to standard output")
    ] = False,
) -> None:
    """Go on with a run that was interrupted; nothing finished is done again."""
    with exit_codes():
        progress = choose_progress(errors)
        finish(execute_again(run, progress, seconds_since_start), run, as_json=as_json)


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
