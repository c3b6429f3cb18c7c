"""Clusters around typical rows, by a distance made for mixed kinds of columns."""

import numpy as np
from scipy.spatial.distance import cdist

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer
from toolkit.sampled_labels import SampledLabels

STARTS = 5
MOST_ROUNDS = 50


class MedoidsClusterer(Clusterer):
    """Rows go to the nearest of k typical rows (k-medoids, alternating).

    Distances add up absolute differences, so that one column that is far off weighs less
    than with squares; a category that differs counts in two of its columns. On scaled
    numbers this is the distance of Gower (Biometrics 27, 1971) up to the weights of the
    columns. Source of the method: Park and Jun, Expert Systems 36 (2009).
    """

    sample_rows = 2_000

    def _partition(self, values: Floats, clusters: int) -> Codes:
        apart = cdist(values, values, "cityblock")
        random = np.random.default_rng(self.seed)
        starts = [spread_medoids(apart, clusters, random) for _ in range(STARTS)]
        settled = [settle_medoids(apart, medoids) for medoids in starts]
        medoids = min(settled, key=lambda found: apart[:, found].min(axis=1).sum())
        self.labels = SampledLabels(
            values[medoids], np.arange(len(medoids)), is_cityblock=True
        )
        return self._assign(values)

    def _assign(self, values: Floats) -> Codes:
        return self.labels.of(values)


def spread_medoids(apart: Floats, clusters: int, random: np.random.Generator) -> Codes:
    """Draw rows to start from, far ones with a greater chance (Arthur and Vassilvitskii)."""
    chosen = [int(random.integers(len(apart)))]
    while len(chosen) < clusters:
        nearest = apart[:, chosen].min(axis=1)
        total = nearest.sum()
        if total == 0:
            break
        chosen.append(int(random.choice(len(apart), p=nearest / total)))
    return np.array(chosen, dtype=np.int64)


def settle_medoids(apart: Floats, medoids: Codes) -> Codes:
    """Move each medoid to the middle of its rows until none moves."""
    for _ in range(MOST_ROUNDS):
        nearest = apart[:, medoids].argmin(axis=1)
        moved = medoids.copy()
        for place in range(len(medoids)):
            rows = np.flatnonzero(nearest == place)
            if len(rows):
                moved[place] = rows[apart[np.ix_(rows, rows)].sum(axis=1).argmin()]
        if (moved == medoids).all():
            break
        medoids = moved
    return medoids
