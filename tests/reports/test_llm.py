"""What a model took and brought, from the journal."""

import pytest

from reports.llm_view import llm_lines
from reports.result import derive_result
from schemas.ensemble import PlainScore
from schemas.envelope import Cost, Envelope
from schemas.inputs import Combined, EffectCancelled, Proposed, RunStarted

PAID = (Proposed, EffectCancelled)


def asked_by(run: list[Envelope], proposer: str) -> list[Envelope]:
    """The same run with another proposer, priced answers and a score without them."""
    changed = []
    for line in run:
        body, cost = line.body, line.cost
        if isinstance(body, RunStarted):
            settings = body.settings.model_copy(update={"proposer": proposer})
            body = body.model_copy(update={"settings": settings})
        elif isinstance(body, Combined):
            without = PlainScore(score=0.84, standard_error=0.01, nested=0.8405)
            body = body.model_copy(update={"without_added": without})
        elif isinstance(body, Proposed | EffectCancelled):
            cost = Cost(calls=2, tokens=600, money=0.25, answer_seconds=1.5)
        changed.append(line.model_copy(update={"body": body, "cost": cost}))
    return changed


def test_a_run_without_a_model_has_nothing_to_tell(a_run: list[Envelope]) -> None:
    assert derive_result(a_run).llm is None
    assert derive_result(asked_by(a_run, "scripted:x.toml")).llm is None


@pytest.mark.parametrize("proposer", ["hybrid", "hybrid:ideas.toml", "llm"])
def test_calls_tokens_money_and_waiting_are_added_up(
    proposer: str, a_run: list[Envelope]
) -> None:
    run = asked_by(a_run, proposer)
    asked = [line.body for line in run if isinstance(line.body, PAID)]
    answers = len(asked)
    assert {type(body) for body in asked} == set(PAID)

    llm = derive_result(run).llm

    assert llm is not None
    assert (llm.calls, llm.tokens) == (2 * answers, 600 * answers)
    assert llm.money == 0.25 * answers
    assert llm.answer_seconds == 1.5 * answers


def test_the_gain_compares_nested_scores_and_has_a_price(a_run: list[Envelope]) -> None:
    llm = derive_result(asked_by(a_run, "hybrid")).llm

    assert llm is not None
    assert (llm.with_it, llm.without_it) == (0.8455, 0.8405)
    assert llm.gain == pytest.approx(0.005)
    assert llm.points_per_dollar == pytest.approx(0.005 / llm.money)
    text = dict(llm_lines(llm))["model's worth"]
    assert "0.8455 with it, 0.8405 without" in text
    assert "a dollar" in text
