"""Tables of extreme shapes, and every way to validate, go through the whole loop."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.long

RANDOM = np.random.default_rng(0)


def numbers(rows: int, columns: int) -> pd.DataFrame:
    names = [f"x{column}" for column in range(columns)]
    return pd.DataFrame(RANDOM.normal(size=(rows, columns)), columns=names)


def two_classes(frame: pd.DataFrame) -> pd.DataFrame:
    noise = RANDOM.normal(size=len(frame)) / 2
    return frame.assign(y=np.where(frame["x0"] + noise > 0, "yes", "no"))


def amounts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(y=frame["x0"] * 2 + RANDOM.normal(size=len(frame)) / 9)


def rare_classes() -> pd.DataFrame:
    frame = two_classes(numbers(300, 4))
    frame.loc[:1, "y"] = "pair"
    frame.loc[2, "y"] = "lone"
    return frame


def one_against_all() -> pd.DataFrame:
    frame = two_classes(numbers(200, 4)).assign(y="no")
    frame.loc[7, "y"] = "yes"
    return frame


def hundred_classes() -> pd.DataFrame:
    frame = numbers(3000, 5)
    ranks = frame["x0"].rank(method="first").astype(int) - 1
    return frame.assign(y=[f"class {rank // 30}" for rank in ranks])


def helpers() -> pd.DataFrame:
    frame = amounts(numbers(300, 3))
    return frame.assign(
        group=np.arange(300) // 15,
        day=pd.date_range("2024-01-01", periods=300).strftime("%d/%m/%Y"),
        weight=RANDOM.uniform(0.5, 2, 300),
    )


def many_rows() -> pd.DataFrame:
    rows = 200_000
    frame = two_classes(numbers(rows, 14))
    for levels in (3, 10, 40, 2000):
        frame[f"c{levels}"] = np.char.add(
            "L", RANDOM.integers(0, levels, rows).astype(str)
        )
    seconds = pd.to_timedelta(RANDOM.integers(0, 10**8, rows), unit="s")
    return frame.assign(when=pd.Timestamp("2020-01-01") + seconds)


CASES = {
    "30 rows, two classes": (two_classes(numbers(30, 4)), ("--trials", "9")),
    "30 rows, amounts": (amounts(numbers(30, 4)), ("--trials", "9")),
    "rare classes": (rare_classes(), ("--trials", "9")),
    "two classes, one of a single row": (one_against_all(), ("--trials", "9")),
    "100 classes": (hundred_classes(), ("--trials", "6")),
    "300 columns": (two_classes(numbers(400, 300)), ("--trials", "6")),
    "more columns than rows": (amounts(numbers(60, 500)), ("--trials", "6")),
    "holdout": (helpers(), ("--validation", "holdout", "--trials", "6")),
    "groups": (helpers(), ("--group", "group", "--trials", "6")),
    "time": (helpers(), ("--time", "day", "--weight", "weight", "--trials", "6")),
    "time, holdout": (
        helpers(),
        ("--time", "day", "--validation", "holdout", "--trials", "6"),
    ),
}


def fit(frame: pd.DataFrame, folder: Path, *words: str) -> dict[str, Any]:
    table, run = folder / "table.parquet", folder / "run"
    frame.to_parquet(table)
    line = ["fit", str(table), "--target", "y", "--run-dir", str(run), *words]

    # A budget counts from the start of a process, so each run is one of its own.
    done = subprocess.run(
        [sys.executable, ROOT / "run.py", *line],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads((run / "result.json").read_text())
    return result


@pytest.mark.parametrize("case", CASES)
def test_a_shape_goes_through_the_whole_loop(case: str, tmp_path: Path) -> None:
    frame, words = CASES[case]

    result = fit(frame, tmp_path, *words)

    assert result["ensemble"]
    assert result["counts"]["failures"] == 0


def test_many_rows_are_learned_from_within_the_budget(tmp_path: Path) -> None:
    result = fit(many_rows(), tmp_path, "--budget", "60s")

    assert result["ensemble"]
    assert result["development"]["score"] > 0.8
    assert result["seconds"] < 90
    assert result["memory"]["peak_bytes"] < 2e9
