"""Hyperparameters to try next."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.blocks import SUPERVISED
from proposers.expert.sources import Setting, read_parameters, supervised_source
from proposers.expert.spaces import SPACES
from proposers.expert.tuning import tuned_source
from schemas.asks import TriedVersion, TuneAsk
from schemas.candidate import RAW_VIEW

if TYPE_CHECKING:
    from tests.proposers.conftest import TextStore

BASE: dict[str, Setting] = {
    "num_leaves": 31,
    "learning_rate": 0.05,
    "feature_fraction": 0.8,
    "lambda_l2": 0.1,
    "rounds": 500,
}


def written(parameters: dict[str, Setting], family: str = "lightgbm") -> str:
    return supervised_source(
        "a candidate", SUPERVISED[family], parameters, is_classification=True
    )


def ask_for(
    store: "TextStore",
    count: int,
    history: list[tuple[dict[str, Setting], float]],
    best: dict[str, Setting] = BASE,
    family: str = "lightgbm",
) -> TuneAsk:
    return TuneAsk(
        candidate="c00-v1",
        source=store.keep_text(written(best, family)),
        family=family,
        title="a candidate",
        view=RAW_VIEW,
        score=0.8,
        standard_error=0.01,
        round=count,
        history=tuple(
            TriedVersion(source=store.keep_text(written(p, family)), score=score)
            for p, score in history
        ),
    )


def parameters_of(source: str | None) -> dict[str, Setting]:
    assert source is not None
    found = read_parameters(source)
    assert found is not None
    return found.parameters


def tune(
    store: "TextStore",
    count: int,
    history: list[tuple[dict[str, Setting], float]],
    seed: int = 0,
) -> dict[str, Setting]:
    ask = ask_for(store, count, history)
    return parameters_of(tuned_source(ask, store, seed, 1.0))


def test_every_round_tries_something_else_within_the_ranges(store: "TextStore") -> None:
    history = [(BASE, 0.8)]
    for count in range(1, 10):
        moved = tune(store, count, history)
        assert moved not in [parameters for parameters, _ in history]
        assert moved["rounds"] == BASE["rounds"]
        for name, bounds in SPACES["lightgbm"].items():
            if name in moved:
                assert 0.0 <= bounds.place(moved[name]) <= 1.0
        history.append((moved, 0.7))


def test_the_same_ask_is_answered_the_same_and_another_seed_otherwise(
    store: "TextStore",
) -> None:
    history = [(BASE, 0.8)]

    assert tune(store, 1, history) == tune(store, 1, history)
    assert tune(store, 1, history) != tune(store, 1, history, seed=1)


def test_later_rounds_stay_closer_to_the_best(store: "TextStore") -> None:
    space = SPACES["lightgbm"]

    def distance(count: int) -> float:
        moved = tune(store, count, [(BASE, 0.8)])
        return max(
            abs(space[n].place(moved[n]) - space[n].place(BASE[n]))
            for n in BASE
            if n in space
        )

    early = sum(distance(count) for count in (1, 2, 3))
    late = sum(distance(count) for count in (9, 10, 11))
    assert late < early


@pytest.mark.parametrize("is_low_good", [True, False])
def test_what_was_learned_from_the_history_decides_where_to_look(
    is_low_good: bool, store: "TextStore"
) -> None:
    history = [
        ({**BASE, "learning_rate": rate}, 0.9 if (rate < 0.03) == is_low_good else 0.5)
        for rate in (0.011, 0.013, 0.016, 0.06, 0.08, 0.1)
    ]
    # Every fourth round looks everywhere, so that the history alone decides.
    rates = [
        float(str(tune(store, 4, history, seed)["learning_rate"])) for seed in range(9)
    ]

    middle = sorted(rates)[len(rates) // 2]
    assert (middle < 0.035) == is_low_good


def test_scores_that_should_be_small_turn_good_and_poor_round(
    store: "TextStore",
) -> None:
    history = [({**BASE, "num_leaves": n}, float(n)) for n in (3, 5, 9, 80, 120, 190)]
    ask = ask_for(store, 4, history)

    up, down = (
        parameters_of(tuned_source(ask, store, 3, sign))["num_leaves"]
        for sign in (1.0, -1.0)
    )

    assert int(str(down)) < int(str(up))


def test_nothing_is_left_to_tune_once_everything_was_tried(store: "TextStore") -> None:
    best: dict[str, Setting] = {"scaling": "standard"}
    history = [({"scaling": s}, 0.8) for s in ("standard", "robust", "quantile")]
    ask = ask_for(store, 2, [(dict(p), s) for p, s in history], best, "neighbors")

    assert tuned_source(ask, store, 0, 1.0) is None


def test_foreign_sources_are_not_tuned(store: "TextStore") -> None:
    ask = ask_for(store, 1, [])
    foreign = store.keep_text("class Candidate: ...")
    unknown = ask.model_copy(update={"family": "mystery"})

    for other in (ask.model_copy(update={"source": foreign}), unknown):
        assert tuned_source(other, store, 0, 1.0) is None
