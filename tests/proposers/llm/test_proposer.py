"""The llm proposer end to end: from ask to proposal over a real socket."""

from typing import TYPE_CHECKING

import pytest

from proposers.base import Proposer
from proposers.errors import ProposerInputError, RetryableProposerError
from proposers.fingerprint import fingerprint
from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.errors import (
    ChatRefusedError,
    ChatUnavailableError,
    NoUsableReplyError,
)
from proposers.llm.headers import LINE_LIMIT_CHARACTERS, read_family
from proposers.llm.proposer import LlmProposer
from schemas.asks import Briefing, DraftAsk, RepairAsk
from schemas.proposals import CandidateProposal, RepairProposal

if TYPE_CHECKING:
    from tests.proposers.llm.conftest import MemorySources
    from tests.proposers.llm.fake_server import FakeServer

CODE = "class Candidate:\n    pass\n"


def fenced(code: str) -> str:
    return f"Sure.\n```python\n{code}```"


@pytest.fixture
def proposer(client: ChatClient, sources: "MemorySources") -> Proposer:
    return LlmProposer(client, sources)


async def test_a_draft_carries_what_its_header_says(
    server: "FakeServer",
    proposer: Proposer,
    sources: "MemorySources",
    draft_ask: DraftAsk,
    briefing: Briefing,
) -> None:
    code = f"# family: CatBoost\n# title: boosting with counts\n# view: rich\n{CODE}"
    server.say(fenced(code))

    answer = await proposer.propose(draft_ask, briefing)

    assert answer.spent.tokens == 120
    assert answer.proposal == (
        CandidateProposal(
            family="catboost",
            title="boosting with counts",
            source=sources.keep_text(code),
            fingerprint=fingerprint(code),
            view="rich",
            origin="llm",
        )
    )


async def test_a_draft_without_a_header_gets_plain_defaults(
    server: "FakeServer", proposer: Proposer, draft_ask: DraftAsk, briefing: Briefing
) -> None:
    server.say(fenced(CODE))

    proposal = (await proposer.propose(draft_ask, briefing)).proposal

    assert isinstance(proposal, CandidateProposal)
    assert (proposal.family, proposal.view) == ("llm", "raw")
    assert proposal.title == "draft 3"


async def test_a_repair_comes_with_its_diagnosis(
    server: "FakeServer", proposer: Proposer, repair_ask: RepairAsk, briefing: Briefing
) -> None:
    server.say(fenced(f"# diagnosis: added a number to {'text' * 99}\n{CODE}"))

    answer = await proposer.propose(repair_ask, briefing)

    assert isinstance(answer.proposal, RepairProposal)
    assert answer.proposal.diagnosis.startswith("added a number to text")
    assert len(answer.proposal.diagnosis) == LINE_LIMIT_CHARACTERS
    assert answer.proposal.fingerprint == fingerprint(CODE)


async def test_a_repair_without_a_diagnosis_names_the_failure(
    server: "FakeServer", proposer: Proposer, repair_ask: RepairAsk, briefing: Briefing
) -> None:
    server.say(fenced(CODE))

    proposal = (await proposer.propose(repair_ask, briefing)).proposal

    assert isinstance(proposal, RepairProposal)
    assert proposal.diagnosis == "TypeError in fit"


async def test_an_answer_that_cannot_be_used_is_asked_for_once_more(
    server: "FakeServer", proposer: Proposer, draft_ask: DraftAsk, briefing: Briefing
) -> None:
    server.say("I would use a forest.")
    server.say(fenced(CODE))

    answer = await proposer.propose(draft_ask, briefing)

    assert isinstance(answer.proposal, CandidateProposal)
    assert answer.spent.tokens == 240
    turns = server.requests[1].body["messages"]
    assert isinstance(turns, list)
    assert len(turns) == 4
    assert turns[2] == {"role": "assistant", "content": "I would use a forest."}
    assert "the reply has no ```python fence" in str(turns[3])


async def test_a_reply_that_was_cut_off_gets_twice_the_room(
    server: "FakeServer", proposer: Proposer, draft_ask: DraftAsk, briefing: Briefing
) -> None:
    server.say(f"```python\n{CODE}", finish="length")
    server.say(fenced(CODE))

    await proposer.propose(draft_ask, briefing)

    first, second = (request.body["max_tokens"] for request in server.requests)
    assert isinstance(first, int)
    assert second == 2 * first


async def test_three_unusable_answers_are_a_retryable_failure(
    server: "FakeServer", proposer: Proposer, draft_ask: DraftAsk, briefing: Briefing
) -> None:
    server.say(None)
    server.say("no code")
    server.say(fenced(f"# view: none-such\n{CODE}"))

    with pytest.raises(NoUsableReplyError, match="'none-such' is none of") as caught:
        await proposer.propose(draft_ask, briefing)

    assert isinstance(caught.value, RetryableProposerError)
    assert caught.value.spent.tokens == 360
    assert len(server.requests) == 3


async def test_the_program_that_failed_is_no_repair(
    server: "FakeServer",
    proposer: Proposer,
    repair_ask: RepairAsk,
    briefing: Briefing,
    broken_source: str,
) -> None:
    server.say(fenced(f"# diagnosis: all fine\n{broken_source}"))
    server.say(fenced(CODE))

    proposal = (await proposer.propose(repair_ask, briefing)).proposal

    assert isinstance(proposal, RepairProposal)
    assert proposal.fingerprint == fingerprint(CODE)
    assert "the program that failed, unchanged" in str(server.requests[1].body)


async def test_a_failure_after_the_first_answer_tells_what_that_cost(
    server: "FakeServer", proposer: Proposer, draft_ask: DraftAsk, briefing: Briefing
) -> None:
    server.say("no code")
    for _ in range(4):
        server.send(503, b"busy")

    with pytest.raises(ChatUnavailableError) as caught:
        await proposer.propose(draft_ask, briefing)

    assert isinstance(caught.value, RetryableProposerError)
    assert caught.value.spent.tokens == 120


async def test_a_wrong_key_is_the_fault_of_the_user(
    server: "FakeServer", proposer: Proposer, draft_ask: DraftAsk, briefing: Briefing
) -> None:
    server.send(401, {"error": {"message": "bad key"}})

    with pytest.raises(ChatRefusedError) as caught:
        await proposer.propose(draft_ask, briefing)

    assert isinstance(caught.value, ProposerInputError)


@pytest.mark.parametrize(
    ("said", "family"),
    [
        ("lightgbm", "lightgbm"),
        ("Extra_Trees-2", "extra_trees-2"),
        ("two words", "llm"),
        ("=cmd()", "llm"),
        ("x" * 41, "llm"),
    ],
)
def test_a_family_is_one_plain_word(said: str, family: str) -> None:
    assert read_family({"family": said}) == family
