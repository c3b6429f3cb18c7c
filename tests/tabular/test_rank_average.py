"""Rank averaging: only the order counts, and the scale comes back."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.task import TaskKind
from tabular.applying import apply_rank_average
from tabular.metrics import metric_named, score
from tabular.rank_average import fit_rank_average

Floats = npt.NDArray[np.float64]
AUC = metric_named("roc_auc", TaskKind.BINARY)
HALVES = np.array([0.5, 0.5])


def binary(second: Floats) -> Floats:
    return np.stack([1 - second, second], axis=-1)


def test_a_member_on_another_scale_counts_as_much_as_the_others() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 4000)
    scores = truth + random.normal(0, 1.0, (2, 4000))
    shown = 1 / (1 + np.exp(-scores))
    squeezed = np.stack([shown[0], shown[1] ** 40])

    ranked = fit_rank_average(binary(squeezed), HALVES)
    answer = apply_rank_average(ranked, binary(squeezed))

    soft = binary(squeezed).mean(axis=0)
    both = binary(shown).mean(axis=0)
    assert score(AUC, truth, answer) > score(AUC, truth, soft) + 0.01
    assert score(AUC, truth, answer) == pytest.approx(score(AUC, truth, both), abs=0.01)


@given(seed=st.integers(0, 50), classes=st.sampled_from([2, 3, 12]))
def test_probabilities_stay_usable(seed: int, classes: int) -> None:
    random = np.random.default_rng(seed)
    members = random.dirichlet(np.full(classes, 0.5), (2, 300))
    mean = members.mean(axis=0)

    answer = apply_rank_average(fit_rank_average(members, HALVES), members)

    assert answer.min() >= 0
    assert answer.sum(axis=1) == pytest.approx(1.0)
    # The scale is that of the mean prediction.
    assert answer.mean(axis=0) == pytest.approx(mean.mean(axis=0), abs=0.05)


def test_values_come_back_on_their_own_scale() -> None:
    random = np.random.default_rng(1)
    truth = random.normal(100, 30, 1000)
    members = (truth + random.normal(0, 5, (2, 1000)))[:, :, None]

    answer = apply_rank_average(fit_rank_average(members, HALVES), members)

    assert answer.shape == (1000, 1)
    assert np.corrcoef(answer[:, 0], truth)[0, 1] > 0.98
    assert answer.std() == pytest.approx(members.mean(axis=0).std(), rel=0.05)


@given(seed=st.integers(0, 50))
def test_one_row_alone_gets_what_it_gets_among_others(seed: int) -> None:
    random = np.random.default_rng(seed)
    members = binary(random.random((2, 200)))
    ranked = fit_rank_average(members, HALVES)
    fresh = binary(random.random((2, 30)))

    together = apply_rank_average(ranked, fresh)
    alone = [apply_rank_average(ranked, fresh[:, [row]])[0] for row in range(30)]

    assert np.array(alone) == pytest.approx(together)


def test_the_order_of_a_single_member_is_never_turned_round() -> None:
    random = np.random.default_rng(2)
    member = binary(random.random((1, 500)))
    ranked = fit_rank_average(member, np.array([1.0]))
    fresh = binary(np.sort(random.random((1, 100))))

    answer = apply_rank_average(ranked, fresh)[:, 1]

    assert (np.diff(answer) >= 0).all()


def test_a_member_that_says_one_thing_only_ranks_nothing() -> None:
    constant = np.full((1, 50, 2), 0.5)
    varied = binary(np.linspace(0, 1, 50))[None]
    members = np.concatenate([constant, varied])

    answer = apply_rank_average(fit_rank_average(members, HALVES), members)[:, 1]

    assert (np.diff(answer) >= 0).all()
    assert answer[-1] > answer[0]


def test_the_knots_of_many_classes_stay_few() -> None:
    members = np.random.default_rng(3).dirichlet(np.ones(100), (5, 300))

    ranked = fit_rank_average(members, np.full(5, 0.2))

    assert len(ranked.model_dump_json()) < 400_000
