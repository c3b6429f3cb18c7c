"""Clusters as a mixture of normal distributions."""

from typing import Literal

import numpy as np
from sklearn.mixture import GaussianMixture

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer
from toolkit.scaler import Scaling
from toolkit.spec import Spec

VARIANCE_FLOOR = 1e-3
"""Added to each variance; columns are scaled to about 1, and indicators can be constant."""
STARTS = 3


class GaussianMixtureClusterer(Clusterer):
    """Rows go to the most probable of k normal distributions.

    Args:
        spec: The task as the worker describes it.
        scaling: How numbers are scaled, see `Scaler`.
        components: Principal components, see `Clusterer`.
        covariance: Shape of the distributions, as scikit-learn names it.
    """

    sample_rows = 20_000

    def __init__(
        self,
        spec: Spec,
        scaling: Scaling = "standard",
        components: float | None = None,
        covariance: Literal["full", "tied", "diag", "spherical"] = "full",
    ) -> None:
        super().__init__(spec, scaling, components)
        self.covariance = covariance

    def _partition(self, values: Floats, clusters: int) -> Codes:
        self.model = GaussianMixture(
            clusters,
            covariance_type=self.covariance,
            reg_covar=VARIANCE_FLOOR,
            n_init=STARTS,
            random_state=self.seed,
        )
        return np.asarray(self.model.fit_predict(values), dtype=np.int64)

    def _assign(self, values: Floats) -> Codes:
        return np.asarray(self.model.predict(values), dtype=np.int64)
