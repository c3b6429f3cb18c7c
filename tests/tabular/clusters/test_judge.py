"""Judging partitions: the indices are the field's own, and shapes other than balls count."""

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from tabular.clusters.judge import (
    JUDGED_ROWS,
    Judge,
    calinski_harabasz,
    davies_bouldin,
    likelihood,
    validity,
    validity_score,
)

Integers = npt.NDArray[np.int64]


def test_indices_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    points, labels = random.normal(size=(90, 3)), random.integers(0, 4, 90)

    assert davies_bouldin(points, labels) == pytest.approx(
        davies_bouldin_score(points, labels)
    )
    assert calinski_harabasz(points, labels) == pytest.approx(
        calinski_harabasz_score(points, labels)
    )


def test_true_moons_are_more_valid_than_round_ones() -> None:
    points, truth = make_moons(400, noise=0.06, random_state=0)
    judge = Judge(points)
    round_ones = KMeans(2, n_init=3, random_state=0).fit_predict(points)

    true, other = judge.quality(truth), judge.quality(round_ones)

    assert other.silhouette > true.silhouette
    assert validity(true) > validity(other) + 1


def test_stretched_clusters_fit_normal_distributions_better_than_balls_do() -> None:
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1], 200)
    points = random.normal(size=(400, 2)) * [6, 1] + truth[:, None] * [0, 5]
    balls = (points[:, 0] > 0).astype(np.int64)

    assert likelihood(points, truth) > likelihood(points, balls)
    assert likelihood(points, np.zeros(400, dtype=np.int64)) == pytest.approx(0.0)


def test_random_labels_have_no_validity_and_names_of_labels_do_not_matter() -> None:
    points, truth = make_blobs(300, 3, centers=3, random_state=0)
    random = np.random.default_rng(0).integers(0, 3, 300)

    assert validity_score(points, random) < 0.2
    assert validity_score(points, truth) > 2
    assert validity_score(points, 7 - truth) == validity_score(points, truth)
    assert validity_score(points, np.zeros(300, dtype=np.int64)) == 0.0


def test_a_sample_of_a_large_table_is_judged() -> None:
    points, truth = make_blobs(4000, 2, centers=3, random_state=0)
    judge = Judge(points)

    assert len(judge.rows) == JUDGED_ROWS
    assert judge.quality(truth) == judge.sampled_quality(truth[judge.rows])


def test_shares_of_rows_and_noise_are_counted() -> None:
    points = np.random.default_rng(0).normal(size=(100, 2))
    labels = np.repeat([-1, 0, 1], [20, 50, 30])

    quality = Judge(points).quality(labels)

    assert (quality.clusters, quality.noise) == (2, 0.2)
    assert (quality.largest, quality.smallest) == (0.5, 0.3)
