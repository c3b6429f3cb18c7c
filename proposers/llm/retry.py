"""Which failures of a request are worth another try, and after how long."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import openai

from proposers.llm.reply import MalformedReplyError

RETRY_AFTER_CAP_SECONDS = 30.0
"""A server that asks for a longer pause is given up on: a run's budget is minutes."""
FIRST_PAUSE_SECONDS = 0.5
PAUSE_CAP_SECONDS = 8.0
_RETRYABLE_STATUS = frozenset({408, 409, 429})
_FIRST_SERVER_ERROR = 500
_OUT_OF_CREDIT = "insufficient_quota"

RequestError = openai.APIError | MalformedReplyError | TimeoutError
"""All that a request is known to raise."""


def is_retryable(error: RequestError) -> bool:
    """Say whether the same request may go better next time."""
    match error:
        case openai.APIStatusError():
            if error.code == _OUT_OF_CREDIT:
                return False
            status = error.status_code
            return status in _RETRYABLE_STATUS or status >= _FIRST_SERVER_ERROR
        case openai.APIConnectionError() | MalformedReplyError() | TimeoutError():
            return True
        case _:
            return False


def pause_seconds(
    error: RequestError, attempt: int, share: float, now: datetime
) -> float | None:
    """Return how long to wait before the next try, or None to give up.

    Args:
        error: Why the last try failed.
        attempt: 0 for the first try.
        share: Random number in 0 to 1 that spreads the pauses of parallel requests.
        now: Current time, to read a pause that is given as a date.
    """
    if not is_retryable(error):
        return None
    if isinstance(error, openai.APIStatusError):
        asked = asked_pause_seconds(error.response.headers, now)
        if asked is not None:
            return asked if asked <= RETRY_AFTER_CAP_SECONDS else None
    longest = min(FIRST_PAUSE_SECONDS * 2.0**attempt, PAUSE_CAP_SECONDS)
    return longest * (0.5 + 0.5 * share)


def asked_pause_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read the pause that a server asks for; None if it asks for none that is sane."""
    seconds = _number(headers.get("retry-after-ms"))
    if seconds is not None:
        return max(seconds / 1000, 0.0)
    after = headers.get("retry-after")
    seconds = _number(after)
    if seconds is None and after is not None:
        seconds = _seconds_until(after, now)
    return None if seconds is None else max(seconds, 0.0)


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
