"""What is left when a part of the machinery is killed or starved."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import numpy as np
import pytest

from executors.environment import zygote_environment
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from executors.process_status import status_bytes
from schemas.jobs import JobLimits

if TYPE_CHECKING:
    from tests.executors.conftest import Bench

pytestmark = pytest.mark.deep

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = "import time; time.sleep(30)"
MANY_JOBS = 2000
AT_ONCE = 32
MEBIBYTE = 1024**2


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    try:
        return [int(child) for child in listed.read_text().split()]
    except OSError:  # it ended before or while it was looked at
        return []


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def is_asleep(process: int) -> bool:
    try:
        return "nanosleep" in Path(f"/proc/{process}/wchan").read_text()
    except OSError:
        return False


def scratch_folders(spool: Path) -> list[Path]:
    return list(spool.glob("jobs-*/job-*"))


def empty(folder: Path) -> None:
    for filler in folder.glob("filler-*"):
        filler.unlink()


def zygote_of(bench: "Bench") -> int:
    assert bench.pool._zygote is not None
    return bench.pool._zygote.process.pid


async def running_job(zygote: int) -> tuple[int, int]:
    """Wait until a job sleeps, and return its supervisor and its child."""
    with anyio.fail_after(20):
        while True:
            for supervisor in children_of(zygote):
                for child in children_of(supervisor):
                    if is_asleep(child):
                        return supervisor, child
            await anyio.lowlevel.checkpoint()


async def gone(*processes: int, seconds: float = 1.0) -> None:
    with anyio.fail_after(seconds):
        while any(map(is_running, processes)):
            await anyio.lowlevel.checkpoint()


async def test_a_killed_supervisor_takes_its_child_along(bench: "Bench") -> None:
    outcomes = []

    async def run() -> None:
        outcomes.append(await bench.run(bench.candidate(fit=SLEEPER)))

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        supervisor, child = await running_job(zygote_of(bench))
        os.kill(supervisor, signal.SIGKILL)
        await gone(supervisor, child)

    assert isinstance(outcomes[0], JobFailure)
    assert outcomes[0].kind == "internal"
    assert not list(bench.pool._folder.glob("job-*"))
    await bench.success(bench.candidate())


async def test_a_killed_zygote_costs_no_confined_job(bench: "Bench") -> None:
    outcomes = []
    fit = "import time; time.sleep(1.5)"

    async def run() -> None:
        outcomes.append(await bench.run(bench.candidate(fit=fit)))

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(run)
        zygote = zygote_of(bench)
        await running_job(zygote)
        os.kill(zygote, signal.SIGKILL)
        await bench.success(bench.candidate())

    assert [type(outcome) for outcome in outcomes] == [JobSuccess] * 3


HOST = """
import os, sys, anyio
from pathlib import Path
import numpy as np, pandas as pd
from executors.buffers import SealedBuffer
from executors.pool import WorkerPool
from executors.program import WorkerProgram, WorkerSpec
from schemas.jobs import JobLimits

SOURCE = '''
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True: time.sleep(1)
'''
async def main():
    spec = WorkerSpec(task="regression", classes=(), seed=0, n_threads=1, seconds=9,
        kinds={"a": "numeric"}, clusters=None)
    program = WorkerProgram(mode="fit", source=SOURCE, spec=spec, rows=9, columns=1)
    limits = JobLimits(wall_seconds=60, cpu_seconds=60, memory_bytes=2**28, threads=1)
    x = SealedBuffer.from_frame(pd.DataFrame({"a": np.arange(9.0)}))
    y = SealedBuffer.from_array(np.arange(9.0))
    async with WorkerPool(1, Path(sys.argv[1])) as pool:
        await pool.ready()
        print(pool._zygote.process.pid, flush=True)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(pool.run, program,
                    {"train_x": x, "train_y": y, "valid_x": x}, limits)
anyio.run(main)
"""


async def test_nothing_outlives_a_killed_host(tmp_path: Path) -> None:
    host = subprocess.Popen(  # noqa: ASYNC220 - it is to be killed
        [sys.executable, "-c", HOST, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert host.stdout is not None
    zygote = int(host.stdout.readline())
    family: set[int] = set()
    with anyio.fail_after(20):
        while len(family) < 6:
            supervisors = children_of(zygote)
            family = {*supervisors}.union(*map(children_of, supervisors))
            await anyio.lowlevel.checkpoint()

    host.kill()
    host.wait()
    host.stdout.close()

    await gone(zygote, *family)
    with anyio.fail_after(2):
        while scratch_folders(tmp_path):
            await anyio.lowlevel.checkpoint()


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Put a tiny file system in the place of a folder and fill it."""
    mounted = ["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=64", "none"]
    subprocess.run([*mounted, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    for content in (b"x" * 4096, b""):
        with suppress(OSError):
            for number in range(100):
                (folder / f"filler-{len(content)}-{number}").write_bytes(content)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
async def test_a_full_disk_fails_jobs_and_nothing_else(
    bench: "Bench", limits: Callable[..., JobLimits], tmp_path: Path
) -> None:
    with full_disk(tmp_path):
        async with WorkerPool(threads=2, spool=tmp_path) as pool:
            await pool.ready()
            fill(tmp_path)
            starved = await pool.run(bench.candidate(), bench.buffers, limits())
            empty(tmp_path)
            after = await pool.run(bench.candidate(), bench.buffers, limits())

    assert isinstance(starved, JobFailure)
    assert starved.kind == "internal"
    assert "No space left" in starved.message
    assert isinstance(after, JobSuccess)


async def test_no_descriptors_left_fails_the_call_and_leaks_none(
    bench: "Bench",
) -> None:
    await bench.success(bench.candidate())
    before = len(os.listdir("/proc/self/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    failures = 0
    for spare in range(8):
        resource.setrlimit(resource.RLIMIT_NOFILE, (before + spare, hard))
        try:
            await bench.run(bench.candidate())
        except OSError:
            failures += 1
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert failures > 0
    assert len(os.listdir("/proc/self/fd")) == before
    await bench.success(bench.candidate())


LEAPING_CLOCK = """
import itertools, time
def leaping(read, day, turns=itertools.count()):
    return lambda: read() + (-1) ** next(turns) * day
time.time = leaping(time.time, 86_400)
time.time_ns = leaping(time.time_ns, 86_400 * 10**9)
"""


async def test_a_leaping_clock_moves_no_limit(
    bench: "Bench",
    limits: Callable[..., JobLimits],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In every process the time of day leaps by two days whenever it is read."""
    (tmp_path / "sitecustomize.py").write_text(LEAPING_CLOCK)
    honest = zygote_environment(2, ROOT)
    monkeypatch.setattr(
        "executors.zygote_process.zygote_environment",
        lambda *_: honest | {"PYTHONPATH": f"{ROOT}:{tmp_path}"},
    )
    for name in ("time", "time_ns"):
        monkeypatch.setattr(time, name, getattr(time, name))
    exec(LEAPING_CLOCK)  # noqa: S102 - the same leaps in this process
    fit = "import time; time.sleep(0.3); print(abs(time.time() - time.time()) > 9e4)"

    async with WorkerPool(threads=2, spool=tmp_path) as pool:
        fine = await pool.run(bench.candidate(fit=fit), bench.buffers, limits())
        program = bench.candidate(fit="while True: pass")
        late = await pool.run(program, bench.buffers, limits(wall_seconds=1))

    assert isinstance(fine, JobSuccess)
    assert fine.output == "True\n"
    assert 0.3 <= fine.usage.seconds < 20
    assert isinstance(late, JobFailure)
    assert late.kind == "timeout"
    assert 1 <= late.usage.seconds < 20


@pytest.mark.long
async def test_two_thousand_jobs_leak_nothing(bench: "Bench") -> None:
    good, bad = bench.candidate(), bench.candidate(fit="raise ValueError")
    for _ in range(20):
        await bench.run(good)
    descriptors = len(os.listdir("/proc/self/fd"))
    zygote = zygote_of(bench)
    zygote_descriptors = len(os.listdir(f"/proc/{zygote}/fd"))
    own_bytes = status_bytes("self", "RssAnon", "RssShmem")
    zygote_bytes = status_bytes(zygote, "RssAnon", "RssShmem")
    limiter = anyio.CapacityLimiter(4)

    async def run(number: int) -> None:
        async with limiter:
            await bench.run(bad if number % 10 == 0 else good)

    async with anyio.create_task_group() as group:
        for number in range(MANY_JOBS):
            group.start_soon(run, number)

    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert len(os.listdir(f"/proc/{zygote}/fd")) == zygote_descriptors
    await gone(*children_of(zygote), seconds=5)
    assert children_of(zygote) == []
    assert not list(bench.pool._folder.glob("job-*"))
    assert status_bytes(zygote, "RssAnon", "RssShmem") < zygote_bytes + 2 * MEBIBYTE
    grown = status_bytes("self", "RssAnon", "RssShmem") - own_bytes
    assert grown < 40 * MEBIBYTE


async def test_many_jobs_at_once_stay_within_limits(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    """Thirty-two children are alive together, each private in little memory."""
    outcomes: list[JobSuccess | JobFailure] = []
    fit = "import time; time.sleep(6)"
    small = limits(memory_bytes=256 * MEBIBYTE, wall_seconds=60)
    zygote = zygote_of(bench)
    private: list[int] = []

    async def run() -> None:
        outcomes.append(await bench.run(bench.candidate(fit=fit), small))

    async with anyio.create_task_group() as group:
        for _ in range(AT_ONCE):
            group.start_soon(run)
        with anyio.fail_after(30):
            children: list[int] = []
            while len(children) < AT_ONCE:
                supervisors = children_of(zygote)
                children = [c for s in supervisors for c in children_of(s)]
                await anyio.lowlevel.checkpoint()
        private = [private_bytes(child) for child in children]

    assert [type(outcome) for outcome in outcomes] == [JobSuccess] * AT_ONCE
    assert max(private) < 30 * MEBIBYTE


def private_bytes(process: int) -> int:
    total = 0
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith(("Private_Dirty:", "Private_Clean:")):
            total += int(line.split()[1]) * 1024
    return total


def count_in_memory(process: int, pattern: bytes) -> int:
    """Count a pattern in all memory of a process that can be written or is shared."""
    found = 0
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if "r" not in rights or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(edge, 16) for edge in place.split("-"))
            for at in range(start, end, 16 * MEBIBYTE):
                try:
                    memory.seek(at)
                    length = min(16 * MEBIBYTE + len(pattern), end - at)
                    found += memory.read(length).count(pattern)
                except OSError:
                    continue
    return found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads others' memory")
async def test_labels_of_the_scored_fold_are_nowhere_in_a_worker(
    bench: "Bench",
) -> None:
    """The training labels are found in the child, so the search itself works."""
    random = np.random.default_rng(int(time.time()))
    scored = random.integers(1, 2**60, size=40)
    trained = random.integers(1, 2**60, size=60)
    bench.hand_in("train_y", trained)
    outcomes = []

    async def run() -> None:
        outcomes.append(await bench.run(bench.candidate(fit=SLEEPER)))

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        zygote = zygote_of(bench)
        supervisor, child = await running_job(zygote)
        hits = {
            name: (
                count_in_memory(process, scored[8:16].tobytes()),
                count_in_memory(process, trained[8:16].tobytes()),
            )
            for name, process in {
                "host": os.getpid(),
                "zygote": zygote,
                "supervisor": supervisor,
                "child": child,
            }.items()
        }
        group.cancel_scope.cancel()

    assert hits["host"][0] > 0
    assert hits["child"][1] > 0
    assert [hits[name][0] for name in ("zygote", "supervisor", "child")] == [0, 0, 0]
    assert hits["zygote"][1] == hits["supervisor"][1] == 0


async def test_the_sum_of_running_limits_never_passes_what_is_free(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    third = bench.pool.admission._capacity // 3
    large = limits(memory_bytes=third, wall_seconds=30)
    zygote = zygote_of(bench)
    most = 0

    async def run() -> None:
        outcome = await bench.run(
            bench.candidate(fit="import time; time.sleep(0.2)"), large
        )
        assert isinstance(outcome, JobSuccess)

    async def look() -> None:
        nonlocal most
        while True:
            most = max(most, len(children_of(zygote)))
            await anyio.sleep(0.005)

    async with anyio.create_task_group() as watching:
        watching.start_soon(look)
        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(run)
        watching.cancel_scope.cancel()

    assert 1 <= most <= 3
