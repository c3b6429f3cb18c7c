"""Opens the way to language models as the settings of a run say."""

import os
from collections.abc import Mapping
from pathlib import Path

import structlog

from proposers.llm.chat.client import CallRecord, ChatClient
from proposers.llm.chat.opening import ChatOptions, open_chat
from proposers.spending import Spent
from schemas.settings import RunSettings

log = structlog.get_logger()


def open_client(
    settings: RunSettings, spent: Mapping[str, Spent] | None = None
) -> ChatClient:
    """Make a client that tells `run.log` of every request; whoever asked closes it.

    Args:
        settings: What the user asked for.
        spent: What earlier sessions of the run spent on models, by agent.

    Raises:
        AccessError: It is not said how to reach a model, or not safely.
        BudgetRefused: A budget in money cannot be kept.
    """
    config = settings.llm_config
    options = ChatOptions(
        model=settings.llm_model,
        config=None if config is None else Path(config),
        money=settings.llm_dollars,
        tokens=settings.llm_tokens,
        calls=settings.llm_calls,
        seconds=settings.llm_timeout_seconds,
    )
    opened = open_chat(
        options, os.environ, Path.cwd(), spent=spent, warn=log.warning, tell=_log_call
    )
    return opened.client


def _log_call(record: CallRecord) -> None:
    log.info(
        "model_asked",
        agent=record.agent,
        purpose=record.purpose,
        model=record.model,
        sending=record.sending,
        outcome=record.outcome,
        tokens=record.spent.tokens,
        money=round(record.spent.money, 6),
        seconds=round(record.spent.seconds, 3),
    )
