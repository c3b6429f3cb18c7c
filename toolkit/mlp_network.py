"""A multilayer perceptron in plain arrays: forward pass and gradients.

Source: the simplified RealMLP (RealMLP-TD-S) of Holzmueller et al., NeurIPS 2024.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from toolkit.activations import ACTIVATIONS, Activation
from toolkit.arrays import Singles

SCALE_RATE_FACTOR = 6.0
BIAS_RATE_FACTOR = 0.1
ROWS_AT_ONCE = 256
"""So few rows stay in the processor's cache on their way through a network."""


class Pass(NamedTuple):
    """What a forward pass leaves for the way back.

    Attributes:
        inputs: What each layer was given, shape (rows, width).
        slopes: Derivative of each hidden layer's activation, times its dropout mask.
        output: What the last layer says, shape (rows, outputs).
    """

    inputs: list[Singles]
    slopes: list[Singles]
    output: Singles


class Network:
    """Dense layers behind a layer that scales each input.

    Weights are standard normal and divided by the root of the layer's width when they are
    used (the neural tangent parametrisation); those of the last layer start at zero.

    Args:
        widths: Numbers of inputs, of hidden units layer by layer, and of outputs.
        activation: What follows each hidden layer.
        random: Draws the first weights.

    Attributes:
        hidden: Units of each hidden layer.
        parameters: The input scale, then weights and bias of each layer.
        rate_factors: How much faster than the weights each parameter learns.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        activation: Activation,
        random: np.random.Generator,
    ) -> None:
        self.activation: Activation = activation
        self.hidden = widths[1:-1]
        self.shrinks = [np.float32(1 / math.sqrt(max(w, 1))) for w in widths[:-1]]
        self.parameters: list[Singles] = [np.ones(widths[0], dtype=np.float32)]
        for inside, outside in itertools.pairwise(widths):
            weights = random.standard_normal((inside, outside), dtype=np.float32)
            self.parameters += [weights, np.zeros(outside, dtype=np.float32)]
        self.parameters[-2][:] = 0
        self.rate_factors = [SCALE_RATE_FACTOR]
        self.rate_factors += [1.0, BIAS_RATE_FACTOR] * len(self.shrinks)

    def copied_parameters(self) -> list[Singles]:
        """The parameters as they are now."""
        return [parameter.copy() for parameter in self.parameters]

    def output(self, values: Singles) -> Singles:
        """What the last layer says of rows of shape (rows, inputs), a few at a time."""
        starts = range(0, max(len(values), 1), ROWS_AT_ONCE)
        parts = [values[start : start + ROWS_AT_ONCE] for start in starts]
        return np.concatenate([self.forward(part).output for part in parts])

    def forward(self, values: Singles, masks: list[Singles] | None = None) -> Pass:
        """Say something about each row of `values`, shape (rows, inputs).

        Args:
            values: The rows.
            masks: Factors on each hidden layer's units (dropout), or None.
        """
        inputs, slopes = [values * self.parameters[0]], []
        for layer in range(len(self.hidden)):
            signal = self._signal(layer, inputs[-1])
            value, slope = ACTIVATIONS[self.activation](signal)
            if masks is not None:
                value *= masks[layer]
                slope *= masks[layer]
            inputs.append(value)
            slopes.append(slope)
        return Pass(inputs, slopes, self._signal(len(self.hidden), inputs[-1]))

    def _signal(self, layer: int, values: Singles) -> Singles:
        weights, bias = self.parameters[1 + 2 * layer : 3 + 2 * layer]
        signal: Singles = values @ weights
        signal *= self.shrinks[layer]
        signal += bias
        return signal

    def gradients(self, values: Singles, made: Pass, excess: Singles) -> list[Singles]:
        """Gradient of the loss by each parameter.

        Args:
            values: The rows that went forward.
            made: What the forward pass left.
            excess: Gradient of the loss by the output, shape (rows, outputs).
        """
        found: list[Singles] = []
        for layer in reversed(range(len(self.shrinks))):
            found.append(excess.sum(axis=0))
            excess = excess * self.shrinks[layer]
            found.append(made.inputs[layer].T @ excess)
            excess = excess @ self.parameters[1 + 2 * layer].T
            if layer:
                excess *= made.slopes[layer - 1]
        found.append((excess * values).sum(axis=0))
        return found[::-1]
