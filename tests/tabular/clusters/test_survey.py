"""A survey of a table: structure is seen where there is some, and only there."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from tabular.clusters.null_tables import tables_without_structure
from tabular.clusters.number import FIELDS, USUAL_CLUSTERS, choose_number, evidence_of
from tabular.clusters.survey import survey


def test_blobs_are_counted_and_a_survey_is_the_same_every_time() -> None:
    points, _ = make_blobs(90, centers=6 * np.eye(4)[:3], random_state=0)

    with threadpool_limits(1):
        first, second = survey(points, 0), survey(points, 0)

    assert first.shape == (USUAL_CLUSTERS, len(FIELDS))
    assert choose_number(evidence_of(first)).clusters == 3
    assert np.array_equal(first, second)


def test_tables_without_structure_keep_spread_and_levels() -> None:
    random = np.random.default_rng(0)
    points = random.normal(size=(400, 3)) @ random.normal(size=(3, 3))
    points[:, 2] = points[:, 0] > 0

    for drawn in itertools.islice(tables_without_structure(points, random), 4):
        assert drawn.shape == points.shape
        assert drawn[:, :2].std(axis=0) == pytest.approx(
            points[:, :2].std(axis=0), rel=1.0
        )
        assert set(drawn[:, 2]) == {0.0, 1.0}
        assert drawn[:, 2].mean() == points[:, 2].mean()
        assert abs(np.corrcoef(drawn[:, 2], drawn[:, 0])[0, 1]) < 0.2


def test_a_table_of_flags_has_tables_without_structure_too() -> None:
    random = np.random.default_rng(0)
    flags = random.integers(2, size=(60, 3)).astype(np.float64)

    first, second = itertools.islice(tables_without_structure(flags, random), 2)

    assert first.shape == second.shape == (60, 3)
    assert first.sum(axis=0).tolist() == second.sum(axis=0).tolist()
    assert flags.sum(axis=0).tolist() == first.sum(axis=0).tolist()


def test_a_hurried_survey_looks_at_less_and_sees_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points, _ = make_blobs(700, centers=6 * np.eye(4)[:3], random_state=0)
    drawn: list[int] = []

    def counted(
        points: np.ndarray, random: np.random.Generator
    ) -> Iterator[np.ndarray]:
        for table in tables_without_structure(points, random):
            drawn.append(len(table))
            yield table

    monkeypatch.setattr("tabular.clusters.survey.tables_without_structure", counted)
    with threadpool_limits(1):
        hurried = survey(points, 0, seconds=0.0)

    assert drawn == [300, 300]
    assert choose_number(evidence_of(hurried)).clusters == 3


@pytest.mark.deep
def test_more_clusters_than_usual_are_counted() -> None:
    centres = 12 * np.array([[i, j] for i in range(4) for j in range(3)])
    points, _ = make_blobs(168, centers=centres, random_state=0)

    with threadpool_limits(1):
        seen = survey(points, 0)
        hurried = survey(points, 0, seconds=0.0)

    assert choose_number(evidence_of(seen)).clusters == 12
    assert hurried[-1, 0] == USUAL_CLUSTERS
