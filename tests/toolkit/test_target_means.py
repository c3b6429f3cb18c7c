"""Cross-fitted target means."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.target_means import SMOOTHING_ROWS, TargetMeans, target_columns


def test_a_later_row_gets_the_smoothed_mean_of_its_level() -> None:
    codes = np.array([0] * 30 + [1] * 10)
    targets = np.array([1.0] * 30 + [0.0] * 10)[:, None]
    means = TargetMeans(2, 0)
    means.fit_transform(codes, targets)

    encoded = means.transform(np.array([0, 1, -1]))[:, 0]

    prior = 0.75
    expected = [
        (30 + SMOOTHING_ROWS * prior) / (30 + SMOOTHING_ROWS),
        SMOOTHING_ROWS * prior / (10 + SMOOTHING_ROWS),
        prior,
    ]
    np.testing.assert_allclose(encoded, expected)


def test_a_training_row_never_takes_part_in_its_own_encoding() -> None:
    random = np.random.default_rng(0)
    codes, targets = random.integers(0, 5, 60), random.normal(size=(60, 1))
    before = TargetMeans(5, 0).fit_transform(codes, targets)
    changed = targets.copy()
    changed[7] += 1000

    after = TargetMeans(5, 0).fit_transform(codes, changed)

    assert after[7] == before[7]
    assert not np.allclose(after, before)


@given(st.lists(st.integers(0, 14), min_size=1, max_size=60))
def test_target_columns_are_one_for_two_classes_and_ten_at_most(
    labels: list[int],
) -> None:
    columns = target_columns(np.array(labels), is_classification=True)

    classes = len(set(labels))
    assert columns.shape == (len(labels), 1 if classes <= 2 else min(classes, 10))
    assert set(np.unique(columns)) <= {0.0, 1.0}


def test_a_regression_target_is_averaged_as_it_is() -> None:
    columns = target_columns(np.array([1.5, 2.5]), is_classification=False)

    assert columns.tolist() == [[1.5], [2.5]]
