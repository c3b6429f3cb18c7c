"""`run.log`: one line an event, for people."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from engine.run_folder import RunFolder
from engine.run_log import RunLog
from schemas.envelope import Envelope, Message
from schemas.inputs import Tick
from schemas.sayings import LoopClosed, RepairRefused


def envelope(body: Message, **fields: object) -> Envelope:
    return Envelope.model_validate(
        {"run": "r", "session": 0, "seq": 7, "io": "out", "src": "critic", "t": 0}
        | {"body": body, **fields}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[RunFolder]:
    yield RunFolder(tmp_path / "r7")
    structlog.reset_defaults()


@pytest.fixture
def log(folder: RunFolder) -> Iterator[RunLog]:
    folder.path.mkdir()
    with RunLog(folder) as opened:
        yield opened


def facts(folder: RunFolder) -> list[dict[str, str]]:
    lines = folder.log.read_text().splitlines()
    return [dict(part.split("=", 1) for part in shlex.split(line)) for line in lines]


def test_an_event_is_one_line_with_its_place_and_reason(
    folder: RunFolder, log: RunLog
) -> None:
    body = RepairRefused(candidate="c01-v2", reason="still failing")
    log.show(envelope(body, loop="c01"))

    (line,) = facts(folder)
    assert line["event"] == "repair_refused"
    assert (line["run"], line["seq"], line["loop"]) == ("r7", "7", "c01")
    assert (line["candidate"], line["reason"]) == ("c01-v2", "still failing")


def test_a_reason_of_several_lines_stays_one_line(
    folder: RunFolder, log: RunLog
) -> None:
    log.show(envelope(LoopClosed(reason="first\nseq=9 event=forged")))

    assert len(folder.log.read_text().splitlines()) == 1


def test_ticks_are_not_worth_a_line(folder: RunFolder, log: RunLog) -> None:
    log.show(envelope(Tick(elapsed_seconds=1.0), io="in"))

    assert folder.log.read_text() == ""


def test_our_own_log_lines_go_there_while_it_is_open(
    folder: RunFolder, log: RunLog
) -> None:
    structlog.get_logger().warning("disk_slow", seconds=3)

    assert facts(folder)[0]["event"] == "disk_slow"


def test_a_second_session_adds_to_the_first(folder: RunFolder) -> None:
    folder.path.mkdir()
    for _ in range(2):
        with RunLog(folder) as log:
            log.show(envelope(LoopClosed(reason="pooled")))

    assert len(facts(folder)) == 2
    assert not structlog.is_configured()
