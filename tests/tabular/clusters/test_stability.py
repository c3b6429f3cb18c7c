"""Stability: what refits say of the same rows."""

import numpy as np
import pytest

from tabular.clusters.stability import Refits, cluster_stability, largest_overlap


def test_what_every_refit_finds_again_is_stable() -> None:
    labels = np.repeat([0, 1, 2], 20)
    renamed = (labels + 1) % 3
    merged = np.where(labels == 2, 1, labels)
    refits = Refits(((renamed, merged),), np.array([1.0]))

    stability = cluster_stability(labels, refits)

    assert stability.by_cluster[0] == pytest.approx(1.0)
    assert stability.by_cluster[1] == pytest.approx(0.75)
    assert 0.5 < (stability.overall or 0) < 1


def test_without_refits_nothing_is_measured() -> None:
    stability = cluster_stability(np.zeros(9, dtype=np.int64), Refits((), np.zeros(0)))

    assert stability.overall is None
    assert stability.by_cluster == {}


def test_overlap_is_the_share_of_common_rows() -> None:
    inside = np.array([True, True, True, False])

    assert largest_overlap(inside, np.array([0, 0, 1, 0])) == pytest.approx(0.5)
