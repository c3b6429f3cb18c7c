"""Clusters that hang together by nearest neighbours."""

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sklearn.datasets import make_circles
from sklearn.metrics import adjusted_rand_score

from toolkit.spectral import SpectralClusterer

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_a_ring_inside_a_ring_is_found_and_new_rows_join(make_spec: "MakeSpec") -> None:
    values, truth = make_circles(240, noise=0.04, factor=0.4, random_state=0)
    table = pd.DataFrame(values, columns=["a", "b"])

    model = SpectralClusterer(make_spec("clustering", clusters=2)).fit(table[:180])

    labels = model.predict(table[180:])
    assert adjusted_rand_score(truth[180:], labels) == pytest.approx(1.0)
