"""Runs and candidates as they stand, finished or not."""

from pathlib import Path

import pytest

from bus.errors import JournalCorrupt
from bus.journal import JournalWriter
from engine.errors import NoCandidate, NoConversation
from engine.run_folder import RunFolder, create_run_folder
from engine.showing import show_candidate, show_conversation, show_run
from engine.trained import Trained
from reports.result import result_bytes
from schemas.envelope import Envelope, Input
from schemas.inputs import Proposed, RunStarted
from schemas.proposals import NoProposal
from schemas.settings import RunSettings, TableSettings


def test_a_finished_run_is_shown_as_its_files_have_it(trained: Trained) -> None:
    shown = show_run(trained.folder)

    assert result_bytes(shown.result) == trained.folder.result.read_bytes()
    assert {row.candidate for row in shown.leaderboard} == {
        path.stem for path in trained.folder.candidates.iterdir()
    }


def test_a_member_tells_its_life_up_to_its_weight(trained: Trained) -> None:
    best = show_run(trained.folder).result.ensemble[0]

    shown = show_candidate(trained.folder, best.candidate)

    told = [step.what for step in shown.story.steps]
    assert told[:4] == ["opened", "asked", "answered", "drafted"]
    assert {"scored", "judged", "pooled", "closed", "weighed"} <= set(told)
    assert shown.story.weight == best.weight
    assert "class Candidate" in shown.source
    assert f"# candidate {best.candidate}" not in shown.source


def test_a_candidate_that_is_not_there_is_named(trained: Trained) -> None:
    with pytest.raises(NoCandidate, match="'c99-v1'"):
        show_candidate(trained.folder, "c99-v1")


@pytest.fixture
def stopped(trained: Trained, tmp_path: Path) -> RunFolder:
    """A run that was killed while it wrote a line."""
    lines = (
        (trained.folder.path / "events.jsonl").read_bytes().splitlines(keepends=True)
    )
    half = len(lines) // 2
    content = b"".join(lines[:half]) + lines[half][:40]
    (tmp_path / "events.jsonl").write_bytes(content)
    return RunFolder(tmp_path)


def test_an_unfinished_run_is_shown_as_far_as_it_went(stopped: RunFolder) -> None:
    shown = show_run(stopped)

    assert shown.result.status == "unfinished"
    assert shown.leaderboard


def test_a_damaged_line_in_the_middle_is_not_passed_over(stopped: RunFolder) -> None:
    content = stopped.events.read_bytes()
    stopped.events.write_bytes(content.replace(b'"seq":5', b'"seq":6', 1))

    with pytest.raises(JournalCorrupt):
        show_run(stopped)


def test_a_conversation_is_shown_by_the_event_that_tells_of_it(tmp_path: Path) -> None:
    folder = create_run_folder(tmp_path / "run")
    kept = folder.blobs.keep_text("--- user\nwhy?\n--- answer\nbecause")
    told = Proposed(proposal=NoProposal(reason="none"), conversation=kept)
    settings = RunSettings(tables=TableSettings(table="t"), trials=9)
    started = RunStarted(settings=settings, versions=(), fingerprint="")
    with JournalWriter(folder.events) as journal:
        journal.append([heard(0, started), heard(1, told)])

    assert show_conversation(folder, 1).endswith("because")
    with pytest.raises(NoConversation, match="event 0; events that have one: 1"):
        show_conversation(folder, 0)


def heard(seq: int, body: Input) -> Envelope:
    return Envelope(run="r", session=0, seq=seq, io="in", body=body, src="test", t=0)
