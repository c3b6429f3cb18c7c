"""Labels of a sample are carried over to the nearest rows."""

import numpy as np
import pytest

from toolkit.sampled_labels import SampledLabels


@pytest.mark.parametrize("columns", [1, 12])
def test_rows_get_the_label_of_the_nearest_sampled_row(columns: int) -> None:
    sample = np.repeat([[0.0], [4.0], [9.0]], columns, axis=1)
    rows = np.repeat([[1.0], [5.0], [99.0]], columns, axis=1)

    assert SampledLabels(sample, np.array([3, -1, 5])).of(rows).tolist() == [3, -1, 5]


def test_absolute_differences_can_count_instead_of_squares() -> None:
    sample = np.array([[0.0, 3.0], [2.0, 2.0]])
    labels, origin = np.array([0, 1]), np.zeros((1, 2))

    assert SampledLabels(sample, labels).of(origin).tolist() == [1]
    assert SampledLabels(sample, labels, is_cityblock=True).of(origin).tolist() == [0]
