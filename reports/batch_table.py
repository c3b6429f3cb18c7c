"""Lays the outcome of a batch out for a terminal or a pipe."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.batch import BatchGroup, BatchReport, BatchRun, Spread
from reports.console_text import clean_text
from reports.numbers import bytes_text, score_text, seconds_text
from reports.stages import Stage

_DASH = "-"


def render_batch(report: BatchReport) -> RenderableType:
    """Lay a batch out in two tables: what came of it, and what its stages took."""
    parts: list[RenderableType] = [_scores(report.groups), Text(), _costs(report)]
    failed = [run for run in report.runs if run.has_failed]
    if failed:
        parts += [Text(), Text("Failed", style="bold yellow")]
        parts += [Text(f"  {_failure(run)}") for run in failed]
    return Group(*parts)


def _scores(groups: Sequence[BatchGroup]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for name in ("table", "setting", "metric"):
        table.add_column(name, overflow="fold")
    for name in ("runs", "development", "test", "took"):
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        cells = (
            clean_text(group.table, 40),
            clean_text(group.setting, 40),
            group.metric or _DASH,
            _runs_text(group),
            spread_text(group.development),
            _test_text(group),
            _seconds_text(group.seconds),
        )
        table.add_row(*map(Text, cells))
    return table


def _costs(report: BatchReport) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("table", "setting", "stage"):
        table.add_column(name, overflow="fold")
    for name in ("work", "peak memory", "tokens"):
        table.add_column(name, justify="right")
    for group in report.groups:
        for name, stage in group.stages.items():
            is_first = name == Stage.FEATURES
            cells = (
                clean_text(group.table, 40) if is_first else "",
                clean_text(group.setting, 40) if is_first else "",
                name,
                seconds_text(stage.seconds),
                bytes_text(stage.peak_bytes) if stage.peak_bytes else _DASH,
                f"{stage.tokens:.0f}" if stage.tokens else _DASH,
            )
            table.add_row(*map(Text, cells))
    return table


def _runs_text(group: BatchGroup) -> str:
    return f"{group.runs}, {group.failed} failed" if group.failed else str(group.runs)


def spread_text(value: Spread) -> str:
    """`0.8012 +- 0.0123`; a dash for what is not known."""
    deviation = _DASH if value.deviation is None else f"{value.deviation:.2g}"
    return f"{score_text(value.mean)} +- {deviation}"


def _test_text(group: BatchGroup) -> str:
    """Name the metric where it is another one than the run's own."""
    is_own = group.test_metric in (group.metric, None)
    named = "" if is_own else f"{group.test_metric} "
    return named + spread_text(group.test)


def _seconds_text(value: Spread) -> str:
    return _DASH if value.mean is None else seconds_text(value.mean)


def _failure(run: BatchRun) -> str:
    said = run.message or run.status.replace("_", " ")
    return f"{run.folder}: {clean_text(said, 300)}"
