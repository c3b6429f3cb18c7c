"""Tables of any kind, as people have them, are learned from and predicted."""

import csv
import gzip
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from openpyxl import load_workbook
from typer.testing import CliRunner

from run import app

if TYPE_CHECKING:
    from tests.conftest import Progress

TABLES = int(os.environ.get("SAGE_LOOP_TABLES", "20"))
"""How many tables are tried; a release is tried on 200."""

pytestmark = pytest.mark.long

Random = np.random.Generator
Make = Callable[[Random, int], list[object]]


def _dates(format_: str) -> Make:
    def make(random: Random, rows: int) -> list[object]:
        days = pd.Timestamp("2015-01-01") + pd.to_timedelta(
            random.integers(0, 4000, rows), unit="D"
        )
        return list(days.strftime(format_))

    return make


def _ends_of_contracts(random: Random, rows: int) -> list[object]:
    """Days, one far ahead for what has no end, and centuries that were forgotten."""
    days = np.array(_dates("%Y-%m-%d")(random, rows), dtype=object)
    days[random.random(rows) < 0.2] = "9999-12-31"
    days[random.random(rows) < 0.1] = "0014-11-18"
    return list(days)


def _levels(count: int, name: str) -> Make:
    def make(random: Random, rows: int) -> list[object]:
        return [f"{name}{level}" for level in random.integers(0, count, rows)]

    return make


def _notes(random: Random, rows: int) -> list[object]:
    words = np.array(["late", "paid", "call", "again", "the", "12", "Ünï", "🙂", "a"])
    return [" ".join(random.choice(words, random.integers(1, 12))) for _ in range(rows)]


def _weights(random: Random, rows: int) -> list[object]:
    units = np.array([" kg", "kg", " Kg", " g"])
    return [
        f"{value:,.1f}{unit}"
        for value, unit in zip(
            random.lognormal(3, 2, rows), random.choice(units, rows), strict=True
        )
    ]


def _amounts(random: Random, rows: int) -> list[object]:
    values = random.lognormal(8, 3, rows)
    values[random.random(rows) < 0.02] = np.inf
    return list(values)


KINDS: dict[str, Make] = {
    "normal": lambda random, rows: list(random.normal(size=rows)),
    "amount": _amounts,
    "weight": _weights,
    "count": lambda random, rows: list(random.poisson(3, rows)),
    "huge": lambda random, rows: list(random.normal(size=rows) * 1e300),
    "flag": lambda random, rows: list(random.random(rows) < 0.3),
    "yes or no": lambda random, rows: list(random.choice(["yes", "no"], rows)),
    "few levels": _levels(3, "level "),
    "many levels": _levels(60, "=L"),
    "levels of digits": _levels(5, "00"),
    "text": _notes,
    "day": _dates("%Y-%m-%d"),
    "end of contract": _ends_of_contracts,
    "day and time": _dates("%d.%m.%Y %H:%M"),
    "american day": _dates("%m/%d/%Y"),
    "duration": lambda random, rows: [
        f"{n}:30:00" for n in random.integers(0, 99, rows)
    ],
    "identifier": lambda random, rows: list(range(rows)),
    "code": lambda random, rows: [f"PT-{n:06d}" for n in range(rows)],
    "constant": lambda random, rows: ["same"] * rows,
    "mixed": lambda random, rows: [
        str(n) if n % 3 else f"about {n}" for n in random.integers(0, 30, rows)
    ],
}
NAMES = [
    "plain",
    "two words",
    'a "quoted" name',
    "it's",
    "line\nbreak",
    "🙂",
    "__class__",
    "self",
    "index",
    "prediction",
    "proba_a",
    "n" * 300,
    "=1+1",
    "+x",
    "-x",
    "@x",
    "a,b;c\td|e",
    "größe",
    "{braces}",
    "100%",
    "\\slash\\",
    "y ",
]
LABELS = [["a", "b", "c", "d"], ["0", "1", "2", "3"], ["=x", "y,z", "🙂", "no\nname"]]
FORMATS = ["csv", "semicolon", "tab", "gzip", "utf-16", "parquet", "feather", "excel"]


def _write_texts_as_texts(path: Path) -> None:
    """What begins with `=` was written as a formula; nobody ever computed it."""
    book = load_workbook(path)
    for row in book.active.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
    book.save(path)


@dataclass(frozen=True)
class Plan:
    """How to make a table.

    Attributes:
        task: What is to be learned.
        rows: Rows to learn from.
        fresh: Rows to predict.
        columns: Name, kind and share of missing values of each.
        labels: Labels of the classes.
        format: How the file is written.
        seed: Seed of the values.
    """

    task: str
    rows: int
    fresh: int
    columns: tuple[tuple[str, str, float], ...]
    labels: tuple[str, ...]
    format: str
    seed: int


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    names = draw(
        st.lists(
            st.sampled_from(NAMES)
            | st.text(
                st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"])
            ),
            min_size=1,
            max_size=7,
            unique_by=lambda name: name.strip().lower(),
        ).filter(
            lambda names: not {"target", "base"} & {n.strip().lower() for n in names}
        )
    )
    kinds = st.tuples(
        st.sampled_from(list(KINDS)), st.sampled_from([0.0, 0.05, 0.5, 0.97])
    )
    columns = [(name.strip() or "blank", *draw(kinds)) for name in names]
    return Plan(
        task=draw(
            st.sampled_from(["binary", "multiclass", "regression", "clustering"])
        ),
        rows=draw(st.integers(40, 400)),
        fresh=draw(st.integers(1, 30)),
        columns=(*columns, ("base", "normal", 0.0)),
        labels=tuple(draw(st.sampled_from(LABELS))),
        format=draw(st.sampled_from(FORMATS)),
        seed=draw(st.integers(0, 2**31)),
    )


def make_rows(plan: Plan, rows: int, random: Random) -> pd.DataFrame:
    """Make columns without the target."""
    columns = {}
    for name, kind, missing in plan.columns:
        values = pd.Series(KINDS[kind](random, rows))
        columns[name] = values.mask(random.random(rows) < missing, None)
    return pd.DataFrame(columns)


def target_of(frame: pd.DataFrame, plan: Plan, random: Random) -> NDArray[np.generic]:
    """What is to be learned: it follows the last column."""
    base = frame["base"].to_numpy(dtype=float) + random.normal(size=len(frame)) / 2
    if plan.task == "regression":
        return np.round(base * 7.3 + 100, 3)
    count = 2 if plan.task == "binary" else len(plan.labels)
    ranks = np.argsort(np.argsort(base)) * count // len(base)
    return np.array(plan.labels, dtype=object)[ranks]


def write(frame: pd.DataFrame, folder: Path, name: str, format_: str) -> Path:
    """Write a table in one of the formats."""
    path = folder / f"{name}.data"
    match format_:
        case "parquet":
            frame.to_parquet(path)
        case "feather":
            frame.to_feather(path)
        case "excel":
            frame.to_excel(path := folder / f"{name}.xlsx", index=False)
            _write_texts_as_texts(path)
        case _:
            decimal = "," if format_ == "semicolon" else "."
            separator = {"semicolon": ";", "tab": "\t"}.get(format_, ",")
            text = frame.to_csv(
                index=False,
                sep=separator,
                decimal=decimal,
                quoting=csv.QUOTE_MINIMAL,
            )
            encoded = text.encode("utf-16" if format_ == "utf-16" else "utf-8")
            path.write_bytes(gzip.compress(encoded) if format_ == "gzip" else encoded)
    return path


def say(*words: str | Path) -> None:
    """Run a command and expect it to succeed."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.stderr[-2000:]


def made_plan(number: int) -> Plan:
    """The same plan each time for a number, and another one for another."""
    made: list[Plan] = []

    # The first example of hypothesis is always the simplest one.
    @seed(number)
    @settings(max_examples=3, phases=[Phase.generate], database=None)
    @given(plans())
    def collect(plan: Plan) -> None:
        made.append(plan)

    collect()
    return made[-1]


@pytest.mark.parametrize("number", range(TABLES))
def test_any_table_is_learned_from_and_predicted(
    number: int, progress: "Progress", tmp_path: Path
) -> None:
    if ("any table", str(number)) in progress.known:
        pytest.skip("known from before")
    plan = made_plan(number)
    started = time.monotonic()
    problem = None
    try:
        predicted = learn_and_predict(plan, tmp_path)
        assert len(predicted) == plan.fresh, plan
        assert predicted.notna().all(axis=None), plan
        if plan.task in {"binary", "multiclass"}:
            assert set(predicted["prediction"]) <= set(plan.labels), plan
    except BaseException as error:
        problem = repr(error)
        raise
    finally:
        progress.keep(
            "any table",
            str(number),
            is_good=problem is None,
            seconds=round(time.monotonic() - started, 1),
            plan=repr(plan),
            problem=problem,
        )


def learn_and_predict(plan: Plan, folder: Path) -> pd.DataFrame:
    """Fit one table and return what is predicted for fresh rows."""
    random = np.random.default_rng(plan.seed)
    frame = make_rows(plan, plan.rows, random)
    fresh = make_rows(plan, plan.fresh, random)
    target: tuple[str, ...] = ("--task", "clustering")
    if plan.task != "clustering":
        frame["target"] = target_of(frame, plan, random)
        target = ("--target", "target")
    table = write(frame, folder, "table", plan.format)
    new = write(fresh, folder, "new", plan.format)
    run, out = folder / "run", folder / "out.csv"

    say("fit", table, *target, "--trials", "6", "--run-dir", run)
    say("predict", run, new, "--out", out)

    return pd.read_csv(out, dtype={"prediction": str})
