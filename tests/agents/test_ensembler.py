"""The Ensembler has a result at any moment, and freezes the last one."""

import pytest

from agents.ensembler import LARGEST_POOL, Ensembler
from bus.agent import Statement
from schemas.commands import Combine, PooledFit
from schemas.inputs import Combined, EffectFailed
from schemas.jobs import Rung
from schemas.sayings import (
    CancelEffects,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    NoEnsemble,
)
from tests.agents.conftest import (
    Conversation,
    keys_of,
    kinds,
    make_candidate,
    make_ensemble,
    make_fit,
    make_ready,
    make_scored,
    make_settings,
    make_task,
    only,
)

CLOSED = ExplorationClosed(reason="trials")
FAILED = EffectFailed(exception="OSError", message="no space left")


def ensembler(*, greater_is_better: bool = True) -> Conversation:
    talk = Conversation(Ensembler(make_settings(trials=30)))
    task = make_task(greater_is_better=greater_is_better)
    assert talk.tell(make_ready(task)) == []
    return talk


def fit_number(number: int, score: float = 0.8) -> PooledFit:
    return make_fit(make_candidate(f"c{number:02d}"), [score])


def pool(talk: Conversation, number: int, score: float = 0.8) -> list[Statement]:
    fit = fit_number(number, score)
    return talk.tell(CandidatePooled(fit=fit, standard_error=0.01))


def combined(talk: Conversation, asked: list[Statement]) -> list[Statement]:
    """Answer the one combine that was asked for."""
    command = only(asked, Combine)
    (key,) = keys_of(asked)
    return talk.tell(Combined(ensemble=make_ensemble(command.pool)), key=key)


def members(asked: list[Statement]) -> list[str]:
    return [fit.candidate.id for fit in only(asked, Combine).pool]


def test_every_pooled_candidate_leads_to_a_new_ensemble() -> None:
    talk = ensembler()

    first = combined(talk, pool(talk, 0))
    second = combined(talk, pool(talk, 1))

    assert kinds(first) == kinds(second) == ["ensemble_chosen"]
    assert not only(second, EnsembleChosen).is_final


def test_ensembles_are_built_one_at_a_time() -> None:
    talk = ensembler()
    asked = pool(talk, 0, 0.7)
    assert pool(talk, 1, 0.9) == []
    assert pool(talk, 2, 0.8) == []

    said = combined(talk, asked)

    assert kinds(said) == ["ensemble_chosen", "combine"]
    assert members(said) == ["c01-v1", "c02-v1", "c00-v1"]
    assert kinds(combined(talk, said)) == ["ensemble_chosen"]


@pytest.mark.parametrize(
    ("greater", "first"), [(True, ["c01-v1", "c00-v1"]), (False, ["c00-v1", "c01-v1"])]
)
def test_the_pool_is_ordered_by_what_is_better(greater: bool, first: list[str]) -> None:
    talk = ensembler(greater_is_better=greater)
    combined(talk, pool(talk, 0, 0.2))

    assert members(pool(talk, 1, 0.3)) == first


def test_the_pool_keeps_the_best() -> None:
    talk = ensembler()
    said: list[Statement] = []
    for number in range(LARGEST_POOL + 5):
        said = pool(talk, number, number / 100)
        combined(talk, said)

    assert len(members(said)) == LARGEST_POOL
    assert "c04-v1" not in members(said)
    assert "c05-v1" in members(said)


def test_at_the_end_the_ensemble_is_built_once_more_for_good() -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0))

    asked = talk.tell(CLOSED)
    said = combined(talk, asked)

    assert only(asked, Combine).is_final
    assert only(said, EnsembleChosen).is_final


def test_at_the_end_the_one_that_is_being_built_is_taken_back() -> None:
    talk = ensembler()
    (key,) = keys_of(pool(talk, 0))
    pool(talk, 1)

    said = talk.tell(CLOSED)

    assert kinds(said) == ["cancel_effects", "combine"]
    assert only(said, CancelEffects).keys == (key,)
    assert len(members(said)) == 2
    assert kinds(combined(talk, [said[1]])) == ["ensemble_chosen"]


def test_where_nothing_was_pooled_the_best_with_most_folds_stands_in() -> None:
    talk = ensembler()
    for number, rung, scores in (
        (0, Rung.SMOKE, [0.99]),
        (1, Rung.SCREEN, [0.9]),
        (2, Rung.FULL, [0.7, 0.7]),
        (3, Rung.FULL, [0.8, 0.8]),
        (4, Rung.FULL, [0.6, 0.6]),
        (5, Rung.SCREEN, [0.95]),
    ):
        candidate = make_candidate(f"c{number:02d}")
        assert talk.tell(make_scored(candidate, rung, scores)) == []

    said = talk.tell(CLOSED)

    assert members(said) == ["c03-v1"]
    assert only(said, Combine).is_final


def test_who_has_no_model_cannot_stand_in() -> None:
    talk = ensembler()
    scored = make_scored(make_candidate(), Rung.FULL, [0.8])
    fit = scored.fit.model_copy(update={"models": ()})
    talk.tell(scored.model_copy(update={"fit": fit}))

    assert kinds(talk.tell(CLOSED)) == ["no_ensemble"]


def test_where_nothing_was_scored_there_is_no_ensemble() -> None:
    said = ensembler().tell(CLOSED)

    assert "no candidate" in only(said, NoEnsemble).reason


def test_if_the_last_ensemble_fails_the_one_before_is_taken() -> None:
    talk = ensembler()
    before = only(combined(talk, pool(talk, 0)), EnsembleChosen)
    (key,) = keys_of(talk.tell(CLOSED))

    said = talk.tell(FAILED, key=key)

    assert only(said, EnsembleChosen) == EnsembleChosen(
        ensemble=before.ensemble, is_final=True
    )


def test_if_the_only_ensemble_fails_there_is_none() -> None:
    talk = ensembler()
    (early,) = keys_of(pool(talk, 0))
    assert talk.tell(FAILED, key=early) == []
    (key,) = keys_of(talk.tell(CLOSED))

    said = talk.tell(FAILED, key=key)

    assert only(said, NoEnsemble).reason == (
        "the ensemble could not be built: no space left"
    )


def test_an_ensemble_that_failed_is_built_again_with_the_next_candidate() -> None:
    talk = ensembler()
    (key,) = keys_of(pool(talk, 0))
    talk.tell(FAILED, key=key)

    assert members(pool(talk, 1)) == ["c00-v1", "c01-v1"]
