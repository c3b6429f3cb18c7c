"""Boosting candidates of the portfolio: LightGBM, CatBoost and, if installed, XGBoost.

Parameter values are facts learned elsewhere over many tables: the variants of AutoGluon's
portfolios of 2023 and December 2025, and the tuned defaults of pytabkit (Holzmueller et
al., NeurIPS 2024). Names like `r177` are theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from proposers.expert.entry import Entry
from proposers.expert.pace import Pace
from proposers.expert.sources import Setting
from schemas.asks import Briefing
from schemas.table import ColumnKind
from schemas.task import Task, TaskKind

SMALL_ROWS = 1_500
"""Fewer than these are a small table."""
SECONDS_PER_TREE = 4e-4
SECONDS_PER_CELL = 5e-9
SECONDS_PER_LEAF_COLUMN = 1.8e-6
CLASS_SHARE = 0.6
"""A tree of CatBoost serves all classes: each takes this share of what one tree does."""
LIGHTGBM_SECONDS_PER_TREE = 3e-5
LIGHTGBM_SECONDS_PER_ROW = 5e-8
LIGHTGBM_SECONDS_PER_CELL = 2.4e-9
LIGHTGBM_SECONDS_PER_LEAF = 4e-6
LIGHTGBM_SECONDS_PER_LEAF_COLUMN = 4e-7
"""What LightGBM takes, fitted to 13 tables of 100 to 6,000 rows while another core was busy."""
RANDOM_CUTS_SHARE = 0.4
"""A random cut of a column takes this share of the time that the best cut takes."""
MANY_COLUMNS = 128
COLUMNS_OF_A_NARROW_TREE = 64
"""Tables of more columns than the first are tried with trees that see so many of them, too:
better where all columns tell a little (pixels), and many times as fast."""
NARROW_SHARES = 2.5
"""They may take as long as so many other candidates: hardly another suffices for classes."""


def lightgbm_entries(briefing: Briefing, pace: Pace) -> dict[str, Entry]:
    """LightGBM candidates by name, at a pace that fits the budget."""
    task = briefing.task
    plans: dict[str, _LightGBM] = _SEARCHED_LIGHTGBM | {
        "random cuts": _random_cuts(briefing)
    }
    if task.kind is not TaskKind.REGRESSION:
        plans |= {"tuned": _TUNED_LIGHTGBM}
    entries = _entries("lightgbm", plans, task, pace)
    if task.features > MANY_COLUMNS:
        narrow = {"narrow trees": _narrow(plans["random cuts"], task)}
        entries |= _entries("lightgbm", narrow, task, pace.longer(NARROW_SHARES))
    return entries


def catboost_entries(task: Task, pace: Pace) -> dict[str, Entry]:
    """CatBoost candidates by name, at a pace that fits the budget."""
    return _entries("catboost", _CATBOOST, task, pace)


def xgboost_entries(task: Task, pace: Pace) -> dict[str, Entry]:
    """XGBoost candidates by name, at a pace that fits the budget."""
    return _entries("xgboost", _XGBOOST, task, pace)


@dataclass(frozen=True, slots=True)
class _Boosting:
    """A boosting candidate before its pace is set."""

    title: str
    leaves: int
    rate: float
    more: dict[str, Setting]

    def round_seconds(self, task: Task) -> float:
        """What a round takes (measured, one thread): a tree, or one for each class."""
        return self._trees(task) * self._tree_seconds(task)

    def paced(self, task: Task, pace: Pace) -> dict[str, Setting]:
        """Its parameters with rate, rounds and patience that fit the budget."""
        return self.more | {
            "learning_rate": pace.rate(self.rate),
            "rounds": pace.rounds_for(task, self.round_seconds(task)),
            "patience": pace.patience,
        }

    def _trees(self, task: Task) -> float:
        return len(task.classes) if task.kind is TaskKind.MULTICLASS else 1

    def _tree_seconds(self, task: Task) -> float:
        cells = task.rows * SECONDS_PER_CELL + self.leaves * SECONDS_PER_LEAF_COLUMN
        return SECONDS_PER_TREE + task.features * cells


class _CatBoost(_Boosting):
    """Trees whose leaves hold a value for each class."""

    def _trees(self, task: Task) -> float:
        if task.kind is not TaskKind.MULTICLASS:
            return 1
        return max(1, CLASS_SHARE * len(task.classes))


class _LightGBM(_Boosting):
    """Trees that see some of the columns, with the best or with random cuts."""

    def _tree_seconds(self, task: Task) -> float:
        share = self.more.get("feature_fraction")
        columns = task.features * (share if isinstance(share, float) else 1.0)
        cut = RANDOM_CUTS_SHARE if self.more.get("extra_trees") else 1.0
        rows = LIGHTGBM_SECONDS_PER_ROW + columns * LIGHTGBM_SECONDS_PER_CELL
        scan = cut * columns * LIGHTGBM_SECONDS_PER_LEAF_COLUMN
        leaves = self.leaves * (LIGHTGBM_SECONDS_PER_LEAF + scan)
        return LIGHTGBM_SECONDS_PER_TREE + task.rows * rows + leaves


def _entries(
    family: str, plans: Mapping[str, _Boosting], task: Task, pace: Pace
) -> dict[str, Entry]:
    return {
        name: Entry(
            family,
            plan.title,
            plan.paced(task, pace),
            is_slow=not pace.suffices_for(task, plan.round_seconds(task)),
        )
        for name, plan in plans.items()
    }


def _random_cuts(briefing: Briefing) -> _LightGBM:
    """Trees of random cuts that see all rows and pay nothing for leaves.

    Of all LightGBM candidates these do best on tables with classes and on larger ones with
    values, alone and beside the others. LightGBM's own settings never look at a level of
    fewer than ten rows, which loses tables that follow states or players through time.
    """
    is_small = briefing.task.rows < SMALL_ROWS
    leaves = 64 if is_small else 31
    settings: dict[str, Setting] = {
        "num_leaves": leaves,
        "feature_fraction": 0.7 if is_small else 1.0,
        "min_data_in_leaf": 5 if is_small else 20,
        "extra_trees": True,
    }
    is_regression = briefing.task.kind is TaskKind.REGRESSION
    kinds = {column.kind for column in briefing.schema_.columns}
    if is_regression and ColumnKind.HIGH_CARDINALITY in kinds:
        settings |= _category_cuts(3.0, 3.0, 4, 10)
    return _LightGBM("LightGBM with random cuts", leaves, 0.05, settings)


def _narrow(plan: _LightGBM, task: Task) -> _LightGBM:
    """The same with trees that each see few of the columns."""
    share = round(COLUMNS_OF_A_NARROW_TREE / task.features, 4)
    title = f"{plan.title}, {COLUMNS_OF_A_NARROW_TREE} columns a tree"
    return replace(plan, title=title, more=plan.more | {"feature_fraction": share})


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


_TUNED_LIGHTGBM = _LightGBM(
    "LightGBM with tuned defaults",
    50,
    0.04,
    {
        "num_leaves": 50,
        "bagging_fraction": 0.75,
        "bagging_freq": 1,
        "min_data_in_leaf": 40,
        "min_sum_hessian_in_leaf": 1e-7,
    },
)
_SEARCHED_LIGHTGBM = {
    "r177": _LightGBM(
        "LightGBM r177: 39 leaves, random cuts",
        39,
        0.0179,
        _growth(39, 0.462, 0.877, 3, 0.24, 0.36, is_extra=True)
        | _category_cuts(0.34, 15.4, 16, 9),
    ),
    "r163": _LightGBM(
        "LightGBM r163: 84 leaves, slow",
        84,
        0.0114,
        _growth(84, 0.528, 0.978, 3, 0.03, 0.84) | _category_cuts(0.16, 0.009, 42, 75),
    ),
    "r120": _LightGBM(
        "LightGBM r120: 5 leaves, nearly additive",
        5,
        0.0127,
        _growth(5, 0.733, 0.854, 12, 0.24, 0.3, is_extra=True)
        | _category_cuts(0.011, 5.1, 67, 93),
    ),
    "r72": _LightGBM(
        "LightGBM r72: 180 leaves, random cuts",
        180,
        0.018,
        _growth(180, 0.404, 0.95, 12, 0.77, 1.6, is_extra=True)
        | _category_cuts(0.22, 0.064, 11, 3),
    ),
    "r31": _LightGBM(
        "LightGBM r31: 16 leaves, strong penalties",
        16,
        0.0398,
        _growth(16, 0.579, 0.959, 1, 0.94, 0.99) | _category_cuts(1.9, 0.022, 27, 39),
    ),
    "r41": _LightGBM(
        "LightGBM r41: 8 leaves, random cuts, slow",
        8,
        0.0074,
        _growth(8, 0.425, 0.722, 15, 0.11, 0.26, is_extra=True)
        | _category_cuts(1.89, 0.028, 9, 10),
    ),
    "r21": _LightGBM(
        "LightGBM r21: 20 leaves, few columns a tree",
        20,
        0.0134,
        _growth(20, 0.425, 0.711, 2, 0.51, 0.51) | _category_cuts(0.87, 48.7, 16, 32),
    ),
    "stumps": _LightGBM(
        "LightGBM r184: stumps, additive",
        2,
        0.0091,
        _growth(2, 0.588, 0.841, 17, 0.08, 0.77) | _category_cuts(0.93, 0.09, 16, 11),
    ),
}

_TUNED_CATBOOST: dict[str, Setting] = {
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
_FEW_CATBOOST: dict[str, Setting] = {
    "one_hot_max_size": 15,
    "max_ctr_complexity": 2,
    "leaf_estimation_iterations": 1,
}
_SHALLOW_CATBOOST = _FEW_CATBOOST | {"depth": 4, "l2_leaf_reg": 4.56}
_MEDIUM_CATBOOST = _FEW_CATBOOST | {"depth": 6}
_DEEP_CATBOOST = _FEW_CATBOOST | {
    "depth": 8,
    "l2_leaf_reg": 2.8,
    "grow_policy": "Depthwise",
}
_CATBOOST = {
    "catboost tuned": _CatBoost(
        "CatBoost with tuned defaults", 2**7, 0.08, _TUNED_CATBOOST
    ),
    "catboost shallow": _CatBoost("CatBoost, depth 4", 2**4, 0.049, _SHALLOW_CATBOOST),
    "catboost": _CatBoost("CatBoost, depth 6", 2**6, 0.05, _MEDIUM_CATBOOST),
    "catboost deep": _CatBoost(
        "CatBoost, depth 8, grown level by level", 2**8, 0.031, _DEEP_CATBOOST
    ),
}

_XGBOOST = {
    "xgboost": _Boosting(
        "XGBoost with tuned defaults",
        2**6,
        0.05,
        {
            "max_depth": 6,
            "min_child_weight": 1.0,
            "subsample": 0.8,
            "colsample_bynode": 0.8,
            "reg_lambda": 1.0,
        },
    ),
}
