"""The union of all inputs misses none of them."""

from collections.abc import Callable
from types import ModuleType
from typing import get_args

from schemas import inputs
from schemas.base import Frozen
from schemas.envelope import Input


def test_every_one_of_the_inputs_can_stand_in_a_journal(
    kinds_defined_in: Callable[[ModuleType], set[type[Frozen]]],
) -> None:
    assert kinds_defined_in(inputs) == set(get_args(Input))
