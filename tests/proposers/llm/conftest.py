"""An OpenAI-compatible server of ours on a real socket, that says what a test scripts."""

import hashlib
import json
import queue
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio.lowlevel
import pytest
from pydantic import JsonValue, SecretStr

from proposers.llm.access import ChatAccess
from proposers.llm.client import ChatClient
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

KEY = "sk-test-0123456789abcdef"
USAGE: JsonValue = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
BLOB = BlobRef(digest="ab" * 32, size=10)


@dataclass(frozen=True)
class Reply:
    """One scripted answer; status 0 hangs up without a word, -1 keeps silent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """One request as the server got it."""

    body: dict[str, JsonValue]
    headers: dict[str, str]


class FakeServer:
    """Answers each request with the next scripted reply."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.arrived = threading.Event()
        self.released = threading.Event()
        self.replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        # Closing then waits for every connection: a client that leaks one is found out.
        self._http.daemon_threads = False
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def send(self, status: int, body: JsonValue | bytes = b"", **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.put(Reply(status, content, named))

    def say(
        self, text: str | None, *, finish: str = "stop", usage: JsonValue = USAGE
    ) -> None:
        message: JsonValue = {"role": "assistant", "content": text}
        choice: JsonValue = {"index": 0, "message": message, "finish_reason": finish}
        self.send(200, {"id": "c1", "choices": [choice], "usage": usage})

    def hang_up(self) -> None:
        self.replies.put(Reply(0))

    def keep_silent(self) -> None:
        self.replies.put(Reply(-1))

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = json.loads(self.rfile.read(length))
                server.requests.append(Received(body, dict(self.headers)))
                server.arrived.set()
                self._answer(server.replies.get_nowait())

            def _answer(self, reply: Reply) -> None:
                if reply.status == -1:
                    server.released.wait(timeout=20)
                if reply.status <= 0:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                self.send_header("content-length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent; the name is that of the base class."""

        return Handler


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
def pauses() -> list[float]:
    """The pauses that the client would have made."""
    return []


@pytest.fixture
async def client(access: ChatAccess, pauses: list[float]) -> AsyncIterator[ChatClient]:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await anyio.lowlevel.checkpoint()

    async with ChatClient(access, sleep=sleep, draw=lambda: 1.0) as made:
        yield made


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
