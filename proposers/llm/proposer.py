"""The proposer that asks a language model for code."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, assert_never

from proposers.base import Answer, SourceStore
from proposers.fingerprint import fingerprint
from proposers.llm.client import ChatClient
from proposers.llm.conversation import ChatMessage, ChatReply
from proposers.llm.errors import LlmError, NoUsableReplyError
from proposers.llm.extraction import (
    UnusableReplyError,
    extract_source,
    read_headers,
)
from proposers.llm.rendering import render_again, render_draft, render_repair
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
CHANCES = 2
"""The answer itself, and one more after the reason why it cannot be used."""
REPLY_LIMIT_TOKENS = 6_000
QUOTED_CHARACTERS = 20_000
LINE_LIMIT_CHARACTERS = 120
_FAMILY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
CLASS_NAME = "Candidate"


class Written(NamedTuple):
    """A usable source, what its header comments say, and the tokens it took."""

    source: str
    headers: dict[str, str]
    tokens: int


class LlmProposer:
    """Drafts and repairs candidates by asking a model."""

    def __init__(self, client: ChatClient, sources: SourceStore) -> None:
        """Make a proposer.

        Args:
            client: The model to ask; whoever made it closes it.
            sources: Where sources are read and kept.
        """
        self._client = client
        self._sources = sources

    async def propose(self, ask: Ask, briefing: Briefing) -> Answer:
        """Answer one ask.

        Raises:
            NoUsableReplyError: If no answer held code that fits; retryable.
            ChatUnavailableError: If the server gave no answer; retryable.
            ChatRefusedError: If the server refuses the key, the model or the request.
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
        written = await self._write(conversation, check)
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
        return Answer(proposal, tokens=written.tokens)

    async def _repair(self, ask: RepairAsk, briefing: Briefing) -> Answer:
        broken = self._sources.read_text(ask.source)
        broken_fingerprint = fingerprint(broken)

        def check(source: str) -> None:
            if fingerprint(source) == broken_fingerprint:
                raise UnusableReplyError("this is the program that failed, unchanged")

        conversation = render_repair(ask, briefing, broken)
        written = await self._write(conversation, check)
        proposal = RepairProposal(
            source=self._sources.keep_text(written.source),
            fingerprint=fingerprint(written.source),
            diagnosis=_line(written.headers.get("diagnosis", _named(ask.failure))),
            origin=ORIGIN,
        )
        return Answer(proposal, tokens=written.tokens)

    async def _write(
        self,
        conversation: Sequence[ChatMessage],
        check: Callable[[str], None],
    ) -> Written:
        """Ask, and ask once more with the reason if the answer cannot be used."""
        turns = list(conversation)
        tokens = 0
        limit_tokens = REPLY_LIMIT_TOKENS
        reason = ""
        for _ in range(CHANCES):
            reply = await self._complete(turns, limit_tokens, tokens)
            tokens += reply.tokens
            try:
                source = extract_source(reply.text, CLASS_NAME)
                check(source)
            except UnusableReplyError as error:
                reason = str(error)
            else:
                return Written(source, read_headers(source), tokens)
            if reply.is_truncated:
                limit_tokens *= 2
            quoted = reply.text[:QUOTED_CHARACTERS] or "(no answer)"
            turns += [ChatMessage("assistant", quoted), render_again(reason)]
        msg = f"the model gave no usable code: {reason}"
        raise NoUsableReplyError(msg, tokens=tokens)

    async def _complete(
        self, turns: Sequence[ChatMessage], limit_tokens: int, spent_tokens: int
    ) -> ChatReply:
        """Complete a conversation; an error tells what was spent before it."""
        try:
            return await self._client.complete(turns, limit_tokens)
        except LlmError as error:
            error.tokens += spent_tokens
            raise


def read_family(headers: dict[str, str]) -> str:
    """Return the family that a source names for itself, or `llm`."""
    family = headers.get("family", "").lower()
    return family if _FAMILY.fullmatch(family) else UNKNOWN_FAMILY


def _named(failure: Failure) -> str:
    return f"{failure.exception or failure.kind} in {failure.stage}"


def _line(text: str) -> str:
    return text[:LINE_LIMIT_CHARACTERS]
