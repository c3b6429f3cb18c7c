"""Errors say where they happened, and can be written down."""

import pytest

from bus import errors
from bus.errors import Divergence, JournalCorrupt, message_of
from schemas.inputs import EffectFailed, Tick
from tests.bus.conftest import make_envelope


def test_every_error_of_the_room_can_be_caught_at_once() -> None:
    found = [
        error
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, Exception)
    ]

    assert len(found) == 8
    assert all(issubclass(error, errors.BusError) for error in found)


def test_a_damaged_journal_is_said_with_its_place() -> None:
    error = JournalCorrupt(7, "the line is torn")

    assert error.seq == 7
    assert str(error) == "the journal is damaged at event 7: the line is torn"


def test_a_divergence_holds_both_sides_and_the_way_to_its_input() -> None:
    event = make_envelope(Tick(elapsed_seconds=1.0), seq=4)

    error = Divergence(4, event, None, (2, 0))

    assert (error.expected, error.actual, error.parents) == (event, None, (2, 0))
    assert "event 4" in str(error)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("no space left", "no space left"),
        ("no such file 'na\udcefve.csv'", "no such file 'na?ve.csv'"),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_what_an_error_says_can_always_be_written(said: str, written: str) -> None:
    message = message_of(OSError(said))

    assert message == written
    assert EffectFailed(exception="OSError", message=message).model_dump_json()
