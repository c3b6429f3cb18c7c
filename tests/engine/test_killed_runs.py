"""Real runs in real processes, killed at random moments and taken up again each time."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.replaying import replay_run
from engine.run_folder import RunFolder
from tests.conftest import Progress

ROOT = Path(__file__).parents[2]
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 400
OPTIONS = ("--target", "outcome", "--drop", "grade", "--drop", "amount", "--seed", "3")
NOTING = """
import os, sys
from engine.effects import Effects
from run import main
notes = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
carry_out = Effects.run
async def noting(self, command):
    os.write(notes, f"{command.key}\\n".encode())
    return await carry_out(self, command)
Effects.run = noting
main()
"""
"""The command line, but that it notes the key of every effect before it begins."""


@dataclass
class KilledRun:
    """A run through any number of sessions.

    Attributes:
        path: Its folder.
        words: What starts it.
        kills: How many of its sessions were killed.
        kept: Whole lines of the journal as of the last session's end.
        launches: How often each effect was begun, over all sessions.
        faults: What must not happen and did.
    """

    path: Path
    words: list[str]
    kills: int = 0
    kept: bytes = b""
    launches: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def work(self, lines: int | None, later_seconds: float = 0.0) -> bool:
        """One session, killed some time after it wrote so many lines.

        Returns:
            Whether it came to its end.
        """
        answered, wanted = self.answered_keys(), self._lines() + (lines or 0)
        with self.process() as process:
            if lines is not None:
                self._wait(process, wanted, later_seconds)
                process.send_signal(signal.SIGKILL)
            code = process.wait(PATIENCE_SECONDS)
        self._check(answered, code)
        self.kills += code == -signal.SIGKILL
        return code == 0

    def _check(self, answered: set[str], code: int) -> None:
        """What must hold after every session."""
        launched = self._take_notes()
        self.launches.update(launched)
        journal = RunFolder(self.path).events.read_bytes()
        if answered & set(launched):
            self.faults.append("what is finished was done again")
        if not journal.startswith(self.kept):
            self.faults.append("an acknowledged event was lost")
        if code not in {0, -signal.SIGKILL}:
            self.faults.append(self.errors.read_text()[-3000:])
        self.kept = journal[: journal.rfind(b"\n") + 1]

    def process(self) -> subprocess.Popen[bytes]:
        words = ["resume", str(self.path)] if self.kept else self.words
        with self.errors.open("w") as errors:
            return subprocess.Popen(
                [sys.executable, "-c", NOTING, str(self.notes), *words],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    @property
    def notes(self) -> Path:
        return self.path.with_name("notes")

    @property
    def errors(self) -> Path:
        return self.path.with_name("errors")

    def _take_notes(self) -> list[str]:
        if not self.notes.exists():
            return []
        launched = self.notes.read_text().split()
        self.notes.unlink()
        return launched

    def _lines(self) -> int:
        events = RunFolder(self.path).events
        return events.read_bytes().count(b"\n") if events.exists() else 0

    def _wait(
        self, process: subprocess.Popen[bytes], lines: int, later_seconds: float
    ) -> None:
        """Until there are so many lines and some time went by, or the process ends."""
        while process.poll() is None and self._lines() < lines:
            try_to_wait(process, LOOK_SECONDS)
        try_to_wait(process, later_seconds)

    def answered_keys(self) -> set[str]:
        """Effects whose outcome was acknowledged: in the journal, or by a receipt."""
        folder = RunFolder(self.path)
        keys: set[str] = set()
        if folder.receipts.exists():
            whole = folder.receipts.read_bytes().rpartition(b"\n")[0]
            keys |= {json.loads(line)["key"] for line in whole.splitlines() if line}
        events = map(json.loads, self.kept.splitlines())
        return keys | {e["key"] for e in events if e["io"] == "in" and e["key"]}


def try_to_wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


BRIEF = ("--validation", "holdout")
BOUNDS = [
    pytest.param((*BRIEF, "--trials", "6"), 2, 40, marks=pytest.mark.deep),
    pytest.param(("--trials", "60"), 20, 40, marks=pytest.mark.long),
    pytest.param(("--budget", "60s"), 20, 40, marks=pytest.mark.long),
]


@pytest.mark.parametrize(("bound", "kills", "most_lines"), BOUNDS)
def test_a_run_killed_at_random_moments_finishes_and_repeats_nothing(
    table: Path,
    tmp_path: Path,
    progress: Progress,
    bound: tuple[str, str],
    kills: int,
    most_lines: int,
) -> None:
    """The first kill comes early: nothing but the start of the run stands then."""
    draw = random.Random(os.getpid())
    path = tmp_path / "run"
    words = ["fit", str(table), *OPTIONS, *bound, "--run-dir", str(path)]
    run = KilledRun(path, words)
    study = f"killed run, {' '.join(bound)}"
    is_finished = run.work(1)
    while not is_finished and run.kills < kills and not run.faults:
        is_finished = run.work(draw.randrange(1, most_lines), draw.uniform(0.0, 0.5))
        progress.keep(study, f"{path} {run.kills}", is_good=not run.faults)
    is_finished = is_finished or run.work(None)

    assert run.faults == []
    assert is_finished
    assert run.kills >= kills / 2
    assert max(run.launches.values()) <= 1 + run.kills
    events = [json.loads(line) for line in run.kept.splitlines()]
    answers = [event["key"] for event in events if event["io"] == "in" and event["key"]]
    assert len(answers) == len(set(answers))
    assert events[-1]["session"] >= run.kills - 1
    replay_run(RunFolder(path))
