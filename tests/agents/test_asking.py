"""What an ask to improve a candidate carries."""

import pytest

from agents.asking import refine_ask, tune_ask
from agents.leaderboard import Standing
from schemas.asks import BestVersion, TriedVersion
from schemas.candidate import RAW_VIEW
from tests.agents.samples import blob, make_candidate

BASE = Standing(
    make_candidate(),
    score=0.81234,
    standard_error=0.0123456,
    fold_scores=(0.79, 0.81, 0.83, 0.82),
    seconds=3.14159,
    train_score=0.98765,
)
BEST = BestVersion(
    candidate="c07-v2",
    family="lightgbm",
    title="trees",
    view="raw",
    source=blob("best"),
    score=0.85,
)


def test_a_refinement_knows_scores_spread_time_and_the_best_code() -> None:
    ask = refine_ask(BASE, 2, (RAW_VIEW,), BEST, ())

    assert (ask.score, ask.standard_error) == (0.812, 0.0123)
    assert (ask.train_score, ask.seconds, ask.round) == (0.988, 3.14, 2)
    assert ask.fold_spread == pytest.approx(0.0247)
    assert ask.source == BASE.candidate.source
    assert ask.best == BEST


def test_a_tuning_round_knows_what_was_tried() -> None:
    history = (TriedVersion(source=blob("one"), score=0.7),)

    ask = tune_ask(BASE, 3, history, ())

    assert (ask.history, ask.round, ask.family) == (history, 3, "linear")
    assert ask.view == RAW_VIEW
