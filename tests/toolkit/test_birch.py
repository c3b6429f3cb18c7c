"""Birch: small groups are merged into clusters."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from toolkit.birch import BirchClusterer

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_the_scale_of_a_table_does_not_matter(
    scale: float, make_spec: "MakeSpec"
) -> None:
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 40)
    values = 9 * np.eye(3)[truth] + random.normal(size=(120, 3))
    table = pd.DataFrame(scale * values, columns=list("abc"))

    model = BirchClusterer(make_spec("clustering", clusters=3)).fit(table)

    assert adjusted_rand_score(truth, model.predict(table)) == pytest.approx(1.0)
