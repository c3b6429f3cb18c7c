"""Replays a run: its journal must say again what it said, and give the same result."""

from agents.team import build_agents
from bus.journal import read_journal
from bus.replay import Replayer, ReplayReport
from engine.errors import ResultDiffers
from engine.run_folder import RunFolder
from reports.result import derive_result, result_bytes


def replay_run(folder: RunFolder) -> ReplayReport:
    """Verify a run with no key, no network, no clock and no fit.

    Raises:
        Divergence: The agents say something else than the journal remembers.
        JournalCorrupt: The journal cannot be trusted.
        ResultDiffers: `result.json` differs by at least one byte.
    """
    report = Replayer(build_agents).verify(read_journal(folder.events))
    derived = result_bytes(derive_result(read_journal(folder.events)))
    if not folder.result.exists():
        raise ResultDiffers(f"{folder.result} is not there: the run did not finish")
    if folder.result.read_bytes() != derived:
        raise ResultDiffers(f"{folder.result} differs from what the journal gives")
    return report
