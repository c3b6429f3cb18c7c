"""A proposer that answers from a file: for tests, demonstrations and teaching."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from pydantic import Field, ValidationError, model_validator

from proposers.base import Answer, SourceStore
from proposers.bill import Bill
from proposers.errors import ProposerInputError
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
from schemas.base import Frozen
from schemas.candidate import RAW_VIEW, View
from schemas.ensemble import StrategyChoice
from schemas.jobs import Failure
from schemas.proposals import (
    CandidateProposal,
    ClustersProposal,
    FeatureProgram,
    FeatureProposal,
    NoProposal,
    Proposal,
    RepairProposal,
    StrategyProposal,
)

ORIGIN = "scripted"
LATEST_VIEW = "latest"


class _Entry(Frozen):
    source: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> "_Entry":
        if (self.source is None) == (self.file is None):
            raise ValueError("give either source or file")
        return self


class _Draft(_Entry):
    family: str = "scripted"
    title: str = "Scripted candidate"
    view: str = RAW_VIEW.name


class _Refinement(_Entry):
    family: str | None = None
    title: str | None = None
    view: str | None = None


class _Repair(_Entry):
    when: str | None = None
    diagnosis: str = "mended by the script"


class _Features(_Entry):
    name: str
    idea: str = ""
    round: int = 0


class _Stacker(_Entry):
    family: str = "scripted"
    title: str = "Scripted stacker"


class _Script(Frozen):
    draft: tuple[_Draft, ...] = ()
    refine: tuple[_Refinement, ...] = ()
    tune: tuple[_Refinement, ...] = ()
    cross: tuple[_Draft, ...] = ()
    stacker: tuple[_Stacker, ...] = ()
    strategy: StrategyChoice | None = None
    clusters: int | None = None
    repair: tuple[_Repair, ...] = ()
    features: tuple[_Features, ...] = Field(default=())


class ScriptedProposer:
    """Answers each ask with the entry of its turn; an ask beyond the last gets nothing.

    The file is TOML with tables `[[draft]]` (family, title, view), `[[refine]]`, `[[tune]]`
    and `[[cross]]` (the same), `[[repair]]` (when, diagnosis), `[[features]]` (name, idea,
    round) and `[[stacker]]` (family, title), each with `source` or with `file`, a path
    relative to the script; `strategy` names a way to combine and `clusters` the number of
    clusters. The index of a draft, the round of a refinement and the attempt of a repair
    say whose turn it is; a repair with `when` answers failures whose exception or message
    holds that text. A view that is not there (yet) is the raw one; `view = "latest"` is the
    newest one there is.

    Args:
        path: The script.
        sources: Where sources are kept.

    Raises:
        ProposerInputError: The script or a file it names is not usable.
    """

    def __init__(self, path: Path, sources: SourceStore) -> None:
        self._sources = sources
        self._script = _read(path)
        entries = (
            *self._script.draft,
            *self._script.refine,
            *self._script.tune,
            *self._script.cross,
            *self._script.stacker,
            *self._script.repair,
            *self._script.features,
        )
        self._texts = {id(entry): _text(entry, path) for entry in entries}

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        """Answer one ask from the script; briefing and bill play no part."""
        return Answer(self._proposal(ask))

    def _proposal(self, ask: Ask) -> Proposal:
        match ask:
            case FeatureAsk():
                return self._features(ask)
            case DraftAsk():
                return self._draft(ask)
            case RefineAsk():
                return self._refine(ask, self._script.refine)
            case TuneAsk():
                return self._refine(ask, self._script.tune)
            case CrossAsk():
                return self._cross(ask)
            case StrategyAsk():
                return self._strategy()
            case ClustersAsk():
                return self._clusters(ask)
            case StackerAsk():
                return self._stacker()
            case RepairAsk():
                return self._repair(ask)
            case _:
                assert_never(ask)

    def _features(self, ask: FeatureAsk) -> Proposal:
        entries = [e for e in self._script.features if e.round == ask.round]
        return FeatureProposal(
            programs=tuple(
                FeatureProgram(
                    name=entry.name,
                    source=self._sources.keep_text(self._texts[id(entry)]),
                    idea=entry.idea,
                )
                for entry in entries
            )
        )

    def _draft(self, ask: DraftAsk) -> Proposal:
        if ask.index >= len(self._script.draft):
            return NoProposal(reason="the script has no more drafts")
        entry = self._script.draft[ask.index]
        view = _found(entry.view, ask.views, RAW_VIEW.name)
        return self._candidate(entry, entry.family, entry.title, view)

    def _cross(self, ask: CrossAsk) -> Proposal:
        if ask.round > len(self._script.cross):
            return NoProposal(reason="the script has no more crossings")
        entry = self._script.cross[ask.round - 1]
        view = _found(entry.view, ask.views, RAW_VIEW.name)
        return self._candidate(entry, entry.family, entry.title, view)

    def _refine(
        self, ask: RefineAsk | TuneAsk, entries: tuple[_Refinement, ...]
    ) -> Proposal:
        if ask.round > len(entries):
            return NoProposal(reason="the script has no more refinements")
        entry = entries[max(ask.round, 1) - 1]
        views = ask.views if isinstance(ask, RefineAsk) else (ask.view,)
        view = _found(entry.view, views, ask.view.name)
        family, title = entry.family or ask.family, entry.title or ask.title
        return self._candidate(entry, family, title, view)

    def _strategy(self) -> Proposal:
        strategy = self._script.strategy
        if strategy is None:
            return NoProposal(reason="the script says nothing of strategies")
        reason = "the script says so"
        return StrategyProposal(strategy=strategy, reason=reason, origin=ORIGIN)

    def _clusters(self, ask: ClustersAsk) -> Proposal:
        clusters = self._script.clusters
        if clusters is None or not ask.fewest <= clusters <= ask.most:
            return NoProposal(reason="the script names no such number of clusters")
        reason = "the script says so"
        return ClustersProposal(clusters=clusters, reason=reason, origin=ORIGIN)

    def _stacker(self) -> Proposal:
        if not self._script.stacker:
            return NoProposal(reason="the script has no stacker")
        entry = self._script.stacker[0]
        return self._candidate(entry, entry.family, entry.title, RAW_VIEW.name)

    def _repair(self, ask: RepairAsk) -> Proposal:
        named = [e for e in self._script.repair if _is_meant(e, ask.failure)]
        unnamed = [e for e in self._script.repair if e.when is None]
        turn = ask.attempt - 1
        if named:
            entry = named[0]
        elif turn < len(unnamed):
            entry = unnamed[turn]
        else:
            return NoProposal(reason="the script has no repair for this failure")
        text = self._texts[id(entry)]
        return RepairProposal(
            source=self._sources.keep_text(text),
            fingerprint=fingerprint(text),
            diagnosis=entry.diagnosis,
            origin=ORIGIN,
        )

    def _candidate(
        self, entry: _Entry, family: str, title: str, view: str
    ) -> CandidateProposal:
        text = self._texts[id(entry)]
        return CandidateProposal(
            family=family,
            title=title,
            source=self._sources.keep_text(text),
            fingerprint=fingerprint(text),
            view=view,
            origin=ORIGIN,
        )


def _found(name: str | None, views: Sequence[View], default: str) -> str:
    """The view that an entry names, if it is there, else a default."""
    names = [view.name for view in views]
    if name == LATEST_VIEW and names:
        return names[-1]
    return name if name in names and name else default


def _is_meant(entry: _Repair, failure: Failure) -> bool:
    told = f"{failure.kind} {failure.exception} {failure.message}"
    return entry.when is not None and entry.when in told


def _read(path: Path) -> _Script:
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
        return _Script.model_validate(content)
    except OSError as error:
        raise ProposerInputError(
            f"the script {str(path)!r} cannot be read: {error.strerror}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProposerInputError(
            f"the script {str(path)!r} is not TOML: {error}"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProposerInputError(
            f"the script {str(path)!r} is wrong at {place!r}: {first['msg']}"
        ) from error


def _text(entry: _Entry, script: Path) -> str:
    if entry.source is not None:
        return entry.source
    path = script.parent / str(entry.file)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProposerInputError(
            f"the script names {str(path)!r}, which cannot be read: {error}"
        ) from error
