"""The Director settles the task, closes exploration once and says the last word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.director import (
    WRITING_SECONDS,
    Director,
    closing_seconds,
    exploration_seconds,
)
from schemas.commands import Diagnose, PrepareTable, ScoreHoldout
from schemas.ensemble import StrategyChoice
from schemas.envelope import Message
from schemas.inputs import (
    CancelRequested,
    Diagnosed,
    EffectFailed,
    HoldoutScored,
    PrepareFailed,
    RunStarted,
    TablePrepared,
    Tick,
)
from schemas.jobs import Rung
from schemas.sayings import (
    EnsembleChosen,
    ExplorationClosed,
    ModelingFinished,
    NoEnsemble,
    RunFinished,
    TaskReady,
)
from schemas.task import Task, TaskKind
from tests.agents.conversation import Conversation, kinds, only
from tests.agents.samples import (
    PROFILE,
    blob,
    make_candidate,
    make_ensemble,
    make_fit,
    make_scored,
    make_settings,
    make_task,
)

CANCEL = CancelRequested(reason="SIGINT")
FAILED = EffectFailed(exception="OSError", message="no space left")
SCORED = HoldoutScored(scores=(("roc_auc", 0.8),), opening=1)
SOMETHING = make_scored(make_candidate(), Rung.SCREEN, [0.8])
NOTHING = NoEnsemble(reason="nothing fitted")


def chosen(*, is_final: bool = True) -> EnsembleChosen:
    ensemble = make_ensemble([make_fit(make_candidate(), [0.8])])
    return EnsembleChosen(ensemble=ensemble, is_final=is_final)


def prepared(task: Task) -> TablePrepared:
    return TablePrepared(
        task=task,
        profile=PROFILE,
        table_schema=blob("schema"),
        showcase=blob("showcase"),
        baseline=0.5,
        seal="seal",
    )


def director(
    *bodies: Message, task: Task | None = None, budget: float | None = None
) -> Conversation:
    """A director that has heard that the table is there, and then some more."""
    trials = 9 if budget is None else None
    talk = Conversation(Director(make_settings(trials=trials, budget_seconds=budget)))
    talk.tell(prepared(task or make_task()))
    for body in bodies:
        talk.tell(body)
    return talk


def test_a_run_begins_with_the_table() -> None:
    settings = make_settings(trials=9)
    opening = RunStarted(settings=settings, versions=(), fingerprint="")

    (asked,) = Conversation(Director(settings)).tell(opening)

    assert asked.body == PrepareTable()
    assert asked.key is not None


def test_once_the_table_is_there_the_task_is_settled() -> None:
    talk = Conversation(Director(make_settings(trials=9)))

    said = talk.tell(prepared(make_task()))

    assert only(said, TaskReady) == TaskReady(
        task=make_task(), profile=PROFILE, baseline=0.5
    )


def test_a_table_that_cannot_be_used_ends_the_run_with_one_line() -> None:
    talk = Conversation(Director(make_settings(trials=9)))

    said = talk.tell(PrepareFailed(message="no column 'churn'"))

    assert only(said, RunFinished) == RunFinished(
        status="bad_input", message="no column 'churn'"
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (ModelingFinished(reason="exhausted"), "exhausted"),
        (ModelingFinished(reason="trials"), "trials"),
        (CANCEL, "cancelled"),
        (Tick(elapsed_seconds=60.0), "budget"),
    ],
)
def test_exploration_closes_for_four_reasons_and_only_once(
    body: Message, reason: str
) -> None:
    talk = director(budget=60.0)

    assert only(talk.tell(body), ExplorationClosed).reason == reason

    for later in (
        CANCEL,
        Tick(elapsed_seconds=99.0),
        ModelingFinished(reason="trials"),
    ):
        assert talk.tell(later) == []


def test_exploration_closes_when_the_rest_of_the_budget_is_needed() -> None:
    talk = director(SOMETHING, budget=100.0)
    end = closing_seconds(100.0, make_task().rows)

    assert talk.tell(Tick(elapsed_seconds=end - 0.01)) == []
    assert kinds(talk.tell(Tick(elapsed_seconds=end))) == ["exploration_closed"]


def test_without_any_result_exploration_waits_for_the_first() -> None:
    talk = director(budget=100.0)

    assert talk.tell(Tick(elapsed_seconds=98.0)) == []
    assert only(talk.tell(SOMETHING), ExplorationClosed).reason == "budget"


def test_a_smoke_trial_is_no_result() -> None:
    talk = director(make_scored(make_candidate(), Rung.SMOKE, [0.8]), budget=100.0)

    assert talk.tell(Tick(elapsed_seconds=98.0)) == []
    assert only(talk.tell(SOMETHING), ExplorationClosed).reason == "budget"


def test_it_does_not_wait_beyond_the_budget() -> None:
    talk = director(budget=100.0)

    said = talk.tell(Tick(elapsed_seconds=100.0 - WRITING_SECONDS))

    assert only(said, ExplorationClosed).reason == "budget"


@pytest.mark.parametrize(
    ("ensemble", "share"), [("greedy", 0.0), ("bagging", 0.35), ("written", 0.1)]
)
def test_what_is_fitted_for_the_ensemble_has_its_share_of_the_budget(
    ensemble: StrategyChoice, share: float
) -> None:
    wanted = make_settings(budget_seconds=100.0, ensemble=ensemble)

    end = exploration_seconds(wanted, rows=800)

    assert end == pytest.approx(closing_seconds(100.0, 800) - 100 * share)


def test_before_the_table_is_there_time_closes_nothing() -> None:
    talk = Conversation(Director(make_settings(budget_seconds=60.0)))

    assert talk.tell(Tick(elapsed_seconds=999.0)) == []


@given(budget=st.floats(5.0, 1e6), rows=st.integers(0, 10**9))
def test_at_least_half_of_the_budget_is_for_exploration(
    budget: float, rows: int
) -> None:
    assert budget / 2 <= closing_seconds(budget, rows) <= budget - 2.0


def test_before_the_table_is_there_a_wish_to_stop_ends_the_run() -> None:
    talk = Conversation(Director(make_settings(trials=9)))

    assert only(talk.tell(CANCEL), RunFinished).status == "cancelled"


def test_only_the_final_ensemble_opens_the_sealed_part() -> None:
    talk = director()

    assert talk.tell(chosen(is_final=False)) == []
    (asked,) = talk.tell(chosen())

    assert asked.body == ScoreHoldout(ensemble=chosen().ensemble)
    assert only(talk.tell(SCORED), RunFinished) == RunFinished(status="done")


@pytest.mark.parametrize(
    "task", [make_task(test_rows=0), make_task(kind=TaskKind.CLUSTERING, test_rows=0)]
)
def test_where_nothing_is_sealed_the_run_ends_with_the_ensemble(task: Task) -> None:
    said = director(task=task).tell(chosen())

    assert only(said, RunFinished) == RunFinished(status="done")


def test_labels_that_were_set_aside_are_a_sealed_part() -> None:
    task = make_task(kind=TaskKind.CLUSTERING, test_rows=0)
    labelled = task.model_copy(update={"target": "species"})

    assert kinds(director(task=labelled).tell(chosen())) == ["score_holdout"]


@pytest.mark.parametrize(
    ("bodies", "end"),
    [
        ([NOTHING], RunFinished(status="no_model", message="nothing fitted")),
        ([CANCEL, NOTHING], RunFinished(status="cancelled", message="nothing fitted")),
        ([CANCEL, chosen(), SCORED], RunFinished(status="cancelled")),
        ([FAILED], RunFinished(status="failed", message="OSError: no space left")),
        (
            [chosen(), FAILED],
            RunFinished(
                status="done",
                message="the test part was not scored: OSError: no space left",
            ),
        ),
        (
            [CANCEL, chosen(), FAILED],
            RunFinished(
                status="cancelled",
                message="the test part was not scored: OSError: no space left",
            ),
        ),
    ],
)
def test_the_last_word_says_how_it_went(
    bodies: list[Message], end: RunFinished
) -> None:
    talk = director(*bodies[:-1])

    assert only(talk.tell(bodies[-1]), RunFinished) == end


def looked_at(*, is_final: bool = True) -> EnsembleChosen:
    """A final ensemble that keeps what it said of out-of-fold rows."""
    ensemble = chosen(is_final=is_final).ensemble
    kept = ensemble.model_copy(update={"out_of_fold": blob("said")})
    return EnsembleChosen(ensemble=kept, is_final=is_final)


def test_a_scored_ensemble_is_looked_at_in_what_is_left_of_the_budget() -> None:
    talk = director(looked_at(), Tick(elapsed_seconds=50.0), budget=60.0)

    (asked,) = talk.tell(SCORED)

    assert isinstance(asked.body, Diagnose)
    assert asked.body.seconds == pytest.approx(9.0)


def test_without_a_clock_looking_has_no_bound() -> None:
    (asked,) = director(looked_at()).tell(SCORED)

    assert isinstance(asked.body, Diagnose)
    assert asked.body.seconds is None


def test_who_has_cancelled_waits_for_nothing_that_takes_time() -> None:
    (asked,) = director(CANCEL, looked_at(), budget=60.0).tell(SCORED)

    assert isinstance(asked.body, Diagnose)
    assert asked.body.seconds == 0.0


def test_once_it_was_looked_at_the_run_is_done() -> None:
    said = director(looked_at(), SCORED).tell(Diagnosed(diagnostics=blob("seen")))

    assert only(said, RunFinished) == RunFinished(status="done", message="")


def test_a_look_that_fails_costs_only_a_note() -> None:
    talk = director(looked_at())
    (asked,) = talk.tell(SCORED)

    said = talk.tell(FAILED, key=asked.key)

    assert only(said, RunFinished) == RunFinished(
        status="done", message="the report is incomplete: OSError: no space left"
    )
