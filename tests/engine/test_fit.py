"""A whole run, from the command line to the files it leaves."""

import csv
import json
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from engine.machine import usable_cores

TASKS = {
    "binary": ("--target", "outcome", "--drop", "grade", "--drop", "amount"),
    "multiclass": ("--target", "grade", "--drop", "outcome", "--drop", "amount"),
    "regression": ("--target", "amount", "--drop", "outcome", "--drop", "grade"),
    "clustering": (
        *("--task", "clustering", "--clusters", "3"),
        *("--label", "grade", "--drop", "outcome"),
    ),
}
TOP_KEYS = {
    "task",
    "metric",
    "development",
    "test",
    "optimism",
    "ensemble",
    "counts",
    "seconds",
    "tokens",
    "money",
    "memory",
    "journal",
    "isolation",
    "versions",
}


class TestTheTasks:
    @pytest.mark.parametrize("kind", TASKS)
    def test_a_run_of_twelve_trials_leaves_a_whole_result(
        self, kind: str, fitted: Callable[..., Any]
    ) -> None:
        run = fitted(*TASKS[kind], "--trials", "12")

        assert run.code == 0, run.errors
        assert run.result.keys() >= TOP_KEYS
        assert run.result["task"]["kind"] == kind
        assert run.result["counts"]["trials"] <= 12
        assert run.result["counts"]["pooled"] >= 2
        assert sum(member["weight"] for member in run.result["ensemble"]) == (
            pytest.approx(1.0, abs=1e-4)
        )
        assert run.result["test"]

    @pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
    def test_the_ensemble_beats_a_constant_on_rows_it_never_saw(
        self, kind: str, fitted: Callable[..., Any]
    ) -> None:
        test = fitted(*TASKS[kind], "--trials", "12").result["test"]

        score = test["r2"] if kind == "regression" else test["balanced_accuracy"]
        assert score > {"binary": 0.6, "multiclass": 0.45, "regression": 0.3}[kind]

    def test_every_row_of_a_clustering_gets_a_cluster(
        self, fitted: Callable[..., Any], table: Path
    ) -> None:
        run = fitted(*TASKS["clustering"], "--trials", "12")

        assignments = pd.read_csv(run.path / "assignments.csv")
        assert len(assignments) == len(pd.read_csv(table))
        assert run.result["test"].keys() >= {"ari", "nmi"}


class TestTheFolder:
    def test_it_holds_what_the_readme_promises(
        self, fitted: Callable[..., Any]
    ) -> None:
        run = fitted(*TASKS["binary"], "--trials", "12")

        names = {path.name for path in run.path.iterdir()}
        assert names >= {
            "events.jsonl",
            "blobs",
            "data",
            "models",
            "candidates",
            "run.log",
            "result.json",
            "leaderboard.csv",
            "test_predictions.csv",
        }

    def test_each_candidate_is_a_source_that_says_where_it_comes_from(
        self, fitted: Callable[..., Any]
    ) -> None:
        run = fitted(*TASKS["binary"], "--trials", "12")

        with (run.path / "leaderboard.csv").open() as lines:
            rows = list(csv.DictReader(lines))
        assert rows
        for row in rows:
            source = (run.path / "candidates" / f"{row['candidate']}.py").read_text()
            assert source.startswith(f"# candidate {row['candidate']}")
            compile(source, row["candidate"], "exec")

    def test_the_sealed_labels_can_be_read_by_their_owner_only(
        self, fitted: Callable[..., Any]
    ) -> None:
        run = fitted(*TASKS["binary"], "--trials", "12")

        sealed = run.path / "data" / "sealed"
        assert sealed.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in sealed.glob("*.npy"))

    def test_only_models_of_pooled_candidates_are_kept(
        self, fitted: Callable[..., Any]
    ) -> None:
        run = fitted(*TASKS["binary"], "--trials", "12")

        models = [path for path in (run.path / "models").rglob("*") if path.is_file()]
        pooled = run.result["counts"]["pooled"]
        assert len(models) == pooled * run.result["task"]["folds"]


class TestReproducibility:
    def test_the_number_of_workers_changes_nothing_but_time(
        self, fitted: Callable[..., Any]
    ) -> None:
        words = (*TASKS["regression"], "--trials", "12")
        crowd = fitted(*words)
        alone = fitted(*words, "--workers", "1" if usable_cores() > 1 else "2")

        apart = {"seconds", "memory", "journal", "stages"}
        assert {k: v for k, v in alone.result.items() if k not in apart} == {
            k: v for k, v in crowd.result.items() if k not in apart
        }

    @pytest.mark.deep
    def test_another_seed_is_another_run(self, fitted: Callable[..., Any]) -> None:
        one = fitted(*TASKS["regression"], "--trials", "3")
        two = fitted(*TASKS["regression"], "--trials", "3", "--seed", "2")

        assert one.result["test"] != two.result["test"]


class TestTheClock:
    @pytest.mark.deep
    def test_a_budget_ends_the_run_in_time_with_a_result(
        self, fitted: Callable[..., Any]
    ) -> None:
        run = fitted(*TASKS["binary"], "--budget", "30s")

        assert run.code == 0, run.errors
        assert run.result["ensemble"]
        ticks = [
            json.loads(line)["body"]["elapsed_seconds"]
            for line in (run.path / "events.jsonl").read_text().splitlines()
            if '"kind":"tick"' in line
        ]
        assert ticks == sorted(ticks)

    def test_the_first_interrupt_ends_exploration_and_scores(
        self,
        table: Path,
        tmp_path: Path,
        start: Callable[[Sequence[str | Path]], subprocess.Popen[str]],
    ) -> None:
        words: list[str | Path] = ["fit", table, *TASKS["binary"]]
        process = start([*words, "--budget", "10m", "--run-dir", tmp_path / "run"])
        assert process.stderr is not None
        for line in process.stderr:
            if "pooled" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

        assert process.returncode == 130
        result = json.loads((tmp_path / "run" / "result.json").read_text())
        assert result["status"] == "cancelled"
        assert result["ensemble"]
        assert result["test"]


class TestScriptedCode:
    """Code that fails in every way: each ends with a reason, and the run goes on."""

    def test_broken_candidates_are_repaired_or_closed_and_a_good_one_wins(
        self, table: Path, tmp_path: Path, fitted: Callable[..., Any]
    ) -> None:
        script = tmp_path / "script.toml"
        script.write_text(SCRIPT)

        run = fitted(
            *TASKS["binary"], "--trials", "30", "--proposer", f"scripted:{script}"
        )

        assert run.code == 0, run.errors
        assert [member["family"] for member in run.result["ensemble"]] == ["prior"]
        assert run.result["counts"]["failures"] >= 5
        closed = [
            json.loads(line)["body"]["reason"]
            for line in (run.path / "events.jsonl").read_text().splitlines()
            if '"kind":"loop_closed"' in line
        ]
        assert len(closed) == run.result["counts"]["loops"]
        assert all(closed)

    def test_where_nothing_runs_the_exit_code_says_so(
        self, tmp_path: Path, fitted: Callable[..., Any]
    ) -> None:
        script = tmp_path / "script.toml"
        script.write_text(
            '[[draft]]\nfamily = "broken"\ntitle = "broken"\nsource = "1 / 0"\n'
        )

        run = fitted(
            *TASKS["binary"], "--trials", "6", "--proposer", f"scripted:{script}"
        )

        assert run.code == 3
        assert run.result["status"] == "no_model"
        assert run.result["ensemble"] == []


SCRIPT = '''
[[draft]]
family = "prior"
title = "A sign of the second column"
source = """
import numpy as np
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        pass
    def predict_proba(self, X):
        chance = 1 / (1 + np.exp(X["b"].to_numpy()))
        return np.column_stack([1 - chance, chance])
"""

[[draft]]
family = "raises"
title = "Raises in fit"
source = """
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        raise ValueError("no luck")
"""

[[draft]]
family = "syntax"
title = "Is no Python"
source = "class Candidate(:"

[[draft]]
family = "shape"
title = "One column of probabilities"
source = """
import numpy as np
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        pass
    def predict_proba(self, X):
        return np.ones((len(X), 5))
"""

[[draft]]
family = "crash"
title = "Kills itself"
source = """
import os, signal
class Candidate:
    def __init__(self, spec):
        os.kill(os.getpid(), signal.SIGSEGV)
"""

[[draft]]
family = "missing"
title = "Imports what is not there"
source = "import no_such_library"
'''
