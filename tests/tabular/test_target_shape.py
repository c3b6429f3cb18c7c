"""How targets are spread decides whether their logarithms are learned."""

import numpy as np
import pytest
from scipy.stats import skew

from tabular.target_shape import is_positive, skewness


def test_amounts_are_positive_and_skewed() -> None:
    amounts = np.exp(np.random.default_rng(0).normal(size=500))

    assert is_positive(amounts)
    assert skewness(amounts) == pytest.approx(skew(amounts))
    assert skewness(amounts) > 1
    assert not is_positive(np.append(amounts, 0.0))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_even_spreads_of_any_size_are_not_skewed(scale: float) -> None:
    even = np.random.default_rng(0).normal(size=500)

    assert abs(skewness(even * scale)) < 0.2


def test_one_and_the_same_value_is_not_skewed() -> None:
    assert skewness(np.full(10, 3.0)) == 0
