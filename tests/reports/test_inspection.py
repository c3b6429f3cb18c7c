"""The page of an inspection shows everything once, and nothing that moves a terminal."""

import io

from rich.console import Console

from reports.inspection import ClassCount, Inspection, render_inspection
from schemas.table import ColumnKind, ColumnProfile
from schemas.task import TaskKind
from tabular.leaks import Leak

COLUMNS = (
    ColumnProfile(
        name="income",
        kind=ColumnKind.NUMERIC,
        missing_share=0.25,
        distinct=90,
        minimum=1.0,
        maximum=123456.0,
        description="per month",
    ),
    ColumnProfile(
        name="to\x1b[31mwn\n",
        kind=ColumnKind.CATEGORY,
        missing_share=0,
        distinct=3,
        common_levels=("Ulm", "Jena"),
    ),
    ColumnProfile(name="id", kind=ColumnKind.IDENTIFIER, missing_share=0, distinct=99),
)
FOUND = Inspection(
    table="loans.csv",
    rows=99,
    kind=TaskKind.BINARY,
    target="paid",
    classes=(ClassCount(label="no", rows=9), ClassCount(label="yes", rows=90)),
    metric="roc_auc",
    description="Loans of a bank",
    columns=COLUMNS,
    warnings=("Look out.",),
    leaks=(Leak(sign="too_good", column="income", score=1.0, text="Too good."),),
)


def page(inspection: Inspection) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(render_inspection(inspection))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_everything_is_shown() -> None:
    text = page(FOUND)

    assert "loans.csv: 99 rows, 2 of 3 columns to learn from" in text
    assert "target paid: binary by roc_auc (no 9, yes 90)" in text
    for word in ("25%", "1 to 123456", "per month", "Ulm, Jena", "identifier"):
        assert word in text
    for sentence in ("Loans of a bank", "Look out.", "Too good."):
        assert sentence in text


def test_control_characters_stay_out() -> None:
    assert "\x1b" not in page(FOUND)


def test_a_clean_table_is_said_to_be_clean() -> None:
    plain = FOUND.model_copy(update={"leaks": (), "warnings": (), "classes": ()})

    text = page(plain)

    assert "No sign of a leak." in text
    assert "Warnings" not in text
    assert "(no" not in text


def test_many_classes_are_counted() -> None:
    classes = tuple(ClassCount(label=f"c{n}", rows=1) for n in range(100))

    assert "88 more" in page(FOUND.model_copy(update={"classes": classes}))


def test_without_a_target_nothing_is_said_of_leaks() -> None:
    bare = FOUND.model_copy(
        update={"target": None, "kind": None, "metric": None, "leaks": ()}
    )

    text = page(bare)

    assert "target" not in text
    assert "leak" not in text
    short = bare.model_copy(update={"columns": COLUMNS[2:]})
    assert "description" not in page(short)
