"""Servers and scripts to ask, and asks to put to them."""

import hashlib
from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr

from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.traffic import Traffic
from schemas.asks import Briefing, DraftAsk, RepairAsk, ScoredCandidate
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, View, ViewProgram
from schemas.jobs import Failure
from schemas.table import (
    ColumnKind,
    ColumnProfile,
    ColumnSchema,
    TableProfile,
    TableSchema,
)
from schemas.task import Task, TaskKind
from tests.proposers.llm.fake_clock import FakeClock
from tests.proposers.llm.fake_server import FakeServer
from tests.proposers.llm.scripted_chat import ScriptedChat

KEY = "sk-test-0123456789abcdef"
BLOB = BlobRef(digest="ab" * 32, size=10)


class MemorySources:
    """Keeps sources in memory, by their hash."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def read_text(self, ref: BlobRef) -> str:
        return self.texts[ref.digest]

    def keep_text(self, text: str) -> BlobRef:
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.texts[digest] = text
        return BlobRef(digest=digest, size=len(text.encode()))


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


@pytest.fixture
def access(server: FakeServer) -> ChatAccess:
    return ChatAccess(base_url=server.base_url, key=SecretStr(KEY), model="small")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pauses(clock: FakeClock) -> list[float]:
    """The pauses that the client would have made."""
    return clock.sleeps


@pytest.fixture
async def client(access: ChatAccess, clock: FakeClock) -> AsyncIterator[ChatClient]:
    traffic = Traffic(clock=clock, sleep=clock.sleep)
    async with ChatClient(
        access, traffic=traffic, sleep=clock.sleep, draw=lambda: 1.0, clock=clock
    ) as made:
        yield made


@pytest.fixture
def chat() -> ScriptedChat:
    """Answers without any server."""
    return ScriptedChat()


@pytest.fixture
def sources() -> MemorySources:
    return MemorySources()


@pytest.fixture
def briefing() -> Briefing:
    task = Task(
        kind=TaskKind.BINARY,
        target="churn",
        classes=("no", "yes"),
        metric="roc_auc",
        greater_is_better=True,
        rows=800,
        features=2,
        test_rows=200,
        folds=5,
        validation_rows=800,
    )
    age = ColumnProfile(
        name="age",
        kind=ColumnKind.NUMERIC,
        missing_share=0.0125,
        distinct=61,
        minimum=18.0,
        mean=41.23456,
        maximum=90.0,
        deviation=12.3,
        low=19.51234,
        high=81.23456,
        is_positive=True,
        is_whole=True,
    )
    plan = ColumnProfile(
        name="plan",
        kind=ColumnKind.CATEGORY,
        missing_share=0.0,
        distinct=3,
        common_levels=("basic", "pro"),
    )
    schema = TableSchema(
        columns=(
            ColumnSchema(name="age", kind=ColumnKind.NUMERIC),
            ColumnSchema(name="plan", kind=ColumnKind.CATEGORY, levels=("basic",)),
        )
    )
    return Briefing(
        task=task,
        profile=TableProfile(rows=800, columns=(age, plan)),
        schema_=schema,
        showcase=('{"age": 44.0, "plan": "basic", "churn": "no"}',),
        seed=7,
        budget_seconds=60.0,
        threads=2,
        memory_bytes=2 * 1024**3,
        versions=(("python", "3.11.7"), ("pandas", "3.1.1"), ("openai", "3.54.0")),
    )


@pytest.fixture
def draft_ask() -> DraftAsk:
    ratios = ViewProgram(name="ratios", source=BLOB, columns=("age_per_plan",))
    leader = ScoredCandidate(
        id="L1-v1",
        family="lightgbm",
        title="lightgbm with defaults",
        view="raw",
        score=0.84123,
        standard_error=0.0052,
        seconds=1.25,
    )
    views = (RAW_VIEW, View(name="rich", programs=(ratios,)))
    return DraftAsk(index=2, views=views, leaderboard=(leader,))


@pytest.fixture
def broken_source() -> str:
    return "class Candidate:\n    def fit(self, X, y, weight=None):\n        X.sum() + 'a'\n"


@pytest.fixture
def repair_ask(sources: MemorySources, broken_source: str) -> RepairAsk:
    failure = Failure(
        kind="exception",
        stage="fit",
        exception="TypeError",
        message="unsupported operand type(s)",
        lines=("3: X.sum() + 'a'",),
    )
    source = sources.keep_text(broken_source)
    return RepairAsk(candidate="L2-v1", source=source, failure=failure, attempt=1)
