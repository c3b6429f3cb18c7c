"""Signs that a table gives the target away, found before anything is fitted for real."""

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.model_selection import KFold
from sklearn.tree import DecisionTreeRegressor

from schemas.base import Frozen
from schemas.table import (
    CATEGORY_KINDS,
    SET_ASIDE_KINDS,
    ColumnKind,
    ColumnSchema,
    TableSchema,
)
from schemas.task import TaskKind
from tabular.copies import copy_ids
from tabular.matrix import standardised_matrix
from tabular.metrics import metric_named, score
from tabular.typed_columns import apply_schema
from tabular.values import as_numbers, as_text

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_MOST_ROWS = 4000
_FOLDS = 3
_MOST_LEAVES = 32
_SMALLEST_LEAF_ROWS = 3
_SMOOTHING_ROWS = 1.0
_TOO_GOOD = {"roc_auc": 0.99, "r2": 0.98}
_TREND = {"roc_auc": 0.7, "r2": 0.2}
_TELLING_GAPS = {"roc_auc": 0.75, "r2": 0.3}
_FEWEST_GAPS = 10
_TREES = 60


class Leak(Frozen):
    """A sign that the target may be given away.

    Attributes:
        sign: `too_good` (one column alone predicts the target), `trend` (an identifier
            does), `missing` (so does the place of a column's missing values),
            `duplicates` (rows are repeated).
        column: The column, or None if it is about rows.
        score: What was measured: ROC AUC or R2 of a small tree on rows it was not fitted
            on; for duplicates their share.
        text: One sentence for the user.
    """

    sign: Literal["too_good", "trend", "missing", "duplicates"]
    column: str | None
    score: float
    text: str


def find_leaks(
    features: pd.DataFrame,
    columns: Sequence[ColumnSchema],
    target: Array,
    kind: TaskKind,
) -> tuple[Leak, ...]:
    """Look for signs of leaks.

    Args:
        features: Columns as they were read.
        columns: How each is understood, those set aside too.
        target: Class codes or values, one per row.
        kind: Kind of task, not clustering.
    """
    rows = _sample(len(target))
    trial = _Trial(target[rows], kind)
    sample = features.iloc[rows]
    leaks = list(_duplicates(features, target))
    for column in columns:
        leaks += _leaks_of(sample[column.name], column, trial)
    return tuple(leaks)


def score_without(
    leaking: Collection[str],
    features: pd.DataFrame,
    columns: Sequence[ColumnSchema],
    target: Array,
    kind: TaskKind,
) -> float:
    """What some trees score without certain columns, on rows that they did not see.

    Args:
        leaking: Names of the columns to do without.
        features: Columns as they were read.
        columns: How each is understood.
        target: Class codes or values, one per row.
        kind: Kind of task, not clustering.

    Returns:
        ROC AUC or R2. Text is not read.
    """
    kept = tuple(
        column
        for column in columns
        if column.name not in leaking and column.kind not in SET_ASIDE_KINDS
    )
    rows = _sample(len(target))
    typed = apply_schema(features.iloc[rows], TableSchema(columns=kept))
    return _Trial(target[rows], kind).of_table(standardised_matrix(typed))


def _sample(count: int) -> Integers:
    random = np.random.default_rng(0)
    return np.sort(random.choice(count, min(_MOST_ROWS, count), replace=False))


class _Trial:
    """Scores one column at a time on rows that its small model was not fitted on."""

    def __init__(self, target: Array, kind: TaskKind) -> None:
        self._kind = kind
        self.metric = "r2" if kind is TaskKind.REGRESSION else "roc_auc"
        self._target = target.astype(np.float64)
        # What is averaged: the values, or membership of each class.
        self._answers = self._target[:, None]
        if kind is not TaskKind.REGRESSION:
            classes = np.arange(int(target.max()) + 1)
            self._answers = (self._target[:, None] == classes).astype(np.float64)
        folds = KFold(_FOLDS, shuffle=True, random_state=0)
        self._folds = list(folds.split(self._answers))

    def of_numbers(self, values: Floats) -> float:
        """Score of a small tree over one column of numbers, missing ones as NaN."""
        tree = DecisionTreeRegressor(
            max_leaf_nodes=_MOST_LEAVES,
            min_samples_leaf=_SMALLEST_LEAF_ROWS,
            random_state=0,
        )
        return self._of_model(tree, values[:, None])

    def of_table(self, values: Floats) -> float:
        """Score of some trees over a matrix without missing values."""
        trees = ExtraTreesRegressor(
            _TREES, min_samples_leaf=_SMALLEST_LEAF_ROWS, random_state=0
        )
        return self._of_model(trees, values)

    def _of_model(
        self, model: DecisionTreeRegressor | ExtraTreesRegressor, values: Floats
    ) -> float:
        predicted = np.empty_like(self._answers)
        answers = self._answers
        if answers.shape[1] == 1:
            answers = answers[:, 0]
        for train, held in self._folds:
            model.fit(values[train], answers[train])
            predicted[held] = model.predict(values[held]).reshape(len(held), -1)
        return self._score(predicted)

    def of_levels(self, codes: Integers) -> float:
        """Score of the mean target of each level, the missing one (-1) included."""
        predicted = np.empty_like(self._answers)
        places = int(codes.max()) + 2
        for train, held in self._folds:
            mean = self._answers[train].mean(axis=0)
            counts = np.bincount(codes[train] + 1, minlength=places)[:, None]
            sums = np.zeros((places, len(mean)))
            np.add.at(sums, codes[train] + 1, self._answers[train])
            means = (sums + _SMOOTHING_ROWS * mean) / (counts + _SMOOTHING_ROWS)
            predicted[held] = means[codes[held] + 1]
        return self._score(predicted)

    def _score(self, predicted: Floats) -> float:
        if self._kind is not TaskKind.REGRESSION:
            predicted = predicted / predicted.sum(axis=1, keepdims=True)
        metric = metric_named(self.metric, self._kind)
        found = score(metric, self._target, predicted, None)
        return 0.0 if np.isnan(found) else found


def _leaks_of(values: pd.Series, column: ColumnSchema, trial: _Trial) -> Iterator[Leak]:
    if column.kind is ColumnKind.IDENTIFIER:
        yield from _trend(values, column.name, trial)
    if column.kind in SET_ASIDE_KINDS:
        return
    found = _alone(values, column, trial)
    if found > _TOO_GOOD[trial.metric]:
        yield Leak(
            sign="too_good",
            column=column.name,
            score=found,
            text=f"{column.name!r} alone predicts the target ({trial.metric} "
            f"{found:.3f}); if it is known only afterwards, leave it out with --drop.",
        )
    gaps = values.isna().to_numpy()
    if _FEWEST_GAPS <= gaps.sum() <= len(gaps) - _FEWEST_GAPS:
        told = trial.of_levels(gaps.astype(np.int64))
        if told > _TELLING_GAPS[trial.metric]:
            yield Leak(
                sign="missing",
                column=column.name,
                score=told,
                text=f"Whether {column.name!r} is missing tells the target "
                f"({trial.metric} {told:.3f}); ask how it came to be missing.",
            )


def _trend(values: pd.Series, name: str, trial: _Trial) -> Iterator[Leak]:
    """Identifiers often follow the order in which rows were collected."""
    numbers = as_numbers(values)
    if numbers.isna().all():
        numbers = as_numbers(as_text(values).str.extract(r"(\d+)\D*$", expand=False))
    if numbers.isna().all():
        return
    found = trial.of_numbers(numbers.to_numpy())
    if found > _TREND[trial.metric]:
        yield Leak(
            sign="trend",
            column=name,
            score=found,
            text=f"Identifier {name!r} follows the target ({trial.metric} {found:.3f}): "
            "the rows were collected in an order; it is left out, --time may fit.",
        )


def _alone(values: pd.Series, column: ColumnSchema, trial: _Trial) -> float:
    typed = apply_schema(values.to_frame(), TableSchema(columns=(column,)))[column.name]
    if column.kind in CATEGORY_KINDS:
        return trial.of_levels(typed.cat.codes.to_numpy().astype(np.int64))
    if column.kind is ColumnKind.TEXT:
        return trial.of_levels(pd.factorize(typed)[0].astype(np.int64))
    if column.kind is ColumnKind.DATETIME:
        moments = typed.to_numpy(dtype="datetime64[s]")
        seconds = moments.astype(np.float64)
        return trial.of_numbers(np.where(np.isnat(moments), np.nan, seconds))
    return trial.of_numbers(typed.to_numpy(dtype=np.float64, na_value=np.nan))


def _duplicates(features: pd.DataFrame, target: Array) -> Iterator[Leak]:
    ids = copy_ids(features)
    counts = np.bincount(ids)
    copies = len(ids) - len(counts)
    if not copies:
        return
    pairs = len(np.unique(np.column_stack([ids, target.astype(np.float64)]), axis=0))
    contradictions = pairs - len(counts)
    text = f"{copies} rows repeat another row's features"
    if contradictions:
        text += f", {contradictions} of them with another target"
    yield Leak(sign="duplicates", column=None, score=copies / len(ids), text=f"{text}.")
