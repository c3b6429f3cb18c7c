"""Members that stay loaded between calls, behind the same fence as any job."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio
import numpy as np
import pandas as pd
import pytest

from executors.errors import ResidentError
from executors.resident import ResidentMember, ResidentPredictor
from schemas.jobs import JobLimits

if TYPE_CHECKING:
    from tests.executors.conftest import Bench

MEMBER = """import os, socket
import numpy as np
import lightgbm
class Candidate:
    def __init__(self, spec):
        self.calls = 0
    def fit(self, X, y, weight=None):
        X = X.drop(columns="c")
        self.model = lightgbm.LGBMClassifier(n_estimators=100, verbose=-1).fit(X, y)
    def predict_proba(self, X):
        X = X.drop(columns="c")
        self.calls += 1
        {deed}
        return self.model.predict_proba(X)
"""


async def member(bench: "Bench", deed: str = "pass") -> ResidentMember:
    source = MEMBER.format(deed="pass")
    fitted = await bench.success(
        bench.program(source).model_copy(update={"keeps_model": True})
    )
    assert fitted.model is not None
    told = MEMBER.format(deed=deed)
    return ResidentMember(bench.program(told, mode="predict"), (fitted.model,))


async def test_repeated_calls_use_one_process_and_agree_with_a_job(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    one = await member(bench)
    bench.hand_in("x", bench.valid)
    bench.hand_in("model_0", one.models[0])
    job = await bench.success(one.program, inputs=("x", "model_0"))

    async with ResidentPredictor(bench.pool, [one, one], limits()) as predictor:
        first = await predictor.predict(bench.valid)
        second = await predictor.predict(bench.valid)
        assert predictor.processes == 2

    for values in (*first, *second):
        np.testing.assert_array_equal(values, job.values)


async def test_ten_thousand_rows_take_less_than_a_fifth_of_a_second_once_warm(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    rows = pd.concat([bench.valid] * 250, ignore_index=True)
    times = []
    values = np.empty((0, 0))

    async with ResidentPredictor(
        bench.pool, [await member(bench)], limits()
    ) as predictor:
        await predictor.predict(bench.valid)
        for _ in range(5):
            started = time.monotonic()
            (values,) = await predictor.predict(rows)
            times.append(time.monotonic() - started)

    assert values.shape == (10_000, 2)
    assert min(times) < 0.2


async def test_its_processes_end_when_nobody_asks(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    one = await member(bench)

    async with ResidentPredictor(
        bench.pool, [one], limits(), idle_seconds=0.05
    ) as predictor:
        await predictor.predict(bench.valid)
        with anyio.fail_after(10):
            while predictor.processes:
                await anyio.lowlevel.checkpoint()
        (values,) = await predictor.predict(bench.valid)

    assert values.shape == (40, 2)


@pytest.mark.parametrize(
    ("deed", "message"),
    [
        ("os._exit(0)", "ended"),
        ("raise ValueError('no')", "no"),
        ("return np.full((len(X), 2), np.nan)", "not finite"),
        ("return np.ones((1, 2))", "shape"),
        ("x = [b'x' * 2**20 for _ in range(2000)]", "memory"),
        ("os.fork()", "not permitted"),
        ("socket.socket()", "not permitted"),
        ("open('/etc/passwd')", "No such file"),
        ("os.write(1, b'x' * 2**26)", "printed over"),
    ],
)
async def test_a_hostile_member_can_do_no_more_than_in_a_job(
    bench: "Bench", limits: Callable[..., JobLimits], deed: str, message: str
) -> None:
    tight = limits(memory_bytes=256 * 2**20, wall_seconds=30, cpu_seconds=2)
    hostile = await member(bench, deed)

    async with ResidentPredictor(bench.pool, [hostile], tight) as predictor:
        with pytest.raises(ResidentError, match=message):
            await predictor.predict(bench.valid)


async def test_a_member_that_never_answers_is_not_waited_for(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    endless = await member(bench, "while True: pass")
    tight = limits(wall_seconds=1.5, cpu_seconds=2)

    async with ResidentPredictor(bench.pool, [endless], tight) as predictor:
        with pytest.raises(ResidentError, match=r"cpu_limit|no answer in time"):
            await predictor.predict(bench.valid)


async def test_a_member_that_forges_words_gives_no_answer(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    deed = "socket.socket(1, 5, fileno=channel()).send(b'answered'); os._exit(0)"
    helper = (
        "\ndef channel():\n"
        "    import sys\n"
        "    frame = sys._getframe()\n"
        "    while 'channel' not in frame.f_locals: frame = frame.f_back\n"
        "    return frame.f_locals['channel'].fileno()\n"
    )
    one = await member(bench, deed)
    forger = one._replace(
        program=one.program.model_copy(update={"source": one.program.source + helper})
    )

    async with ResidentPredictor(bench.pool, [forger], limits()) as predictor:
        with pytest.raises(ResidentError, match="not usable"):
            await predictor.predict(bench.valid)


async def test_closing_leaves_no_descriptor(
    bench: "Bench", limits: Callable[..., JobLimits]
) -> None:
    one = await member(bench)
    before = len(os.listdir("/proc/self/fd"))

    async with ResidentPredictor(bench.pool, [one], limits()) as predictor:
        await predictor.predict(bench.valid)

    assert len(os.listdir("/proc/self/fd")) == before
