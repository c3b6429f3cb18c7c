"""One chat completion from an OpenAI-compatible server, retried with care."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, assert_never

import anyio
import httpx2
import openai
from openai.types.chat import (
    ChatCompletionAssistantMessageParam,
    ChatCompletionMessageParam,
    ChatCompletionSystemMessageParam,
    ChatCompletionUserMessageParam,
)

from proposers.llm.access import NO_KEY, ChatAccess
from proposers.llm.conversation import ChatMessage, ChatReply
from proposers.llm.errors import (
    ChatRefusedError,
    ChatUnavailableError,
    LlmError,
)
from proposers.llm.redaction import redact
from proposers.llm.reply import MalformedReplyError, read_reply
from proposers.llm.retry import RequestError, is_retryable, pause_seconds

CONNECT_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How much patience a client has.

    Attributes:
        attempts: How often one request is sent at most.
        read_seconds: Longest silence of the server.
        total_seconds: Longest time of one sending, however slowly bytes drip.
    """

    attempts: int = 4
    read_seconds: float = 120.0
    total_seconds: float = 300.0


class ChatClient:
    """Asks one model; use it as an async context manager, so that its sockets close.

    The library's own retries are off: it would wait up to two minutes and resend what
    can never succeed, unseen by any budget.
    """

    def __init__(
        self,
        access: ChatAccess,
        limits: ChatLimits | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            access: Where the model is.
            limits: How much patience to have.
            sleep: Waits for some seconds between tries.
            draw: Random number in 0 to 1 that spreads those waits.
        """
        self._access = access
        self._limits = limits or ChatLimits()
        self._sleep = sleep
        self._draw = draw
        self._is_limit_renamed = False
        self._openai = openai.AsyncOpenAI(
            api_key=access.key.get_secret_value(),
            base_url=access.base_url,
            max_retries=0,
            timeout=httpx2.Timeout(
                self._limits.read_seconds, connect=CONNECT_TIMEOUT_SECONDS
            ),
        )

    def __repr__(self) -> str:
        """Show where the model is, and no key."""
        return f"ChatClient({self._access.model!r} at {self._access.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all sockets, also when cancelled."""
        with anyio.CancelScope(shield=True):
            await self._openai.close()

    async def complete(
        self, conversation: Sequence[ChatMessage], limit_tokens: int
    ) -> ChatReply:
        """Have the model say the next turn of a conversation.

        Args:
            conversation: The turns so far.
            limit_tokens: Longest reply.

        Raises:
            ChatUnavailableError: If no try brought a reply; later ones may.
            ChatRefusedError: If the server will never take this request as it is.
        """
        failures = 0
        while True:
            outcome = await self._try_once(conversation, limit_tokens)
            if isinstance(outcome, ChatReply):
                return outcome
            if self._has_adapted(outcome):
                continue
            pause = pause_seconds(outcome, failures, self._draw(), datetime.now(UTC))
            failures += 1
            if pause is None or failures >= self._limits.attempts:
                raise self._as_chat_error(outcome)
            await self._sleep(pause)

    async def _try_once(
        self, conversation: Sequence[ChatMessage], limit_tokens: int
    ) -> ChatReply | RequestError:
        """Send once; an error is returned, so that none that holds a key is chained."""
        try:
            with anyio.fail_after(self._limits.total_seconds):
                body = await self._send(conversation, limit_tokens)
            return read_reply(body, conversation)
        except (openai.APIError, MalformedReplyError, TimeoutError) as error:
            return error

    async def _send(
        self, conversation: Sequence[ChatMessage], limit_tokens: int
    ) -> bytes:
        # The raw body: the library's own parsing raises four kinds of error on odd
        # servers and loses the usage.
        limit: int | openai.Omit = limit_tokens
        response = await self._openai.chat.completions.with_raw_response.create(
            model=self._access.model,
            messages=[_as_parameter(message) for message in conversation],
            max_tokens=openai.omit if self._is_limit_renamed else limit,
            max_completion_tokens=limit if self._is_limit_renamed else openai.omit,
        )
        return response.content

    def _has_adapted(self, error: RequestError) -> bool:
        """Switch to the newer name of the token limit if the server insists on it."""
        if self._is_limit_renamed or not isinstance(error, openai.BadRequestError):
            return False
        self._is_limit_renamed = "max_completion_tokens" in str(error)
        return self._is_limit_renamed

    def _as_chat_error(self, error: RequestError) -> LlmError:
        message = self._describe(error)
        if is_retryable(error):
            return ChatUnavailableError(message)
        return ChatRefusedError(message)

    def _describe(self, error: RequestError) -> str:
        match error:
            case TimeoutError() | openai.APITimeoutError():
                said = "no reply in time"
            case openai.APIConnectionError():
                said = "no connection"
            case _:
                said = str(error)
        key = self._access.key.get_secret_value()
        return redact(f"{self._access.base_url}: {said}", "" if key == NO_KEY else key)


def _as_parameter(message: ChatMessage) -> ChatCompletionMessageParam:
    match message.role:
        case "system":
            return ChatCompletionSystemMessageParam(
                role="system", content=message.content
            )
        case "user":
            return ChatCompletionUserMessageParam(role="user", content=message.content)
        case "assistant":
            return ChatCompletionAssistantMessageParam(
                role="assistant", content=message.content
            )
        case _:
            assert_never(message.role)
