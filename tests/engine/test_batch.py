"""A plan is run: every run in its folder, failures counted, nothing done twice."""

import csv
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from bus.journal import JournalWriter, read_journal
from engine.batch import (
    Batch,
    can_go_on,
    default_batch_path,
    finished_run,
    first_settings,
    is_same_run,
)
from engine.errors import RunFolderError
from engine.plan import PlannedRun, read_plan
from engine.replaying import replay_run
from engine.run_folder import RunFolder, create_run_folder
from reports.batch import BatchReport
from reports.progress import SilentProgress
from schemas.envelope import Envelope, Message
from schemas.inputs import FitFinished, RunStarted, Tick
from schemas.sayings import RunCrashed, RunFinished
from schemas.settings import RunSettings, TableSettings

PLAN = """
trials = 3
target = "y"
workers = 2
[[runs]]
table = "good.csv"
experiments = 2
proposer = "scripted:ideas.toml"
[[runs]]
table = "missing.csv"
proposer = "scripted:ideas.toml"
[[runs]]
table = "odd.csv"
proposer = "oracle"
"""
IDEAS = '''
[[draft]]
family = "mean"
title = "The mean of y"
source = """
import numpy as np
class Candidate:
    def __init__(self, spec):
        pass
    def fit(self, X, y, weight=None):
        self.slope, self.start = np.polyfit(X["a"], y, 1)
    def predict(self, X):
        return self.start + self.slope * X["a"].to_numpy()
"""
'''


@dataclass
class Ran:
    """A batch that was run, and what it said."""

    folder: Path
    plan: list[PlannedRun]
    told: list[str] = field(default_factory=list)
    report: BatchReport | None = None

    def run(self, plan: list[PlannedRun] | None = None) -> BatchReport:
        self.told.clear()
        batch = Batch(self.folder, SilentProgress, self.told.append)
        self.report = batch.run(plan or self.plan)
        return self.report


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("batch")
    random = np.random.default_rng(0)
    a = random.normal(size=60)
    table = pd.DataFrame({"a": a, "y": 2 * a + random.normal(size=60, scale=0.1)})
    table.to_csv(folder / "good.csv", index=False)
    (folder / "plan.toml").write_text(PLAN)
    (folder / "ideas.toml").write_text(IDEAS)
    made = Ran(folder / "batch", read_plan(folder / "plan.toml"))
    made.run()
    return made


@pytest.mark.deep
def test_every_run_has_a_folder_of_its_own(ran: Ran) -> None:
    names = {path.name for path in ran.folder.iterdir() if path.is_dir()}

    assert names == {"good-default-seed0", "good-default-seed1"}
    for name in names:
        assert json.loads((ran.folder / name / "result.json").read_text())["ensemble"]


@pytest.mark.deep
def test_scores_are_summed_up_and_failures_counted(ran: Ran) -> None:
    assert ran.report is not None
    good, missing, odd = ran.report.groups

    assert (good.runs, good.failed, good.metric) == (2, 0, "rmse")
    assert good.test.mean is not None
    assert good.test.deviation is not None
    assert good.stages["models"].seconds > 0
    assert good.stages["models"].peak_bytes > 0
    assert (missing.runs, missing.failed) == (1, 1)
    assert missing.development.mean is None
    assert "missing.csv" in ran.report.runs[2].message
    assert (odd.runs, odd.failed) == (1, 1)
    assert "oracle" in ran.report.runs[3].message


@pytest.mark.deep
def test_both_files_hold_the_numbers(ran: Ran) -> None:
    written = json.loads((ran.folder / "batch.json").read_text())
    with (ran.folder / "batch.csv").open() as lines:
        rows = list(csv.DictReader(lines))

    assert [row["table"] for row in rows] == ["good", "missing", "odd"]
    mean = written["groups"][0]["development"]["mean"]
    assert float(rows[0]["development_mean"]) == mean
    assert rows[1]["development_mean"] == ""
    assert len(written["runs"]) == 4


@pytest.mark.deep
def test_a_plan_started_again_runs_only_what_is_not_done(ran: Ran) -> None:
    assert ran.report is not None
    before = ran.report
    kept = ran.folder / "good-default-seed0" / "events.jsonl"
    written_at = kept.stat().st_mtime_ns

    again = ran.run([ran.plan[0], ran.plan[1], ran.plan[3]])

    assert kept.stat().st_mtime_ns == written_at
    # An undefined metric is NaN, which equals nothing.
    assert list(map(repr, again.runs[:2])) == list(map(repr, before.runs[:2]))
    assert [line.endswith("(known)") for line in ran.told[:2]] == [True, True]
    assert any("odd-default-seed0: started" in line for line in ran.told)
    ran.report = before


@pytest.mark.deep
def test_a_run_that_was_cut_off_goes_on_and_what_is_done_is_skipped(
    ran: Ran, tmp_path: Path
) -> None:
    """The plan was killed in the middle of its second run."""
    shutil.copytree(ran.folder, tmp_path / "batch")
    done, cut = (
        RunFolder(tmp_path / "batch" / planned.name) for planned in ran.plan[:2]
    )
    whole = list(read_journal(cut.events))
    lines = cut.events.read_bytes().splitlines(keepends=True)
    half = next(e.seq for e in whole if isinstance(e.body, FitFinished)) + 1
    cut.events.write_bytes(b"".join(lines[:half]) + lines[half][:30])
    cut.result.unlink()
    before = done.events.stat().st_mtime_ns
    again = Ran(tmp_path / "batch", ran.plan[:2])

    report = again.run()

    assert again.told == [
        f"1/2 {ran.plan[0].name}: {outcome(again.told[0])} (known)",
        f"2/2 {ran.plan[1].name}: resumed",
        f"2/2 {ran.plan[1].name}: {outcome(again.told[2])}",
    ]
    assert done.events.stat().st_mtime_ns == before
    assert cut.events.read_bytes().startswith(b"".join(lines[:half]))
    answers = [e.key for e in read_journal(cut.events) if e.io == "in" and e.key]
    assert len(answers) == len(set(answers))
    assert ran.report is not None
    scores = [group.development for group in (ran.report.groups[0], report.groups[0])]
    assert scores[0] == scores[1]
    replay_run(cut)


def outcome(told: str) -> str:
    """What a run came to, as a line of a batch says it."""
    found = re.search(r": (rmse [0-9.]+ in [0-9.]+ ?\w+)", told)
    assert found is not None, told
    return found[1]


@pytest.mark.deep
def test_a_folder_with_another_run_is_left_alone(ran: Ran) -> None:
    first = ran.plan[0]
    other = first.settings.model_copy(update={"trials": 6})

    with pytest.raises(RunFolderError, match="--batch-dir"):
        Batch(ran.folder, SilentProgress, ran.told.append).run(
            [first._replace(settings=other)]
        )
    assert (ran.folder / first.name / "result.json").exists()


@pytest.mark.deep
def test_a_folder_that_is_no_run_is_left_alone(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / ran.plan[0].name).mkdir()
    (tmp_path / ran.plan[0].name / "mine.txt").write_text("mine")

    with pytest.raises(RunFolderError, match="something else"):
        Batch(tmp_path, SilentProgress, ran.told.append).run(ran.plan[:1])
    assert (tmp_path / ran.plan[0].name / "mine.txt").exists()


@pytest.mark.deep
def test_two_batches_cannot_share_a_folder(ran: Ran, tmp_path: Path) -> None:
    clash: list[str] = []

    def start_another(line: str) -> None:
        with pytest.raises(RunFolderError, match="another batch"):
            Batch(tmp_path, SilentProgress, clash.append).run(ran.plan[3:])
        clash.append(line)

    Batch(tmp_path, SilentProgress, start_another).run(ran.plan[3:])

    assert len(clash) == 2


@pytest.mark.deep
def test_a_folder_that_cannot_be_made_is_refused(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")

    with pytest.raises(RunFolderError, match="cannot be made"):
        Batch(tmp_path / "file" / "batch", SilentProgress, print).run(ran.plan)


@pytest.mark.deep
def test_another_machine_asks_for_the_same_run(ran: Ran) -> None:
    planned = ran.plan[0].settings
    found = first_settings(RunFolder(ran.folder / ran.plan[0].name))

    assert found is not None
    moved = found.model_copy(update={"memory_bytes": 1, "workers": 64})
    assert is_same_run(moved, planned)
    assert not is_same_run(found.model_copy(update={"seed": 9}), planned)


@pytest.fixture
def planned(tmp_path: Path) -> PlannedRun:
    settings = RunSettings(tables=TableSettings(table="t.csv", target="y"), trials=3)
    return PlannedRun(table="t", setting="default", settings=settings)


def write_run(folder: RunFolder, planned: PlannedRun, *said: Message) -> None:
    """A journal that opens a planned run and holds what was said after that."""
    opening = RunStarted(settings=planned.settings, versions=(), fingerprint="")
    create_run_folder(folder.path)
    with JournalWriter(folder.events) as journal:
        for seq, body in enumerate((opening, *said)):
            io: Literal["in", "out"] = "out" if seq else "in"
            event = Envelope(
                run="r", session=0, seq=seq, io=io, body=body, src="test", t=seq
            )
            journal.append([event])


@pytest.mark.parametrize(
    ("said", "is_known", "is_half_done"),
    [
        ((), False, True),
        ((RunCrashed(exception="KeyError", message="x"),), False, True),
        ((RunFinished(status="no_model"),), True, False),
        ((RunFinished(status="cancelled"),), False, False),
    ],
)
def test_what_a_run_came_to_decides_whether_it_is_known_resumed_or_started(
    planned: PlannedRun,
    tmp_path: Path,
    said: tuple[Message, ...],
    is_known: bool,
    is_half_done: bool,
) -> None:
    folder = RunFolder(tmp_path / planned.name)
    write_run(folder, planned, *said)

    assert (finished_run(tmp_path, planned) is not None) == is_known
    assert can_go_on(folder) == is_half_done


def test_a_run_that_was_killed_before_its_first_line_is_started_anew(
    planned: PlannedRun, tmp_path: Path
) -> None:
    folder = create_run_folder(tmp_path / planned.name)
    folder.events.touch()

    assert finished_run(tmp_path, planned) is None
    assert not can_go_on(folder)


def test_a_damaged_run_is_not_passed_over_for_a_new_one(
    planned: PlannedRun, tmp_path: Path
) -> None:
    """Resuming it says what is wrong with it."""
    folder = RunFolder(tmp_path / planned.name)
    write_run(folder, planned, Tick(elapsed_seconds=1), Tick(elapsed_seconds=2))
    content = folder.events.read_bytes()
    folder.events.write_bytes(content.replace(b'"t":1', b'"t":7', 1))

    assert finished_run(tmp_path, planned) is None
    assert can_go_on(folder)


def test_a_batch_is_named_after_its_plan() -> None:
    assert default_batch_path(Path("plans/mine.toml")) == Path("runs/mine")
