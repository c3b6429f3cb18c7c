"""`serve`: be the engine of another process, which asks and hears by lines of JSON."""

import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from engine.service import Service
    from engine.service_messages import Answer

CHUNK_BYTES = 64 * 1024
IDLE_SECONDS = 600.0
"""Unused for so long, the engine ends and gives its memory back; it is started when needed."""


def serve() -> None:
    """Answer requests of the Python package (lines of JSON) until standard input ends."""
    from engine.service import Service

    # Whatever a library prints must not come between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(answer: "Answer") -> None:
        answers.write(answer.model_dump_json() + "\n")
        answers.flush()

    with TemporaryDirectory(prefix="sage-loop-") as spool:
        service = Service(Path(spool), say, time.monotonic)
        anyio.run(service.serve, requests(sys.stdin.fileno(), service))


async def requests(descriptor: int, service: "Service") -> AsyncIterator[str]:
    """Lines from a pipe, without a thread that would outlive a cancelled wait."""
    rest = b""
    while True:
        with anyio.move_on_after(IDLE_SECONDS) as waiting:
            await anyio.wait_readable(descriptor)
        if waiting.cancelled_caught:
            if service.is_busy:
                continue
            return
        chunk = os.read(descriptor, CHUNK_BYTES)
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode()
