"""`fit`: find the best models for a table and combine them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.console import errors
from cli.exits import exit_codes
from cli.options import (
    DescribeOption,
    DropLeaksOption,
    DropOption,
    KindOption,
    LlmConfigOption,
    LlmModelOption,
    LlmTimeoutOption,
    SheetOption,
    TableName,
    WorkersOption,
)
from engine.machine import seconds_since_start
from engine.run_options import (
    SHOWCASE_ROWS,
    default_run_path,
    make_settings,
    parse_kinds,
)
from executors.zygote_process import launch_zygote
from reports.progress import choose_progress
from schemas.ensemble import StrategyChoice
from schemas.settings import RunSettings, TableSettings, TaskChoice


def fit(
    table: TableName,
    target: Annotated[str | None, typer.Option(help="Column to predict")] = None,
    task: Annotated[TaskChoice, typer.Option(help="Kind of task")] = "auto",
    metric: Annotated[str | None, typer.Option(help="What is optimised")] = None,
    budget: Annotated[str | None, typer.Option(help="Time, like 60s or 5m")] = None,
    trials: Annotated[int | None, typer.Option(help="Reproducible bound")] = None,
    workers: WorkersOption = None,
    memory: Annotated[str | None, typer.Option(help="For all workers: 8GB")] = None,
    proposer: Annotated[
        str, typer.Option(help="expert, llm, hybrid, scripted:FILE or hybrid:FILE")
    ] = "expert",
    llm_model: LlmModelOption = None,
    llm_config: LlmConfigOption = None,
    llm_budget: Annotated[
        str | None, typer.Option(help="Money for models: 2USD")
    ] = None,
    llm_tokens: Annotated[
        str | None, typer.Option(help="Tokens for models: 200k")
    ] = None,
    llm_calls: Annotated[int | None, typer.Option(help="Requests to models")] = None,
    llm_timeout: LlmTimeoutOption = None,
    llm_rows: Annotated[
        int, typer.Option(help="Most example rows that the llm is shown; 0 for none")
    ] = SHOWCASE_ROWS,
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
    drop_leaks: DropLeaksOption = False,
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
        Literal["auto", "strict", "any"],
        typer.Option(help="Refuse without seccomp, without any layer, or never"),
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
            are_leaks_dropped=drop_leaks,
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
            llm_config=None if llm_config is None else str(llm_config),
            llm_budget=llm_budget,
            llm_tokens=llm_tokens,
            llm_calls=llm_calls,
            llm_timeout=llm_timeout,
            llm_rows=llm_rows,
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
    """Run, and show what came out; workers load their libraries while we load ours."""
    with launch_zygote(settings.threads) as zygote:
        from cli.finishing import finish
        from engine.execution import execute

        progress = choose_progress(errors)
        fitted = execute(settings, path, progress, seconds_since_start, zygote)
        finish(fitted, path, as_json=as_json)
