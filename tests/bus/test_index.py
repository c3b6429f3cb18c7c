"""The index gives any event at once, and is made anew whenever it does not fit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bus.errors import JournalCorrupt
from bus.index import MAGIC, JournalIndex
from schemas.envelope import Envelope
from tests.bus.conftest import write_journal

Spoil = Callable[[bytes], bytes]


@pytest.fixture
def journal(tmp_path: Path, history: list[Envelope]) -> Path:
    write_journal(tmp_path / "j", history)
    return tmp_path / "j"


def numbers(index: JournalIndex) -> list[int]:
    return [index.event(seq).seq for seq in range(len(index))]


def test_every_event_is_found(
    journal: Path, tmp_path: Path, history: list[Envelope]
) -> None:
    index = JournalIndex(journal, tmp_path / "index")

    assert [index.event(seq).body for seq in range(len(index))] == [
        event.body for event in history
    ]


SPOILT: dict[str, Spoil] = {
    "empty": lambda _: b"",
    "cut within a number": lambda content: content[:-3],
    "one short": lambda content: content[:-8],
    "of another kind": lambda content: b"something else" + content,
    "beyond the end": lambda content: content[:-8] + b"\xff" * 7 + b"\x00",
    "one too many": lambda content: content + b"\x07" * 8,
    "wrong in the middle": lambda content: content[:50] + b"\x05" + content[51:],
    "without numbers": lambda _: MAGIC,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_an_index_that_does_not_fit_is_made_anew(
    spoil: Spoil, journal: Path, tmp_path: Path, history: list[Envelope]
) -> None:
    path = tmp_path / "index"
    JournalIndex(journal, path)
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))

    assert numbers(JournalIndex(journal, path)) == list(range(len(history)))
    assert path.read_bytes() == whole


def test_a_journal_that_grew_is_read_from_where_the_index_ends(
    journal: Path, tmp_path: Path, history: list[Envelope]
) -> None:
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:4]) + lines[4][:9])
    assert len(JournalIndex(journal, tmp_path / "index")) == 4

    journal.write_bytes(b"".join(lines))

    index = JournalIndex(journal, tmp_path / "index")
    assert numbers(index) == list(range(len(history)))


def test_where_no_index_can_be_kept_it_is_done_without(
    journal: Path, tmp_path: Path, history: list[Envelope]
) -> None:
    index = JournalIndex(journal, tmp_path / "nowhere" / "index")

    assert len(index) == len(history)


def test_the_ancestry_leads_back_to_the_start_of_the_run(
    journal: Path, tmp_path: Path, history: list[Envelope]
) -> None:
    index = JournalIndex(journal, tmp_path / "index")

    kinds = [event.body.kind for event in index.ancestry(len(history) - 1)]

    assert kinds[0] == "proposed"
    assert kinds[-1] == "run_started"
    assert "fit_finished" in kinds


def test_no_other_event_is_given_for_one_that_is_not_there(
    journal: Path, tmp_path: Path, history: list[Envelope]
) -> None:
    index = JournalIndex(journal, tmp_path / "index")

    with pytest.raises(IndexError):
        index.event(len(history))
    with pytest.raises(IndexError):
        index.event(-1)
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    journal.write_bytes(b"".join(lines))
    with pytest.raises(JournalCorrupt):
        JournalIndex(journal, tmp_path / "other").event(1)
