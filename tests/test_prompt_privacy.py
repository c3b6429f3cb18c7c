"""No prompt of a whole run holds a cell that is scored, sealed, or a cluster's label."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.blobs import BlobStore
from bus.journal import read_journal
from schemas.inputs import TablePrepared
from tests.answering_server import AnsweringServer, numbers_in
from tests.command_line import run_here

ROWS = 300
TELLING_DIGITS = 6
"""A number that has so many digits in common with a cell is that cell."""

pytestmark = pytest.mark.deep


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    made = AnsweringServer()
    yield made
    made.close()


def marked_table(kind: str) -> pd.DataFrame:
    """Every cell of the marked columns is unique; a category has levels of many rows."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "length": 100 + np.sort(random.permutation(ROWS * 9)[:ROWS]) / 7.31,
            "weight": 4000 + random.permutation(ROWS) * 13.3771,
            "note": [
                f"qzx{number:04d}k seen twice" for number in random.permutation(ROWS)
            ],
            "shop": random.choice(["north", "south"], ROWS),
        }
    )
    noise = random.normal(size=ROWS)
    frame["price"] = 70000 + frame["length"] * 31.7 + noise * 97.31
    if kind == "clustering":
        frame["species"] = [f"wvy{number:04d}j" for number in range(ROWS)]
    return frame


def run(
    table: Path, path: Path, server: AnsweringServer, *words: str
) -> subprocess.CompletedProcess[str]:
    environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": ""}
    said = ["fit", str(table), "--run-dir", str(path), "--workers", "2", *words]
    return run_here(*said, environment=environment)


def shown_rows(path: Path) -> list[dict[str, object]]:
    blobs = BlobStore(path / "blobs")
    for event in read_journal(path / "events.jsonl"):
        if isinstance(event.body, TablePrepared):
            rows: list[str] = json.loads(blobs.read_text(event.body.showcase))
            return [json.loads(row) for row in rows]
    raise AssertionError("the table was never prepared")


def marks(frame: pd.DataFrame) -> set[str]:
    """What no prompt may hold: texts as they are, numbers by their first digits."""
    found: set[str] = set()
    for name in frame.columns:
        if frame[name].dtype.kind == "f":
            found |= {f"{value:.12f}"[: TELLING_DIGITS + 1] for value in frame[name]}
        elif name != "shop":
            found |= {str(value).split()[0] for value in frame[name]}
    return found


def found_in(prompts: list[str], marked: set[str]) -> set[str]:
    text = "\n".join(prompts)
    numbers = {number[: TELLING_DIGITS + 1] for number in numbers_in(text)}
    texts = {mark for mark in marked if not mark[0].isdigit()}
    return (numbers & marked) | {mark for mark in texts if mark in text}


@pytest.mark.parametrize(
    ("proposer", "validation"), [("llm", "cv"), ("hybrid", "holdout")]
)
def test_no_row_but_the_showcase_stands_in_any_prompt_of_a_run(
    proposer: str, validation: str, server: AnsweringServer, tmp_path: Path
) -> None:
    frame = marked_table("regression")
    table = tmp_path / "marked.csv"
    frame.to_csv(table, index=False)
    words = ["--target", "price", "--trials", "21", "--feature-rounds", "2"]
    words += ["--proposer", proposer, "--validation", validation]

    done = run(table, tmp_path / "run", server, *words)

    assert done.returncode == 0, done.stderr
    shown = shown_rows(tmp_path / "run")
    assert shown
    lengths = {float(str(row["length"])) for row in shown}
    is_shown = frame["length"].map(lambda v: any(abs(v - s) < 1e-9 for s in lengths))
    assert is_shown.sum() == len(shown)
    kinds = "\n".join(server.prompts)
    for sign in (
        "Write draft number",
        "A program failed",
        "Write two to four programs",
    ):
        assert sign in kinds
    assert found_in(server.prompts, marks(frame[~is_shown])) == set()
    assert found_in(server.prompts, marks(frame[is_shown][["length"]]))


def test_without_rows_no_cell_at_all_stands_in_a_prompt(
    server: AnsweringServer, tmp_path: Path
) -> None:
    frame = marked_table("regression")
    table = tmp_path / "marked.csv"
    frame.to_csv(table, index=False)
    words = ["--target", "price", "--trials", "12", "--llm-rows", "0"]

    done = run(table, tmp_path / "run", server, "--proposer", "llm", *words)

    assert done.returncode == 0, done.stderr
    assert server.prompts
    assert found_in(server.prompts, marks(frame)) == set()


def test_no_label_of_a_clustering_stands_in_a_prompt(
    server: AnsweringServer, tmp_path: Path
) -> None:
    frame = marked_table("clustering")
    table = tmp_path / "marked.csv"
    frame.to_csv(table, index=False)
    words = ["--task", "clustering", "--label", "species", "--trials", "12"]

    done = run(table, tmp_path / "run", server, "--proposer", "llm", *words)

    assert done.returncode == 0, done.stderr
    assert server.prompts
    assert found_in(server.prompts, marks(frame[["species"]])) == set()
    assert "species" not in "\n".join(server.prompts)
