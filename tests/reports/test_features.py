"""`features.csv` says of every new column what became of it."""

import csv
from pathlib import Path

from reports.features import COLUMNS, derive_features, write_features
from schemas.envelope import Envelope
from schemas.jobs import ColumnJudgement, Failure
from schemas.sayings import FeatureJudged


def judged(
    name: str, importance: float, fault: str | None = None, folds: int = 3
) -> ColumnJudgement:
    return ColumnJudgement(
        name=name,
        importance=importance,
        shadow_importance=0.1,
        statistic=2.5,
        fault=fault,
        folds=folds,
    )


def said(loop: str, body: FeatureJudged, seq: int = 0) -> Envelope:
    return Envelope(
        run="r1", session=0, seq=seq, io="out", body=body, loop=loop, src="feature", t=0
    )


RATIOS = FeatureJudged(
    program="ratios",
    accepted=("=a / b", "a / c"),
    judgements=(
        judged("constant", 0.9, "constant", 1),
        judged("a / c", 0.2),
        judged("=a / b", 0.3),
    ),
)
AFTERWARDS = RATIOS.model_copy(
    update={
        "accepted": ("=a / b",),
        "judgements": (
            *RATIOS.judgements[:1],
            judged("a / c", 0.2, "duplicate of 'c'"),
            *RATIOS.judgements[2:],
        ),
    }
)
BROKEN = FeatureJudged(
    program="sums",
    accepted=(),
    judgements=(),
    failure=Failure(
        kind="exception", stage="fit", exception="ValueError", message="X has NaN"
    ),
    reason="still failing after 3 repairs",
)


def test_the_last_word_on_a_program_counts_and_the_best_columns_come_first() -> None:
    lines = [said("f01", BROKEN), said("f00", RATIOS), said("f00", AFTERWARDS)]

    rows = derive_features(lines)

    assert [(row.program, row.column, row.accepted) for row in rows] == [
        ("ratios", "=a / b", "yes"),
        ("ratios", "constant", "no"),
        ("ratios", "a / c", "no"),
        ("sums", None, "no"),
    ]
    assert [row.fault for row in rows] == [
        "",
        "constant",
        "duplicate of 'c'",
        "still failing after 3 repairs: ValueError: X has NaN",
    ]
    assert [row.folds for row in rows] == [3, 1, 3, 0]


def test_programs_of_the_same_name_are_told_apart_by_their_loops() -> None:
    rows = derive_features([said("f00", RATIOS), said("f01", RATIOS)])

    assert len(rows) == 2 * len(RATIOS.judgements)


def test_the_file_is_safe_to_open_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "features.csv"

    write_features(derive_features([said("f00", RATIOS), said("f01", BROKEN)]), path)

    with path.open(encoding="utf-8", newline="") as file:
        header, first, *_, last = csv.reader(file)
    assert tuple(header) == COLUMNS
    assert first == ["ratios", "'=a / b", "yes", "0.3", "0.1", "2.5", "", "3"]
    assert last[1:6] == ["", "no", "", "", ""]
    assert [file.name for file in tmp_path.iterdir()] == ["features.csv"]


def test_without_programs_there_is_only_a_header(tmp_path: Path) -> None:
    path = tmp_path / "features.csv"

    write_features(derive_features([]), path)

    assert path.read_text(encoding="utf-8") == ",".join(COLUMNS) + "\n"
