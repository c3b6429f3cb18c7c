"""A zygote on its way: ended at once while nobody needs it, and taken over by a pool."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from executors.outcome import JobSuccess
from executors.pool import WorkerPool
from executors.zygote_process import STOP_PATIENCE_SECONDS, launch_zygote

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.jobs import JobLimits
    from tests.executors.conftest import Bench


def test_one_that_still_loads_is_not_waited_for() -> None:
    descriptors = len(os.listdir("/proc/self/fd"))

    with launch_zygote(threads=1) as zygote:
        started = time.monotonic()
    seconds = time.monotonic() - started

    assert zygote.process.returncode is not None
    assert seconds < STOP_PATIENCE_SECONDS
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_ending_it_twice_is_no_harm() -> None:
    zygote = launch_zygote(threads=1)
    zygote.end()
    zygote.end()

    assert zygote.process.returncode is not None


def test_one_that_cannot_be_made_leaves_no_descriptor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    descriptors = len(os.listdir("/proc/self/fd"))

    with pytest.raises(FileNotFoundError):
        launch_zygote(threads=1)

    assert len(os.listdir("/proc/self/fd")) == descriptors


@pytest.mark.parametrize("is_forbidden", [True, False])
def test_it_keeps_what_it_compiles_unless_python_is_told_not_to(
    monkeypatch: pytest.MonkeyPatch, is_forbidden: bool
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", is_forbidden)

    with launch_zygote(threads=1) as zygote:
        words = zygote.process.args

    assert isinstance(words, list)
    assert ("-B" in words) is is_forbidden


@pytest.mark.deep
async def test_a_pool_takes_over_one_that_is_on_its_way(
    bench: "Bench", limits: "Callable[..., JobLimits]", tmp_path: Path
) -> None:
    with launch_zygote(threads=2) as zygote:
        async with WorkerPool(threads=2, spool=tmp_path, zygote=zygote) as pool:
            assert pool._zygote is zygote
            outcome = await pool.run(bench.candidate(), bench.buffers, limits())
        assert zygote.process.returncode is not None

    assert isinstance(outcome, JobSuccess)
