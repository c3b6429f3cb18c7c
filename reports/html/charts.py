"""Charts as data: traces and layouts for the drawing library, in names of colours.

A colour is named by its role (`accent`, `muted`, ...); the page knows what each role looks
like on a light and on a dark ground.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.html.material import ReportMaterial
from reports.timeline import JobSpan, Timeline
from schemas.diagnostics import Confusion, Diagnostics, Line, Residuals

Value = str | float | int | bool | None | Sequence["Value"] | dict[str, "Value"]
Trace = dict[str, Value]

SHOWN_COLUMNS = 20
SHOWN_JOBS = 1_500
SHOWN_POINTS = 400
DIGITS = 5
WORK_COLOURS = {
    "smoke": "muted",
    "screen": "accent-soft",
    "full": "accent",
    "features": "second",
    "stacker": "third",
}


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture with the words that stand for it.

    Attributes:
        id: Its element on the page.
        title: What it shows.
        text: What can be seen in it, in a sentence, for those who cannot see it.
        traces: What is drawn.
        x: Title of the horizontal axis.
        y: Title of the vertical axis.
        layout: What else the drawing library is told.
    """

    id: str
    title: str
    text: str
    traces: list[Trace]
    x: str
    y: str
    layout: dict[str, Value]


def make_charts(material: ReportMaterial) -> dict[str, Chart]:
    """Draw all that there is something to draw of, by id."""
    metric = material.result.metric or "score"
    charts = [
        *_ensemble_over_time(material.timeline, metric),
        *_workers(material.timeline),
        *_of_diagnostics(material.diagnostics, metric),
    ]
    return {chart.id: chart for chart in charts}


def _of_diagnostics(found: Diagnostics | None, metric: str) -> list[Chart]:
    if found is None:
        return []
    charts = []
    if found.roc is not None:
        charts.append(_roc(found.roc))
    if found.precision_recall is not None:
        charts.append(_precision_recall(found.precision_recall))
    if found.reliability:
        charts.append(_reliability(found))
    if found.confusion is not None:
        charts.append(_confusion(found.confusion))
    if found.residuals is not None:
        charts += [_scatter(found.residuals), _histogram(found.residuals)]
    if found.importance:
        charts.append(_importance(found, metric))
    return charts


def _ensemble_over_time(timeline: Timeline, metric: str) -> list[Chart]:
    points = [each for each in timeline.ensembles if math.isfinite(each.score)]
    if not points:
        return []
    step = -(-len(points) // SHOWN_POINTS)
    shown = [*points[::step], points[-1]]
    trace: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [round(each.seconds, 2) for each in shown],
        "y": [_short(each.score) for each in shown],
        "line": {"color": "accent", "shape": "hv"},
        "marker": {"size": 5},
    }
    first, last = shown[0], shown[-1]
    text = (
        f"The first ensemble stood after {first.seconds:.1f} seconds with {metric} "
        f"{first.score:.4g}; the last after {last.seconds:.1f} seconds with "
        f"{last.score:.4g} and {last.members} members."
    )
    title = "The ensemble over time"
    return [Chart("ensemble", title, text, [trace], "seconds", metric, {})]


def _workers(timeline: Timeline) -> list[Chart]:
    jobs = timeline.jobs
    if not jobs:
        return []
    # Long jobs are the ones that can be seen.
    shown = sorted(jobs, key=lambda job: job.start - job.end)[:SHOWN_JOBS]
    traces = [
        _bars([job for job in shown if job.work == work], work, colour)
        for work, colour in WORK_COLOURS.items()
        if any(job.work == work for job in shown)
    ]
    failed = sum(job.outcome == "failed" for job in jobs)
    text = (
        f"{len(jobs)} jobs ran in worker processes; {failed} of them failed (crossed)."
    )
    layout: dict[str, Value] = {"barmode": "overlay", "showlegend": True}
    return [Chart("workers", "What workers did", text, traces, "seconds", "", layout)]


def _bars(jobs: Sequence[JobSpan], work: str, colour: str) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": work,
        "base": [round(job.start, 3) for job in jobs],
        "x": [round(job.end - job.start, 3) for job in jobs],
        "y": [f"line {job.lane + 1}" for job in jobs],
        "text": [_job_text(job) for job in jobs],
        "textposition": "none",
        "hovertemplate": "%{text}, %{x:.2f} s<extra></extra>",
        "marker": {
            "color": colour,
            "line": {"width": 0.5, "color": "ground"},
            "pattern": {"shape": ["x" * (job.outcome == "failed") for job in jobs]},
        },
    }


def _job_text(job: JobSpan) -> str:
    ended = "" if job.outcome == "finished" else f" ({job.outcome})"
    return f"{job.name}: {job.work}{ended}"


def _roc(line: Line) -> Chart:
    text = "True positive rate over false positive rate on out-of-fold rows."
    traces = [_diagonal(), _curve(line, "ensemble")]
    x, y = "false positive rate", "true positive rate"
    return Chart("roc", "ROC curve", text, traces, x, y, _unit_square())


def _precision_recall(line: Line) -> Chart:
    text = "Precision over recall of the positive class on out-of-fold rows."
    title = "Precision and recall"
    return Chart(
        "precision-recall",
        title,
        text,
        [_curve(line, "ensemble")],
        "recall",
        "precision",
        _unit_square(),
    )


def _reliability(found: Diagnostics) -> Chart:
    bins = found.reliability
    trace: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [each.predicted for each in bins],
        "y": [each.observed for each in bins],
        "text": [f"{each.rows} rows" for each in bins],
        "line": {"color": "accent"},
        "marker": {"size": 8},
    }
    gap = sum(abs(b.predicted - b.observed) * b.rows for b in bins)
    error = gap / sum(each.rows for each in bins)
    text = (
        f"In {len(bins)} bins of equally many rows, predicted and observed shares are "
        f"{error:.3f} apart on average (the expected calibration error)."
    )
    title = "Calibration"
    return Chart(
        "calibration",
        title,
        text,
        [_diagonal(), trace],
        "predicted probability",
        "observed share",
        _unit_square(),
    )


def _confusion(found: Confusion) -> Chart:
    names = list(found.classes)
    shares = [
        [_short(count / max(1, sum(row))) for count in row] for row in found.counts
    ]
    trace: Trace = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": shares,
        "text": [[str(count) for count in row] for row in found.counts],
        "texttemplate": "%{text}",
        "colorscale": "ground-to-accent",
        "showscale": False,
        "zmin": 0,
        "zmax": 1,
        "hovertemplate": "true %{y}, predicted %{x}: %{text} rows<extra></extra>",
    }
    right = sum(row[at] for at, row in enumerate(found.counts))
    total = sum(map(sum, found.counts))
    text = f"{right} of {total} out-of-fold rows are predicted as what they are."
    layout: dict[str, Value] = {
        "yaxis": {"autorange": "reversed", "type": "category"},
        "xaxis": {"type": "category"},
    }
    title = "Confusion matrix"
    return Chart(
        "confusion", title, text, [trace], "predicted class", "true class", layout
    )


def _scatter(found: Residuals) -> Chart:
    ends = [
        min(*found.truth, *found.predicted),
        max(*found.truth, *found.predicted),
    ]
    trace: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": list(found.predicted),
        "y": list(found.truth),
        "marker": {"size": 5, "color": "accent", "opacity": 0.45},
    }
    text = f"True over predicted values of {len(found.truth)} out-of-fold rows."
    title = "Predicted and true values"
    traces = [_diagonal(ends), trace]
    return Chart("predicted", title, text, traces, "predicted", "true", {})


def _histogram(found: Residuals) -> Chart:
    edges, counts = found.edges, found.counts
    middles = [_short((low + high) / 2) for low, high in pairwise(edges)]
    trace: Trace = {
        "type": "bar",
        "x": middles,
        "y": list(counts),
        "marker": {"color": "accent"},
        "width": _short(edges[1] - edges[0]),
    }
    text = (
        f"Residuals of {sum(counts)} out-of-fold rows lie between {edges[0]:.4g} and "
        f"{edges[-1]:.4g}; the outermost 0.4 % stand at the edges."
    )
    x = "true value minus prediction"
    return Chart("residuals", "Residuals", text, [trace], x, "rows", {"bargap": 0.02})


def _importance(found: Diagnostics, metric: str) -> Chart:
    shown = found.importance[:SHOWN_COLUMNS][::-1]
    trace: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": [_cut(each.column) for each in shown],
        "x": [each.loss for each in shown],
        "error_x": {
            "type": "data",
            "array": [each.spread for each in shown],
            "color": "text",
            "thickness": 1,
            "width": 3,
        },
        "marker": {"color": "accent"},
    }
    leading = ", ".join(repr(_cut(each.column)) for each in found.importance[:3])
    text = f"The ensemble relies most on {leading}; {found.importance_note}."
    layout: dict[str, Value] = {
        "height": 120 + 24 * len(shown),
        "yaxis": {"type": "category"},
    }
    x = f"{metric} lost when the column is shuffled"
    return Chart("importance", "What columns are worth", text, [trace], x, "", layout)


def _curve(line: Line, name: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(line.x),
        "y": list(line.y),
        "line": {"color": "accent", "width": 2.5},
    }


def _diagonal(ends: Sequence[float] = (0.0, 1.0)) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(ends),
        "y": list(ends),
        "line": {"color": "muted", "dash": "dot", "width": 1.5},
        "hoverinfo": "skip",
    }


def _unit_square() -> dict[str, Value]:
    return {
        "xaxis": {"range": [-0.02, 1.02]},
        "yaxis": {"range": [-0.02, 1.02]},
    }


def _cut(name: str, most: int = 28) -> str:
    """A name that leaves room for the picture."""
    flat = " ".join(name.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
