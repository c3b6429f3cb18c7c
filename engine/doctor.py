"""Looks at this machine and says what works, what is missing and what that means."""

import os
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from engine.finding import Finding
from engine.machine import usable_cores
from engine.versions import library_versions
from executors.buffers import SealedBuffer
from executors.checkpoints import PACKAGES, checkpoints_of
from executors.free_memory import available_bytes
from executors.jail.layers import (
    ACTIVE,
    INDISPENSABLE,
    broken_fences,
    meaning_of_missing,
)
from executors.outcome import JobFailure
from executors.pool import WorkerPool
from executors.program import WorkerProgram, WorkerSpec
from schemas.jobs import JobLimits

SELF_TEST_ROWS = 500
SELF_TEST_SECONDS = 60.0
SELF_TEST_BYTES = 1024**3
SELF_TEST_SOURCE = """
import lightgbm
from sklearn.ensemble import HistGradientBoostingClassifier


class Candidate:
    def __init__(self, spec):
        self.threads = spec.n_threads

    def fit(self, X, y, weight=None):
        self.first = lightgbm.LGBMClassifier(
            n_estimators=5, n_jobs=self.threads, verbose=-1
        ).fit(X, y)
        self.second = HistGradientBoostingClassifier(max_iter=5).fit(X, y)

    def predict_proba(self, X):
        return (self.first.predict_proba(X) + self.second.predict_proba(X)) / 2
"""


async def examine() -> list[Finding]:
    """Look at everything; runs real jobs in workers."""
    libraries = [Finding("libraries", n, v, "good") for n, v in library_versions()]
    with TemporaryDirectory() as spool:
        async with WorkerPool(threads=2, spool=Path(spool), indispensable=()) as pool:
            layers = layer_findings(await pool.layers())
            worker = await _self_test(pool)
    return [*_machine(), *libraries, *weight_findings(), *layers, worker]


def _machine() -> list[Finding]:
    system = os.uname()
    supported = system.sysname == "Linux" and system.machine == "x86_64"
    return [
        Finding(
            "machine",
            "system",
            f"{system.sysname} {system.machine}, kernel {system.release}",
            "good" if supported else "missing",
        ),
        Finding("machine", "cores", str(usable_cores()), "good"),
        Finding("machine", "free memory", f"{available_bytes() / 1e9:.1f} GB", "good"),
    ]


def weight_findings() -> list[Finding]:
    """Say which weights pretrained networks that are installed would be used with."""
    found = []
    for package in PACKAGES:
        if find_spec(package) is None:
            continue
        names = [
            path.name
            for is_classification in (True, False)
            for path in checkpoints_of(package, is_classification=is_classification)[:1]
        ]
        state = ", ".join(names) or "none that everybody may read: it is not used"
        name = f"weights of {package}"
        found.append(Finding("libraries", name, state, "good" if names else "missing"))
    return found


def layer_findings(states: Sequence[tuple[str, str]]) -> list[Finding]:
    """Say of each layer that it is active, or why it is not and what that means."""
    missing = {name for name, state in states if state != ACTIVE}
    needed = {name for fence in broken_fences(INDISPENSABLE, missing) for name in fence}
    found = []
    for name, state in states:
        if state == ACTIVE:
            found.append(Finding("isolation", name, state, "good"))
            continue
        told = f"missing ({state}): {meaning_of_missing(name, missing)}"
        if name in needed:
            refusal = "`fit` refuses to run here unless told --isolation any"
            found.append(Finding("isolation", name, f"{told}; {refusal}", "bad"))
        else:
            found.append(Finding("isolation", name, told, "missing"))
    return found


async def _self_test(pool: WorkerPool) -> Finding:
    """Fit two libraries with two threads in a forked worker: the ones that may hang."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(SELF_TEST_ROWS, 4)), columns=list("abcd"))
    target = (frame["a"] > 0).to_numpy().astype(np.int64)
    spec = WorkerSpec(
        task="binary",
        classes=("0", "1"),
        seed=0,
        n_threads=2,
        seconds=SELF_TEST_SECONDS,
        kinds=dict.fromkeys("abcd", "numeric"),
        clusters=None,
    )
    program = WorkerProgram(
        mode="fit", source=SELF_TEST_SOURCE, spec=spec, rows=SELF_TEST_ROWS, columns=2
    )
    limits = JobLimits(
        wall_seconds=SELF_TEST_SECONDS,
        cpu_seconds=SELF_TEST_SECONDS,
        memory_bytes=SELF_TEST_BYTES,
        threads=2,
    )
    with SealedBuffer.from_frame(frame) as x, SealedBuffer.from_array(target) as y:
        inputs = {"train_x": x, "train_y": y, "valid_x": x}
        started = time.monotonic()
        result = await pool.run(program, inputs, limits)
        seconds = time.monotonic() - started
    if isinstance(result, JobFailure):
        state = f"a real job failed: {result.exception or result.kind} {result.message}"
        return Finding("workers", "self-test", state, "bad")
    state = f"a real job with two threads ran in {1000 * seconds:.0f} ms"
    return Finding("workers", "self-test", state, "good")
