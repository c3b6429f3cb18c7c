"""Limits, crashes and leftovers, with processes that mean it."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from executors.outcome import JobFailure
from schemas.jobs import JobLimits

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


def processes_with(marker: str) -> list[int]:
    """Return the processes in whose command line a marker stands."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


async def test_an_endless_loop_ends_at_the_wall_limit_and_names_its_line(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    program = bench.candidate(fit="while True: pass")

    outcome = await bench.run(program, limits(wall_seconds=0.6))

    assert isinstance(outcome, JobFailure)
    assert (outcome.kind, outcome.stage) == ("timeout", "fit")
    assert outcome.lines == ("6: while True: pass",)
    assert outcome.usage.seconds == pytest.approx(0.6, abs=0.5)
    assert "executors" not in outcome.trace


async def test_blocking_all_signals_does_not_help(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    fit = """
    import signal, time
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    time.sleep(30)
    """

    outcome = await bench.run(bench.candidate(fit=fit), limits(wall_seconds=0.5))

    assert isinstance(outcome, JobFailure)
    assert outcome.kind == "timeout"


async def test_processor_time_is_limited_and_the_line_is_named(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    program = bench.candidate(fit="while True: pass")

    outcome = await bench.run(program, limits(cpu_seconds=2))

    assert isinstance(outcome, JobFailure)
    assert outcome.kind == "cpu_limit"
    assert outcome.lines == ("6: while True: pass",)


@pytest.mark.parametrize(
    "fit",
    [
        "np.ones(10**10)",
        "raise MemoryError",
        "raise ValueError('std::bad_alloc')",
        # Neither touched memory below the kernel's limit nor a shared map raises
        # anything; the watchdog sees both.
        "x = [b'x' * 2**20 for _ in range(400)]; import time; time.sleep(9)",
        "import mmap, time; m = mmap.mmap(-1, 2**29)\n"
        "for _ in range(400): m.write(b'x' * 2**20)\n"
        "time.sleep(9)",
    ],
    ids=["numpy", "raised", "wrapped", "private", "shared"],
)
async def test_memory_is_limited(
    bench: "Bench", limits: Callable[..., JobLimits], fit: str
) -> None:
    outcome = await bench.run(
        bench.candidate(fit=fit), limits(memory_bytes=256 * 2**20)
    )

    assert isinstance(outcome, JobFailure)
    assert (outcome.kind, outcome.stage) == ("memory", "fit")


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        ("import os; os.abort()", "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import os; os._exit(3)", "status 3"),
    ],
)
async def test_a_crash_is_told_by_its_signal_or_status(
    bare_bench: "Bench", fit: str, message: str
) -> None:
    outcome = await bare_bench.failure(bare_bench.candidate(fit=fit))

    assert (outcome.kind, outcome.stage) == ("crash", "fit")
    assert message in outcome.message


async def test_a_crash_by_signal_names_its_line(bare_bench: "Bench") -> None:
    outcome = await bare_bench.failure(
        bare_bench.candidate(fit="import os; os.abort()")
    )

    assert outcome.lines == ("6: import os; os.abort()",)


async def test_endless_printing_is_cut_and_ended(bench: "Bench") -> None:
    fit = "while True: print('x' * 10**6)"

    outcome = await bench.failure(bench.candidate(fit=fit))

    assert outcome.kind == "contract"
    assert outcome.message == "printed over 32 MiB"
    assert len(outcome.output) == 64 * 1024


async def test_control_characters_are_not_passed_on(bench: "Bench") -> None:
    fit = r"print('a\x1b[31mb\x00c\td'); import os; os.write(1, b'\xff\xfe')"

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output == "a[31mbc\td\n\ufffd\ufffd"


async def test_daemonised_grandchildren_end_with_the_job(bare_bench: "Bench") -> None:
    marker = secrets.token_hex(8)
    fit = f"""
    import os, subprocess, sys, time
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            subprocess.Popen(
                [sys.executable, "-c", "import time; time.sleep(60)", "{marker}"],
                start_new_session=True,
            )
        os._exit(0)
    time.sleep(0.3)
    """

    outcome = await bare_bench.run(bare_bench.candidate(fit=fit))

    assert outcome.usage.seconds < 10
    assert processes_with(marker) == []


async def test_a_pipe_held_open_does_not_hold_up_the_report(
    bare_bench: "Bench",
) -> None:
    fit = "import subprocess; subprocess.Popen(['sleep', '50'])"

    outcome = await bare_bench.success(bare_bench.candidate(fit=fit))

    assert outcome.usage.seconds < 10


async def test_a_job_that_kills_its_supervisor_fails_alone(bare_bench: "Bench") -> None:
    fit = "import os, time; os.kill(os.getppid(), 9); time.sleep(20)"

    outcome = await bare_bench.failure(bare_bench.candidate(fit=fit))
    after = await bare_bench.success(bare_bench.candidate())

    assert outcome.kind == "internal"
    assert after.values.shape == (40, 2)


async def test_a_cancelled_job_leaves_nothing_behind(bare_bench: "Bench") -> None:
    marker = secrets.token_hex(8)
    report = Path(bare_bench.pool._spool) / f"started-{marker}"
    fit = f"""
    import subprocess, sys, time
    line = "import time; time.sleep(60)"
    for fresh in (True, False):
        subprocess.Popen([sys.executable, "-c", line, "{marker}"], start_new_session=fresh)
    open({str(report)!r}, "w").close()
    time.sleep(60)
    """

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(bare_bench.run, bare_bench.candidate(fit=fit))
            while not report.exists():
                await anyio.lowlevel.checkpoint()
            assert len(processes_with(marker)) == 2
            group.cancel_scope.cancel()

    assert processes_with(marker) == []
    assert not list(bare_bench.pool._folder.glob("job-*"))
