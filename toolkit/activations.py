"""Activation functions of networks, each with its derivative."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np

from toolkit.arrays import Singles

Activation = Literal["selu", "mish"]
SELU_SCALE = np.float32(1.0507009873554805)
SELU_ALPHA = np.float32(1.6732632423543772)
LARGEST_EXPONENT = np.float32(20.0)


class Activated(NamedTuple):
    """Values of an activation and its derivative at the same places."""

    value: Singles
    slope: Singles


def selu(signal: Singles) -> Activated:
    """Scaled exponential linear unit (Klambauer et al., NeurIPS 2017)."""
    # Above zero the exponential part is constant, so that no row needs a choice.
    grown = np.exp(np.minimum(signal, 0))
    grown *= SELU_SCALE * SELU_ALPHA
    value = np.maximum(signal, 0)
    value *= SELU_SCALE
    value += grown
    value -= SELU_SCALE * SELU_ALPHA
    grown += (signal > 0) * (SELU_SCALE - SELU_SCALE * SELU_ALPHA)
    return Activated(value, grown)


def mish(signal: Singles) -> Activated:
    """Mish: x tanh(log(1 + exp(x))) (Misra, BMVC 2020)."""
    # With e = exp(x): tanh(log(1 + e)) = e (e + 2) / (e (e + 2) + 2).
    grown = np.minimum(signal, LARGEST_EXPONENT)
    np.exp(grown, out=grown)
    square = grown + 2
    square *= grown
    share = np.reciprocal(square + 2)
    bent = square
    bent *= share
    # The slope is bent + x (1 - bent**2) e / (e + 1) = bent + 4 x e (e + 1) share**2.
    share *= share
    share *= grown
    grown += 1
    share *= grown
    share *= 4
    share *= signal
    share += bent
    bent *= signal
    return Activated(bent, share)


ACTIVATIONS: Mapping[Activation, Callable[[Singles], Activated]] = {
    "selu": selu,
    "mish": mish,
}
