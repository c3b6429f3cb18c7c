"""Appends the columns of fitted feature programs to new rows.

Exported predictors run this very file, so it imports no schemas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from executors.errors import ContractError
from executors.returned import as_new_columns


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


def apply_views(views: Sequence[FittedView], rows: pd.DataFrame) -> pd.DataFrame:
    """Append the columns of fitted views to new rows.

    Raises:
        ContractError: A program broke its contract or lacks a column.
    """
    blocks = [chosen_columns(v, new_columns(v.features, rows)) for v in views]
    return pd.concat([rows, *blocks], axis=1)


def new_columns(features: Features, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what a fitted feature program makes of rows, checked.

    Raises:
        ContractError: It is not a table of numbers over the same rows.
    """
    return as_new_columns(features.transform(isolated(rows)), rows)


def isolated(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows so that what is done to them stays without effect here."""
    return rows.copy(deep=False)


def chosen_columns(view: FittedView, made: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that a view takes, under their final names.

    Raises:
        ContractError: One was not made.
    """
    for column in view.columns:
        if column not in made:
            raise ContractError(f"transform made no column {column!r}")
    chosen = made[list(view.columns)]
    chosen.columns = pd.Index(view.names)
    return chosen
