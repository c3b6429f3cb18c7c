"""A price is the user's own, a listed one, or unknown; it is never guessed."""

import pytest

from proposers.errors import BudgetRefused
from proposers.llm.chat.config import PriceTable
from proposers.llm.chat.known_prices import check_prices, find_prices
from proposers.llm.chat.prices import Price
from proposers.llm.chat.reply import Usage

OPENAI = "https://api.openai.com/v1"
LOCAL = "http://127.0.0.1:8080/v1"


def test_the_price_of_the_user_wins() -> None:
    own = {"gpt-4o-mini": PriceTable(input=1.0, output=2.0, cached=0.5)}

    assert find_prices(["gpt-4o-mini"], OPENAI, own) == {
        "gpt-4o-mini": Price(1.0, 2.0, 0.5)
    }


def test_a_listed_model_costs_what_its_provider_asks() -> None:
    price = find_prices(["gpt-4o-mini"], OPENAI, {})["gpt-4o-mini"]

    assert price.cost(Usage(1000, 0, 100)) == pytest.approx(0.00021)
    assert price.cost(Usage(1000, 1000, 0)) == pytest.approx(0.000075)


@pytest.mark.parametrize(
    ("model", "base_url"), [("no-such-model", OPENAI), ("gpt-4o-mini", LOCAL)]
)
def test_an_unknown_price_refuses_a_budget_in_money(model: str, base_url: str) -> None:
    prices = find_prices([model], base_url, {})

    assert prices == {}
    with pytest.raises(BudgetRefused, match=rf'llm\.prices\."{model}"'):
        check_prices([model], prices)


def test_a_model_may_be_declared_free() -> None:
    prices = find_prices(["mine"], LOCAL, {"mine": PriceTable(input=0.0, output=0.0)})

    check_prices(["mine"], prices)
    assert prices["mine"].cost(Usage(1_000_000, 0, 1_000_000)) == 0.0


def test_tokens_from_the_cache_cost_what_others_cost_unless_it_is_said() -> None:
    usage = Usage(sent=1000, cached=400, received=100)

    assert Price(10.0, 20.0).cost(usage) == pytest.approx(0.012)
    assert Price(10.0, 20.0, 1.0).cost(usage) == pytest.approx(0.0084)
