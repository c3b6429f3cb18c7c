"""Makes the client that options, a config file and the environment describe."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from proposers.llm.chat.access import ChatAccess, read_access
from proposers.llm.chat.cassette import CassetteMode, CassetteTransport
from proposers.llm.chat.client import CallRecord, ChatClient, Patience
from proposers.llm.chat.config import CONFIG_NAME, BudgetTable, LlmConfig, read_config
from proposers.llm.chat.known_prices import check_prices, find_prices
from proposers.llm.chat.ledger import Budget, Ledger
from proposers.llm.chat.prices import Price
from proposers.llm.chat.redaction import mask_keys
from proposers.llm.chat.traffic import Traffic, TrafficLimits
from proposers.spending import Spent

DEFAULT_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """What was said for this run; it wins over the config file.

    Attributes:
        model: Model for all asks.
        config: The config file, or None for `sage-loop.toml` in the working folder if it
            is there.
        money: Most US dollars.
        tokens: Most tokens.
        calls: Most requests.
        seconds: Longest wait for one answer.
    """

    model: str | None = None
    config: Path | None = None
    money: float | None = None
    tokens: int | None = None
    calls: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A client with what is known about it; whoever opened it closes the client.

    Attributes:
        client: Asks the server.
        access: Where that is.
        prices: Those that are known, by model.
    """

    client: ChatClient
    access: ChatAccess
    prices: Mapping[str, Price]


def open_chat(
    options: ChatOptions,
    environment: Mapping[str, str],
    folder: Path,
    *,
    spent: Mapping[str, Spent] | None = None,
    warn: Callable[[str], None] | None = None,
    tell: Callable[[CallRecord], None] | None = None,
) -> Opened:
    """Make a client; nothing is sent yet.

    Args:
        options: What was said for this run.
        environment: Environment variables; see `read_access`.
        folder: The working folder, where a config file may lie.
        spent: What earlier sessions of the run spent, by agent.
        warn: Told in words what the user should know.
        tell: Told of each request that was sent.

    Raises:
        AccessError: It is not said how to reach a model, or not safely.
        BudgetRefused: A budget in money cannot be kept.
        CassetteError: The recorded answers cannot be read.
    """
    config, is_trusted = _find_config(options.config, folder)
    access = read_access(
        environment, options.model, config, is_config_trusted=is_trusted
    )
    models = {access.model, *access.models.values()}
    prices = find_prices(models, access.base_url, config.prices)
    budget = _budget(config.budget, options)
    agents: dict[str, Budget] = {
        agent: _budget(table) for agent, table in config.agents.items()
    }
    if any(limit.money is not None for limit in (budget, *agents.values())):
        check_prices(models, prices)
    client = ChatClient(
        access,
        Ledger(budget, agents, spent, warn),
        Patience(seconds=_timeout(options, config), reply_tokens=config.reply_tokens),
        prices=prices,
        traffic=Traffic(
            TrafficLimits(
                config.parallel, config.requests_per_minute, config.tokens_per_minute
            )
        ),
        transport=_transport(config, options.config or folder / CONFIG_NAME, access),
        tell=tell,
    )
    return Opened(client, access, prices)


def _find_config(path: Path | None, folder: Path) -> tuple[LlmConfig, bool]:
    """Read the config and say whether the user pointed at it."""
    if path is not None:
        return read_config(path), True
    lying_there = folder / CONFIG_NAME
    return (read_config(lying_there) if lying_there.exists() else LlmConfig()), False


def _transport(
    config: LlmConfig, path: Path, access: ChatAccess
) -> CassetteTransport | None:
    if config.cassette is None:
        return None

    def mask(text: str) -> str:
        return mask_keys(text, access.secret)

    mode = CassetteMode(config.cassette.mode)
    return CassetteTransport(path.parent / config.cassette.file, mode, mask)


def _timeout(options: ChatOptions, config: LlmConfig) -> float:
    return options.seconds or config.timeout_seconds or DEFAULT_TIMEOUT_SECONDS


def _budget(table: BudgetTable, options: ChatOptions | None = None) -> Budget:
    said = options or ChatOptions()
    return Budget(
        calls=table.calls if said.calls is None else said.calls,
        tokens=table.tokens if said.tokens is None else said.tokens,
        money=table.usd if said.money is None else said.money,
        seconds=table.seconds,
    )
