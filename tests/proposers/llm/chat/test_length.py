"""The client where a conversation or an answer is too long."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from proposers.errors import BudgetExhausted
from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.errors import ContextTooLongError
from proposers.llm.chat.ledger import Budget, Ledger
from proposers.llm.chat.messages import ChatMessage
from tests.proposers.llm.chat.question import QUESTION, error

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer


class TestLength:
    async def test_a_conversation_that_is_too_long_is_sent_in_short_once(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        said = "request (9030 tokens) exceeds the available context size (4096 tokens)"
        server.send(400, error(said))
        server.say("short")
        server.send(400, error(said))
        server.send(400, error(said))
        question = replace(
            QUESTION, limit_tokens=4000, shorter=(ChatMessage("user", "hi"),)
        )

        reply = await client.complete(question)
        with pytest.raises(ContextTooLongError, match="9030 tokens"):
            await client.complete(question)

        assert reply.text == "short"
        assert [request.body["max_tokens"] for request in server.requests] == [
            4000,
            1000,
            4000,
            1000,
        ]
        assert server.requests[1].body["messages"] == [
            {"role": "user", "content": "hi"}
        ]

    async def test_an_answer_that_was_cut_off_gets_twice_the_room_once(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        server.say("cut o", finish="length")
        server.say("cut off agai", finish="length")

        reply = await client.complete(QUESTION)

        assert (reply.text, reply.finish) == ("cut off agai", "length")
        assert reply.spent.calls == 2
        assert [request.body["max_tokens"] for request in server.requests] == [400, 800]

    async def test_a_sending_is_told_also_if_there_is_no_budget_for_the_next(
        self, server: "FakeServer", access: ChatAccess
    ) -> None:
        server.say("cut o", finish="length")

        async with ChatClient(access, Ledger(Budget(calls=1))) as client:
            with pytest.raises(BudgetExhausted) as caught:
                await client.complete(QUESTION)

            assert caught.value.spent == client.ledger.spent
            assert caught.value.spent.calls == 1
