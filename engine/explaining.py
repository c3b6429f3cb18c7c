"""Says why a replay parted from its journal: what led there, and which code was changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from bus.errors import Cause, Divergence
from bus.index import JournalIndex
from bus.journal import read_journal
from engine.run_folder import RunFolder
from engine.versions import module_hashes
from schemas.inputs import RunContinued, RunStarted, SessionStarted


@contextmanager
def explained(folder: RunFolder) -> Iterator[None]:
    """Add to a divergence what the journal knows about it."""
    try:
        yield
    except Divergence as error:
        error.causes = causes_of(folder, error)
        error.changed_files = changed_files(folder, error.seq)
        raise


def causes_of(folder: RunFolder, error: Divergence) -> tuple[Cause, ...]:
    """The events that led to where they part, nearest first, up to the start of the run."""
    if not error.parents:
        return ()
    index = JournalIndex(folder.events, folder.index)
    nearest = error.parents[0]
    events = [index.event(nearest), *index.ancestry(nearest)]
    return tuple(Cause.of(event) for event in events)


def changed_files(folder: RunFolder, seq: int) -> tuple[str, ...] | None:
    """Deciding files that are not what they were when an event was written.

    Returns:
        Their paths, gone and new ones as well; None if the journal does not know.
    """
    written: tuple[tuple[str, str], ...] = ()
    for event in islice(read_journal(folder.events), seq + 1):
        match event.body:
            case (
                RunStarted(modules=modules)
                | SessionStarted(modules=modules)
                | RunContinued(modules=modules)
            ):
                written = modules
            case _:
                pass
    if not written:
        return None
    return tuple(sorted({path for path, _ in set(written) ^ set(module_hashes())}))
