"""Models of logarithms answer as they were asked."""

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from toolkit.lightgbm_model import LightGBM
from toolkit.linear_model import LinearModel
from toolkit.logarithmic import Answer, Logarithmic
from toolkit.spec import Spec

Floats = NDArray[np.float64]
SPEC = Spec("regression", (), 0, 1, 60.0, {})


def amounts(rows: int = 2_000) -> tuple[pd.DataFrame, Floats]:
    """A column, and amounts that grow with it by factors, with errors by factors."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(size=rows)})
    return table, np.exp(5 + table["a"].to_numpy() + rng.normal(size=rows) / 2)


def answered(answer: Answer, plus: float | None = None) -> tuple[Floats, Floats]:
    table, y = amounts()
    model = Logarithmic(LinearModel(SPEC), answer, plus).fit(table[:1000], y[:1000])
    return model.predict(table[1000:]), y[1000:]


def test_half_of_the_values_lie_above_a_median() -> None:
    said, y = answered("median")

    assert (y > said).mean() == pytest.approx(0.5, abs=0.05)


def test_means_are_kept() -> None:
    said, y = answered("mean")

    assert said.mean() == pytest.approx(y.mean(), rel=0.1)
    assert said.mean() > 1.08 * answered("median")[0].mean()


def test_errors_as_shares_are_smallest_where_they_were_asked_for() -> None:
    def error(answer: Answer) -> float:
        said, y = answered(answer)
        return float(np.mean(np.abs(said - y) / y))

    assert error("share") < error("median") < error("mean")


def test_logarithms_of_one_and_more_are_those_of_the_metric() -> None:
    table, y = amounts()
    model = Logarithmic(LinearModel(SPEC), plus=1.0).fit(table, y)
    plain = LinearModel(SPEC).fit(table, np.log1p(y))

    np.testing.assert_allclose(np.log1p(model.predict(table)), plain.predict(table))


def test_values_of_any_size_are_learned_alike() -> None:
    table, y = amounts()

    small = Logarithmic(LinearModel(SPEC), "mean").fit(table, y * 1e-9).predict(table)
    large = Logarithmic(LinearModel(SPEC), "mean").fit(table, y * 1e9).predict(table)

    np.testing.assert_allclose(small * 1e18, large, rtol=1e-6)


@given(st.lists(st.floats(-1e3, 1e12), min_size=30, max_size=60), st.booleans())
@example(values=[0.0] * 30, is_share=True)
def test_any_values_are_answered_by_finite_ones(
    values: list[float], is_share: bool
) -> None:
    table = pd.DataFrame({"a": np.arange(len(values), dtype=float) % 7})
    answer: Answer = "share" if is_share else "mean"
    model = Logarithmic(LinearModel(SPEC), answer).fit(table, values)

    said = model.predict(pd.DataFrame({"a": [0.0, 3.0, 1e6, np.nan]}))

    assert np.isfinite(said).all()
    assert (said >= 0).all()


def test_row_weights_count_besides() -> None:
    table, y = amounts(200)
    weight = np.where(np.arange(200) < 100, 1.0, 1e-9)
    first = slice(0, 100)

    both = Logarithmic(LinearModel(SPEC), "share").fit(table, y, weight)
    half = Logarithmic(LinearModel(SPEC), "share").fit(table[first], y[first])

    assert both.predict(table[first]) == pytest.approx(half.predict(table[first]), 0.05)


def test_a_fitted_model_travels() -> None:
    table, y = amounts()
    model = Logarithmic(LightGBM(SPEC, rounds=20), "mean").fit(table, y)

    again = cloudpickle.loads(cloudpickle.dumps(model))

    np.testing.assert_array_equal(again.predict(table), model.predict(table))
