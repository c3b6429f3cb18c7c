"""The proposer that asks a language model, for code and for decisions."""

from collections.abc import Callable
from typing import assert_never

from proposers.base import Answer, SourceStore
from proposers.bill import Bill
from proposers.expert.sources import read_parameters
from proposers.fingerprint import fingerprint
from proposers.llm.answers import ClustersAnswer, StrategyAnswer, TuneAnswer
from proposers.llm.chat.extraction import (
    UnusableReplyError,
    extract_source,
    fenced_blocks,
    read_headers,
    without_thinking,
)
from proposers.llm.chat.messages import ChatBackend, ChatRequest
from proposers.llm.chat.structured import ask_for_code, ask_for_model
from proposers.llm.headers import name_failure, read_family, read_line, read_name
from proposers.llm.rendering import render
from proposers.llm.toolkit_page import toolkit_page
from proposers.llm.tuning_changes import changed_source, check_changes, in_words
from proposers.payers import AGENT_OF
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
from schemas.candidate import RAW_VIEW, View
from schemas.proposals import (
    CandidateProposal,
    ClustersProposal,
    FeatureProgram,
    FeatureProposal,
    NoProposal,
    RepairProposal,
    StrategyProposal,
)

ORIGIN = "llm"
MOST_PROGRAMS = 6
CANDIDATE = "Candidate"
FEATURES = "Features"
Check = Callable[[str], None]


class LlmProposer:
    """Answers every ask by asking a model.

    Args:
        chat: The model to ask; whoever made it closes it.
        sources: Where sources are read and kept.
        toolkit: The page on the toolkit, or None for the one of this program.
    """

    def __init__(
        self, chat: ChatBackend, sources: SourceStore, toolkit: str | None = None
    ) -> None:
        self._chat = chat
        self._sources = sources
        self._toolkit = toolkit_page() if toolkit is None else toolkit

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        """Answer one ask.

        Raises:
            NoUsableReplyError: If no answer held what was asked for; retryable.
            ChatUnavailableError: If the server gave no answer; retryable.
            ChatRefusedError: If the server refuses the key, the model or the request.
            ModelRefusedError: If the model will not answer.
            BudgetExhausted: If a call could cost more than is left.
        """
        request = self._request(ask, briefing, bill)
        match ask:
            case FeatureAsk():
                return await self._features(ask, request)
            case DraftAsk():
                return await self._draft(ask, request)
            case RefineAsk():
                return await self._refine(ask, request)
            case CrossAsk():
                return await self._cross(ask, request)
            case TuneAsk():
                return await self._tune(ask, request)
            case RepairAsk():
                return await self._repair(ask, request)
            case StrategyAsk():
                return await self._strategy(ask, request)
            case ClustersAsk():
                return await self._clusters(ask, request)
            case StackerAsk():
                return await self._stacker(request)
            case _:
                assert_never(ask)

    def _request(self, ask: Ask, briefing: Briefing, bill: Bill | None) -> ChatRequest:
        rendered = render(ask, briefing, self._sources.read_text, self._toolkit)
        return ChatRequest(
            messages=rendered.messages,
            purpose=ask.kind,
            agent=AGENT_OF[ask.kind],
            shorter=rendered.shorter,
            bill=bill,
        )

    # -- code

    async def _features(self, ask: FeatureAsk, request: ChatRequest) -> Answer:
        answered = await ask_for_code(self._chat, request, FEATURES)
        sources = dict.fromkeys(_all_sources(answered.text, FEATURES))
        programs = tuple(
            self._program(source, f"idea-{ask.round + 1}-{number + 1}")
            for number, source in enumerate(list(sources)[:MOST_PROGRAMS])
        )
        return Answer(FeatureProposal(programs=programs), answered.spent)

    def _program(self, source: str, default: str) -> FeatureProgram:
        headers = read_headers(source)
        return FeatureProgram(
            name=read_name(headers, default),
            source=self._sources.keep_text(source),
            idea=read_line(headers, "idea", ""),
        )

    async def _draft(self, ask: DraftAsk, request: ChatRequest) -> Answer:
        default = ask.views[0].name
        check = _known_view(ask.views)
        title = f"draft {ask.index + 1}"
        return await self._write(request, check, default, title)

    async def _refine(self, ask: RefineAsk, request: ChatRequest) -> Answer:
        old = fingerprint(self._sources.read_text(ask.source))
        has_known_view = _known_view(ask.views)

        def check(source: str) -> None:
            has_known_view(source)
            view = read_headers(source).get("view", ask.view.name)
            if fingerprint(source) == old and view == ask.view.name:
                raise UnusableReplyError("this is the candidate as it was, unchanged")

        title = f"{ask.title.split(' | ')[0]} | refined, round {ask.round}"
        return await self._write(request, check, ask.view.name, title, ask.family)

    async def _cross(self, ask: CrossAsk, request: ChatRequest) -> Answer:
        parents = {
            fingerprint(self._sources.read_text(parent.source))
            for parent in (ask.first, ask.second)
        }
        has_known_view = _known_view(ask.views)

        def check(source: str) -> None:
            has_known_view(source)
            if fingerprint(source) in parents:
                raise UnusableReplyError("this is one of the two candidates, unchanged")

        view, title = ask.first.view.name, f"crossing {ask.round}"
        return await self._write(request, check, view, title, ask.first.family)

    async def _write(
        self,
        request: ChatRequest,
        check: Check,
        view: str,
        title: str,
        family: str | None = None,
    ) -> Answer:
        """Have a candidate written; the values are defaults for what it leaves out."""
        answered = await ask_for_code(self._chat, request, CANDIDATE, check)
        headers = read_headers(answered.value)
        named = read_family(headers, family) if family else read_family(headers)
        proposal = CandidateProposal(
            family=named,
            title=read_line(headers, "title", title),
            source=self._sources.keep_text(answered.value),
            fingerprint=fingerprint(answered.value),
            view=headers.get("view", view),
            origin=ORIGIN,
        )
        return Answer(proposal, answered.spent)

    async def _repair(self, ask: RepairAsk, request: ChatRequest) -> Answer:
        broken = fingerprint(self._sources.read_text(ask.source))

        def check(source: str) -> None:
            if fingerprint(source) == broken:
                raise UnusableReplyError("this is the program that failed, unchanged")

        wanted = CANDIDATE if ask.subject == "candidate" else FEATURES
        answered = await ask_for_code(self._chat, request, wanted, check)
        headers = read_headers(answered.value)
        proposal = RepairProposal(
            source=self._sources.keep_text(answered.value),
            fingerprint=fingerprint(answered.value),
            diagnosis=read_line(headers, "diagnosis", name_failure(ask.failure)),
            origin=ORIGIN,
        )
        return Answer(proposal, answered.spent)

    async def _stacker(self, request: ChatRequest) -> Answer:
        check = _known_view((RAW_VIEW,))
        return await self._write(request, check, RAW_VIEW.name, "written stacker")

    # -- decisions

    async def _tune(self, ask: TuneAsk, request: ChatRequest) -> Answer:
        source = self._sources.read_text(ask.source)
        found = read_parameters(source)
        if found is None:
            return await self._tune_code(ask, request, fingerprint(source))

        def check(answer: TuneAnswer) -> None:
            check_changes(found.parameters, answer)

        answered = await ask_for_model(self._chat, request, TuneAnswer, check)
        if not answered.value.changes:
            return Answer(NoProposal(reason=answered.value.reason), answered.spent)
        tuned = changed_source(source, found, answered.value)
        base = ask.title.split(" | ")[0]
        headers = {"title": f"{base} | {in_words(answered.value)}"}
        proposal = CandidateProposal(
            family=ask.family,
            title=read_line(headers, "title", base),
            source=self._sources.keep_text(tuned),
            fingerprint=fingerprint(tuned),
            view=ask.view.name,
            origin=ORIGIN,
        )
        return Answer(proposal, answered.spent)

    async def _tune_code(self, ask: TuneAsk, request: ChatRequest, old: str) -> Answer:
        def check(source: str) -> None:
            if fingerprint(source) == old:
                raise UnusableReplyError("this is the candidate as it was, unchanged")
            if read_headers(source).get("view", ask.view.name) != ask.view.name:
                raise UnusableReplyError("a tuned candidate stays on its view")

        title = f"{ask.title.split(' | ')[0]} | tuned, round {ask.round}"
        return await self._write(request, check, ask.view.name, title, ask.family)

    async def _strategy(self, ask: StrategyAsk, request: ChatRequest) -> Answer:
        def check(answer: StrategyAnswer) -> None:
            if answer.strategy not in {"auto", *ask.choices}:
                raise UnusableReplyError(f"{answer.strategy!r} is not to be had here")

        answered = await ask_for_model(self._chat, request, StrategyAnswer, check)
        proposal = StrategyProposal(
            strategy=answered.value.strategy,
            reason=answered.value.reason,
            origin=ORIGIN,
        )
        return Answer(proposal, answered.spent)

    async def _clusters(self, ask: ClustersAsk, request: ChatRequest) -> Answer:
        def check(answer: ClustersAnswer) -> None:
            if not ask.fewest <= answer.clusters <= ask.most:
                bounds = f"from {ask.fewest} to {ask.most}"
                raise UnusableReplyError(f"the number must be {bounds}")

        answered = await ask_for_model(self._chat, request, ClustersAnswer, check)
        proposal = ClustersProposal(
            clusters=answered.value.clusters,
            reason=answered.value.reason,
            origin=ORIGIN,
        )
        return Answer(proposal, answered.spent)


def _known_view(views: tuple[View, ...]) -> Check:
    names = [view.name for view in views]

    def check(source: str) -> None:
        view = read_headers(source).get("view", names[0])
        if view not in names:
            raise UnusableReplyError(f"{view!r} is none of the views {names}")

    return check


def _all_sources(reply: str, class_name: str) -> list[str]:
    """Every fence of a reply that holds a usable module, in order."""
    found = []
    for block in fenced_blocks(without_thinking(reply)):
        fenced = f"```{block.language}\n{block.text}\n```"
        try:
            if block.is_closed:
                found.append(extract_source(fenced, class_name))
        except UnusableReplyError:
            continue
    return found
