"""Every way to combine, in real runs: from the command line to predictions for new rows."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from bus.journal import read_journal
from schemas.asks import RefineAsk, TuneAsk
from schemas.commands import Propose, RunJob
from schemas.ensemble import Strategy
from schemas.jobs import FitJob
from schemas.sayings import NoEnsemble, RunFinished
from tests.engine.conftest import Finished, Fits

TASKS = {
    "binary": ("--target", "outcome", "--drop", "grade", "--drop", "amount"),
    "multiclass": ("--target", "grade", "--drop", "outcome", "--drop", "amount"),
    "regression": ("--target", "amount", "--drop", "outcome", "--drop", "grade"),
}
Command = Callable[..., subprocess.CompletedProcess[str]]
BRIEF = ("--validation", "holdout", "--trials", "6")


def check(
    run: Finished, strategy: str, table: Path, tmp_path: Path, command: Command
) -> pd.DataFrame:
    """The run took the strategy, replays, and predicts every row of a table."""
    assert run.code == 0, run.errors
    assert run.result["strategy"] == strategy
    assert run.result["development"]["nested"] is not None
    assert command("replay", run.path).returncode == 0
    out = tmp_path / "predictions.csv"
    done = command("predict", run.path, table, "--out", out)
    assert done.returncode == 0, done.stderr
    predicted = pd.read_csv(out)
    assert len(predicted) == len(pd.read_csv(table))
    assert predicted.notna().all().all()
    return predicted


@pytest.mark.deep
def test_bagging_refits_the_best_on_samples_and_predicts_with_them(
    fitted: Fits,
    command: Command,
    table: Path,
    tmp_path: Path,
) -> None:
    run = fitted(*TASKS["regression"], *BRIEF, "--ensemble", "bagging")

    check(run, "bagging", table, tmp_path, command)
    bodies = [event.body for event in read_journal(run.folder.events)]
    jobs = [body.job for body in bodies if isinstance(body, RunJob)]
    refits = [j for j in jobs if isinstance(j, FitJob) and j.bootstrap is not None]
    assert refits
    models = [path for path in (run.path / "models").rglob("*") if path.is_file()]
    # Those of pooled candidates stay too, for a run that goes on.
    assert len(models) > len(refits)


@pytest.mark.deep
def test_a_written_stacker_is_fitted_in_workers_and_predicts(
    fitted: Fits,
    command: Command,
    table: Path,
    tmp_path: Path,
) -> None:
    run = fitted(*TASKS["binary"], *BRIEF, "--ensemble", "written")

    predicted = check(run, "written", table, tmp_path, command)
    probabilities = predicted.filter(like="proba_").sum(axis=1)
    assert probabilities.to_numpy() == pytest.approx(1.0)
    assert (run.path / "candidates" / "s00-v1.py").exists()


@pytest.mark.deep
def test_without_feedback_and_tuning_neither_is_ever_asked_for(
    fitted: Fits, tmp_path: Path
) -> None:
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT)
    words = (*TASKS["regression"], *BRIEF, "--proposer", f"scripted:{script}")

    on = fitted(*words)
    off = fitted(*words, "--no-feedback", "--no-tuning")

    assert asked_for(on) == {RefineAsk, TuneAsk}
    assert asked_for(off) == set()
    assert on.result["counts"]["trials"] > off.result["counts"]["trials"]


def asked_for(run: Finished) -> set[type]:
    assert run.code == 0, run.errors
    bodies = [event.body for event in read_journal(run.folder.events)]
    asks = [body.ask for body in bodies if isinstance(body, Propose)]
    return {type(ask) for ask in asks if isinstance(ask, RefineAsk | TuneAsk)}


def test_clusterings_that_all_say_nothing_end_without_a_model_and_with_a_reason(
    fitted: Fits, tmp_path: Path
) -> None:
    script = tmp_path / "script.toml"
    script.write_text(ALMOST_ONE_CLUSTER)

    run = fitted(
        *("--task", "clustering", "--clusters", "2", "--trials", "4"),
        *("--proposer", f"scripted:{script}"),
    )

    assert run.code == 3, run.errors
    assert run.result["status"] == "no_model"
    bodies = [event.body for event in read_journal(run.folder.events)]
    (nothing,) = [body for body in bodies if isinstance(body, NoEnsemble)]
    assert "all 1 partitions are degenerate" in nothing.reason
    assert isinstance(bodies[-1], RunFinished)
    assert bodies[-1].message == nothing.reason


@pytest.mark.long
@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_every_strategy_runs_for_every_kind_of_task(
    kind: str,
    strategy: str,
    fitted: Fits,
    command: Command,
    table: Path,
    tmp_path: Path,
) -> None:
    run = fitted(*TASKS[kind], "--trials", "12", "--ensemble", strategy)

    predicted = check(run, strategy, table, tmp_path, command)
    truth = pd.read_csv(table)[TASKS[kind][1]]
    if kind == "regression":
        assert predicted["prediction"].corr(truth) > 0.6
    else:
        assert (predicted["prediction"] == truth).mean() > 0.6


@pytest.mark.long
def test_bagging_is_not_voting(fitted: Fits) -> None:
    words = (*TASKS["regression"], "--trials", "12", "--ensemble")
    bagged, voted = fitted(*words, "bagging"), fitted(*words, "voting")

    columns = [
        pd.read_csv(run.path / "test_predictions.csv") for run in (bagged, voted)
    ]
    assert (columns[0]["prediction"] != columns[1]["prediction"]).mean() > 0.9


@pytest.mark.long
@pytest.mark.parametrize("workers", ["1", "3"])
@pytest.mark.parametrize("strategy", ["bagging", "written"])
def test_refits_and_stackers_give_the_same_on_any_number_of_workers(
    workers: str, strategy: str, fitted: Fits
) -> None:
    words = (*TASKS["binary"], *BRIEF, "--ensemble", strategy)
    apart = {"seconds", "memory", "journal", "stages"}

    one, other = fitted(*words), fitted(*words, "--workers", workers)

    kept = [
        {k: v for k, v in run.result.items() if k not in apart} for run in (one, other)
    ]
    assert json.dumps(kept[0]) == json.dumps(kept[1])


SCRIPT = '''
[[draft]]
family = "line"
title = "The second column"
source = """
import numpy as np
PARAMETERS = {"slope": 1.0}
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        self.mean = y.mean()
    def predict(self, X):
        return self.mean - PARAMETERS["slope"] * X["b"].to_numpy()
"""

[[refine]]
title = "Steeper"
source = """
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        self.mean = y.mean()
    def predict(self, X):
        return self.mean - 2.0 * X["b"].to_numpy()
"""

[[tune]]
title = "Steepest"
source = """
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        self.mean = y.mean()
    def predict(self, X):
        return self.mean - 3.0 * X["b"].to_numpy()
"""
'''

ALMOST_ONE_CLUSTER = '''
[[draft]]
family = "lonely"
title = "One row by itself"
source = """
import numpy as np
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X):
        pass
    def predict(self, X):
        return (np.arange(len(X)) == 0).astype(int)
"""
'''
