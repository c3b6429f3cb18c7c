"""Processes of a dead run are ended by who they are, never by their number alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from executors.process_identity import ProcessIdentity, end_process, identify
from executors.process_record import ProcessRecord

PATIENCE_SECONDS = 20


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(words) as process:
        yield process
        process.kill()


def test_a_process_that_is_still_the_one_is_ended(
    sleeper: subprocess.Popen[bytes],
) -> None:
    identity = identify(sleeper.pid)
    assert identity is not None

    assert end_process(identity)

    assert sleeper.wait(PATIENCE_SECONDS) == -9


@pytest.mark.parametrize(
    "change", [{"started_ticks": 1}, {"boot": "another"}, {"pid": 2**31}]
)
def test_another_process_of_the_same_number_is_left_alone(
    sleeper: subprocess.Popen[bytes], change: dict[str, object]
) -> None:
    identity = identify(sleeper.pid)
    assert identity is not None

    assert not end_process(identity.model_copy(update=change))

    assert sleeper.poll() is None


def test_nobody_ends_itself() -> None:
    own = identify(os.getpid())
    assert own is not None

    assert not end_process(own)


def test_a_number_that_nobody_has_belongs_to_nobody() -> None:
    assert identify(2**22 + 1) is None


def test_a_record_ends_whom_it_knows_and_forgets_them(
    sleeper: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    record = ProcessRecord(tmp_path / "processes.jsonl")
    record.note(sleeper.pid)
    gone = ProcessIdentity(pid=sleeper.pid, started_ticks=1, boot="long ago")
    with (tmp_path / "processes.jsonl").open("a") as file:
        file.write(gone.model_dump_json() + '\n{"pid": torn')

    assert ProcessRecord(tmp_path / "processes.jsonl").end_all() == 1

    assert sleeper.wait(PATIENCE_SECONDS) == -9
    assert not (tmp_path / "processes.jsonl").exists()
    assert record.end_all() == 0


def test_a_process_descriptor_is_known_by_its_process(
    sleeper: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    record = ProcessRecord(tmp_path / "processes.jsonl")
    handle = os.pidfd_open(sleeper.pid)
    record.note_handle(handle)
    os.close(handle)

    assert record.end_all() == 1
    assert sleeper.wait(PATIENCE_SECONDS) == -9
