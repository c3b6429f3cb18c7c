"""Turns asks into conversations: pure functions over the prompt files."""

from functools import cache
from pathlib import Path
from string import Template

from proposers.llm.chat.messages import ChatMessage
from proposers.llm.facts import (
    briefing_facts,
    failure_facts,
    leader_facts,
    view_facts,
)
from proposers.llm.untrusted import fence_untrusted
from schemas.asks import Briefing, DraftAsk, RepairAsk

PROMPTS = Path(__file__).parent / "prompts"


def render_draft(ask: DraftAsk, briefing: Briefing) -> tuple[ChatMessage, ...]:
    """Render an ask for a new candidate."""
    user = _prompt("draft.md").substitute(
        contract=_prompt("contract.md").template,
        briefing=fence_untrusted("briefing", briefing_facts(briefing)),
        views=fence_untrusted("views", view_facts(ask.views)),
        leaderboard=fence_untrusted("leaderboard", leader_facts(ask.leaderboard)),
        number=ask.index + 1,
    )
    return _conversation(user)


def render_repair(
    ask: RepairAsk, briefing: Briefing, source: str
) -> tuple[ChatMessage, ...]:
    """Render an ask to mend a source that failed.

    Args:
        ask: What failed and why.
        briefing: What stays the same for the run.
        source: The source that failed.
    """
    user = _prompt("repair.md").substitute(
        contract=_prompt("contract.md").template,
        briefing=fence_untrusted("briefing", briefing_facts(briefing)),
        source=fence_untrusted("source", [*source.splitlines()]),
        failure=fence_untrusted("failure", failure_facts(ask)),
        attempt=ask.attempt,
    )
    return _conversation(user)


def _conversation(user: str) -> tuple[ChatMessage, ...]:
    system = _prompt("system.md").template
    return ChatMessage("system", system), ChatMessage("user", user)


@cache
def _prompt(name: str) -> Template:
    return Template((PROMPTS / name).read_text(encoding="utf-8").strip())
