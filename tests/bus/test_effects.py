"""A replay carries nothing out."""

import pytest

from bus.effects import EffectsForbidden
from tests.bus.conftest import fit_job, make_envelope


async def test_the_runner_of_replays_refuses_every_command() -> None:
    with pytest.raises(AssertionError, match=r"must not carry out RunJob\("):
        await EffectsForbidden().run(make_envelope(fit_job(), key="k"))
