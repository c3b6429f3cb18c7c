"""k-means."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from toolkit.dense_encoder import DenseEncoder
from toolkit.kmeans import STARTS, KMeansClusterer

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec


def test_labels_agree_with_scikit_learn_on_encoded_rows(
    mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    table: pd.DataFrame = mixed(150, 0).table
    labels = (
        KMeansClusterer(make_spec("clustering", clusters=3)).fit(table).predict(table)
    )

    values = DenseEncoder("standard", 0, is_bent=False).fit_transform(table)
    expected = KMeans(3, n_init=STARTS, random_state=0).fit_predict(values)

    np.testing.assert_array_equal(labels, expected)
