"""The client against a real server on a real socket, well-behaved and not."""

import logging
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest
from pydantic import JsonValue, SecretStr

from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.client import ChatClient, Patience
from proposers.llm.chat.errors import ChatRefusedError, ChatUnavailableError
from proposers.llm.chat.messages import ChatMessage, ChatRequest
from tests.proposers.llm.chat.question import KEY

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer

QUESTION = ChatRequest(
    (ChatMessage("system", "be brief"), ChatMessage("user", "hello")),
    purpose="draft",
    agent="modeler",
    limit_tokens=50,
)


async def test_a_reply_comes_with_its_tokens(
    server: "FakeServer", client: ChatClient
) -> None:
    server.say("good day")

    reply = await client.complete(QUESTION)

    assert (reply.text, reply.finish) == ("good day", "stop")
    assert (reply.spent.calls, reply.spent.tokens) == (1, 120)
    assert server.requests[0].body == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": "hello"},
        ],
        "max_tokens": 50,
    }


async def test_no_reply_is_longer_than_the_user_wants(
    server: "FakeServer", access: ChatAccess
) -> None:
    server.say("short")

    async with ChatClient(access, patience=Patience(reply_tokens=20)) as client:
        await client.complete(QUESTION)

    assert server.requests[0].body["max_tokens"] == 20


async def test_a_busy_server_is_asked_again_after_the_pause_it_wants(
    server: "FakeServer", client: ChatClient, pauses: list[float]
) -> None:
    server.send(429, {"error": {"message": "slow down"}}, retry_after="2")
    server.say("now")

    reply = await client.complete(QUESTION)

    assert reply.text == "now"
    assert pauses == [2.0]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"),
        (502, b"<html>bad gateway</html>"),
        (200, b"<html>log in here</html>"),
        (200, b'{"choices": []}'),
        (200, b'{"error": {"message": "overloaded"}}'),
        (200, b'{"choices": [{"message": {"con'),
    ],
)
async def test_a_server_that_stays_broken_is_given_up_on_after_four_tries(
    server: "FakeServer",
    client: ChatClient,
    pauses: list[float],
    status: int,
    body: bytes,
) -> None:
    for _ in range(4):
        server.send(status, body)

    with pytest.raises(ChatUnavailableError):
        await client.complete(QUESTION)

    assert len(server.requests) == 4
    assert pauses == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}, {}),
        (404, {"error": {"message": "no such model"}}, {}),
        (400, {"error": {"message": "context length exceeded"}}, {}),
        (429, {"error": {"message": "pay", "code": "insufficient_quota"}}, {}),
    ],
)
async def test_a_refusal_is_final(
    server: "FakeServer",
    client: ChatClient,
    status: int,
    body: JsonValue,
    headers: dict[str, str],
) -> None:
    server.send(status, body, **headers)

    with pytest.raises(ChatRefusedError, match=f"Error code: {status}"):
        await client.complete(QUESTION)

    assert len(server.requests) == 1


async def test_a_pause_longer_than_patience_ends_the_tries(
    server: "FakeServer", client: ChatClient, pauses: list[float]
) -> None:
    server.send(429, {"error": {"message": "later"}}, retry_after="300")

    with pytest.raises(ChatUnavailableError, match="later"):
        await client.complete(QUESTION)

    assert pauses == []


async def test_a_connection_that_breaks_is_made_anew(
    server: "FakeServer", client: ChatClient
) -> None:
    server.misbehave("hang_up")
    server.say("back")

    assert (await client.complete(QUESTION)).text == "back"


@pytest.mark.parametrize("host", ["127.0.0.1", "nowhere.invalid"])
async def test_a_place_where_nobody_listens_is_unavailable(
    host: str, free_tcp_port: int, pauses: list[float]
) -> None:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    base_url = f"http://{host}:{free_tcp_port}/v1"
    access = ChatAccess(base_url=base_url, key=SecretStr(KEY), model="m")
    async with ChatClient(access, sleep=sleep) as client:
        with pytest.raises(ChatUnavailableError, match="no connection"):
            await client.complete(QUESTION)

    assert len(pauses) == 3


async def test_a_server_that_keeps_silent_is_left_at_the_deadline(
    server: "FakeServer", access: ChatAccess
) -> None:
    server.misbehave("silent")

    async with ChatClient(access, patience=Patience(seconds=0.1)) as client:
        with pytest.raises(ChatUnavailableError, match="no reply in time"):
            await client.complete(QUESTION)


async def test_a_cancelled_request_lets_go_of_its_socket(
    server: "FakeServer", client: ChatClient
) -> None:
    server.misbehave("silent")

    async with anyio.create_task_group() as group:
        group.start_soon(client.complete, QUESTION)
        await anyio.to_thread.run_sync(server.arrived.wait)
        group.cancel_scope.cancel()

    server.released.set()
    server.say("fresh")
    assert (await client.complete(QUESTION)).text == "fresh"


async def test_the_newer_name_of_the_token_limit_is_learned_once(
    server: "FakeServer", client: ChatClient, pauses: list[float]
) -> None:
    message = "'max_tokens' is not supported; use 'max_completion_tokens' instead."
    server.send(400, {"error": {"message": message}})
    server.say("one")
    server.say("two")

    await client.complete(QUESTION)
    await client.complete(replace(QUESTION, limit_tokens=60))

    limits = [
        {name: value for name, value in request.body.items() if "max" in name}
        for request in server.requests
    ]
    assert limits == [
        {"max_tokens": 50},
        {"max_completion_tokens": 50},
        {"max_completion_tokens": 60},
    ]
    assert pauses == []


async def test_the_key_goes_to_the_server_and_nowhere_else(
    server: "FakeServer", client: ChatClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo: JsonValue = {"error": {"message": f"Incorrect API key provided: {KEY}."}}
    server.send(401, echo)

    with pytest.raises(ChatRefusedError) as caught:
        await client.complete(QUESTION)

    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in str(server.requests[0].body)
    told = traceback.format_exception(caught.value)
    assert "Incorrect API key provided: [key]" in "".join(told)
    assert KEY not in "".join(told)
    assert caught.value.__context__ is None
    assert KEY not in caplog.text
    assert KEY not in repr(client)
