"""Hierarchical clusters."""

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from toolkit.dense_encoder import DenseEncoder
from toolkit.ward import WardClusterer

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


@pytest.mark.parametrize("linkage", ["ward", "average", "complete"])
def test_labels_agree_with_scikit_learn(
    linkage: Literal["ward", "average", "complete"], make_spec: "MakeSpec"
) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(80, 3)), columns=list("abc"))
    spec = make_spec("clustering", clusters=4)

    labels = WardClusterer(spec, linkage=linkage).fit(table).predict(table)

    values = DenseEncoder("standard", 0, is_bent=False).fit_transform(table)
    expected = AgglomerativeClustering(4, linkage=linkage).fit_predict(values)
    assert adjusted_rand_score(expected, labels) == pytest.approx(1.0)


def test_rows_beyond_the_merged_sample_join_their_nearest_row(
    make_spec: "MakeSpec", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WardClusterer, "sample_rows", 60)
    values, truth = make_blobs(300, 2, centers=3, cluster_std=0.3, random_state=0)
    table = pd.DataFrame(values, columns=["a", "b"])

    model = WardClusterer(make_spec("clustering", clusters=3)).fit(table)

    assert adjusted_rand_score(truth, model.predict(table)) == pytest.approx(1.0)
