"""Fits feature programs and appends their columns (in the worker).

A program that looks at the target is cross-fitted: no training row gets a value that
its own target took part in. It then meets new rows fitted on all training rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from executors.errors import ContractError
from executors.program import ViewSource
from executors.returned import as_new_columns
from executors.sources import FEATURES_MODULE, load_class

CROSS_FIT_FOLDS = 5


class Features(Protocol):
    """What the source of a feature program defines."""

    needs_y: bool

    def fit(self, X: pd.DataFrame, y: "pd.Series[float] | None" = None) -> object:
        """Learn from training rows."""

    def transform(self, X: pd.DataFrame) -> object:
        """Return new columns for rows."""


@dataclass(slots=True)
class FittedView:
    """A fitted feature program with the columns taken from it and their final names."""

    features: Features
    columns: tuple[str, ...]
    names: tuple[str, ...]


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
        raise ContractError("needs_y is True, but clustering has no target")
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


def isolated(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows so that what is done to them stays without effect here."""
    return rows.copy(deep=False)


def new_columns(features: Features, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what a fitted feature program makes of rows, checked.

    Raises:
        ContractError: It is not a table of numbers over the same rows.
    """
    return as_new_columns(features.transform(isolated(rows)), rows)


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
        blocks.append(_chosen(view, fitted.train))
        views.append(view)
    return Viewed(pd.concat(blocks, axis=1), views)


def apply_views(views: list[FittedView], rows: pd.DataFrame) -> pd.DataFrame:
    """Append the columns of fitted views to new rows.

    Raises:
        ContractError: A program broke its contract or lacks a column.
    """
    blocks = [_chosen(view, new_columns(view.features, rows)) for view in views]
    return pd.concat([rows, *blocks], axis=1)


def _final_names(source: ViewSource, taken: set[str]) -> tuple[str, ...]:
    names = tuple(
        f"{source.name}__{column}" if column in taken else column
        for column in source.columns
    )
    if taken.intersection(names) or len(set(names)) < len(names):
        raise ContractError(f"columns of feature program {source.name!r} clash")
    return names


def _chosen(view: FittedView, made: pd.DataFrame) -> pd.DataFrame:
    for column in view.columns:
        if column not in made:
            raise ContractError(f"transform made no column {column!r}")
    chosen = made[list(view.columns)]
    chosen.columns = pd.Index(view.names)
    return chosen
