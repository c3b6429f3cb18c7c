"""What a real model once said is heard again, to the byte, with nobody there."""

import json
from pathlib import Path

from pydantic import SecretStr

from proposers.llm.chat.access import ChatAccess
from proposers.llm.chat.cassette import CassetteMode, CassetteTransport, read_cassette
from proposers.llm.chat.client import ChatClient
from proposers.llm.chat.ledger import Ledger
from tests.proposers.llm.survey import Surveyed, survey

CASSETTE = Path(__file__).parents[1] / "cassettes" / "smollm2.jsonl"
NOWHERE = ChatAccess("http://127.0.0.1:9/v1", SecretStr("none"), "smollm2")


async def replay() -> tuple[Surveyed, Ledger]:
    ledger = Ledger()
    transport = CassetteTransport(CASSETTE, CassetteMode.STRICT)
    async with ChatClient(NOWHERE, ledger, transport=transport) as client:
        return await survey(client), ledger


async def test_each_answer_is_heard_once_and_makes_the_same_sum() -> None:
    surveyed, ledger = await replay()

    answers = [entry for entry in read_cassette(CASSETTE) if entry.status == 200]
    counted = [json.loads(entry.response)["usage"]["total_tokens"] for entry in answers]
    assert ledger.spent.calls == surveyed.spent.calls == len(answers)
    assert ledger.spent.tokens == surveyed.spent.tokens == sum(counted)
    assert ledger.spent.money == 0.0


async def test_two_replays_are_the_same() -> None:
    first, second = (await replay())[0], (await replay())[0]

    assert first.plan.text == second.plan.text
    assert first.plan.value == second.plan.value
    assert first.colors == second.colors
    assert (first.cut.text, first.code) == (second.cut.text, second.code)


def test_the_record_holds_no_address_and_no_secret() -> None:
    text = CASSETTE.read_text()

    for word in ("http", "://", "authorization", "bearer", "sk-", "cookie"):
        assert word not in text.lower()
