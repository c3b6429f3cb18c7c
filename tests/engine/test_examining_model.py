"""`doctor --llm`: one small call, and what it says about the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.examining_model import examine_model
from proposers.llm.chat.opening import ChatOptions
from tests.proposers.llm.fake_server import FakeServer

OPTIONS = ChatOptions(model="small")


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


@pytest.fixture
def environment(server: FakeServer) -> dict[str, str]:
    return {"OPENAI_BASE_URL": server.base_url}


async def test_a_good_server_is_described(
    server: FakeServer, environment: dict[str, str], tmp_path: Path
) -> None:
    server.say('{"is_ready": true}')

    findings = await examine_model(OPTIONS, environment, tmp_path)

    states = {finding.name: finding.state for finding in findings}
    assert states["server"] == server.base_url
    assert states["model"] == "small"
    assert states["form"] == "JSON by schema"
    assert states["answer"].endswith("120 tokens")
    assert states["price"].startswith("unknown")
    assert len(server.requests) == 1


async def test_a_server_without_schemas_is_told_so(
    server: FakeServer, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sage-loop.toml").write_text(
        "[llm.prices.small]\ninput = 0.5\noutput = 2.0\n"
    )
    server.send(400, {"error": {"message": "response_format is not supported"}})
    server.send(400, {"error": {"message": "response_format is not supported"}})
    server.say('Yes: {"is_ready": true}')

    findings = await examine_model(OPTIONS, environment, tmp_path)

    states = {finding.name: finding.state for finding in findings}
    assert states["form"] == "plain text, with the schema in the prompt"
    assert states["price"] == "0.5 USD sent, 2 USD received, per million tokens"
    assert all(finding.level == "good" for finding in findings)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_server_that_refuses_is_bad(
    server: FakeServer, environment: dict[str, str], tmp_path: Path, status: int
) -> None:
    server.send(status, {"error": {"message": "no such thing"}})

    findings = await examine_model(OPTIONS, environment, tmp_path)

    assert findings[-1].level == "bad"
    assert "no such thing" in findings[-1].state


async def test_an_answer_in_no_form_is_bad(
    server: FakeServer, environment: dict[str, str], tmp_path: Path
) -> None:
    server.say("ready when you are")

    findings = await examine_model(OPTIONS, environment, tmp_path)

    assert findings[-1].level == "bad"
    assert "not in the form" in findings[-1].state


async def test_a_missing_key_is_told_without_a_call(tmp_path: Path) -> None:
    (finding,) = await examine_model(OPTIONS, {}, tmp_path)

    assert (finding.level, finding.area) == ("bad", "model")
    assert "OPENAI_API_KEY" in finding.state
