"""Finds out, with real jobs, which layers hold here and whether forking is safe."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from executors import wire
from executors.buffers import SealedBuffer
from executors.conversation import converse
from executors.errors import ZygoteStartError
from executors.jail.layers import ACTIVE, BASE_LAYERS, Layer
from executors.job_files import JobFiles
from executors.program import WorkerProgram, WorkerSpec
from executors.zygote_process import ZygoteProcess
from schemas.jobs import JobLimits

PROBE_LIMITS = JobLimits(
    wall_seconds=10, cpu_seconds=10, memory_bytes=256 * 1024**2, threads=1
)
FORK_TEST_LIMITS = JobLimits(
    wall_seconds=20, cpu_seconds=20, memory_bytes=1024**3, threads=2
)
FORK_TEST_ROWS = 200
# The two that hang in a forked process if the zygote ran their threads before. One that
# the zygote did not load cannot have started any.
FORK_TEST_SOURCE = """
import sys

import numpy as np


class Candidate:
    def __init__(self, spec):
        self.models = []
        if "lightgbm" in sys.modules:
            from lightgbm import LGBMRegressor

            self.models.append(LGBMRegressor(n_estimators=3, n_jobs=2, verbose=-1))
        if "sklearn.ensemble" in sys.modules:
            from sklearn.ensemble import HistGradientBoostingRegressor

            self.models.append(HistGradientBoostingRegressor(max_iter=3))

    def fit(self, X, y):
        for model in self.models:
            model.fit(X, y)

    def predict(self, X):
        return sum((model.predict(X) for model in self.models), np.zeros(len(X)))
"""
NOT_WANTED = "switched off"

_States = TypeAdapter(dict[Layer, str])


async def probe_layers(
    zygote: ZygoteProcess, request: wire.JobRequest
) -> tuple[tuple[str, str], ...]:
    """Run a job that enters each layer and tries what it forbids.

    Args:
        zygote: Who makes the process; it must be ready.
        request: Which layers to try, and a scratch folder.

    Returns:
        Each layer with `active`, or why it is not there.

    Raises:
        ZygoteStartError: The job failed altogether; no other may run.
    """
    probing = request.model_copy(update={"limits": PROBE_LIMITS, "is_probe": True})
    with JobFiles.for_program(fork_test_program()) as files:
        sent = [files.program, files.result, files.model]
        ended = await converse(zygote, probing, sent)
    if ended is None:
        raise ZygoteStartError("the zygote ended before the self-test of the fence")
    printed = ended.printed.decode(errors="replace")
    try:
        found = _States.validate_json(printed.strip().rpartition("\n")[2])
    except ValidationError:
        told = f"{ended.report.why} {ended.report.status}\n{printed}"
        reason = f"{told}{ended.report.trace}"
        raise ZygoteStartError(f"the self-test of the fence failed: {reason}") from None
    always = tuple((name, ACTIVE) for name in BASE_LAYERS)
    return always + tuple((layer, found.get(layer, NOT_WANTED)) for layer in Layer)


def layers_that_hold(states: Iterable[tuple[str, str]]) -> frozenset[Layer]:
    """Return the layers that jobs are to enter."""
    active = {name for name, state in states if state == ACTIVE}
    return frozenset(layer for layer in Layer if layer in active)


def fork_test_program() -> WorkerProgram:
    """Describe a job that uses two libraries with two threads each."""
    spec = WorkerSpec(
        task="regression",
        classes=(),
        seed=0,
        n_threads=2,
        seconds=FORK_TEST_LIMITS.wall_seconds,
        kinds={"a": "numeric"},
        clusters=None,
    )
    return WorkerProgram(
        mode="fit", source=FORK_TEST_SOURCE, spec=spec, rows=FORK_TEST_ROWS, columns=1
    )


def fork_test_inputs() -> dict[str, SealedBuffer]:
    """Return what that job is done with; the caller closes it."""
    values = np.linspace(0.0, 1.0, FORK_TEST_ROWS)
    frame = pd.DataFrame({"a": values})
    return {
        "train_x": SealedBuffer.from_frame(frame),
        "train_y": SealedBuffer.from_array(values),
        "valid_x": SealedBuffer.from_frame(frame),
    }
