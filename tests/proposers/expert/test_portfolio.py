"""Which candidates are tried first."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.blocks import EXTRAS
from proposers.expert.boosting_portfolio import catboost_entries, lightgbm_entries
from proposers.expert.cluster_portfolio import clustering_portfolio
from proposers.expert.entry import Entry
from proposers.expert.pace import pace_of
from proposers.expert.portfolio import supervised_portfolio
from schemas.table import ColumnKind, ColumnSchema
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing


@pytest.mark.parametrize("rows", [100, 5_000, 300_000])
def test_titles_tell_entries_apart(rows: int, briefing_for: "MakeBriefing") -> None:
    briefing = briefing_for(TaskKind.MULTICLASS, rows)

    entries = supervised_portfolio(briefing, pace_of(briefing))

    assert len({entry.title for entry in entries}) == len(entries)
    assert entries[0].family == "linear"


def test_large_tables_skip_neighbours(briefing_for: "MakeBriefing") -> None:
    briefing = briefing_for(TaskKind.REGRESSION, 300_000)

    entries = supervised_portfolio(briefing, pace_of(briefing))

    assert "neighbors" not in {entry.family for entry in entries}


def test_one_column_needs_no_projection() -> None:
    entries = clustering_portfolio(1)

    assert {entry.parameters["components"] for entry in entries} == {None}
    assert {entry.family for entry in clustering_portfolio(5)[:3]} == {
        "kmeans",
        "gaussian_mixture",
        "spectral",
    }


def test_what_the_budget_hardly_suffices_for_comes_last(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.MULTICLASS, 4_200)
    letters = tuple("abcdefghijklmnopqrstuvwxyz")
    task = briefing.task.model_copy(update={"classes": letters, "features": 16})
    many = briefing.model_copy(update={"task": task, "budget_seconds": 60.0})
    leisurely = many.model_copy(update={"budget_seconds": 6000.0})

    hasty = supervised_portfolio(many, pace_of(many))

    slow = [entry.is_slow for entry in hasty]
    assert any(slow)
    assert slow == sorted(slow)
    assert "lightgbm" not in {entry.family for entry in hasty[:3]}
    patient = supervised_portfolio(leisurely, pace_of(leisurely))
    assert "lightgbm" in {entry.family for entry in patient[:3]}


def test_extras_are_offered_only_where_they_are_installed(
    briefing_for: "MakeBriefing", monkeypatch: pytest.MonkeyPatch
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 1_000)
    pace = pace_of(briefing)
    families = {entry.family for entry in supervised_portfolio(briefing, pace)}
    assert families >= EXTRAS.keys()

    monkeypatch.setattr("proposers.expert.portfolio.find_spec", lambda name: None)

    families = {entry.family for entry in supervised_portfolio(briefing, pace)}
    assert not families & EXTRAS.keys()


@pytest.mark.parametrize(
    ("kind", "rows", "dense", "sparse", "finds_out"),
    [
        (TaskKind.REGRESSION, 800, 1, 1, False),
        (TaskKind.REGRESSION, 5_000, 3, 2, True),
        (TaskKind.REGRESSION, 20_000, 3, 3, False),
        (TaskKind.BINARY, 800, 2, 1, False),
        (TaskKind.BINARY, 5_000, 2, 1, False),
        (TaskKind.BINARY, 20_000, 2, 2, False),
        (TaskKind.BINARY, 60_000, 5, 5, False),
    ],
)
def test_extra_trees_learn_as_much_by_heart_as_pays(
    kind: TaskKind,
    rows: int,
    dense: int,
    sparse: int,
    finds_out: bool,
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(kind, rows)

    entries = supervised_portfolio(briefing, pace_of(briefing))

    told = {
        str(entry.parameters["max_features"]): entry.parameters
        for entry in entries
        if entry.family == "extra_trees"
    }
    leaves = {features: p["min_samples_leaf"] for features, p in told.items()}
    assert leaves == {"0.75": dense, "sqrt": sparse}
    assert {p.get("may_learn_by_heart", False) for p in told.values()} == {finds_out}


@pytest.mark.parametrize("kind", [TaskKind.MULTICLASS, TaskKind.REGRESSION])
@pytest.mark.parametrize(("rows", "leaves"), [(800, 64), (5_000, 31)])
def test_trees_of_random_cuts_are_tried_right_after_the_linear_model(
    kind: TaskKind, rows: int, leaves: int, briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(kind, rows)

    first, trees, *_ = supervised_portfolio(briefing, pace_of(briefing))

    assert first.family == "linear"
    assert trees.family == "lightgbm"
    assert trees.parameters["extra_trees"] is True
    assert trees.parameters["num_leaves"] == leaves


@pytest.mark.parametrize(
    ("kind", "of_values"), [(TaskKind.REGRESSION, True), (TaskKind.BINARY, False)]
)
def test_random_cuts_see_levels_of_few_rows_where_values_follow_many_of_them(
    kind: TaskKind, of_values: bool, briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(kind, 5_000)
    columns = (ColumnSchema(name="state", kind=ColumnKind.HIGH_CARDINALITY),)
    schema = briefing.schema_.model_copy(update={"columns": columns})
    wide = briefing.model_copy(update={"schema_": schema})

    usual = lightgbm_entries(briefing, pace_of(briefing))["random cuts"]
    of_many_levels = lightgbm_entries(wide, pace_of(wide))["random cuts"]

    assert "min_data_per_group" not in usual.parameters
    assert ("min_data_per_group" in of_many_levels.parameters) is of_values


def test_tables_of_many_columns_are_tried_with_narrow_trees_and_fewer_of_them(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 2_500)
    wide_task = briefing.task.model_copy(update={"features": 640})
    wide = briefing.model_copy(update={"task": wide_task})

    entries = supervised_portfolio(wide, pace_of(wide))
    usual = supervised_portfolio(briefing, pace_of(briefing))

    assert entries[2].title.endswith("64 columns a tree")
    assert entries[2].parameters["feature_fraction"] == 0.1
    assert entries[2].parameters["num_leaves"] == entries[1].parameters["num_leaves"]
    assert trees_of(entries) < trees_of(usual)
    assert not any("columns a tree" in entry.title for entry in usual[:5])


def test_narrow_trees_have_time_where_whole_ones_have_none(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.MULTICLASS, 2_500, 60.0)
    digits = tuple("0123456789")
    wide = briefing.task.model_copy(update={"features": 640, "classes": digits})
    told = briefing.model_copy(update={"task": wide})

    entries = lightgbm_entries(told, pace_of(told))

    assert entries["random cuts"].is_slow
    assert not entries["narrow trees"].is_slow


@pytest.mark.parametrize("rows", [800, 5_000])
def test_tuned_defaults_of_lightgbm_are_for_classes(
    rows: int, briefing_for: "MakeBriefing"
) -> None:
    titles = {}
    for kind in (TaskKind.BINARY, TaskKind.REGRESSION):
        briefing = briefing_for(kind, rows)
        entries = supervised_portfolio(briefing, pace_of(briefing))
        titles[kind] = {entry.title for entry in entries}

    assert "LightGBM with tuned defaults" in titles[TaskKind.BINARY]
    assert "LightGBM with tuned defaults" not in titles[TaskKind.REGRESSION]


@pytest.mark.parametrize("rows", [800, 5_000])
def test_targets_of_many_sizes_are_tried_on_logarithms_too(
    rows: int, briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(TaskKind.REGRESSION, rows)
    task = briefing.task.model_copy(update={"metric": "rmse"})
    skewed = task.model_copy(update={"is_positive": True, "skewness": 4.0})
    told = [briefing.model_copy(update={"task": each}) for each in (task, skewed)]

    even, both = [supervised_portfolio(b, pace_of(b)) for b in told]

    added = [entry for entry in both if entry.logarithm is not None]
    assert {entry.family for entry in added} == {
        "linear",
        "lightgbm",
        "mlp",
        "catboost",
        "gaussian_process",
    }
    assert [entry for entry in both if entry.logarithm is None] == list(even)
    assert len({entry.title for entry in both}) == len(both)
    assert both[0] == even[0]


def test_rounds_of_many_classes_are_fewer_where_each_has_trees_of_its_own(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.MULTICLASS, 5_000, 60.0)
    classes = tuple("abcdefghijkl")
    task = briefing.task.model_copy(update={"classes": classes, "features": 40})
    pace = pace_of(briefing)
    few = briefing.task.model_copy(update={"features": 40})
    told = [briefing.model_copy(update={"task": t}) for t in (few, task)]

    lightgbm = [lightgbm_entries(b, pace)["random cuts"] for b in told]
    catboost = [catboost_entries(t, pace)["catboost shallow"] for t in (few, task)]

    assert rounds_of(lightgbm[1]) < rounds_of(lightgbm[0])
    share = rounds_of(catboost[1]) / rounds_of(catboost[0])
    assert len(few.classes) / len(classes) < share < 1


def trees_of(entries: tuple[Entry, ...]) -> int:
    trees = {e.parameters["n_estimators"] for e in entries if e.family == "extra_trees"}
    (count,) = trees
    assert isinstance(count, int)
    return count


def rounds_of(entry: Entry) -> int:
    rounds = entry.parameters["rounds"]
    assert isinstance(rounds, int)
    return rounds
