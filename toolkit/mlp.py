"""A neural network for tables, in NumPy alone."""

import itertools

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats, Singles
from toolkit.dense_encoder import DenseEncoder
from toolkit.estimator import Estimator
from toolkit.inner_split import inner_split
from toolkit.mlp_network import Network
from toolkit.mlp_training import Lesson, Training, batch_rows, end_of_wave
from toolkit.spec import Spec

CLASSIFICATION_RATE = 0.04
REGRESSION_RATE = 0.07
FEWEST_EPOCHS = 8
USABLE_SHARE = 0.6
"""Share of a job's seconds planned for."""
STEP_SECONDS = 1.2e-4
"""One batch, whatever its size (measured, one thread)."""
STEP_PARAMETER_SECONDS = 2e-9
ROW_UNIT_SECONDS = 9e-9
ROW_PARAMETER_SECONDS = 6e-11


class MLP(Estimator):
    """A multilayer perceptron trained by Adam with a cyclic learning rate.

    Numbers are scaled robustly and clipped smoothly, categories one-hot. Source: RealMLP-TD-S
    (Holzmueller et al., NeurIPS 2024), with the dropout and weight decay of RealMLP-TD.

    An inner split of the training rows chooses the epoch of the first network. The others
    learn from all of these rows, to the end of the wave of the learning rate on which that
    epoch lies.

    Args:
        spec: The task as the worker describes it.
        width: Units of each hidden layer.
        layers: Hidden layers.
        epochs: Most passes over the training rows; fewer where time does not suffice.
        dropout: Share of hidden units that are left out at a time.
        decay: Weight decay.
        rate_factor: Factor on the usual learning rate.
        members: Networks that are trained one after the other and averaged.
        bins: Most bins by which numbers are shown as well, see `PiecewiseEncoder`.
    """

    def __init__(
        self,
        spec: Spec,
        width: int = 128,
        layers: int = 3,
        epochs: int = 128,
        dropout: float = 0.15,
        decay: float = 0.02,
        rate_factor: float = 1.0,
        members: int = 1,
        bins: int = 0,
    ) -> None:
        super().__init__(spec)
        self.hidden = (width,) * layers
        self.epochs = epochs
        self.dropout = dropout
        self.decay = decay
        rate = CLASSIFICATION_RATE if self.is_classification else REGRESSION_RATE
        self.rate = rate_factor * rate
        self.members = members
        self.encoder = DenseEncoder(
            "robust", spec.seed, is_classification=self.is_classification, bins=bins
        )

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        values = self.encoder.fit_transform(table, target).astype(np.float32)
        weights = np.ones(len(values)) if weight is None else weight / weight.mean()
        lesson = Lesson(
            values, self._targets(target), weights.astype(np.float32)[:, None]
        )
        self.lowest, self.highest = float(target.min()), float(target.max())
        self.training = self._plan(lesson)
        first, epoch = self._trained_on_a_part(lesson, target)
        last = end_of_wave(epoch, self.training.epochs)
        others = range(1, self.members)
        self.networks = [
            first,
            *(self._trained_on_all(lesson, last, n) for n in others),
        ]

    def _predict(self, table: pd.DataFrame) -> Floats:
        values = self.encoder.transform(table).astype(np.float32)
        said = [self.training.said(network.output(values)) for network in self.networks]
        mean: Floats = np.mean(said, axis=0, dtype=np.float64)
        if self.is_classification:
            return mean
        return np.clip(mean[:, 0], self.lowest, self.highest)

    def _targets(self, target: Floats | Codes) -> Singles:
        if self.is_classification:
            eye = np.eye(len(self.present), dtype=np.float32)
            return eye[target.astype(np.int64)]
        return target.astype(np.float32)[:, None]

    def _trained_on_a_part(
        self, lesson: Lesson, target: Floats | Codes
    ) -> tuple[Network, int]:
        """The first network, and the epoch that the rows set aside have chosen."""
        split = inner_split(
            target, self.spec.seed, is_stratified=self.is_classification
        )
        network, random = self._untrained(lesson, 0)
        train, check = lesson.take(split.train), lesson.take(split.check)
        return network, self.training.run(network, train, check, random)

    def _trained_on_all(self, lesson: Lesson, last: int, member: int) -> Network:
        network, random = self._untrained(lesson, member)
        self.training.run_until(network, lesson, last, random)
        return network

    def _untrained(
        self, lesson: Lesson, member: int
    ) -> tuple[Network, np.random.Generator]:
        """A network and what its training draws from."""
        random = np.random.default_rng([self.spec.seed, member])
        network = Network(
            (lesson.values.shape[1], *self.hidden, lesson.targets.shape[1]),
            "selu" if self.is_classification else "mish",
            random,
        )
        return network, random

    def _plan(self, lesson: Lesson) -> Training:
        return Training(
            loss="classes" if self.is_classification else "values",
            epochs=self._affordable_epochs(lesson),
            rate=self.rate,
            decay=self.decay,
            dropout=self.dropout,
        )

    def _affordable_epochs(self, lesson: Lesson) -> int:
        """Epochs that fit the job's seconds, from sizes alone: no clock, so runs repeat."""
        rows, inputs = lesson.values.shape
        widths = (inputs, *self.hidden, lesson.targets.shape[1])
        parameters = sum(a * b for a, b in itertools.pairwise(widths))
        step = STEP_SECONDS + STEP_PARAMETER_SECONDS * parameters
        row = ROW_UNIT_SECONDS * sum(widths) + ROW_PARAMETER_SECONDS * parameters
        cost = self.members * (rows // batch_rows(rows) * step + rows * row)
        fitting = USABLE_SHARE * self.spec.seconds / cost
        return int(min(self.epochs, max(FEWEST_EPOCHS, fitting)))
