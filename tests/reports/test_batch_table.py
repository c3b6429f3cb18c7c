"""A batch on a terminal."""

from rich.console import Console

from reports.batch import BatchRun, Spread, summarise_batch
from reports.batch_table import render_batch, spread_text
from reports.result import derive_result
from schemas.envelope import Envelope


def shown(runs: list[BatchRun], width: int = 120) -> str:
    console = Console(width=width, no_color=True)
    with console.capture() as capture:
        console.print(render_batch(summarise_batch(runs)))
    return capture.get()


def run(table: str, lines: list[Envelope] | None, message: str = "") -> BatchRun:
    return BatchRun(
        table=table,
        setting="quick",
        seed=0,
        folder=f"{table}-quick-seed0",
        status="done" if lines else "bad_input",
        message=message,
        result=derive_result(lines) if lines else None,
    )


def test_scores_stages_and_failures_are_shown(a_run: list[Envelope]) -> None:
    text = shown([run("churn", a_run), run("gone", None, "no table\x1b[31m there")])

    assert "0.8500 +- -" in text
    assert "0.8360 +- -" in text
    for stage in ("features", "models", "ensemble", "holdout"):
        assert stage in text
    assert "1, 1 failed" in text
    assert "gone-quick-seed0: no table [31m there" in text


def test_one_experiment_gives_a_dash() -> None:
    assert spread_text(Spread(mean=0.5)) == "0.5000 +- -"
    assert spread_text(Spread()) == "- +- -"
    assert spread_text(Spread(mean=0.5, deviation=0.01234)) == "0.5000 +- 0.012"


def test_another_metric_on_the_test_is_named(a_run: list[Envelope]) -> None:
    made = run("churn", a_run)
    assert made.result is not None
    other = made.result.model_copy(update={"metric": "silhouette"})

    assert "roc_auc 0.8360" in shown([made.model_copy(update={"result": other})])


def test_an_empty_batch_is_shown_as_nothing() -> None:
    assert "Failed" not in shown([])
