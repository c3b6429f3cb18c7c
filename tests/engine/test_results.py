"""What people and scripts take from a run."""

import shutil
from pathlib import Path

import pytest

from bus.blobs import BlobStore
from bus.journal import JournalWriter, read_journal
from engine.results import (
    candidate_header,
    drop_other_models,
    used_models,
    write_results,
)
from engine.run_folder import RunFolder
from engine.trained import Trained
from reports.leaderboard import LeaderboardRow
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import PooledFit
from schemas.ensemble import Ensemble, Member, WeightedAverage
from schemas.envelope import Envelope
from schemas.jobs import Rung
from schemas.sayings import CandidatePooled, RunCrashed, RunFinished

BLOB = BlobRef(digest="ab" * 32, size=1)
CANDIDATE = Candidate(
    id="c01-v2",
    loop="c01",
    version=2,
    family="linear",
    title="A line\nimport os",
    source=BLOB,
    fingerprint="f",
    view=RAW_VIEW,
    origin="llm",
    operator="repair",
    parent="c01-v1",
)
ROW = LeaderboardRow(
    candidate="c01-v2",
    rung=Rung.FULL,
    family="linear",
    title="A line",
    view="raw",
    origin="llm",
    operator="repair",
    parent="c01-v1",
    score=0.75,
    standard_error=0.01,
    fold_scores=(0.7, 0.8),
    seconds=1.0,
    weight=0.25,
    state="pooled",
)


class TestTheHeader:
    def test_it_tells_origin_parent_scores_and_folds(self) -> None:
        assert candidate_header(CANDIDATE, ROW).splitlines()[1:] == [
            "# origin    llm, by repair of c01-v1",
            "# view      raw",
            "# state     pooled, weight 0.250",
            "# score     0.75 +- 0.01 (full)",
            "# folds     0.7, 0.8",
            "",
        ]

    def test_every_line_is_a_comment_whatever_the_title_holds(self) -> None:
        lines = candidate_header(CANDIDATE, ROW).rstrip("\n").splitlines()

        assert all(line.startswith("# ") for line in lines)

    def test_what_was_never_scored_has_no_score(self) -> None:
        row = ROW.model_copy(update={"score": None, "state": "failed"})

        assert "score" not in candidate_header(CANDIDATE, row)
        assert "state" not in candidate_header(CANDIDATE, None)


def test_writing_again_gives_the_same_files(trained: Trained, tmp_path: Path) -> None:
    again = RunFolder(tmp_path / "run")
    shutil.copytree(trained.folder.path, again.path)
    names = ["result.json", "leaderboard.csv"]
    names += [f"candidates/{path.name}" for path in again.candidates.iterdir()]
    before = {name: (trained.folder.path / name).read_bytes() for name in names}
    for name in names:
        (again.path / name).unlink()

    write_results(again)

    assert {name: (again.path / name).read_bytes() for name in names} == before


def crash_before_the_end(folder: RunFolder) -> None:
    """Let the last word of a run be that one of us was wrong."""
    events = list(read_journal(folder.events))
    end = next(n for n, e in enumerate(events) if isinstance(e.body, RunFinished))
    crash = RunCrashed(exception="KeyError", message="x")
    events[end] = events[end].model_copy(update={"body": crash})
    folder.events.unlink()
    with JournalWriter(folder.events) as journal:
        journal.append([e.model_copy(update={"chain": ""}) for e in events[: end + 1]])


@pytest.mark.parametrize("crashes", [True, False])
def test_only_a_finished_run_drops_models_that_nobody_needs_yet(
    trained: Trained, tmp_path: Path, crashes: bool
) -> None:
    folder = RunFolder(tmp_path / "run")
    shutil.copytree(trained.folder.path, folder.path)
    if crashes:
        crash_before_the_end(folder)
    of_an_open_loop = folder.models.keep(b"fitted on one fold so far")

    result = write_results(folder)

    assert result.status == ("crashed" if crashes else "done")
    assert folder.models.path_of(of_an_open_loop).exists() is crashes


@pytest.fixture
def models(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path)


def test_models_that_nobody_predicts_with_are_dropped(
    models: BlobStore, tmp_path: Path
) -> None:
    used, unused = models.keep(b"used"), models.keep(b"unused")
    pooled = models.keep(b"pooled")
    member = Member(
        candidate="c01-v1",
        family="linear",
        title="",
        source=BLOB,
        view=RAW_VIEW,
        models=(used,),
        weight=1.0,
    )
    average = WeightedAverage(strategy="best", weights=(1.0,))
    ensemble = Ensemble(
        members=(member,), combination=average, score=1.0, standard_error=0.0
    )

    fit = PooledFit(
        candidate=CANDIDATE,
        folds=(0,),
        predictions=(BLOB,),
        models=(pooled,),
        columns=1,
        score=0.5,
    )
    said = Envelope(
        run="r1",
        session=0,
        seq=1,
        io="out",
        body=CandidatePooled(fit=fit, standard_error=0.0),
        parent=0,
        src="modeler",
        t=0,
    )

    drop_other_models(models, tmp_path, used_models([said], ensemble))

    assert models.read(used) == b"used"
    assert models.read(pooled) == b"pooled"
    assert not models.path_of(unused).exists()
