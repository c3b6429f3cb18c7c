"""Links between nearest neighbours: who is linked, and how many links a partition cuts."""

import numpy as np
import pytest
from sklearn.neighbors import kneighbors_graph

from tabular.clusters.neighbors import cut_share, neighbor_links


@pytest.mark.parametrize("columns", [2, 20])
def test_links_are_those_of_scikit_learn(columns: int) -> None:
    points = np.random.default_rng(0).normal(size=(600, columns))

    links = neighbor_links(points, 7)

    expected = kneighbors_graph(points, 7)
    expected = expected.maximum(expected.T)
    assert (links != expected).nnz == 0


def test_copies_of_a_row_are_its_neighbours_and_never_the_row_itself() -> None:
    points = np.zeros((30, 2))

    links = neighbor_links(points, 5)

    assert links.diagonal().sum() == 0
    assert np.asarray(links.sum(axis=1)).min() >= 5


def test_distant_groups_are_cut_without_a_loss_and_halves_of_one_are_not() -> None:
    random = np.random.default_rng(0)
    group = np.repeat([0, 1], 100)
    points = random.normal(size=(200, 2)) + 50 * group[:, None]
    links = neighbor_links(points)
    halves = np.where(group == 1, 2, (points[:, 0] > 0).astype(int))

    assert cut_share(links, group) == 0.0
    assert cut_share(links, halves) > 0.05
    assert cut_share(links, random.integers(0, 2, 200)) == pytest.approx(0.5, abs=0.1)


def test_links_to_noise_count_as_cut() -> None:
    points = np.random.default_rng(0).normal(size=(200, 2))
    links = neighbor_links(points)
    some_noise = np.where(np.arange(200) % 4 == 0, -1, 0)

    assert cut_share(links, np.zeros(200, dtype=np.int64)) == 0.0
    assert cut_share(links, some_noise) == pytest.approx(0.25, abs=0.05)
    assert cut_share(links, np.full(200, -1)) == 1.0
