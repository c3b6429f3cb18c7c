"""The pool as the engine uses it: many jobs, a dying zygote, no leaks."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from executors.errors import JobRequestError, ZygoteStartError
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from schemas.jobs import JobLimits

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


def descendants_of(process: int) -> set[int]:
    """Return all processes below one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
        except OSError:
            continue
    found = {process}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


async def test_two_jobs_run_at_once(bare_bench: "Bench", tmp_path: Path) -> None:
    def waits_for(own: str, other: str) -> str:
        return f"""
        import pathlib, time
        folder = pathlib.Path({str(tmp_path)!r})
        (folder / {own!r}).touch()
        while not (folder / {other!r}).exists(): time.sleep(0.01)
        """

    outcomes = []

    async def run(own: str, other: str) -> None:
        program = bare_bench.candidate(fit=waits_for(own, other))
        outcomes.append(await bare_bench.run(program))

    async with anyio.create_task_group() as group:
        group.start_soon(run, "first", "second")
        group.start_soon(run, "second", "first")

    assert [type(outcome) for outcome in outcomes] == [JobSuccess, JobSuccess]


async def test_fifty_jobs_leak_neither_descriptors_nor_processes(
    bench: "Bench",
) -> None:
    good, bad = bench.candidate(), bench.candidate(fit="raise ValueError")
    await bench.run(good)
    before = len(os.listdir("/proc/self/fd"))
    processes = descendants_of(os.getpid())

    async with anyio.create_task_group() as group:
        limiter = anyio.CapacityLimiter(2)

        async def run(number: int) -> None:
            async with limiter:
                await bench.run(bad if number % 5 == 0 else good)

        for number in range(50):
            group.start_soon(run, number)

    assert len(os.listdir("/proc/self/fd")) == before
    with anyio.fail_after(5):
        while descendants_of(os.getpid()) - processes:
            await anyio.lowlevel.checkpoint()


async def test_cancelled_jobs_leak_no_descriptors(bench: "Bench") -> None:
    await bench.run(bench.candidate())
    before = len(os.listdir("/proc/self/fd"))

    for delay in (0.0, 0.005, 0.03, 0.06):
        with anyio.move_on_after(delay):
            await bench.run(bench.candidate(fit="import time; time.sleep(9)"))

    assert len(os.listdir("/proc/self/fd")) == before


async def test_a_dead_zygote_costs_no_job(bare_bench: "Bench", tmp_path: Path) -> None:
    """The running job outlives it; the one it had not forked yet is asked again."""
    started, go_on = tmp_path / "started", tmp_path / "go_on"
    fit = f"""
    import pathlib, time
    pathlib.Path({str(started)!r}).touch()
    while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.01)
    """
    outcomes: dict[str, JobSuccess | JobFailure] = {}
    is_asked = anyio.Event()

    async def run(name: str, fit: str) -> None:
        outcomes[name] = await bare_bench.run(bare_bench.candidate(fit=fit))
        if name == "asked":
            is_asked.set()

    async with anyio.create_task_group() as group:
        group.start_soon(run, "running", fit)
        while not started.exists():
            await anyio.lowlevel.checkpoint()
        assert bare_bench.pool._zygote is not None
        zygote = bare_bench.pool._zygote.process
        zygote.send_signal(signal.SIGSTOP)
        group.start_soon(run, "asked", "pass")
        await anyio.wait_all_tasks_blocked()
        zygote.kill()
        await is_asked.wait()
        go_on.touch()

    assert isinstance(outcomes["running"], JobSuccess)
    assert isinstance(outcomes["asked"], JobSuccess)


async def test_a_zygote_that_cannot_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executors.zygote_process.PROJECT_ROOT", tmp_path)

    async with WorkerPool(threads=1, spool=tmp_path) as pool:
        with pytest.raises(ZygoteStartError, match="No module named 'executors'"):
            await pool.ready()

    assert os.listdir(tmp_path) == []


async def test_too_many_inputs_are_refused(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    bench.hand_in("x", b"")
    inputs = {f"model_{number}": bench.buffers["x"] for number in range(201)}

    with pytest.raises(JobRequestError, match="201 inputs"):
        await bench.pool.run(bench.candidate(), inputs, limits())


async def test_a_missing_input_is_our_own_fault(bench: "Bench") -> None:
    outcome = await bench.failure(bench.candidate(), inputs=("train_x", "train_y"))

    assert outcome.kind == "internal"
    assert "valid_x" in outcome.message


HOSTILE = """
import json, os, sys, mmap
frame = sys._getframe()
while "own" not in frame.f_locals or not hasattr(frame.f_locals["own"], "result"):
    frame = frame.f_back
own = frame.f_locals["own"]
def header(content, length=None):
    size = len(content) if length is None else length
    os.pwrite(own.result, b"SAGEFLT1" + size.to_bytes(4, "little") + content, 0)
def done(**changes):
    told = {"stage": "output", "is_complete": True, "columns": 2} | changes
    header(json.dumps(told).encode())
"""


@pytest.mark.parametrize(
    ("deed", "message"),
    [
        ("os._exit(0)", "without a result"),
        ("os.pwrite(own.result, b'garbage!' * 99, 0); os._exit(0)", "magic"),
        ("header(b'{}', 2**32 - 1); os._exit(0)", "header claims"),
        ("header(b'[' * 60000); os._exit(0)", "no valid header"),
        ("header(b'{\"columns\": ' + b'9' * 9999 + b'}'); os._exit(0)", "header"),
        ("done(columns=2**40); os._exit(0)", "too short"),
        ("done(columns=-1); os._exit(0)", "columns"),
        ("done(columns=1); os._exit(0)", "shape (40, 1), expected (40, 2)"),
        ("done(); os._exit(0)", "do not sum to 1"),
        ("done(surprise=1); os._exit(0)", "no valid header"),
        (
            "import ctypes; m = mmap.mmap(own.result, 0); done();"
            " os.pwrite(own.result, b'\\xff' * 640, 65536); os._exit(0)",
            "not finite",
        ),
        (
            "import fcntl; fcntl.fcntl(own.result, 1033, 1); done(); os._exit(0)",
            "held by somebody",
        ),
    ],
)
async def test_hostile_results_are_rejected(
    bench: "Bench", deed: str, message: str
) -> None:
    outcome = await bench.failure(bench.candidate(fit=HOSTILE + deed))

    assert outcome.kind == "contract"
    assert message in outcome.message


async def test_the_result_file_cannot_grow(bench: "Bench") -> None:
    fit = HOSTILE + "print(os.pwrite(own.result, b'x', 2**20))"

    outcome = await bench.failure(bench.candidate(fit=fit))

    assert (outcome.kind, outcome.exception) == ("exception", "PermissionError")


async def test_forged_notes_do_not_change_the_kind(bench: "Bench") -> None:
    forged = 'done(failure={"exception": "\\x1b[31mE", "message": "m"}); os._exit(3)'

    outcome = await bench.failure(bench.candidate(fit=HOSTILE + forged))

    assert (outcome.kind, outcome.exception) == ("crash", None)
    assert outcome.message == "the process ended with status 3"


async def test_frames_name_only_lines_of_the_source(bench: "Bench") -> None:
    forged = (
        "done(failure={'exception': 'E', 'message': 'secret', 'frames':"
        " [['candidate.py', 1], ['candidate.py', 999], ['/etc/passwd', 1]]});"
        " os._exit(11)"
    )

    outcome = await bench.failure(bench.candidate(fit=HOSTILE + forged))

    assert outcome.kind == "exception"
    assert outcome.lines == ("1: import numpy as np",)


async def test_a_model_stays_opaque_to_the_host(bench: "Bench", tmp_path: Path) -> None:
    fit = f"""
    import pathlib
    path = pathlib.Path({str(tmp_path / "opened")!r})
    class Bomb:
        def __reduce__(self): return (path.touch, ())
    self.bomb = Bomb()
    """
    program = bench.candidate(fit=fit).model_copy(update={"keeps_model": True})

    outcome = await bench.success(program)

    assert outcome.model
    assert not (tmp_path / "opened").exists()


async def test_a_broken_model_fails_only_its_job(bench: "Bench") -> None:
    bench.hand_in("x", bench.valid)
    bench.hand_in("model_0", b"not a pickle")
    program = bench.candidate().model_copy(update={"mode": "predict"})

    outcome = await bench.failure(program, inputs=("x", "model_0"))

    assert isinstance(outcome, JobFailure)
    assert (outcome.kind, outcome.stage) == ("exception", "load")
