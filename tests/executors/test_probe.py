"""What the self-test says about this machine, and how a pool gets by without layers."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from executors import probe
from executors.errors import FenceError
from executors.jail.layers import (
    BASE_LAYERS,
    FORKED_START,
    Layer,
    meaning_of_missing,
    missing_layers,
)
from executors.outcome import JobFailure, JobSuccess
from executors.pool import WorkerPool
from schemas.jobs import JobLimits

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_every_layer_is_tried_and_named(bench: "Bench") -> None:
    states = await bench.pool.layers()

    assert [name for name, _ in states] == [*BASE_LAYERS, *Layer, FORKED_START]
    assert missing_layers(states) == ()
    assert bench.pool.path == "fork"


async def test_a_pool_without_layers_says_that_they_are_switched_off(
    bare_bench: "Bench",
) -> None:
    missing = missing_layers(await bare_bench.pool.layers())

    assert [layer.name for layer in missing] == [*Layer]
    assert {layer.why for layer in missing} == {"switched off"}
    assert len({layer.meaning for layer in missing}) == len(Layer)


def test_every_layer_has_a_meaning() -> None:
    told = (*Layer, *BASE_LAYERS, FORKED_START)

    assert all(meaning_of_missing(layer) for layer in told)


@pytest.mark.skipif(os.geteuid() != 0, reason="breaks what only root can")
async def test_without_the_filter_of_system_calls_no_job_runs_unless_told(
    bench: "Bench",
    limits: Callable[..., JobLimits],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    break_calls(tmp_path, monkeypatch, "seccomp")

    async with WorkerPool(threads=2, spool=tmp_path / "spool") as pool:
        with pytest.raises(FenceError, match="seccomp is not known"):
            await pool.run(bench.candidate(), bench.buffers, limits())
    async with WorkerPool(2, tmp_path / "spool", indispensable=()) as pool:
        outcome = await pool.run(bench.candidate(), bench.buffers, limits())
        states = dict(await pool.layers())

    assert isinstance(outcome, JobSuccess)
    assert "seccomp is not known" in states[Layer.SECCOMP]
    assert states[Layer.LANDLOCK] == "active"


def break_calls(folder: Path, monkeypatch: pytest.MonkeyPatch, *calls: str) -> None:
    """Let zygotes believe that this machine has no such system calls."""
    lines = [f"del s.SYSTEM_CALLS[{call!r}]" for call in calls]
    broken = ["import executors.jail.syscalls as s", *lines]
    (folder / "sitecustomize.py").write_text("\n".join(broken))
    path = f"{Path.cwd()}:{folder}"
    monkeypatch.setattr(
        "executors.zygote_process.zygote_environment",
        lambda *_: {"PYTHONPATH": path, "OMP_NUM_THREADS": "2"},
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="breaks what only root can")
@pytest.mark.parametrize(
    ("call", "broken", "whole"),
    [
        ("landlock_create_ruleset", Layer.LANDLOCK, Layer.FILES),
        ("mount", Layer.FILES, Layer.LANDLOCK),
    ],
)
async def test_a_layer_that_fails_is_left_out_with_its_reason(
    bench: "Bench",
    limits: Callable[..., JobLimits],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    broken: Layer,
    whole: Layer,
) -> None:
    """A machine whose kernel has no Landlock, and one where nobody may mount."""
    break_calls(tmp_path, monkeypatch, call)

    async with WorkerPool(threads=2, spool=tmp_path / "spool") as pool:
        states = dict(await pool.layers())
        outcome = await pool.run(bench.candidate(), bench.buffers, limits())

    assert f"{call} is not known" in states[broken]
    assert states[whole] == "active"
    assert states[Layer.SECCOMP] == "active"
    assert isinstance(outcome, JobSuccess)


@pytest.mark.skipif(os.geteuid() != 0, reason="breaks what only root can")
async def test_where_nothing_guards_files_no_job_runs_unless_told(
    bench: "Bench",
    limits: Callable[..., JobLimits],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    break_calls(tmp_path, monkeypatch, "landlock_create_ruleset", "mount")

    async with WorkerPool(threads=2, spool=tmp_path / "spool") as pool:
        with pytest.raises(FenceError, match=r"mount.* as well as landlock .*not know"):
            await pool.run(bench.candidate(), bench.buffers, limits())
    async with WorkerPool(2, tmp_path / "spool", indispensable=()) as pool:
        outcome = await pool.run(bench.candidate(), bench.buffers, limits())
        missing = {m.name: m.meaning for m in missing_layers(await pool.layers())}

    assert isinstance(outcome, JobSuccess)
    assert "no fence at all" in missing[Layer.LANDLOCK]
    assert "all files" in missing[Layer.FILES]


@pytest.mark.deep
async def test_where_forking_is_not_safe_jobs_start_afresh(
    bench: "Bench",
    limits: Callable[..., JobLimits],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The self-test hangs here as it would after a warm-up fit in the zygote."""
    source = "class Candidate:\n    def __init__(self, spec):\n        while True: pass"
    monkeypatch.setattr(probe, "FORK_TEST_SOURCE", source)
    monkeypatch.setattr(probe, "FORK_TEST_LIMITS", limits(wall_seconds=0.3))
    fit = "import os; print(os.getpid(), os.listdir('/')); os.fork()"

    async with WorkerPool(threads=2, spool=tmp_path) as pool:
        states = await pool.layers()
        success = await pool.run(bench.candidate(), bench.buffers, limits())
        failure = await pool.run(bench.candidate(fit=fit), bench.buffers, limits())

    assert pool.path == "spawn"
    (start,) = missing_layers(states)
    assert (start.name, start.why) == (FORKED_START, pool.path_note)
    assert "timeout" in start.why
    assert "seconds and 200 MB more" in start.meaning
    assert isinstance(success, JobSuccess)
    assert isinstance(failure, JobFailure)
    assert (failure.kind, failure.exception) == ("exception", "PermissionError")
    assert "passwd" not in failure.output


@pytest.mark.deep
async def test_a_job_that_starts_afresh_has_the_same_fence(
    bench: "Bench", limits: Callable[..., JobLimits], tmp_path: Path
) -> None:
    fit = "import os; print(os.getpid(), os.path.exists('/etc/passwd')); os.fork()"

    async with WorkerPool(threads=2, spool=tmp_path, path="spawn") as pool:
        outcome = await pool.run(bench.candidate(fit=fit), bench.buffers, limits())

    assert isinstance(outcome, JobFailure)
    assert (outcome.exception, outcome.output) == ("PermissionError", "1 False\n")
    assert "as was asked" in pool.path_note


@pytest.mark.deep
async def test_limits_hold_for_jobs_that_start_afresh(
    bench: "Bench", limits: Callable[..., JobLimits], tmp_path: Path
) -> None:
    """Loading the libraries counts neither as the job's time nor as its memory."""
    tight = limits(cpu_seconds=20, memory_bytes=256 * 2**20)
    jobs = {
        "timeout": ("import time; time.sleep(60)", 0.5),
        "memory": ("x = []\nwhile True: x.append(b'x' * 2**22)", 20.0),
        "success": ("pass", 2.0),
    }

    async with WorkerPool(threads=2, spool=tmp_path, path="spawn") as pool:
        for kind, (fit, seconds) in jobs.items():
            limited = tight.model_copy(update={"wall_seconds": seconds})
            program = bench.candidate(fit=fit)
            outcome = await pool.run(program, bench.buffers, limited)
            found = "success" if isinstance(outcome, JobSuccess) else outcome.kind
            assert found == kind
