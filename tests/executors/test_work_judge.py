"""New columns are judged in a real worker."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_columns_are_judged_by_trusted_code(bench: "Bench") -> None:
    useful = (bench.target * 2.0).reshape(-1, 1)
    noise = np.random.default_rng(1).normal(size=(60, 1))
    bench.hand_in("new_x", np.hstack([useful, noise]))
    program = bench.program("", "judge", rows=2, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y", "new_x"))

    assert outcome.values.shape == (2, 4)
    assert outcome.values[0, 2] > outcome.values[1, 2]


async def test_new_columns_are_judged_without_a_target_too(bench: "Bench") -> None:
    random = np.random.default_rng(1)
    groups = np.repeat([0.0, 10.0], 30) + random.normal(size=60)
    bench.hand_in("new_x", np.column_stack([groups, bench.train["a"]]))
    program = bench.program("", "judge", task="clustering", rows=2, columns=None)

    outcome = await bench.success(program, ("train_x", "new_x"))

    importance, chance, _, twin = outcome.values.T
    assert importance[0] > chance[0]
    assert twin.tolist() == [-1.0, 0.0]


async def test_rows_put_aside_are_not_judged(bench: "Bench") -> None:
    new = np.where(np.arange(60) < 30, np.nan, bench.target * 2.0)[:, None]
    bench.hand_in("new_x", new)
    program = bench.program("", "judge", rows=1, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y", "new_x"))

    importance, chance, statistic, _ = outcome.values[0]
    assert importance > chance
    assert statistic > 0.3
