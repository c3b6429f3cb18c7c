"""What the report says in sentences."""

from dataclasses import replace
from typing import get_args

import pytest

from reports.fold import RunFold
from reports.html.material import ReportMaterial
from reports.html.page import render_page
from reports.html.words import (
    budget_text,
    interval_text,
    leak_text,
    model_text,
    status_text,
    summary,
)
from reports.llm import LlmSummary
from reports.result import RunResult, RunStatus, assemble_result
from reports.timeline import Timeline
from schemas.envelope import Envelope
from schemas.settings import RunSettings, TableSettings


@pytest.fixture
def material(a_run: list[Envelope]) -> ReportMaterial:
    fold = RunFold()
    for line in a_run:
        fold.hear(line)
    return ReportMaterial(
        run="a run",
        settings=RunSettings(tables=TableSettings(table="t"), trials=9),
        profile=None,
        result=assemble_result(fold),
        leaderboard=(),
        loops=(),
        features=(),
        timeline=Timeline((), ()),
        diagnostics=None,
        sources={},
    )


def worth(**changes: object) -> LlmSummary:
    told = {"proposer": "hybrid", "model": "m", "with_it": 0.9, "without_it": 0.8}
    return LlmSummary.model_validate({**told, "gain": 0.1, **changes})


def test_the_summary_is_two_sentences_with_an_interval(
    material: ReportMaterial,
) -> None:
    effort, score = summary(material)

    assert effort.startswith("In ")
    assert effort.endswith(".")
    assert "95 % interval 0.8420 to 0.8580" in score
    assert "on 200 sealed rows" in score


@pytest.mark.parametrize(
    ("metric", "score", "said"),
    [
        ("log_loss", 0.01, "0.0000 to 0.0296"),
        ("roc_auc", 0.99, "0.9704 to 1.0000"),
        ("worth.py:gain", 0.99, "0.9704 to 1.0096"),
    ],
)
def test_an_interval_goes_no_further_than_the_metric(
    material: ReportMaterial, metric: str, score: float, said: str
) -> None:
    development = material.result.development.model_copy(
        update={"score": score, "standard_error": 0.01}
    )
    result: RunResult = material.result.model_copy(
        update={"metric": metric, "development": development}
    )

    assert interval_text(result) == f"95 % interval {said}"


def test_an_interval_needs_a_standard_error(material: ReportMaterial) -> None:
    bare = material.result.development.model_copy(update={"standard_error": None})
    result: RunResult = material.result.model_copy(update={"development": bare})

    assert interval_text(result) == ""


@pytest.mark.parametrize(
    ("gain", "said"),
    [(0.1, "It helped"), (-0.1, "It did not help"), (0.0, "It changed nothing")],
)
def test_the_model_is_praised_only_for_a_gain(
    material: ReportMaterial, gain: float, said: str
) -> None:
    assert model_text(worth(gain=gain), material.result).startswith(said)


def test_without_a_comparison_nothing_is_claimed(material: ReportMaterial) -> None:
    alone = worth(without_it=None, gain=None)
    nothing = worth(with_it=None, without_it=None, gain=None)

    assert "nothing to compare with" in model_text(alone, material.result)
    assert "no ensemble" in model_text(nothing, material.result)


@pytest.mark.parametrize("status", get_args(RunStatus))
def test_every_end_of_a_run_has_its_words(
    material: ReportMaterial, status: RunStatus
) -> None:
    ended = material.result.model_copy(update={"status": status})

    page = render_page(replace(material, result=ended)).decode()

    assert f"Report of a sage-loop run; {status_text(ended)}" in page


def test_suspicions_and_what_came_of_them_are_told(material: ReportMaterial) -> None:
    found = replace(material, suspicions=2, leaks=("'id' tells",))

    assert "No score was too good" in leak_text(material)
    assert "2 times" in leak_text(found)
    assert "this was found" in leak_text(found)
    assert "no column was found" in leak_text(replace(material, suspicions=1))


def test_both_ways_to_bound_a_run_are_told(material: ReportMaterial) -> None:
    timed = material.settings.model_copy(
        update={"trials": None, "budget_seconds": 90.0}
    )

    assert budget_text(material.settings) == "9 asked for"
    assert budget_text(timed) == "of a budget of 1m 30s"


def test_the_page_of_a_run_with_a_model_says_what_it_took(
    material: ReportMaterial,
) -> None:
    llm = worth(calls=7, tokens=12_000, money=0.25, failed=1, points_per_dollar=0.4)
    result = material.result.model_copy(update={"llm": llm})

    page = render_page(replace(material, result=result)).decode()

    assert 'id="model"' in page
    assert "12,000" in page
    assert "0.4 for a dollar" in page
    assert 'id="model"' not in render_page(material).decode()
