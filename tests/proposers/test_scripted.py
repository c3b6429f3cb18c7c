"""Answers from a script."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import pytest

from proposers.errors import ProposerInputError
from proposers.scripted import ScriptedProposer
from schemas.asks import (
    Ask,
    DraftAsk,
    FeatureAsk,
    RefineAsk,
    RepairAsk,
    StackerAsk,
    StrategyAsk,
    TuneAsk,
)
from schemas.base import BlobRef, Frozen
from schemas.candidate import RAW_VIEW, View
from schemas.jobs import Failure
from schemas.proposals import (
    CandidateProposal,
    FeatureProposal,
    NoProposal,
    RepairProposal,
    StrategyProposal,
)
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing, TextStore

P = TypeVar("P", bound=Frozen)


class Put(Protocol):
    async def __call__(self, question: Ask, wanted: type[P]) -> P: ...


SCRIPT = """
strategy = "stacking"
[[draft]]
family = "linear"
title = "First"
source = "x = 1"

[[draft]]
title = "Second"
file = "second.py"
view = "features-1"

[[refine]]
source = "x = 3"
title = "Better"

[[tune]]
source = "x = 7"

[[stacker]]
source = "x = 8"
title = "On top"

[[repair]]
when = "ValueError"
source = "x = 4"
diagnosis = "values"

[[repair]]
source = "x = 5"

[[features]]
name = "sums"
idea = "add up"
source = "x = 6"
"""


@pytest.fixture
def scripted(tmp_path: Path, store: "TextStore") -> ScriptedProposer:
    (tmp_path / "second.py").write_text("x = 2")
    path = tmp_path / "script.toml"
    path.write_text(SCRIPT)
    return ScriptedProposer(path, store)


@pytest.fixture
def put(scripted: ScriptedProposer, briefing_for: "MakeBriefing") -> Put:
    async def ask(question: Ask, wanted: type[P]) -> P:
        answer = await scripted.propose(question, briefing_for(TaskKind.BINARY))
        assert isinstance(answer.proposal, wanted)
        return answer.proposal

    return ask


def repair(store: "TextStore", exception: str, attempt: int = 1) -> RepairAsk:
    failure = Failure(kind="exception", stage="fit", exception=exception)
    return RepairAsk(
        candidate="c00-v1",
        source=store.keep_text("x"),
        failure=failure,
        attempt=attempt,
    )


async def test_the_index_picks_the_draft(put: Put, store: "TextStore") -> None:
    first = await put(DraftAsk(index=0, views=(RAW_VIEW,)), CandidateProposal)
    second = await put(
        DraftAsk(index=1, views=(RAW_VIEW, View(name="features-1"))), CandidateProposal
    )

    assert (first.family, first.title, first.view) == ("linear", "First", "raw")
    assert store.read_text(first.source) == "x = 1"
    assert (second.title, second.view) == ("Second", "features-1")
    assert store.read_text(second.source) == "x = 2"


async def test_a_view_that_is_not_there_falls_back_to_raw(put: Put) -> None:
    second = await put(DraftAsk(index=1, views=(RAW_VIEW,)), CandidateProposal)

    assert second.view == "raw"


async def test_used_up_entries_give_nothing(put: Put, store: "TextStore") -> None:
    await put(DraftAsk(index=2, views=(RAW_VIEW,)), NoProposal)
    await put(repair(store, "TypeError", attempt=2), NoProposal)
    assert (await put(FeatureAsk(round=1), FeatureProposal)).programs == ()


async def test_a_repair_is_found_by_its_words_or_by_its_turn(
    put: Put, store: "TextStore"
) -> None:
    by_words = await put(repair(store, "ValueError", attempt=2), RepairProposal)
    by_turn = await put(repair(store, "TypeError"), RepairProposal)

    assert (by_words.diagnosis, store.read_text(by_words.source)) == ("values", "x = 4")
    assert store.read_text(by_turn.source) == "x = 5"


async def test_a_refinement_keeps_the_family_that_it_does_not_name(
    put: Put, store: "TextStore"
) -> None:
    question = RefineAsk(
        candidate="c00-v1",
        source=store.keep_text("x"),
        family="linear",
        title="First",
        view=RAW_VIEW,
        score=0.1,
        standard_error=0.1,
        round=1,
        views=(RAW_VIEW,),
    )

    refined = await put(question, CandidateProposal)
    await put(question.model_copy(update={"round": 2}), NoProposal)

    assert (refined.family, refined.title, refined.view) == ("linear", "Better", "raw")


async def test_feature_programs_come_in_the_first_round(put: Put) -> None:
    proposal = await put(FeatureAsk(round=0), FeatureProposal)

    assert [(program.name, program.idea) for program in proposal.programs] == [
        ("sums", "add up")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[draft", "is not TOML"),
        ('[[draft]]\ntitle = "x"', "either source or file"),
        ('[[draft]]\nsource = "x"\nfile = "y.py"', "either source or file"),
        ('[[drafts]]\nsource = "x"', "drafts"),
        ('[[draft]]\nfile = "nowhere.py"', "nowhere.py"),
        ('[[features]]\nsource = "x"', "name"),
    ],
)
def test_a_bad_script_is_a_clear_user_error(
    text: str, words: str, tmp_path: Path, store: "TextStore"
) -> None:
    path = tmp_path / "script.toml"
    path.write_text(text)

    with pytest.raises(ProposerInputError, match=words):
        ScriptedProposer(path, store)


def test_a_script_that_is_not_there_is_a_clear_user_error(
    tmp_path: Path, store: "TextStore"
) -> None:
    with pytest.raises(ProposerInputError, match="cannot be read"):
        ScriptedProposer(tmp_path / "none.toml", store)


async def test_a_tuning_round_has_its_turn_and_keeps_the_view(put: Put) -> None:
    ask = TuneAsk(
        candidate="c00-v1",
        source=BlobRef(digest="ab", size=2),
        family="linear",
        title="First",
        view=View(name="features-1"),
        score=0.5,
        standard_error=0.1,
        round=1,
    )

    answer = await put(ask, CandidateProposal)

    assert (answer.title, answer.view) == ("First", "features-1")
    await put(ask.model_copy(update={"round": 2}), NoProposal)


async def test_strategy_and_stacker_are_what_the_script_says(put: Put) -> None:
    strategy = await put(StrategyAsk(choices=("voting",), pooled=2), StrategyProposal)
    stacker = await put(StackerAsk(row_count=9, members=()), CandidateProposal)

    assert strategy.strategy == "stacking"
    assert (stacker.family, stacker.title) == ("scripted", "On top")


async def test_a_script_may_say_nothing_of_either(
    tmp_path: Path, store: "TextStore", briefing_for: "MakeBriefing"
) -> None:
    path = tmp_path / "script.toml"
    path.write_text("")
    silent = ScriptedProposer(path, store)
    briefing = briefing_for(TaskKind.BINARY, rows=100)

    for ask in (
        StrategyAsk(choices=("voting",), pooled=2),
        StackerAsk(row_count=9, members=()),
    ):
        assert isinstance((await silent.propose(ask, briefing)).proposal, NoProposal)
