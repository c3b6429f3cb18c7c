"""The map of clusters: two directions, the same every time."""

import numpy as np

from tabular.clusters.map import cluster_map


def test_rows_lie_along_the_directions_of_most_variance() -> None:
    random = np.random.default_rng(0)
    matrix = random.normal(size=(50, 4)) * [1, 10, 3, 0.1]
    rows, labels = np.arange(0, 50, 2), np.arange(50) % 3

    found = cluster_map(matrix, rows, labels)

    assert found.rows == tuple(rows)
    assert found.cluster == tuple(labels[rows])
    assert abs(np.corrcoef(found.x, matrix[rows, 1])[0, 1]) > 0.99
    assert found.shares[0] > 0.8
    assert np.corrcoef(found.x, matrix[rows, 1])[0, 1] > 0


def test_one_column_is_a_line_and_equal_rows_are_a_point() -> None:
    line = cluster_map(np.arange(5.0)[:, None], np.arange(5), np.zeros(5, int))
    point = cluster_map(np.ones((5, 2)), np.arange(5), np.zeros(5, int))

    assert set(line.y) == {0.0}
    assert set(point.x) == {0.0}
