"""Global generators follow the seed of a job."""

import random

import numpy as np

from executors.seeding import seed_everything


def drawn(seed: int) -> tuple[float, float]:
    seed_everything(seed)
    return random.random(), float(np.random.random())


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    assert drawn(3) == drawn(3) != drawn(4)


def test_a_seed_may_be_larger_than_numpy_takes() -> None:
    assert drawn(2**63 + 1) == drawn(2**63 + 1)
