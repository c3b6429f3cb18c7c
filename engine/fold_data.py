"""The rows of each fold in sealed buffers that all jobs of the fold share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bus.keys import derived_seed
from executors.buffers import SealedBuffer
from schemas.task import Task, TaskKind
from tabular.clusters.judge import JUDGED_ROWS
from tabular.development import Development
from tabular.silhouette import sample_rows

SMOKE_ROWS = 200
SMOKE_VALIDATION_SHARE = 0.25
CHECKED_ROWS = 500
"""Training rows that tell how well a model knows what it was fitted on."""
SMOKE_FOLD = -1
SUBSAMPLE_SHARE = 0.8
"""Of the judged rows: what a clusterer is fitted on again to see whether it is stable."""


@dataclass(frozen=True, slots=True)
class FoldRows:
    """One fold as jobs see it.

    Attributes:
        inputs: Buffers by name: `train_x`, `train_y`, maybe `train_weight`, `valid_x`.
        training: Number of training rows.
        scored: Rows of the development part that are predicted, in ascending order.
        checked: Training rows that are predicted along with them, for a train score.
        shuffled: For each row of `valid_x`, its place in `scored` followed by `checked`: the
            rows are permuted once per fold, so that position says nothing.
    """

    inputs: dict[str, SealedBuffer]
    training: int
    scored: NDArray[np.int64]
    checked: NDArray[np.int64]
    shuffled: NDArray[np.int64]

    @property
    def predicted(self) -> int:
        """Number of rows that a job predicts."""
        return len(self.scored) + len(self.checked)

    def in_order(self, values: NDArray[np.float64]) -> "Predicted":
        """Tell predictions for `valid_x` apart, in the order of `scored` and `checked`."""
        ordered = np.empty_like(values)
        ordered[self.shuffled] = values
        return Predicted(ordered[: len(self.scored)], ordered[len(self.scored) :])


class Predicted(NamedTuple):
    """Predictions for the scored rows and for the checked training rows."""

    scored: NDArray[np.float64]
    checked: NDArray[np.float64]


@dataclass(slots=True)
class FoldData:
    """Makes the buffers of a fold when it is first asked for; owns them until `close`."""

    development: Development
    task: Task
    seed: int
    _folds: dict[int, FoldRows] = field(default_factory=dict)
    _smoke: FoldRows | None = None

    def fold(self, fold: int) -> FoldRows:
        """The rows of one fold.

        For clustering all rows are on both sides of the first; the others fit a random part of
        the rows that are judged, and label all of these.
        """
        if fold not in self._folds:
            self._folds[fold] = self._make(*self._sides(fold), fold)
        return self._folds[fold]

    @contextmanager
    def resampled(self, fold: int, seed: int) -> Iterator[FoldRows]:
        """A fold whose training rows are drawn with replacement, class by class.

        The rows that are predicted stay the same and are none of those drawn from.
        """
        rows = self.fold(fold)
        train, _ = self._sides(fold)
        training = self._training(bootstrap_sample(train, self._labels(train), seed))
        try:
            yield replace(rows, inputs={**rows.inputs, **training})
        finally:
            for buffer in training.values():
                buffer.close()

    @contextmanager
    def shuffled_target(self, fold: int, seed: int) -> Iterator[SealedBuffer]:
        """The targets of a fold's training rows, dealt out to these rows by chance."""
        train, _ = self._sides(fold)
        if self.development.target is None:
            raise ValueError("there is no target to shuffle")
        places = np.random.default_rng(seed).permutation(train)
        with sealed_target(self.development.target[places], self.task) as buffer:
            yield buffer

    @property
    def smoke(self) -> FoldRows:
        """A few training rows of the first fold, split once more."""
        if self._smoke is None:
            train, _ = self._sides(0)
            self._smoke = self._make(*self._smoke_sides(train), SMOKE_FOLD)
        return self._smoke

    def close(self) -> None:
        """Let go of all buffers."""
        rows = [*self._folds.values()]
        rows += [self._smoke] if self._smoke else []
        for fold in rows:
            for buffer in fold.inputs.values():
                buffer.close()
        self._folds.clear()
        self._smoke = None

    def _sides(self, fold: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if self.task.kind is TaskKind.CLUSTERING:
            return self._cluster_sides(fold)
        development = self.development
        return development.training_rows(fold), development.scored_rows(fold)

    def _cluster_sides(self, fold: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rows = len(self.development.folds)
        if fold == 0:
            return np.arange(rows), np.arange(rows)
        judged = sample_rows(rows, JUDGED_ROWS)
        random = np.random.default_rng(derived_seed(self.seed, "subsample", fold))
        count = round(SUBSAMPLE_SHARE * len(judged))
        return np.sort(random.choice(judged, count, replace=False)), judged

    def _smoke_sides(
        self, train: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw rows so that each class with two rows stands on both sides."""
        random = np.random.default_rng(derived_seed(self.seed, "smoke"))
        drawn = random.permutation(train)
        if self.task.kind is TaskKind.CLUSTERING:
            few = np.sort(drawn[:SMOKE_ROWS])
            return few, few
        places = _place_in_class(self._labels(drawn))
        order = np.argsort(places, kind="stable")[:SMOKE_ROWS]
        drawn, places = drawn[order], places[order]
        is_validation = (places % round(1 / SMOKE_VALIDATION_SHARE)) == 1
        return np.sort(drawn[~is_validation]), np.sort(drawn[is_validation])

    def _labels(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        if not self.task.classes or self.development.target is None:
            return np.zeros(len(rows), dtype=np.int64)
        return self.development.target[rows].astype(np.int64)

    def _make(
        self, train: NDArray[np.int64], scored: NDArray[np.int64], fold: int
    ) -> FoldRows:
        random = np.random.default_rng(derived_seed(self.seed, "rows", fold))
        checked = self._checked(train, fold)
        predicted = np.concatenate([scored, checked])
        shuffled = random.permutation(len(predicted))
        inputs = self._training(train)
        if "train_y" in inputs:
            inputs["valid_x"] = SealedBuffer.from_frame(
                _rows(self.development.frame, predicted[shuffled])
            )
        else:
            shuffled = np.arange(len(scored))
        if self.task.kind is TaskKind.CLUSTERING and fold > 0:
            inputs["valid_x"] = SealedBuffer.from_frame(
                _rows(self.development.frame, scored)
            )
        return FoldRows(inputs, len(train), scored, checked, shuffled)

    def _training(self, train: NDArray[np.int64]) -> dict[str, SealedBuffer]:
        """Buffers of training rows, with their target unless rows are clustered."""
        frame, target = self.development.frame, self.development.target
        inputs = {"train_x": SealedBuffer.from_frame(_rows(frame, train))}
        if target is None or self.task.kind is TaskKind.CLUSTERING:
            return inputs
        inputs["train_y"] = sealed_target(target[train], self.task)
        if self.development.weight is not None:
            weight = self.development.weight[train]
            inputs["train_weight"] = SealedBuffer.from_array(weight)
        return inputs

    def _checked(self, train: NDArray[np.int64], fold: int) -> NDArray[np.int64]:
        """A sample of the training rows; none where nothing would be learned from it."""
        if fold == SMOKE_FOLD or self.task.kind is TaskKind.CLUSTERING:
            return train[:0]
        random = np.random.default_rng(derived_seed(self.seed, "checked", fold))
        return np.sort(random.permutation(train)[:CHECKED_ROWS])


def bootstrap_sample(
    rows: NDArray[np.int64], labels: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """Draw as many rows with replacement, and of each class as many as it has.

    Source: stratified bootstrap (Efron and Tibshirani 1993).

    Args:
        rows: What is drawn from.
        labels: Class of each; all the same for regression.
        seed: Seed of the sample.

    Returns:
        The sample, ascending; about 63 % of the rows are in it.
    """
    random = np.random.default_rng(seed)
    drawn = [
        random.choice(rows[labels == label], int((labels == label).sum()))
        for label in np.unique(labels)
    ]
    return np.sort(np.concatenate(drawn))


def _rows(frame: pd.DataFrame, rows: NDArray[np.int64]) -> pd.DataFrame:
    return frame.iloc[rows].reset_index(drop=True)


def _place_in_class(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row, how many rows of its class stand before it."""
    places = pd.Series(labels).groupby(labels).cumcount()
    return np.asarray(places, dtype=np.int64)


def sealed_target(target: NDArray[np.generic], task: Task) -> SealedBuffer:
    """Class codes as integers, anything else as floats."""
    if task.classes:
        return SealedBuffer.from_array(target.astype(np.int64))
    return SealedBuffer.from_array(target.astype(np.float64))
