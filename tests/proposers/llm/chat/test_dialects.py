"""The client against servers of another dialect."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.dialect import Dialect, Rung
from proposers.llm.chat.errors import ChatRefusedError
from proposers.llm.chat.structured import ask_for_model
from tests.proposers.llm.chat.question import GOOD, QUESTION, Choice, error, formats

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer


class TestDialects:
    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (400, "response_format: json_schema is not supported"),
            (422, "extra fields not permitted"),
            (500, "Internal error: unknown response_format type json_schema"),
        ],
    )
    async def test_a_server_without_schemas_is_asked_in_another_way_from_then_on(
        self, server: "FakeServer", client: ChatClient, status: int, said: str
    ) -> None:
        server.send(status, error(said))
        server.send(status, error(said))
        server.say(f"Well: {GOOD}")
        server.say(GOOD)

        first = await ask_for_model(client, QUESTION, Choice)
        await ask_for_model(client, QUESTION, Choice)

        assert first.value.depth == 3
        assert first.spent.calls == 1
        assert formats(server) == ["json_schema", "json_object", "none", "none"]
        assert client.dialect("draft").rung is Rung.PLAIN_TEXT
        assert '"required": ["family", "depth"]' in str(server.requests[2].body)
        assert '"required"' not in str(server.requests[0].body["messages"])

    async def test_a_broken_server_is_not_taken_for_one_of_another_dialect(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        server.send(500, error("out of memory"))
        server.say(GOOD)

        await ask_for_model(client, QUESTION, Choice)

        assert formats(server) == ["json_schema", "json_schema"]

    async def test_a_request_that_is_wrong_in_every_dialect_teaches_nothing(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        for _ in range(3):
            server.send(400, error("your prompt is not allowed"))

        with pytest.raises(ChatRefusedError, match="not allowed"):
            await ask_for_model(client, QUESTION, Choice)

        assert client.dialect("draft") == Dialect()

    async def test_each_model_has_a_dialect_of_its_own(
        self, server: "FakeServer", access: ChatAccess
    ) -> None:
        server.send(400, error("no response_format here"))
        server.say(GOOD)
        server.say(GOOD)

        async with ChatClient(replace(access, models={"repair": "other"})) as client:
            await ask_for_model(client, QUESTION, Choice)
            await ask_for_model(client, replace(QUESTION, purpose="repair"), Choice)

        assert formats(server) == ["json_schema", "json_object", "json_schema"]
        assert [request.body["model"] for request in server.requests] == [
            "small",
            "small",
            "other",
        ]

    async def test_settings_that_a_model_does_not_take_are_left_out(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        server.send(
            400, error("Unsupported parameter: 'max_tokens'. Use max_completion_tokens")
        )
        server.send(400, error("'temperature' does not support 0.2 with this model"))
        server.send(400, error("Unrecognized request argument supplied: seed"))
        server.say("one")
        server.say("two")
        question = replace(QUESTION, temperature=0.2, seed=7)

        await client.complete(question)
        await client.complete(question)

        sent = [
            request.body.keys() - {"model", "messages"} for request in server.requests
        ]
        assert sent == [
            {"max_tokens", "temperature", "seed"},
            {"max_completion_tokens", "temperature", "seed"},
            {"max_completion_tokens", "seed"},
            {"max_completion_tokens"},
            {"max_completion_tokens"},
        ]
