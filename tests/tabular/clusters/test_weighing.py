"""Weighing: who is left out of a consensus, with the reason, and who counts more."""

import numpy as np
import numpy.typing as npt
import pytest

from schemas.clusters import ClusterQuality
from tabular.clusters.weighing import Contender, order, weigh

Floats = npt.NDArray[np.float64]

GOOD = ClusterQuality(
    clusters=3,
    noise=0.0,
    largest=0.4,
    smallest=0.3,
    silhouette=0.5,
    davies_bouldin=0.6,
    calinski_harabasz=300.0,
    cut=0.02,
    likelihood=1.0,
)


def contender(stability: float | None = 0.9, **changes: float) -> Contender:
    return Contender(GOOD.model_copy(update=changes), stability)


def alike(count: int) -> Floats:
    return np.full((count, count), 0.8)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"clusters": 1}, "all rows in one cluster"),
        ({"largest": 0.97}, "97% of the rows in one cluster"),
        ({"noise": 0.95}, "95% of the rows are noise"),
        ({"clusters": 5}, "5 clusters where 3 are wanted"),
        ({"smallest": 0.001}, "smallest cluster has 0.1% of the rows"),
        ({"cut": 0.06}, "2.7 times as many links"),
    ],
)
def test_who_is_left_out_is_told_why(changes: dict[str, float], reason: str) -> None:
    weighed = weigh([contender(), contender(**changes)], alike(2), 3)

    assert weighed.weights.tolist() == [1.0, 0.0]
    assert weighed.reasons[0] is None
    assert reason in (weighed.reasons[1] or "")


def test_a_thin_cut_that_refits_do_not_find_again_sets_no_bar() -> None:
    pool = [contender(0.46, cut=0.005), contender(0.9), contender(0.7)]

    weighed = weigh(pool, alike(3), 3)

    assert weighed.weights[0] == 0.0
    assert "agree with it by 0.46" in (weighed.reasons[0] or "")
    assert (weighed.weights[1:] > 0).all()


def test_where_nothing_is_stable_stability_leaves_nobody_out() -> None:
    weighed = weigh([contender(0.3), contender(0.5)], alike(2), 3)

    assert (weighed.weights > 0).all()
    assert weighed.reasons == (None, None)


def test_a_better_fit_weighs_more() -> None:
    pool = [contender(likelihood=value) for value in (0.5, 1.0, 0.8)]

    weighed = weigh(pool, alike(3), 3)

    assert weighed.weights.argsort().tolist() == [0, 2, 1]
    assert weighed.weights.sum() == pytest.approx(1.0)


def test_stability_decides_between_equals() -> None:
    weighed = weigh([contender(0.5), contender(0.9)], alike(2), 3)

    assert weighed.weights[1] > weighed.weights[0]


def test_a_partition_that_stands_alone_is_left_out_unless_it_ranks_high() -> None:
    likeness = alike(6)
    likeness[0, 1:] = likeness[1:, 0] = 0.02
    poor = [contender(likelihood=0.1)] + [contender(likelihood=1.0)] * 5
    strong = [contender(likelihood=2.0)] + [contender(likelihood=1.0)] * 5

    assert "mean agreement" in (weigh(poor, likeness, 3).reasons[0] or "")
    assert weigh(strong, likeness, 3).reasons[0] is None


def test_another_number_of_clusters_is_better_than_none() -> None:
    weighed = weigh([contender(clusters=1), contender(clusters=2)], alike(2), 3)

    assert weighed.weights.tolist() == [0.0, 1.0]


def test_nothing_usable_has_no_weight() -> None:
    weighed = weigh([contender(clusters=1)], alike(1), None)

    assert weighed.weights.tolist() == [0.0]


def test_the_most_valid_come_first() -> None:
    pool = [contender(cut=0.3), contender(cut=0.01), contender(cut=0.1)]

    assert order(pool) == [1, 2, 0]
