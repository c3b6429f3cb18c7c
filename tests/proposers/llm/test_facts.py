"""A model is told enough, and no more."""

import json
import math

from proposers.llm.facts import (
    COLUMNS_SHOWN,
    LEADERS_SHOWN,
    TEXT_SHOWN_CHARACTERS,
    briefing_facts,
    leader_facts,
)
from schemas.asks import Briefing, DraftAsk
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import TaskKind


def test_numbers_have_four_digits(briefing: Briefing) -> None:
    facts = briefing_facts(briefing)

    assert isinstance(facts, dict)
    assert facts["columns"] == [
        {
            "name": "age",
            "kind": "numeric",
            "missing_share": 0.0125,
            "distinct": 61,
            "minimum": 18.0,
            "mean": 41.23,
            "maximum": 90.0,
            "deviation": 12.3,
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

    facts = briefing_facts(briefing.model_copy(update={"schema_": schema}))

    assert isinstance(facts, dict)
    assert "plan" not in str(facts["columns"])


def test_a_wide_table_is_cut_and_says_so(briefing: Briefing) -> None:
    count = COLUMNS_SHOWN + 30
    column = briefing.profile.columns[0]
    profiles = [column.model_copy(update={"name": f"c{i}"}) for i in range(count)]
    columns = [ColumnSchema(name=p.name, kind=ColumnKind.NUMERIC) for p in profiles]
    wide = briefing.model_copy(
        update={
            "profile": briefing.profile.model_copy(update={"columns": tuple(profiles)}),
            "schema_": TableSchema(columns=tuple(columns)),
        }
    )

    facts = briefing_facts(wide)

    assert isinstance(facts, dict)
    listed = facts["columns"]
    assert isinstance(listed, list)
    assert len(listed) == COLUMNS_SHOWN
    assert facts["columns_not_listed"] == 30


def test_texts_in_example_rows_are_cut(briefing: Briefing) -> None:
    row = json.dumps({"note": "n" * 900, "age": 4.5, "plan": None})

    facts = briefing_facts(briefing.model_copy(update={"showcase": (row,)}))

    assert isinstance(facts, dict)
    assert facts["example_rows"] == [
        {"note": "n" * TEXT_SHOWN_CHARACTERS, "age": 4.5, "plan": None}
    ]


def test_the_label_of_a_clustering_run_is_never_told(briefing: Briefing) -> None:
    update = {"kind": TaskKind.CLUSTERING, "target": "diagnosis", "classes": ()}
    task = briefing.task.model_copy(update=update)

    facts = briefing_facts(briefing.model_copy(update={"task": task}))

    assert "diagnosis" not in str(facts)


def test_long_titles_and_boards_are_cut_and_odd_scores_are_text(
    draft_ask: DraftAsk,
) -> None:
    update = {"title": "t" * 500, "score": math.nan}
    leader = draft_ask.leaderboard[0].model_copy(update=update)

    facts = leader_facts([leader] * 40)

    assert isinstance(facts, list)
    assert len(facts) == LEADERS_SHOWN
    assert isinstance(facts[0], dict)
    assert facts[0]["title"] == "t" * TEXT_SHOWN_CHARACTERS
    assert facts[0]["score"] == "nan"


def test_the_users_words_are_told_if_there_are_any(briefing: Briefing) -> None:
    age, plan = briefing.profile.columns
    said = age.model_copy(update={"description": "in years"})
    profile = briefing.profile.model_copy(
        update={"description": "Phone contracts", "columns": (said, plan)}
    )

    facts = briefing_facts(briefing.model_copy(update={"profile": profile}))

    assert isinstance(facts, dict)
    assert facts["description"] == "Phone contracts"
    columns = facts["columns"]
    assert isinstance(columns, list)
    first, second = columns
    assert isinstance(first, dict)
    assert first["description"] == "in years"
    assert "description" not in str(second)
    assert "description" not in str(briefing_facts(briefing))
