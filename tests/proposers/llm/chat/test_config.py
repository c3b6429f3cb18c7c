"""The `[llm]` table is read, or refused in one line that quotes nothing secret."""

from pathlib import Path

import pytest

from proposers.llm.chat.config import BudgetTable, LlmConfig, PriceTable, read_config
from proposers.llm.chat.errors import AccessError

WHOLE = """
[llm]
base_url = "http://127.0.0.1:8080/v1"
model = "large"
key_env = "MY_KEY"
timeout_seconds = 600
parallel = 2
requests_per_minute = 30
tokens_per_minute = 40_000
reply_tokens = 900

[llm.models]
repair = "small"

[llm.budget]
usd = 1.5
calls = 100

[llm.agents.feature]
calls = 10

[llm.prices."large"]
input = 0.5
output = 2
"""


def test_everything_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "sage-loop.toml"
    path.write_text(WHOLE)

    assert read_config(path) == LlmConfig(
        base_url="http://127.0.0.1:8080/v1",
        model="large",
        models={"repair": "small"},
        key_env="MY_KEY",
        timeout_seconds=600.0,
        parallel=2,
        requests_per_minute=30,
        tokens_per_minute=40_000,
        reply_tokens=900,
        budget=BudgetTable(usd=1.5, calls=100),
        agents={"feature": BudgetTable(calls=10)},
        prices={"large": PriceTable(input=0.5, output=2.0)},
    )


def test_a_file_without_the_table_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sage-loop.toml"
    path.write_text("[other]\nx = 1\n")

    assert read_config(path) == LlmConfig()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[llm", "is not TOML"),
        ("[llm]\nkey = 'sk-test-0123456789abcdef'", "llm.key: Extra inputs"),
        ("[llm]\nparallel = 0", "llm.parallel"),
        ("[llm.models]\nfeatures = 'small'", "llm.models.features"),
        ("[llm.agents.director]\ncalls = 1", "llm.agents.director"),
        ("[llm]\nparallel = 'two'", "llm.parallel"),
        ("[llm.budget]\nusd = -1", "llm.budget.usd"),
        ("[llm.budget]\nusd = nan", "llm.budget.usd"),
        ("[llm.prices.large]\ninput = 1.0", "llm.prices.large.output"),
        ("llm = 3", "llm: "),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, text: str, hint: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)

    with pytest.raises(AccessError) as caught:
        read_config(path)

    assert hint in str(caught.value)
    assert str(path) in str(caught.value)
    assert "sk-test" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match=r"nowhere\.toml.*cannot be read"):
        read_config(tmp_path / "nowhere.toml")
