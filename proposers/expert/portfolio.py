"""The candidates to try first, best first, by task and table size."""

from dataclasses import replace
from importlib.util import find_spec

from executors.checkpoints import checkpoints_of
from proposers.expert.aims import aim_of
from proposers.expert.bins import bins_of
from proposers.expert.blocks import EXTRAS, PRETRAINED
from proposers.expert.boosting_portfolio import (
    SMALL_ROWS,
    catboost_entries,
    lightgbm_entries,
    xgboost_entries,
)
from proposers.expert.entry import Entry
from proposers.expert.gaussian_portfolio import gaussian_entries
from proposers.expert.in_context_portfolio import in_context_entries
from proposers.expert.network_portfolio import network_entries
from proposers.expert.pace import Pace
from proposers.expert.sources import Logarithm, Setting
from schemas.asks import Briefing
from schemas.table import CATEGORY_KINDS
from schemas.task import Task, TaskKind

LARGE_ROWS = 50_000
MANY_CLASSES = 20
ADDITIVE_SECONDS = 5.0
TREES_PER_FOREST = 100
TREES_PER_LARGE_FOREST = 40
LARGE_FOREST_ROWS = 10_000
LARGE_FOREST_CELLS = 500_000

LOGARITHMIC = (
    "rough process",
    "smooth process",
    "random cuts",
    "binned network",
    "network",
    "binned linear",
    "linear robust",
    "r31",
    "catboost tuned",
)
SQUARED_METRICS = frozenset({"rmse", "r2"})
WIDE_SKEWNESS = 3.0
"""Above it, some candidates are tried on logarithms, too. Pairs of whole runs of 60 s changed
the loss by -8, -7 and +2 % there, and by +1 % on the mean of ten less skewed tables."""

SMALL_ORDER = (
    "linear",
    "random cuts",
    "rough process",
    "narrow trees",
    "smooth process",
    "binned network",
    "random cuts on logarithms",
    "rough process on logarithms",
    "binned network on logarithms",
    "catboost shallow",
    "network",
    "network on logarithms",
    "tabpfn",
    "tabicl",
    "sparse trees",
    "binned linear",
    "binned linear on logarithms",
    "smooth process on logarithms",
    "r120",
    "linear robust",
    "linear robust on logarithms",
    "linear ranks",
    "r177",
    "tuned",
    "trees",
    "stumps",
    "second network",
    "catboost",
    "neighbors",
    "r31",
    "r31 on logarithms",
    "r163",
    "catboost tuned",
    "catboost tuned on logarithms",
    "r41",
    "r21",
    "ebm",
    "xgboost",
)
ORDER = (
    "linear",
    "random cuts",
    "narrow trees",
    "catboost tuned",
    "trees",
    "binned network",
    "rough process",
    "random cuts on logarithms",
    "rough process on logarithms",
    "binned network on logarithms",
    "tuned",
    "r31",
    "network",
    "smooth process",
    "smooth process on logarithms",
    "catboost tuned on logarithms",
    "r31 on logarithms",
    "network on logarithms",
    "tabicl",
    "tabpfn",
    "catboost",
    "r163",
    "r120",
    "r177",
    "neighbors",
    "binned linear",
    "binned linear on logarithms",
    "linear robust",
    "linear robust on logarithms",
    "xgboost",
    "second network",
    "r72",
    "catboost deep",
    "sparse trees",
    "linear ranks",
    "r21",
    "catboost shallow",
    "stumps",
)
"""Orders in which ensembles of the first few did best on two dozen other tables."""


def supervised_portfolio(briefing: Briefing, pace: Pace) -> tuple[Entry, ...]:
    """Entries for classification or regression in the order to try them.

    The first is a linear model that is fitted in a moment, so that every run has a result.
    Small tables then prefer smooth and strongly averaged models; tables with many rows or
    classes leave out what would take too long on them, and what the budget hardly suffices
    for comes last.
    """
    task = briefing.task
    shelf = {
        **_linear(task),
        **lightgbm_entries(briefing, pace),
        **catboost_entries(task, pace),
        **_extra_trees(task),
        **_neighbors(),
        **network_entries(briefing, pace),
        **gaussian_entries(briefing, pace),
        **xgboost_entries(task, pace),
        **_additive(pace),
        **in_context_entries(briefing, pace, _sizes_of_weights(task)),
    }
    shelf |= _on_logarithms(shelf, task)
    order = SMALL_ORDER if task.rows < SMALL_ROWS else ORDER
    aim = aim_of(task)
    names = sorted((n for n in order if n in shelf), key=lambda n: shelf[n].is_slow)
    entries = [aim.aimed(shelf[name]) for name in names]
    return tuple(entry for entry in entries if _is_fitting(entry, briefing))


def _is_fitting(entry: Entry, briefing: Briefing) -> bool:
    task = briefing.task
    extra = EXTRAS.get(entry.family)
    if extra is not None and find_spec(extra) is None:
        return False
    has_categories = any(
        column.kind in CATEGORY_KINDS for column in briefing.schema_.columns
    )
    match entry.family:
        case "neighbors" | "ebm":
            return task.rows <= LARGE_ROWS
        case "catboost":
            is_slow = len(task.classes) > MANY_CLASSES or task.rows > 4 * LARGE_ROWS
            return has_categories or not is_slow
        case _:
            return True


def _sizes_of_weights(task: Task) -> dict[str, int]:
    """Bytes of the best weights that lie on disk, by family."""
    is_classification = task.kind is not TaskKind.REGRESSION
    found = {
        family: checkpoints_of(family, is_classification=is_classification)
        for family in PRETRAINED
    }
    return {family: paths[0].stat().st_size for family, paths in found.items() if paths}


def _linear(task: Task) -> dict[str, Entry]:
    penalties = (0.1, 1.0, 10.0, 100.0)
    return {
        "linear": Entry("linear", "Linear model, one penalty", {"penalties": (1.0,)}),
        "linear robust": Entry(
            "linear",
            "Linear model, penalty chosen, robust scaling",
            {"penalties": penalties, "scaling": "robust"},
        ),
        "binned linear": Entry(
            "linear",
            "Linear model, penalty chosen, numbers in bins, too",
            {"penalties": penalties, "scaling": "robust", "bins": bins_of(task)},
        ),
        "linear ranks": Entry(
            "linear",
            "Linear model, penalty chosen, ranks as numbers",
            {"penalties": penalties, "scaling": "quantile"},
        ),
    }


def _on_logarithms(shelf: dict[str, Entry], task: Task) -> dict[str, Entry]:
    """Some entries once more for targets that span many sizes."""
    is_wide = task.is_positive and task.skewness > WIDE_SKEWNESS
    if task.metric not in SQUARED_METRICS or not is_wide:
        return {}
    return {
        f"{name} on logarithms": replace(
            shelf[name],
            title=f"{shelf[name].title}, on logarithms",
            logarithm=Logarithm("mean"),
        )
        for name in LOGARITHMIC
        if name in shelf
    }


def _extra_trees(task: Task) -> dict[str, Entry]:
    has_many_cells = task.rows * task.features > LARGE_FOREST_CELLS
    is_large = task.rows > LARGE_FOREST_ROWS or has_many_cells
    trees = TREES_PER_LARGE_FOREST if is_large else TREES_PER_FOREST
    common: dict[str, Setting] = {"n_estimators": trees}
    return {
        "trees": Entry(
            "extra_trees",
            "Extra trees, most columns a split",
            common | {"max_features": 0.75} | _dense_growth(task),
        ),
        "sparse trees": Entry(
            "extra_trees",
            "Extra trees, few columns a split",
            common | {"max_features": "sqrt"} | _sparse_growth(task),
        ),
    }


def _dense_growth(task: Task) -> dict[str, Setting]:
    if task.kind is not TaskKind.REGRESSION:
        leaf = 5 if task.rows > LARGE_ROWS else 2
        return {"min_samples_leaf": leaf, "criterion": "entropy"}
    if task.rows < SMALL_ROWS:
        return {"min_samples_leaf": 1, "min_samples_split": 5}
    if task.rows > LARGE_FOREST_ROWS:
        return {"min_samples_leaf": 5 if task.rows > LARGE_ROWS else 3}
    return {"min_samples_leaf": 3, "may_learn_by_heart": True}


def _sparse_growth(task: Task) -> dict[str, Setting]:
    """Trees of few columns differ so much that each may learn nearly by heart.

    Single rows of larger tables are often too noisy for a value, which the block finds out,
    and trees of large tables would take too much room.
    """
    if task.rows > LARGE_FOREST_ROWS:
        return _dense_growth(task) | {"min_samples_split": 8}
    growth: dict[str, Setting] = {"min_samples_leaf": 1, "min_samples_split": 4}
    if task.kind is TaskKind.REGRESSION and task.rows >= SMALL_ROWS:
        growth |= {"min_samples_leaf": 2, "may_learn_by_heart": True}
    return growth


def _neighbors() -> dict[str, Entry]:
    return {
        "neighbors": Entry(
            "neighbors",
            "Nearest 20 rows, ranks as numbers",
            {"neighbors": 20, "scaling": "quantile"},
        )
    }


def _additive(pace: Pace) -> dict[str, Entry]:
    """Additive models, which take seconds a fold whatever the table."""
    is_slow = pace.seconds is not None and pace.seconds < ADDITIVE_SECONDS
    settings: dict[str, Setting] = {
        "interactions": 5,
        "outer_bags": 4,
        "rounds": 1500,
        "max_bins": 256,
    }
    entry = Entry("ebm", "Explainable boosting machine", settings, is_slow=is_slow)
    return {"ebm": entry}
