"""Mean and spread over the runs of a batch."""

import csv
import json
import math
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.batch import (
    BatchRun,
    Spread,
    batch_csv,
    batch_json,
    spread,
    summarise_batch,
)
from reports.result import RunResult, derive_result
from reports.stages import StageCost
from schemas.envelope import Envelope


@pytest.fixture
def result(a_run: list[Envelope]) -> RunResult:
    return derive_result(a_run)


def one(seed: int, result: RunResult | None, status: str = "done") -> BatchRun:
    return BatchRun(
        table="churn",
        setting="quick",
        seed=seed,
        folder=f"churn-quick-seed{seed}",
        status=status,
        message="" if result else "no such table",
        result=result,
    )


def scored(result: RunResult, score: float, test: float) -> RunResult:
    development = result.development.model_copy(update={"score": score})
    stages = {"models": StageCost(effects=1, seconds=2 * score, tokens=10)}
    update = {"development": development, "test": {"roc_auc": test}, "stages": stages}
    return result.model_copy(update=update)


def test_scores_of_one_table_and_setting_are_averaged(result: RunResult) -> None:
    runs = [one(0, scored(result, 0.8, 0.7)), one(1, scored(result, 0.9, 0.8))]

    (group,) = summarise_batch(runs).groups

    assert (group.runs, group.failed) == (2, 0)
    assert group.development.mean == pytest.approx(0.85)
    assert group.development.deviation == pytest.approx(stdev([0.8, 0.9]))
    assert group.test.mean == pytest.approx(0.75)
    assert group.stages["models"].seconds == pytest.approx(1.7)
    assert group.stages["models"].tokens == 10
    assert group.stages["features"].seconds == 0


def test_one_experiment_has_a_mean_and_no_spread(result: RunResult) -> None:
    (group,) = summarise_batch([one(0, result)]).groups

    assert group.test == Spread(mean=0.836)


def test_failed_runs_are_counted_and_left_out_of_the_numbers(result: RunResult) -> None:
    nothing = result.model_copy(update={"status": "no_model"})
    runs = [one(0, result), one(1, None, "refused"), one(2, nothing, "no_model")]

    (group,) = summarise_batch(runs).groups

    assert (group.runs, group.failed) == (3, 2)
    assert group.development == Spread(mean=0.85)


def test_clusterings_are_compared_by_what_was_measured(result: RunResult) -> None:
    clustering = result.model_copy(
        update={"metric": "silhouette", "test": {"ari": 0.9, "nmi": 0.8}}
    )

    (group,) = summarise_batch([one(0, clustering)]).groups

    assert (group.test_metric, group.test.mean) == ("ari", 0.9)


def test_groups_stand_in_the_order_of_the_plan(result: RunResult) -> None:
    runs = [one(0, result).model_copy(update={"table": name}) for name in "bab"]

    assert [(g.table, g.runs) for g in summarise_batch(runs).groups] == [
        ("b", 2),
        ("a", 1),
    ]


def test_a_batch_of_failures_alone_can_be_written() -> None:
    report = summarise_batch([one(0, None, "refused")])

    (row,) = csv.DictReader(batch_csv(report).decode().splitlines())
    assert (row["runs"], row["failed"], row["test_mean"]) == ("1", "1", "")
    written = json.loads(batch_json(report))
    assert written["groups"][0]["development"] == {"mean": None, "deviation": None}
    assert report.runs[0].has_failed


def test_an_empty_batch_can_be_written() -> None:
    report = summarise_batch([])

    assert json.loads(batch_json(report)) == {"groups": [], "runs": []}
    assert batch_csv(report).strip() == b""


def test_names_that_look_like_formulas_are_harmless(result: RunResult) -> None:
    run = one(0, result).model_copy(update={"table": "=1+1"})

    (row,) = csv.DictReader(batch_csv(summarise_batch([run])).decode().splitlines())

    assert row["table"] == "'=1+1"


@given(st.lists(st.none() | st.floats(-1e9, 1e9) | st.just(math.nan), max_size=6))
def test_a_spread_is_known_from_two_values_on(values: list[float | None]) -> None:
    known = [v for v in values if v is not None and not math.isnan(v)]

    found = spread(values)

    assert (found.mean is None) == (not known)
    assert (found.deviation is None) == (len(known) < 2)
    if found.mean is not None:
        assert min(known) - 1e-6 <= found.mean <= max(known) + 1e-6
