"""Where a run stood at any event."""

from collections import Counter

import pytest

from bus.open_effects import OpenEffects
from reports.leaderboard import derive_leaderboard
from reports.result import derive_result
from reports.state import LoopState, RunState, derive_state
from schemas.envelope import Envelope
from schemas.inputs import Origin, RunContinued, TablePrepared, Tick
from schemas.sayings import (
    CandidateDrafted,
    EnsembleChosen,
    ExplorationClosed,
    LoopOpened,
    RepairReady,
    TrialFailed,
    TrialStarted,
    ViewAccepted,
)
from schemas.settings import RunSettings, TableSettings


def state_after(run: list[Envelope], kind: type, number: int = 0) -> RunState:
    """The state right after one of the messages of a kind."""
    seq = [line.seq for line in run if isinstance(line.body, kind)][number]
    state = derive_state(run[: seq + 1])
    assert state is not None
    assert state.seq == seq
    return state


def test_where_nothing_happened_there_is_no_state() -> None:
    assert derive_state([]) is None


def test_before_the_table_is_read_little_is_known(a_run: list[Envelope]) -> None:
    state = derive_state(a_run[:3])

    assert state is not None
    assert (state.kind, state.phase, state.metric) == (
        "prepare_table",
        "preparing",
        None,
    )
    assert state.effects == {"prepare_table": 1}
    assert (state.loops, state.leaderboard, state.ensemble) == ((), (), None)
    assert state_after(a_run, TablePrepared).metric == "roc_auc"
    assert state_after(a_run, TablePrepared).effects == {}


def test_a_loop_says_what_it_tries_and_what_it_waits_for(a_run: list[Envelope]) -> None:
    new = state_after(a_run, LoopOpened).loops
    drafted = state_after(a_run, CandidateDrafted).loops
    tried = state_after(a_run, TrialStarted).loops
    asked_at = next(line.seq for line in a_run if line.body.kind == "run_job")
    asked = derive_state(a_run[: asked_at + 1])

    assert new == (
        LoopState(loop="L1", candidate=None, family=None, rung=None, effects={}),
    )
    (drafted_loop,) = drafted
    assert (drafted_loop.candidate, drafted_loop.family) == ("L1-v1", "lightgbm")
    assert [loop.rung for loop in tried] == ["smoke"]
    assert asked is not None
    assert asked.loops[0].effects == asked.effects == {"run_job": 1}


def test_a_mended_version_takes_the_place_of_the_broken_one(
    a_run: list[Envelope],
) -> None:
    broken, mended = state_after(a_run, TrialFailed), state_after(a_run, RepairReady)

    assert [loop.candidate for loop in broken.loops] == ["L1-v1", "L2-v1"]
    assert [loop.candidate for loop in mended.loops] == ["L1-v1", "L2-v2"]


def test_views_and_ensembles_stand_from_when_they_were_said(
    a_run: list[Envelope],
) -> None:
    early, late = (state_after(a_run, EnsembleChosen, n) for n in (0, -1))

    assert early.ensemble is not None
    assert early.ensemble.weights == {"L1-v1": 1.0}
    assert late.ensemble is not None
    assert late.ensemble.weights == {"L2-v2": 0.25, "L1-v1": 0.75}
    assert early.views == ()
    assert state_after(a_run, ViewAccepted).views == late.views == ("rich",)


def test_what_was_spent_grows_up_to_what_the_result_says(a_run: list[Envelope]) -> None:
    states = [derive_state(a_run[:end]) for end in range(1, len(a_run) + 1)]

    spent = [state.spent for state in states if state is not None]
    assert len(spent) == len(a_run)
    for name in ("seconds", "trials", "jobs", "tokens", "money"):
        values = [getattr(each, name) for each in spent]
        assert values == sorted(values), name
    result = derive_result(a_run)
    assert spent[-1].trials == result.counts.trials
    assert (spent[-1].tokens, spent[-1].money) == (1200, 0.002)
    assert (spent[-1].budget_seconds, spent[-1].trials_bound) == (60.0, None)


def test_the_leaderboard_is_that_of_the_events_so_far(a_run: list[Envelope]) -> None:
    for end in range(1, len(a_run) + 1):
        state = derive_state(a_run[:end])
        assert state is not None
        assert state.leaderboard == tuple(derive_leaderboard(a_run[:end]))


def test_effects_that_are_out_are_those_of_the_core(a_run: list[Envelope]) -> None:
    effects = OpenEffects()
    for line in a_run:
        effects.take(line)
        state = derive_state(a_run[: line.seq + 1])

        assert state is not None
        kinds = Counter(command.body.kind for command in effects.commands.values())
        assert state.effects == dict(kinds)


@pytest.mark.parametrize(
    ("kind", "phase"), [(Tick, "exploring"), (ExplorationClosed, "combining")]
)
def test_the_phase_is_what_the_run_was_at(
    a_run: list[Envelope], kind: type, phase: str
) -> None:
    whole = derive_state(a_run)

    assert state_after(a_run, kind).phase == phase
    assert whole is not None
    assert whole.phase == "done"


def test_a_run_that_was_given_more_has_the_new_bound(a_run: list[Envelope]) -> None:
    settings = RunSettings(tables=TableSettings(table="churn.csv"), trials=40)
    last = a_run[-1]
    origin = Origin(run="r1", seq=last.seq, chain=last.chain)
    more = RunContinued(settings=settings, versions=(), fingerprint="f", origin=origin)
    changes = {"seq": last.seq + 1, "session": 1, "io": "in", "body": more}

    state = derive_state([*a_run, last.model_copy(update=changes)])

    assert state is not None
    assert (state.session, state.phase) == (1, "exploring")
    assert (state.spent.budget_seconds, state.spent.trials_bound) == (None, 40)
