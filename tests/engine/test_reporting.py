"""The report of a real run is made of its journal and its blobs."""

import shutil
import time
from pathlib import Path

import pytest

from bus.journal import JournalWriter
from engine.errors import EngineError
from engine.reporting import gather, write_report
from engine.run_folder import RunFolder
from engine.trained import Trained
from tests.reports.conftest import (
    Journal,
    close_run,
    make_candidate,
    make_ensemble,
    open_run,
    pool_candidate,
)

MOST_BYTES = 5_000_000
MANY_EVENTS = 50_000
PATIENCE_SECONDS = 60.0
"""The page of a long run takes a few seconds; test machines are busy."""


def test_a_run_ends_with_its_report(trained: Trained) -> None:
    page = trained.folder.report.read_text(encoding="utf-8")

    assert page.startswith("<!DOCTYPE html>")
    assert "predict &#39;outcome&#39; (binary)" in page
    assert len(page) < MOST_BYTES


def test_writing_it_again_gives_the_same_page(trained: Trained, tmp_path: Path) -> None:
    again = RunFolder(tmp_path / trained.folder.path.name)
    shutil.copytree(trained.folder.path, again.path)
    again.report.unlink()

    assert write_report(again) == again.report
    assert again.report.read_bytes() == trained.folder.report.read_bytes()


def test_a_real_run_shows_curves_importance_and_code(trained: Trained) -> None:
    material = gather(trained.folder)

    assert material.diagnostics is not None
    assert material.diagnostics.roc is not None
    shown = {each.column for each in material.diagnostics.importance}
    assert {"a", "b", "shop, of course"} <= shown
    assert material.timeline.jobs
    assert all("class Candidate" in source for source in material.sources.values())


def test_a_report_without_its_blobs_leaves_the_code_out(
    trained: Trained, tmp_path: Path
) -> None:
    bare = RunFolder(tmp_path / "run")
    bare.path.mkdir()
    shutil.copy(trained.folder.events, bare.events)

    material = gather(bare)

    assert material.sources == {}
    assert material.diagnostics is None


def test_an_empty_journal_is_told_in_a_line(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.events.touch()

    with pytest.raises(EngineError, match="is empty"):
        write_report(folder)


@pytest.mark.deep
def test_a_run_of_fifty_thousand_events_gives_a_small_page_soon(tmp_path: Path) -> None:
    journal = Journal()
    open_run(journal)
    number = 0
    while len(journal.lines) < MANY_EVENTS:
        pool_candidate(journal, make_candidate(f"L{number}-v1", "lightgbm"), 0.8)
        number += 1
    ensemble = make_ensemble(0.85, (make_candidate("L1-v1", "lightgbm"), 1.0))
    close_run(journal, ensemble, {"roc_auc": 0.8})
    folder = RunFolder(tmp_path)
    with JournalWriter(folder.events) as writer:
        # The writer chains lines itself.
        writer.append([line.model_copy(update={"chain": ""}) for line in journal.lines])

    began = time.monotonic()
    write_report(folder)

    assert time.monotonic() - began < PATIENCE_SECONDS
    assert folder.report.stat().st_size < MOST_BYTES
