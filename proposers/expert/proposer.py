"""The proposer with built-in knowledge: no key, no network, the same answer every time."""

import random
from typing import assert_never

import anyio

from proposers.base import Answer, SourceStore
from proposers.bill import Bill
from proposers.expert.blocks import CLUSTERING, SUPERVISED
from proposers.expert.cluster_portfolio import clustering_portfolio
from proposers.expert.directions import WORDS, diagnose, directed
from proposers.expert.entry import Entry
from proposers.expert.feature_programs import feature_programs, further_programs
from proposers.expert.pace import pace_of
from proposers.expert.portfolio import supervised_portfolio
from proposers.expert.refinement import neighbor
from proposers.expert.repair.rules import mend
from proposers.expert.sources import clustering_source, supervised_source
from proposers.expert.stackers import stacker_entry
from proposers.expert.tuning import tuned_source
from proposers.fingerprint import fingerprint
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
from schemas.candidate import RAW_VIEW
from schemas.proposals import (
    CandidateProposal,
    FeatureProgram,
    FeatureProposal,
    NoProposal,
    Proposal,
    RepairProposal,
    StrategyProposal,
)
from schemas.task import TaskKind

ORIGIN = "expert"
RAW_ENTRIES = 3
"""So many entries are always fitted on the raw columns."""
VIEW_FAMILIES = frozenset({"linear", "lightgbm", "catboost", *CLUSTERING})
"""Families that gain most from new columns."""
REFINE_TRIES = 8


class ExpertProposer:
    """Answers asks from a portfolio, a table of moves and a table of repairs.

    Args:
        sources: Where sources are read and kept.
    """

    def __init__(self, sources: SourceStore) -> None:
        self._sources = sources

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        """Answer one ask; never raises, and calls no model."""
        if isinstance(ask, TuneAsk):
            # What it loads for the first time would hold up everything else.
            tuned = await anyio.to_thread.run_sync(self._tune, ask, briefing)
            return Answer(tuned)
        return Answer(self._proposal(ask, briefing))

    def _proposal(self, ask: Ask, briefing: Briefing) -> Proposal:
        match ask:
            case FeatureAsk():
                return self._features(ask, briefing)
            case DraftAsk():
                return self._draft(ask, briefing)
            case RefineAsk():
                return self._refine(ask, briefing)
            case TuneAsk():
                return self._tune(ask, briefing)
            case CrossAsk():
                return NoProposal(reason="the ensemble blends better than a crossing")
            case RepairAsk():
                return self._repair(ask, briefing)
            case StrategyAsk():
                reason = "the strategies' own scores on other folds decide"
                return StrategyProposal(strategy="auto", reason=reason, origin=ORIGIN)
            case ClustersAsk():
                return NoProposal(reason="the partitions' own numbers decide")
            case StackerAsk():
                return self._candidate(stacker_entry(ask), RAW_VIEW.name, briefing)
            case _:
                assert_never(ask)

    def _features(self, ask: FeatureAsk, briefing: Briefing) -> Proposal:
        if ask.round == 0:
            written = feature_programs(briefing)
        else:
            written = further_programs(briefing, ask.round, ask.view, self._sources)
        return FeatureProposal(
            programs=tuple(
                FeatureProgram(
                    name=program.name,
                    source=self._sources.keep_text(program.source),
                    idea=program.idea,
                )
                for program in written
            )
        )

    def _draft(self, ask: DraftAsk, briefing: Briefing) -> Proposal:
        is_clustering = briefing.task.kind is TaskKind.CLUSTERING
        if is_clustering:
            entries = clustering_portfolio(briefing.task.features)
        else:
            entries = supervised_portfolio(briefing, pace_of(briefing))
        view = ask.views[-1].name if ask.views else RAW_VIEW.name
        if ask.index < len(entries):
            entry = entries[ask.index]
            if not _is_for_view(entries, ask.index):
                view = RAW_VIEW.name
            return self._candidate(entry, view, briefing)
        again = [e for i, e in enumerate(entries) if _is_worth_a_view(entries, i)]
        later = ask.index - len(entries)
        if view != RAW_VIEW.name and later < len(again):
            return self._candidate(again[later], view, briefing)
        return NoProposal(reason="portfolio exhausted")

    def _candidate(self, entry: Entry, view: str, briefing: Briefing) -> Proposal:
        if briefing.task.kind is TaskKind.CLUSTERING:
            block = CLUSTERING[entry.family]
            source = clustering_source(entry.title, block, entry.parameters)
        else:
            source = supervised_source(
                entry.title,
                SUPERVISED[entry.family],
                entry.parameters,
                is_classification=briefing.task.kind is not TaskKind.REGRESSION,
                logarithm=entry.logarithm,
            )
        return self._proposed(entry.family, entry.title, source, view)

    def _refine(self, ask: RefineAsk, briefing: Briefing) -> Proposal:
        source = self._sources.read_text(ask.source)
        if ask.untried_view is not None:
            view = ask.untried_view.name
            return self._proposed(ask.family, ask.title, source, view)
        tried = {(other.title, other.view) for other in ask.leaderboard}
        base = ask.title.split(" | ")[0]
        diagnosis = diagnose(ask, briefing)
        for attempt in range(REFINE_TRIES):
            name = f"{briefing.seed}:{ask.candidate}:{ask.round}:{attempt}"
            # Seeding by text hashes it with sha512: the same on every machine.
            chance = random.Random(name)  # noqa: S311 (nothing secret about it)
            # Numbers can mislead, so every second try is free to go anywhere.
            word, moved = "", None
            if (ask.round + attempt) % 2:
                moved = directed(source, ask.family, diagnosis, chance)
                word = f"{WORDS.get(diagnosis, '')}: "
            if moved is None:
                word, moved = "", neighbor(source, ask.family, chance)
            if moved is None:
                continue
            title = f"{base} | {word}{moved.change}"
            if (title, ask.view.name) not in tried:
                return self._proposed(ask.family, title, moved.source, ask.view.name)
        return NoProposal(reason=f"no neighbour of a {ask.family!r} candidate to try")

    def _tune(self, ask: TuneAsk, briefing: Briefing) -> Proposal:
        sign = 1.0 if briefing.task.greater_is_better else -1.0
        source = tuned_source(ask, self._sources, briefing.seed, sign)
        if source is None:
            return NoProposal(reason=f"nothing is left to tune for {ask.family!r}")
        title = f"{ask.title.split(' | ')[0]} | tuned, round {ask.round}"
        return self._proposed(ask.family, title, source, ask.view.name)

    def _repair(self, ask: RepairAsk, briefing: Briefing) -> Proposal:
        source = self._sources.read_text(ask.source)
        mended = mend(source, ask.failure, briefing.task, ask.subject)
        if mended is None:
            named = ask.failure.exception or ask.failure.kind
            return NoProposal(
                reason=f"no rule mends {named!r} while {ask.failure.stage}"
            )
        return RepairProposal(
            source=self._sources.keep_text(mended.source),
            fingerprint=fingerprint(mended.source),
            diagnosis=mended.diagnosis,
            origin=ORIGIN,
        )

    def _proposed(
        self, family: str, title: str, source: str, view: str
    ) -> CandidateProposal:
        return CandidateProposal(
            family=family,
            title=title,
            source=self._sources.keep_text(source),
            fingerprint=fingerprint(source),
            view=view,
            origin=ORIGIN,
        )


def _is_for_view(entries: tuple[Entry, ...], index: int) -> bool:
    """Every second entry of a family that gains from new columns, after the first few."""
    if index < RAW_ENTRIES or entries[index].family not in VIEW_FAMILIES:
        return False
    earlier = entries[RAW_ENTRIES : index + 1]
    return sum(entry.family in VIEW_FAMILIES for entry in earlier) % 2 == 1


def _is_worth_a_view(entries: tuple[Entry, ...], index: int) -> bool:
    """Entries that were given the raw columns and may do better on new ones."""
    is_family = entries[index].family in VIEW_FAMILIES
    return index > 0 and is_family and not _is_for_view(entries, index)
