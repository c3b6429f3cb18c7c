"""Replays runs: a journal must say again what it said, and give the same result."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from agents.team import build_agents
from bus.errors import Divergence, JournalCorrupt, JournalError
from bus.journal import read_journal
from bus.replay import Replayer, ReplayReport
from engine.errors import ResultDiffers, RunFolderError
from engine.explaining import explained
from engine.run_folder import RunFolder
from reports.difference import causes_text
from reports.replays import ReplayedRun
from reports.result import RunResult, derive_result, result_bytes
from reports.state import RunState, derive_state
from schemas.envelope import Envelope

CAUSES_NOTED = 2
UNFINISHED = "unfinished"


def replay_run(folder: RunFolder) -> ReplayReport:
    """Verify a run with no key, no network, no clock and no fit.

    Raises:
        Divergence: The agents say something else than the journal remembers.
        JournalCorrupt: The journal cannot be trusted.
        ResultDiffers: The run is not finished, or `result.json` differs by at least a byte.
    """
    report = _verify(folder)
    result = derive_result(read_journal(folder.events))
    if result.status == UNFINISHED:
        raise ResultDiffers(
            f"its {report.events} events replay without a difference, but the run is not "
            f"finished: resume {folder.path}"
        )
    _compare_result(folder, result)
    return report


def _verify(folder: RunFolder) -> ReplayReport:
    with explained(folder):
        return Replayer(build_agents).verify(read_journal(folder.events))


def _compare_result(folder: RunFolder, result: RunResult) -> None:
    if not folder.result.exists():
        raise ResultDiffers(f"{folder.result} is not there; resume the run to write it")
    if folder.result.read_bytes() != result_bytes(result):
        raise ResultDiffers(f"{folder.result} differs from what the journal gives")


def replay_until(folder: RunFolder, seq: int) -> RunState:
    """Verify a run up to an event and say where it stood right after it.

    Raises:
        RunFolderError: There is no such event.
        Divergence: The agents say something else than the journal remembers up to there.
        JournalCorrupt: The journal cannot be trusted up to there.
    """
    count = max(0, seq + 1)

    def prefix() -> Iterator[Envelope]:
        return islice(read_journal(folder.events), count)

    state = derive_state(prefix())
    if state is None or state.seq != seq:
        last = -1 if state is None else state.seq
        raise RunFolderError(f"there is no event {seq}; the last one is {last}")
    with explained(folder):
        Replayer(build_agents).verify(prefix(), is_prefix=True)
    return state


def find_runs(path: Path) -> list[RunFolder]:
    """Every run in a folder, however deep, by path.

    Raises:
        RunFolderError: There is none.
    """
    found = sorted(events.parent for events in path.rglob("events.jsonl"))
    if not found:
        raise RunFolderError(f"there are no runs in {path}")
    return [RunFolder(folder) for folder in found]


def replay_each(path: Path) -> Iterator[ReplayedRun]:
    """Verify every run in a folder; what one differs in does not keep the others waiting.

    Raises:
        RunFolderError: There is none.
    """
    for folder in find_runs(path):
        yield _replayed(str(folder.path.relative_to(path)), folder)


def _why_different(error: Divergence) -> str:
    changed = ", ".join(error.changed_files or ()) or "no file of ours was changed"
    nearest = causes_text(error.causes[:CAUSES_NOTED])
    return f"at event {error.seq}, because of {nearest}; {changed}"


def _replayed(name: str, folder: RunFolder) -> ReplayedRun:
    try:
        report = _verify(folder)
        result = derive_result(read_journal(folder.events))
        if result.status != UNFINISHED:
            _compare_result(folder, result)
    except Divergence as error:
        return ReplayedRun(
            run=name, verdict="differs", seq=error.seq, note=_why_different(error)
        )
    except JournalCorrupt as error:
        return ReplayedRun(
            run=name, verdict="damaged", seq=error.seq, note=error.reason
        )
    except (JournalError, ResultDiffers) as error:
        return ReplayedRun(run=name, verdict="differs", note=str(error))
    return ReplayedRun(
        run=name,
        verdict="same",
        status=result.status,
        events=report.events,
        seconds=report.seconds,
        digest=report.digest,
    )
