"""Silhouette: scikit-learn's value, with noise and single clusters told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import silhouette_score

from tabular.silhouette import mean_silhouettes, sample_rows, silhouette


@given(st.integers(0, 999), st.integers(2, 6), st.integers(10, 80))
def test_it_agrees_with_scikit_learn(seed: int, clusters: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(rows, 3))
    labels = np.concatenate([np.arange(clusters), random.integers(0, clusters, rows)])
    matrix = np.concatenate([matrix, random.normal(size=(clusters, 3))])

    found = mean_silhouettes(matrix, [labels, labels])

    assert found == pytest.approx([silhouette_score(matrix, labels)] * 2, abs=1e-7)


def test_noise_counts_as_zero_and_one_cluster_as_worst() -> None:
    matrix = np.array([[0.0], [0.1], [5.0], [5.1], [99.0]])

    all_clustered = silhouette(matrix[:4], np.array([0, 0, 1, 1]))
    with_noise = silhouette(matrix, np.array([0, 0, 1, 1, -1]))

    assert with_noise == pytest.approx(all_clustered * 4 / 5)
    assert silhouette(matrix, np.zeros(5)) == -1.0
    assert silhouette(matrix, np.full(5, -1)) == -1.0


def test_large_tables_are_sampled_alike_every_time() -> None:
    assert sample_rows(10).tolist() == list(range(10))
    assert len(set(sample_rows(9000).tolist())) == 5000
    assert sample_rows(9000).tolist() == sample_rows(9000).tolist()


def test_weights_weigh_rows() -> None:
    random = np.random.default_rng(0)
    matrix, labels = random.normal(size=(50, 2)), np.arange(50) % 2

    even = silhouette(matrix, labels, np.full(50, 2.0))

    assert even == pytest.approx(silhouette(matrix, labels))
