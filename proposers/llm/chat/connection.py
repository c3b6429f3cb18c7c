"""The socket to one server: sends a body once and hands back bytes or an error."""

from types import TracebackType
from typing import NamedTuple, Self

import anyio
import httpx2
import openai
from pydantic import JsonValue

from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.cassette import REPLAYED
from proposers.llm.chat.errors import CassetteMissError
from proposers.llm.chat.faults import RequestError, classify
from proposers.llm.chat.redaction import redact

CONNECT_TIMEOUT_SECONDS = 5.0


class Received(NamedTuple):
    """Body of an answer, and whether it came from a cassette and cost nothing."""

    body: bytes
    is_replayed: bool


class Connection:
    """Sends to one server; use it as an async context manager, so that sockets close.

    The library's own retries are off: it would wait up to two minutes and resend what
    can never succeed, unseen by any budget.

    Args:
        access: Where the server is.
        silence_seconds: Longest silence of the server.
        transport: Stands in for the network, to record or replay; None for the network.
    """

    def __init__(
        self,
        access: ChatAccess,
        silence_seconds: float,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._access = access
        self._openai = openai.AsyncOpenAI(
            api_key=access.key.get_secret_value(),
            base_url=access.base_url,
            max_retries=0,
            timeout=httpx2.Timeout(silence_seconds, connect=CONNECT_TIMEOUT_SECONDS),
            http_client=openai.DefaultAsyncHttpx2Client(transport=transport),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all sockets, also when cancelled."""
        with anyio.CancelScope(shield=True):
            await self._openai.close()

    async def send(
        self, body: dict[str, JsonValue], seconds: float
    ) -> Received | RequestError:
        """Send once; an error is returned, so that none that holds a key is chained.

        Args:
            body: Body of a chat completion.
            seconds: Longest time for it all, however slowly bytes drip.
        """
        try:
            with anyio.fail_after(seconds):
                # The raw body: the library's own parsing raises four kinds of error on
                # odd servers and loses the usage.
                response = await self._openai.post(
                    "/chat/completions", cast_to=httpx2.Response, body=body
                )
                return Received(response.content, REPLAYED in response.headers)
        except (openai.APIError, CassetteMissError, TimeoutError) as error:
            return error

    def describe(self, error: RequestError) -> str:
        """Say what went wrong, and where, without the key."""
        is_told = isinstance(error, openai.APIStatusError | CassetteMissError)
        said = str(error) if is_told else classify(error).words
        return self.redacted(f"{self._access.base_url}: {said}")

    def redacted(self, text: str) -> str:
        """Return a text of the server's without the key, and cut short."""
        return redact(text, self._access.secret)
