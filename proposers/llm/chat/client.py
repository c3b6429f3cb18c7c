"""Asks one server: reserves, sends, settles, and sends again where that may help."""

import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import anyio
import httpx2
import openai

from proposers.errors import BudgetExhausted
from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.connection import Connection, Received
from proposers.llm.chat.course import Course
from proposers.llm.chat.dialect import Dialect, adapted
from proposers.llm.chat.errors import (
    CassetteMissError,
    ChatRefusedError,
    ChatUnavailableError,
    ContextTooLongError,
    LlmError,
)
from proposers.llm.chat.estimate import plausible_usage
from proposers.llm.chat.faults import Fault, RequestError, classify
from proposers.llm.chat.ledger import Ledger, Reservation
from proposers.llm.chat.messages import ChatReply, ChatRequest
from proposers.llm.chat.prices import FREE, Price
from proposers.llm.chat.redaction import without_key
from proposers.llm.chat.reply import (
    NO_USAGE,
    MalformedReplyError,
    ReadReply,
    Usage,
    read_reply,
)
from proposers.llm.chat.retry import pause_seconds
from proposers.llm.chat.traffic import Traffic
from proposers.llm.chat.transcript import call_in_words
from proposers.spending import Spent


@dataclass(frozen=True, slots=True)
class Patience:
    """How much patience a client has with one request.

    Attributes:
        attempts: How often it may fail in ways that may pass.
        seconds: Longest time spent waiting for the server, all sendings together.
        silence_seconds: Longest silence of the server, or None for `seconds`.
        reply_tokens: Longest reply to wait for, or None for what each request wants.
    """

    attempts: int = 4
    seconds: float = 300.0
    silence_seconds: float | None = None
    reply_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One sending, for logs; it holds neither the question nor the answer.

    Attributes:
        agent: Who asked.
        purpose: Kind of the ask.
        model: Name of the model.
        sending: 1 for the first sending of a request.
        outcome: Why the reply ended, or what went wrong.
        spent: What it took.
    """

    agent: str
    purpose: str
    model: str
    sending: int
    outcome: str
    spent: Spent


class ChatClient:
    """A `ChatBackend` for one server; use it as an async context manager.

    Args:
        access: Where the server is.
        ledger: What may be spent.
        patience: How long to wait, how often to try.
        prices: Of models by name; those that are not named count as free.
        traffic: What the server takes at once and in a minute.
        transport: Stands in for the network, to record or replay.
        tell: Told of each sending.
        sleep: Waits for some seconds between tries.
        draw: Random number in 0 to 1 that spreads those waits.
        clock: Seconds on a clock that never goes back.
    """

    def __init__(
        self,
        access: ChatAccess,
        ledger: Ledger | None = None,
        patience: Patience | None = None,
        *,
        prices: Mapping[str, Price] | None = None,
        traffic: Traffic | None = None,
        tell: Callable[[CallRecord], None] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        draw: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access = access
        self._ledger = ledger or Ledger()
        self._patience = patience or Patience()
        self._prices = dict(prices or {})
        self._traffic = traffic or Traffic()
        self._tell = tell
        self._sleep = sleep
        self._draw = draw
        self._clock = clock
        self._dialects: dict[str, Dialect] = {}
        silence = self._patience.silence_seconds or self._patience.seconds
        self._connection = Connection(access, silence, transport)

    def __repr__(self) -> str:
        """Show where the model is, and no key."""
        return f"ChatClient({self._access.model!r} at {self._access.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connection.close()

    @property
    def ledger(self) -> Ledger:
        """What was spent, and what is left."""
        return self._ledger

    def dialect(self, purpose: str) -> Dialect:
        """What the server was found to understand, for the model of a purpose."""
        return self._dialects.get(self._access.model_for(purpose), Dialect())

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Have the model say the next turn of a conversation.

        Raises:
            BudgetExhausted: If the request could cost more than is left.
            ChatUnavailableError: If no try brought a reply; later ones may.
            ChatRefusedError: If the server will never take this request as it is.
            CassetteMissError: If a strict replay never heard this request.
        """
        most = self._patience.reply_tokens
        course = Course(
            request,
            self._access.model_for(request.purpose),
            self.dialect(request.purpose),
            min(request.limit_tokens, most) if most else request.limit_tokens,
            self._patience.seconds,
        )
        while True:
            outcome = await self._send(course)
            if isinstance(outcome, ReadReply):
                self._traffic.speed_up()
                self._remember(course)
                if not course.grow(outcome.reply):
                    return replace(outcome.reply, spent=course.spent)
            elif not self._has_adapted(course, outcome):
                await self._pause_or_give_up(course, outcome)

    async def _send(self, course: Course) -> ReadReply | RequestError:
        """Send once, with the most that it can take reserved until it is known."""
        price = self._prices.get(course.model, FREE)
        usage = course.most_usage()
        most = Spent(1, usage.total, price.cost(usage), course.seconds_left)
        async with self._traffic.passage(usage.total) as passage:
            held = await self._reserve(course, most)
            bill, call = course.request.bill, 0
            if bill is not None:
                call = bill.reserve(held.most)
            started = self._clock()
            outcome: ReadReply | RequestError | None = None
            try:
                outcome = await self._exchange(course, held.most.seconds)
            finally:
                # Also when cancelled: the server may charge for what it began.
                seconds = self._clock() - started
                course.seconds_left -= seconds
                taken = _taken(outcome, usage)
                passage.tokens = taken.total
                is_billed = taken != NO_USAGE
                is_free = isinstance(outcome, ReadReply) and outcome.is_replayed
                money = 0.0 if is_free else price.cost(taken)
                actual = Spent(int(is_billed), taken.total, money, seconds)
                self._ledger.settle(held, actual)
                course.spent += actual
                if bill is not None:
                    bill.settle(call, actual, self._in_words(course, outcome, actual))
                self._record(course, outcome, actual)
        return outcome

    async def _reserve(self, course: Course, most: Spent) -> Reservation:
        """Reserve; an error tells what earlier sendings of the request took."""
        try:
            return await self._ledger.reserve(course.request.agent, most)
        except BudgetExhausted as error:
            error.spent += course.spent
            raise

    def _in_words(
        self, course: Course, outcome: ReadReply | RequestError | None, spent: Spent
    ) -> str:
        """What was sent and what came of it, for people to read."""
        end: str
        match outcome:
            case ReadReply(reply=reply):
                end, said = reply.finish, reply.refusal or reply.text
            case None:
                end, said = "cancelled", ""
            case error:
                end, said = classify(error).words, self._connection.describe(error)
        told = call_in_words(course.body(), end, said, spent)
        return without_key(told, self._access.secret)

    def _record(
        self, course: Course, outcome: ReadReply | RequestError | None, spent: Spent
    ) -> None:
        if self._tell is None:
            return
        match outcome:
            case ReadReply(reply=reply):
                said: str = reply.finish
            case None:
                said = "cancelled"
            case error:
                said = classify(error).words
        request = course.request
        self._tell(
            CallRecord(
                request.agent,
                request.purpose,
                course.model,
                course.sendings,
                said,
                spent,
            )
        )

    async def _exchange(
        self, course: Course, seconds: float
    ) -> ReadReply | RequestError:
        course.sendings += 1
        received = await self._connection.send(course.body(), seconds)
        if not isinstance(received, Received):
            return received
        try:
            found = read_reply(received.body)
        except MalformedReplyError as error:
            return error
        said = without_key(found.reply.text, self._access.secret)
        reply = replace(found.reply, text=said)
        return ReadReply(reply, found.usage, received.is_replayed)

    def _remember(self, course: Course) -> None:
        known = self._dialects.get(course.model, Dialect())
        self._dialects[course.model] = known.joined_with(course.dialect)

    def _has_adapted(self, course: Course, error: RequestError) -> bool:
        """Ask in another way if the server does not understand this one."""
        fault = classify(error)
        if fault is Fault.TOO_LONG:
            return course.shrink()
        if not isinstance(error, openai.APIStatusError) or fault is Fault.NO_CREDIT:
            return False
        other = adapted(course.dialect, course.body(), error.status_code, str(error))
        if other is None:
            return False
        course.dialect = other
        return True

    async def _pause_or_give_up(self, course: Course, error: RequestError) -> None:
        pause = pause_seconds(error, course.failures, self._draw(), datetime.now(UTC))
        course.failures += 1
        is_over = course.failures >= self._patience.attempts or course.seconds_left <= 0
        if pause is None or is_over:
            raise self._as_error(course, error)
        if classify(error) is Fault.BUSY:
            self._traffic.slow_down(pause)
        else:
            await self._sleep(pause)

    def _as_error(self, course: Course, error: RequestError) -> LlmError:
        message = self._connection.describe(error)
        if isinstance(error, CassetteMissError):
            return CassetteMissError(message, spent=course.spent)
        fault = classify(error)
        if fault.is_retried:
            return ChatUnavailableError(message, spent=course.spent)
        if fault is Fault.TOO_LONG:
            return ContextTooLongError(message, spent=course.spent)
        return ChatRefusedError(message, spent=course.spent)


def _taken(outcome: ReadReply | RequestError | None, most: Usage) -> Usage:
    """What a sending took: counted, or estimated, or nothing at all."""
    match outcome:
        case ReadReply(reply=reply, usage=usage):
            return plausible_usage(usage, most, reply.text)
        case None:
            return most
        case error:
            return most if classify(error).may_be_billed else NO_USAGE
