"""Makes the folder of a fork: a run that shares another one's journal up to an event."""

import itertools
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bus.blobs import BlobStore
from bus.journal import read_journal
from bus.recorded import Answers, find_answers, keep_answers
from engine.errors import EngineError
from engine.past import Past, fold_past
from engine.run_folder import RunFolder, create_run_folder, remove_run_folder
from schemas.base import BlobRef
from schemas.envelope import Envelope, Input
from schemas.inputs import FitFinished, Origin, Proposed
from schemas.sayings import CandidatePooled, LoopClosed
from schemas.settings import RunSettings

SHARED_FOLDERS = ("blobs", "models", "data")


class ForkError(EngineError):
    """Raised when a run cannot go on from the event that was named."""


class PastAt(NamedTuple):
    """What a run had come to at an event.

    Attributes:
        past: What it had spent, and how it was set up.
        last: The event.
    """

    past: Past
    last: Envelope


@dataclass(frozen=True, slots=True)
class Fork:
    """A fork that is about to begin.

    Attributes:
        folder: Its folder, with all that it shares.
        past: What the run had come to at that event.
        origin: That event.
        settings: What it goes on with.
        answers: How many outcomes the other run knows of what came later.
    """

    folder: RunFolder
    past: Past
    origin: Origin
    settings: RunSettings
    answers: int


def past_at(parent: RunFolder, seq: int) -> PastAt:
    """What a run had come to at an event, if one can go on from there.

    Raises:
        ForkError: One cannot; the message says what to name instead.
        JournalError: The journal cannot be trusted.
    """
    prefix = list(itertools.islice(read_journal(parent.events), max(0, seq + 1)))
    if seq < 0 or len(prefix) <= seq:
        raise ForkError(
            f"there is no event {seq} in {parent.path}: its last is {len(prefix) - 1}"
        )
    past = fold_past(prefix)
    if past is None or past.prepared is None:
        raise ForkError(
            f"at event {seq} the table was not prepared yet: "
            "name a later event, or start a new run with fit"
        )
    check_models(parent, prefix)
    return PastAt(past, prefix[-1])


def check_models(folder: RunFolder, events: Iterable[Envelope] | None = None) -> None:
    """See to it that all models are there which a run may predict with once it goes on.

    Args:
        folder: The run's folder.
        events: What it has come to; its whole journal by default.

    Raises:
        ForkError: Some are gone, because their candidates came to nothing later on.
    """
    known = list(read_journal(folder.events) if events is None else events)
    closed = {e.loop for e in known if isinstance(e.body, LoopClosed)}
    lost = [e.seq for e in known if not _has_models(folder.models, _needed(e, closed))]
    if lost:
        fits = (e for e in known if isinstance(e.body, FitFinished) and e.loop)
        first = next(e.seq for e in fits if not _has_models(folder.models, _made(e)))
        raise ForkError(
            f"models that event {lost[0]} tells of were dropped when the run ended; "
            f"all models are there as of event {first - 1}"
        )


def _needed(event: Envelope, closed: set[str | None]) -> tuple[BlobRef, ...]:
    """Models of the pool, and of loops that are still open."""
    if isinstance(event.body, CandidatePooled):
        return event.body.fit.models
    is_open = event.loop is not None and event.loop not in closed
    return _made(event) if is_open else ()


def _made(event: Envelope) -> tuple[BlobRef, ...]:
    if not isinstance(event.body, FitFinished) or event.body.report.model is None:
        return ()
    return (event.body.report.model,)


def _has_models(models: BlobStore, refs: tuple[BlobRef, ...]) -> bool:
    return all(models.path_of(ref).exists() for ref in refs)


def fork_folder(
    parent: RunFolder, at: PastAt, path: Path, settings: RunSettings
) -> Fork:
    """Make a run that shares everything with another one up to an event.

    The journal's lines are shared to the byte, so the chain of the last one proves it. What
    the lines name (texts, arrays, models, the table's parts) is shared as well: files are
    linked where the disk allows it, and with them the count of openings of the sealed part.

    Args:
        parent: The other run.
        at: The last event that both have.
        path: The new run's folder; it must be new or empty.
        settings: What the new run goes on with.

    Raises:
        RunFolderError: The folder cannot be used.
    """
    seq = at.last.seq
    answers = _answers(parent, at, settings)
    folder = create_run_folder(path)
    try:
        parent.openings.touch()
        for name in SHARED_FOLDERS:
            _share(parent.path / name, folder.path / name)
        keep_answers(folder.record, answers)
        _copy_lines(parent.events, folder.events, seq + 1)
    except OSError:
        remove_run_folder(folder)
        raise
    origin = Origin(run=parent.path.name, seq=seq, chain=at.last.chain)
    return Fork(folder, at.past, origin, settings, len(answers))


def _answers(parent: RunFolder, at: PastAt, settings: RunSettings) -> Answers:
    """What the other run knows of effects after an event, as far as it can be used."""
    later = (e for e in read_journal(parent.events) if e.seq > at.last.seq)
    before = at.past.settings
    is_same_proposer = before.proposer == settings.proposer and (
        before.llm_model == settings.llm_model
    )
    return {
        asked: body
        for asked, body in find_answers(later)
        if (is_same_proposer or not isinstance(body, Proposed))
        and all(path.exists() for path in _named(body, parent))
    }


def _named(body: Input, folder: RunFolder) -> Iterator[Path]:
    """Files that an outcome of a job names and that may have been dropped."""
    if isinstance(body, FitFinished):
        yield folder.blobs.path_of(body.report.predictions)
        if body.report.model is not None:
            yield folder.models.path_of(body.report.model)


def _share(source: Path, target: Path) -> None:
    """Link a folder's files into another one; copy them where that is not possible."""
    shutil.copytree(
        source, target, dirs_exist_ok=True, copy_function=_link, symlinks=True
    )


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _copy_lines(source: Path, target: Path, count: int) -> None:
    """Copy the first lines of a journal; they are on the disk when this returns."""
    with source.open("rb") as lines, target.open("xb") as copied:
        copied.writelines(itertools.islice(lines, count))
        copied.flush()
        os.fsync(copied.fileno())
