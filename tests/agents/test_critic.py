"""The Critic has failures mended, three times at most, and judges what was scored."""

import pytest

from agents.critic import REPAIRS_PER_LOOP, Critic
from bus.agent import Statement
from schemas.asks import RepairAsk
from schemas.commands import Examine, Propose
from schemas.envelope import Input
from schemas.inputs import EffectFailed, Examined, Proposed, ProposeFailed
from schemas.jobs import Rung
from schemas.proposals import FeatureProgram, NoProposal
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    FeatureJudged,
    LoopClosed,
    ProgramFailed,
    ProgramMended,
    RepairReady,
    RepairRefused,
    TrialScored,
    Verdict,
)
from tests.agents.conversation import Conversation, kinds, only
from tests.agents.samples import (
    blob,
    make_candidate,
    make_failed,
    make_failure,
    make_proposal,
    make_ready,
    make_repair,
    make_scored,
    make_settings,
)


def critic() -> Conversation:
    talk = Conversation(Critic(make_settings(trials=30)))
    talk.tell(make_ready())
    return talk


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


def test_what_died_of_memory_is_made_smaller_once_and_not_again() -> None:
    talk = critic()
    failed = make_failed(make_candidate(), "memory")
    (asked,) = talk.tell(failed, loop="c00")
    talk.tell(Proposed(proposal=make_repair("smaller")), loop="c00")

    said = talk.tell(failed, loop="c00")

    assert isinstance(asked.body, Propose)
    assert isinstance(asked.body.ask, RepairAsk)
    assert asked.body.ask.failure.kind == "memory"
    assert "memory" in only(said, RepairRefused).reason


FAILURE = make_failure()
PROGRAM = FeatureProgram(name="ratios", source=blob("ratios"), idea="relations")


def test_a_failed_feature_program_is_mended_like_a_candidate() -> None:
    talk = critic()

    (asked,) = talk.tell(ProgramFailed(program=PROGRAM, failure=FAILURE), loop="f00")

    assert isinstance(asked.body, Propose)
    assert asked.body.ask == RepairAsk(
        subject="features",
        candidate="ratios",
        source=PROGRAM.source,
        failure=FAILURE,
        attempt=1,
    )
    said = talk.tell(Proposed(proposal=make_repair("mended")), loop="f00")
    mended = only(said, ProgramMended)
    assert mended.program == PROGRAM.model_copy(update={"source": blob("mended")})
    assert mended.diagnosis == "a missing value"


def test_a_feature_program_gets_three_repairs_and_no_more() -> None:
    talk = critic()
    failed = ProgramFailed(program=PROGRAM, failure=FAILURE)
    for number in range(REPAIRS_PER_LOOP):
        assert kinds(talk.tell(failed, loop="f00")) == ["propose"]
        repair = Proposed(proposal=make_repair(f"mended {number}"))
        assert kinds(talk.tell(repair, loop="f00")) == ["program_mended"]

    refused = only(talk.tell(failed, loop="f00"), RepairRefused)

    assert (refused.candidate, refused.reason) == (
        "ratios",
        "still failing after 3 repairs",
    )


def test_a_feature_program_that_stays_as_it_was_is_given_up() -> None:
    talk = critic()
    talk.tell(ProgramFailed(program=PROGRAM, failure=FAILURE), loop="f00")

    said = talk.tell(Proposed(proposal=make_repair("ratios")), loop="f00")

    assert only(said, RepairRefused).reason == "the repair changed nothing"


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


def full(loop: str, score: float = 0.8, train: float | None = None) -> TrialScored:
    made = make_scored(make_candidate(loop), Rung.FULL, [score])
    return made.model_copy(update={"train_score": train})


def examining(talk: Conversation, loop: str = "c01") -> Statement:
    """Let a second candidate of the same family reach the end."""
    talk.tell(full("c00"), loop="c00")
    (asked,) = talk.tell(full(loop), loop=loop)
    return asked


def test_what_comes_second_is_held_against_what_came_first() -> None:
    asked = examining(critic())

    assert isinstance(asked.body, Examine)
    assert [fit.candidate.id for fit in asked.body.pool] == ["c00-v1"]
    assert asked.body.fit.candidate.id == "c01-v1"
    assert not asked.body.is_leak_suspected


def test_candidates_of_another_family_are_no_kin() -> None:
    talk = critic()
    talk.tell(full("c00"), loop="c00")
    other = full("c01")
    candidate = other.fit.candidate.model_copy(update={"family": "lightgbm"})
    fit = other.fit.model_copy(update={"candidate": candidate})

    said = talk.tell(other.model_copy(update={"fit": fit}), loop="c01")

    assert only(said, Verdict).verdict == "sound"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Examined(twin="c00-v1", likeness=0.999, leak=None), "duplicate"),
        (Examined(twin="c00-v1", likeness=0.99, leak=None), "sound"),
        (Examined(twin="c00-v1", likeness=0.99, leak="column 'a' tells"), "leaking"),
        (EffectFailed(exception="OSError", message="disk"), "sound"),
    ],
)
def test_what_was_found_decides(answer: Input, verdict: str) -> None:
    talk = critic()
    asked = examining(talk)

    said = talk.tell(answer, loop=asked.loop, key=asked.key)

    judged = only(said, Verdict)
    assert (judged.candidate, judged.verdict) == ("c01-v1", verdict)
    assert judged.rung is Rung.FULL


def test_a_rejected_twin_is_no_kin_of_later_ones() -> None:
    talk = critic()
    asked = examining(talk)
    twin = Examined(twin="c00-v1", likeness=0.999, leak=None)
    talk.tell(twin, loop="c01", key=asked.key)

    (later,) = talk.tell(full("c02"), loop="c02")

    assert isinstance(later.body, Examine)
    assert [fit.candidate.id for fit in later.body.pool] == ["c00-v1"]


def test_a_score_that_is_too_good_is_looked_into() -> None:
    talk = critic()

    (asked,) = talk.tell(full("c00", score=0.9999), loop="c00")

    assert isinstance(asked.body, Examine)
    assert (asked.body.is_leak_suspected, asked.body.pool) == (True, ())
    leak = Examined(twin=None, likeness=0.0, leak="column 'id' alone tells")
    judged = only(talk.tell(leak, loop="c00", key=asked.key), Verdict)
    assert (judged.verdict, judged.reason) == ("leaking", "column 'id' alone tells")


def test_what_knows_its_own_rows_by_heart_and_no_others_is_overfit() -> None:
    judged = only(critic().tell(full("c00", 0.5, 1.0), loop="c00"), Verdict)

    assert judged.verdict == "overfit"
    assert "baseline 0.5" in judged.reason


def test_at_the_end_examinations_are_taken_back() -> None:
    talk = critic()
    asked = examining(talk)

    said = talk.tell(ExplorationClosed(reason="budget"))

    assert only(said, CancelEffects).keys == (asked.key,)


def test_at_the_end_every_ask_that_is_out_is_taken_back() -> None:
    talk = critic()
    asked = [
        talk.tell(make_failed(make_candidate(loop)), loop=loop)[0].key
        for loop in ("c00", "c01", "c02", "c03")
    ]
    talk.tell(Proposed(proposal=NoProposal(reason="no idea")), loop="c01")
    talk.tell(Proposed(proposal=make_repair("mended")), loop="c03")

    said = talk.tell(ExplorationClosed(reason="budget"))

    assert only(said, CancelEffects).keys == (asked[0], asked[2])


def test_at_the_end_there_may_be_nothing_to_take_back() -> None:
    assert critic().tell(ExplorationClosed(reason="budget")) == []


def test_nobody_waits_for_the_repair_of_a_program_that_is_judged() -> None:
    talk = critic()
    failed = ProgramFailed(program=PROGRAM, failure=make_failure())
    (asked,) = talk.tell(failed, loop="f00")
    judged = FeatureJudged(program="ratios", accepted=(), judgements=())

    said = talk.tell(judged, loop="f00")

    assert only(said, CancelEffects).keys == (asked.key,)
    assert talk.tell(judged, loop="f00") == []


def test_nobody_waits_for_the_repair_of_a_loop_that_is_closed() -> None:
    talk = critic()
    (asked,) = talk.tell(make_failed(make_candidate()), loop="c00")

    said = talk.tell(LoopClosed(reason="out of time"), loop="c00")

    assert only(said, CancelEffects).keys == (asked.key,)
    assert talk.tell(LoopClosed(reason="again"), loop="c00") == []
    assert talk.tell(LoopClosed(reason="never ill"), loop="c01") == []
