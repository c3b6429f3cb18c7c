"""How long to wait before another try."""

from datetime import UTC, datetime

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.llm.chat.retry import (
    PAUSE_CAP_SECONDS,
    asked_pause_seconds,
    pause_seconds,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
REQUEST = httpx2.Request("POST", "http://localhost/v1/chat/completions")


def status_error(status: int, code: str = "", **headers: str) -> openai.APIStatusError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, headers=named, request=REQUEST)
    return openai.APIStatusError("said", response=response, body={"code": code})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-4"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:07 GMT"}, 7.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({}, None),
    ],
)
def test_the_pause_a_server_asks_for_is_read(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert asked_pause_seconds(headers, NOW) == seconds


def test_a_server_that_asks_for_a_long_pause_is_given_up_on() -> None:
    assert pause_seconds(status_error(429, retry_after="300"), 0, 1.0, NOW) is None
    assert pause_seconds(status_error(429, retry_after="30"), 0, 1.0, NOW) == 30.0


def test_what_can_never_succeed_has_no_pause() -> None:
    assert pause_seconds(status_error(404), 0, 1.0, NOW) is None


def test_pauses_double_up_to_a_cap_and_are_spread() -> None:
    error = status_error(500)

    longest = [pause_seconds(error, attempt, 1.0, NOW) for attempt in range(7)]

    assert longest == [0.5, 1.0, 2.0, 4.0, 8.0, PAUSE_CAP_SECONDS, PAUSE_CAP_SECONDS]
    assert pause_seconds(error, 2, 0.0, NOW) == 1.0


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_header_breaks_the_reading(after: str, milliseconds: str) -> None:
    headers = {"retry-after": after, "retry-after-ms": milliseconds}

    seconds = asked_pause_seconds(headers, NOW)

    assert seconds is None or seconds >= 0.0


@given(
    st.sampled_from(["Sun, {} Nov {} {}:00:00 GMT", "{} {} {}", "1 Jan {} {}:{}:00"]),
    st.tuples(st.integers(), st.integers(), st.integers()),
)
def test_no_odd_date_breaks_the_reading(
    shape: str, numbers: tuple[int, int, int]
) -> None:
    seconds = asked_pause_seconds({"retry-after": shape.format(*numbers)}, NOW)

    assert seconds is None or seconds >= 0.0
