"""Where the model is and how to get in: address, key and model name."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

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

    def model_for(self, purpose: str) -> str:
        """Name the model that answers asks of a kind."""
        return self.models.get(purpose, self.model)


def read_access(environment: Mapping[str, str], model: str | None = None) -> ChatAccess:
    """Read how to reach a model from environment variables.

    Args:
        environment: Read are `OPENAI_BASE_URL`, `OPENAI_API_KEY`, `SAGE_LOOP_LLM_MODEL`
            and `SAGE_LOOP_LLM_ALLOW_HTTP` (`1` permits a key over plain http).
        model: Model named in the run's settings; it wins over the environment.

    Raises:
        AccessError: If the key is missing or would travel unprotected.
    """
    base_url = environment.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL
    key = environment.get("OPENAI_API_KEY", "").strip()
    if not key and base_url == DEFAULT_BASE_URL:
        msg = "the llm proposer needs OPENAI_API_KEY, or OPENAI_BASE_URL of a server"
        raise AccessError(msg)
    is_http_allowed = environment.get("SAGE_LOOP_LLM_ALLOW_HTTP") == "1"
    _check_address(base_url, is_http_allowed=is_http_allowed or not key)
    name = model or environment.get("SAGE_LOOP_LLM_MODEL") or DEFAULT_MODEL
    return ChatAccess(base_url=base_url, key=SecretStr(key or NO_KEY), model=name)


def _check_address(base_url: str, *, is_http_allowed: bool) -> None:
    msg = "OPENAI_BASE_URL must be an http or https address"
    try:
        address = urlsplit(base_url)
        host = address.hostname
    except ValueError:
        raise AccessError(msg) from None
    if host is None or address.scheme not in {"http", "https"}:
        raise AccessError(msg)
    if address.username is not None or address.password is not None:
        msg = "OPENAI_BASE_URL must hold no user or password; set OPENAI_API_KEY"
        raise AccessError(msg)
    if address.scheme == "http" and not (is_http_allowed or _is_loopback(host)):
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
