"""Which columns feature programs are written for."""

from typing import TYPE_CHECKING

from proposers.expert.feature_programs import feature_programs
from schemas.table import ColumnKind, ColumnProfile, ColumnSchema, TableSchema
from schemas.task import TaskKind

if TYPE_CHECKING:
    from schemas.asks import Briefing
    from tests.proposers.conftest import MakeBriefing


def numeric(briefing: "Briefing", distinct: dict[str, int]) -> "Briefing":
    """The same briefing with these numeric columns only."""
    columns = tuple(
        ColumnProfile(
            name=name, kind=ColumnKind.NUMERIC, missing_share=0, distinct=count
        )
        for name, count in distinct.items()
    )
    schema = tuple(
        ColumnSchema(name=name, kind=ColumnKind.NUMERIC) for name in distinct
    )
    profile = briefing.profile.model_copy(update={"columns": columns})
    table = TableSchema(columns=schema)
    return briefing.model_copy(update={"profile": profile, "schema_": table})


def test_at_most_ten_columns_with_most_distinct_values_are_paired(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = numeric(
        briefing_for(TaskKind.REGRESSION), {f"n{i}": i for i in range(20)}
    )

    programs = feature_programs(briefing)

    assert [program.name for program in programs] == [
        "ratios",
        "differences",
        "products",
    ]
    assert "'n19'" in programs[0].source
    assert "'n9'" not in programs[0].source


def test_names_that_would_be_unreadable_are_left_out(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = numeric(
        briefing_for(TaskKind.BINARY), {"a": 50, "b" * 100: 50, "line\nbreak": 50}
    )

    assert feature_programs(briefing) == ()


def test_odd_names_are_quoted(briefing_for: "MakeBriefing") -> None:
    briefing = numeric(briefing_for(TaskKind.BINARY), {'it\'s "x"': 50, "{b}\\": 50})

    source = feature_programs(briefing)[0].source

    compile(source, "features.py", "exec")
    assert repr("{b}\\") in source
