"""The neural network as an estimator."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from toolkit.inner_split import inner_split
from toolkit.mlp import FEWEST_EPOCHS, MLP
from toolkit.mlp_training import batch_rows, end_of_wave, fading, wave

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def _ring(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    values = np.random.default_rng(seed).normal(size=(rows, 2))
    inside = (values**2).sum(axis=1) < 1.4
    return pd.DataFrame(values, columns=["a", "b"]), inside.astype(np.int64)


def test_it_learns_what_no_line_can_tell(make_spec: "MakeSpec") -> None:
    table, inside = _ring(600, 0)
    later, truth = _ring(400, 1)
    model = MLP(make_spec("binary", ("no", "yes")), width=32, epochs=40)

    said = model.fit(table, inside).predict_proba(later)

    assert roc_auc_score(truth, said[:, 1]) > 0.97


def test_values_stay_within_what_was_seen(make_spec: "MakeSpec") -> None:
    table = pd.DataFrame({"a": np.linspace(0, 1, 200)})
    model = MLP(make_spec("regression"), width=16, epochs=20)

    model.fit(table, 10 * table["a"].to_numpy())

    far = model.predict(pd.DataFrame({"a": [-1e6, 1e6]}))
    assert far.min() >= 0
    assert far.max() <= 10


def test_little_time_means_few_epochs(make_spec: "MakeSpec") -> None:
    table, inside = _ring(300, 0)
    spec = replace(make_spec("binary", ("no", "yes")), seconds=1e-3)

    model = MLP(spec, width=16).fit(table, inside)

    assert model.training.epochs == FEWEST_EPOCHS


def test_the_rate_goes_up_and_down_four_times_and_ends_at_nothing() -> None:
    factors = np.array([wave(done) for done in np.linspace(0, 1, 2001)])

    peaks = (factors[1:-1] > factors[:-2]) & (factors[1:-1] > factors[2:])
    assert peaks.sum() == 4
    assert abs(factors[-1]) < 1e-9
    assert fading(0.3) == 1
    assert fading(1.0) == 0


@given(epochs=st.integers(1, 300), data=st.data())
def test_a_wave_ends_within_the_training(epochs: int, data: st.DataObject) -> None:
    epoch = data.draw(st.integers(0, epochs - 1))

    assert epoch <= end_of_wave(epoch, epochs) < epochs


def test_waves_of_a_usual_training_end_in_four_epochs() -> None:
    assert sorted({end_of_wave(epoch, 64) for epoch in range(64)}) == [3, 12, 29, 63]
    assert all(wave((end + 1) / 64) < 0.03 for end in (3, 12, 29, 63))


def test_the_second_network_learns_from_the_rows_set_aside_too(
    make_spec: "MakeSpec",
) -> None:
    rows = 300
    model = MLP(make_spec("regression"), width=16, epochs=60, dropout=0, members=2)
    split = inner_split(np.zeros(rows), model.spec.seed, is_stratified=False)
    is_aside = np.zeros(rows)
    is_aside[split.check] = 1
    table = pd.DataFrame({"a": is_aside})

    model.fit(table, 5 * is_aside)

    aside = model.encoder.transform(pd.DataFrame({"a": [1.0]})).astype(np.float32)
    first, second = (network.output(aside)[0, 0] for network in model.networks)
    assert first < 0
    assert second > 0.5


def test_batches_grow_with_the_table_between_bounds() -> None:
    assert [batch_rows(n) for n in (10, 300, 3200, 10**6)] == [10, 64, 200, 256]


def test_bins_help_a_network_with_steps(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.uniform(0, 8, 800)})
    steps = (np.floor(table["a"]) % 2).to_numpy()

    plain, binned = (
        MLP(make_spec("regression"), width=32, epochs=40, bins=bins)
        .fit(table[:600], steps[:600])
        .predict(table[600:])
        for bins in (0, 32)
    )

    assert np.mean((binned - steps[600:]) ** 2) < 0.5 * np.mean(
        (plain - steps[600:]) ** 2
    )
