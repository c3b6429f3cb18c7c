"""What a batch of runs came to: mean and spread over seeds, and what each stage took."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from statistics import fmean, stdev
from typing import NamedTuple

from pydantic import ConfigDict

from reports.console_text import safe_cell
from reports.result import RunResult
from reports.stages import Stage, StageCost
from schemas.base import Frozen

FEWEST_FOR_SPREAD = 2


class Plain(Frozen):
    """A part of `batch.json`, for readers that may know no NaN."""

    model_config = ConfigDict(ser_json_inf_nan="null")


class BatchRun(Plain):
    """One run of a batch.

    Attributes:
        table: What its table is called.
        setting: What its settings are called.
        seed: Its seed.
        folder: Name of its folder in the batch's folder.
        status: How it ended; `refused` where it never began.
        message: What went wrong, in one line, else empty.
        result: Its summary, or None if it left none.
    """

    table: str
    setting: str
    seed: int
    folder: str
    status: str
    message: str = ""
    result: RunResult | None = None

    @property
    def has_failed(self) -> bool:
        """Whether it did not come to its end with a model."""
        return self.result is None or self.status != "done"


class Spread(Plain):
    """A mean over runs and their standard deviation; None where too few are known."""

    mean: float | None = None
    deviation: float | None = None


class StageMean(Plain):
    """What a stage took: means over runs, and the largest memory of all."""

    seconds: float
    peak_bytes: int
    tokens: float


class BatchGroup(Plain):
    """All runs of one table with one setting.

    Attributes:
        table: What the table is called.
        setting: What the settings are called.
        runs: How many runs.
        failed: How many of them did not end with a model; the numbers are of the others.
        metric: What was optimised.
        development: On development rows.
        test_metric: What was measured on sealed rows: the metric, or the first of them.
        test: On sealed rows.
        seconds: Wall-clock time.
        peak_bytes: Largest memory of a worker process in any run.
        stages: What each stage took, by its name.
    """

    table: str
    setting: str
    runs: int
    failed: int
    metric: str | None
    development: Spread
    test_metric: str | None
    test: Spread
    seconds: Spread
    peak_bytes: int
    stages: dict[str, StageMean]


class BatchReport(Plain):
    """The content of `batch.json`."""

    groups: tuple[BatchGroup, ...]
    runs: tuple[BatchRun, ...]

    @property
    def is_cancelled(self) -> bool:
        """Whether the user stopped it before its end."""
        return any(run.status == "cancelled" for run in self.runs)


class _Key(NamedTuple):
    table: str
    setting: str


def summarise_batch(runs: Iterable[BatchRun]) -> BatchReport:
    """Group runs by table and setting, in the order in which these first appear."""
    listed = tuple(runs)
    keys = list(dict.fromkeys(_Key(run.table, run.setting) for run in listed))
    by_place = sorted(listed, key=lambda run: keys.index(_Key(run.table, run.setting)))
    groups = groupby(by_place, key=lambda run: _Key(run.table, run.setting))
    summed = tuple(_group(key, list(group)) for key, group in groups)
    return BatchReport(groups=summed, runs=listed)


def _group(key: _Key, runs: Sequence[BatchRun]) -> BatchGroup:
    good = [run.result for run in runs if run.result and not run.has_failed]
    metric = good[0].metric if good else None
    test_metric = _test_metric(good)
    tests = [result.test.get(test_metric or "") for result in good]
    return BatchGroup(
        table=key.table,
        setting=key.setting,
        runs=len(runs),
        failed=len(runs) - len(good),
        metric=metric,
        development=spread(result.development.score for result in good),
        test_metric=test_metric,
        test=spread(tests),
        seconds=spread(result.seconds for result in good),
        peak_bytes=max((result.memory.peak_bytes for result in good), default=0),
        stages={stage.value: _stage(good, stage) for stage in Stage},
    )


def _test_metric(results: Sequence[RunResult]) -> str | None:
    """The run's own metric; clusterings are compared with labels by another one."""
    for result in results:
        if result.test:
            is_own = result.metric in result.test
            return result.metric if is_own else next(iter(result.test))
    return None


def _stage(results: Sequence[RunResult], stage: Stage) -> StageMean:
    costs = [result.stages.get(stage.value, StageCost()) for result in results]
    count = max(1, len(costs))
    return StageMean(
        seconds=math.fsum(cost.seconds for cost in costs) / count,
        peak_bytes=max((cost.peak_bytes for cost in costs), default=0),
        tokens=sum(cost.tokens for cost in costs) / count,
    )


def spread(values: Iterable[float | None]) -> Spread:
    """Mean and standard deviation of the values that are known and finite.

    The deviation is that of a sample, and None for fewer than two values.
    """
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return Spread()
    has_spread = len(known) >= FEWEST_FOR_SPREAD
    return Spread(mean=fmean(known), deviation=stdev(known) if has_spread else None)


def batch_json(report: BatchReport) -> bytes:
    """Return the content of `batch.json`."""
    return report.model_dump_json(indent=2).encode() + b"\n"


def batch_csv(report: BatchReport) -> bytes:
    """Return the content of `batch.csv`: one row for each table and setting."""
    rows = [_flat(group) for group in report.groups]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _flat(group: BatchGroup) -> dict[str, str]:
    cells: dict[str, str | float | None] = {
        "table": group.table,
        "setting": group.setting,
        "runs": group.runs,
        "failed": group.failed,
        "metric": group.metric,
        "development_mean": group.development.mean,
        "development_deviation": group.development.deviation,
        "test_metric": group.test_metric,
        "test_mean": group.test.mean,
        "test_deviation": group.test.deviation,
        "seconds_mean": group.seconds.mean,
        "seconds_deviation": group.seconds.deviation,
        "peak_bytes": group.peak_bytes,
    }
    for name, stage in group.stages.items():
        cells[f"{name}_seconds"] = stage.seconds
        cells[f"{name}_peak_bytes"] = stage.peak_bytes
        cells[f"{name}_tokens"] = stage.tokens
    return {name: safe_cell(cell) for name, cell in cells.items()}
