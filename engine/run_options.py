"""Turns what was typed into settings; whatever is wrong with it ends in one clear line."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from engine.errors import EngineError
from engine.machine import available_bytes, usable_cores
from engine.quantities import (
    parse_bytes,
    parse_count,
    parse_dollars,
    parse_seconds,
)
from schemas.ensemble import StrategyChoice
from schemas.settings import ColumnKindChoice, RunSettings, TableSettings
from schemas.table import ColumnKind

DEFAULT_BUDGET_SECONDS = 300.0
SHOWCASE_ROWS = 12
FEWEST_TRIALS = 3
FEWEST_BUDGET_SECONDS = 5.0
MEMORY_SHARE = 0.8


class OptionError(EngineError):
    """Raised when an option or a combination of options makes no sense."""


def check_tables(tables: TableSettings) -> TableSettings:
    """Refuse options that contradict each other.

    Raises:
        OptionError: They do.
    """
    is_clustering = tables.task == "clustering"
    if is_clustering and tables.target is not None:
        raise OptionError("clustering has no target; use --label COL to compare labels")
    if not is_clustering and tables.target is None:
        raise OptionError("name the column to predict with --target COL")
    if not is_clustering and (tables.clusters or tables.label):
        raise OptionError("--clusters and --label go with --task clustering")
    if not 0 <= tables.test_size < 1:
        raise OptionError("--test-size is a share of the rows, from 0 to below 1")
    if tables.clusters is not None and tables.clusters < 1:
        raise OptionError("--clusters must be at least 1")
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


def make_settings(
    tables: TableSettings,
    *,
    budget: str | None = None,
    trials: int | None = None,
    workers: int | None = None,
    memory: str | None = None,
    proposer: str = "expert",
    llm_model: str | None = None,
    llm_config: str | None = None,
    llm_budget: str | None = None,
    llm_tokens: str | None = None,
    llm_calls: int | None = None,
    llm_timeout: str | None = None,
    llm_rows: int = SHOWCASE_ROWS,
    seed: int = 0,
    feedback: bool = True,
    tuning: bool = True,
    ensemble: StrategyChoice = "auto",
    isolation: Literal["auto", "strict", "any"] = "auto",
    feature_rounds: int = 1,
    model_rounds: int | None = None,
    tuning_rounds: int | None = None,
) -> RunSettings:
    """Complete the settings of a run with the defaults of this machine.

    Raises:
        OptionError: An option makes no sense.
        QuantityError: A duration or another amount cannot be read.
    """
    if budget is not None and trials is not None:
        raise OptionError("bound a run by --budget or by --trials, not by both")
    if trials is not None and trials < FEWEST_TRIALS:
        raise OptionError(
            f"--trials must be at least {FEWEST_TRIALS}: "
            "a candidate passes a smoke, a screen and a full trial"
        )
    seconds = parse_seconds(budget) if budget else DEFAULT_BUDGET_SECONDS
    if trials is None and seconds < FEWEST_BUDGET_SECONDS:
        raise OptionError(f"--budget must be at least {FEWEST_BUDGET_SECONDS:.0f}s")
    if workers is not None and workers < 1:
        raise OptionError("--workers must be at least 1")
    if min(feature_rounds, model_rounds or 0, tuning_rounds or 0) < 0:
        raise OptionError("a number of rounds cannot be below 0")
    if llm_calls is not None and llm_calls < 0:
        raise OptionError("--llm-calls cannot be below 0")
    if ensemble != "auto" and tables.task == "clustering":
        raise OptionError("clusters are combined by consensus; leave --ensemble out")
    if llm_rows < 0:
        raise OptionError("--llm-rows cannot be below 0")
    count = workers or usable_cores()
    total = parse_bytes(memory) if memory else int(MEMORY_SHARE * available_bytes())
    located = tables.model_copy(update={"metric": located_metric(tables.metric)})
    return RunSettings(
        tables=check_tables(located),
        budget_seconds=None if trials is not None else seconds,
        trials=trials,
        workers=count,
        threads=1,
        memory_bytes=total // count,
        proposer=proposer,
        llm_model=llm_model,
        llm_config=None if llm_config is None else str(Path(llm_config).absolute()),
        llm_dollars=None if llm_budget is None else parse_dollars(llm_budget),
        llm_tokens=None if llm_tokens is None else parse_count(llm_tokens),
        llm_calls=llm_calls,
        llm_timeout_seconds=None if llm_timeout is None else parse_seconds(llm_timeout),
        llm_rows=llm_rows,
        seed=seed,
        is_feedback_on=feedback,
        is_tuning_on=tuning,
        ensemble=ensemble,
        isolation=isolation,
        feature_rounds=feature_rounds,
        model_rounds=model_rounds,
        tuning_rounds=tuning_rounds,
    )


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
