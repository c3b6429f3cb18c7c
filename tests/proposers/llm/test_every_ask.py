"""Every kind of ask is answered: code in fences, decisions by schema."""

from typing import TYPE_CHECKING

import pytest

from proposers.base import Answer
from proposers.errors import BudgetExhausted
from proposers.fingerprint import fingerprint
from proposers.llm.chat.errors import NoUsableReplyError
from proposers.llm.proposer import LlmProposer
from proposers.payers import AGENT_OF
from schemas.asks import Briefing
from schemas.proposals import (
    CandidateProposal,
    ClustersProposal,
    FeatureProposal,
    NoProposal,
    Proposal,
    RepairProposal,
    StrategyProposal,
)
from tests.proposers.llm.asks import LINE, TREES, every_ask
from tests.proposers.llm.scripted_chat import PER_CALL, ScriptedChat

if TYPE_CHECKING:
    from tests.proposers.llm.conftest import MemorySources

CODE = "class Candidate:\n    depth = 3\n"
PROGRAM = "class Features:\n    needs_y = {}\n"


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


@pytest.fixture
def proposer(chat: ScriptedChat, sources: "MemorySources") -> LlmProposer:
    return LlmProposer(chat, sources, toolkit="- toolkit.lines: Lines(spec). Lines.")


class Desk:
    """Puts asks to a proposer whose model says what a test scripts."""

    def __init__(
        self,
        chat: ScriptedChat,
        sources: "MemorySources",
        proposer: LlmProposer,
        briefing: Briefing,
    ) -> None:
        self.chat, self.sources = chat, sources
        self.proposer, self.briefing = proposer, briefing
        self.asks = every_ask(sources)

    async def ask(self, kind: str, *replies: str) -> Answer:
        for reply in replies:
            self.chat.say(reply)
        return await self.proposer.propose(self.asks[kind], self.briefing)

    async def proposal(self, kind: str, *replies: str) -> Proposal:
        return (await self.ask(kind, *replies)).proposal


@pytest.fixture
def desk(
    chat: ScriptedChat,
    sources: "MemorySources",
    proposer: LlmProposer,
    briefing: Briefing,
) -> Desk:
    return Desk(chat, sources, proposer, briefing)


async def test_each_fence_of_an_answer_is_a_feature_program(desk: Desk) -> None:
    first = f"# name: Age per plan\n# idea: older ones pay more\n{PROGRAM.format(True)}"
    second = PROGRAM.format(False)
    useless = fenced("x = 1\n") + "```sh\nls\n```\n"

    proposal = await desk.proposal(
        "feature", fenced(first) + useless + fenced(second) + fenced(second)
    )

    assert isinstance(proposal, FeatureProposal)
    one, two = proposal.programs
    assert (one.name, one.idea) == ("age-per-plan", "older ones pay more")
    assert (two.name, two.idea) == ("idea-2-2", "")
    assert desk.sources.read_text(one.source) == first


@pytest.mark.parametrize("kind", ["draft", "refine", "cross", "stacker", "tune_code"])
async def test_code_comes_with_its_header(kind: str, desk: Desk) -> None:
    code = f"# family: Forest\n# title: many trees\n{CODE}"

    proposal = await desk.proposal(kind, fenced(code))

    assert isinstance(proposal, CandidateProposal)
    assert (proposal.family, proposal.title) == ("forest", "many trees")
    assert proposal.fingerprint == fingerprint(CODE)
    assert (proposal.view, proposal.origin) == ("raw", "llm")


@pytest.mark.parametrize(
    ("kind", "family", "title"),
    [
        ("refine", "linear", "a line | refined, round 1"),
        ("cross", "lightgbm", "crossing 1"),
        ("stacker", "llm", "written stacker"),
        ("tune_code", "lightgbm", "a line | tuned, round 2"),
    ],
)
async def test_what_a_header_leaves_out_has_a_default(
    kind: str, family: str, title: str, desk: Desk
) -> None:
    proposal = await desk.proposal(kind, fenced(CODE))

    assert isinstance(proposal, CandidateProposal)
    assert (proposal.family, proposal.title) == (family, title)


@pytest.mark.parametrize(
    ("kind", "useless"),
    [
        ("refine", LINE),
        ("cross", TREES),
        ("cross", LINE),
        ("tune_code", TREES),
        ("tune_code", f"# view: rich\n{CODE}"),
        ("refine", f"# view: nowhere\n{CODE}"),
        ("draft", f"# view: nowhere\n{CODE}"),
    ],
)
async def test_an_answer_that_brings_nothing_is_asked_for_again(
    kind: str, useless: str, desk: Desk
) -> None:
    answer = await desk.ask(kind, fenced(useless), fenced(CODE))

    assert isinstance(answer.proposal, CandidateProposal)
    assert answer.proposal.fingerprint == fingerprint(CODE)
    assert answer.spent == PER_CALL + PER_CALL


async def test_the_same_source_on_another_view_is_a_refinement(desk: Desk) -> None:
    proposal = await desk.proposal("refine", fenced(f"# view: rich\n{LINE}"))

    assert isinstance(proposal, CandidateProposal)
    assert proposal.view == "rich"


async def test_tuning_by_typed_changes_moves_parameters_and_nothing_else(
    desk: Desk,
) -> None:
    wrong = '{"reason": "r", "changes": [{"name": "rounds", "value": "many"}]}'
    right = '{"reason": "more", "changes": [{"name": "rounds", "value": 90}]}'

    proposal = await desk.proposal("tune", wrong, right)

    assert isinstance(proposal, CandidateProposal)
    tuned = desk.sources.read_text(proposal.source)
    assert tuned == LINE.replace('"rounds": 50', '"rounds": 90')
    assert proposal.title == "a line | rounds 90"
    assert "same type" in desk.chat.requests[1].messages[-1].content


async def test_no_changes_mean_that_nothing_is_left_to_tune(desk: Desk) -> None:
    proposal = await desk.proposal("tune", '{"reason": "it is best", "changes": []}')

    assert proposal == NoProposal(reason="it is best")


@pytest.mark.parametrize(
    ("kind", "name"), [("repair", "Candidate"), ("repair_features", "Features")]
)
async def test_a_repair_defines_the_class_that_failed(
    kind: str, name: str, desk: Desk
) -> None:
    mended = f"# diagnosis: a text was added\nclass {name}:\n    done = 1\n"
    other = "class Other:\n    pass\n"

    proposal = await desk.proposal(kind, fenced(other), fenced(mended))

    assert isinstance(proposal, RepairProposal)
    assert proposal.diagnosis == "a text was added"
    assert f"class {name}" in desk.sources.read_text(proposal.source)


async def test_a_strategy_is_one_of_the_choices_and_has_a_reason(desk: Desk) -> None:
    unknown = '{"reason": "r", "strategy": "written"}'
    known = '{"reason": "they err on other rows", "strategy": "stacking"}'

    proposal = await desk.proposal("strategy", unknown, known)

    assert proposal == StrategyProposal(
        strategy="stacking", reason="they err on other rows", origin="llm"
    )


async def test_a_number_of_clusters_is_within_bounds(desk: Desk) -> None:
    much = '{"reason": "r", "clusters": 40}'
    right = '{"reason": "three species", "clusters": 3}'

    proposal = await desk.proposal("clusters", much, right)

    assert proposal == ClustersProposal(
        clusters=3, reason="three species", origin="llm"
    )


async def test_every_ask_says_whose_budget_pays_and_has_a_shorter_form(
    desk: Desk,
) -> None:
    for kind, ask in desk.asks.items():
        with pytest.raises(NoUsableReplyError):
            await desk.ask(kind, "no", "no", "no")
        request = desk.chat.requests[-1]
        assert (request.purpose, request.agent) == (ask.kind, AGENT_OF[ask.kind])
        assert request.shorter is not None
        assert len(str(request.shorter)) < len(str(request.messages))


async def test_a_budget_that_is_used_up_is_told_as_it_is(desk: Desk) -> None:
    desk.chat.fail(BudgetExhausted("50 calls are used up"))

    with pytest.raises(BudgetExhausted, match="50 calls"):
        await desk.ask("draft")
