"""Fits feature programs and appends their columns (in the worker).

A program that looks at the target is cross-fitted: no training row gets a value that
its own target took part in. It then meets new rows fitted on all training rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from executors.applied_views import (
    Features,
    FittedView,
    chosen_columns,
    isolated,
    new_columns,
)
from executors.errors import ContractError
from executors.program import ViewSource
from executors.sources import FEATURES_MODULE, load_class

CROSS_FIT_FOLDS = 5
NO_TARGET = (
    "needs_y is set, but the target is missing: this table has not any, "
    "or `needs_y = True` is not in the class"
)


@dataclass(slots=True)
class FittedColumns:
    """New columns of the training rows and the program that makes them for others."""

    features: Features
    train: pd.DataFrame


@dataclass(slots=True)
class Viewed:
    """Training rows as the candidate sees them and the views that made them so."""

    train: pd.DataFrame
    views: list[FittedView]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns that were appended."""
        return tuple(name for view in self.views for name in view.names)


def load_features(number: int, source: str) -> type[Features]:
    """Load the source of a feature program as module `features_<number>`.

    Raises:
        ContractError: It defines no class `Features`.
    """
    return load_class(FEATURES_MODULE.format(number), source, "Features")


def fit_features(
    program: type[Features],
    train: pd.DataFrame,
    target: "pd.Series[float] | None",
    seed: int,
) -> FittedColumns:
    """Fit a feature program on training rows and make their new columns.

    Raises:
        ContractError: What it made is not a table of numbers over the same rows, or it
            needs a target where there is none.
    """
    if not getattr(program, "needs_y", False):
        features = program()
        features.fit(isolated(train))
        return FittedColumns(features, new_columns(features, train))
    if target is None:
        raise ContractError(NO_TARGET)
    parts = []
    for inside, outside in _cross_fit_rows(len(train), seed):
        features = program()
        features.fit(train.iloc[inside], target.iloc[inside])
        parts.append(new_columns(features, train.iloc[outside]))
    features = program()
    features.fit(isolated(train), target.copy())
    return FittedColumns(features, _joined(parts).loc[train.index])


def _cross_fit_rows(
    rows: int, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    folds = KFold(min(CROSS_FIT_FOLDS, rows), shuffle=True, random_state=seed)
    yield from folds.split(np.empty(rows))


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    names = list(parts[0].columns)
    if any(list(part.columns) != names for part in parts):
        raise ContractError("transform made other columns for other rows")
    return pd.concat(parts)


def fit_views(
    sources: tuple[ViewSource, ...],
    train: pd.DataFrame,
    target: "pd.Series[float] | None",
    seed: int,
) -> Viewed:
    """Fit the feature programs of a view and append their columns to the raw ones.

    Raises:
        ContractError: A program broke its contract or lacks a column.
    """
    blocks = [train]
    views: list[FittedView] = []
    taken = set(train.columns)
    for number, source in enumerate(sources):
        program = load_features(number, source.source)
        fitted = fit_features(program, train, target, seed)
        names = _final_names(source, taken)
        taken.update(names)
        view = FittedView(fitted.features, source.columns, names)
        blocks.append(chosen_columns(view, fitted.train))
        views.append(view)
    return Viewed(pd.concat(blocks, axis=1), views)


def _final_names(source: ViewSource, taken: set[str]) -> tuple[str, ...]:
    names = tuple(
        f"{source.name}__{column}" if column in taken else column
        for column in source.columns
    )
    if taken.intersection(names) or len(set(names)) < len(names):
        raise ContractError(f"columns of feature program {source.name!r} clash")
    return names
