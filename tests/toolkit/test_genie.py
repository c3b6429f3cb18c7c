"""Single linkage that keeps cluster sizes from drifting apart."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score

from toolkit.genie import GenieClusterer, gini, merge_links, spanning_links

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_inequality_is_none_for_equals_and_full_for_one_owner() -> None:
    assert gini(np.array([3, 3, 3])) == 0.0
    assert gini(np.array([0, 0, 9])) == pytest.approx(1.0)
    assert gini(np.array([5])) == 0.0


def test_without_a_bound_it_is_single_linkage() -> None:
    values = np.random.default_rng(0).normal(size=(60, 2))

    labels = merge_links(spanning_links(values), 5, 1.0)

    expected = fcluster(linkage(values, "single"), 5, criterion="maxclust")
    assert adjusted_rand_score(expected, labels) == pytest.approx(1.0)


def test_an_outlier_is_no_cluster_where_sizes_count() -> None:
    random = np.random.default_rng(0)
    groups = np.repeat([0.0, 6.0], 30)
    values = np.append(groups + random.normal(size=60) / 2, 40.0)[:, None]

    even = merge_links(spanning_links(values), 2, 0.3)
    plain = merge_links(spanning_links(values), 2, 1.0)

    assert adjusted_rand_score(groups, even[:60]) == pytest.approx(1.0)
    assert np.bincount(plain).min() == 1


def test_moons_are_told_apart(make_spec: "MakeSpec") -> None:
    values, truth = make_moons(200, noise=0.05, random_state=0)
    table = pd.DataFrame(values, columns=["a", "b"])

    model = GenieClusterer(make_spec("clustering", clusters=2)).fit(table)

    assert adjusted_rand_score(truth, model.predict(table)) == pytest.approx(1.0)
