"""All that the report shows, as plain values; the page is a pure function of it."""

from dataclasses import dataclass

from reports.asks import AskRow, FailedAsks
from reports.features import FeatureRow
from reports.leaderboard import LeaderboardRow
from reports.result import RunResult
from reports.story import LoopStory
from reports.timeline import Timeline
from schemas.clusters import ClusterSurvey, MapPoints
from schemas.diagnostics import Diagnostics
from schemas.settings import RunSettings
from schemas.table import TableProfile


@dataclass(frozen=True, slots=True)
class ReportMaterial:
    """What the page is made of.

    Attributes:
        run: Name of the run.
        settings: What the user asked for.
        profile: What is known of the table; None if it was never prepared.
        result: The summary.
        leaderboard: Every version, best first.
        loops: The lives of all candidates, in the order in which they began.
        features: Every new column that was tried.
        timeline: What happened when.
        diagnostics: What the final ensemble looks like, or None.
        sources: Source by candidate; large runs hold those of the best only.
        asks: What a language model was asked for; empty in a run without one.
        failed_asks: Why asks failed.
        leaks: What was found where a score was too good to be true.
        suspicions: How often a score was.
        survey: Clustering: what speaks for each number of clusters, or None.
        cluster_points: Clustering: the map of the final clusters, or None.
    """

    run: str
    settings: RunSettings
    profile: TableProfile | None
    result: RunResult
    leaderboard: tuple[LeaderboardRow, ...]
    loops: tuple[LoopStory, ...]
    features: tuple[FeatureRow, ...]
    timeline: Timeline
    diagnostics: Diagnostics | None
    sources: dict[str, str]
    asks: tuple[AskRow, ...] = ()
    failed_asks: tuple[FailedAsks, ...] = ()
    leaks: tuple[str, ...] = ()
    suspicions: int = 0
    survey: ClusterSurvey | None = None
    cluster_points: MapPoints | None = None
