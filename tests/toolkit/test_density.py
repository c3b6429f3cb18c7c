"""Dense regions, and noise between them."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from toolkit.density import DensityClusterer

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


@pytest.mark.parametrize("clusters", [None, 2])
def test_rows_far_from_all_regions_are_noise(
    clusters: int | None, make_spec: "MakeSpec"
) -> None:
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1], 60)
    values = truth[:, None] * 6 + random.normal(size=(120, 2)) / 3
    stray = [[3.0, 3.0], [0.0, 6.0], [6.0, 0.0]]
    table = pd.DataFrame(np.vstack([values, stray]), columns=["a", "b"])

    model = DensityClusterer(make_spec("clustering", clusters=clusters)).fit(table)

    labels = model.predict(table)
    assert (labels[121:] == -1).all()
    known = labels[:120] >= 0
    assert known.mean() > 0.8
    assert adjusted_rand_score(truth[known], labels[:120][known]) == pytest.approx(1.0)
