"""The client counts all it spends, and never spends more than it may."""

from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from proposers.errors import BudgetExhausted
from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.client import CallRecord, ChatClient
from proposers.llm.chat.ledger import Budget, Ledger
from proposers.llm.chat.prices import Price
from proposers.spending import NOTHING_SPENT
from tests.proposers.llm.chat.question import QUESTION

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer


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
