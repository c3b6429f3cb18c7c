"""The Ensembler asks for a strategy, and takes what the user or the numbers say."""

from typing import get_args

import pytest

from agents.ensembler import ASKING_POOL
from schemas.asks import StrategyAsk
from schemas.commands import Combine, Propose
from schemas.ensemble import Strategy, StrategyChoice
from schemas.inputs import Proposed, ProposeFailed
from schemas.proposals import NoProposal, StrategyProposal
from schemas.sayings import ExplorationClosed, StrategyDropped
from tests.agents.conversation import kinds, only
from tests.agents.ensembling import CLOSED, FAILED, close, combined, ensembler, pool
from tests.agents.samples import make_settings


def test_the_proposer_is_asked_once_there_is_enough_to_say() -> None:
    talk = ensembler()
    said = [pool(talk, number, 0.8 - number / 100) for number in range(ASKING_POOL + 1)]

    asked = [[s for s in each if isinstance(s.body, Propose)] for each in said]
    assert [len(each) for each in asked] == [0] * (ASKING_POOL - 1) + [1, 0]
    ask = only(asked[-2], Propose).ask
    assert isinstance(ask, StrategyAsk)
    assert ask.choices == get_args(Strategy)
    assert [line.id for line in ask.leaderboard] == [
        f"c{number:02d}-v1" for number in range(ASKING_POOL)
    ]
    assert [(cell.family, cell.view, cell.count) for cell in ask.tried] == [
        ("linear", "raw", ASKING_POOL)
    ]


def test_without_feedback_the_ask_carries_no_scores() -> None:
    talk = ensembler(make_settings(trials=30, is_feedback_on=False))
    combined(talk, pool(talk, 0))

    ask = only(talk.tell(CLOSED), Propose).ask

    assert isinstance(ask, StrategyAsk)
    assert ask.leaderboard == ()


def test_the_last_ensemble_waits_for_the_answer_and_takes_it_along() -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0))
    asked = talk.tell(CLOSED)
    assert kinds(asked) == ["propose"]
    proposal = StrategyProposal(strategy="voting", reason="few rows", origin="llm")

    said = talk.tell(Proposed(proposal=proposal), key=asked[0].key)

    assert only(said, Combine).suggested == "voting"


@pytest.mark.parametrize(
    "answer",
    [
        ProposeFailed(message="down"),
        Proposed(proposal=NoProposal(reason="no idea")),
        FAILED,
    ],
)
def test_without_an_answer_the_numbers_decide(answer: Proposed | ProposeFailed) -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0))

    command = only(close(talk, answer), Combine)

    assert (command.strategy, command.suggested) == ("auto", None)


@pytest.mark.parametrize("strategy", ["greedy", "voting", "stacking", "best"])
def test_a_strategy_of_the_users_own_is_not_asked_about(
    strategy: StrategyChoice,
) -> None:
    talk = ensembler(make_settings(trials=30, ensemble=strategy))
    combined(talk, pool(talk, 0))

    said = talk.tell(CLOSED)

    assert kinds(said) == ["combine"]
    assert only(said, Combine).strategy == strategy


def test_a_user_who_cancels_waits_for_nothing() -> None:
    talk = ensembler(make_settings(trials=30, ensemble="bagging"))
    combined(talk, pool(talk, 0))

    said = talk.tell(ExplorationClosed(reason="cancelled"))

    assert kinds(said) == ["strategy_dropped", "combine"]
    assert only(said, StrategyDropped).reason == "no refit was completed"
