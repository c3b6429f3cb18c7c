"""Descriptions are read from the usual forms, and mistakes in them are named."""

import sys
from pathlib import Path

import pytest

from schemas.settings import TableSettings
from tabular.descriptions import (
    MOST_COLUMN_CHARACTERS,
    Descriptions,
    find_descriptions,
    read_descriptions,
)
from tabular.errors import TableError

COLUMNS = ["age", "net income", "a:b"]
MAP = {"age": "in years", "net income": "per month: in EUR"}
FORMS = {
    "map.json": '{"age": "in years", "net income": "per month: in EUR"}',
    "both.json": '{"table": "Loans", "columns": {"age": "in years", '
    '"net income": "per month: in EUR"}}',
    "map.toml": 'age = "in years"\n"net income" = "per month: in EUR"\n',
    "both.toml": 'table = "Loans"\n[columns]\nage = "in years"\n'
    '"net income" = "per month: in EUR"\n',
    "map.yaml": 'age: in years\n"net income": "per month: in EUR"\n',
    "both.yml": "table: Loans\ncolumns:\n  age: in years\n"
    "  net income: |-\n    per month: in EUR\n",
    "words.txt": "Loans\n\nage: in years\nnet income: per month: in EUR\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_all_forms_are_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name])
    has_table = name.startswith(("both", "words"))

    assert read_descriptions(path, COLUMNS) == Descriptions(
        "Loans" if has_table else "", MAP
    )


def test_other_lines_describe_the_table(tmp_path: Path) -> None:
    path = tmp_path / "words.md"
    path.write_text("Source: the bank\nNobody knows what a:b is.\n")

    found = read_descriptions(path, COLUMNS)

    assert found.table == "Source: the bank\nNobody knows what a:b is."
    assert found.columns == {}


def test_long_descriptions_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text(f"age: {'x' * 9999}\n")

    (text,) = read_descriptions(path, COLUMNS).columns.values()

    assert len(text) == MOST_COLUMN_CHARACTERS


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.json", '{"agee": "x"}', "'agee', which is no column; did you mean 'age'"),
        ("a.json", '{"zzz": "x"}', "'zzz', which is no column; it has 'age'"),
        ("a.json", '{"age": 3}', "must map names of columns to texts"),
        ("a.json", "[]", "must map names of columns to texts"),
        ("a.json", "{", "is no JSON"),
        ("a.toml", "=", "is no TOML"),
        ("a.yaml", "age: [", "is no YAML"),
        ("a.yaml", "- age", "must map names of columns to texts"),
        ("a.yml", "agee: x", "'agee', which is no column; did you mean 'age'"),
        pytest.param("a.json", "[" * 99_999, "is no JSON", id="deep JSON"),
        pytest.param("a.yaml", "[" * 1_200, "is no YAML", id="deep YAML"),
        ("a.txt", "\0\1", "neither text"),
    ],
)
def test_mistakes_are_named(
    name: str, content: str, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(TableError, match=complaint):
        read_descriptions(path, COLUMNS)


def test_names_of_columns_in_yaml_are_texts_whatever_they_look_like(
    tmp_path: Path,
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("yes: a flag\n2020: a year\nnull: 1.50\n")

    found = read_descriptions(path, ["yes", "2020", "null"])

    assert found.columns == {"yes": "a flag", "2020": "a year", "null": "1.50"}


def test_yaml_without_its_package_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    path = tmp_path / "map.yaml"
    path.write_text(FORMS["map.yaml"])

    with pytest.raises(TableError, match=r"sage-loop\[yaml\].*JSON or TOML"):
        read_descriptions(path, COLUMNS)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"--describe .*nowhere"):
        read_descriptions(tmp_path / "nowhere", COLUMNS)


def test_what_is_said_of_the_target_is_said_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("Loans\nage: in years\nnet income: in EUR\n")
    settings = TableSettings(table="t", target="age", describe=str(path))

    found = find_descriptions(settings, COLUMNS)

    assert found.table == "Loans\nThe target 'age': in years"
    other = settings.model_copy(update={"target": None})
    assert find_descriptions(other, COLUMNS).table == "Loans"
    bare = settings.model_copy(update={"describe": None})
    assert find_descriptions(bare, COLUMNS) == Descriptions()
