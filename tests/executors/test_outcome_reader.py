"""What an ended job came to, and how stack dumps become the program's own lines."""

import signal
from typing import TYPE_CHECKING

import pytest

from executors.job_files import JobFiles
from executors.outcome import JobFailure
from executors.outcome_reader import (
    EndedJob,
    dumped_frames,
    read_outcome,
    source_lines,
    without_own_frames,
)
from executors.wire import JobReport

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.jobs import JobLimits
    from tests.executors.conftest import Bench

DUMP = """Timeout (0:00:01)!
Thread 0x01 (most recent call first):
  File "candidate.py", line 9 in helper

Thread 0x02 (most recent call first):
  File "/lib/numpy/core.py", line 100 in dot
  File "candidate.py", line 2 in inner
  File "features_1.py", line 1 in fit
  File "<frozen runpy>", line 88 in _run_code
"""


def test_the_main_thread_is_the_one_dumped_last() -> None:
    assert dumped_frames(DUMP) == (("features_1.py", 1), ("candidate.py", 2))


def test_a_dump_without_such_code_has_no_frames() -> None:
    assert dumped_frames("Fatal Python error: Aborted\n") == ()


def test_frames_of_the_start_are_left_out() -> None:
    assert "runpy" not in without_own_frames(DUMP)
    assert "numpy" in without_own_frames(DUMP)


def test_lines_come_from_the_source_that_was_sent(bench: "Bench") -> None:
    program = bench.program("a = 1\n    b = 2\n")
    frames = (("candidate.py", 2), ("candidate.py", 0), ("features_9.py", 1))

    assert source_lines(program, frames) == ("2: b = 2",)


@pytest.mark.parametrize(("cpu_seconds", "kind"), [(1.4, "cpu_limit"), (0.4, "crash")])
def test_who_is_killed_near_the_limit_of_the_processor_has_reached_it(
    bench: "Bench",
    limits: "Callable[..., JobLimits]",
    cpu_seconds: float,
    kind: str,
) -> None:
    """The kernel charges whole ticks, so that it kills before the exact second."""
    report = JobReport(
        why="exited",
        status=signal.SIGKILL,
        seconds=5.0,
        cpu_seconds=cpu_seconds,
        peak_bytes=0,
        trace="",
    )
    program = bench.candidate()

    with JobFiles.for_program(program) as files:
        job = EndedJob(program, limits(cpu_seconds=2), report, b"")
        outcome = read_outcome(job, files)

    assert isinstance(outcome, JobFailure)
    assert outcome.kind == kind
