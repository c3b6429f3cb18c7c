"""Probabilities made surer or less sure."""

import numpy as np
import numpy.typing as npt
import pytest

from tabular.applying import cooled
from tabular.temperature import fit_temperature

Floats = npt.NDArray[np.float64]


def _drawn(rows: int, seed: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """True shares of three classes, and a class drawn from each."""
    random = np.random.default_rng(seed)
    odds = np.exp(2 * random.normal(size=(rows, 3)))
    shares = odds / odds.sum(axis=1, keepdims=True)
    return shares, (shares.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_a_distortion_is_found_and_undone(temperature: float) -> None:
    shares, truth = _drawn(20_000, 0)
    said = cooled(shares, 1 / temperature)

    found = fit_temperature(said, truth)

    assert found == pytest.approx(temperature, rel=0.05)
    np.testing.assert_allclose(cooled(said, temperature), shares, atol=2e-3)


def test_few_rows_change_little() -> None:
    shares, truth = _drawn(8, 1)

    assert 0.7 < fit_temperature(cooled(shares, 0.5), truth) < 1.4


def test_the_order_of_classes_stays() -> None:
    shares, _ = _drawn(50, 2)

    assert (cooled(shares, 0.4).argsort() == shares.argsort()).all()
    assert cooled(np.array([[1.0, 0.0]]), 0.4)[0] == pytest.approx([1, 0], abs=1e-6)
