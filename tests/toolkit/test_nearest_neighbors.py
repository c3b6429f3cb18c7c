"""Nearest neighbours."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsRegressor

from toolkit.dense_encoder import DenseEncoder
from toolkit.nearest_neighbors import NearestNeighbors

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_votes_agree_with_scikit_learn(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(100, 3)), columns=list("abc"))
    later = pd.DataFrame(random.normal(size=(20, 3)), columns=list("abc"))
    target = random.normal(size=100)
    model = NearestNeighbors(make_spec("regression"), 7, "standard").fit(table, target)

    encoder = DenseEncoder("standard", 0)
    reference = KNeighborsRegressor(7, weights="distance")
    reference.fit(encoder.fit_transform(table), target)

    np.testing.assert_allclose(
        model.predict(later), reference.predict(encoder.transform(later)), rtol=1e-3
    )


def test_a_row_that_was_trained_on_finds_itself(make_spec: "MakeSpec") -> None:
    table = pd.DataFrame({"a": np.arange(30.0)})
    target = np.arange(30.0) ** 2

    model = NearestNeighbors(make_spec("regression")).fit(table, target)

    assert model.predict(table) == pytest.approx(target, abs=0.05)
