"""R14: what a process happens to be started with never reaches a journal."""

import os
import subprocess
import sys
from pathlib import Path

from agents.team import build_agents
from bus.journal import read_journal
from bus.replay import Replayer

ROOT = Path(__file__).parents[2]
ONE_RUN = """
import locale, sys, time
from contextlib import suppress
from pathlib import Path
import anyio, structlog
from tests.agents.samples import make_settings
from tests.agents.simulation import simulate
from tests.agents.world import World
with suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")
structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
world = World(breaks=0.2, hopeless=0.2, flat=0.1, raises=0.02, turns=(3, 1, 9, 2))
settings = make_settings(trials=40, workers=3)
anyio.run(simulate, Path(sys.argv[1]), settings, world, None, lambda: 0.0)
print(hash("churn"), time.tzname, sys.getfilesystemencoding())
"""
HERE = {
    "PYTHONHASHSEED": "1",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
}
THERE = {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"}


def test_two_processes_write_the_same_journal_to_the_byte(tmp_path: Path) -> None:
    paths = [tmp_path / "here", tmp_path / "there"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_RUN, path],
            env=os.environ | surroundings,
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        for path, surroundings in zip(paths, (HERE, THERE), strict=True)
    ]
    told = [process.communicate(timeout=60)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert told[0] != told[1]
    journals = [path.read_bytes() for path in paths]
    assert journals[0] == journals[1]
    report = Replayer(build_agents).verify(read_journal(paths[0]))
    assert report.events > 200
