"""The multilayer perceptron in plain arrays."""

import numpy as np
import pytest

from toolkit.activations import ACTIVATIONS, Activation
from toolkit.adam import MOMENTUM, SQUARED_MOMENTUM, TINY, Adam
from toolkit.arrays import Singles
from toolkit.mlp_network import Network
from toolkit.mlp_training import dropout

STEP = 1e-2


@pytest.mark.parametrize("activation", ["selu", "mish"])
def test_slopes_are_those_of_the_activation(activation: Activation) -> None:
    places = np.array([-4.0, -0.5, -0.01, 0.01, 0.5, 4.0], dtype=np.float32)
    function = ACTIVATIONS[activation]

    rise = function(places + 5e-3).value - function(places - 5e-3).value

    np.testing.assert_allclose(function(places).slope, rise / 1e-2, atol=2e-3)


def _network(activation: Activation) -> Network:
    network = Network((3, 5, 4, 2), activation, np.random.default_rng(0))
    network.parameters[-2][:] = 0.5
    return network


@pytest.mark.parametrize("activation", ["selu", "mish"])
def test_gradients_are_those_of_the_output(activation: Activation) -> None:
    random = np.random.default_rng(1)
    network = _network(activation)
    values = random.standard_normal((6, 3), dtype=np.float32)
    share = random.standard_normal((6, 2), dtype=np.float32)

    def loss() -> float:
        output: Singles = network.forward(values).output
        return float((output.astype(np.float64) * share).sum())

    gradients = network.gradients(values, network.forward(values), share)

    for parameter, gradient in zip(network.parameters, gradients, strict=True):
        flat = parameter.reshape(-1)
        kept = flat[0]
        flat[0] = kept + STEP
        above = loss()
        flat[0] = kept - STEP
        rise = (above - loss()) / (2 * STEP)
        flat[0] = kept
        assert gradient.shape == parameter.shape
        assert gradient.reshape(-1)[0] == pytest.approx(rise, rel=0.02, abs=0.02)


def test_a_new_network_says_nothing_yet() -> None:
    network = Network((3, 8, 2), "selu", np.random.default_rng(0))

    output = network.forward(np.ones((4, 3), dtype=np.float32)).output

    assert (output == 0).all()


def test_many_rows_say_what_they_say_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = _network("mish")
    values = np.random.default_rng(2).standard_normal((7, 3), dtype=np.float32)
    whole = network.forward(values).output
    monkeypatch.setattr("toolkit.mlp_network.ROWS_AT_ONCE", 2)

    np.testing.assert_allclose(network.output(values), whole, rtol=1e-5)
    assert network.output(values[:0]).shape == (0, 2)


def test_adam_moves_against_the_gradient_by_the_rate_at_first() -> None:
    network = _network("mish")
    before = network.copied_parameters()
    ones = [np.ones_like(parameter) for parameter in before]

    Adam(network).step(ones, rate=0.01, decay=0.0)

    moves = [
        float(np.mean(old - new))
        for old, new in zip(before, network.parameters, strict=True)
    ]
    assert moves[:3] == pytest.approx([0.06, 0.01, 0.001], rel=1e-3)


def test_many_steps_of_adam_are_those_of_its_paper() -> None:
    network = _network("selu")
    random = np.random.default_rng(3)
    expected = [p.astype(np.float64) for p in network.parameters]
    means = [np.zeros_like(p) for p in expected]
    squares = [np.zeros_like(p) for p in expected]
    adam = Adam(network)

    for step in range(1, 40):
        gradients = [
            random.standard_normal(p.shape, dtype=np.float32) for p in expected
        ]
        adam.step(gradients, rate=0.01, decay=0.5)
        for place, gradient in enumerate(gradients):
            rate = 0.01 * network.rate_factors[place]
            mean = MOMENTUM * means[place] + (1 - MOMENTUM) * gradient
            square = SQUARED_MOMENTUM * squares[place]
            square += (1 - SQUARED_MOMENTUM) * gradient**2
            means[place], squares[place] = mean, square
            if gradient.ndim > 1:
                expected[place] *= 1 - rate * 0.5
            spread = np.sqrt(square / (1 - SQUARED_MOMENTUM**step)) + TINY
            expected[place] -= rate * mean / (1 - MOMENTUM**step) / spread

    for parameter, wanted in zip(network.parameters, expected, strict=True):
        np.testing.assert_allclose(parameter, wanted, rtol=1e-4, atol=1e-5)


def test_dropout_leaves_a_share_out_and_makes_up_for_it() -> None:
    factors = dropout(500, 129, 0.15, np.random.default_rng(4))

    assert factors.shape == (500, 129)
    assert factors.dtype == np.float32
    assert (factors == 0).mean() == pytest.approx(0.15, abs=0.005)
    assert factors.mean() == pytest.approx(1.0, abs=0.01)
