"""The client against servers that break, refuse or make no sense."""

from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue

from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.errors import ChatRefusedError
from tests.proposers.llm.chat.question import KEY, QUESTION, error

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer, Manner


class TestBrokenServers:
    @pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 529])
    async def test_what_may_pass_is_tried_again(
        self, server: "FakeServer", client: ChatClient, status: int
    ) -> None:
        server.send(status, b"<html>something</html>")
        server.say("back")

        reply = await client.complete(QUESTION)

        assert reply.text == "back"
        assert reply.spent.calls == 1

    @pytest.mark.parametrize("manner", ["reset", "hang_up", "cut"])
    async def test_a_connection_that_breaks_is_made_anew_and_may_be_charged(
        self, server: "FakeServer", client: ChatClient, manner: "Manner"
    ) -> None:
        server.misbehave(manner)
        server.say("back")

        reply = await client.complete(QUESTION)

        assert reply.text == "back"
        assert reply.spent.calls == 2
        assert reply.spent.tokens > QUESTION.limit_tokens + 120

    async def test_a_connection_that_went_stale_is_no_failure(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        server.say("one", manner="stale")
        server.say("two")

        assert (await client.complete(QUESTION)).text == "one"
        assert (await client.complete(QUESTION)).text == "two"

    async def test_an_empty_body_is_no_answer(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        server.send(200, b"")
        server.send(200, {"choices": None, "usage": None})
        server.say("at last")

        assert (await client.complete(QUESTION)).text == "at last"

    @pytest.mark.parametrize(
        "usage",
        [
            None,
            {"prompt_tokens": -1, "completion_tokens": -1},
            {"prompt_tokens": 10**12, "completion_tokens": 1},
            {"prompt_tokens": "many"},
        ],
    )
    async def test_a_count_that_cannot_be_is_estimated(
        self, server: "FakeServer", client: ChatClient, usage: JsonValue
    ) -> None:
        server.say("yes", usage=usage)

        spent = (await client.complete(QUESTION)).spent

        assert spent.calls == 1
        assert 5 < spent.tokens < 100

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (401, error(f"Incorrect API key provided: {KEY}")),
            (402, error("pay")),
            (403, error("not for you")),
            (404, error("no such model")),
            (429, error("pay", code="insufficient_quota")),
        ],
    )
    async def test_what_can_never_succeed_is_sent_once_and_costs_nothing(
        self, server: "FakeServer", client: ChatClient, status: int, body: JsonValue
    ) -> None:
        server.send(status, body)

        with pytest.raises(ChatRefusedError) as caught:
            await client.complete(QUESTION)

        assert len(server.requests) == 1
        assert KEY not in str(caught.value)
        assert caught.value.spent == client.ledger.spent
        assert client.ledger.spent.calls == client.ledger.spent.tokens == 0
