"""The Critic has failures mended, three times at most, and judges what was scored."""

import pytest

from agents.critic import REPAIRS_PER_LOOP, Critic
from schemas.asks import RepairAsk
from schemas.commands import Propose
from schemas.envelope import Input
from schemas.inputs import EffectFailed, Proposed, ProposeFailed
from schemas.jobs import Rung
from schemas.proposals import NoProposal
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    RepairReady,
    RepairRefused,
    Verdict,
)
from tests.agents.conftest import (
    Conversation,
    kinds,
    make_candidate,
    make_failed,
    make_proposal,
    make_repair,
    make_scored,
    make_settings,
    only,
)


def critic() -> Conversation:
    return Conversation(Critic(make_settings(trials=30)))


def test_a_failure_is_followed_by_an_ask_for_a_repair() -> None:
    candidate = make_candidate()
    failed = make_failed(candidate)

    (asked,) = critic().tell(failed, loop="c00")

    assert isinstance(asked.body, Propose)
    assert asked.body.ask == RepairAsk(
        candidate="c00-v1", source=candidate.source, failure=failed.failure, attempt=1
    )
    assert asked.loop == "c00"


def test_a_repair_becomes_the_next_version_of_the_same_candidate() -> None:
    talk = critic()
    candidate = make_candidate()
    talk.tell(make_failed(candidate), loop="c00")

    said = talk.tell(Proposed(proposal=make_repair("mended")), loop="c00")

    ready = only(said, RepairReady)
    mended = ready.candidate
    assert (mended.id, mended.version, mended.parent) == ("c00-v2", 2, "c00-v1")
    assert (mended.operator, mended.source) == (
        "repair",
        make_repair("mended").source,
    )
    assert (mended.family, mended.view) == (candidate.family, candidate.view)
    assert ready.diagnosis == "a missing value"


def test_after_three_repairs_a_candidate_is_given_up() -> None:
    talk = critic()
    candidate = make_candidate()
    attempts = []
    for number in range(REPAIRS_PER_LOOP):
        (asked,) = talk.tell(make_failed(candidate), loop="c00")
        assert isinstance(asked.body, Propose)
        assert isinstance(asked.body.ask, RepairAsk)
        attempts.append((asked.body.ask.attempt, asked.key))
        repair = Proposed(proposal=make_repair(f"mended {number}"))
        candidate = only(talk.tell(repair, loop="c00"), RepairReady).candidate

    refused = only(talk.tell(make_failed(candidate), loop="c00"), RepairRefused)

    assert [attempt for attempt, _ in attempts] == [1, 2, 3]
    assert len({key for _, key in attempts}) == 3
    assert refused.candidate == "c00-v4"
    assert refused.reason == "still failing after 3 repairs"


def test_every_loop_has_three_repairs_of_its_own() -> None:
    talk = critic()
    for loop in ("c00", "c01", "c00", "c01", "c00", "c01"):
        said = talk.tell(make_failed(make_candidate(loop)), loop=loop)
        assert kinds(said) == ["propose"]

    for loop in ("c00", "c01"):
        said = talk.tell(make_failed(make_candidate(loop)), loop=loop)
        assert kinds(said) == ["repair_refused"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Proposed(proposal=NoProposal(reason="no idea")), "no idea"),
        (Proposed(proposal=make_proposal("draft")), "the answer was no repair"),
        (ProposeFailed(message="down"), "the ask for a repair failed: down"),
        (
            EffectFailed(exception="OSError", message="disk"),
            "the ask for a repair failed: disk",
        ),
        (
            Proposed(
                proposal=make_repair("x").model_copy(
                    update={"fingerprint": make_candidate().fingerprint}
                )
            ),
            "the repair changed nothing",
        ),
    ],
)
def test_an_ask_that_leads_nowhere_is_the_end(answer: Input, reason: str) -> None:
    talk = critic()
    talk.tell(make_failed(make_candidate()), loop="c00")

    refused = only(talk.tell(answer, loop="c00"), RepairRefused)

    assert refused == RepairRefused(candidate="c00-v1", reason=reason)


def test_our_own_bug_is_not_for_a_proposer_to_mend() -> None:
    said = critic().tell(make_failed(make_candidate(), kind="internal"), loop="c00")

    assert only(said, RepairRefused).reason == "not its own fault: NaN"


def verdict_of(
    talk: Conversation, rung: Rung, loop: str = "c00", distinct: int = 99
) -> Verdict:
    scored = make_scored(make_candidate(loop), rung, [0.8], distinct)
    return only(talk.tell(scored, loop=loop), Verdict)


@pytest.mark.parametrize("rung", Rung)
def test_what_tells_rows_apart_is_sound(rung: Rung) -> None:
    assert verdict_of(critic(), rung, distinct=2) == Verdict(
        candidate="c00-v1", rung=rung, verdict="sound", reason=""
    )


@pytest.mark.parametrize(
    ("rung", "verdict"),
    [(Rung.SMOKE, "sound"), (Rung.SCREEN, "degenerate"), (Rung.FULL, "degenerate")],
)
def test_what_says_the_same_of_every_row_is_degenerate_but_not_after_few_rows(
    rung: Rung, verdict: str
) -> None:
    assert verdict_of(critic(), rung, distinct=1).verdict == verdict


def test_what_predicts_exactly_what_another_does_is_a_duplicate() -> None:
    talk = critic()
    first = make_scored(make_candidate("c00"), Rung.FULL, [0.8])
    twin = first.model_copy(update={"candidate": "c01-v1"})

    assert only(talk.tell(first, loop="c00"), Verdict).verdict == "sound"
    judged = only(talk.tell(twin, loop="c01"), Verdict)

    assert judged.verdict == "duplicate"
    assert judged.reason == "it predicts exactly what c00-v1 does"


@pytest.mark.parametrize("rung", [Rung.SMOKE, Rung.SCREEN])
def test_a_few_rows_or_one_fold_make_no_duplicate(rung: Rung) -> None:
    talk = critic()
    first = make_scored(make_candidate("c00"), rung, [0.8])
    twin = first.model_copy(update={"candidate": "c01-v1"})
    talk.tell(first, loop="c00")

    assert only(talk.tell(twin, loop="c01"), Verdict).verdict == "sound"


def test_at_the_end_every_ask_that_is_out_is_taken_back() -> None:
    talk = critic()
    asked = [
        talk.tell(make_failed(make_candidate(loop)), loop=loop)[0].key
        for loop in ("c00", "c01", "c02")
    ]
    talk.tell(Proposed(proposal=NoProposal(reason="no idea")), loop="c01")

    said = talk.tell(ExplorationClosed(reason="budget"))

    assert only(said, CancelEffects).keys == (asked[0], asked[2])


def test_at_the_end_there_may_be_nothing_to_take_back() -> None:
    assert critic().tell(ExplorationClosed(reason="budget")) == []
