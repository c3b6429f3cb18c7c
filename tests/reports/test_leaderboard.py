"""One row for each version of a candidate, safe to open in a spreadsheet."""

import csv
from pathlib import Path

import pytest

from reports.leaderboard import (
    COLUMNS,
    LeaderboardRow,
    derive_leaderboard,
    write_leaderboard,
)
from schemas.ensemble import WrittenStack
from schemas.envelope import Envelope
from schemas.jobs import Rung
from schemas.sayings import (
    CandidateDrafted,
    EnsembleChosen,
    TaskReady,
    TrialScored,
)
from tests.reports.conftest import make_candidate


def test_each_version_has_a_row_with_its_fate(a_run: list[Envelope]) -> None:
    rows = derive_leaderboard(a_run)

    assert [(row.candidate, row.rung, row.state) for row in rows] == [
        ("L1-v1", Rung.FULL, "pooled"),
        ("L2-v2", Rung.FULL, "pooled"),
        ("L3-v1", Rung.SMOKE, "degenerate"),
        ("L2-v1", None, "failed"),
    ]


def test_a_row_tells_score_cost_share_and_descent(a_run: list[Envelope]) -> None:
    row = derive_leaderboard(a_run)[1]

    assert row == LeaderboardRow(
        candidate="L2-v2",
        rung=Rung.FULL,
        family="linear",
        title="linear with defaults",
        view="rich",
        origin="expert",
        operator="repair",
        parent="L2-v1",
        score=0.79,
        standard_error=0.0052,
        fold_scores=(0.79,),
        seconds=1.8,
        weight=0.25,
        state="pooled",
    )


def test_a_loss_is_ranked_from_the_smallest(a_run: list[Envelope]) -> None:
    lines = []
    for line in a_run:
        body = line.body
        if isinstance(body, TaskReady):
            task = body.task.model_copy(update={"greater_is_better": False})
            body = body.model_copy(update={"task": task})
        lines.append(line.model_copy(update={"body": body}))

    rows = derive_leaderboard(lines)

    assert [row.candidate for row in rows[:2]] == ["L2-v2", "L1-v1"]


def test_every_prefix_of_a_journal_gives_a_leaderboard(a_run: list[Envelope]) -> None:
    sizes = [len(derive_leaderboard(a_run[:end])) for end in range(len(a_run) + 1)]

    assert sizes == sorted(sizes)
    assert sizes[0] == 0
    assert sizes[-1] == 4


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff20"])
def test_text_that_could_be_a_formula_gets_an_apostrophe(
    a_run: list[Envelope], tmp_path: Path, start: str
) -> None:
    row = derive_leaderboard(a_run)[0]
    bad = row.model_copy(update={"title": f"\t{start}cmd|' /C calc'!A0", "score": -0.5})
    path = tmp_path / "leaderboard.csv"

    write_leaderboard([bad], path)

    cells = next(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert cells["title"] == f"'{start}cmd|' /C calc'!A0"
    assert cells["score"] == "-0.5"


def test_the_fold_of_the_screen_counts_once(a_run: list[Envelope]) -> None:
    """A full trial's seconds hold those of the fold that its screen had fitted."""
    scored = next(
        line
        for line in a_run
        if isinstance(line.body, TrialScored) and line.body.rung is Rung.FULL
    )
    body = scored.body.model_copy(update={"rung": Rung.SCREEN, "seconds": 0.4})
    place = a_run.index(scored)
    screened = [*a_run]
    screened.insert(place, scored.model_copy(update={"body": body}))

    assert (
        derive_leaderboard(screened)[0].seconds == derive_leaderboard(a_run)[0].seconds
    )


def test_scores_below_zero_are_no_sum(a_run: list[Envelope], tmp_path: Path) -> None:
    row = derive_leaderboard(a_run)[0]
    bad = row.model_copy(update={"fold_scores": (-0.5, -0.25)})
    path = tmp_path / "leaderboard.csv"

    write_leaderboard([bad], path)

    cells = next(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert cells["fold_scores"] == "'-0.5; -0.25"


def test_the_file_has_a_header_and_one_line_a_row(
    a_run: list[Envelope], tmp_path: Path
) -> None:
    path = tmp_path / "leaderboard.csv"

    write_leaderboard(derive_leaderboard(a_run), path)

    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert lines[4] == (
        "L2-v1,,linear,linear with defaults,rich,expert,draft,,,,,0.0,0.0,failed"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["leaderboard.csv"]


def test_a_written_stacker_is_scored_where_strategies_are_compared(
    a_run: list[Envelope],
) -> None:
    stacker = make_candidate("s00-v1", "linear").model_copy(
        update={"operator": "stack"}
    )
    combination = WrittenStack(
        candidate=stacker.id, source=stacker.source, models=(), members=2
    )
    chosen = next(e for e in reversed(a_run) if isinstance(e.body, EnsembleChosen))
    assert isinstance(chosen.body, EnsembleChosen)
    ensemble = chosen.body.ensemble.model_copy(
        update={"combination": combination, "considered": (("written", 0.83),)}
    )
    words = (
        CandidateDrafted(candidate=stacker),
        EnsembleChosen(ensemble=ensemble, is_final=True),
    )
    told = [chosen.model_copy(update={"body": body}) for body in words]

    rows = derive_leaderboard([*a_run, *told])

    (row,) = [row for row in rows if row.candidate == "s00-v1"]
    assert (row.operator, row.score, row.state) == ("stack", 0.83, "scored")
