"""What is worth a line, and how the line reads."""

from collections.abc import Callable
from typing import get_args

import pytest

from reports.narrator import REASONS, Narrator
from schemas.ensemble import Exclusion
from schemas.envelope import Envelope, Message
from schemas.inputs import (
    CancelRequested,
    EffectFailed,
    PrepareFailed,
    ProposeFailed,
    Tick,
)
from schemas.sayings import (
    ExplorationClosed,
    NoEnsemble,
    PoolFiltered,
    RepairRefused,
    RunCrashed,
    RunFinished,
    StrategyDropped,
)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (PrepareFailed(message="no column 'x'"), "the table cannot be used: no column"),
        (ProposeFailed(message="no connection"), "proposal failed: no connection"),
        (EffectFailed(exception="OSError", message="disk"), "internal failure: OSErr"),
        (CancelRequested(reason="ctrl-c"), "stopping: ctrl-c"),
        (RepairRefused(candidate="L1-v3", reason="3 tries"), "given up: L1-v3: 3 tri"),
        (NoEnsemble(reason="empty pool"), "no ensemble: empty pool"),
        (
            PoolFiltered(
                excluded=(
                    Exclusion(candidate="c01-v1", reason="weak: 4 errors behind"),
                    Exclusion(candidate="c02-v1", reason="weak: no better"),
                )
            ),
            "left out of ensembles: c01-v1 (weak: 4 errors behind); c02-v1 (weak: no better)",
        ),
        (
            StrategyDropped(strategy="hard_voting", reason="out of time"),
            "no hard voting: out of time",
        ),
        (RunFinished(status="no_model"), "run finished: no model"),
        (RunCrashed(exception="KeyError", message="x"), "run crashed: KeyError: x"),
    ],
)
def test_what_goes_wrong_has_a_line(
    as_envelope: Callable[[Message], Envelope], body: Message, line: str
) -> None:
    told = Narrator().tell(as_envelope(body))

    assert told is not None
    assert told.startswith(line)


def test_a_tick_is_no_news(as_envelope: Callable[[Message], Envelope]) -> None:
    assert Narrator().tell(as_envelope(Tick(elapsed_seconds=3.0))) is None


def test_a_hostile_message_becomes_one_visible_line(
    as_envelope: Callable[[Message], Envelope],
) -> None:
    body = ProposeFailed(message="\x1b]0;owned\a\r\nrun finished: done")

    told = Narrator().tell(as_envelope(body))

    assert told == "proposal failed: ]0;owned run finished: done"


def test_an_ensemble_that_is_no_better_is_no_news(a_run: list[Envelope]) -> None:
    narrator = Narrator()
    chosen = [line for line in a_run if line.body.kind == "ensemble_chosen"]

    assert narrator.tell(chosen[0]) is not None
    assert narrator.tell(chosen[0]) is None
    final = narrator.tell(chosen[1])
    assert final is not None
    assert final.startswith("ensemble is final: ")


def test_every_reason_to_end_exploration_has_words() -> None:
    reasons = get_args(ExplorationClosed.model_fields["reason"].annotation)

    assert set(REASONS) == set(reasons)


def test_that_the_models_budget_is_used_up_is_told(
    as_envelope: Callable[[Message], Envelope],
) -> None:
    told = Narrator().tell(as_envelope(ExplorationClosed(reason="llm_budget")))

    assert told == "exploration closed: the budget of the language model is used up"


def test_that_others_are_better_is_no_news(
    as_envelope: Callable[[Message], Envelope],
) -> None:
    crowded = Exclusion(candidate="c03-v1", reason="no room: 8", is_for_room=True)

    assert Narrator().tell(as_envelope(PoolFiltered(excluded=(crowded,)))) is None
