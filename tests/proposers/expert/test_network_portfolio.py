"""How long networks learn."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.bins import FEW
from proposers.expert.entry import Entry
from proposers.expert.network_portfolio import (
    EPOCHS_OF_A_MEMBER,
    FEWEST_EPOCHS,
    LOW_DROPOUT,
    MOST_EPOCHS,
    MOST_MEMBERS,
    USUAL_DROPOUT,
    NetworkTraining,
    network_entries,
    network_training,
)
from proposers.expert.pace import pace_of
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing


def _training(
    briefing_for: "MakeBriefing", rows: int, budget: float | None = 60.0
) -> NetworkTraining | None:
    briefing = briefing_for(TaskKind.BINARY, rows, budget)
    return network_training(briefing, pace_of(briefing))


def test_few_rows_are_learned_by_two_networks_for_as_long_as_it_pays(
    briefing_for: "MakeBriefing",
) -> None:
    assert _training(briefing_for, 1000) == NetworkTraining(MOST_EPOCHS // 2, members=2)


def test_more_rows_are_passed_over_less_often(briefing_for: "MakeBriefing") -> None:
    middle = _training(briefing_for, 9_000)

    assert middle is not None
    assert middle.members == 1
    assert FEWEST_EPOCHS <= middle.epochs < MOST_EPOCHS


def test_a_longer_budget_trains_longer(briefing_for: "MakeBriefing") -> None:
    short, long = (_training(briefing_for, 20_000, b) for b in (120.0, 300.0))

    assert short is not None
    assert long is not None
    assert short.epochs * short.members < long.epochs * long.members


def test_more_networks_are_averaged_where_all_cost_no_more_than_another_candidate(
    briefing_for: "MakeBriefing",
) -> None:
    cheap, dear = (_training(briefing_for, 500, budget) for budget in (300.0, 30.0))

    assert cheap == NetworkTraining(EPOCHS_OF_A_MEMBER, members=MOST_MEMBERS)
    assert dear is not None
    assert dear.members <= 2


def test_no_network_is_drafted_where_time_is_too_short(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 500_000, 60.0)

    assert network_training(briefing, pace_of(briefing)) is None
    assert network_entries(briefing, pace_of(briefing)) == {}


def test_runs_bounded_by_trials_train_alike_on_every_table(
    briefing_for: "MakeBriefing",
) -> None:
    assert _training(briefing_for, 500_000, None) == _training(briefing_for, 100, None)


def test_many_rows_of_few_inputs_are_learned_with_little_dropout_first(
    briefing_for: "MakeBriefing",
) -> None:
    few, many = (briefing_for(TaskKind.BINARY, rows, None) for rows in (1_400, 20_000))

    networks = network_entries(few, pace_of(few))
    robust = network_entries(many, pace_of(many))

    assert networks["network"].parameters["dropout"] == USUAL_DROPOUT
    assert robust["network"].parameters["dropout"] == LOW_DROPOUT
    assert robust["second network"].parameters == networks["network"].parameters


def test_many_inputs_keep_the_usual_dropout(briefing_for: "MakeBriefing") -> None:
    briefing = briefing_for(TaskKind.BINARY, 3_000, None)
    columns = briefing.profile.columns * 10
    names = briefing.schema_.columns * 10
    wide = briefing.model_copy(
        update={
            "profile": briefing.profile.model_copy(update={"columns": columns}),
            "schema_": briefing.schema_.model_copy(update={"columns": names}),
        }
    )

    entries = network_entries(wide, pace_of(wide))

    assert entries["network"].parameters["dropout"] == USUAL_DROPOUT
    assert "binned network" not in entries


def test_numbers_in_bins_cost_time(briefing_for: "MakeBriefing") -> None:
    briefing = briefing_for(TaskKind.BINARY, 12_000, 60.0)

    entries = network_entries(briefing, pace_of(briefing))

    plain, binned = entries["network"], entries["binned network"]
    assert _number(binned, "bins") == FEW
    assert _passes(binned) < _passes(plain)


@pytest.mark.parametrize(
    ("rows", "budget", "bins"),
    [(1_000, 60.0, FEW), (9_000, 600.0, 25), (9_000, 60.0, 12)],
)
def test_values_of_many_rows_get_as_many_bins_as_there_is_time_for(
    rows: int, budget: float, bins: int, briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(TaskKind.REGRESSION, rows, budget)

    entries = network_entries(briefing, pace_of(briefing))

    assert entries["binned network"].parameters["bins"] == bins


def _passes(network: Entry) -> int:
    return _number(network, "epochs") * _number(network, "members")


def _number(network: Entry, name: str) -> int:
    value = network.parameters[name]
    assert isinstance(value, int)
    return value
