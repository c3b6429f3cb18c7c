"""Once drafts run out, the Modeler has the best tuned and refined, as long as it pays."""

import pytest

from agents.modeler import OPEN_LOOPS
from bus.agent import Statement
from schemas.asks import DraftAsk, RefineAsk, TuneAsk
from schemas.commands import Propose
from schemas.inputs import (
    ProposeFailed,
)
from schemas.sayings import (
    CandidateDrafted,
    ModelingFinished,
)
from tests.agents.conversation import only
from tests.agents.desk import (
    Desk,
    asks_in,
    desk,
    improving,
)
from tests.agents.samples import make_settings


def test_when_drafts_run_out_the_best_are_tuned_and_refined() -> None:
    _, said = improving(make_settings(trials=200))

    asks = [ask for ask in asks_in(said) if not isinstance(ask, DraftAsk)]
    tunings = [ask for ask in asks if isinstance(ask, TuneAsk)]
    assert [ask.round for ask in tunings] == [1, 2, 3, 4]
    assert {ask.candidate for ask in tunings} == {"c00-v1"}
    assert len(tunings[0].history) == 1
    assert [ask.round for ask in asks if isinstance(ask, RefineAsk)] == [2, 3]


def test_a_tuned_version_says_what_it_was_made_from() -> None:
    work, said = improving(make_settings(trials=200, is_feedback_on=False))
    asked = [s for s in said if isinstance(s.body, Propose)]
    tuning = next(
        s for s in asked if isinstance(s.body, Propose) and s.body.ask.kind == "tune"
    )

    drafted = work.propose("tuned", tuning.loop or "")

    candidate = only(drafted, CandidateDrafted).candidate
    assert (candidate.operator, candidate.parent, candidate.version) == (
        "tune",
        "c00-v1",
        1,
    )


def test_when_nothing_pays_any_more_the_plateau_is_reached() -> None:
    work, said = improving(make_settings(trials=900))
    everything = list(said)
    out = {
        s.loop
        for s in said
        if isinstance(s.body, Propose) and s.body.ask.kind != "draft"
    }
    for number in range(99):
        if not out:
            break
        loop = sorted(out, key=str)[0]
        out.remove(loop)
        said = work.climb(work.propose(f"version {number}", loop or ""), 0.8)
        out |= {s.loop for s in said if isinstance(s.body, Propose)}
        everything += said

    assert only(everything, ModelingFinished).reason == "plateau"


def test_without_feedback_nothing_is_refined_and_no_ask_carries_scores() -> None:
    work, said = improving(make_settings(trials=200, is_feedback_on=False))

    asks = asks_in([*work.opening, *said])
    assert {type(ask) for ask in asks} == {DraftAsk, TuneAsk}
    assert all(not getattr(ask, "leaderboard", ()) for ask in asks)


def test_without_tuning_nothing_is_tuned() -> None:
    work, said = improving(make_settings(trials=200, is_tuning_on=False))

    assert {type(ask) for ask in asks_in([*work.opening, *said])} == {
        DraftAsk,
        RefineAsk,
    }


def test_without_either_the_run_ends_with_its_drafts() -> None:
    wanted = make_settings(trials=200, is_tuning_on=False, is_feedback_on=False)
    work, said = improving(wanted)

    assert {type(ask) for ask in asks_in([*work.opening, *said])} == {DraftAsk}
    assert only(said, ModelingFinished).reason == "exhausted"


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_a_candidate_is_refined_as_often_as_the_user_wants(rounds: int) -> None:
    work = Desk(make_settings(trials=200, model_rounds=rounds))
    said = work.climb(work.propose("draft"))
    count = 0
    while any(isinstance(ask, RefineAsk) for ask in asks_in(said)):
        count += 1
        said = work.climb(work.propose(f"better {count}"), 0.8 + count / 100)

    assert count == rounds


def test_a_second_refinement_starts_from_the_best_version_of_the_loop() -> None:
    work = Desk(make_settings(trials=200, model_rounds=2))
    work.climb(work.propose("draft"), 0.8)

    said = work.climb(work.propose("worse"), 0.7)

    (ask,) = asks_in(said)
    assert isinstance(ask, RefineAsk)
    assert (ask.candidate, ask.round) == ("c00-v1", 2)
    drafted = only(work.propose("third"), CandidateDrafted).candidate
    assert (drafted.version, drafted.parent) == (3, "c00-v1")


def test_rounds_that_were_asked_for_need_not_wait_for_the_last_draft() -> None:
    work = Desk(make_settings(trials=900, tuning_rounds=1, is_feedback_on=False))

    said: list[Statement] = []
    for number in range(OPEN_LOOPS + 2):
        said += work.climb(work.propose(f"draft {number}", f"c{number:02d}"))

    tunings = [ask for ask in asks_in(said) if isinstance(ask, TuneAsk)]
    assert [ask.round for ask in tunings] == [1]


def test_a_draft_is_told_how_the_candidates_spread() -> None:
    work = desk()
    for number in range(3):
        work.propose(f"draft {number}", f"c{number:02d}")

    said = work.answer(ProposeFailed(message="down"), "c03")

    (ask,) = asks_in(said)
    assert isinstance(ask, DraftAsk)
    (cell,) = ask.tried
    assert (cell.family, cell.view, cell.count) == ("linear", "raw", 3)
