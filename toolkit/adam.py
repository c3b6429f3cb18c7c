"""The optimiser of networks."""

import numpy as np

from toolkit.arrays import Singles
from toolkit.mlp_network import Network

MOMENTUM = 0.9
SQUARED_MOMENTUM = 0.95
TINY = np.float32(1e-8)


class Adam:
    """Adam (Kingma and Ba, ICLR 2015) with decoupled decay of weights.

    Args:
        network: Whose parameters are moved.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.means = [np.zeros_like(p) for p in network.parameters]
        self.squares = [np.zeros_like(p) for p in network.parameters]
        self.steps = 0

    def step(self, gradients: list[Singles], rate: float, decay: float) -> None:
        """Move all parameters once, in place.

        Args:
            gradients: One for each parameter.
            rate: Learning rate of weights.
            decay: Share of the rate by which weights shrink.
        """
        self.steps += 1
        mean_share = 1 - MOMENTUM**self.steps
        square_share = 1 - SQUARED_MOMENTUM**self.steps
        for place, gradient in enumerate(gradients):
            mean, square = self.means[place], self.squares[place]
            mean += np.float32(1 - MOMENTUM) * (gradient - mean)
            square += np.float32(1 - SQUARED_MOMENTUM) * (gradient**2 - square)
            parameter = self.network.parameters[place]
            own_rate = rate * self.network.rate_factors[place]
            if parameter.ndim > 1:
                parameter *= np.float32(1 - own_rate * decay)
            spread = np.sqrt(square / np.float32(square_share)) + TINY
            parameter -= np.float32(own_rate / mean_share) * mean / spread
