"""Consensus: agrees with what is there, whatever the labels are called."""

import tracemalloc

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from tabular.consensus import (
    EXACT_ROWS,
    NoConsensusError,
    apply_consensus,
    choose_consensus,
    co_association,
    is_degenerate,
    matched_scores,
)

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def blobs(rows: int, clusters: int = 4) -> tuple[Floats, Integers]:
    matrix, truth = make_blobs(
        rows, centers=6 * np.eye(clusters), cluster_std=1.0, random_state=0
    )
    return matrix, truth.astype(np.int64)


def partitions(matrix: Floats, counts: tuple[int, ...]) -> Integers:
    fits = [KMeans(k, n_init=1, random_state=k).fit(matrix[:500]) for k in counts]
    return np.array([fit.predict(matrix) for fit in fits], dtype=np.int64)


@pytest.mark.parametrize("clusters", [None, 4])
@pytest.mark.parametrize("rows", [300, EXACT_ROWS + 1000])
def test_blobs_are_found(rows: int, clusters: int | None) -> None:
    matrix, truth = blobs(rows)

    chosen = choose_consensus(partitions(matrix, (4, 5, 6, 7)), matrix, clusters, 0)

    assert chosen.consensus.clusters == 4
    assert matched_scores(truth, chosen.labels)["ari"] > 0.95
    assert chosen.score > 0.5


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 999))
def test_names_of_labels_and_order_of_members_do_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    matrix, _ = blobs(120)
    members = random.integers(0, 4, (3, 120))
    members[0] = partitions(matrix, (4,))[0]
    renamed = np.array([random.permutation(9)[own] for own in members[[2, 0, 1]]])

    first = choose_consensus(members, matrix, None, 0)
    second = choose_consensus(renamed, matrix, None, 0)

    assert second.labels.tolist() == first.labels.tolist()


@given(
    st.lists(
        st.lists(st.integers(-1, 3), min_size=12, max_size=12), min_size=1, max_size=4
    )
)
def test_co_association_is_the_share_of_members_that_agree(
    members: list[list[int]],
) -> None:
    labels = np.array(members)
    weights = np.arange(1.0, len(members) + 1)

    found = co_association(labels, weights)

    for i in range(12):
        for j in range(12):
            agreed = [
                weight
                for own, weight in zip(labels, weights, strict=True)
                if own[i] == own[j] != -1
            ]
            expected = 1.0 if i == j else sum(agreed) / weights.sum()
            assert found[i, j] == pytest.approx(expected, abs=1e-6)


def test_degenerate_members_are_left_out() -> None:
    matrix, truth = blobs(200)
    one = np.zeros(200, dtype=np.int64)
    noise = np.where(np.arange(200) < 190, -1, np.arange(200) % 2)
    lopsided = np.where(np.arange(200) < 195, 0, 1)
    labels = np.array([one, truth, noise, lopsided])

    chosen = choose_consensus(labels, matrix, None, 0)

    assert [is_degenerate(own) for own in labels] == [True, False, True, True]
    assert chosen.kept == (1,)
    assert len(chosen.consensus.weights) == 1
    with pytest.raises(NoConsensusError, match="all 2 partitions"):
        choose_consensus(labels[[0, 2]], matrix, None, 0)


def test_new_rows_join_the_cluster_of_their_like() -> None:
    matrix, truth = blobs(800)
    members = partitions(matrix, (4, 5, 8))

    chosen = choose_consensus(members[:, :600], matrix[:600], 4, 0)
    placed = apply_consensus(chosen.consensus, members[:, 600:])

    known = apply_consensus(chosen.consensus, members[:, :600])
    assert np.mean(known == chosen.labels) > 0.98
    both = np.concatenate([chosen.labels, placed])
    assert matched_scores(truth, both)["ari"] > 0.95
    unheard = np.full((3, 2), 77)
    assert apply_consensus(chosen.consensus, unheard).tolist() == [0, 0]


def test_memory_is_bounded_for_many_rows_with_as_many_signatures() -> None:
    rows = 20_000
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, rows)
    matrix = 8 * np.eye(3)[truth] + random.normal(size=(rows, 3))
    # Each member mislabels a tenth of the rows: nearly every signature is its own.
    members = np.where(
        random.uniform(size=(12, rows)) < 0.3, random.integers(0, 9, (12, rows)), truth
    )

    tracemalloc.start()
    chosen = choose_consensus(members, matrix, None, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(np.unique(members, axis=1).T) > EXACT_ROWS
    assert matched_scores(truth, chosen.labels)["ari"] > 0.95
    assert peak < 600e6 < rows**2 * 4
