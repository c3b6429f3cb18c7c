"""The Ensembler has a result at any moment, and freezes the last one."""

from schemas.commands import Combine
from schemas.inputs import CombineFailed
from schemas.sayings import (
    CancelEffects,
    CandidatePooled,
    EnsembleChosen,
    NoEnsemble,
)
from schemas.task import TaskKind
from tests.agents.conversation import keys_of, kinds, only
from tests.agents.ensembling import (
    CLOSED,
    FAILED,
    close,
    combined,
    ensembler,
    members,
    pool,
)
from tests.agents.samples import make_candidate, make_fit


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


def test_at_the_end_the_ensemble_is_built_once_more_for_good() -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0))

    asked = close(talk)
    said = combined(talk, asked)

    assert only(asked, Combine).is_final
    assert only(said, EnsembleChosen).is_final


def test_at_the_end_the_one_that_is_being_built_is_taken_back() -> None:
    talk = ensembler()
    (key,) = keys_of(pool(talk, 0))
    pool(talk, 1)

    said = close(talk)

    assert kinds(said) == ["cancel_effects", "combine"]
    assert only(said, CancelEffects).keys == (key,)
    assert len(members(said)) == 2
    assert kinds(combined(talk, [said[1]])) == ["ensemble_chosen"]


def test_where_nothing_was_scored_there_is_no_ensemble() -> None:
    said = ensembler().tell(CLOSED)

    assert "no candidate" in only(said, NoEnsemble).reason


def test_if_the_last_ensemble_fails_the_one_before_is_taken() -> None:
    talk = ensembler()
    before = only(combined(talk, pool(talk, 0)), EnsembleChosen)
    (key,) = keys_of(close(talk))

    said = talk.tell(FAILED, key=key)

    assert only(said, EnsembleChosen) == EnsembleChosen(
        ensemble=before.ensemble, is_final=True
    )


def test_if_the_only_ensemble_fails_there_is_none() -> None:
    talk = ensembler()
    (early,) = keys_of(pool(talk, 0))
    assert talk.tell(FAILED, key=early) == []
    (key,) = keys_of(close(talk))

    said = talk.tell(FAILED, key=key)

    assert only(said, NoEnsemble).reason == (
        "the ensemble could not be built: no space left"
    )


def test_an_ensemble_that_failed_is_built_again_with_the_next_candidate() -> None:
    talk = ensembler()
    (key,) = keys_of(pool(talk, 0))
    talk.tell(FAILED, key=key)

    assert members(pool(talk, 1)) == ["c00-v1", "c01-v1"]


def test_where_no_consensus_can_be_had_there_is_no_ensemble_and_the_reason_is_told() -> (
    None
):
    talk = ensembler(kind=TaskKind.CLUSTERING)
    (key,) = keys_of(pool(talk, 0))
    failed = CombineFailed(message="all 1 partitions are degenerate")
    assert talk.tell(failed, key=key) == []
    (key,) = keys_of(talk.tell(CLOSED))

    said = talk.tell(failed, key=key)

    assert only(said, NoEnsemble).reason == (
        "the ensemble could not be built: all 1 partitions are degenerate"
    )


def test_what_the_added_lane_outdoes_stays_in_the_pool_to_compare_it_with() -> None:
    talk = ensembler()
    for loop, score in (("c00", 0.7), ("a00", 0.9)):
        fit = make_fit(make_candidate(loop), [score] * 3)
        sure = fit.model_copy(update={"standard_error": 0.01})
        combined(talk, talk.tell(CandidatePooled(fit=sure, standard_error=0.01)))

    final = only(close(talk), Combine)

    assert [fit.candidate.id for fit in final.pool] == ["a00-v1"]
    assert final.added == ("a00-v1",)
    assert [fit.candidate.id for fit in final.without_added] == ["c00-v1"]
