"""The candidates to try first, best first, by task and table size.

Parameter values are facts learned elsewhere over many tables: the LightGBM and CatBoost
variants of AutoGluon's portfolios of 2023 and December 2025, and the tuned defaults of
pytabkit (Holzmueller et al., NeurIPS 2024). Names like `r177` are theirs.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from proposers.expert.aims import Aim, aim_of
from proposers.expert.pace import Pace
from proposers.expert.sources import Parameters, Setting
from schemas.asks import Briefing
from schemas.table import CATEGORY_KINDS
from schemas.task import Task, TaskKind

SMALL_ROWS = 1_500
LARGE_ROWS = 50_000
MANY_CLASSES = 20
TREES_PER_FOREST = 100
TREES_PER_LARGE_FOREST = 40
LARGE_FOREST_ROWS = 10_000

SMALL_ORDER = (
    "linear",
    "r177",
    "network",
    "r120",
    "linear robust",
    "catboost shallow",
    "linear ranks",
    "tuned",
    "trees",
    "stumps",
    "slim network",
    "catboost",
    "neighbors",
    "r31",
    "r163",
    "sparse trees",
    "catboost tuned",
    "r41",
    "r21",
)
ORDER = (
    "linear",
    "tuned",
    "catboost tuned",
    "trees",
    "r31",
    "network",
    "catboost",
    "r163",
    "r120",
    "r177",
    "neighbors",
    "linear robust",
    "slim network",
    "r72",
    "catboost deep",
    "sparse trees",
    "linear ranks",
    "r21",
    "catboost shallow",
    "stumps",
)
"""Orders in which ensembles of the first few did best on two dozen other tables."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One candidate of the portfolio."""

    family: str
    title: str
    parameters: Parameters = field(default_factory=dict)


def supervised_portfolio(briefing: Briefing, pace: Pace) -> tuple[Entry, ...]:
    """Entries for classification or regression in the order to try them.

    The first is a linear model that is fitted in a moment, so that every run has a result.
    Small tables then prefer smooth and strongly averaged models; tables with many rows or
    classes leave out what would take too long on them.
    """
    task = briefing.task
    shelf = {
        **_linear(),
        **_lightgbm(task, pace),
        **_catboost(task, pace),
        **_extra_trees(task),
        **_neighbors(),
        **_networks(task, pace),
    }
    order = SMALL_ORDER if task.rows < SMALL_ROWS else ORDER
    aim = aim_of(task.metric)
    entries = [aimed(shelf[name], aim) for name in order if name in shelf]
    return tuple(entry for entry in entries if _is_fitting(entry, briefing))


def aimed(entry: Entry, aim: Aim) -> Entry:
    """The same entry with the objective that the metric asks for."""
    more = aim.parameters_for(entry.family)
    return replace(entry, parameters={**entry.parameters, **more})


def _is_fitting(entry: Entry, briefing: Briefing) -> bool:
    task = briefing.task
    has_categories = any(
        column.kind in CATEGORY_KINDS for column in briefing.schema_.columns
    )
    match entry.family:
        case "neighbors":
            return task.rows <= LARGE_ROWS
        case "catboost":
            is_slow = len(task.classes) > MANY_CLASSES or task.rows > 4 * LARGE_ROWS
            return has_categories or not is_slow
        case _:
            return True


def _linear() -> dict[str, Entry]:
    penalties = (0.1, 1.0, 10.0, 100.0)
    return {
        "linear": Entry("linear", "Linear model, one penalty", {"penalties": (1.0,)}),
        "linear robust": Entry(
            "linear",
            "Linear model, penalty chosen, robust scaling",
            {"penalties": penalties, "scaling": "robust"},
        ),
        "linear ranks": Entry(
            "linear",
            "Linear model, penalty chosen, ranks as numbers",
            {"penalties": penalties, "scaling": "quantile"},
        ),
    }


def _networks(task: Task, pace: Pace) -> dict[str, Entry]:
    """Networks, unless time suffices for too few passes over the rows."""
    epochs = pace.epochs_for(task.rows)
    if not epochs:
        return {}
    common: dict[str, Setting] = {"layers": 3, "epochs": epochs, "decay": 0.02}
    return {
        "network": Entry(
            "mlp",
            "Neural network, 3 layers of 128",
            {"width": 128, "dropout": 0.15, "rate_factor": 1.0} | common,
        ),
        "slim network": Entry(
            "mlp",
            "Neural network, 3 layers of 64, slower",
            {"width": 64, "dropout": 0.3, "rate_factor": 0.5} | common,
        ),
    }


class _Boosting(NamedTuple):
    """A boosting candidate before its pace is set."""

    title: str
    leaves: int
    rate: float
    more: dict[str, Setting]

    def paced(self, task: Task, pace: Pace) -> dict[str, Setting]:
        """Its parameters with rate, rounds and patience that fit the budget."""
        return self.more | {
            "learning_rate": pace.rate(self.rate),
            "rounds": pace.rounds_for(task, self.leaves),
            "patience": pace.patience,
        }


def _lightgbm(task: Task, pace: Pace) -> dict[str, Entry]:
    plans = {
        "r177": _Boosting(
            "LightGBM r177: 39 leaves, random cuts",
            39,
            0.0179,
            _growth(39, 0.462, 0.877, 3, 0.24, 0.36, is_extra=True)
            | _category_cuts(0.34, 15.4, 16, 9),
        ),
        "r163": _Boosting(
            "LightGBM r163: 84 leaves, slow",
            84,
            0.0114,
            _growth(84, 0.528, 0.978, 3, 0.03, 0.84)
            | _category_cuts(0.16, 0.009, 42, 75),
        ),
        "r120": _Boosting(
            "LightGBM r120: 5 leaves, nearly additive",
            5,
            0.0127,
            _growth(5, 0.733, 0.854, 12, 0.24, 0.3, is_extra=True)
            | _category_cuts(0.011, 5.1, 67, 93),
        ),
        "r72": _Boosting(
            "LightGBM r72: 180 leaves, random cuts",
            180,
            0.018,
            _growth(180, 0.404, 0.95, 12, 0.77, 1.6, is_extra=True)
            | _category_cuts(0.22, 0.064, 11, 3),
        ),
        "r31": _Boosting(
            "LightGBM r31: 16 leaves, strong penalties",
            16,
            0.0398,
            _growth(16, 0.579, 0.959, 1, 0.94, 0.99)
            | _category_cuts(1.9, 0.022, 27, 39),
        ),
        "r41": _Boosting(
            "LightGBM r41: 8 leaves, random cuts, slow",
            8,
            0.0074,
            _growth(8, 0.425, 0.722, 15, 0.11, 0.26, is_extra=True)
            | _category_cuts(1.89, 0.028, 9, 10),
        ),
        "r21": _Boosting(
            "LightGBM r21: 20 leaves, few columns a tree",
            20,
            0.0134,
            _growth(20, 0.425, 0.711, 2, 0.51, 0.51)
            | _category_cuts(0.87, 48.7, 16, 32),
        ),
        "stumps": _Boosting(
            "LightGBM r184: stumps, additive",
            2,
            0.0091,
            _growth(2, 0.588, 0.841, 17, 0.08, 0.77)
            | _category_cuts(0.93, 0.09, 16, 11),
        ),
        "tuned": _tuned_lightgbm(task),
    }
    return {
        name: Entry("lightgbm", plan.title, plan.paced(task, pace))
        for name, plan in plans.items()
    }


def _tuned_lightgbm(task: Task) -> _Boosting:
    is_regression = task.kind is TaskKind.REGRESSION
    leaves = 100 if is_regression else 50
    settings: dict[str, Setting] = {
        "num_leaves": leaves,
        "bagging_fraction": 0.7 if is_regression else 0.75,
        "bagging_freq": 1,
        "min_data_in_leaf": 3 if is_regression else 40,
        "min_sum_hessian_in_leaf": 1e-7,
    }
    rate = 0.05 if is_regression else 0.04
    return _Boosting("LightGBM with tuned defaults", leaves, rate, settings)


def _growth(
    leaves: int,
    columns: float,
    rows: float,
    leaf_rows: int,
    l1: float,
    l2: float,
    *,
    is_extra: bool = False,
) -> dict[str, Setting]:
    """How LightGBM grows a tree; columns and rows are the shares that a tree sees."""
    return {
        "num_leaves": leaves,
        "feature_fraction": columns,
        "bagging_fraction": rows,
        "bagging_freq": 1,
        "min_data_in_leaf": leaf_rows,
        "lambda_l1": l1,
        "lambda_l2": l2,
        "extra_trees": is_extra,
    }


def _category_cuts(
    l2: float, smooth: float, one_hot: int, group_rows: int
) -> dict[str, Setting]:
    """How LightGBM cuts a category in two."""
    return {
        "cat_l2": l2,
        "cat_smooth": smooth,
        "max_cat_to_onehot": one_hot,
        "min_data_per_group": group_rows,
    }


def _catboost(task: Task, pace: Pace) -> dict[str, Entry]:
    tuned: dict[str, Setting] = {
        "depth": 7,
        "l2_leaf_reg": 1e-5,
        "boosting_type": "Plain",
        "bootstrap_type": "Bernoulli",
        "subsample": 0.9,
        "random_strength": 0.8,
        "one_hot_max_size": 15,
        "leaf_estimation_iterations": 1,
    }
    # Counting pairs of categories takes minutes where these are many.
    few: dict[str, Setting] = {
        "one_hot_max_size": 15,
        "max_ctr_complexity": 2,
        "leaf_estimation_iterations": 1,
    }
    shallow = few | {"depth": 4, "l2_leaf_reg": 4.56}
    medium = few | {"depth": 6}
    deep = few | {"depth": 8, "l2_leaf_reg": 2.8, "grow_policy": "Depthwise"}
    plans = {
        "catboost tuned": _Boosting("CatBoost with tuned defaults", 2**7, 0.08, tuned),
        "catboost shallow": _Boosting("CatBoost, depth 4", 2**4, 0.049, shallow),
        "catboost": _Boosting("CatBoost, depth 6", 2**6, 0.05, medium),
        "catboost deep": _Boosting(
            "CatBoost, depth 8, grown level by level", 2**8, 0.031, deep
        ),
    }
    return {
        name: Entry("catboost", plan.title, plan.paced(task, pace))
        for name, plan in plans.items()
    }


def _extra_trees(task: Task) -> dict[str, Entry]:
    is_regression = task.kind is TaskKind.REGRESSION
    is_large = task.rows > LARGE_FOREST_ROWS
    trees = TREES_PER_LARGE_FOREST if is_large else TREES_PER_FOREST
    leaf = 5 if task.rows > LARGE_ROWS else 3 if is_regression else 2
    return {
        "trees": Entry(
            "extra_trees",
            "Extra trees, most columns a split",
            {"n_estimators": trees, "max_features": 0.75, "min_samples_leaf": leaf},
        ),
        "sparse trees": Entry(
            "extra_trees",
            "Extra trees, few columns a split",
            {
                "n_estimators": trees,
                "max_features": "sqrt",
                "min_samples_leaf": leaf,
                "min_samples_split": 8,
            },
        ),
    }


def _neighbors() -> dict[str, Entry]:
    return {
        "neighbors": Entry(
            "neighbors",
            "Nearest 20 rows, ranks as numbers",
            {"neighbors": 20, "scaling": "quantile"},
        )
    }
