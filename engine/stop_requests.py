"""Where a run hears that its user wants it to stop: from signals, unless told otherwise."""

import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio

StopRequests = Callable[[], AbstractAsyncContextManager[AsyncIterator[str]]]
"""Opens a stream of reasons: the first ends exploration, the second ends everything."""


@asynccontextmanager
async def signal_requests() -> AsyncIterator[AsyncIterator[str]]:
    """Hear SIGINT and SIGTERM."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        yield (received.name async for received in signals)
