"""k-medoids by absolute differences."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score

from toolkit.medoids import MedoidsClusterer, settle_medoids, spread_medoids

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_medoids_settle_in_the_middle_of_their_rows() -> None:
    values = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])

    medoids = settle_medoids(cdist(values, values, "cityblock"), np.array([0, 2]))

    assert sorted(medoids.tolist()) == [1, 4]


def test_starts_are_distinct_and_copies_give_fewer() -> None:
    values = np.array([[0.0], [0.0], [5.0]])
    apart = cdist(values, values, "cityblock")

    medoids = spread_medoids(apart, 3, np.random.default_rng(0))

    assert len(medoids) == 2


def test_categories_and_numbers_count_together(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    truth = random.integers(2, size=120)
    table = pd.DataFrame(
        {
            "size": truth * 4 + random.normal(size=120),
            "shop": pd.Categorical(np.where(truth == 1, "north", "south")),
        }
    )

    labels = (
        MedoidsClusterer(make_spec("clustering", clusters=2)).fit(table).predict(table)
    )

    assert adjusted_rand_score(truth, labels) == pytest.approx(1.0)
