"""The union of all commands misses none of them."""

from collections.abc import Callable
from types import ModuleType
from typing import get_args

import pytest
from pydantic import ValidationError

from schemas import commands
from schemas.base import Frozen
from schemas.envelope import Command
from schemas.jobs import FeatureJob


def test_every_one_of_the_commands_can_stand_in_a_journal(
    kinds_defined_in: Callable[[ModuleType], set[type[Frozen]]],
) -> None:
    assert kinds_defined_in(commands) == set(get_args(Command))


def test_a_job_is_told_apart_by_its_kind() -> None:
    limits = {"wall_seconds": 1, "cpu_seconds": 1, "memory_bytes": 1, "threads": 1}
    job = {
        "kind": "feature",
        "program": "ratios",
        "fold": 0,
        "programs": [
            {"name": "ratios", "source": {"digest": "ab", "size": 2}, "columns": []}
        ],
        "seed": 0,
        "limits": limits,
    }

    command = commands.RunJob.model_validate({"job": job})

    assert isinstance(command.job, FeatureJob)
    with pytest.raises(ValidationError, match="candidate"):
        commands.RunJob.model_validate({"job": job | {"kind": "fit"}})
