"""An OpenAI-compatible server of ours on a real socket, that says what a test scripts."""

import json
import queue
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from pydantic import JsonValue

USAGE: JsonValue = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


Manner = Literal["whole", "silent", "hang_up", "reset", "cut", "drip", "stale", "held"]


@dataclass(frozen=True)
class Reply:
    """One scripted answer.

    Attributes:
        status: HTTP status.
        body: Its body.
        headers: Its headers, besides the length.
        manner: `silent` keeps the connection and says nothing, `hang_up` closes it,
            `reset` breaks it, `cut` breaks off in the middle of the body, `drip` sends the
            body byte by byte without end, `stale` answers and then closes without a
            word, `held` answers only once the server is released.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = "whole"


@dataclass(frozen=True)
class Received:
    """One request as the server got it."""

    body: dict[str, JsonValue]
    headers: dict[str, str]


class FakeServer:
    """Answers each request with the next scripted reply."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.most_at_once = 0
        self._at_once = 0
        self._counting = threading.Lock()
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
        self,
        text: str | None,
        *,
        finish: str = "stop",
        usage: JsonValue = USAGE,
        manner: Manner = "whole",
    ) -> None:
        message: JsonValue = {"role": "assistant", "content": text}
        choice: JsonValue = {"index": 0, "message": message, "finish_reason": finish}
        body = {"id": "c1", "choices": [choice], "usage": usage}
        self.replies.put(Reply(200, json.dumps(body).encode(), {}, manner))

    def misbehave(self, manner: Manner) -> None:
        self.replies.put(Reply(body=b" " * 1000, manner=manner))

    def note(self, request: Received) -> None:
        with self._counting:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        self.arrived.set()

    def forget(self) -> None:
        with self._counting:
            self._at_once -= 1

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
                server.note(Received(body, dict(self.headers)))
                # A client that leaves early is part of some scripts.
                with suppress(ConnectionError):
                    self._answer(server.replies.get_nowait())
                server.forget()

            def _answer(self, reply: Reply) -> None:
                manner = reply.manner
                self.close_connection = manner not in {"whole", "held"}
                if manner in {"silent", "held"}:
                    server.released.wait(timeout=20)
                if manner == "reset":
                    lingering = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, lingering
                    )
                if manner in {"silent", "hang_up", "reset"}:
                    return
                self.send_response(reply.status)
                self.send_header("content-length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                match manner:
                    case "cut":
                        self.wfile.write(reply.body[: len(reply.body) // 2])
                    case "drip":
                        for byte in reply.body:
                            self.wfile.write(bytes([byte]))
                            if server.released.wait(timeout=0.02):
                                break
                    case _:
                        self.wfile.write(reply.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent; the name is that of the base class."""

        return Handler
