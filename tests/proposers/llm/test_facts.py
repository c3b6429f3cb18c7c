"""A model is told enough, and no more."""

import json

from pydantic import JsonValue

from proposers.llm.facts import (
    FULL,
    SHORT,
    TEXT_SHOWN_CHARACTERS,
    briefing_facts,
    environment_facts,
)
from proposers.llm.privacy import WITHHELD
from schemas.asks import Briefing
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import TaskKind


def told(briefing: Briefing) -> dict[str, JsonValue]:
    facts = briefing_facts(briefing)
    assert isinstance(facts, dict)
    return facts


def with_columns(
    briefing: Briefing, *names_and_kinds: tuple[str, ColumnKind]
) -> Briefing:
    """The same briefing with further columns, each of which has two levels."""
    model = briefing.profile.columns[1]
    profiles = tuple(
        model.model_copy(update={"name": name, "kind": kind})
        for name, kind in names_and_kinds
    )
    columns = tuple(
        ColumnSchema(name=name, kind=kind) for name, kind in names_and_kinds
    )
    profile = briefing.profile.model_copy(
        update={"columns": (*briefing.profile.columns, *profiles)}
    )
    schema = TableSchema(columns=(*briefing.schema_.columns, *columns))
    return briefing.model_copy(update={"profile": profile, "schema_": schema})


def test_numbers_have_four_digits_and_extremes_are_means(briefing: Briefing) -> None:
    assert told(briefing)["columns"] == [
        {
            "name": "age",
            "kind": "numeric",
            "missing_share": 0.0125,
            "distinct": 61,
            "low": 19.51,
            "mean": 41.23,
            "high": 81.23,
            "deviation": 12.3,
            "is_positive": True,
            "is_whole": True,
        },
        {
            "name": "plan",
            "kind": "category",
            "missing_share": 0.0,
            "distinct": 3,
            "levels": ["basic", "pro"],
        },
    ]


def test_columns_that_candidates_do_not_see_are_not_told(briefing: Briefing) -> None:
    schema = TableSchema(columns=briefing.schema_.columns[:1])

    facts = told(briefing.model_copy(update={"schema_": schema}))

    assert "plan" not in str(facts["columns"])
    assert "basic" not in str(facts["example_rows"])


def test_a_wide_table_is_cut_and_says_so(briefing: Briefing) -> None:
    count = FULL.columns + 28
    more = [(f"c{number}", ColumnKind.CATEGORY) for number in range(count)]

    facts = told(with_columns(briefing, *more))

    listed = facts["columns"]
    assert isinstance(listed, list)
    assert len(listed) == FULL.columns
    assert facts["columns_not_listed"] == 30


def test_texts_in_example_rows_are_cut(briefing: Briefing) -> None:
    row = json.dumps({"plan": "n" * 900, "age": 4.5, "churn": "no"})

    facts = told(briefing.model_copy(update={"showcase": (row,)}))

    assert facts["example_rows"] == [
        {"plan": "n" * TEXT_SHOWN_CHARACTERS, "age": 4.5, "churn": "no"}
    ]


def test_cells_of_personal_columns_and_of_many_levels_are_withheld(
    briefing: Briefing,
) -> None:
    more = with_columns(
        briefing,
        ("email", ColumnKind.CATEGORY),
        ("town", ColumnKind.HIGH_CARDINALITY),
        ("note", ColumnKind.TEXT),
        ("contact via", ColumnKind.CATEGORY),
    )
    row = {"age": 44.0, "plan": "basic", "email": "x", "town": "Ulm", "note": "private"}
    row |= {"contact via": "ann@example.org", "churn": "no"}
    asked = more.model_copy(update={"showcase": (json.dumps(row),)})

    text = json.dumps(briefing_facts(asked))

    rows = told(asked)["example_rows"]
    assert isinstance(rows, list)
    assert rows[0] == {"age": 44.0, "plan": "basic", "churn": "no"} | dict.fromkeys(
        ("email", "town", "note", "contact via"), WITHHELD
    )
    assert "Ulm" not in text
    assert "ann@example.org" not in text
    listed = told(asked)["columns"]
    assert isinstance(listed, list)
    assert [c["name"] for c in listed if isinstance(c, dict) and "levels" in c] == [
        "plan"
    ]


def test_the_short_form_shows_few_rows_and_columns(briefing: Briefing) -> None:
    many = [(f"c{number}", ColumnKind.CATEGORY) for number in range(60)]
    rows = briefing.showcase * 12
    asked = with_columns(briefing, *many).model_copy(update={"showcase": rows})

    facts = briefing_facts(asked, SHORT)

    assert isinstance(facts, dict)
    assert isinstance(facts["columns"], list)
    assert len(facts["columns"]) == SHORT.columns
    assert isinstance(facts["example_rows"], list)
    assert len(facts["example_rows"]) == SHORT.rows


def test_the_label_of_a_clustering_run_is_never_told(briefing: Briefing) -> None:
    update = {"kind": TaskKind.CLUSTERING, "target": "diagnosis", "classes": ()}
    task = briefing.task.model_copy(update=update)

    facts = briefing_facts(briefing.model_copy(update={"task": task}))

    assert "diagnosis" not in str(facts)


def test_the_users_words_are_told_if_there_are_any(briefing: Briefing) -> None:
    age, plan = briefing.profile.columns
    said = age.model_copy(update={"description": "in years"})
    profile = briefing.profile.model_copy(
        update={"description": "Phone contracts", "columns": (said, plan)}
    )

    facts = told(briefing.model_copy(update={"profile": profile}))

    assert facts["description"] == "Phone contracts"
    assert "in years" in str(facts["columns"])
    assert "description" not in str(briefing_facts(briefing))


def test_the_surroundings_name_libraries_that_code_may_import(
    briefing: Briefing,
) -> None:
    assert environment_facts(briefing) == {
        "available": {"python": "3.11.7", "pandas": "3.1.1"},
        "threads": 2,
        "seed": 7,
        "seconds_of_the_whole_run": 60.0,
        "memory_gib": 2.0,
    }


def test_smallest_and_largest_cell_stand_in_no_prompt(briefing: Briefing) -> None:
    age, plan = briefing.profile.columns
    marked = age.model_copy(update={"minimum": 17.171717, "maximum": 98.989898})
    profile = briefing.profile.model_copy(update={"columns": (marked, plan)})

    text = str(briefing_facts(briefing.model_copy(update={"profile": profile})))

    assert "17.1" not in text
    assert "98.9" not in text
