"""The journal is whole, or it says where it is not."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.errors import JournalCorrupt, JournalLocked
from bus.journal import JournalWriter, read_journal
from schemas.envelope import Envelope
from schemas.inputs import Tick
from tests.bus.conftest import (
    Crew,
    fit_finished,
    make_envelope,
    make_history,
    run_started,
    write_journal,
)

LOCK_FROM_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from bus.errors import JournalLocked
from bus.journal import JournalWriter
try:
    JournalWriter(Path(sys.argv[1])).close()
except JournalLocked:
    print("locked")
else:
    print("free")
"""


def raw_lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The lines of a sound journal."""
    path = tmp_path_factory.mktemp("whole") / "events.jsonl"
    scores = [fit_finished(score) for score in (0.5, 0.25)]
    write_journal(path, make_history([Crew(jobs=2)], [run_started(), *scores]))
    return raw_lines(path)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where damaged journals are written."""
    return tmp_path_factory.mktemp("damaged") / "events.jsonl"


def damage_found(path: Path, content: bytes) -> tuple[int, int]:
    """Where reading stops, and how many events were read before."""
    path.write_bytes(content)
    read: list[Envelope] = []
    with pytest.raises(JournalCorrupt) as caught:
        read.extend(read_journal(path))
    return caught.value.seq, len(read)


def test_what_was_written_is_read_again(
    tmp_path: Path, history: Sequence[Envelope]
) -> None:
    write_journal(tmp_path / "j", history)

    read = [
        event.model_copy(update={"chain": ""}) for event in read_journal(tmp_path / "j")
    ]

    assert read == history


def test_a_batch_and_single_lines_give_the_same_bytes(
    tmp_path: Path, history: Sequence[Envelope]
) -> None:
    write_journal(tmp_path / "at once", history)
    with JournalWriter(tmp_path / "one by one") as journal:
        for event in history:
            journal.append([event])

    assert (tmp_path / "at once").read_bytes() == (tmp_path / "one by one").read_bytes()


def test_the_chain_depends_on_all_that_came_before(
    tmp_path: Path, history: Sequence[Envelope]
) -> None:
    other = [history[0].model_copy(update={"t": 6}), *history[1:]]
    write_journal(tmp_path / "a", history)
    write_journal(tmp_path / "b", other)

    chains = [
        (one.chain, two.chain)
        for one, two in zip(
            read_journal(tmp_path / "a"), read_journal(tmp_path / "b"), strict=True
        )
    ]

    assert all(one != two for one, two in chains)
    assert len({chain for pair in chains for chain in pair}) == 2 * len(history)


def test_a_batch_reaches_the_file_in_one_write(
    tmp_path: Path, history: Sequence[Envelope], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real_write = os.write

    def counting(file: int, content: memoryview) -> int:
        written.append(real_write(file, content))
        return written[-1]

    monkeypatch.setattr("bus.journal.os.write", counting)
    with JournalWriter(tmp_path / "j") as journal:
        journal.append(history)

    assert written == [(tmp_path / "j").stat().st_size]


def test_a_disk_that_takes_little_at_a_time_gets_it_all(
    tmp_path: Path, history: Sequence[Envelope], monkeypatch: pytest.MonkeyPatch
) -> None:
    real_write = os.write
    monkeypatch.setattr("bus.journal.os.write", lambda f, c: real_write(f, c[:100]))

    write_journal(tmp_path / "j", history)

    assert len(list(read_journal(tmp_path / "j"))) == len(history)


def test_a_line_is_on_disk_before_append_returns(
    tmp_path: Path, history: Sequence[Envelope]
) -> None:
    with JournalWriter(tmp_path / "j") as journal:
        for count, event in enumerate(history, start=1):
            journal.append([event])
            assert len(list(read_journal(tmp_path / "j"))) == count


def test_numbers_that_are_not_finite_are_read_as_they_were(tmp_path: Path) -> None:
    bodies = [fit_finished(float(text)) for text in ("nan", "inf", "-inf")]
    events = [make_envelope(body, seq=seq) for seq, body in enumerate(bodies)]
    write_journal(tmp_path / "j", events)

    read = [event.body for event in read_journal(tmp_path / "j")]

    assert [body.model_dump_json() for body in read] == [
        body.model_dump_json() for body in bodies
    ]


def test_an_empty_journal_has_no_events(journal: Path) -> None:
    journal.write_bytes(b"")

    assert list(read_journal(journal)) == []


def test_every_prefix_that_ends_within_a_line_is_refused_as_torn(
    whole: list[bytes], journal: Path
) -> None:
    content = b"".join(whole[:3])
    ends = [sum(map(len, whole[:count])) for count in range(4)]
    for size in range(len(content) + 1):
        complete = sum(end <= size for end in ends) - 1
        if size in ends:
            journal.write_bytes(content[:size])
            assert len(list(read_journal(journal))) == complete
        else:
            assert damage_found(journal, content[:size]) == (complete, complete)


def test_a_line_without_its_end_is_said_to_be_torn(
    whole: list[bytes], journal: Path
) -> None:
    journal.write_bytes(whole[0][:-1])

    with pytest.raises(JournalCorrupt, match="event 0: the line is torn"):
        list(read_journal(journal))


def test_a_number_that_is_left_out_is_found_even_if_the_chain_is_right(
    tmp_path: Path, history: Sequence[Envelope]
) -> None:
    write_journal(tmp_path / "j", [*history[:2], *history[3:]])

    with pytest.raises(JournalCorrupt, match="it says that it is event 3") as caught:
        list(read_journal(tmp_path / "j"))

    assert caught.value.seq == 2


@settings(max_examples=300)
@given(data=st.data())
def test_no_flipped_bit_passes(
    data: st.DataObject, whole: list[bytes], journal: Path
) -> None:
    seq = data.draw(st.integers(0, len(whole) - 1))
    place = data.draw(st.integers(0, len(whole[seq]) - 1))
    line = bytearray(whole[seq])
    line[place] ^= 1 << data.draw(st.integers(0, 7))
    content = b"".join([*whole[:seq], line, *whole[seq + 1 :]])

    assert damage_found(journal, content) == (seq, seq)


@settings(max_examples=40)
@given(data=st.data())
def test_no_swapped_dropped_or_repeated_line_passes(
    data: st.DataObject, whole: list[bytes], journal: Path
) -> None:
    first = data.draw(st.integers(0, len(whole) - 2))
    second = data.draw(st.integers(first + 1, len(whole) - 1))
    swapped = list(whole)
    swapped[first], swapped[second] = whole[second], whole[first]
    dropped = whole[:first] + whole[first + 1 :]
    repeated = [*whole[: first + 1], *whole[first:]]

    assert damage_found(journal, b"".join(swapped)) == (first, first)
    assert damage_found(journal, b"".join(dropped)) == (first, first)
    assert damage_found(journal, b"".join(repeated)) == (first + 1, first + 1)


@pytest.mark.parametrize("seq", [0, 1, 3])
def test_a_line_of_another_run_does_not_pass(
    seq: int, whole: list[bytes], journal: Path, tmp_path: Path
) -> None:
    scores = [fit_finished(score) for score in (0.5, 0.25)]
    other = make_history([Crew(jobs=2)], [run_started(seed=1), *scores])
    write_journal(tmp_path / "other", other)
    stranger = raw_lines(tmp_path / "other")[seq]

    content = b"".join([*whole[:seq], stranger, *whole[seq + 1 :]])

    # The first line of another run is sound in itself: what follows does not continue it.
    found = max(seq, 1)
    assert damage_found(journal, content) == (found, found)


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with (
        JournalWriter(tmp_path / "j"),
        pytest.raises(JournalLocked, match="another process writes to"),
    ):
        JournalWriter(tmp_path / "j")

    JournalWriter(tmp_path / "j").close()


def lock_elsewhere(path: Path) -> str:
    answer = subprocess.run(
        [sys.executable, "-c", LOCK_FROM_ANOTHER_PROCESS, str(path)],
        env=os.environ | {"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.strip()


def test_a_writer_in_another_process_is_refused_until_the_first_is_done(
    tmp_path: Path,
) -> None:
    with JournalWriter(tmp_path / "j"):
        assert lock_elsewhere(tmp_path / "j") == "locked"

    assert lock_elsewhere(tmp_path / "j") == "free"


def test_reading_needs_no_lock(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "j") as journal:
        journal.append([make_envelope(Tick(elapsed_seconds=1.0))])
        journal.sync()

        assert len(list(read_journal(tmp_path / "j"))) == 1
