"""An OpenAI-compatible server of ours on a real socket, that says what a test scripts."""

import json
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pydantic import JsonValue

USAGE: JsonValue = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


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
