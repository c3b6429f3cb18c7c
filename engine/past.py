"""What earlier sessions of a run left in its journal."""

from dataclasses import dataclass

from bus.journal import read_journal
from engine.errors import RunFolderError
from engine.run_folder import RunFolder
from schemas.inputs import RunStarted, TablePrepared, Tick
from schemas.settings import RunSettings


@dataclass(frozen=True, slots=True)
class Past:
    """The part of a journal that setting up again takes.

    Attributes:
        settings: What the user asked for.
        prepared: The table as it was prepared, or None if it never was.
        elapsed_seconds: What the run had taken when its clock was last seen.
    """

    settings: RunSettings
    prepared: TablePrepared | None
    elapsed_seconds: float


def read_past(folder: RunFolder) -> Past:
    """Read what a run left.

    Raises:
        RunFolderError: Not even the first line was written.
        JournalCorrupt: The journal cannot be trusted.
    """
    settings: RunSettings | None = None
    prepared: TablePrepared | None = None
    elapsed = 0.0
    for event in read_journal(folder.events):
        match event.body:
            case RunStarted(settings=found):
                settings = found
            case TablePrepared() as found:
                prepared = found
            case Tick(elapsed_seconds=seconds):
                elapsed = seconds
    if settings is None:
        raise RunFolderError(f"{folder.path} holds no run that could be resumed")
    return Past(settings, prepared, elapsed)
