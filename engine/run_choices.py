"""What may be said of a run besides its table, in the words of the command line."""

from typing import Literal

from schemas.base import Frozen
from schemas.ensemble import StrategyChoice

SHOWCASE_ROWS = 12
FIELD_BY_TABLE_OPTION = {"kind": "kinds", "drop_leaks": "are_leaks_dropped"}
"""Options of a table that are called otherwise in its settings."""


class RunChoices(Frozen):
    """Options of `fit` by their own names, as they are typed; the docs say what each does.

    `engine.run_options.make_settings` turns them into settings, or says what is wrong.
    """

    budget: str | None = None
    trials: int | None = None
    workers: int | None = None
    memory: str | None = None
    proposer: str = "expert"
    llm_model: str | None = None
    llm_config: str | None = None
    llm_budget: str | None = None
    llm_tokens: str | None = None
    llm_calls: int | None = None
    llm_timeout: str | None = None
    llm_rows: int = SHOWCASE_ROWS
    seed: int = 0
    feedback: bool = True
    tuning: bool = True
    feature_rounds: int = 1
    model_rounds: int | None = None
    tuning_rounds: int | None = None
    ensemble: StrategyChoice = "auto"
    isolation: Literal["auto", "strict", "any"] = "auto"
