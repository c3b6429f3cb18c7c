"""What this machine and this process have."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.machine import (
    even_clock,
    seconds_since_start,
    usable_cores,
)

ROOT = Path(__file__).parents[2]


def test_there_is_at_least_one_core_and_no_more_than_the_machine_has() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_the_clock_counts_from_before_the_first_import() -> None:
    code = (
        "import time; time.sleep(0.2); from engine.machine import *;"
        "print(seconds_since_start())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    assert 0.2 <= float(done.stdout) < 30


def test_the_clock_goes_on() -> None:
    earlier = seconds_since_start()

    assert seconds_since_start() >= earlier > 0


def test_the_time_of_events_does_not_follow_a_leap_of_the_machine_s_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = time.time_ns()
    clock = even_clock()
    before = clock()
    monkeypatch.setattr(time, "time_ns", lambda: now - 3600 * 10**9)

    after = clock()

    assert abs(before - now) < 60 * 10**9
    assert 0 <= after - before < 60 * 10**9
