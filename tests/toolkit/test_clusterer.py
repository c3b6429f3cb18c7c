"""What all clusterers promise, checked on each of them."""

from typing import TYPE_CHECKING

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from toolkit.birch import BirchClusterer
from toolkit.clusterer import Clusterer
from toolkit.density import DensityClusterer
from toolkit.gaussian_mixture import GaussianMixtureClusterer
from toolkit.genie import GenieClusterer
from toolkit.kmeans import KMeansClusterer
from toolkit.medoids import MedoidsClusterer
from toolkit.spectral import SpectralClusterer
from toolkit.ward import WardClusterer

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec

COUNTED = [
    KMeansClusterer,
    GaussianMixtureClusterer,
    WardClusterer,
    BirchClusterer,
    SpectralClusterer,
    GenieClusterer,
    MedoidsClusterer,
]
ALL = [*COUNTED, DensityClusterer]
VALUES, TRUTH = make_blobs(400, 4, centers=4, cluster_std=0.6, random_state=1)
TABLE = pd.DataFrame(VALUES, columns=list("abcd"))


@pytest.mark.parametrize("kind", COUNTED)
def test_the_number_of_blobs_is_found_without_labels(
    kind: type[Clusterer], make_spec: "MakeSpec"
) -> None:
    model = kind(make_spec("clustering")).fit(TABLE[:300])

    assert model.clusters == 4
    assert adjusted_rand_score(TRUTH[300:], model.predict(TABLE[300:])) > 0.95


@pytest.mark.parametrize("kind", COUNTED)
@pytest.mark.parametrize("components", [None, 2, 0.9])
def test_the_number_asked_for_is_kept_in_any_space(
    kind: type[Clusterer],
    components: float | None,
    mixed: "MakeMixed",
    make_spec: "MakeSpec",
) -> None:
    table = mixed(120, 0).table
    model = kind(make_spec("clustering", clusters=3), "robust", components).fit(table)

    labels = model.predict(table)

    assert set(labels) == {0, 1, 2}
    restored = cloudpickle.loads(cloudpickle.dumps(model))
    assert restored.predict(table).tolist() == labels.tolist()


@pytest.mark.parametrize("kind", ALL)
def test_rows_that_are_all_the_same_are_one_cluster(
    kind: type[Clusterer], make_spec: "MakeSpec"
) -> None:
    table = pd.DataFrame({"a": [1.0] * 12, "b": [2.0] * 12})

    labels = kind(make_spec("clustering")).fit(table).predict(table)

    assert len(np.unique(labels)) == 1


@pytest.mark.parametrize("kind", ALL)
def test_fewer_rows_than_clusters_are_still_labelled(
    kind: type[Clusterer], make_spec: "MakeSpec"
) -> None:
    table = pd.DataFrame({"a": [0.0, 5.0, 9.0]})

    labels = kind(make_spec("clustering", clusters=6)).fit(table).predict(table)

    assert len(labels) == 3


@pytest.mark.parametrize("kind", ALL)
def test_rows_beyond_the_sample_are_labelled_like_new_ones(
    kind: type[Clusterer], make_spec: "MakeSpec", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "sample_rows", 120)

    labels = kind(make_spec("clustering", clusters=4)).fit(TABLE).predict(TABLE)

    assert adjusted_rand_score(TRUTH, labels) > 0.9
