"""Writes `report.html` from a run's journal and the blobs that it names."""

from dataclasses import dataclass, field
from pathlib import Path

from bus.blobs import BlobStore
from bus.errors import BlobMissing
from bus.journal import read_journal
from engine.errors import EngineError
from engine.run_folder import RunFolder
from reports.asks import AskFold
from reports.features import FeatureFold
from reports.fold import RunFold
from reports.html.material import ReportMaterial
from reports.html.page import render_page
from reports.leaderboard import LeaderboardFold, LeaderboardRow
from reports.result import assemble_result
from reports.story import LoopStories, LoopStory
from reports.timeline import TimelineFold
from schemas.base import BlobRef
from schemas.clusters import MapPoints
from schemas.commands import Examine
from schemas.diagnostics import Diagnostics
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.inputs import Diagnosed, RunContinued, RunStarted, TablePrepared
from schemas.settings import RunSettings
from schemas.table import TableProfile

MOST_SOURCE_CHARACTERS = 800_000
"""Code beyond that is left to `candidates/`, so that the page stays below 5 MB."""


class NothingToReport(EngineError):
    """Raised when a journal holds not even its first line."""


def write_report(folder: RunFolder) -> Path:
    """Write the report of a run, finished or not, and return its path.

    Raises:
        JournalError: The journal is damaged.
        NothingToReport: It is empty.
    """
    page = render_page(gather(folder))
    partial = folder.report.with_name(folder.report.name + ".partial")
    partial.write_bytes(page)
    partial.replace(folder.report)
    return folder.report


@dataclass(slots=True)
class _Gathering:
    """Takes in a journal once, for everything that the page shows."""

    run: RunFold = field(default_factory=RunFold)
    leaderboard: LeaderboardFold = field(default_factory=LeaderboardFold)
    features: FeatureFold = field(default_factory=FeatureFold)
    loops: LoopStories = field(default_factory=LoopStories)
    timeline: TimelineFold = field(default_factory=TimelineFold)
    asks: AskFold = field(default_factory=AskFold)
    suspicions: int = 0
    settings: RunSettings | None = None
    profile: TableProfile | None = None
    diagnostics: BlobRef | None = None

    def hear(self, envelope: Envelope) -> None:
        self.run.hear(envelope)
        self.leaderboard.hear(envelope)
        self.features.hear(envelope)
        self.loops.hear(envelope)
        self.timeline.hear(envelope)
        self.asks.hear(envelope)
        match envelope.body:
            case RunStarted(settings=settings) | RunContinued(settings=settings):
                self.settings = settings
            case TablePrepared(profile=profile):
                self.profile = profile
            case Diagnosed(diagnostics=diagnostics):
                self.diagnostics = diagnostics
            case Examine(is_leak_suspected=True):
                self.suspicions += 1
            case _:
                return


def gather(folder: RunFolder) -> ReportMaterial:
    """Read what the report shows; see `write_report`."""
    found = _Gathering()
    for envelope in read_journal(folder.events):
        found.hear(envelope)
    if found.settings is None:
        raise NothingToReport(f"the journal of {folder.path} is empty")
    rows, loops = found.leaderboard.rows(), found.loops.stories()
    return ReportMaterial(
        run=folder.path.resolve().name,
        settings=found.settings,
        profile=found.profile,
        result=assemble_result(found.run),
        leaderboard=tuple(rows),
        loops=loops,
        features=tuple(found.features.rows()),
        timeline=found.timeline.timeline(),
        diagnostics=_read_diagnostics(folder.blobs, found.diagnostics),
        sources=_read_sources(folder.blobs, rows, loops),
        asks=found.asks.rows(),
        failed_asks=found.asks.failed(),
        leaks=found.run.leak_warnings,
        suspicions=found.suspicions,
        survey=found.run.survey,
        cluster_points=_read_map(folder.blobs, found.run.ensemble),
    )


def _read_diagnostics(blobs: BlobStore, ref: BlobRef | None) -> Diagnostics | None:
    if ref is None:
        return None
    try:
        return Diagnostics.model_validate_json(blobs.read_text(ref))
    except BlobMissing:
        return None


def _read_map(blobs: BlobStore, ensemble: Ensemble | None) -> MapPoints | None:
    clustering = None if ensemble is None else ensemble.clustering
    if clustering is None or clustering.map is None:
        return None
    try:
        return MapPoints.model_validate_json(blobs.read_text(clustering.map))
    except BlobMissing:
        return None


def _read_sources(
    blobs: BlobStore, rows: list[LeaderboardRow], loops: tuple[LoopStory, ...]
) -> dict[str, str]:
    """Code of the best versions and of what they were made from, as much as fits."""
    refs = {v.id: v.source for loop in loops for v in loop.versions}
    sources: dict[str, str] = {}
    room = MOST_SOURCE_CHARACTERS
    for row in rows:
        ref = refs.get(row.candidate)
        if ref is None or ref.size > room:
            continue
        try:
            sources[row.candidate] = blobs.read_text(ref)
        except BlobMissing:
            continue
        room -= ref.size
    return sources
