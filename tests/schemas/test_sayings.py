"""The union of all sayings misses none of them."""

from collections.abc import Callable
from types import ModuleType
from typing import get_args

from schemas import sayings
from schemas.base import Frozen
from schemas.envelope import Saying


def test_every_one_of_the_sayings_can_stand_in_a_journal(
    kinds_defined_in: Callable[[ModuleType], set[type[Frozen]]],
) -> None:
    assert kinds_defined_in(sayings) == set(get_args(Saying))
