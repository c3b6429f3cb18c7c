"""A real model behind a real server: plumbing, not quality, and few calls."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from pydantic import SecretStr

from engine.examining_model import examine_model
from proposers.llm.answers import ClustersAnswer, StrategyAnswer, TuneAnswer
from proposers.llm.chat.access import NO_KEY, ChatAccess
from proposers.llm.chat.cassette import (
    CassetteMode,
    CassetteTransport,
    Entry,
    read_cassette,
)
from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.dialect import Rung
from proposers.llm.chat.errors import ChatUnavailableError
from proposers.llm.chat.ledger import Ledger
from proposers.llm.chat.messages import ChatMessage, ChatRequest
from proposers.llm.chat.opening import ChatOptions
from proposers.llm.chat.strict_schema import answer_schema
from schemas.base import Frozen
from tests.local_model import MODEL, LocalModel, serve_local_model
from tests.proposers.llm.survey import Surveyed, survey

pytestmark = pytest.mark.deep

CASSETTE = Path(__file__).parents[1] / "cassettes" / "smollm2.jsonl"


@dataclass(frozen=True)
class Taped:
    """A whole survey of the model, with its record."""

    surveyed: Surveyed
    entries: list[Entry]
    ledger: Ledger
    rung: Rung


def access_to(model: LocalModel) -> ChatAccess:
    return ChatAccess(model.base_url, SecretStr(NO_KEY), MODEL)


@pytest.fixture(scope="module")
def taped(local_model: LocalModel, tmp_path_factory: pytest.TempPathFactory) -> Taped:
    tape = tmp_path_factory.mktemp("tape") / CASSETTE.name

    async def record() -> Taped:
        ledger = Ledger()
        transport = CassetteTransport(tape, CassetteMode.RECORD)
        async with ChatClient(
            access_to(local_model), ledger, transport=transport
        ) as client:
            surveyed = await survey(client)
            rung = client.dialect("survey").rung
        return Taped(surveyed, read_cassette(tape), ledger, rung)

    return anyio.run(record)


def test_a_typed_answer_is_valid_and_was_asked_for_by_schema(taped: Taped) -> None:
    assert taped.surveyed.plan.value.model.family in {"linear", "forest"}
    assert taped.rung is Rung.JSON_SCHEMA
    assert taped.surveyed.plan.spent.calls == 1


def test_the_same_seed_says_the_same(taped: Taped) -> None:
    first, second = taped.surveyed.colors

    assert first == second


def test_an_answer_without_room_got_twice_as_much_once(taped: Taped) -> None:
    assert taped.surveyed.cut.finish == "length"
    assert taped.surveyed.cut.spent.calls == 2


def test_a_question_that_is_too_long_was_asked_in_short(taped: Taped) -> None:
    assert [entry.status for entry in taped.entries].count(400) == 1
    assert "color" in taped.surveyed.shortened.text


def test_the_ledger_is_the_sum_of_what_the_server_counted(taped: Taped) -> None:
    counted = [
        json.loads(entry.response)["usage"]["total_tokens"]
        for entry in taped.entries
        if entry.status == 200
    ]

    assert taped.ledger.spent.tokens == sum(counted) == taped.surveyed.spent.tokens
    assert taped.ledger.spent.calls == len(counted) < 14


def is_first_turn(entry: Entry) -> bool:
    """What follows a bad answer depends on that answer, and so on the machine."""
    messages = entry.request["messages"]
    assert isinstance(messages, list)
    return len(messages) == 2


def test_the_committed_record_answers_the_questions_of_today(taped: Taped) -> None:
    kept = {entry.key for entry in read_cassette(CASSETTE)}

    asked = {entry.key for entry in taped.entries if is_first_turn(entry)}
    assert asked <= kept


@pytest.mark.parametrize("answer", [StrategyAnswer, ClustersAnswer, TuneAnswer])
async def test_the_server_takes_the_schema_of_every_decision(
    answer: type[Frozen], local_model: LocalModel
) -> None:
    question = ChatRequest(
        (ChatMessage("user", "Decide."),),
        "strategy",
        "tests",
        answer=answer_schema(answer),
        limit_tokens=2,
    )

    async with ChatClient(access_to(local_model)) as client:
        await client.complete(question)

        assert client.dialect("strategy").rung is Rung.JSON_SCHEMA


async def test_doctor_describes_the_server(
    local_model: LocalModel, tmp_path: Path
) -> None:
    environment = {"OPENAI_BASE_URL": local_model.base_url}

    findings = await examine_model(ChatOptions(model=MODEL), environment, tmp_path)

    states = {finding.name: finding.state for finding in findings}
    assert states["form"] == "JSON by schema"
    assert all(finding.level != "bad" for finding in findings)


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[LocalModel]:
    with serve_local_model(tmp_path) as served:
        yield served


async def test_a_server_that_died_costs_no_more_than_its_answers(
    doomed: LocalModel,
) -> None:
    question = ChatRequest(
        (ChatMessage("user", "Say yes."),), "draft", "tests", limit_tokens=4
    )

    async def no_pause(seconds: float) -> None:
        assert seconds > 0
        await anyio.lowlevel.checkpoint()

    async with ChatClient(access_to(doomed), sleep=no_pause) as client:
        said = await client.complete(question)
        doomed.process.kill()
        doomed.process.wait()
        with pytest.raises(ChatUnavailableError, match="no connection"):
            await client.complete(question)

        spent = client.ledger.spent
        assert (spent.calls, spent.tokens) == (said.spent.calls, said.spent.tokens)
