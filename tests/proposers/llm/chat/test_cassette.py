"""Answers are recorded without secrets and heard again without the server."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest
from pydantic import SecretStr

from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.cassette import (
    Body,
    CassetteMode,
    CassetteTransport,
    read_cassette,
    request_key,
)
from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.errors import CassetteError, CassetteMissError
from proposers.llm.chat.ledger import Budget, Ledger
from proposers.llm.chat.messages import ChatMessage, ChatRequest
from proposers.llm.chat.prices import Price
from proposers.llm.chat.redaction import mask_keys
from tests.proposers.llm.chat.question import KEY

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer

QUESTION = ChatRequest(
    (ChatMessage("system", "be brief"), ChatMessage("user", "one\ntwo")),
    purpose="draft",
    agent="modeler",
    limit_tokens=50,
)
NOWHERE = ChatAccess("http://127.0.0.1:9/v1", SecretStr("none"), "small")


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return tmp_path / "tape.jsonl"


def player(
    access: ChatAccess,
    tape: Path,
    mode: CassetteMode,
    ledger: Ledger | None = None,
) -> ChatClient:
    def mask(text: str) -> str:
        return mask_keys(text, KEY)

    transport = CassetteTransport(tape, mode, mask)
    prices = {"small": Price(1.0, 1.0)}
    return ChatClient(access, ledger, prices=prices, transport=transport)


async def record(access: ChatAccess, tape: Path, *questions: ChatRequest) -> list[str]:
    async with player(access, tape, CassetteMode.RECORD) as client:
        return [(await client.complete(question)).text for question in questions]


async def test_what_was_recorded_is_heard_again_without_a_server(
    server: "FakeServer", access: ChatAccess, tape: Path
) -> None:
    server.say("first")
    server.say("second")
    assert await record(access, tape, QUESTION, QUESTION) == ["first", "second"]

    ledger = Ledger(Budget(calls=2))
    async with player(NOWHERE, tape, CassetteMode.STRICT, ledger) as client:
        replies = [await client.complete(QUESTION) for _ in range(2)]

    assert [reply.text for reply in replies] == ["first", "second"]
    assert replies[0].spent.tokens == 120
    assert (ledger.spent.calls, ledger.spent.money) == (2, 0.0)


async def test_failures_are_part_of_the_record(
    server: "FakeServer", access: ChatAccess, tape: Path
) -> None:
    server.send(429, {"error": {"message": "slow down"}}, retry_after="0")
    server.say("now")
    await record(access, tape, QUESTION)

    assert [entry.status for entry in read_cassette(tape)] == [429, 200]
    async with player(NOWHERE, tape, CassetteMode.STRICT) as client:
        assert (await client.complete(QUESTION)).text == "now"


async def test_same_requests_side_by_side_keep_their_order(
    server: "FakeServer", access: ChatAccess, tape: Path
) -> None:
    for number in range(4):
        server.say(str(number))
    heard: list[str] = []

    async def ask(client: ChatClient) -> None:
        heard.append((await client.complete(QUESTION)).text)

    async with (
        player(access, tape, CassetteMode.RECORD) as client,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(4):
            tasks.start_soon(ask, client)

    entries = read_cassette(tape)
    assert sorted(entry.occurrence for entry in entries) == [0, 1, 2, 3]
    by_occurrence = sorted(entries, key=lambda entry: entry.occurrence)
    said = [json.loads(entry.response) for entry in by_occurrence]
    async with player(NOWHERE, tape, CassetteMode.STRICT) as again:
        replayed = [(await again.complete(QUESTION)).text for _ in range(4)]
    assert replayed == [body["choices"][0]["message"]["content"] for body in said]
    assert sorted(heard) == sorted(replayed)


async def test_a_miss_in_strict_mode_shows_the_nearest_difference(
    server: "FakeServer", access: ChatAccess, tape: Path
) -> None:
    server.say("first")
    await record(access, tape, QUESTION)
    changed = replace(
        QUESTION, messages=(QUESTION.messages[0], ChatMessage("user", "one\nthree"))
    )

    async with player(NOWHERE, tape, CassetteMode.STRICT) as client:
        with pytest.raises(CassetteMissError) as caught:
            await client.complete(changed)
        assert client.ledger.spent.calls == 0

    assert 'differs at messages[1].content, line 2: now "three", then "two"' in str(
        caught.value
    )


async def test_a_request_that_was_recorded_once_is_no_second_answer(
    server: "FakeServer", access: ChatAccess, tape: Path
) -> None:
    server.say("first")
    await record(access, tape, QUESTION)

    async with player(NOWHERE, tape, CassetteMode.STRICT) as client:
        await client.complete(QUESTION)
        with pytest.raises(CassetteMissError, match=r"number 2.*fewer times"):
            await client.complete(QUESTION)


async def test_what_is_missing_may_be_asked_and_kept(
    server: "FakeServer", access: ChatAccess, tape: Path
) -> None:
    server.say("asked")
    async with player(access, tape, CassetteMode.REPLAY) as client:
        await client.complete(QUESTION)
    async with player(access, tape, CassetteMode.REPLAY) as client:
        reply = await client.complete(QUESTION)

    assert reply.text == "asked"
    assert len(server.requests) == len(read_cassette(tape)) == 1


async def test_no_secret_and_no_address_stand_in_the_file(
    server: "FakeServer", access: ChatAccess, tape: Path
) -> None:
    server.send(
        429,
        {"error": {"message": f"slow down, {KEY}"}},
        retry_after="0",
        set_cookie=f"session={KEY}",
        x_ratelimit_remaining_requests="3",
    )
    server.say(f"your key is {KEY} or Bearer {KEY}, a low-risk-adjusted one")
    await record(access, tape, QUESTION)

    text = await anyio.Path(tape).read_text()
    assert KEY not in text
    assert "127.0.0.1" not in text
    assert "cookie" not in text
    assert "authorization" not in text.lower()
    assert "x-ratelimit-remaining-requests" in text
    assert "low-risk-adjusted" in text
    assert len(read_cassette(tape)) == 2


def test_the_name_of_a_request_depends_on_all_of_it_but_not_on_order() -> None:
    body: Body = {"model": "m", "seed": 1}

    assert request_key("/v1", body) == request_key("/v1", {"seed": 1, "model": "m"})
    assert request_key("/v1", body) != request_key("/v2", body)
    assert request_key("/v1", body) != request_key("/v1", {"model": "m", "seed": 2})


@pytest.mark.parametrize("content", ["nonsense\n", '{"key": "k"}\n'])
def test_a_damaged_cassette_is_refused(tape: Path, content: str) -> None:
    tape.write_text(content)

    with pytest.raises(CassetteError, match="damaged"):
        CassetteTransport(tape, CassetteMode.STRICT)


def test_a_cassette_that_is_not_there_is_named(tape: Path) -> None:
    with pytest.raises(CassetteError, match=r"tape\.jsonl"):
        CassetteTransport(tape, CassetteMode.STRICT)
