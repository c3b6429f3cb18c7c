"""Trains a network in batches and keeps its best epoch."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from toolkit.adam import Adam
from toolkit.arrays import Codes, Singles
from toolkit.mlp_network import Network

LARGEST_BATCH_ROWS = 256
SMALLEST_BATCH_ROWS = 64
STEPS_AN_EPOCH = 16
CYCLES = 4
SMALLEST_SHARE = np.float32(1e-7)
BYTES_A_WORD = 8
BYTE_VALUES = 256


class Lesson(NamedTuple):
    """Rows to learn from.

    Attributes:
        values: Encoded rows, shape (rows, inputs).
        targets: One-hot classes or values, shape (rows, outputs).
        weight: Shape (rows, 1).
    """

    values: Singles
    targets: Singles
    weight: Singles

    def take(self, rows: Codes) -> "Lesson":
        """Some of the rows."""
        return Lesson(self.values[rows], self.targets[rows], self.weight[rows])


@dataclass(frozen=True, slots=True)
class Training:
    """How a network is trained.

    Attributes:
        loss: `classes` for softmax and cross-entropy, `values` for squared error.
        epochs: Passes over the rows.
        rate: Highest learning rate in batches of 256; smaller ones get less.
        decay: Weight decay.
        dropout: Share of hidden units that are left out at a time.
    """

    loss: Literal["classes", "values"]
    epochs: int
    rate: float
    decay: float
    dropout: float

    def run(
        self,
        network: Network,
        lesson: Lesson,
        check: Lesson,
        random: np.random.Generator,
    ) -> int:
        """Train a network in place.

        Args:
            network: It ends with the parameters of the epoch of the lowest loss on `check`.
            lesson: Rows to learn from.
            check: Rows that only choose the epoch.
            random: Draws batches and what is left out.

        Returns:
            The epoch that was chosen, counted from 0.
        """
        adam = Adam(network)
        best, lowest, chosen = network.copied_parameters(), math.inf, 0
        for epoch in range(self.epochs):
            self._learn(network, adam, lesson, epoch, random)
            loss = self.loss_on(network, check)
            if loss < lowest:
                lowest, best, chosen = loss, network.copied_parameters(), epoch
        network.parameters = best
        return chosen

    def run_until(
        self, network: Network, lesson: Lesson, last: int, random: np.random.Generator
    ) -> None:
        """Train a network in place, up to and with the epoch `last`, counted from 0."""
        adam = Adam(network)
        for epoch in range(last + 1):
            self._learn(network, adam, lesson, epoch, random)

    def said(self, output: Singles) -> Singles:
        """Shares of classes, or values as they are, shape (rows, outputs)."""
        if self.loss == "values":
            return output
        odds = np.exp(output - output.max(axis=1, keepdims=True))
        shares: Singles = odds / odds.sum(axis=1, keepdims=True)
        return shares

    def loss_on(self, network: Network, lesson: Lesson) -> float:
        """Weighted mean loss on some rows."""
        said = self.said(network.output(lesson.values))
        if self.loss == "values":
            losses = ((said - lesson.targets) ** 2).sum(axis=1)
        else:
            own = (said * lesson.targets).sum(axis=1)
            losses = -np.log(np.maximum(own, SMALLEST_SHARE))
        return float(np.average(losses, weights=lesson.weight[:, 0]))

    def _learn(
        self,
        network: Network,
        adam: Adam,
        lesson: Lesson,
        epoch: int,
        random: np.random.Generator,
    ) -> None:
        """One pass over the rows in random order; the last few may be passed over."""
        rows = len(lesson.values)
        size = batch_rows(rows)
        order = random.permutation(rows)
        batches = rows // size
        rate = self.rate * math.sqrt(size / LARGEST_BATCH_ROWS)
        for number in range(batches):
            done = (epoch + number / batches) / self.epochs
            batch = lesson.take(order[number * size : (number + 1) * size])
            made = network.forward(batch.values, self._masks(network, size, random))
            excess = (self.said(made.output) - batch.targets) * batch.weight
            gradients = network.gradients(batch.values, made, excess / np.float32(size))
            adam.step(gradients, rate * wave(done), self.decay * fading(done))

    def _masks(
        self, network: Network, rows: int, random: np.random.Generator
    ) -> list[Singles] | None:
        if not self.dropout:
            return None
        return [dropout(rows, width, self.dropout, random) for width in network.hidden]


def dropout(
    rows: int, width: int, share: float, random: np.random.Generator
) -> Singles:
    """Factors that leave a share of the units out and make up for them in the others.

    A byte is drawn for each unit, which is several times faster than a number.

    Returns:
        Shape (rows, width).
    """
    words = random.bit_generator.random_raw(-(-rows * width // BYTES_A_WORD))
    drawn = words.view(np.uint8)[: rows * width].reshape(rows, width)
    left_out = round(share * BYTE_VALUES)
    kept: Singles = (drawn >= left_out) * np.float32(
        BYTE_VALUES / (BYTE_VALUES - left_out)
    )
    return kept


def batch_rows(rows: int) -> int:
    """Rows of one batch: small tables take smaller steps, but more of them."""
    wanted = min(max(rows // STEPS_AN_EPOCH, SMALLEST_BATCH_ROWS), LARGEST_BATCH_ROWS)
    return min(wanted, rows)


def wave(done: float) -> float:
    """Factor on the learning rate: cosine waves that grow longer (coslog4).

    Args:
        done: Share of the training that is done.
    """
    place = math.log2(1 + (2**CYCLES - 1) * done)
    return 0.5 * (1 - math.cos(2 * math.pi * place))


def end_of_wave(epoch: int, epochs: int) -> int:
    """Last epoch of the wave that an epoch lies on: there the learning rate is lowest.

    Args:
        epoch: Counted from 0.
        epochs: Epochs of the whole training.
    """
    ends = (
        round(epochs * (2.0**waves - 1) / (2.0**CYCLES - 1)) - 1
        for waves in range(1, CYCLES + 1)
    )
    return next(end for end in ends if end >= epoch)


def fading(done: float) -> float:
    """Factor on the decay: 1 for the first half of the training, then down to 0."""
    return 0.5 * (1 + math.cos(math.pi * max(0.0, 2 * done - 1)))
