"""Agreement: scikit-learn's scores, and accuracy under the best matching."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from tabular.agreement import matched_scores

PAIRS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=2, max_size=60
)


@given(PAIRS)
def test_scores_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, labels = np.array(pairs).T

    scores = matched_scores(truth, labels)
    del scores["accuracy"]

    assert scores == pytest.approx(
        {
            "ari": reference.adjusted_rand_score(truth, labels),
            "nmi": reference.normalized_mutual_info_score(truth, labels),
            "ami": reference.adjusted_mutual_info_score(truth, labels),
            "v_measure": reference.v_measure_score(truth, labels),
        },
        abs=1e-9,
    )


@given(PAIRS, st.permutations(range(6)))
def test_names_of_clusters_do_not_matter(
    pairs: list[tuple[int, int]], names: list[int]
) -> None:
    truth, labels = np.array(pairs).T

    renamed = matched_scores(truth, np.array(names)[labels])

    assert renamed == pytest.approx(matched_scores(truth, labels), abs=1e-9)


def test_accuracy_matches_clusters_to_classes() -> None:
    truth = np.array([0, 0, 0, 1, 1, 2, -1])
    labels = np.array([5, 5, 3, 3, 3, -1, 5])

    assert matched_scores(truth, labels)["accuracy"] == pytest.approx(4 / 6)
    assert matched_scores(truth, np.full(7, -1))["accuracy"] == 0.0
