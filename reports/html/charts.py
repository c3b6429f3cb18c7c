"""Draws all charts of a page: what there is something to draw of, and nothing else."""

import math
from collections.abc import Sequence

from reports.html.chart import Chart, Trace, data_table, evenly, short_number
from reports.html.cluster_charts import cluster_charts
from reports.html.diagnostic_charts import diagnostic_charts
from reports.html.material import ReportMaterial
from reports.timeline import JobSpan, Timeline

SHOWN_JOBS = 1_500
SHOWN_POINTS = 400
TABLE_POINTS = 12
WORK_COLOURS = {
    "smoke": "muted",
    "screen": "accent-soft",
    "full": "accent",
    "features": "second",
    "stacker": "third",
}


def make_charts(material: ReportMaterial) -> dict[str, Chart]:
    """Draw all that there is something to draw of, by id."""
    metric = material.result.metric or "score"
    charts = [
        *_ensemble_over_time(material.timeline, metric),
        *_workers(material.timeline, is_ordered=material.settings.trials is not None),
        *diagnostic_charts(material.diagnostics, metric),
        *cluster_charts(material.survey, material.cluster_points),
    ]
    return {chart.id: chart for chart in charts}


def _ensemble_over_time(timeline: Timeline, metric: str) -> list[Chart]:
    points = [each for each in timeline.ensembles if math.isfinite(each.score)]
    if not points:
        return []
    shown = evenly(points, SHOWN_POINTS)
    trace: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [round(each.seconds, 2) for each in shown],
        "y": [short_number(each.score) for each in shown],
        "line": {"color": "accent", "shape": "hv"},
        "marker": {"size": 5},
    }
    first, last = shown[0], shown[-1]
    text = (
        f"The first ensemble stood after {first.seconds:.1f} seconds with {metric} "
        f"{first.score:.4g}; the last after {last.seconds:.1f} seconds with "
        f"{last.score:.4g} and {last.members} members."
    )
    table = data_table(
        ("seconds", metric, "members"),
        [
            (each.seconds, each.score, each.members)
            for each in evenly(points, TABLE_POINTS)
        ],
    )
    title = "The ensemble over time"
    return [Chart("ensemble", title, text, [trace], "seconds", metric, table)]


def _workers(timeline: Timeline, *, is_ordered: bool) -> list[Chart]:
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
    if is_ordered:
        text += (
            " Outcomes count in the order in which jobs were asked for, so bars may end "
            "later than the jobs did."
        )
    lines = 1 + max(job.lane for job in jobs)
    return [
        Chart(
            "workers",
            "What workers did",
            text,
            traces,
            "seconds",
            "",
            data_table(
                ("work", "jobs", "failed", "seconds, summed", "longest, seconds"),
                [_summed(work, jobs) for work in WORK_COLOURS],
            ),
            {
                "barmode": "overlay",
                "showlegend": True,
                "height": 150 + 32 * lines,
                "yaxis": {"tickvals": list(range(1, lines + 1)), "showgrid": False},
            },
        )
    ]


def _summed(work: str, jobs: Sequence[JobSpan]) -> tuple[str, int, int, float, float]:
    own = [job for job in jobs if job.work == work]
    lasted = [job.end - job.start for job in own]
    failed = sum(job.outcome == "failed" for job in own)
    return work, len(own), failed, sum(lasted), max(lasted, default=0.0)


def _bars(jobs: Sequence[JobSpan], work: str, colour: str) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": work,
        "base": [round(job.start, 3) for job in jobs],
        "x": [round(job.end - job.start, 3) for job in jobs],
        "y": [job.lane + 1 for job in jobs],
        "width": 0.7,
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
