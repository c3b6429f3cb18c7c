"""The optimiser of networks."""

import math

import numpy as np

from toolkit.arrays import Singles
from toolkit.mlp_network import Network

MOMENTUM = 0.9
SQUARED_MOMENTUM = 0.95
TINY = 1e-8


class Adam:
    """Adam (Kingma and Ba, ICLR 2015) with decoupled decay of weights.

    All parameters lie side by side in one array while they are trained: a step is a few
    operations on a long array instead of many on short ones.

    Args:
        network: Whose parameters are moved.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.vector = side_by_side(network.parameters)
        network.parameters = self._parts(self.vector)
        self.mean = np.zeros_like(self.vector)
        self.square = np.zeros_like(self.vector)
        self.move = np.zeros_like(self.vector)
        self.moves = self._parts(self.move)
        self.steps = 0

    def step(self, gradients: list[Singles], rate: float, decay: float) -> None:
        """Move all parameters once, in place.

        Args:
            gradients: One for each parameter.
            rate: Learning rate of weights.
            decay: Share of the rate by which weights shrink.
        """
        self.steps += 1
        gradient = side_by_side(gradients)
        # These are sums and not yet averages; both are made so by one factor at the end.
        self.mean *= np.float32(MOMENTUM)
        self.mean += gradient
        self.square *= np.float32(SQUARED_MOMENTUM)
        gradient *= gradient
        self.square += gradient
        mean_share = (1 - MOMENTUM) / (1 - MOMENTUM**self.steps)
        square_share = (1 - SQUARED_MOMENTUM) / (1 - SQUARED_MOMENTUM**self.steps)
        spread_share = math.sqrt(square_share)
        np.sqrt(self.square, out=self.move)
        self.move += np.float32(TINY / spread_share)
        np.divide(self.mean, self.move, out=self.move)
        self.move *= np.float32(rate * mean_share / spread_share)
        self._adapt(rate, decay)
        self.vector -= self.move

    def _adapt(self, rate: float, decay: float) -> None:
        """Let some parameters go faster, and shrink weights."""
        for place, factor in enumerate(self.network.rate_factors):
            if factor != 1:
                self.moves[place] *= np.float32(factor)
            if self.moves[place].ndim > 1:
                shrinkage = np.float32(1 - rate * factor * decay)
                self.network.parameters[place] *= shrinkage

    def _parts(self, vector: Singles) -> list[Singles]:
        """The places of the parameters in an array of all of them."""
        parts, start = [], 0
        for parameter in self.network.parameters:
            end = start + parameter.size
            parts.append(vector[start:end].reshape(parameter.shape))
            start = end
        return parts


def side_by_side(arrays: list[Singles]) -> Singles:
    """A copy of some arrays in one, shape (numbers,)."""
    return np.concatenate([array.ravel() for array in arrays])
