"""What new columns are found at fault for, and how a report is put together."""

import numpy as np
from numpy.typing import NDArray

from engine.column_names import UNTOLD
from engine.feature_report import column_faults, report_of, twin_faults
from executors.outcome import JobSuccess
from schemas.inputs import FeatureFinished
from schemas.jobs import JobUsage

USAGE = JobUsage(seconds=1.0, cpu_seconds=0.5, peak_bytes=1 << 20)


def success(values: NDArray[np.float64], *names: str) -> JobSuccess:
    return JobSuccess(values=values, names=names, model=None, usage=USAGE, output="")


def test_each_fault_is_named() -> None:
    random = np.random.default_rng(0)
    good = random.normal(size=100)
    scarce = np.where(np.arange(100) < 3, good, np.nan)
    values = np.column_stack([good, np.ones(100), scarce, np.full(100, np.nan)])

    assert column_faults(values) == [
        None,
        "constant",
        "hardly ever a finite number",
        "hardly ever a finite number",
    ]


def test_missing_values_alone_are_no_fault() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(50, 1))
    values[:20] = np.nan

    assert column_faults(values) == [None]


def test_a_twin_is_named_by_its_column() -> None:
    twins = np.array([-1.0, 0.0, 2.0, 9.0])

    assert twin_faults(twins, ["a", "b", "a / b"]) == [
        None,
        "duplicate of 'a'",
        "duplicate of 'a / b'",
        None,
    ]


def test_a_report_holds_measures_and_faults_of_each_column() -> None:
    random = np.random.default_rng(0)
    made = success(np.column_stack([random.normal(size=50), np.ones(50)]), "x", "one")
    measures = np.array([[0.4, 0.1, 3.0, 0.0], [0.0, 0.1, 0.0, -1.0]])

    body = report_of(made, measures, [None, None], ["a"], USAGE).body

    assert isinstance(body, FeatureFinished)
    first, second = body.report.judgements
    assert (first.importance, first.shadow_importance, first.statistic) == (
        0.4,
        0.1,
        3.0,
    )
    assert (first.fault, second.fault) == ("duplicate of 'a'", "constant")
    assert body.report.usage == USAGE


def test_a_column_named_after_what_stood_in_rows_is_refused_without_its_name() -> None:
    random = np.random.default_rng(0)
    made = success(random.normal(size=(50, 2)), "label 317245", "x")
    measures = np.array([[0.9, 0.1, 3.0, -1.0], [0.4, 0.1, 3.0, 1.0]])

    body = report_of(made, measures, [UNTOLD, None], ["a"], USAGE).body

    assert isinstance(body, FeatureFinished)
    assert "317245" not in body.model_dump_json()
    first, second = body.report.judgements
    assert (first.name, first.fault) == ("column 1", UNTOLD)
    assert (second.name, second.fault) == ("x", "duplicate of 'column 1'")
