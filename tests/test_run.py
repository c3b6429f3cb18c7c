"""The command line: what it prints, and how it leaves."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(60, 3)), columns=["a", "b", "c"])
    frame["y"] = np.where(frame["a"] > 0, "yes", "no")
    frame.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(90, 2)), columns=["a", "=b"])
    frame["y"] = frame["a"] * 2 + 1
    frame.to_csv(folder / "table.csv", index=False)
    done = run(
        *("fit", folder / "table.csv", "--target", "y", "--trials", "6"),
        *("--run-dir", folder / "run"),
    )
    assert done.returncode == 0, done.stderr
    return folder


class TestFit:
    @pytest.mark.parametrize(
        ("words", "hint"),
        [
            (["--target", "nowhere"], "nowhere"),
            ([], "--target"),
            (["--target", "y", "--budget", "fast"], "60s"),
            (["--target", "y", "--budget", "-5s"], "60s"),
            (["--target", "y", "--budget", "9s", "--trials", "9"], "--trials"),
            (["--target", "y", "--trials", "1"], "at least 3"),
            (["--target", "y", "--metric", "beauty"], "roc_auc"),
            (["--target", "y", "--task", "regression"], "y"),
            (["--target", "y", "--proposer", "oracle"], "expert"),
            (["--target", "y", "--kind", "a=colour"], "numeric"),
            (["--target", "y", "--test-size", "1.5"], "--test-size"),
            (["--target", "y", "--workers", "0"], "--workers"),
            (["--task", "clustering", "--target", "y"], "--label"),
        ],
    )
    def test_wrong_input_is_one_clear_line_and_leaves_nothing(
        self, words: list[str], hint: str, table: Path, tmp_path: Path
    ) -> None:
        done = run("fit", table, *words, "--run-dir", tmp_path / "run")

        assert done.returncode == 2, done.stderr
        lines = [line for line in done.stderr.splitlines() if "error:" in line]
        assert len(lines) == 1
        assert hint in lines[0]
        assert not (tmp_path / "run").exists()

    def test_a_folder_in_use_is_left_as_it_is(
        self, table: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "mine.txt").write_text("mine")

        done = run("fit", table, "--target", "y", "--run-dir", tmp_path / "run")

        assert done.returncode == 2
        assert "--run-dir" in done.stderr
        assert (tmp_path / "run" / "mine.txt").read_text() == "mine"


class TestPredict:
    def test_each_row_gets_one_row(self, finished: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.csv"

        done = run("predict", finished / "run", finished / "table.csv", "--out", out)

        assert done.returncode == 0, done.stderr
        truth = pd.read_csv(finished / "table.csv")["y"]
        predicted = pd.read_csv(out)
        assert list(predicted.columns) == ["prediction"]
        assert np.corrcoef(truth, predicted["prediction"])[0, 1] > 0.9

    def test_an_identifier_is_written_first(
        self, finished: Path, tmp_path: Path
    ) -> None:
        table = pd.read_csv(finished / "table.csv").assign(key=range(90))
        table.to_csv(tmp_path / "new.csv", index=False)

        out = tmp_path / "out.csv"
        done = run(
            *("predict", finished / "run", tmp_path / "new.csv"),
            *("--out", out, "--id", "key"),
        )

        assert done.returncode == 0, done.stderr
        assert list(pd.read_csv(out)["key"]) == list(range(90))

    def test_a_missing_column_is_named(self, finished: Path, tmp_path: Path) -> None:
        pd.DataFrame({"a": [1.0]}).to_csv(tmp_path / "new.csv", index=False)

        done = run(
            *("predict", finished / "run", tmp_path / "new.csv"),
            *("--out", tmp_path / "out.csv"),
        )

        assert done.returncode == 2
        assert "=b" in done.stderr
        assert not (tmp_path / "out.csv").exists()

    def test_a_folder_that_is_no_run_is_refused(self, tmp_path: Path) -> None:
        done = run("predict", tmp_path, tmp_path / "x.csv", "--out", tmp_path / "y.csv")

        assert done.returncode == 2
        assert "not a run" in done.stderr


class TestReplay:
    def test_a_run_replays_to_the_byte(self, finished: Path) -> None:
        done = run("replay", finished / "run")

        assert done.returncode == 0, done.stderr
        assert "no difference" in done.stdout

    def test_a_changed_result_is_found(self, finished: Path, tmp_path: Path) -> None:
        copy = tmp_path / "run"
        copy.mkdir()
        events = (finished / "run" / "events.jsonl").read_bytes()
        (copy / "events.jsonl").write_bytes(events)
        result = (finished / "run" / "result.json").read_text()
        (copy / "result.json").write_text(result.replace('"done"', '"Done"'))

        done = run("replay", copy)

        assert done.returncode == 5
        assert "result.json" in done.stderr

    def test_a_changed_journal_is_found(self, finished: Path, tmp_path: Path) -> None:
        copy = tmp_path / "run"
        copy.mkdir()
        events = (finished / "run" / "events.jsonl").read_bytes()
        changed = events.replace(b'"rung":"screen"', b'"rung":"smoke" ', 1)
        (copy / "events.jsonl").write_bytes(changed)

        done = run("replay", copy)

        assert done.returncode == 5
        assert "damaged" in done.stderr


class TestDoctor:
    def test_it_runs_a_real_job_and_names_the_layers(self) -> None:
        done = run("doctor")

        assert done.returncode == 0, done.stderr
        assert "a real job with two threads ran" in done.stdout
        assert "isolation" in done.stdout
