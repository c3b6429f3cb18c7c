"""The client against servers that are busy, broken, odd or of another dialect."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import anyio
import anyio.lowlevel
import pytest
from pydantic import Field, JsonValue

from engine.bills import Bills, read_bills
from proposers.errors import BudgetExhausted
from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.client import CallRecord, ChatClient, Patience
from proposers.llm.chat.dialect import Dialect, Rung
from proposers.llm.chat.errors import (
    ChatRefusedError,
    ChatUnavailableError,
    ContextTooLongError,
    ModelRefusedError,
    NoUsableReplyError,
)
from proposers.llm.chat.ledger import Budget, Ledger
from proposers.llm.chat.messages import ChatMessage, ChatRequest
from proposers.llm.chat.prices import Price
from proposers.llm.chat.structured import ask_for_model
from proposers.llm.chat.traffic import Traffic, TrafficLimits
from proposers.spending import NOTHING_SPENT
from schemas.base import Frozen

if TYPE_CHECKING:
    from tests.proposers.llm.fake_clock import FakeClock
    from tests.proposers.llm.fake_server import FakeServer, Manner

KEY = "sk-test-0123456789abcdef"
QUESTION = ChatRequest(
    (ChatMessage("system", "be brief"), ChatMessage("user", "hello")),
    purpose="draft",
    agent="modeler",
    limit_tokens=400,
)
GOOD = '{"family": "linear", "depth": 3}'


class Choice(Frozen):
    family: Literal["linear", "forest"]
    depth: int = Field(ge=1, le=9)


def error(message: str, **more: JsonValue) -> JsonValue:
    return {"error": {"message": message, **more}}


def formats(server: "FakeServer") -> list[str]:
    """How each request asked for JSON."""
    found = []
    for request in server.requests:
        form = request.body.get("response_format")
        found.append(str(form["type"]) if isinstance(form, dict) else "none")
    return found


class TestBusyServers:
    @pytest.mark.parametrize(
        ("headers", "pause"),
        [
            ({"retry_after": "2"}, [2.0]),
            ({"retry_after_ms": "250"}, [0.25]),
            ({"retry_after": "0"}, []),
            ({"retry_after": "-4"}, []),
            ({"retry_after": "soon"}, [0.5]),
            ({"retry_after": "Sun, 22 Nov 2020 12:00:00 GMT"}, []),
            ({}, [0.5]),
        ],
    )
    async def test_the_pause_that_is_asked_for_is_made(
        self,
        server: "FakeServer",
        client: ChatClient,
        pauses: list[float],
        headers: dict[str, str],
        pause: list[float],
    ) -> None:
        server.send(429, error("slow down"), **headers)
        server.say("now")

        assert (await client.complete(QUESTION)).text == "now"
        assert pauses == pause
        assert client.ledger.spent.calls == 1

    async def test_all_loops_pause_not_only_the_one_that_was_told(
        self, server: "FakeServer", client: ChatClient, clock: "FakeClock"
    ) -> None:
        server.send(429, error("slow down"), retry_after="9999")
        server.send(429, error("slow down"), retry_after="7")
        server.say("first")
        server.say("second")
        with pytest.raises(ChatUnavailableError):
            await client.complete(QUESTION)

        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(client.complete, QUESTION)

        assert clock.sleeps == [7.0]
        assert len(server.requests) == 4

    @pytest.mark.parametrize("manner", ["silent", "drip"])
    async def test_a_server_that_takes_too_long_is_left_and_may_charge(
        self, server: "FakeServer", access: ChatAccess, manner: "Manner"
    ) -> None:
        server.misbehave(manner)

        patience = Patience(seconds=0.15)
        async with ChatClient(
            access, patience=patience, prices={"small": Price(1.0, 1.0)}
        ) as client:
            with pytest.raises(ChatUnavailableError, match="no reply in time"):
                await client.complete(QUESTION)
            spent = client.ledger.spent

        assert spent.calls == 1
        assert spent.tokens > QUESTION.limit_tokens
        assert spent.money > 0

    async def test_a_request_that_is_cancelled_may_be_charged(
        self, server: "FakeServer", client: ChatClient
    ) -> None:
        server.misbehave("silent")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.complete, QUESTION)
            await anyio.to_thread.run_sync(server.arrived.wait)
            tasks.cancel_scope.cancel()

        assert client.ledger.spent.calls == 1
        assert client.ledger.spent.tokens > QUESTION.limit_tokens

    async def test_a_bill_knows_of_a_request_before_it_is_sent_and_what_it_took(
        self, server: "FakeServer", client: ChatClient, tmp_path: Path
    ) -> None:
        path = tmp_path / "calls.jsonl"
        bill = Bills(path).open("ask")
        server.misbehave("silent")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.complete, replace(QUESTION, bill=bill))
            await anyio.to_thread.run_sync(server.arrived.wait)
            in_flight = read_bills(path)["ask"]
            tasks.cancel_scope.cancel()
        server.released.set()
        server.say(f"that is all, {KEY}")
        await client.complete(replace(QUESTION, bill=bill))

        assert in_flight.tokens == bill.total.tokens - 120 > QUESTION.limit_tokens
        assert read_bills(path)["ask"].calls == client.ledger.spent.calls == 2
        cancelled, told = bill.said
        assert "cancelled" in cancelled
        for text in ("call to small: stop, 120 tokens", "hello", "that is all, [key]"):
            assert text in told
        assert KEY not in cancelled + told

    async def test_a_server_gets_no_more_requests_at_once_than_it_takes(
        self, server: "FakeServer", access: ChatAccess
    ) -> None:
        for _ in range(9):
            server.say("yes", manner="held")

        traffic = Traffic(TrafficLimits(parallel=3))
        async with (
            ChatClient(access, traffic=traffic) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(9):
                tasks.start_soon(client.complete, QUESTION)
            while len(server.requests) < 3:
                await anyio.lowlevel.checkpoint()
            server.released.set()

        assert server.most_at_once == 3
        assert len(server.requests) == 9


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


class TestBudgets:
    async def test_requests_side_by_side_never_overshoot(
        self, server: "FakeServer", access: ChatAccess
    ) -> None:
        for _ in range(16):
            server.say("yes", usage={"prompt_tokens": 20, "completion_tokens": 400})
        ledger = Ledger(Budget(tokens=2_000))
        refused = 0

        async def ask(client: ChatClient) -> None:
            nonlocal refused
            try:
                await client.complete(QUESTION)
            except BudgetExhausted:
                refused += 1

        async with (
            ChatClient(access, ledger) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(16):
                tasks.start_soon(ask, client)

        assert len(server.requests) == 4
        assert refused == 12
        assert ledger.spent.tokens == 4 * 420

    async def test_money_is_counted_by_the_price_of_the_model(
        self, server: "FakeServer", access: ChatAccess
    ) -> None:
        server.say("yes")
        prices = {"small": Price(sent=10.0, received=100.0)}

        async with ChatClient(access, prices=prices) as client:
            spent = (await client.complete(QUESTION)).spent

        assert spent.money == pytest.approx(0.001 + 0.002)

    async def test_each_sending_is_told_without_what_was_said(
        self, server: "FakeServer", access: ChatAccess
    ) -> None:
        server.misbehave("hang_up")
        server.say("yes", finish="length")
        server.say("yes")
        told: list[CallRecord] = []

        async def no_pause(_: float) -> None:
            await anyio.lowlevel.checkpoint()

        async with ChatClient(access, tell=told.append, sleep=no_pause) as client:
            spent = (await client.complete(QUESTION)).spent

        assert [(record.sending, record.outcome) for record in told] == [
            (1, "the connection broke off"),
            (2, "length"),
            (3, "stop"),
        ]
        assert sum((record.spent for record in told), NOTHING_SPENT) == spent
