"""The client against servers that are busy, slow or full."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from engine.bills import Bills, read_bills
from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.client import ChatClient, Patience
from proposers.llm.chat.errors import ChatUnavailableError
from proposers.llm.chat.prices import Price
from proposers.llm.chat.traffic import Traffic, TrafficLimits
from tests.proposers.llm.chat.question import KEY, QUESTION, error

if TYPE_CHECKING:
    from tests.proposers.llm.fake_clock import FakeClock
    from tests.proposers.llm.fake_server import FakeServer, Manner


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
