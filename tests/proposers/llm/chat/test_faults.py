"""Each thing that can go wrong is one kind of fault."""

import httpx2
import openai
import pytest

from proposers.llm.chat.faults import Fault, RequestError, classify
from proposers.llm.chat.reply import MalformedReplyError

REQUEST = httpx2.Request("POST", "http://localhost/v1/chat/completions")


def refusal(status: int, said: str = "", code: str = "") -> openai.APIStatusError:
    response = httpx2.Response(status, request=REQUEST)
    return openai.APIStatusError(said, response=response, body={"code": code})


def lost(cause: Exception) -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 529])
def test_a_broken_server_may_work_again(status: int) -> None:
    assert classify(refusal(status)) is Fault.BROKEN


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_request_that_is_wrong_is_refused(status: int) -> None:
    assert classify(refusal(status)) is Fault.REFUSED


def test_too_many_requests_are_not_an_empty_account() -> None:
    assert classify(refusal(429)) is Fault.BUSY
    assert classify(refusal(429, code="insufficient_quota")) is Fault.NO_CREDIT
    assert classify(refusal(402)) is Fault.NO_CREDIT


@pytest.mark.parametrize(
    "error",
    [
        refusal(400, "request (9030 tokens) exceeds the available context size (4096)"),
        refusal(400, code="context_length_exceeded"),
        refusal(500, "Requested tokens exceed context window of 2048"),
        refusal(413, "the prompt is too long: maximum context is 8192"),
    ],
)
def test_a_conversation_that_is_too_long_is_told_by_its_words(
    error: RequestError,
) -> None:
    assert classify(error) is Fault.TOO_LONG


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (lost(httpx2.ConnectError("refused")), Fault.UNREACHABLE),
        (lost(httpx2.ReadError("reset")), Fault.BROKEN_OFF),
        (lost(httpx2.RemoteProtocolError("closed")), Fault.BROKEN_OFF),
        (openai.APITimeoutError(request=REQUEST), Fault.LATE),
        (TimeoutError(), Fault.LATE),
        (MalformedReplyError(), Fault.MALFORMED),
    ],
)
def test_a_lost_reply_is_told_apart_from_a_request_that_was_never_sent(
    error: RequestError, fault: Fault
) -> None:
    assert classify(error) is fault
    assert fault.is_retried


def test_what_the_server_worked_on_may_be_billed() -> None:
    billed = {fault for fault in Fault if fault.may_be_billed}

    assert billed == {Fault.BROKEN_OFF, Fault.LATE, Fault.MALFORMED}
