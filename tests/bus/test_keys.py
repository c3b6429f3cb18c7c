"""Identities depend on nothing but what is asked."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.keys import derived_seed, effect_key, request_hash
from schemas.asks import FeatureAsk
from schemas.commands import PrepareTable, Propose

PLACE = (7, "c00", "modeler", "draft", 0, 0)
KEY = "c56fb84a8bd816077710229e"
SEED = 941983947
HASH = "1791341e77e4cce5"
IN_ANOTHER_PROCESS = """
from bus.keys import derived_seed, effect_key, request_hash
from schemas.commands import PrepareTable
key = effect_key(7, "c00", "modeler", "draft", 0, 0)
print(key, derived_seed(7, "c00"), request_hash(PrepareTable()))
"""


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_identities_are_the_same_in_every_process(hash_seed: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.split() == [KEY, str(SEED), HASH]


def test_identities_are_the_same_for_ever() -> None:
    assert effect_key(*PLACE) == KEY
    assert derived_seed(7, "c00") == SEED
    assert request_hash(PrepareTable()) == HASH


@pytest.mark.parametrize(
    "other",
    [
        (8, "c00", "modeler", "draft", 0, 0),
        (7, "c01", "modeler", "draft", 0, 0),
        (7, None, "modeler", "draft", 0, 0),
        (7, "c00", "critic", "draft", 0, 0),
        (7, "c00", "modeler", "refine", 0, 0),
        (7, "c00", "modeler", "draft", 1, 0),
        (7, "c00", "modeler", "draft", 0, 1),
    ],
)
def test_each_ingredient_makes_another_key(
    other: tuple[int, str | None, str, str, int, int],
) -> None:
    assert effect_key(*other) != effect_key(*PLACE)


def test_ingredients_cannot_run_into_each_other() -> None:
    assert effect_key(1, "c1", "a", "b", 11, 1) != effect_key(1, "c1", "a", "b", 1, 11)
    assert effect_key(1, "c", "ab", "c", 0, 0) != effect_key(1, "c", "a", "bc", 0, 0)


@given(seed=st.integers(), path=st.lists(st.text() | st.integers(), max_size=3))
def test_a_derived_seed_fits_every_library(seed: int, path: list[str | int]) -> None:
    derived = derived_seed(seed, *path)

    assert 0 <= derived < 2**31
    assert derived == derived_seed(seed, *path)
    assert derived != derived_seed(seed + 1, *path)


def test_a_request_is_hashed_with_all_that_it_asks_for() -> None:
    asks = [Propose(ask=FeatureAsk(round=number)) for number in (0, 1, 0)]

    first, second, third = (request_hash(ask) for ask in asks)

    assert first == third
    assert len({first, second, request_hash(PrepareTable())}) == 3
