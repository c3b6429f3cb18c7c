"""The command line: what it prints, and how it leaves."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.journal import read_journal
from executors.jail.layers import Layer
from schemas.sayings import TrialStarted
from tests.command_line import run_here

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: str | Path) -> Done:
    """Run a command where a line has room for 120 characters."""
    done = run_here(*words, environment={"COLUMNS": "120"})
    return Done(done.returncode, done.stdout, done.stderr)


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
            (["--target", "y", "--budget", "9s", "--trials", "9"], "--trials"),
            (["--target", "y", "--trials", "1"], "at least 3"),
            (["--target", "y", "--proposer", "oracle"], "expert"),
            (["--target", "y", "--workers", "0"], "--workers"),
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

    def test_money_for_a_model_without_a_price_is_refused_and_leaves_nothing(
        self, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")

        done = run(
            *("fit", table, "--target", "y", "--proposer", "llm"),
            *("--llm-model", "mine", "--llm-budget", "2USD"),
            *("--run-dir", tmp_path / "run"),
        )

        assert done.returncode == 4, done.stderr
        assert "nobody knows the price of 'mine'" in done.stderr
        assert not (tmp_path / "run").exists()

    def test_a_layer_that_is_missing_is_refused_and_leaves_nothing(
        self, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def found(*_: object) -> tuple[tuple[str, str], ...]:
            states = dict.fromkeys(Layer, "active")
            return tuple((states | {Layer.LANDLOCK: "kernel too old"}).items())

        monkeypatch.setattr("executors.probe.probe_layers", found)

        done = run(
            *("fit", table, "--target", "y", "--isolation", "strict"),
            *("--trials", "6", "--run-dir", tmp_path / "run"),
        )

        assert done.returncode == 6
        refusal = done.stderr.splitlines()[-1]
        assert done.stderr.count("error:") == 1
        assert refusal.startswith("error:")
        assert "landlock (kernel too old)" in refusal
        assert not (tmp_path / "run").exists()

    def test_help_loads_no_library_for_tables(self) -> None:
        """Else even the shortest command would take seconds."""
        heavy = ("pandas", "sklearn", "scipy", "numpy", "pyarrow")
        line = "import sys, run; print([m for m in sys.modules if m in sys.argv])"
        loaded = subprocess.check_output(
            [sys.executable, "-c", line, *heavy], text=True, cwd=ROOT
        )

        assert loaded == "[]\n"

    def test_predict_loads_no_library_that_its_workers_alone_need(self) -> None:
        heavy = ("sklearn", "scipy", "lightgbm", "openai", "schemas.envelope")
        line = (
            "import sys, run, engine.predict;"
            "print([m for m in sys.modules if m in sys.argv])"
        )
        loaded = subprocess.check_output(
            [sys.executable, "-c", line, *heavy], text=True, cwd=ROOT
        )

        assert loaded == "[]\n"

    def test_the_exit_code_reaches_the_shell(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), "replay", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert done.stdout == ""


class TestBatch:
    def test_what_it_came_to_is_printed_and_told_by_the_exit_code(
        self, tmp_path: Path
    ) -> None:
        plan = tmp_path / "plan.toml"
        plan.write_text('table = "x.csv"\ntarget = "y"\nproposer = "oracle"\n')

        done = run("batch", plan, "--batch-dir", tmp_path / "batch")

        assert done.returncode == 3
        assert "x-default-seed0: there is no proposer 'oracle'" in done.stdout
        assert "1/1 x-default-seed0: refused" in done.stderr
        assert (tmp_path / "batch" / "batch.csv").exists()

    def test_json_is_all_that_stands_on_standard_output(self, tmp_path: Path) -> None:
        plan = tmp_path / "plan.toml"
        plan.write_text('table = "x.csv"\ntarget = "y"\nproposer = "oracle"\n')

        done = run("batch", plan, "--batch-dir", tmp_path / "batch", "--json")

        assert json.loads(done.stdout)["groups"][0]["failed"] == 1

    def test_a_plan_that_makes_no_sense_is_one_clear_line(self, tmp_path: Path) -> None:
        plan = tmp_path / "plan.toml"
        plan.write_text('table = "x.csv"\ncolour = "red"\n')

        done = run("batch", plan, "--batch-dir", tmp_path / "batch")

        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "colour" in done.stderr
        assert not (tmp_path / "batch").exists()


class TestShow:
    def test_a_run_is_shown_again_with_its_leaderboard(self, finished: Path) -> None:
        done = run("show", finished / "run")

        assert done.returncode == 0, done.stderr
        assert "The run is done." in done.stdout
        assert "c00-v1" in done.stdout

    def test_a_candidate_tells_its_story_and_shows_its_source(
        self, finished: Path
    ) -> None:
        done = run("show", finished / "run", "c00-v1")

        assert done.returncode == 0, done.stderr
        assert "pooled" in done.stdout
        assert "class Candidate" in done.stdout

    def test_a_loop_tells_its_story_from_the_journal(self, finished: Path) -> None:
        done = run("show", finished / "run", "--loop", "c00")
        told = json.loads(
            run("show", finished / "run", "--loop", "c00", "--json").stdout
        )

        assert done.returncode == 0, done.stderr
        what = [step["what"] for step in told["steps"]]
        assert what[:4] == ["opened", "asked", "answered", "drafted"]
        assert {"ran", "scored", "judged"} <= set(what)
        assert what[-1] in {"closed", "weighed"}
        assert all(word in done.stdout for word in ("opened", "drafted", "scored"))

    def test_a_loop_that_is_not_there_is_named(self, finished: Path) -> None:
        done = run("show", finished / "run", "--loop", "c77")

        assert done.returncode == 2
        assert "has no loop 'c77'" in done.stderr

    def test_scripts_get_json(self, finished: Path) -> None:
        whole = json.loads(run("show", finished / "run", "--json").stdout)
        one = json.loads(run("show", finished / "run", "c00-v1", "--json").stdout)

        assert whole["result"]["status"] == "done"
        assert one["story"]["candidate"]["id"] == "c00-v1"

    def test_a_candidate_that_is_not_there_is_named(self, finished: Path) -> None:
        done = run("show", finished / "run", "c77-v1")

        assert done.returncode == 2
        assert "c77-v1" in done.stderr


class TestPredict:
    def test_each_row_gets_one_row_after_its_identifier(
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
        predicted = pd.read_csv(out)
        assert list(predicted.columns) == ["key", "prediction"]
        assert list(predicted["key"]) == list(range(90))
        assert np.corrcoef(table["y"], predicted["prediction"])[0, 1] > 0.9

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


class TestInspect:
    def test_a_table_is_explained_and_nothing_is_written(self, tmp_path: Path) -> None:
        done = run("inspect", "german_credit", "--target", "class")

        assert done.returncode == 0, done.stderr
        assert "1000 rows, 20 of 20 columns" in done.stdout
        assert "No sign of a leak" in done.stdout
        assert list(tmp_path.iterdir()) == []

    def test_it_speaks_json(self) -> None:
        done = run("inspect", "concrete_strength", "--target", "csMPa", "--json")

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["kind"] == "regression"


class TestReplay:
    def test_a_run_replays_to_the_byte(self, finished: Path) -> None:
        done = run("replay", finished / "run")

        assert done.returncode == 0, done.stderr
        assert "no difference, result.json derived to the byte" in done.stdout
        assert re.search(r"\([\d,]+ events a second\)", done.stdout)
        *_, last = read_journal(finished / "run" / "events.jsonl")
        assert f"digest {last.chain}" in done.stdout

    def test_a_changed_result_is_found(self, finished: Path, tmp_path: Path) -> None:
        copy = tmp_path / "run"
        copy.mkdir()
        shutil.copy(finished / "run" / "events.jsonl", copy)
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

    def test_it_stops_after_an_event_and_shows_the_run_then(
        self, finished: Path
    ) -> None:
        events = list(read_journal(finished / "run" / "events.jsonl"))
        seq = next(e.seq for e in events if isinstance(e.body, TrialStarted))

        done = run("replay", finished / "run", "--until", str(seq))
        told = json.loads(
            run("replay", finished / "run", "--until", str(seq), "--json").stdout
        )

        assert done.returncode == 0, done.stderr
        assert f"After event {seq}: trial_started of modeler" in done.stdout
        assert "Open loops" in done.stdout
        assert (told["seq"], told["phase"]) == (seq, "exploring")
        assert told["spent"]["trials"] == 1

    def test_an_event_that_is_not_there_is_one_clear_line(self, finished: Path) -> None:
        done = run("replay", finished / "run", "--until", "99999")

        assert done.returncode == 2
        assert "there is no event 99999; the last one is" in done.stderr

    def test_a_folder_of_runs_is_replayed_run_by_run(
        self, finished: Path, tmp_path: Path
    ) -> None:
        for name in ("fine", "damaged", "other"):
            shutil.copytree(finished / "run", tmp_path / name)
        events = tmp_path / "damaged" / "events.jsonl"
        events.write_bytes(events.read_bytes().replace(b'"v":2', b'"v":3', 1))
        (tmp_path / "other" / "result.json").write_text("{}")

        done = run("replay", tmp_path, "--collect")
        told = json.loads(run("replay", tmp_path, "--collect", "--json").stdout)

        assert done.returncode == 5
        assert "2 of 3 runs differ or are damaged" in done.stderr
        verdicts = {each["run"]: each["verdict"] for each in told["runs"]}
        assert verdicts == {"fine": "same", "damaged": "damaged", "other": "differs"}
        for name, verdict in verdicts.items():
            assert re.search(rf"{name} +{verdict}", done.stdout)

    def test_changed_decisions_are_told_with_their_fields_and_what_led_there(
        self, finished: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("agents.modeler.OPEN_LOOPS", 1)

        done = run("replay", finished / "run")

        assert done.returncode == 5
        assert re.search(r"differs from the journal at event \d+", done.stderr)
        assert re.search(r"because of \d+ \w+ \(", done.stderr)
        assert "no file of agents, bus or schemas was changed since" in done.stderr


class TestResume:
    def test_a_damaged_line_in_the_middle_is_named_and_nothing_is_changed(
        self, finished: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "run"
        shutil.copytree(finished / "run", copy)
        events = copy / "events.jsonl"
        lines = events.read_bytes().splitlines(keepends=True)
        lines[7] = lines[7].replace(b'"session":0', b'"session":1')
        events.write_bytes(b"".join(lines[:20]))
        before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}

        done = run("resume", copy)

        assert done.returncode == 5
        assert "damaged at event 7" in done.stderr
        after = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        assert after == before


class TestDiff:
    def test_a_run_is_like_itself(self, finished: Path) -> None:
        done = run("diff", finished / "run", finished / "run")

        assert done.returncode == 0, done.stderr
        assert re.search(r"All \d+ messages are the same", done.stdout)

    def test_where_one_says_nothing_more_is_shown(
        self, finished: Path, tmp_path: Path
    ) -> None:
        lines = (finished / "run" / "events.jsonl").read_bytes().splitlines(True)
        (tmp_path / "half").mkdir()
        (tmp_path / "half" / "events.jsonl").write_bytes(b"".join(lines[:30]))

        done = run("diff", finished / "run", tmp_path / "half")
        told = json.loads(
            run("diff", finished / "run", tmp_path / "half", "--json").stdout
        )

        assert done.returncode == 0, done.stderr
        assert "half says nothing more" in done.stdout
        assert "run goes on with event 3" in done.stdout
        assert told["other"] is None
        assert told["one"]["causes"][-1]["kind"] == "run_started"

    def test_a_folder_that_is_no_run_is_refused(
        self, finished: Path, tmp_path: Path
    ) -> None:
        assert run("diff", finished / "run", tmp_path).returncode == 2


class TestDoctor:
    def test_it_runs_a_real_job_and_names_the_layers(self) -> None:
        done = run("doctor")

        assert done.returncode == 0, done.stderr
        assert "a real job with two threads ran" in done.stdout
        assert "isolation" in done.stdout
