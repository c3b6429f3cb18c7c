"""Amounts with units are read as amounts, and what only looks like them stays text."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.settings import ColumnKindChoice, TableSettings
from schemas.table import ColumnKind, TableSchema
from schemas.task import TaskKind
from tabular.amounts import find_amounts
from tabular.columns import infer_schema
from tabular.errors import TableError
from tabular.notation import Notation, as_numeric, as_written
from tabular.parts import part_rows
from tabular.profile import profile_table
from tabular.reading import Source, read_source, read_table
from tabular.roles import read_roles
from tabular.typed_columns import apply_schema

WEIGHTS = [f"{number / 4} kg" for number in range(200)]


def read(values: list[str]) -> tuple[str, list[float]]:
    column = pd.Series(values, dtype="str")
    found = find_amounts(column)
    if found is None:
        return "", []
    return str(found.notation), as_written(column, found.notation).tolist()


@pytest.mark.parametrize(
    ("values", "notation", "amounts"),
    [
        (["5 kg", "7.5kg", "500 g"], "0.0 kg", [5.0, 7.5, 0.5]),
        (["1,248 CC", "998 CC", "1197 CC"], "0.0 CC", [1248.0, 998.0, 1197.0]),
        (["€1.2M", "€500K", "€0"], "0.0", [1_200_000.0, 500_000.0, 0.0]),
        (["10,000+", "500+", "1+"], "0.0 +", [10_000.0, 500.0, 1.0]),
        (["21.4°C", "-3 °C", "5°C"], "0.0 °C", [21.4, -3.0, 5.0]),
        (["1.234,5 m²", "12 m²", "7 m²"], "0,0 m²", [1234.5, 12.0, 7.0]),
        (["5,3 kg", "7 kg", "8,25 kg"], "0,0 kg", [5.3, 7.0, 8.25]),
        (["1 bedroom", "2 bedrooms", "3 bedrooms"], "0.0 bedrooms", [1.0, 2.0, 3.0]),
        (["12 345 Kč", "1 000 Kč", "50 Kč"], "0.0 Kč", [12_345.0, 1000.0, 50.0]),
        (["1e5 J", "2e3 J", "3 J"], "0.0 J", [1e5, 2000.0, 3.0]),
        (["(1,234.50)", "376.27", "-5"], "0.0", [-1234.5, 376.27, -5.0]),
        (["($9.98)", "$5", "$1,000"], "0.0", [-9.98, 5.0, 1000.0]),
        (["\u22125", "7", "\u22128.5"], "0.0", [-5.0, 7.0, -8.5]),
        (
            ["12,34,567", "1,23,456.5", "50,000"],
            "0.0",
            [1_234_567.0, 123_456.5, 50_000.0],
        ),
        (["USD 9.98", "USD 1,000", "USD5"], "0.0", [9.98, 1000.0, 5.0]),
        (["US$9", "US$10", "US$11"], "0.0", [9.0, 10.0, 11.0]),
        (["R$ 9,98", "R$ 10,50", "R$ 11"], "0,0", [9.98, 10.5, 11.0]),
        (["Rs. 9", "Rs. 10", "Rs. 11"], "0.0", [9.0, 10.0, 11.0]),
        (["CHF 9", "CHF 1'000", "CHF 7"], "0.0", [9.0, 1000.0, 7.0]),
        (["₽9", "₽10", "₽11"], "0.0", [9.0, 10.0, 11.0]),
        (["256GB", "1TB", "512 GB"], "0.0 GB", [256.0, 1000.0, 512.0]),
    ],
)
def test_amounts_with_units_are_read(
    values: list[str], notation: str, amounts: list[float]
) -> None:
    found, numbers = read(values)

    assert found == notation
    assert numbers == pytest.approx(amounts)


@pytest.mark.parametrize(
    "values",
    [
        ["18.6 kmpl", "26.6 km/kg", "20 kmpl"],
        ["2WD", "4WD", "2WD"],
        ["1st", "2nd", "3rd"],
        ["3A", "007A", "12A"],
        ["5 - 6", "7 - 8", "9 - 10"],
        ["1/2", "3/4", "5/6"],
        ["74 bhp @ 4000rpm", "80 bhp @ 4000rpm", "90 bhp @ 4000rpm"],
        ["12 monkeys", "3 angry men", "7 samurai"],
        ["v1", "v2", "v3"],
        ["$1.50", "€2", "$3.25", "$4"],
        ["USD 1", "EUR 2", "USD 3", "USD 4"],
        ["US$1", "$2", "$3", "$4"],
        ["(030) 123", "(040) 456", "(050) 789"],
        ["(030)", "(040)", "(050)"],
        ["<1", "1", "2", "3", ">4"],
        ["978-3-16", "978-4-17", "978-5-18"],
        ["1.2.3", "1.3.0", "2.0.1"],
        ["12,34,56", "1,2,3", "4,5,6"],
        ["LOT 5", "LOT 6", "LOT 7"],
        [],
    ],
    ids=lambda values: " ".join(values[:2]),
)
def test_what_only_looks_like_amounts_stays_text(values: list[str]) -> None:
    assert read(values) == ("", [])


def test_limits_among_many_amounts_are_read_as_themselves() -> None:
    values = [f"{number / 10}" for number in range(5, 30)]

    notation, numbers = read([*values, "<0.5", "> 3", "~5"])

    assert notation == "0.0"
    assert numbers[-3:] == [0.5, 3.0, 5.0]


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=3, unique=True),
    st.sampled_from(["kg", "km/h", "°C", "m²", "sq ft", "%", "L"]),
    st.sampled_from(["", " "]),
)
def test_any_amounts_with_one_unit_are_read_back(
    cents: list[int], unit: str, gap: str
) -> None:
    values = [f"{number / 100}{gap}{unit}" for number in cents]

    assert read(values) == (f"0.0 {unit}", [number / 100 for number in cents])


@given(st.sampled_from(".,"), st.sampled_from(["", "kg", "km/h", "sq. ft"]))
def test_a_notation_is_read_again_from_its_example(mark: str, unit: str) -> None:
    notation = Notation(mark, unit)

    assert Notation.of(str(notation)) == notation


def test_a_file_is_read_so_and_predicted_from_in_other_units(tmp_path: Path) -> None:
    rows = [f"{weight},{place % 3}" for place, weight in enumerate(WEIGHTS * 2)]
    path = tmp_path / "parcels.csv"
    path.write_text("\n".join(["weight,depot", *rows, "unknown,1"]))
    frame = read_table(path)

    schema = TableSchema(columns=infer_schema(frame))
    profile = profile_table(frame, schema.columns)
    later = pd.DataFrame({"weight": ["500 g", "2", "1.5 Kg", "heavy"], "depot": 1})

    assert schema.columns[0].kind is ColumnKind.NUMERIC
    assert schema.columns[0].format == "0.0 kg"
    assert profile.columns[0].unit == "kg"
    assert profile.columns[0].maximum == pytest.approx(49.75)
    assert "'weight' holds numbers, but 'unknown' in 1 row" in profile.warnings[0]
    read_later = apply_schema(later, schema)["weight"]
    np.testing.assert_array_equal(read_later, [0.5, 2.0, 1.5, np.nan])


def test_a_column_without_any_such_amount_is_refused() -> None:
    frame = pd.DataFrame({"weight": WEIGHTS, "depot": np.arange(200.0) % 7})
    schema = TableSchema(columns=infer_schema(frame))

    with pytest.raises(TableError, match=r"numeric written like 0\.0 kg"):
        apply_schema(frame.assign(weight="3 ft"), schema)


@pytest.mark.parametrize(
    ("learned", "later", "numbers"),
    [
        ("x\n12%\n13%", "x\n12%\n13%\nunknown", [12.0, 13.0, np.nan]),
        ('x\n"$1,234"\n$5', 'x\n"$1,234"\nunknown', [1234.0, np.nan]),
        ("x;y\n3,55;1\n4;2", "x;y\n3,55;1\nk.A.;2", [3.55, np.nan]),
        ("x;y\n3,55;1\n4;2", "x;y\n170.199;1\nk.A.;2", [170_199.0, np.nan]),
        ("x;y\n1,234;1.5\n999;2", "x;y\n1,234;1\n999;2\n?!;3", [1234.0, 999.0, np.nan]),
        ("x\n1.5\n2.5", "x\n007\n2e3\nunknown", [7.0, 2000.0, np.nan]),
        ("x\n$1\n$2", "x\n$1\n€2\n3", [np.nan, np.nan, 3.0]),
        ("x\n1.5\n2.5", "x\n3 kg\n4", [np.nan, 4.0]),
    ],
)
def test_a_word_in_a_later_table_costs_no_other_number(
    learned: str, later: str, numbers: list[float], tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(learned, encoding="utf-8")
    source = read_source(path)
    schema = TableSchema(columns=infer_schema(source.frame), decimal=source.decimal)

    path.write_text(later, encoding="utf-8")
    typed = apply_schema(read_table(path, decimal=schema.decimal), schema)

    np.testing.assert_array_equal(typed["x"], numbers)


@pytest.mark.parametrize("unit", ["", " km", " EUR"])
def test_thousands_are_told_by_the_decimal_mark_of_the_file(
    unit: str, tmp_path: Path
) -> None:
    path = tmp_path / "cars.csv"
    rows = [f"{100 + row}.{200 + row}{unit};{row},5" for row in range(50)]
    path.write_text("\n".join(["km;price", *rows, "k.A.;3,5"]))
    source = read_source(path)

    columns = infer_schema(source.frame, decimal=source.decimal)
    settings = TableSettings(table="cars.csv", target="km", task="regression")
    roles = read_roles(source.frame, settings, decimal=source.decimal)

    assert as_numeric(source.frame["km"], columns[0].format)[1] == 101_201
    assert roles.known_target()[1] == 101_201
    assert "'k.A.' in 1 row" in profile_table(source.frame, columns).warnings[0]


NOTES = [f"({number})" for number in range(1, 31)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (NOTES, ColumnKind.HIGH_CARDINALITY),
        ([*NOTES, "none of them"], ColumnKind.HIGH_CARDINALITY),
        ([*NOTES, "31"], ColumnKind.NUMERIC),
        ([*NOTES, "(1,234)"], ColumnKind.NUMERIC),
        ([*NOTES, "(31.5)"], ColumnKind.NUMERIC),
        ([f"(${number})" for number in range(30)], ColumnKind.NUMERIC),
    ],
    ids=["notes", "a word", "above zero", "a thousand", "a fraction", "money"],
)
def test_numbers_in_parentheses_are_negative_only_in_accounts(
    values: list[str], kind: ColumnKind
) -> None:
    frame = pd.DataFrame({"a": values * 3, "b": np.arange(3.0 * len(values)) % 7})

    assert infer_schema(frame)[0].kind is kind


def test_what_was_learned_says_what_parentheses_mean_later() -> None:
    notes = pd.DataFrame({"a": NOTES * 3, "b": np.arange(90.0) % 7})
    money = notes.assign(a=[*NOTES, *map(str, range(60))])
    later = pd.DataFrame({"a": ["(1)", "(2)"], "b": 1.0})

    read = {
        name: apply_schema(later, TableSchema(columns=infer_schema(frame)))[
            "a"
        ].tolist()
        for name, frame in {"notes": notes, "money": money}.items()
    }

    assert read == {"notes": ["(1)", "(2)"], "money": [-1.0, -2.0]}


def test_the_user_may_say_that_numbers_in_parentheses_are_negative() -> None:
    frame = pd.DataFrame({"a": NOTES, "b": np.arange(30.0) % 7})

    columns = infer_schema(
        frame, [ColumnKindChoice(column="a", kind=ColumnKind.NUMERIC)]
    )

    assert apply_schema(frame, TableSchema(columns=columns))["a"].max() == -1


def test_numbers_need_no_unit_later() -> None:
    column = pd.Series([1.0, 2.5])

    assert as_numeric(column, "0,0 kg").tolist() == [1.0, 2.5]


@pytest.mark.parametrize("kind", [ColumnKind.CATEGORY, ColumnKind.NUMERIC])
def test_the_user_may_choose_either_reading(kind: ColumnKind) -> None:
    frame = pd.DataFrame({"weight": WEIGHTS, "depot": np.arange(200.0) % 7})

    column, _ = infer_schema(frame, [ColumnKindChoice(column="weight", kind=kind)])

    assert column.kind is kind
    assert bool(column.levels) == (kind is ColumnKind.CATEGORY)


@pytest.mark.parametrize(
    ("values", "task", "expected"),
    [
        (WEIGHTS, "auto", 49.75),
        (["1 star", "2 stars", "3 stars"] * 70, "auto", "3 stars"),
        (["1 star", "2 stars", "3 stars"] * 70, "regression", 3.0),
        (WEIGHTS, "multiclass", "9.75 kg"),
        ([f"({number})" for number in range(1, 31)] * 7, "auto", "(9)"),
        ([f"({number})" for number in range(1, 31)] * 7, "regression", -1.0),
    ],
)
def test_targets_with_units_are_amounts_unless_they_are_few(
    values: list[str], task: str, expected: object
) -> None:
    frame = pd.DataFrame({"a": np.arange(len(values)), "target": values})
    settings = TableSettings.model_validate(
        {"table": "t.csv", "target": "target", "task": task}
    )

    target = read_roles(frame, settings).known_target()

    assert target.max() == expected


def test_a_test_table_is_read_in_the_unit_of_the_first(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.arange(200.0), "target": WEIGHTS})
    test = pd.DataFrame({"a": [1.0, 2.0], "target": ["500 g", "750 g"]})
    test.to_csv(tmp_path / "test.csv", index=False)
    settings = TableSettings(
        table="t.csv", target="target", test=str(tmp_path / "test.csv")
    )

    parts = part_rows(Source(frame, "."), settings, seed=0)

    assert parts.kind is TaskKind.REGRESSION
    assert "The amounts in 'target' are read, and predicted, in 'kg'." in parts.warnings
    assert parts.test is not None
    assert parts.test.known_target().tolist() == [0.5, 0.75]
