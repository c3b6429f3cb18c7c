"""R15: journals of every older layout are read as what they are today, and replay."""

import json
import re
import warnings
from pathlib import Path

import pytest

from bus.errors import JournalCorrupt, JournalTooNew
from bus.journal import JournalWriter, read_journal
from bus.replay import Replayer
from bus.upcasting import UPCASTERS
from schemas.envelope import LAYOUT, Envelope
from schemas.inputs import RunStarted
from tests.bus.conftest import Crew

GOLDEN = sorted((Path(__file__).parent / "golden").glob("layout-*.jsonl"))
KINDS = frozenset(
    json.loads(line)["body"]["kind"]
    for path in GOLDEN
    for line in path.read_text().splitlines()
)


def test_each_older_layout_has_a_journal_that_was_kept() -> None:
    layouts = {int(re.findall(r"\d+", path.stem)[0]) for path in GOLDEN}

    assert layouts == set(range(1, LAYOUT))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_journal_that_was_kept_is_read_and_replays(path: Path) -> None:
    events = list(read_journal(path))

    assert {event.v for event in events} == {LAYOUT}
    assert isinstance(events[0].body, RunStarted)
    assert events[-1].body.kind == "run_finished"
    report = Replayer(lambda _: [Crew(jobs=3, more=3)]).verify(iter(events))
    assert report.digest == json.loads(path.read_text().splitlines()[-1])["chain"]


def test_what_older_lines_lack_is_added() -> None:
    first = next(read_journal(GOLDEN[0]))

    assert isinstance(first.body, RunStarted)
    assert first.body.modules == ()
    assert first.body.fingerprint == "0123abcd"


@pytest.mark.parametrize(("layout", "kind"), UPCASTERS)
def test_every_change_of_a_layout_meets_a_line_that_it_changes(
    layout: int, kind: str
) -> None:
    assert layout < LAYOUT
    assert kind in KINDS


def test_an_older_line_that_was_altered_is_damaged(tmp_path: Path) -> None:
    lines = GOLDEN[0].read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"fold":0', b'"fold":1')
    (tmp_path / "j").write_bytes(b"".join(lines))

    with pytest.raises(JournalCorrupt, match="chain") as caught:
        list(read_journal(tmp_path / "j"))

    assert caught.value.seq == 2


def test_a_line_of_a_later_layout_is_refused_with_the_way_out(
    tmp_path: Path, history: list[Envelope]
) -> None:
    later = {"v": LAYOUT + 1, "chain": ""}
    with JournalWriter(tmp_path / "j") as journal, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the serialiser knows no such layout
        journal.append([event.model_copy(update=later) for event in history])

    with pytest.raises(JournalTooNew, match="update the program"):
        list(read_journal(tmp_path / "j"))


@pytest.mark.parametrize("line", [b'{"v":1}\n', b'{"v":1,"x":""}\n', b'[]""}\n'])
def test_what_only_looks_like_an_older_line_is_damaged(
    line: bytes, tmp_path: Path
) -> None:
    (tmp_path / "j").write_bytes(line)

    with pytest.raises(JournalCorrupt):
        list(read_journal(tmp_path / "j"))
