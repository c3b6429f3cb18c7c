"""Turns what was typed into settings; whatever is wrong with it ends in one clear line."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from engine.errors import EngineError
from engine.machine import usable_cores
from engine.quantities import (
    parse_bytes,
    parse_count,
    parse_dollars,
    parse_seconds,
)
from engine.run_choices import RunChoices
from executors.free_memory import available_bytes
from schemas.settings import ColumnKindChoice, RunSettings, TableSettings
from schemas.table import ColumnKind
from tabular.contradictions import check_settings
from tabular.errors import TableError

DEFAULT_BUDGET_SECONDS = 300.0
FEWEST_TRIALS = 3
FEWEST_BUDGET_SECONDS = 5.0
MEMORY_SHARE = 0.8
FEWEST_WORKER_BYTES = 50_000_000
Amount = TypeVar("Amount")


class OptionError(EngineError):
    """Raised when an option or a combination of options makes no sense."""


def check_tables(tables: TableSettings) -> TableSettings:
    """Refuse options that contradict each other.

    Raises:
        OptionError: They do.
    """
    try:
        check_settings(tables)
    except TableError as error:
        raise OptionError(str(error)) from error
    return tables


def parse_kinds(choices: list[str]) -> tuple[ColumnKindChoice, ...]:
    """Read `COL=KIND` choices; `COL=datetime:FORMAT` says how dates are written.

    Raises:
        OptionError: One is not of that form or names no kind.
    """
    parsed = []
    for choice in choices:
        column, equals, said = choice.rpartition("=")
        kind, _, written = said.partition(":")
        is_date = kind == ColumnKind.DATETIME
        if not equals or kind not in set(ColumnKind) or (written and not is_date):
            kinds = ", ".join(ColumnKind)
            raise OptionError(
                f"--kind {choice!r}: write COL=KIND with one of {kinds}, "
                "or COL=datetime:%d/%m/%Y"
            )
        parsed.append(
            ColumnKindChoice(
                column=column, kind=ColumnKind(kind), format=written or None
            )
        )
    return tuple(parsed)


def check_choices(choices: RunChoices) -> RunChoices:
    """Refuse numbers that make no sense.

    Raises:
        OptionError: One does not.
    """
    if choices.budget is not None and choices.trials is not None:
        raise OptionError("bound a run by --budget or by --trials, not by both")
    if choices.trials is not None and choices.trials < FEWEST_TRIALS:
        raise OptionError(
            f"--trials must be at least {FEWEST_TRIALS}: "
            "a candidate passes a smoke, a screen and a full trial"
        )
    if choices.workers is not None and choices.workers < 1:
        raise OptionError("--workers must be at least 1")
    rounds = (choices.feature_rounds, choices.model_rounds, choices.tuning_rounds)
    if min(number or 0 for number in rounds) < 0:
        raise OptionError("a number of rounds cannot be below 0")
    if choices.llm_calls is not None and choices.llm_calls < 0:
        raise OptionError("--llm-calls cannot be below 0")
    if choices.llm_rows < 0:
        raise OptionError("--llm-rows cannot be below 0")
    if choices.seed < 0:
        raise OptionError("--seed cannot be below 0")
    return choices


def make_settings(tables: TableSettings, choices: RunChoices) -> RunSettings:
    """Complete the settings of a run with the defaults of this machine.

    Raises:
        OptionError: An option makes no sense.
        QuantityError: A duration or another amount cannot be read.
    """
    said = check_choices(choices)
    if said.ensemble != "auto" and tables.task == "clustering":
        raise OptionError("clusters are combined by consensus; leave --ensemble out")
    count = said.workers or usable_cores()
    located = tables.model_copy(update={"metric": located_metric(tables.metric)})
    return RunSettings(
        tables=check_tables(located),
        budget_seconds=_budget_seconds(said),
        trials=said.trials,
        workers=count,
        threads=1,
        memory_bytes=_bytes_per_worker(said.memory, count),
        proposer=said.proposer,
        llm_model=said.llm_model,
        llm_config=_absolute(said.llm_config),
        llm_dollars=_if_said(parse_dollars, said.llm_budget),
        llm_tokens=_if_said(parse_count, said.llm_tokens),
        llm_calls=said.llm_calls,
        llm_timeout_seconds=_if_said(parse_seconds, said.llm_timeout),
        llm_rows=said.llm_rows,
        seed=said.seed,
        is_feedback_on=said.feedback,
        is_tuning_on=said.tuning,
        ensemble=said.ensemble,
        isolation=said.isolation,
        feature_rounds=said.feature_rounds,
        model_rounds=said.model_rounds,
        tuning_rounds=said.tuning_rounds,
    )


def _budget_seconds(said: RunChoices) -> float | None:
    if said.trials is not None:
        return None
    seconds = parse_seconds(said.budget) if said.budget else DEFAULT_BUDGET_SECONDS
    if seconds < FEWEST_BUDGET_SECONDS:
        raise OptionError(f"--budget must be at least {FEWEST_BUDGET_SECONDS:.0f}s")
    return seconds


def _bytes_per_worker(memory: str | None, workers: int) -> int:
    total = parse_bytes(memory) if memory else int(MEMORY_SHARE * available_bytes())
    if total < workers * FEWEST_WORKER_BYTES:
        raise OptionError(
            f"{total:,} bytes is too little memory for {workers} workers: each needs "
            f"{FEWEST_WORKER_BYTES // 10**6}MB; give more --memory or fewer --workers"
        )
    return total // workers


def _absolute(path: str | None) -> str | None:
    return None if path is None else str(Path(path).absolute())


def _if_said(parse: Callable[[str], Amount], text: str | None) -> Amount | None:
    return None if text is None else parse(text)


def located_metric(metric: str | None, base: Path = Path()) -> str | None:
    """Give a metric `FILE.py:function` its whole path; any other name stays as it is.

    Args:
        metric: What `--metric` said.
        base: Where relative paths start.
    """
    file, colon, function = (metric or "").rpartition(":")
    if not colon or not file.endswith(".py"):
        return metric
    return f"{(base / Path(file).expanduser()).resolve()}:{function}"


def check_level(level: float | None) -> None:
    """Refuse a share of rows that no interval can hold.

    Raises:
        OptionError: It is not between 0 and 1.
    """
    if level is not None and not 0 < level < 1:
        raise OptionError("--intervals is a share of rows, such as 0.9")


def default_run_path(table: str, now: datetime) -> Path:
    """`runs/<table>-<time>`."""
    stem = Path(table).name.split(".")[0] or "table"
    return Path("runs") / f"{stem}-{now:%Y%m%d-%H%M%S}"
