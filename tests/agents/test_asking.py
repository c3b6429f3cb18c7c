"""What an ask to improve a candidate carries."""

import pytest

from agents.asking import refine_ask, tune_ask
from agents.known import Known
from agents.leaderboard import Leaderboard, Standing
from schemas.asks import TriedVersion
from schemas.candidate import RAW_VIEW, View
from schemas.jobs import Rung
from tests.agents.samples import blob, make_candidate, make_scored, make_settings

BASE = Standing(
    make_candidate(),
    score=0.81234,
    standard_error=0.0123456,
    fold_scores=(0.79, 0.81, 0.83, 0.82),
    seconds=3.14159,
    train_score=0.98765,
)
NEW = View(name="features-1")


def known() -> Known:
    """Another candidate is on the board; the base was tried on the raw columns."""
    board = Leaderboard(greater_is_better=True)
    best = make_candidate("c07")
    board.add(best, make_scored(best, Rung.FULL, [0.85, 0.85]))
    found = Known(make_settings(trials=9), board)
    found.is_new(BASE.candidate.fingerprint, RAW_VIEW.name)
    return found


def test_a_refinement_knows_scores_spread_time_and_the_best_code() -> None:
    ask = refine_ask(BASE, 2, known())

    assert (ask.score, ask.standard_error) == (0.812, 0.0123)
    assert (ask.train_score, ask.seconds, ask.round) == (0.988, 3.14, 2)
    assert ask.fold_spread == pytest.approx(0.0247)
    assert ask.source == BASE.candidate.source
    assert ask.best is not None
    assert (ask.best.candidate, ask.best.score) == ("c07-v1", 0.85)


def test_a_refinement_names_the_newest_view_until_the_source_was_tried_on_it() -> None:
    facts = known()
    raw = refine_ask(BASE, 1, facts)
    facts.views.append(NEW)
    untried = refine_ask(BASE, 2, facts)
    facts.is_new(BASE.candidate.fingerprint, NEW.name)
    tried = refine_ask(BASE, 3, facts)

    found = (raw.untried_view, untried.untried_view, tried.untried_view)
    assert found == (None, NEW, None)


def test_a_tuning_round_knows_what_was_tried() -> None:
    history = (TriedVersion(source=blob("one"), score=0.7),)

    ask = tune_ask(BASE, 3, history, ())

    assert (ask.history, ask.round, ask.family) == (history, 3, "linear")
    assert ask.view == RAW_VIEW
