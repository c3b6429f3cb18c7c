"""The `[llm]` table of a config file: everything about a server but its key."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationError

from proposers.llm.chat.errors import AccessError
from proposers.llm.chat.traffic import DEFAULT_PARALLEL_REQUESTS
from proposers.payers import AgentName, AskKind
from schemas.base import Frozen

CONFIG_NAME = "sage-loop.toml"

_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0)]
_Several = Annotated[int, Field(ge=1)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(Frozen):
    # A limit that was typed as a text should be an error, not a guess.
    model_config = ConfigDict(strict=True)


class PriceTable(_Table):
    """US dollars for a million tokens: sent, received, sent and found in the cache."""

    input: _Dollars
    output: _Dollars
    cached: _Dollars | None = None


class BudgetTable(_Table):
    """What may be spent; what is left out has no limit.

    Attributes:
        calls: Requests.
        tokens: Tokens sent and received.
        usd: US dollars.
        seconds: Time spent waiting for answers.
    """

    calls: _Count | None = None
    tokens: _Count | None = None
    usd: _Dollars | None = None
    seconds: _Dollars | None = None


class CassetteTable(_Table):
    """A file of recorded answers, from the config file's folder, and what to do with it."""

    file: str
    mode: Literal["record", "replay", "strict"] = "strict"


class LlmConfig(_Table):
    """How to reach models and what they may cost; options and environment fill the gaps.

    Attributes:
        base_url: Address of the server up to and including `/v1`.
        model: Model for all kinds of asks that `models` does not name.
        models: Models for single kinds of asks.
        key_env: Name of the environment variable that holds the key.
        allow_http: Whether a key may go over plain http to another machine.
        timeout_seconds: Longest wait for one answer.
        parallel: Requests at once.
        requests_per_minute: Requests in any 60 seconds.
        tokens_per_minute: Tokens in any 60 seconds.
        budget: Limits of a run.
        reply_tokens: Longest reply; one that is cut off gets twice as much, once.
        agents: Limits of single agents, on top.
        cassette: Where answers are recorded or come from.
        prices: By the name of the model; zeros for one that is free.
    """

    base_url: str | None = None
    model: str | None = None
    models: dict[AskKind, str] = Field(default_factory=dict)
    key_env: str = "OPENAI_API_KEY"
    allow_http: bool = False
    timeout_seconds: _Seconds | None = None
    parallel: _Several = DEFAULT_PARALLEL_REQUESTS
    requests_per_minute: _Several | None = None
    tokens_per_minute: _Several | None = None
    reply_tokens: _Several | None = None
    budget: BudgetTable = BudgetTable()
    agents: dict[AgentName, BudgetTable] = Field(default_factory=dict)
    cassette: CassetteTable | None = None
    prices: dict[str, PriceTable] = Field(default_factory=dict)


def read_config(path: Path) -> LlmConfig:
    """Read the `[llm]` table of a TOML file; a file without one says nothing.

    Raises:
        AccessError: The file cannot be read, or says what makes no sense.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AccessError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AccessError(f"{str(path)!r} is not TOML: {error}") from error
    try:
        return LlmConfig.model_validate(document.get("llm", {}))
    except ValidationError as error:
        # Someone may have written a key into the file: no value is quoted.
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, ("llm", *fault["loc"])))
        raise AccessError(f"{str(path)!r}, {place}: {fault['msg']}") from None
