"""What may be spent is promised before it is spent, and never more."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.errors import BudgetExhausted
from proposers.llm.chat.ledger import Budget, Ledger
from proposers.spending import NOTHING_SPENT, Spent

SMALL = Spent(calls=1, tokens=100, money=0.1, seconds=10.0)


async def test_what_a_request_took_replaces_what_was_promised() -> None:
    ledger = Ledger(Budget(tokens=150))
    held = await ledger.reserve("modeler", SMALL)

    ledger.settle(held, Spent(1, 40, 0.02, 3.0))

    assert ledger.spent == ledger.spent_by("modeler") == Spent(1, 40, 0.02, 3.0)
    assert await ledger.reserve("modeler", SMALL)


async def test_a_promise_that_is_taken_back_costs_nothing() -> None:
    ledger = Ledger(Budget(calls=1))
    ledger.release(await ledger.reserve("critic", SMALL))

    assert ledger.spent == NOTHING_SPENT
    assert await ledger.reserve("critic", SMALL)


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(calls=0), "1 calls and 0 are left"),
        (Budget(tokens=99), "100 tokens and 99 are left"),
        (Budget(money=0.05), "0.1 USD and 0.05 are left"),
        (Budget(seconds=0.0), "0 seconds and 0 are left"),
    ],
)
async def test_what_could_cost_more_than_is_left_is_not_sent(
    budget: Budget, said: str
) -> None:
    with pytest.raises(BudgetExhausted, match=said):
        await Ledger(budget).reserve("modeler", SMALL)


async def test_a_request_gets_no_more_time_than_is_left() -> None:
    ledger = Ledger(Budget(seconds=4.0))

    held = await ledger.reserve("modeler", SMALL)

    assert held.most.seconds == 4.0


async def test_an_agent_that_is_out_of_budget_stops_no_other() -> None:
    ledger = Ledger(Budget(calls=9), {"feature": Budget(calls=1)})
    ledger.settle(await ledger.reserve("feature", SMALL), SMALL)

    with pytest.raises(BudgetExhausted):
        await ledger.reserve("feature", SMALL)
    assert await ledger.reserve("modeler", SMALL)


async def test_a_resumed_run_goes_on_with_what_was_spent() -> None:
    ledger = Ledger(Budget(tokens=250), spent={"modeler": SMALL, "critic": SMALL})

    assert ledger.spent == SMALL + SMALL
    with pytest.raises(BudgetExhausted, match="50 are left"):
        await ledger.reserve("modeler", SMALL)


async def test_a_request_waits_where_only_open_promises_are_in_its_way() -> None:
    ledger = Ledger(Budget(tokens=150))
    first = await ledger.reserve("modeler", SMALL)
    order: list[str] = []

    async def second() -> None:
        await ledger.reserve("critic", SMALL)
        order.append("second")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(second)
        await anyio.wait_all_tasks_blocked()
        order.append("settled")
        ledger.settle(first, Spent(1, 20))

    assert order == ["settled", "second"]


async def test_a_request_that_waits_in_vain_is_told_so() -> None:
    ledger = Ledger(Budget(tokens=150))
    first = await ledger.reserve("modeler", SMALL)

    async def second() -> None:
        with pytest.raises(BudgetExhausted):
            await ledger.reserve("critic", SMALL)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(second)
        await anyio.wait_all_tasks_blocked()
        ledger.settle(first, SMALL)


async def test_four_fifths_of_a_limit_are_told_once() -> None:
    told: list[str] = []
    ledger = Ledger(Budget(calls=100, tokens=400), warn=told.append)

    for _ in range(4):
        ledger.settle(await ledger.reserve("modeler", SMALL), Spent(1, 80))
        assert not ledger.is_nearly_used_up or told

    assert told == ["80% of 400 tokens for models are spent"]
    assert ledger.used_share == 0.8


@given(
    st.integers(0, 2_000),
    st.lists(st.tuples(st.integers(1, 300), st.floats(0, 1)), max_size=9),
)
async def test_no_order_of_requests_spends_more_than_the_limit(
    limit: int, requests: list[tuple[int, float]]
) -> None:
    ledger = Ledger(Budget(tokens=limit))

    async def ask(most: int, share: float) -> None:
        try:
            held = await ledger.reserve("modeler", Spent(1, most))
        except BudgetExhausted:
            return
        await anyio.lowlevel.checkpoint()
        ledger.settle(held, Spent(1, int(most * share)))

    async with anyio.create_task_group() as tasks:
        for most, share in requests:
            tasks.start_soon(ask, most, share)

    assert ledger.spent.tokens <= limit
