"""Whatever is wrong with the input ends in one clear line, and nothing is left behind."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.run_options import parse_kinds
from run import app
from schemas.settings import TableSettings
from tabular.errors import TableError
from tabular.prepare import PrepareRequest, prepare

ROOT = Path(__file__).parents[1]
ROWS = 60
GOOD = pd.DataFrame(
    {
        "a": np.linspace(0, 1, ROWS),
        "b": np.arange(ROWS) % 7 * 1.5,
        "y": np.where(np.arange(ROWS) % 3 == 0, "yes", "no"),
        "same": "x",
        "none": [None] * ROWS,
        "amount": np.linspace(5, 6, ROWS) ** 2,
    }
)
NAMES = ",".join(GOOD.columns)
TEXT = GOOD.to_csv(index=False)


@dataclass(frozen=True)
class Case:
    """A mistake, and what the one line must name.

    Attributes:
        hint: A pattern that the line holds: the problem and the way out.
        content: Of the table; a good one by default.
        options: More words of the command line.
        table: Name of the file to fit.
        is_before_reading: Whether options alone show it.
    """

    hint: str
    content: str | bytes = TEXT
    options: tuple[str, ...] = ("--target", "y")
    table: str = "table.csv"
    is_before_reading: bool = False


CASES = {
    "file missing": Case("no table at .*nowhere.csv.*check", table="nowhere.csv"),
    "a folder": Case("is a folder; name a file", table="."),
    "file empty": Case("is empty; it needs", content=""),
    "header only": Case("has column names but no rows", content=NAMES + "\n"),
    "binary junk": Case(
        "neither text nor Parquet.*save", content=bytes(range(256)) * 9
    ),
    "torn parquet": Case(
        "damaged Parquet.*write it again", content=b"PAR1 and no more"
    ),
    "ragged rows": Case("row #62 has 2 values.*mend", content=TEXT + "1,2\n"),
    "target absent": Case("no column 'z'; it has 'a'", options=("--target", "z")),
    "target mistyped": Case("did you mean 'amount'", options=("--target", "amout")),
    "no target": Case("--target COL", options=(), is_before_reading=True),
    "target constant": Case("is 'x' in every row", options=("--target", "same")),
    "all-missing target": Case(
        "(?i)no values|0 rows with", options=("--target", "none")
    ),
    "duplicate column names": Case(
        "more than one column called 'a'; rename", "a,y,a\n" * 9
    ),
    "no feature column": Case("No column is left.*bring", "y\n" + "yes\nno\n" * 30),
    "nothing that varies": Case("No column is left", "y,x\n" + "yes,1\nno,1\n" * 30),
    "too few rows": Case("30 rows|10 are needed", "y,x\nyes,1\nno,2\n"),
    "regression of words": Case(
        "no number; use --task classification",
        options=("--target", "y", "--task", "regression"),
    ),
    "classes of amounts": Case(
        "too many for classes; use --task regression",
        options=("--target", "amount", "--task", "classification"),
    ),
    "two classes, three asked for": Case(
        "2 classes.*use --task binary",
        options=("--target", "y", "--task", "multiclass"),
    ),
    "unknown metric": Case(
        "choose one of roc_auc", options=("--target", "y", "--metric", "beauty")
    ),
    "metric of another task": Case(
        "choose one of roc_auc", options=("--target", "y", "--metric", "rmse")
    ),
    "zero budget": Case(
        "duration above zero.*60s",
        options=("--target", "y", "--budget", "0"),
        is_before_reading=True,
    ),
    "negative budget": Case(
        "duration above zero.*60s",
        options=("--target", "y", "--budget", "-5s"),
        is_before_reading=True,
    ),
    "kind that does not fit": Case(
        "cannot be numeric: it holds 'x'",
        "y,a,b\n" + "yes,1,2\nno,x,3\n" * 30,
        options=("--target", "y", "--kind", "a=numeric"),
    ),
    "kind of no column": Case(
        "'zz', which is no feature column",
        options=("--target", "y", "--kind", "zz=text"),
    ),
    "kind that is none": Case(
        "COL=KIND with one of numeric",
        options=("--target", "y", "--kind", "a=colour"),
        is_before_reading=True,
    ),
    "weight of words": Case(
        "number of 0 or more", options=("--target", "amount", "--weight", "y")
    ),
    "time of words": Case(
        "number or a date", options=("--target", "amount", "--time", "y")
    ),
    "positive that is no class": Case(
        "no class; choose one of 'no', 'yes'",
        options=("--target", "y", "--positive", "maybe"),
    ),
    "dropped and needed": Case(
        "take it out of --drop", options=("--target", "y", "--drop", "y")
    ),
    "drop of no column": Case(
        "no column 'zz'", options=("--target", "y", "--drop", "zz")
    ),
    "sheet of a CSV file": Case(
        "no Excel file.*omit --sheet", options=("--target", "y", "--sheet", "one")
    ),
    "description missing": Case(
        "--describe .*nowhere", options=("--target", "y", "--describe", "nowhere")
    ),
    "clustering with a target": Case(
        "--label COL",
        options=("--target", "y", "--task", "clustering"),
        is_before_reading=True,
    ),
    "share of everything": Case(
        "below 1",
        options=("--target", "y", "--test-size", "1"),
        is_before_reading=True,
    ),
}
THROUGH_PREPARE = [name for name, case in CASES.items() if not case.is_before_reading]
SHOWN_EACH_TIME = {
    "file missing",
    "binary junk",
    "target constant",
    "no feature column",
    "classes of amounts",
    "metric of another task",
    "weight of words",
    "description missing",
}
UNREADABLE = Path("/proc/self/mem")
"""A file that is there and that nobody, not even root, can read from its start."""

Place = Callable[[Case], list[str]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Write a case's table into the working folder and return the words of `fit`."""
    monkeypatch.chdir(tmp_path)

    def write(case: Case) -> list[str]:
        content = case.content
        path = Path("table.csv")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ["fit", case.table, *case.options, "--run-dir", "run"]

    return write


def the_one_line(errors: str) -> str:
    (line,) = [line for line in errors.splitlines() if line.startswith("error:")]
    return line


def settings_of(case: Case) -> TableSettings:
    """Settings as the command line makes them."""
    words = iter(case.options)
    said: dict[str, object] = {"table": case.table}
    for option, value in zip(words, words, strict=True):
        match option:
            case "--kind":
                said["kinds"] = parse_kinds([value])
            case "--drop":
                said["drop"] = (value,)
            case _:
                said[option.removeprefix("--")] = value
    return TableSettings.model_validate(said)


@pytest.mark.parametrize("name", THROUGH_PREPARE)
def test_a_table_that_cannot_be_used_is_refused_before_anything_is_written(
    name: str, place: Place
) -> None:
    case = CASES[name]
    place(case)
    request = PrepareRequest(tables=settings_of(case), seed=0, folder="data")

    with pytest.raises(TableError) as caught:
        prepare(request)

    assert re.search(case.hint, str(caught.value))
    assert not Path("data").exists()


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case.is_before_reading]
)
def test_options_that_make_no_sense_are_refused(name: str, place: Place) -> None:
    case = CASES[name]

    done = CliRunner().invoke(app, place(case))

    assert done.exit_code == 2
    assert re.search(case.hint, the_one_line(done.stderr))
    assert not Path("run").exists()


def tier(name: str) -> pytest.MarkDecorator:
    """All go the same way from their sentence to the shell: a few show it each time."""
    return pytest.mark.deep if name in SHOWN_EACH_TIME else pytest.mark.long


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=tier(name)) for name in THROUGH_PREPARE]
)
def test_the_command_says_one_line_and_leaves_with_two(name: str, place: Place) -> None:
    case = CASES[name]

    done = CliRunner().invoke(app, place(case))

    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 2, done.stderr
    assert re.search(case.hint, the_one_line(done.stderr))
    assert not Path("run").exists()


def test_the_shell_sees_one_line_and_the_exit_code(place: Place) -> None:
    case = CASES["ragged rows"]

    done = subprocess.run(
        [sys.executable, ROOT / "run.py", *place(case)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert re.search(case.hint, the_one_line(done.stderr))
    assert "Traceback" not in done.stderr
    assert not Path("run").exists()


class TestFiles:
    def test_an_unreadable_file_is_named(self, place: Place) -> None:
        words = place(Case("", table=str(UNREADABLE)))

        done = CliRunner().invoke(app, ["inspect", *words[1:2]])

        assert done.exit_code == 2
        assert re.search("cannot be read .*check", the_one_line(done.stderr))

    def test_a_folder_in_use_is_left_as_it_is(self, place: Place) -> None:
        Path("run").mkdir()
        Path("run/mine.txt").write_text("mine")

        done = CliRunner().invoke(app, place(Case("")))

        assert done.exit_code == 2
        assert "in use; name an empty folder with --run-dir" in done.stderr
        assert Path("run/mine.txt").read_text() == "mine"

    def test_a_folder_that_cannot_be_made_is_named(self, place: Place) -> None:
        words = place(Case(""))

        done = CliRunner().invoke(app, [*words[:-1], "table.csv/run"])

        assert done.exit_code == 2
        line = the_one_line(done.stderr)
        assert "'table.csv/run' cannot be made" in line
        assert "--run-dir" in line

    def test_a_line_break_in_a_name_stays_out_of_the_line(self, place: Place) -> None:
        place(Case(""))

        done = CliRunner().invoke(app, ["inspect", "no\nwhere.csv"])

        assert done.exit_code == 2
        assert "no\\nwhere.csv" in the_one_line(done.stderr)
