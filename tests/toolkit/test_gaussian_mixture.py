"""Gaussian mixtures."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from toolkit.gaussian_mixture import GaussianMixtureClusterer
from toolkit.kmeans import KMeansClusterer

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_stretched_clusters_are_told_apart_where_centres_fail(
    make_spec: "MakeSpec",
) -> None:
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1], 200)
    table = pd.DataFrame(
        {"a": 20 * random.normal(size=400), "b": truth + 0.1 * random.normal(size=400)}
    )
    table["c"] = table["a"] + 3 * table["b"]
    table["a"] -= table["b"]
    spec = make_spec("clustering", clusters=2)

    mixture = GaussianMixtureClusterer(spec, covariance="full").fit(table[["a", "b"]])
    centres = KMeansClusterer(spec).fit(table[["c"]])

    assert adjusted_rand_score(truth, mixture.predict(table)) > 0.9
    assert adjusted_rand_score(truth, centres.predict(table)) < 0.2
