"""A clustering for people: why so many clusters, and what sets each apart."""

from rich.table import Table
from rich.text import Text

from reports.clustering import ClusteringSummary
from reports.console_text import clean_text
from reports.numbers import score_text

PROFILES_SHOWN = 20
_WORDS_LIMIT_CHARACTERS = 160


def cluster_lines(found: ClusteringSummary) -> list[tuple[str, str]]:
    """What stands beside the other facts of a run, as (label, text)."""
    lines = [("clusters", f"{found.clusters}: {clean_text(found.reason, 200)}")]
    if found.best:
        shown = "; ".join(
            f"{one.clusters} (score {score_text(one.score)}, gap {score_text(one.gap)}, "
            f"stability {score_text(one.stability)})"
            for one in found.best
        )
        lines.append(("evidence", shown))
    if found.stability is not None:
        lines.append(("stability", f"{score_text(found.stability)} over subsamples"))
    return lines


def render_clusters(found: ClusteringSummary) -> Table:
    """One line for each cluster."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("cluster", "rows", "sure", "stable"):
        table.add_column(name, justify="right")
    table.add_column("what sets it apart", overflow="fold")
    for profile in found.profiles[:PROFILES_SHOWN]:
        stable = profile.stability
        cells = (
            "noise" if profile.cluster < 0 else str(profile.cluster),
            str(profile.rows),
            f"{profile.confidence:.2f}",
            "" if stable is None else f"{stable:.2f}",
            profile.words,
        )
        table.add_row(*(Text(clean_text(c, _WORDS_LIMIT_CHARACTERS)) for c in cells))
    hidden = len(found.profiles) - PROFILES_SHOWN
    if hidden > 0:
        table.add_row(Text(), Text(), Text(), Text(), Text(f"and {hidden} more"))
    return table
