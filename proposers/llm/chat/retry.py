"""How long to wait before a request is sent again."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import openai

from proposers.llm.chat.faults import RequestError, classify

RETRY_AFTER_CAP_SECONDS = 30.0
"""A server that asks for a longer pause is given up on: a run's budget is minutes."""
FIRST_PAUSE_SECONDS = 0.5
PAUSE_CAP_SECONDS = 8.0


def pause_seconds(
    error: RequestError, failures: int, share: float, now: datetime
) -> float | None:
    """Return how long to wait before the next try, or None to give up.

    Args:
        error: Why the last try failed.
        failures: How many tries failed before that one.
        share: Random number in 0 to 1 that spreads the pauses of parallel requests.
        now: Current time, to read a pause that is given as a date.
    """
    if not classify(error).is_retried:
        return None
    if isinstance(error, openai.APIStatusError):
        asked = asked_pause_seconds(error.response.headers, now)
        if asked is not None:
            return asked if asked <= RETRY_AFTER_CAP_SECONDS else None
    longest = min(FIRST_PAUSE_SECONDS * 2.0**failures, PAUSE_CAP_SECONDS)
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
