"""Prices of models: the user's own first, then those that genai-prices knows."""

from collections.abc import Iterable, Mapping
from importlib.util import find_spec

from proposers.errors import BudgetRefused
from proposers.llm.chat.config import PriceTable
from proposers.llm.chat.prices import TOKENS_PER_PRICE, Price

_SAMPLE_TOKENS = 1_000
"""Few enough for the lowest of prices that rise with the length of a request."""


def find_prices(
    models: Iterable[str], base_url: str, own: Mapping[str, PriceTable]
) -> dict[str, Price]:
    """Return the prices that are known, by model.

    Args:
        models: Names of models on their server.
        base_url: Address of that server; the same model costs different sums elsewhere.
        own: What the user says.
    """
    found: dict[str, Price] = {}
    for model in models:
        table = own.get(model)
        if table is not None:
            found[model] = Price(table.input, table.output, table.cached)
        elif (price := _listed_price(model, base_url)) is not None:
            found[model] = price
    return found


def check_prices(models: Iterable[str], prices: Mapping[str, Price]) -> None:
    """Refuse a budget in money for models whose price nobody knows.

    Raises:
        BudgetRefused: There is one.
    """
    for model in models:
        if model not in prices:
            raise BudgetRefused(
                f"nobody knows the price of {model!r}, so a budget in money cannot be "
                f'kept; name it in the config file under [llm.prices."{model}"], with '
                "zeros if it is free, or bound tokens and calls instead"
            )


def _listed_price(model: str, base_url: str) -> Price | None:
    if find_spec("genai_prices") is None:
        return None
    from genai_prices import Usage, calc_price

    def dollars(usage: Usage) -> float:
        listed = calc_price(usage, model, provider_api_url=base_url)
        return float(listed.total_price) * TOKENS_PER_PRICE / _SAMPLE_TOKENS

    try:
        return Price(
            sent=dollars(Usage(input_tokens=_SAMPLE_TOKENS)),
            received=dollars(Usage(output_tokens=_SAMPLE_TOKENS)),
            cached=dollars(
                Usage(input_tokens=_SAMPLE_TOKENS, cache_read_tokens=_SAMPLE_TOKENS)
            ),
        )
    except LookupError:
        return None
