"""Seeds what candidate code may draw from without a seed of its own (in the worker)."""

import random

import numpy as np

SEED_LIMIT = 2**32


def seed_everything(seed: int) -> None:
    """Seed the global generators; otherwise all jobs would share the zygote's state."""
    random.seed(seed)
    np.random.seed(seed % SEED_LIMIT)
