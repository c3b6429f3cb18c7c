"""Numbers as shares of bins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from toolkit.piecewise import PiecewiseEncoder

COLUMN = arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.just(1)),
    elements=st.floats(-1e6, 1e6, width=32),
)


def test_bins_below_a_number_are_full_and_those_above_are_empty() -> None:
    encoder = PiecewiseEncoder(4).fit(np.array([[0.0], [10.0], [20.0], [30.0], [40.0]]))

    shares = encoder.transform(np.array([[-5.0], [0.0], [15.0], [40.0], [99.0]]))

    assert shares.tolist() == [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [1, 0.5, 0, 0],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
    ]


@given(column=COLUMN, bins=st.integers(1, 20))
def test_full_bins_add_up_to_the_number(column: np.ndarray, bins: int) -> None:
    encoder = PiecewiseEncoder(bins).fit(column)

    passed = encoder.transform(column) @ encoder.widths + column.min()

    np.testing.assert_allclose(passed, column[:, 0], rtol=1e-6, atol=1e-6)


def test_values_that_return_leave_fewer_bins_and_a_constant_none() -> None:
    values = np.column_stack([np.repeat([0.0, 1.0, 5.0], 20), np.full(60, 7.0)])

    encoder = PiecewiseEncoder(12).fit(values)

    assert encoder.columns.tolist() == [0, 0]
    assert encoder.widths.tolist() == [1, 4]


def test_numbers_as_large_as_numbers_get_stay_finite() -> None:
    values = np.array([[0.0, 5e-324], [1e300, 1e-300], [1.0, 1.0]])

    shares = PiecewiseEncoder(3).fit(values).transform(values)

    assert np.isfinite(shares).all()


def test_without_bins_or_columns_nothing_is_shown() -> None:
    values = np.arange(6.0).reshape(3, 2)

    assert PiecewiseEncoder(0).fit(values).transform(values).shape == (3, 0)
    assert PiecewiseEncoder(4).fit(values[:, :0]).transform(values).shape == (3, 0)
