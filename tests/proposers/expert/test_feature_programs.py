"""Which columns feature programs are written for."""

from typing import TYPE_CHECKING

from proposers.expert.feature_programs import (
    WrittenFeatures,
    feature_programs,
    further_programs,
)
from proposers.expert.feature_sources import read_steps
from schemas.candidate import RAW_VIEW, View, ViewProgram
from schemas.table import ColumnKind, ColumnProfile, ColumnSchema, TableSchema
from schemas.task import TaskKind

if TYPE_CHECKING:
    from schemas.asks import Briefing
    from tests.proposers.conftest import (
        LoadSource,
        MakeBriefing,
        MakeData,
        TextStore,
    )


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
        "distances",
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


def view_of(store: "TextStore", **chosen: tuple[WrittenFeatures, str]) -> View:
    """A view of single columns of programs."""
    programs = tuple(
        ViewProgram(
            name=name, source=store.keep_text(program.source), columns=(column,)
        )
        for name, (program, column) in chosen.items()
    )
    return View(name="features-1", programs=programs)


def test_later_programs_build_on_the_columns_that_were_accepted(
    briefing_for: "MakeBriefing",
    store: "TextStore",
    data_for: "MakeData",
    load_source: "LoadSource",
) -> None:
    briefing = briefing_for(TaskKind.BINARY)
    written = {program.name: program for program in feature_programs(briefing)}
    view = view_of(
        store,
        ratios=(written["ratios"], "width / height"),
        groups=(written["group_statistics"], "rows of town"),
    )
    data = data_for(TaskKind.BINARY)

    programs = further_programs(briefing, 1, view, store)

    assert [program.name for program in programs] == [
        "products-2",
        "ratios-2",
        "differences-2",
        "group_statistics-2",
    ]
    features = load_source(programs[0].source).Features()
    made = features.fit(data.train).transform(data.rows)
    assert list(made.columns) == [
        "width / height * width",
        "width / height * height",
        "rows of town * width",
        "rows of town * height",
        "width / height * rows of town",
    ]
    first, *_ = read_steps(programs[0].source)
    assert list(first.columns) == [("width", "height")]


def test_programs_of_later_rounds_can_be_built_on_again(
    briefing_for: "MakeBriefing", store: "TextStore"
) -> None:
    briefing = briefing_for(TaskKind.BINARY)
    ratios = feature_programs(briefing)[0]
    first = view_of(store, ratios=(ratios, "width / height"))
    products = further_programs(briefing, 1, first, store)[0]
    second = view_of(store, products=(products, "width / height * width"))

    program = further_programs(briefing, 2, second, store)[0]

    blocks = [step.block.name for step in read_steps(program.source)]
    assert program.name == "products-3"
    assert blocks == ["PairwiseRatios", "PairwiseProducts", "PairwiseProducts"]


def test_what_builds_on_the_target_asks_for_it(
    briefing_for: "MakeBriefing", store: "TextStore"
) -> None:
    briefing = briefing_for(TaskKind.BINARY)
    written = {program.name: program for program in feature_programs(briefing)}
    view = view_of(store, te=(written["target_encodings"], "class 1 by town"))

    program = further_programs(briefing, 1, view, store)[0]

    assert "needs_y = True" in program.source
    assert "self.block.fit(X, y)" in program.source


def test_there_is_nothing_to_build_on_without_accepted_or_readable_columns(
    briefing_for: "MakeBriefing", store: "TextStore"
) -> None:
    briefing = briefing_for(TaskKind.BINARY)
    foreign = WrittenFeatures("own", "", "class Features: ...")
    view = view_of(store, own=(foreign, "x"))

    assert further_programs(briefing, 1, RAW_VIEW, store) == ()
    assert further_programs(briefing, 1, view, store) == ()
