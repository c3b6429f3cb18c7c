"""Consensus: agrees with what is there, whatever the labels are called."""

import tracemalloc

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from tabular.agreement import matched_scores
from tabular.applying import apply_consensus
from tabular.consensus import (
    EXACT_ROWS,
    NoConsensusError,
    choose_consensus,
    co_association,
    one_cluster,
)

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def blobs(rows: int, clusters: int = 4) -> tuple[Floats, Integers]:
    matrix, truth = make_blobs(
        rows, centers=6 * np.eye(clusters), cluster_std=1.0, random_state=0
    )
    return matrix, truth.astype(np.int64)


def alike(members: Integers) -> Floats:
    return np.ones(len(members))


def partitions(matrix: Floats, counts: tuple[int, ...]) -> Integers:
    fits = [KMeans(k, n_init=1, random_state=k).fit(matrix[:500]) for k in counts]
    return np.array([fit.predict(matrix) for fit in fits], dtype=np.int64)


@pytest.mark.parametrize("clusters", [None, 4])
@pytest.mark.parametrize("rows", [300, EXACT_ROWS + 1000])
def test_blobs_are_found(rows: int, clusters: int | None) -> None:
    matrix, truth = blobs(rows)

    members = partitions(matrix, (4, 5, 6, 7))
    chosen = choose_consensus(members, alike(members), matrix, clusters, 0)

    assert chosen.consensus.clusters == 4
    assert matched_scores(truth, chosen.labels)["ari"] > 0.95
    assert np.all((chosen.confidence >= 0) & (chosen.confidence <= 1))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 999))
def test_names_of_labels_and_order_of_members_do_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    matrix, _ = blobs(120)
    members = random.integers(0, 4, (3, 120))
    members[0] = partitions(matrix, (4,))[0]
    renamed = np.array([random.permutation(9)[own] for own in members[[2, 0, 1]]])

    first = choose_consensus(members, alike(members), matrix, None, 0)
    second = choose_consensus(renamed, alike(renamed), matrix, None, 0)

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


def test_rows_that_most_of_the_weight_calls_noise_are_noise() -> None:
    matrix, truth = blobs(200)
    shy = np.where(np.arange(200) < 30, -1, truth)
    labels = np.array([shy, truth, shy])

    chosen = choose_consensus(labels, np.array([1.0, 1.0, 1.0]), matrix, 4, 0)
    trusting = choose_consensus(labels, np.array([1.0, 3.0, 1.0]), matrix, 4, 0)

    assert np.flatnonzero(chosen.labels == -1).tolist() == list(range(30))
    assert chosen.confidence[:30] == pytest.approx(2 / 3)
    assert matched_scores(truth[30:], chosen.labels[30:])["ari"] == pytest.approx(1.0)
    assert matched_scores(truth, trusting.labels)["ari"] == pytest.approx(1.0)
    with pytest.raises(NoConsensusError, match="nearly all noise"):
        choose_consensus(np.full((2, 200), -1), np.ones(2), matrix, 4, 0)


def test_remnants_of_disagreement_are_no_clusters() -> None:
    matrix, truth = blobs(400)
    stray = truth.copy()
    stray[:2] = 7
    labels = np.array([stray, stray, truth])

    chosen = choose_consensus(labels, alike(labels), matrix, 4, 0)

    assert np.bincount(chosen.labels).min() > 50
    assert matched_scores(truth, chosen.labels)["ari"] == pytest.approx(1.0)


def test_a_consensus_of_nobody_is_one_cluster() -> None:
    placed = apply_consensus(one_cluster(), np.zeros((0, 3), dtype=np.int64))

    assert placed.labels.tolist() == [0, 0, 0]


def test_new_rows_join_the_cluster_of_their_like() -> None:
    matrix, truth = blobs(800)
    members = partitions(matrix, (4, 5, 8))

    chosen = choose_consensus(members[:, :600], alike(members), matrix[:600], 4, 0)
    placed = apply_consensus(chosen.consensus, members[:, 600:])

    known = apply_consensus(chosen.consensus, members[:, :600])
    assert np.mean(known.labels == chosen.labels) > 0.98
    both = np.concatenate([chosen.labels, placed.labels])
    assert matched_scores(truth, both)["ari"] > 0.95
    unheard = np.full((3, 2), 77)
    assert apply_consensus(chosen.consensus, unheard).labels.tolist() == [0, 0]


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
    chosen = choose_consensus(members, alike(members), matrix, None, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(np.unique(members, axis=1).T) > EXACT_ROWS
    assert matched_scores(truth, chosen.labels)["ari"] > 0.95
    assert peak < 600e6 < rows**2 * 4
