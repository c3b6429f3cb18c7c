"""Commands are carried out, or refused as the bugs they are."""

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from bus.effects import Outcome
from engine.effects import Effects
from engine.proposing import Proposers
from engine.run_folder import RunFolder, create_run_folder
from executors.pool import WorkerPool
from proposers.base import Answer
from proposers.bill import Bill
from proposers.errors import ProposerError
from proposers.spending import Spent
from schemas.asks import Ask, Briefing, DraftAsk
from schemas.candidate import RAW_VIEW
from schemas.commands import PrepareTable, Propose
from schemas.envelope import Cost, Envelope, Message
from schemas.inputs import (
    EffectCancelled,
    PrepareFailed,
    Proposed,
    ProposeFailed,
    TablePrepared,
)
from schemas.proposals import NoProposal
from schemas.sayings import LoopOpened
from schemas.settings import RunSettings, TableSettings

ASK = Propose(ask=DraftAsk(index=0, views=(RAW_VIEW,)))


class Oracle:
    """Answers the first ask and fails the second; both take tokens."""

    def __init__(self) -> None:
        self.briefings: list[Briefing] = []
        self.is_asked_aloud = False
        self.thinks: anyio.Event | None = None

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        self.briefings.append(briefing)
        if bill is not None and self.is_asked_aloud:
            call = bill.reserve(Spent(1, 90, 0.0, 9.0))
            if self.thinks is not None:
                self.thinks.set()
                await anyio.sleep_forever()
            bill.settle(call, Spent(1, 7, 0.5, 3.0), "why? because")
        if len(self.briefings) > 1:
            raise ProposerError("it has spoken", spent=Spent(1, 5, 0.25, 2.0))
        return Answer(NoProposal(reason="none today"), Spent(1, 7, 0.5, 3.0))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return create_run_folder(tmp_path / "run")


@pytest.fixture
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture
def effects(
    folder: RunFolder, pool: WorkerPool, oracle: Oracle, table: Path
) -> Iterator[Effects]:
    tables = TableSettings(table=str(table), target="outcome")
    settings = RunSettings(tables=tables, trials=9, seed=3)
    made = Effects(settings, folder, pool, Proposers(oracle))
    yield made
    made.close()


def command(body: Message) -> Envelope:
    return Envelope(
        run="r", session=0, seq=1, io="out", body=body, src="test", t=0, key="k"
    )


async def carry_out(effects: Effects, body: Message) -> Outcome:
    return await effects.run(command(body))


async def test_work_before_the_table_is_prepared_is_a_bug(effects: Effects) -> None:
    with pytest.raises(RuntimeError, match="before the table"):
        await carry_out(effects, ASK)


async def test_what_is_no_command_is_a_bug(effects: Effects) -> None:
    with pytest.raises(TypeError, match="loop_opened"):
        await carry_out(effects, LoopOpened())


async def test_an_answer_and_a_failure_both_tell_what_they_took(
    effects: Effects, oracle: Oracle
) -> None:
    prepared = await carry_out(effects, PrepareTable())
    assert isinstance(prepared.body, TablePrepared)

    answered = await carry_out(effects, ASK)
    failed = await carry_out(effects, ASK)

    assert isinstance(answered.body, Proposed)
    assert answered.cost == Cost(calls=1, tokens=7, money=0.5, answer_seconds=3.0)
    assert isinstance(failed.body, ProposeFailed)
    assert failed.body.message == "it has spoken"
    assert failed.cost == Cost(calls=1, tokens=5, money=0.25, answer_seconds=2.0)
    assert oracle.briefings[0].task == prepared.body.task
    assert (oracle.briefings[0].seed, oracle.briefings[0].trials) == (3, 9)


async def test_what_was_said_is_kept_and_an_ask_that_is_taken_back_has_its_price(
    effects: Effects, oracle: Oracle, folder: RunFolder
) -> None:
    await carry_out(effects, PrepareTable())
    oracle.is_asked_aloud = True

    answered = await carry_out(effects, ASK)
    async with anyio.create_task_group() as tasks:
        oracle.thinks = anyio.Event()
        tasks.start_soon(carry_out, effects, ASK)
        await oracle.thinks.wait()
        tasks.cancel_scope.cancel()
    taken_back = effects.take_back(command(ASK))

    assert isinstance(answered.body, Proposed)
    assert answered.body.conversation is not None
    assert folder.blobs.read_text(answered.body.conversation) == "why? because"
    assert taken_back == Outcome(
        EffectCancelled(), Cost(calls=1, tokens=90, answer_seconds=9.0)
    )
    assert effects.take_back(command(ASK)) == Outcome(EffectCancelled())


async def test_a_table_that_cannot_be_used_is_no_bug(
    folder: RunFolder, pool: WorkerPool, oracle: Oracle
) -> None:
    tables = TableSettings(table="nowhere.csv", target="outcome")
    effects = Effects(
        RunSettings(tables=tables, trials=9), folder, pool, Proposers(oracle)
    )

    outcome = await carry_out(effects, PrepareTable())
    effects.close()

    assert isinstance(outcome.body, PrepareFailed)
