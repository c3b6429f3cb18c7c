"""The proposer that asks a language model for code."""

import re
from collections.abc import Callable
from typing import NamedTuple, assert_never

from proposers.base import Answer, SourceStore
from proposers.fingerprint import fingerprint
from proposers.llm.chat.extraction import UnusableReplyError, read_headers
from proposers.llm.chat.messages import ChatBackend, ChatMessage, ChatRequest
from proposers.llm.chat.structured import ask_for_code
from proposers.llm.rendering import render_draft, render_repair
from proposers.spending import Spent
from schemas.asks import (
    Ask,
    Briefing,
    DraftAsk,
    FeatureAsk,
    RefineAsk,
    RepairAsk,
    StackerAsk,
    StrategyAsk,
    TuneAsk,
)
from schemas.jobs import Failure
from schemas.proposals import CandidateProposal, NoProposal, RepairProposal

ORIGIN = "llm"
UNKNOWN_FAMILY = "llm"
LINE_LIMIT_CHARACTERS = 120
_FAMILY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
CLASS_NAME = "Candidate"


class Written(NamedTuple):
    """A usable source, what its header comments say, and what it took."""

    source: str
    headers: dict[str, str]
    spent: Spent


class LlmProposer:
    """Drafts and repairs candidates by asking a model."""

    def __init__(self, chat: ChatBackend, sources: SourceStore) -> None:
        """Make a proposer.

        Args:
            chat: The model to ask; whoever made it closes it.
            sources: Where sources are read and kept.
        """
        self._chat = chat
        self._sources = sources

    async def propose(self, ask: Ask, briefing: Briefing) -> Answer:
        """Answer one ask.

        Raises:
            NoUsableReplyError: If no answer held code that fits; retryable.
            ChatUnavailableError: If the server gave no answer; retryable.
            ChatRefusedError: If the server refuses the key, the model or the request.
            BudgetExhausted: If a call could cost more than is left.
        """
        match ask:
            case DraftAsk():
                return await self._draft(ask, briefing)
            case RepairAsk():
                return await self._repair(ask, briefing)
            case FeatureAsk() | RefineAsk() | TuneAsk() | StrategyAsk() | StackerAsk():
                reason = f"the llm proposer does not answer asks of kind {ask.kind}"
                return Answer(NoProposal(reason=reason))
            case _:
                assert_never(ask)

    async def _draft(self, ask: DraftAsk, briefing: Briefing) -> Answer:
        views = [view.name for view in ask.views]

        def check(source: str) -> None:
            view = read_headers(source).get("view", views[0])
            if view not in views:
                raise UnusableReplyError(f"{view!r} is none of the views {views}")

        conversation = render_draft(ask, briefing)
        written = await self._write(ask.kind, "modeler", conversation, check)
        family = read_family(written.headers)
        title = written.headers.get("title", f"{family}, draft {ask.index + 1}")
        proposal = CandidateProposal(
            family=family,
            title=_line(title),
            source=self._sources.keep_text(written.source),
            fingerprint=fingerprint(written.source),
            view=written.headers.get("view", views[0]),
            origin=ORIGIN,
        )
        return Answer(proposal, written.spent)

    async def _repair(self, ask: RepairAsk, briefing: Briefing) -> Answer:
        broken = self._sources.read_text(ask.source)
        broken_fingerprint = fingerprint(broken)

        def check(source: str) -> None:
            if fingerprint(source) == broken_fingerprint:
                raise UnusableReplyError("this is the program that failed, unchanged")

        conversation = render_repair(ask, briefing, broken)
        written = await self._write(ask.kind, "critic", conversation, check)
        proposal = RepairProposal(
            source=self._sources.keep_text(written.source),
            fingerprint=fingerprint(written.source),
            diagnosis=_line(written.headers.get("diagnosis", _named(ask.failure))),
            origin=ORIGIN,
        )
        return Answer(proposal, written.spent)

    async def _write(
        self,
        purpose: str,
        agent: str,
        conversation: tuple[ChatMessage, ...],
        check: Callable[[str], None],
    ) -> Written:
        request = ChatRequest(conversation, purpose, agent)
        answered = await ask_for_code(self._chat, request, CLASS_NAME, check)
        return Written(answered.value, read_headers(answered.value), answered.spent)


def read_family(headers: dict[str, str]) -> str:
    """Return the family that a source names for itself, or `llm`."""
    family = headers.get("family", "").lower()
    return family if _FAMILY.fullmatch(family) else UNKNOWN_FAMILY


def _named(failure: Failure) -> str:
    return f"{failure.exception or failure.kind} in {failure.stage}"


def _line(text: str) -> str:
    return text[:LINE_LIMIT_CHARACTERS]
