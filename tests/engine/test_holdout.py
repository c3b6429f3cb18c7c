"""The sealed part is opened with care: openings and copies of known rows are counted."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.blobs import BlobStore
from engine.holdout import count_opening, read_labels


def test_each_ensemble_opens_once_however_often_it_is_scored(tmp_path: Path) -> None:
    path = tmp_path / "openings.jsonl"

    assert count_opening(path, "first") == 1
    assert count_opening(path, "first") == 1
    assert count_opening(path, "second") == 2
    assert count_opening(path, "first") == 1


@pytest.mark.parametrize("torn", ['"sec', '"', '"second"'])
def test_openings_are_counted_on_after_a_line_that_a_crash_tore_off(
    tmp_path: Path, torn: str
) -> None:
    path = tmp_path / "openings.jsonl"
    count_opening(path, "first")
    with path.open("a") as file:
        file.write(torn)

    assert count_opening(path, "second") == 2
    assert count_opening(path, "first") == 1
    assert count_opening(path, "third") == 3


def test_labels_survive_the_blob_store(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    labels = np.array([0, -1, 2], dtype="<i8")

    assert list(read_labels(blobs, blobs.keep(labels.tobytes()))) == [0, -1, 2]


def test_the_test_is_scored_without_copies_of_known_rows_too(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(300, 3)), columns=["a", "b", "c"])
    # By heart these labels can be known, from the features they cannot.
    frame["won"] = random.choice(["yes", "no"], len(frame))
    table = tmp_path / "table.csv"
    pd.concat([frame, frame.head(100)]).to_csv(table, index=False)
    brief = ("--target", "won", "--trials", "3", "--run-dir")

    finished = command("fit", table, *brief, tmp_path / "run")

    assert finished.returncode == 0, finished.stderr
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    without = result["without_copies"]
    assert 10 < without["copies"] < 40
    assert set(without["scores"]) == set(result["test"])
    assert f"without the {without['copies']} of 80 test rows" in finished.stdout
    assert any("100 rows repeat" in warning for warning in result["warnings"])
