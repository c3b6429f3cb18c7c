"""How agents make statements."""

import pytest

from bus.agent import Voice
from schemas.commands import PrepareTable
from schemas.sayings import LoopOpened


def test_a_saying_has_no_key() -> None:
    statement = Voice("modeler", 0).say(LoopOpened(), "c00", causes=(3,))

    assert (statement.key, statement.loop, statement.causes) == (None, "c00", (3,))


def test_a_command_has_its_key_the_moment_it_is_issued() -> None:
    voice = Voice("modeler", 0)

    asked = voice.ask(PrepareTable(), purpose="fit", n=2, attempt=1, loop="c00")
    again = voice.ask(PrepareTable(), purpose="fit", n=2, attempt=1, loop="c00")

    assert asked.key
    assert asked == again
    assert asked.attempt == 1


@pytest.mark.parametrize(
    "change", [{"purpose": "judge"}, {"n": 3}, {"attempt": 2}, {"loop": "c01"}]
)
def test_another_effect_has_another_key(change: dict[str, str | int]) -> None:
    voice = Voice("modeler", 0)
    place: dict[str, str | int] = {"purpose": "fit", "n": 2, "attempt": 1}

    plain = voice.ask(PrepareTable(), **place, loop="c00")  # type: ignore[arg-type]
    other = voice.ask(PrepareTable(), **(place | {"loop": "c00"} | change))  # type: ignore[arg-type]

    assert plain.key != other.key


def test_two_agents_and_two_seeds_never_share_a_key() -> None:
    voices = [Voice("modeler", 0), Voice("critic", 0), Voice("modeler", 1)]

    keys = {voice.ask(PrepareTable(), purpose="fit").key for voice in voices}

    assert len(keys) == 3
