"""Where the model is and how to get in: address, key and model name."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from proposers.llm.chat.config import CONFIG_NAME, LlmConfig
from proposers.llm.chat.errors import AccessError

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-5.4-mini"
NO_KEY = "no-key"
"""Sent to servers that ask for no key, since the header must not be empty."""


@dataclass(frozen=True, slots=True)
class ChatAccess:
    """How to reach a model; its `repr` shows no key.

    Attributes:
        base_url: Address of the server up to and including `/v1`.
        key: Sent as a bearer token.
        model: Name of the model on that server.
        models: Other models for single purposes, by the kind of ask.
    """

    base_url: str
    key: SecretStr
    model: str
    models: Mapping[str, str] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        """The key as it must never be seen, empty for servers that need none."""
        key = self.key.get_secret_value()
        return "" if key == NO_KEY else key

    def model_for(self, purpose: str) -> str:
        """Name the model that answers asks of a kind."""
        return self.models.get(purpose, self.model)


def read_access(
    environment: Mapping[str, str],
    model: str | None = None,
    config: LlmConfig | None = None,
    *,
    is_config_trusted: bool = True,
) -> ChatAccess:
    """Find out how to reach a model.

    Args:
        environment: Read are `OPENAI_BASE_URL`, the key (`OPENAI_API_KEY` unless the
            config names another variable), `SAGE_LOOP_LLM_MODEL` and
            `SAGE_LOOP_LLM_ALLOW_HTTP` (`1` permits a key over plain http).
        model: Model named in the run's settings; it wins over config and environment.
        config: The user's config; it wins over the environment.
        is_config_trusted: Whether the user pointed at that config; one that merely lies
            in the working folder may not say where a key is sent.

    Raises:
        AccessError: If the key is missing, or would travel unprotected or to a stranger.
    """
    config = config or LlmConfig()
    address = environment.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL
    base_url = config.base_url or address
    key = environment.get(config.key_env, "").strip()
    is_replay = config.cassette is not None and config.cassette.mode == "strict"
    if not key and base_url == DEFAULT_BASE_URL and not is_replay:
        raise AccessError(
            f"the llm proposer needs {config.key_env}, or OPENAI_BASE_URL of a server"
        )
    if not (key.isascii() and key.isprintable()):
        raise AccessError(f"{config.key_env} holds characters that no key can have")
    host = _checked_host(base_url)
    if key and not _is_loopback(host):
        may_use_http = (
            config.allow_http or environment.get("SAGE_LOOP_LLM_ALLOW_HTTP") == "1"
        )
        _check_transport(base_url, host, is_http_allowed=may_use_http)
        if not is_config_trusted and base_url != address:
            raise AccessError(
                f"{CONFIG_NAME} in this folder would have the key in {config.key_env} "
                f"sent to {host!r}; say --llm-config {CONFIG_NAME} if that is right"
            )
    name = model or config.model or environment.get("SAGE_LOOP_LLM_MODEL")
    return ChatAccess(
        base_url=base_url,
        key=SecretStr(key or NO_KEY),
        model=name or DEFAULT_MODEL,
        models={} if model else dict(config.models.items()),
    )


def _checked_host(base_url: str) -> str:
    msg = "the address of the model's server must be an http or https address"
    try:
        address = urlsplit(base_url)
        host = address.hostname
    except ValueError:
        raise AccessError(msg) from None
    if host is None or address.scheme not in {"http", "https"}:
        raise AccessError(msg)
    if address.username is not None or address.password is not None:
        msg = (
            "the address of the model's server must hold no user or password; "
            "put the key into OPENAI_API_KEY"
        )
        raise AccessError(msg)
    return host


def _check_transport(base_url: str, host: str, *, is_http_allowed: bool) -> None:
    if urlsplit(base_url).scheme == "http" and not is_http_allowed:
        msg = (
            f"the key would travel unencrypted to {host!r}; use https, "
            "or set SAGE_LOOP_LLM_ALLOW_HTTP=1"
        )
        raise AccessError(msg)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
