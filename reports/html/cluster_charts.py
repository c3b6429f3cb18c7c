"""Charts of a clustering: rows on a map, and what speaks for a number of clusters."""

from collections.abc import Sequence

from reports.html.chart import Chart, Trace, data_table, sentence
from schemas.clusters import ClusterSurvey, MapPoints, NumberEvidence

COLOURS = tuple(f"group-{number}" for number in range(8))
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")
MEASURES = (
    ("gap to tables without structure", "gap"),
    ("stability", "stability"),
    ("silhouette", "silhouette"),
    ("Davies-Bouldin", "davies_bouldin"),
    ("Calinski-Harabasz", "calinski_harabasz"),
    ("information", "information"),
)
"""Measures of `NumberEvidence`: larger is better in each."""
NOISE = -1


def cluster_charts(
    survey: ClusterSurvey | None, points: MapPoints | None
) -> list[Chart]:
    """Draw what there is.

    Args:
        survey: What a first look said about the number of clusters, or None.
        points: The map of the final clusters, or None.
    """
    charts = []
    if points is not None and points.rows:
        charts.append(_map(points))
    if survey is not None and survey.evidence:
        charts.append(_evidence(survey))
    return charts


def _map(points: MapPoints) -> Chart:
    clusters = sorted(set(points.cluster))
    traces = [_group(points, cluster) for cluster in clusters]
    first, second = points.shares
    text = (
        f"{len(points.rows)} rows on the two directions in which rows differ most; these "
        f"hold {first:.0%} and {second:.0%} of all differences, so clusters that lie "
        "on each other here may lie apart in others."
    )
    return Chart(
        "map",
        "Clusters on a map",
        text,
        traces,
        f"first component ({first:.0%})",
        f"second component ({second:.0%})",
        data_table(
            ("cluster", "rows on the map", "first component, mean", "second, mean"),
            [_centre(points, cluster) for cluster in clusters],
        ),
        {"showlegend": True, "height": 460},
    )


def _group(points: MapPoints, cluster: int) -> Trace:
    own = [at for at, label in enumerate(points.cluster) if label == cluster]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _name(cluster),
        "x": [points.x[at] for at in own],
        "y": [points.y[at] for at in own],
        "text": [f"row {points.rows[at]}" for at in own],
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
        "marker": {
            "size": 6,
            "opacity": 0.75,
            "color": "muted" if cluster == NOISE else COLOURS[cluster % len(COLOURS)],
            "symbol": "x-thin-open"
            if cluster == NOISE
            else SYMBOLS[cluster % len(SYMBOLS)],
        },
    }


def _centre(points: MapPoints, cluster: int) -> tuple[str, int, float, float]:
    own = [at for at, label in enumerate(points.cluster) if label == cluster]
    x = sum(points.x[at] for at in own) / len(own)
    y = sum(points.y[at] for at in own) / len(own)
    return _name(cluster), len(own), x, y


def _name(cluster: int) -> str:
    return "noise" if cluster == NOISE else f"cluster {cluster}"


def _evidence(survey: ClusterSurvey) -> Chart:
    evidence = survey.evidence
    chosen = [each for each in evidence if each.clusters == survey.clusters]
    score: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "evidence, all together",
        "x": [each.clusters for each in evidence],
        "y": [each.score for each in evidence],
        "error_y": {
            "type": "data",
            "array": [each.score_error for each in evidence],
            "color": "text",
            "thickness": 1,
            "width": 3,
        },
        "line": {"color": "accent", "width": 2.5},
        "marker": {"size": 7},
    }
    mark: Trace = {
        "type": "scatter",
        "mode": "markers",
        "name": "taken",
        "x": [each.clusters for each in chosen],
        "y": [each.score for each in chosen],
        "marker": {"size": 16, "symbol": "circle-open", "color": "second"},
    }
    headings = ("clusters", "all together", *(name for name, _ in MEASURES))
    return Chart(
        "evidence",
        "What speaks for a number of clusters",
        f"{sentence(survey.reason)} Cuts between neighbours, stability and width count.",
        [score, *([mark] if chosen else [])],
        "number of clusters",
        "evidence",
        data_table(headings, [_measured(each) for each in evidence]),
        {"showlegend": True, "height": 460, "xaxis": {"dtick": _step(evidence)}},
    )


def _measured(evidence: NumberEvidence) -> tuple[int | float, ...]:
    told = evidence.model_dump()
    return evidence.clusters, evidence.score, *(told[field] for _, field in MEASURES)


def _step(evidence: Sequence[NumberEvidence]) -> int:
    return 1 if evidence[-1].clusters <= 20 else 5  # noqa: PLR2004 - ticks that fit
