"""Gathers what `show` shows, for finished and unfinished runs alike."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import ConfigDict

from bus.errors import JournalCorrupt
from bus.journal import read_journal
from bus.recorded import RECORD
from engine.errors import NoCandidate, NoConversation
from engine.run_folder import RunFolder
from reports.leaderboard import LeaderboardRow, derive_leaderboard
from reports.parting import Parting, derive_parting
from reports.result import RunResult, derive_result
from reports.story import LoopStory, Story, derive_loop, derive_story, difference
from schemas.base import BlobRef, Frozen
from schemas.candidate import Candidate
from schemas.envelope import Envelope
from schemas.inputs import EffectCancelled, Proposed, ProposeFailed


class RunShown(Frozen):
    """A run as it stands."""

    model_config = ConfigDict(ser_json_inf_nan="null")

    result: RunResult
    leaderboard: tuple[LeaderboardRow, ...]


class CandidateShown(Frozen):
    """A candidate as it stands.

    Attributes:
        story: What happened to it.
        source: Its source.
        difference: Unified difference to its parent; empty if there is none.
    """

    model_config = ConfigDict(ser_json_inf_nan="null")

    story: Story
    source: str
    difference: str


class Counted(NamedTuple):
    """How the effects of a fork came to their outcomes.

    Attributes:
        recorded: Answered from the journal of the other run.
        carried_out: Carried out by the fork itself.
    """

    recorded: int
    carried_out: int


def count_recorded(folder: RunFolder, seq: int) -> Counted:
    """Count the outcomes of a fork after the event that it shares with the other run."""
    sources = Counter(
        event.src
        for event in read_so_far(folder)
        if event.seq > seq and event.io == "in" and event.key is not None
    )
    return Counted(sources[RECORD], sources.total() - sources[RECORD])


def show_loop(folder: RunFolder, loop: str) -> LoopStory:
    """Tell the story of a loop.

    Raises:
        NoCandidate: The run knows none of that name.
    """
    story = derive_loop(read_so_far(folder), loop)
    if story is None:
        raise NoCandidate(f"the run in {folder.path} has no loop {loop!r}")
    return story


def show_conversation(folder: RunFolder, seq: int) -> str:
    """What a model was asked and what it said, as an event tells of it.

    Raises:
        NoConversation: Nobody was asked; the message names the events that tell of asks.
        BlobMissing: The text was removed or changed.
    """
    kept = {event.seq: _conversation(event) for event in read_so_far(folder)}
    found = kept.get(seq)
    if found is None:
        known = ", ".join(str(n) for n, ref in kept.items() if ref) or "none"
        raise NoConversation(
            f"no conversation is kept with event {seq}; events that have one: {known}"
        )
    return folder.blobs.read_text(found)


def _conversation(event: Envelope) -> BlobRef | None:
    match event.body:
        case Proposed() | ProposeFailed() | EffectCancelled() as body:
            return body.conversation
        case _:
            return None


def show_parting(one: RunFolder, other: RunFolder) -> Parting:
    """Say where two runs part."""
    return derive_parting(read_so_far(one), read_so_far(other))


def show_run(folder: RunFolder) -> RunShown:
    """Sum up a run from as much of its journal as there is."""
    rows = derive_leaderboard(read_so_far(folder))
    return RunShown(result=derive_result(read_so_far(folder)), leaderboard=tuple(rows))


def show_candidate(folder: RunFolder, name: str) -> CandidateShown:
    """Tell the story of one candidate.

    Raises:
        NoCandidate: The run knows none of that name.
        BlobMissing: Its source was removed or changed.
    """
    story = derive_story(read_so_far(folder), name)
    if story is None:
        raise NoCandidate(
            f"the run in {folder.path} has no candidate {name!r}; "
            "`run.py show RUN` lists them"
        )
    source = folder.blobs.read_text(story.candidate.source)
    return CandidateShown(
        story=story, source=source, difference=_changes(folder, story.candidate, source)
    )


def _changes(folder: RunFolder, candidate: Candidate, source: str) -> str:
    if candidate.parent is None:
        return ""
    parent = derive_story(read_so_far(folder), candidate.parent)
    if parent is None:
        return ""
    before = folder.blobs.read_text(parent.candidate.source)
    return difference(before, source, (candidate.parent, candidate.id))


def read_so_far(folder: RunFolder) -> Iterator[Envelope]:
    """Yield the events of a run; the last line of one at work may still be torn.

    Raises:
        JournalCorrupt: A whole line cannot be trusted.
    """
    try:
        yield from read_journal(folder.events)
    except JournalCorrupt as error:
        with folder.events.open("rb") as lines:
            whole = sum(line.endswith(b"\n") for line in lines)
        if error.seq < whole:
            raise
