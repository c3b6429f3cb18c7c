"""The client against models whose answers cannot be used."""

from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue

from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.errors import ModelRefusedError, NoUsableReplyError
from proposers.llm.chat.structured import ask_for_model
from tests.proposers.llm.chat.question import GOOD, QUESTION, Choice

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer


class TestAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            '{"family": "Linear", "depth": 3}',
            '{"family": "linear", "depth": "three"}',
            '{"family": "linear", "depth": 3.5}',
            '{"family": "linear", "depth": 10}',
            '{"family": "linear", "depth": Infinity}',
            '{"family": "linear", "depth": 1e999}',
            '{"family": "linear", "depth": 3, "more": 1}',
            '{"family": "linear"}',
            '{"choice": {"family": "linear", "depth": 3}}',
            "[" * 2000,
            "x" * 1_000_000,
            "",
        ],
    )
    async def test_a_wrong_answer_is_asked_for_again(
        self, server: "FakeServer", client: ChatClient, answer: str
    ) -> None:
        server.say(answer)
        server.say(GOOD)

        answered = await ask_for_model(client, QUESTION, Choice)

        assert answered.value == Choice(family="linear", depth=3)
        assert answered.spent.calls == 2
        assert "cannot be used" in str(server.requests[1].body["messages"])

    async def test_all_attempts_are_billed(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        for _ in range(3):
            server.say("no")

        with pytest.raises(NoUsableReplyError) as caught:
            await ask_for_model(client, QUESTION, Choice)

        assert caught.value.spent == client.ledger.spent
        assert client.ledger.spent.tokens == 360

    async def test_a_refusal_is_not_sent_again(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        message: JsonValue = {"role": "assistant", "content": None, "refusal": "no"}
        server.send(200, {"choices": [{"message": message, "finish_reason": "stop"}]})
        server.say(None, finish="content_filter")

        for _ in range(2):
            with pytest.raises(ModelRefusedError):
                await ask_for_model(client, QUESTION, Choice)

        assert len(server.requests) == 2
