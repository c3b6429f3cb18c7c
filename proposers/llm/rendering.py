"""Turns asks into conversations: pure functions over the prompt files.

What stays the same in a run stands first (system, task, table, surroundings, toolkit), so
that a provider can keep it; what changes from ask to ask comes after it.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple, assert_never

from pydantic import JsonValue

from proposers.expert.sources import Parameters, read_parameters
from proposers.llm.ablation_words import ablation_section, refinement_request
from proposers.llm.chat.messages import ChatMessage
from proposers.llm.facts import (
    FULL,
    SHORT,
    Detail,
    briefing_facts,
    environment_facts,
)
from proposers.llm.history import (
    attempt_facts,
    cell_facts,
    error_facts,
    failure_facts,
    leader_facts,
    member_facts,
    program_facts,
    refined_facts,
    source_facts,
    tuned_facts,
    view_columns,
    view_facts,
)
from proposers.llm.untrusted import fence_untrusted
from schemas.asks import (
    Ask,
    Briefing,
    ClustersAsk,
    CrossAsk,
    DraftAsk,
    FeatureAsk,
    RefineAsk,
    RepairAsk,
    StackerAsk,
    StrategyAsk,
    TuneAsk,
)
from schemas.base import BlobRef

PROMPTS = Path(__file__).parent / "prompts"
HISTORY_SHOWN = 12
SIMPLE_DRAFTS = 2
OVERFIT_SHARE = 0.25
DIRECTIONS = (
    "gradient-boosted trees on columns that you derive with knowledge of the field",
    "a penalised linear or additive model over carefully encoded columns",
    "a forest or extremely randomised trees",
    "distances: neighbours, a kernel machine or a Gaussian process",
    "a small neural network on scaled and encoded columns",
    "two unlike models whose predictions are blended inside the candidate",
)
"""Drafts that are asked for at the same time do not know of each other."""

ReadSource = Callable[[BlobRef], str]
Conversation = tuple[ChatMessage, ...]


class Rendered(NamedTuple):
    """A conversation, and a shorter one with less of the table in it."""

    messages: Conversation
    shorter: Conversation


class Page(NamedTuple):
    """Which prompt file an ask is rendered by, and what is put into it."""

    file: str
    values: dict[str, str]


def render(
    ask: Ask, briefing: Briefing, read_source: ReadSource, toolkit: str
) -> Rendered:
    """Render an ask.

    Args:
        ask: What is wanted.
        briefing: What stays the same for the run.
        read_source: Returns the source that a reference names.
        toolkit: The page on the toolkit.
    """
    page = _page(ask, briefing, read_source)
    body = _prompt(page.file).substitute(page.values)
    return Rendered(
        _conversation(briefing, toolkit, body, FULL),
        _conversation(briefing, toolkit, body, SHORT),
    )


def _conversation(
    briefing: Briefing, toolkit: str, body: str, detail: Detail
) -> Conversation:
    parts = [
        _prompt("prefix.md").substitute(
            briefing=fence_untrusted("briefing", briefing_facts(briefing, detail)),
            environment=fence_untrusted("environment", environment_facts(briefing)),
        )
    ]
    if detail.has_toolkit:
        parts.append(_prompt("toolkit.md").substitute(toolkit=toolkit))
    system = ChatMessage("system", _prompt("system.md").template)
    return system, ChatMessage("user", "\n\n".join([*parts, body]))


def _page(ask: Ask, briefing: Briefing, read: ReadSource) -> Page:
    match ask:
        case FeatureAsk():
            return Page("feature.md", _feature(ask))
        case DraftAsk():
            return Page("draft.md", _draft(ask))
        case RefineAsk():
            return Page("refine.md", _refine(ask, briefing, read))
        case CrossAsk():
            return Page("cross.md", _cross(ask, read))
        case TuneAsk():
            return _tune(ask, read)
        case RepairAsk():
            return Page("repair.md", _repair(ask, read))
        case StrategyAsk():
            return Page("strategy.md", _strategy(ask))
        case ClustersAsk():
            return Page("clusters.md", _clusters(ask))
        case StackerAsk():
            return Page("stacker.md", _stacker(ask))
        case _:
            assert_never(ask)


def _feature(ask: FeatureAsk) -> dict[str, str]:
    accepted: JsonValue = [*view_columns(ask.view)]
    return {
        "contract": _prompt("features_contract.md").template,
        "tried": fence_untrusted("tried", program_facts(ask.tried)),
        "accepted": fence_untrusted("accepted", accepted),
        "errors": fence_untrusted("errors", error_facts(ask.errors)),
    }


def _draft(ask: DraftAsk) -> dict[str, str]:
    is_early = ask.index < SIMPLE_DRAFTS
    return {
        "contract": _prompt("contract.md").template,
        "views": fence_untrusted("views", view_facts(ask.views)),
        "leaderboard": fence_untrusted("leaderboard", leader_facts(ask.leaderboard)),
        "cells": fence_untrusted("cells", cell_facts(ask.tried)),
        "attempts": fence_untrusted("attempts", attempt_facts(ask.attempts)),
        "errors": fence_untrusted("errors", error_facts(ask.errors)),
        "number": str(ask.index + 1),
        "direction": DIRECTIONS[ask.index % len(DIRECTIONS)],
        "complexity": "Keep it simple." if is_early else "It may be elaborate.",
    }


def _refine(ask: RefineAsk, briefing: Briefing, read: ReadSource) -> dict[str, str]:
    best: JsonValue = None
    if ask.best is not None and ask.best.candidate != ask.candidate:
        best = source_facts(read(ask.best.source))
    source = read(ask.source)
    return {
        "contract": _prompt("contract.md").template,
        "views": fence_untrusted("views", view_facts(ask.views)),
        "leaderboard": fence_untrusted("leaderboard", leader_facts(ask.leaderboard)),
        "errors": fence_untrusted("errors", error_facts(ask.errors)),
        "best": fence_untrusted("best", best),
        "numbers": fence_untrusted("numbers", refined_facts(ask)),
        "source": fence_untrusted("source", source_facts(source)),
        "attempts": fence_untrusted("attempts", attempt_facts(ask.attempts)),
        "ablation": ablation_section(ask.ablation, source),
        "round": str(ask.round),
        "diagnosis": _fit_in_words(ask, briefing),
        "request": refinement_request(ask.ablation),
    }


def _fit_in_words(ask: RefineAsk, briefing: Briefing) -> str:
    """What the score on fitted rows says about the candidate."""
    if ask.train_score is None:
        return ""
    sign = 1 if briefing.task.greater_is_better else -1
    gap = sign * (ask.train_score - ask.score)
    if gap > max(3 * ask.standard_error, OVERFIT_SHARE * abs(ask.score)):
        return "It does far better on rows that it was fitted on: it may be overfitted."
    if gap < ask.standard_error:
        return "It does no better on rows that it was fitted on: it may be too simple."
    return ""


def _cross(ask: CrossAsk, read: ReadSource) -> dict[str, str]:
    return {
        "contract": _prompt("contract.md").template,
        "views": fence_untrusted("views", view_facts(ask.views)),
        "leaderboard": fence_untrusted("leaderboard", leader_facts(ask.leaderboard)),
        "first": fence_untrusted("first", source_facts(read(ask.first.source))),
        "second": fence_untrusted("second", source_facts(read(ask.second.source))),
        "attempts": fence_untrusted("attempts", attempt_facts(ask.attempts)),
    }


def _tune(ask: TuneAsk, read: ReadSource) -> Page:
    """Typed changes where a source names its parameters, else the whole code again."""
    source = read(ask.source)
    found = read_parameters(source)
    values = {
        "leaderboard": fence_untrusted("leaderboard", leader_facts(ask.leaderboard)),
        "numbers": fence_untrusted("numbers", tuned_facts(ask)),
        "source": fence_untrusted("source", source_facts(source)),
        "history": fence_untrusted("history", _tuning_history(ask, read)),
        "round": str(ask.round),
    }
    if found is None:
        contract = {"contract": _prompt("contract.md").template}
        return Page("tune_code.md", values | contract)
    parameters = fence_untrusted("parameters", _as_json(found.parameters))
    return Page("tune.md", values | {"parameters": parameters})


def _tuning_history(ask: TuneAsk, read: ReadSource) -> JsonValue:
    told: list[JsonValue] = []
    for version in ask.history[-HISTORY_SHOWN:]:
        found = read_parameters(read(version.source))
        entry: dict[str, JsonValue] = {"score": version.score}
        if found is not None:
            entry["parameters"] = _as_json(found.parameters)
        told.append(entry)
    return told


def _as_json(parameters: Parameters) -> JsonValue:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in parameters.items()
    }


def _repair(ask: RepairAsk, read: ReadSource) -> dict[str, str]:
    is_candidate = ask.subject == "candidate"
    file = "contract.md" if is_candidate else "features_contract.md"
    return {
        "contract": _prompt(file).template,
        "subject": "Candidate" if is_candidate else "Features",
        "source": fence_untrusted("source", source_facts(read(ask.source))),
        "failure": fence_untrusted("failure", failure_facts(ask)),
        "attempt": str(ask.attempt),
    }


def _strategy(ask: StrategyAsk) -> dict[str, str]:
    return {
        "leaderboard": fence_untrusted("leaderboard", leader_facts(ask.leaderboard)),
        "cells": fence_untrusted("cells", cell_facts(ask.tried)),
        "pooled": str(ask.pooled),
    }


def _clusters(ask: ClustersAsk) -> dict[str, str]:
    return {
        "leaderboard": fence_untrusted("leaderboard", leader_facts(ask.leaderboard)),
        "fewest": str(ask.fewest),
        "most": str(ask.most),
    }


def _stacker(ask: StackerAsk) -> dict[str, str]:
    return {
        "contract": _prompt("contract.md").template,
        "rows": str(ask.row_count),
        "members": fence_untrusted("members", member_facts(ask.members)),
    }


@cache
def _prompt(name: str) -> Template:
    return Template((PROMPTS / name).read_text(encoding="utf-8").strip())
