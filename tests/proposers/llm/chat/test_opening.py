"""Options win over the config file, and a budget that cannot be kept is refused."""

from pathlib import Path

import pytest

from proposers.errors import BudgetExhausted, BudgetRefused
from proposers.llm.chat.errors import AccessError
from proposers.llm.chat.messages import ChatMessage, ChatRequest
from proposers.llm.chat.opening import ChatOptions, open_chat
from proposers.spending import Spent

QUESTION = ChatRequest((ChatMessage("user", "hi"),), "draft", "modeler")
LOCAL = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}


async def test_a_config_in_the_working_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "sage-loop.toml").write_text("[llm]\nmodel = 'mine'\n")

    opened = open_chat(ChatOptions(), LOCAL, tmp_path)

    async with opened.client:
        assert opened.access.model == "mine"


async def test_options_win_over_the_config(tmp_path: Path) -> None:
    config = tmp_path / "models.toml"
    config.write_text("[llm]\nmodel = 'mine'\n[llm.budget]\ncalls = 0\ntokens = 9\n")

    opened = open_chat(ChatOptions(config=config, calls=5), LOCAL, tmp_path)

    async with opened.client:
        with pytest.raises(BudgetExhausted, match="tokens and 9 are left"):
            await opened.client.complete(QUESTION)


async def test_a_budget_of_nothing_sends_nothing(tmp_path: Path) -> None:
    opened = open_chat(ChatOptions(calls=0), LOCAL, tmp_path)

    async with opened.client:
        with pytest.raises(BudgetExhausted):
            await opened.client.complete(QUESTION)


@pytest.mark.parametrize(
    ("options", "config"),
    [
        (ChatOptions(money=2.0, model="mine"), ""),
        (ChatOptions(model="mine"), "[llm.budget]\nusd = 1.0"),
        (ChatOptions(model="mine"), "[llm.agents.feature]\nusd = 1.0"),
    ],
)
def test_money_needs_a_price(tmp_path: Path, options: ChatOptions, config: str) -> None:
    (tmp_path / "sage-loop.toml").write_text(config)

    with pytest.raises(BudgetRefused, match="mine"):
        open_chat(options, LOCAL, tmp_path)


def test_each_model_that_may_be_asked_needs_a_price(tmp_path: Path) -> None:
    (tmp_path / "sage-loop.toml").write_text(
        "[llm]\nmodel = 'mine'\nmodels = { repair = 'other' }\n"
        "[llm.prices.mine]\ninput = 0.0\noutput = 0.0\n"
    )

    with pytest.raises(BudgetRefused, match="other"):
        open_chat(ChatOptions(money=1.0), LOCAL, tmp_path)


async def test_a_run_that_goes_on_has_spent_what_it_had(tmp_path: Path) -> None:
    spent = {"modeler": Spent(3, 900, 0.0, 4.0)}

    opened = open_chat(ChatOptions(calls=3), LOCAL, tmp_path, spent=spent)

    async with opened.client:
        assert opened.client.ledger.spent == spent["modeler"]
        with pytest.raises(BudgetExhausted):
            await opened.client.complete(QUESTION)


def test_a_config_that_lies_around_cannot_send_the_key_away(tmp_path: Path) -> None:
    config = tmp_path / "sage-loop.toml"
    config.write_text("[llm]\nbase_url = 'https://stranger.example/v1'\n")

    with pytest.raises(AccessError, match="stranger"):
        open_chat(ChatOptions(), {"OPENAI_API_KEY": "sk-1234567890"}, tmp_path)
