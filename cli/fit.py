"""`fit`: find the best models for a table and combine them."""

from datetime import UTC, datetime
from pathlib import Path

from cli.commands import command_of
from cli.console import errors
from cli.exits import exit_codes
from cli.fit_options import FitOptions
from engine.machine import seconds_since_start
from engine.run_options import default_run_path, make_settings
from executors.zygote_process import launch_zygote
from schemas.settings import RunSettings


def find_models(options: FitOptions) -> None:
    """Find the best models for a table and combine them."""
    with exit_codes():
        settings = make_settings(options.tables(), options.choices())
        now = datetime.now(UTC).astimezone()
        path = options.run_dir or default_run_path(options.table, now)
        start_fit(settings, path, as_json=options.as_json)


fit = command_of(FitOptions, find_models, "fit")


def start_fit(settings: RunSettings, path: Path, *, as_json: bool) -> None:
    """Run, and show what came out; workers load their libraries while we load ours."""
    with launch_zygote(settings.threads) as zygote:
        from cli.finishing import finish
        from engine.execution import execute
        from reports.progress import choose_progress

        progress = choose_progress(errors)
        fitted = execute(settings, path, progress, seconds_since_start, zygote)
        finish(fitted, path, as_json=as_json)
