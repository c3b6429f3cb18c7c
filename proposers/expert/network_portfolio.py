"""Networks that learn from the table alone, as long as the time of a candidate allows."""

from dataclasses import replace
from typing import NamedTuple

from proposers.expert.bins import FEW, bins_of
from proposers.expert.entry import Entry
from proposers.expert.inputs import (
    ONE_HOT_LEVELS,
    count_inputs,
    count_numbers,
    one_hot_levels,
)
from proposers.expert.pace import NETWORK_SHARES, Pace
from proposers.expert.sources import Setting
from schemas.asks import Briefing

FEWEST_EPOCHS = 30
EPOCHS_OF_A_PAIR = 96
"""From so many epochs on, two networks share them: their mean is better than one."""
MOST_EPOCHS = 128
"""Of all networks of a candidate together, unless they are cheap."""
EPOCHS_OF_A_MEMBER = 64
MOST_MEMBERS = 4
"""So many are averaged where all of them cost no more than another candidate."""
TITLES = {
    1: "Neural network",
    2: "Mean of two neural networks",
    3: "Mean of three neural networks",
    4: "Mean of four neural networks",
}
USUAL_DROPOUT = 0.15
LOW_DROPOUT = 0.05
FEWEST_ROWS_OF_LOW_DROPOUT = 1_500
ROWS_PER_INPUT_OF_LOW_DROPOUT = 60
"""So many rows for each input hardly let a network learn them by heart."""

SECONDS_PER_EPOCH = 1.3e-3
SECONDS_PER_STEP = 2e-4
SECONDS_PER_ROW = 5.2e-6
SECONDS_PER_CELL = 1e-8
"""Of three layers of 128 where other cores are busy too, which takes 1.3 to 1.4 times as long
as alone: a network that is not through in time is lost. A fold's learns from three rows of
four."""
BATCH_ROWS = (64, 256)
STEPS = 16
MOST_BINNED_NUMBERS = 80
"""Pictures and other tables of many alike columns lose by bins."""
MOST_BIN_INPUTS = 1_000
"""All bins of a row together, as the toolkit shows them."""


class NetworkTraining(NamedTuple):
    """How many networks of a candidate make how many passes over the rows each."""

    epochs: int
    members: int


def network_entries(briefing: Briefing, pace: Pace) -> dict[str, Entry]:
    """Networks by name, unless time suffices for too few passes over the rows.

    Where rows are many for each input, little dropout is better; such tables get the
    usual network last, others a slim one.
    """
    training = network_training(briefing, pace)
    if training is None:
        return {}
    usual, slim = _usual(training), _slim(training)
    low = replace(
        usual,
        title=f"{usual.title}, little dropout",
        parameters={**usual.parameters, "dropout": LOW_DROPOUT},
    )
    first, second = (
        (low, usual) if _has_many_rows_per_input(briefing) else (usual, slim)
    )
    return {
        "network": first,
        "second network": second,
        **_binned(first, briefing, pace),
    }


def _usual(training: NetworkTraining) -> Entry:
    settings: dict[str, Setting] = {
        "width": 128,
        "dropout": USUAL_DROPOUT,
        "rate_factor": 1.0,
    }
    title = f"{TITLES[training.members]}, 3 layers of 128"
    return Entry("mlp", title, settings | _common(training))


def _slim(training: NetworkTraining) -> Entry:
    settings: dict[str, Setting] = {"width": 64, "dropout": 0.3, "rate_factor": 0.5}
    title = f"{TITLES[training.members]}, 3 layers of 64, slower"
    return Entry("mlp", title, settings | _common(training))


def _common(training: NetworkTraining) -> dict[str, Setting]:
    return {
        "layers": 3,
        "decay": 0.02,
        "epochs": training.epochs,
        "members": training.members,
    }


def _binned(network: Entry, briefing: Briefing, pace: Pace) -> dict[str, Entry]:
    """The same network that is shown its numbers in bins as well.

    It gets as many bins as leave time for a pair of networks, 8 at the least.
    """
    numbers = count_numbers(briefing)
    if not 0 < numbers <= MOST_BINNED_NUMBERS:
        return {}
    bins = min(bins_of(briefing.task), MOST_BIN_INPUTS // numbers)
    training = network_training(briefing, pace, bins)
    while bins >= 2 * FEW and (training is None or training.members == 1):
        bins //= 2
        training = network_training(briefing, pace, bins)
    if training is None:
        return {}
    settings = {**network.parameters, **_common(training), "bins": bins}
    title = f"{network.title}, numbers in bins, too"
    return {"binned network": replace(network, title=title, parameters=settings)}


def _has_many_rows_per_input(briefing: Briefing) -> bool:
    rows = briefing.task.rows
    inputs = count_inputs(briefing, ONE_HOT_LEVELS)
    fewest = max(FEWEST_ROWS_OF_LOW_DROPOUT, ROWS_PER_INPUT_OF_LOW_DROPOUT * inputs)
    return rows >= fewest


def network_training(
    briefing: Briefing, pace: Pace, bins: int = 0
) -> NetworkTraining | None:
    """How long networks learn from this table; None if time does not suffice."""
    epochs, cheap_members = MOST_EPOCHS, 0
    if pace.seconds is not None:
        affordable = pace.seconds / _epoch_seconds(briefing, bins)
        epochs = min(round(NETWORK_SHARES * affordable), MOST_EPOCHS)
        cheap_members = min(int(affordable / EPOCHS_OF_A_MEMBER), MOST_MEMBERS)
    if epochs < FEWEST_EPOCHS:
        return None
    members = 2 if epochs >= EPOCHS_OF_A_PAIR else 1
    if cheap_members > members:
        return NetworkTraining(EPOCHS_OF_A_MEMBER, cheap_members)
    return NetworkTraining(epochs // members, members)


def _epoch_seconds(briefing: Briefing, bins: int) -> float:
    """What one pass over the rows of a fold takes."""
    levels = one_hot_levels(briefing.task.kind)
    rows, inputs = briefing.task.rows, count_inputs(briefing, levels, bins)
    smallest, largest = BATCH_ROWS
    steps = rows / min(max(rows / STEPS, smallest), largest)
    each_row = SECONDS_PER_ROW + inputs * SECONDS_PER_CELL
    return SECONDS_PER_EPOCH + steps * SECONDS_PER_STEP + rows * each_row
