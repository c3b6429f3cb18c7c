"""The options of `fit`, declared once: the command line is made of them."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

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
from engine.run_choices import SHOWCASE_ROWS, RunChoices
from engine.run_options import parse_kinds
from schemas.ensemble import StrategyChoice
from schemas.settings import TableSettings, TaskChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """What can be typed after `fit`."""

    table: TableName
    target: Annotated[str | None, typer.Option(help="Column to predict")] = None
    task: Annotated[TaskChoice, typer.Option(help="Kind of task")] = "auto"
    metric: Annotated[str | None, typer.Option(help="What is optimised")] = None
    budget: Annotated[str | None, typer.Option(help="Time, like 60s or 5m")] = None
    trials: Annotated[int | None, typer.Option(help="Reproducible bound")] = None
    workers: WorkersOption = None
    memory: Annotated[str | None, typer.Option(help="For all workers: 8GB")] = None
    proposer: Annotated[
        str, typer.Option(help="expert, llm, hybrid, scripted:FILE or hybrid:FILE")
    ] = "expert"
    llm_model: LlmModelOption = None
    llm_config: LlmConfigOption = None
    llm_budget: Annotated[str | None, typer.Option(help="Money for models: 2USD")] = (
        None
    )
    llm_tokens: Annotated[str | None, typer.Option(help="Tokens for models: 200k")] = (
        None
    )
    llm_calls: Annotated[int | None, typer.Option(help="Requests to models")] = None
    llm_timeout: LlmTimeoutOption = None
    llm_rows: Annotated[
        int, typer.Option(help="Most example rows that the llm is shown; 0 for none")
    ] = SHOWCASE_ROWS
    seed: Annotated[int, typer.Option(help="Seed of all that is drawn")] = 0
    run_dir: Annotated[Path | None, typer.Option(help="Folder of the run")] = None
    test: Annotated[Path | None, typer.Option(help="Your own test table")] = None
    test_size: Annotated[float, typer.Option(help="Share of rows to seal")] = 0.2
    validation: Annotated[
        Literal["cv", "holdout"], typer.Option(help="Folds or one split")
    ] = "cv"
    group: Annotated[str | None, typer.Option(help="Groups stay whole")] = None
    time: Annotated[str | None, typer.Option(help="Column that orders rows")] = None
    weight: Annotated[str | None, typer.Option(help="Column of row weights")] = None
    drop: DropOption = None
    drop_leaks: DropLeaksOption = False
    kind: KindOption = None
    sheet: SheetOption = None
    describe: DescribeOption = None
    positive: Annotated[str | None, typer.Option(help="Positive class")] = None
    clusters: Annotated[int | None, typer.Option(help="Number of clusters")] = None
    label: Annotated[
        str | None, typer.Option(help="Labels that clustering never sees")
    ] = None
    feedback: Annotated[
        bool, typer.Option("--feedback/--no-feedback", help="Refine by scores")
    ] = True
    tuning: Annotated[
        bool, typer.Option("--tuning/--no-tuning", help="Tune hyperparameters")
    ] = True
    feature_rounds: Annotated[
        int, typer.Option(help="How often feature programs are asked for")
    ] = 1
    model_rounds: Annotated[
        int | None, typer.Option(help="Refinements of one candidate at most")
    ] = None
    tuning_rounds: Annotated[
        int | None, typer.Option(help="Times that a family is tuned at most")
    ] = None
    ensemble: Annotated[
        StrategyChoice, typer.Option(help="How candidates are combined")
    ] = "auto"
    isolation: Annotated[
        Literal["auto", "strict", "any"],
        typer.Option(help="Refuse without a needed layer, without any, or never"),
    ] = "auto"
    as_json: Annotated[
        bool, typer.Option("--json", help="Print result.json to standard output")
    ] = False

    def tables(self) -> TableSettings:
        """What is said of the table and its split.

        Raises:
            OptionError: A kind of column is no kind.
        """
        said = self._plain()
        named = {name: said[name] for name in said.keys() & TableSettings.model_fields}
        listed = {
            "drop": tuple(self.drop or ()),
            "kinds": parse_kinds(self.kind or []),
            "are_leaks_dropped": self.drop_leaks,
        }
        return TableSettings.model_validate(named | listed)

    def choices(self) -> RunChoices:
        """What is said of the run."""
        said = self._plain()
        return RunChoices.model_validate(
            {name: said[name] for name in RunChoices.model_fields}
        )

    def _plain(self) -> dict[str, object]:
        return {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }
