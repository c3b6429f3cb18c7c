"""The engine as this process knows it: a child that answers lines of JSON.

Nothing of the engine is imported here, so its module names (`agents`, `bus`, ...) stay in
its own process.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from sage_loop.estimators.errors import (
    EngineError,
    InputError,
    IsolationError,
    SageLoopError,
)

Json = dict[str, object]
Hear = Callable[[Json], None]

DOOR = Path(__file__).resolve().parents[1] / "__main__.py"
FAREWELL_SECONDS = 10.0
LOG_TAIL_CHARS = 2000
ERRORS: Mapping[str, type[SageLoopError]] = {
    "bad_input": InputError,
    "not_isolated": IsolationError,
}


class Engine:
    """One engine process; threads may use it at once.

    Attributes:
        folder: Private folder in which tables are exchanged as Arrow files.
    """

    def __init__(self) -> None:
        self._home = TemporaryDirectory(prefix="sage-loop-")
        self.folder = Path(self._home.name)
        self.owner = os.getpid()
        self._numbers = count(1)
        self._mailboxes: dict[int, SimpleQueue[Json | None]] = {}
        self._lock = threading.Lock()
        self._log = self.folder / "engine.log"
        with self._log.open("wb") as log:
            # A Ctrl-C on the terminal is this process's to pass on.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
                [sys.executable, "-P", str(DOOR), "serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._reader = threading.Thread(
            target=self._read, name="sage-loop answers", daemon=True
        )
        self._reader.start()

    @property
    def is_usable(self) -> bool:
        """Whether the process lives and is this process's own child."""
        return self.owner == os.getpid() and self._process.poll() is None

    def new_path(self, name: str) -> Path:
        """A path for a table that no other request uses."""
        return self.folder / f"{next(self._numbers)}-{name}.arrow"

    def ask(self, request: Json, hear: Hear | None = None) -> Json:
        """Put a request and wait for its answer.

        Args:
            request: Its `id` is filled in here.
            hear: Called with news while the request is carried out.

        Raises:
            SageLoopError: It could not be carried out.
            KeyboardInterrupt: The user interrupted twice; a fit that is interrupted once
                ends early, with what there is.
        """
        number = next(self._numbers)
        mailbox: SimpleQueue[Json | None] = SimpleQueue()
        with self._lock:
            self._mailboxes[number] = mailbox
        try:
            self._send(request | {"id": number})
            return self._wait(request, number, mailbox, hear)
        finally:
            with self._lock:
                del self._mailboxes[number]

    def tell(self, request: Json) -> None:
        """Put a request whose answer nobody waits for."""
        self._send(request | {"id": next(self._numbers)})

    def close(self) -> None:
        """End the process and remove the folder."""
        if self.owner != os.getpid():
            return
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is not None:
            # What a dead engine never read is lost anyway.
            with suppress(OSError):
                stdin.close()
        try:
            self._process.wait(FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(FAREWELL_SECONDS)
        if stdout is not None:
            stdout.close()
        self._home.cleanup()

    def _wait(
        self,
        request: Json,
        number: int,
        mailbox: "SimpleQueue[Json | None]",
        hear: Hear | None,
    ) -> Json:
        is_stopping = False
        while True:
            try:
                message = mailbox.get()
                if message is None:
                    raise self._ended()
                match message["say"]:
                    case "done":
                        return message
                    case "failed":
                        raise self._error(message)
                    case _ if hear is not None:
                        hear(message)
            except KeyboardInterrupt:
                if request["do"] != "fit":
                    raise
                self.tell({"do": "stop", "fit": number})
                if is_stopping:
                    raise
                is_stopping = True

    def _send(self, request: Json) -> None:
        line = json.dumps(request).encode() + b"\n"
        stdin = self._process.stdin
        try:
            with self._lock:
                if stdin is not None:
                    stdin.write(line)
                    stdin.flush()
        except (OSError, ValueError) as error:
            raise self._ended() from error

    def _read(self) -> None:
        """Pass each answer to whoever waits for it (in a thread)."""
        try:
            for line in self._process.stdout or ():
                self._deliver(json.loads(line))
        finally:
            # Whoever still waits hears that nothing will come.
            with self._lock:
                for mailbox in self._mailboxes.values():
                    mailbox.put(None)

    def _deliver(self, message: Json) -> None:
        with self._lock:
            mailbox = self._mailboxes.get(int(str(message["id"])))
        if mailbox is not None:
            mailbox.put(message)

    def _ended(self) -> EngineError:
        tail = self._log.read_text(errors="replace")[-LOG_TAIL_CHARS:].strip()
        return EngineError(f"the engine's process ended; its last words: {tail!r}")

    @staticmethod
    def _error(message: Json) -> BaseException:
        code, text = str(message["code"]), str(message["message"])
        if code == "interrupted":
            return KeyboardInterrupt()
        if code == "bug":
            return EngineError(f"a bug in sage-loop: {text}")
        return ERRORS.get(code, EngineError)(text)


class _Shared:
    """The engine that all estimators of this process use."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def get(self) -> Engine:
        """Return the engine; start one if there is none, or it belongs to a parent."""
        with self._lock:
            if self._engine is None or not self._engine.is_usable:
                self._close()
                self._engine = Engine()
            return self._engine

    def peek(self) -> Engine | None:
        """Return the engine if there is one already."""
        engine = self._engine
        return engine if engine is not None and engine.is_usable else None

    def close(self) -> None:
        """End the engine; the next use starts another."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()


_shared = _Shared()
atexit.register(_shared.close)


def shared_engine() -> Engine:
    """Return the engine of this process; it is started if need be."""
    return _shared.get()


def engine_if_running() -> Engine | None:
    """Return the engine of this process if it runs."""
    return _shared.peek()


def close_engine() -> None:
    """End the engine of this process; the next estimator that needs one starts another."""
    _shared.close()
