"""A survey of a table: structure is seen where there is some, and only there."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from tabular.clusters.number import FIELDS, MOST_CLUSTERS, choose_number, evidence_of
from tabular.clusters.survey import survey, tables_without_structure


def test_blobs_are_counted_and_a_survey_is_the_same_every_time() -> None:
    points, _ = make_blobs(90, centers=6 * np.eye(4)[:3], random_state=0)

    with threadpool_limits(1):
        first, second = survey(points, 0), survey(points, 0)

    assert first.shape == (MOST_CLUSTERS, len(FIELDS))
    assert choose_number(evidence_of(first)).clusters == 3
    assert np.array_equal(first, second)


def test_tables_without_structure_keep_spread_and_levels() -> None:
    random = np.random.default_rng(0)
    points = random.normal(size=(400, 3)) @ random.normal(size=(3, 3))
    points[:, 2] = points[:, 0] > 0

    for drawn in tables_without_structure(points, 4, random):
        assert drawn.shape == points.shape
        assert drawn[:, :2].std(axis=0) == pytest.approx(
            points[:, :2].std(axis=0), rel=1.0
        )
        assert set(drawn[:, 2]) == {0.0, 1.0}
        assert drawn[:, 2].mean() == points[:, 2].mean()
        assert abs(np.corrcoef(drawn[:, 2], drawn[:, 0])[0, 1]) < 0.2
