"""The Modeler opens loops, takes them rung by rung, and closes each with a reason."""

import pytest

from agents.limits import FEWEST_SECONDS
from agents.modeler import OPEN_LOOPS
from agents.plan import FRUITLESS_ASKS
from bus.agent import Statement
from schemas.asks import DraftAsk, RefineAsk
from schemas.candidate import RAW_VIEW
from schemas.commands import Propose, RunJob
from schemas.envelope import Input
from schemas.inputs import (
    FitFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    Tick,
)
from schemas.jobs import Rung
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    CandidatePooled,
    ExplorationClosed,
    LoopClosed,
    ModelingFinished,
    RepairReady,
    RepairRefused,
    TrialFailed,
    TrialScored,
    TrialStarted,
    Verdict,
    ViewAccepted,
)
from tests.agents.conversation import keys_of, kinds, only
from tests.agents.desk import (
    FAILED,
    NO_MORE,
    RICH,
    Desk,
    closing_reason,
    desk,
    fit_jobs,
    jobs_in,
    loops_opened,
)
from tests.agents.samples import (
    make_candidate,
    make_failure,
    make_proposal,
    make_report,
    make_settings,
    make_task,
)


def test_work_begins_with_eight_loops_that_each_ask_for_a_draft() -> None:
    said = desk().opening

    assert loops_opened(said) == [f"c{number:02d}" for number in range(OPEN_LOOPS)]
    asks = [s.body.ask for s in said if isinstance(s.body, Propose)]
    assert asks == [
        DraftAsk(index=index, views=(RAW_VIEW,)) for index in range(OPEN_LOOPS)
    ]
    assert len(set(keys_of(said))) == OPEN_LOOPS


@pytest.mark.parametrize(("workers", "loops"), [(1, 3), (4, 6), (7, 9)])
def test_under_a_clock_many_workers_have_many_loops(workers: int, loops: int) -> None:
    settings = make_settings(budget_seconds=60.0, workers=workers)

    assert len(loops_opened(Desk(settings).opening)) == loops


@pytest.mark.parametrize("workers", [1, 7])
def test_in_a_reproducible_run_the_number_of_workers_makes_no_difference(
    workers: int,
) -> None:
    settings = make_settings(trials=60, workers=workers)

    assert Desk(settings).opening == desk().opening


@pytest.mark.parametrize(
    ("trials", "folds", "loops"), [(9, 5, 3), (11, 5, 3), (9, 1, 4), (2, 5, 0)]
)
def test_no_loop_opens_that_could_not_reach_the_pool(
    trials: int, folds: int, loops: int
) -> None:
    said = desk(trials, make_task(folds=folds)).opening

    assert len(loops_opened(said)) == loops
    finished = [s.body for s in said if isinstance(s.body, ModelingFinished)]
    assert finished == ([] if loops else [ModelingFinished(reason="trials")])


def test_a_version_goes_from_few_rows_to_one_fold_to_all_folds() -> None:
    work = desk()

    smoke = work.propose("draft")
    screen = work.judge(work.finish(smoke))
    full = work.judge(work.finish(screen))

    drafted = only(smoke, CandidateDrafted).candidate
    assert (drafted.id, drafted.version, drafted.operator) == ("c00-v1", 1, "draft")
    assert [
        (only(said, TrialStarted).rung, [job.fold for job in fit_jobs(said)])
        for said in (smoke, screen, full)
    ] == [(Rung.SMOKE, [0]), (Rung.SCREEN, [0]), (Rung.FULL, [1, 2, 3, 4])]
    assert len(set(keys_of([*smoke, *screen, *full]))) == 6
    assert len({job.seed for job in fit_jobs([*smoke, *screen, *full])}) == 1


def test_with_one_split_there_is_nothing_to_screen() -> None:
    work = desk(task=make_task(folds=1))

    full = work.judge(work.finish(work.propose("draft")))

    assert only(full, TrialStarted).rung is Rung.FULL
    assert [job.fold for job in fit_jobs(full)] == [0]


def test_a_full_trial_counts_the_fold_that_was_screened() -> None:
    work = desk()
    full = work.judge(work.finish(work.judge(work.finish(work.propose("draft")))))

    scored = only(work.finish(full, 0.7), TrialScored)

    assert scored.fit.folds == (0, 1, 2, 3, 4)
    assert scored.fold_scores == (0.8, 0.7, 0.7, 0.7, 0.7)
    assert scored.rung is Rung.FULL


def test_a_trial_is_scored_only_once_all_its_jobs_are_in() -> None:
    work = desk()
    full = work.judge(work.finish(work.judge(work.finish(work.propose("draft")))))

    said = [work.finish([job]) for job in jobs_in(full)]

    assert [kinds(statements) for statements in said] == [[], [], [], ["trial_scored"]]


def test_what_is_sound_on_all_folds_is_pooled_and_then_refined() -> None:
    work = desk()

    said = work.climb(work.propose("draft"))

    assert kinds(said) == ["candidate_pooled", "propose"]
    assert only(said, CandidatePooled).fit.candidate.id == "c00-v1"
    ask = only(said, Propose).ask
    assert isinstance(ask, RefineAsk)
    assert (ask.candidate, ask.round, ask.score) == ("c00-v1", 1, 0.8)
    assert [line.id for line in ask.leaderboard] == ["c00-v1"]


def test_a_loop_is_refined_once() -> None:
    work = desk()
    work.climb(work.propose("draft"))

    refined = work.propose("better")
    candidate = only(refined, CandidateDrafted).candidate
    said = work.climb(refined, 0.85)

    assert (candidate.id, candidate.operator, candidate.parent) == (
        "c00-v2",
        "refine",
        "c00-v1",
    )
    assert kinds(said)[:2] == ["candidate_pooled", "loop_closed"]
    assert closing_reason(said) == "pooled"


def test_when_the_proposer_cannot_refine_any_further_the_loop_closes() -> None:
    work = desk()
    work.climb(work.propose("draft"))

    said = work.answer(NO_MORE)

    assert closing_reason(said) == "refined as far as the proposer goes"
    assert loops_opened(said) == ["c08"]


def test_only_the_best_are_refined() -> None:
    work = desk(trials=None)
    last: list[Statement] = []
    for number in range(6):
        last = work.climb(work.propose(f"draft {number}", f"c{number:02d}"), 0.9)

    assert kinds(last)[:2] == ["candidate_pooled", "loop_closed"]


def test_a_first_fold_that_is_worse_than_all_of_the_best_is_enough() -> None:
    work = desk()
    for number in range(3):
        work.climb(work.propose(f"draft {number}", f"c{number:02d}"), 0.9)

    said = work.climb(work.propose("poor", "c03"), 0.5)

    assert closing_reason(said) == "its first fold is worse than all of the best"
    assert CandidatePooled not in {type(s.body) for s in said}


def test_a_failure_is_told_with_its_candidate_and_takes_back_the_other_jobs() -> None:
    work = desk()
    full = work.judge(work.finish(work.judge(work.finish(work.propose("draft")))))
    first, *others = jobs_in(full)
    failed = JobFailed(failure=make_failure(), output=None, seconds=0.1)

    said = work.talk.tell(failed, loop="c00", key=first.key)

    assert kinds(said) == ["trial_failed", "cancel_effects"]
    told = only(said, TrialFailed)
    assert (told.candidate.id, told.rung) == ("c00-v1", Rung.FULL)
    assert told.failure == make_failure()
    assert list(only(said, CancelEffects).keys) == keys_of(others)
    assert work.talk.tell(failed, loop="c00", key=others[0].key) == []


def test_a_failed_effect_of_ours_is_a_failure_that_is_called_internal() -> None:
    work = desk()
    (job,) = jobs_in(work.propose("draft"))

    told = only(work.talk.tell(FAILED, loop="c00", key=job.key), TrialFailed)

    assert (told.failure.kind, told.failure.message) == ("internal", "no space left")


def test_a_mended_version_begins_again_with_few_rows() -> None:
    work = desk()
    mended = make_candidate(version=2)
    (job,) = jobs_in(work.propose("draft"))
    failed = JobFailed(failure=make_failure(), output=None, seconds=0.1)
    work.talk.tell(failed, loop="c00", key=job.key)

    said = work.talk.tell(
        RepairReady(candidate=mended, diagnosis="a missing value"), loop="c00"
    )

    assert only(said, CandidateDrafted).candidate == mended
    assert only(said, TrialStarted) == TrialStarted(
        candidate="c00-v2", rung=Rung.SMOKE, jobs=1
    )


def test_a_repair_that_is_refused_closes_the_loop() -> None:
    work = desk()
    work.propose("draft")

    said = work.talk.tell(
        RepairRefused(candidate="c00-v1", reason="no idea"), loop="c00"
    )

    assert closing_reason(said) == "no idea"
    assert loops_opened(said) == ["c08"]


@pytest.mark.parametrize("word", ["degenerate", "duplicate"])
def test_what_is_not_sound_closes_its_loop(word: str) -> None:
    work = desk()
    scored = only(work.finish(work.propose("draft")), TrialScored)
    verdict = Verdict.model_validate(
        {
            "candidate": scored.candidate,
            "rung": scored.rung,
            "verdict": word,
            "reason": "it says so",
        }
    )

    said = work.talk.tell(verdict, loop="c00")

    assert closing_reason(said) == f"{word}: it says so"


def test_a_verdict_on_a_version_that_is_over_is_not_heard() -> None:
    work = desk()
    work.finish(work.propose("draft"))
    late = Verdict(candidate="c00-v9", rung=Rung.FULL, verdict="sound", reason="")

    assert work.talk.tell(late, loop="c00") == []


def test_a_source_that_was_tried_before_is_not_tried_again() -> None:
    work = desk()
    work.propose("draft", "c00")

    said = work.propose("draft", "c01")

    assert closing_reason(said) == "the same source was tried before"


def test_the_same_source_on_another_view_is_something_else() -> None:
    work = desk()
    work.talk.tell(ViewAccepted(view=RICH))
    work.propose("draft", "c00")

    said = work.answer(
        Proposed(proposal=make_proposal("draft", view="features-1")), "c01"
    )

    assert only(said, CandidateDrafted).candidate.view == RICH
    assert fit_jobs(said)[0].view == RICH


def test_a_view_that_nobody_knows_is_the_raw_one() -> None:
    said = desk().answer(Proposed(proposal=make_proposal("draft", view="dreamt up")))

    assert only(said, CandidateDrafted).candidate.view == RAW_VIEW


def test_an_accepted_view_is_one_more_choice_for_later_asks() -> None:
    work = desk()
    work.talk.tell(ViewAccepted(view=RICH))

    said = work.answer(ProposeFailed(message="down"))

    ask = only(said, Propose).ask
    assert isinstance(ask, DraftAsk)
    assert ask.views == (RAW_VIEW, RICH)


def test_when_the_proposer_has_no_further_draft_no_loop_opens_any_more() -> None:
    work = desk()

    said = [work.answer(NO_MORE, f"c{number:02d}") for number in range(OPEN_LOOPS)]

    assert all(
        closing_reason(statements) == "the proposer has no further draft"
        for statements in said
    )
    assert loops_opened([s for statements in said for s in statements]) == []
    assert only(said[-1], ModelingFinished).reason == "exhausted"


@pytest.mark.parametrize("answer", [ProposeFailed(message="down"), FAILED])
def test_a_proposer_that_fails_again_and_again_is_not_asked_for_ever(
    answer: Input,
) -> None:
    work = desk(trials=None)
    out = {s.loop: s.key for s in work.opening if s.key}
    at_first, asked, said = len(out), len(out), work.opening
    while out:
        loop, key = next(iter(out.items()))
        del out[loop]
        said = work.talk.tell(answer, loop=loop, key=key)
        assert closing_reason(said).startswith("the ask failed: ")
        new = {s.loop: s.key for s in said if s.key}
        asked += len(new)
        out |= new

    assert asked == at_first + FRUITLESS_ASKS - 1
    assert only(said, ModelingFinished).reason == "exhausted"


def test_one_good_answer_shows_that_the_proposer_is_well() -> None:
    work = desk(trials=None)
    for number in range(FRUITLESS_ASKS - 1):
        work.answer(ProposeFailed(message="down"), f"c{number:02d}")
    work.propose("draft", "c07")

    said = work.answer(ProposeFailed(message="down"), "c08")

    assert len(loops_opened(said)) == 1


def test_trials_that_a_loop_did_not_use_are_used_by_others() -> None:
    work = desk(trials=9)
    assert loops_opened(work.opening) == ["c00", "c01", "c02"]

    said = work.answer(ProposeFailed(message="down"))

    assert loops_opened(said) == ["c03"]


def test_a_version_that_could_not_reach_the_pool_is_not_tried() -> None:
    work = desk(trials=3)
    (job,) = jobs_in(work.propose("draft"))
    failed = JobFailed(failure=make_failure(), output=None, seconds=0.1)
    work.talk.tell(failed, loop="c00", key=job.key)

    said = work.talk.tell(
        RepairReady(candidate=make_candidate(version=2), diagnosis=""), loop="c00"
    )

    assert closing_reason(said) == "no trials are left for another version"
    assert only(said, ModelingFinished).reason == "trials"


def test_earlier_versions_are_served_first() -> None:
    work = desk(trials=None)
    first, second = work.propose("one", "c03"), work.propose("two", "c00")
    later = work.judge(work.finish(first))

    priorities = [
        s.body.priority for s in (*first, *second, *later) if isinstance(s.body, RunJob)
    ]
    assert priorities == [1, 2, 1]


def test_under_a_clock_known_sources_begin_with_a_fold_in_a_share_of_what_is_left() -> (
    None
):
    work = Desk(make_settings(budget_seconds=60.0))
    work.talk.tell(Tick(elapsed_seconds=48.0))

    (job,) = fit_jobs(work.propose("draft"))

    assert job.rung is Rung.SCREEN
    assert job.limits.wall_seconds == FEWEST_SECONDS


def test_once_something_is_pooled_a_first_fold_leaves_time_for_the_others() -> None:
    work = Desk(make_settings(budget_seconds=60.0))
    work.talk.tell(Tick(elapsed_seconds=20.0))
    first = work.propose("one", "c00")
    (of_first,) = fit_jobs(first)
    work.climb(first)

    (of_second,) = fit_jobs(work.propose("two", "c01"))

    assert of_second.limits.wall_seconds < of_first.limits.wall_seconds


def test_at_the_end_every_loop_closes_and_all_that_is_out_is_taken_back() -> None:
    work = desk()
    running = work.propose("draft", "c00")
    waiting = keys_of(work.opening)[1:]

    said = work.talk.tell(ExplorationClosed(reason="budget"))

    closed = [s for s in said if isinstance(s.body, LoopClosed)]
    assert [s.loop for s in closed] == loops_opened(work.opening)
    assert {s.body for s in closed} == {LoopClosed(reason="exploration closed: budget")}
    assert list(only(said, CancelEffects).keys) == keys_of(running) + waiting


def test_after_the_end_nothing_is_begun() -> None:
    work = desk()
    (job,) = jobs_in(work.propose("draft"))
    work.talk.tell(ExplorationClosed(reason="budget"))

    report = FitFinished(report=make_report())
    assert work.talk.tell(report, loop="c00", key=job.key) == []
    assert work.propose("late", "c01") == []
    assert work.talk.tell(ExplorationClosed(reason="budget")) == []


def test_only_the_leader_of_a_family_on_a_view_is_refined() -> None:
    work = desk(trials=None)
    work.climb(work.propose("first", "c00"), 0.9)

    said = work.climb(work.propose("second", "c01"), 0.8)

    assert closing_reason(said) == "pooled"


def test_a_repair_that_ends_up_as_what_was_tried_before_is_closed() -> None:
    work = desk()
    work.propose("draft", "c00")
    (job,) = jobs_in(work.propose("other", "c01"))
    failed = JobFailed(failure=make_failure(), output=None, seconds=0.1)
    work.talk.tell(failed, loop="c01", key=job.key)
    twin = make_candidate("c01", 2).model_copy(
        update={"fingerprint": make_proposal("draft").fingerprint}
    )

    said = work.talk.tell(RepairReady(candidate=twin, diagnosis=""), loop="c01")

    assert closing_reason(said) == "its repair is a source that was tried before"


def test_what_a_model_wrote_is_smoked_even_under_a_clock() -> None:
    work = Desk(make_settings(budget_seconds=60.0))
    written = make_proposal("written").model_copy(update={"origin": "llm"})

    (job,) = fit_jobs(work.answer(Proposed(proposal=written)))

    assert job.rung is Rung.SMOKE


def test_a_candidate_that_cannot_finish_gives_way() -> None:
    work = Desk(make_settings(budget_seconds=60.0))
    screened = work.finish(work.propose("draft"))
    work.talk.tell(Tick(elapsed_seconds=55.9))

    said = work.judge(screened)

    assert closing_reason(said) == "its other folds would not be fitted in time"
