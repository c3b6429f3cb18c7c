"""Charts of how predictions stand beside the truth, and of what columns are worth."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from reports.html.chart import (
    Chart,
    DataTable,
    Trace,
    Value,
    data_table,
    evenly,
    short_name,
    short_number,
)
from reports.numbers import score_text
from schemas.diagnostics import (
    Certainty,
    Confusion,
    Diagnostics,
    Line,
    ReliabilityBin,
    Residuals,
)

CURVE_ROWS = 11
SHOWN_LEVEL = 0.9
SHOWN_COLUMNS = 20
VALUE_GROUPS = 10
JOINED_BARS = 4


def diagnostic_charts(found: Diagnostics | None, metric: str) -> list[Chart]:
    """Draw all that was looked at.

    Args:
        found: What was looked at, or None.
        metric: The run's metric.
    """
    if found is None:
        return []
    charts = []
    if found.roc is not None:
        charts.append(_roc(found.roc))
    if found.precision_recall is not None:
        charts.append(_precision_recall(found.precision_recall))
    if found.reliability:
        charts.append(_reliability(found.reliability))
    if found.confusion is not None:
        charts.append(_confusion(found.confusion))
    if found.residuals is not None:
        charts += [_scatter(found.residuals), _histogram(found.residuals)]
    if found.certainty:
        charts.append(_certainty(found.certainty, is_of_values=bool(found.residuals)))
    if found.importance:
        charts.append(_importance(found, metric))
    return charts


def _roc(line: Line) -> Chart:
    return Chart(
        "roc",
        "ROC curve",
        "True positive rate over false positive rate on out-of-fold rows.",
        [_diagonal(), _curve(line, "ensemble")],
        "false positive rate",
        "true positive rate",
        _points(("false positive rate", "true positive rate"), line),
        _unit_square(),
    )


def _precision_recall(line: Line) -> Chart:
    return Chart(
        "precision-recall",
        "Precision and recall",
        "Precision over recall of the positive class on out-of-fold rows.",
        [_curve(line, "ensemble")],
        "recall",
        "precision",
        _points(("recall", "precision"), line),
        _unit_square(),
    )


def _points(headings: tuple[str, str], line: Line) -> DataTable:
    points = list(zip(line.x, line.y, strict=True))
    return data_table(headings, evenly(points, CURVE_ROWS))


def _reliability(bins: Sequence[ReliabilityBin]) -> Chart:
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
    return Chart(
        "calibration",
        "Calibration",
        text,
        [_diagonal(), trace],
        "predicted probability",
        "observed share",
        data_table(
            ("predicted", "observed", "rows"),
            [(each.predicted, each.observed, each.rows) for each in bins],
        ),
        _unit_square(),
    )


def _confusion(found: Confusion) -> Chart:
    names = [short_name(name) for name in found.classes]
    shares = [
        [short_number(count / max(1, sum(row))) for count in row]
        for row in found.counts
    ]
    trace: Trace = {
        "type": "heatmap",
        "z": shares,
        "text": [[str(count) for count in row] for row in found.counts],
        "texttemplate": "%{text}",
        "colorscale": "ground-to-accent",
        "showscale": False,
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{text} rows<extra></extra>",
    }
    right = sum(row[at] for at, row in enumerate(found.counts))
    total = sum(map(sum, found.counts))
    text = f"{right} of {total} out-of-fold rows are predicted as what they are."
    # Classes by place: two long names may be cut to the same text.
    ticks: dict[str, Value] = {
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "showgrid": False,
        "zeroline": False,
    }
    return Chart(
        "confusion",
        "Confusion matrix",
        text,
        [trace],
        "predicted class",
        "true class",
        data_table(
            ("true class", *(f"predicted {name}" for name in found.classes)),
            [
                (name, *row)
                for name, row in zip(found.classes, found.counts, strict=True)
            ],
        ),
        {
            "yaxis": {**ticks, "autorange": "reversed"},
            # Names that are turned the other way leave the chart on the right, and are hidden.
            "xaxis": {**ticks, "autotickangles": [0, -30, -90]},
        },
    )


def _scatter(found: Residuals) -> Chart:
    ends = (
        min(*found.truth, *found.predicted),
        max(*found.truth, *found.predicted),
    )
    trace: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": list(found.predicted),
        "y": list(found.truth),
        "marker": {"size": 5, "color": "accent", "opacity": 0.45},
    }
    text = f"True over predicted values of {len(found.truth)} out-of-fold rows."
    traces = [_diagonal(ends), trace]
    if found.lower is not None and found.upper is not None:
        text += " The band holds nine true values in ten."
        traces = [*_band(found.lower, found.upper), *traces]
    return Chart(
        "predicted",
        "Predicted and true values",
        text,
        traces,
        "predicted",
        "true",
        data_table(
            (
                "predicted, mean of a tenth of the rows",
                "true, mean of the same",
                "rows",
            ),
            _grouped(found),
        ),
    )


def _grouped(found: Residuals) -> Iterable[tuple[float, float, int]]:
    """Means of tenths of the rows, by predicted value."""
    pairs = sorted(zip(found.predicted, found.truth, strict=True))
    groups = min(VALUE_GROUPS, len(pairs))
    for number in range(groups):
        own = pairs[number * len(pairs) // groups : (number + 1) * len(pairs) // groups]
        predicted, truth = zip(*own, strict=True)
        yield sum(predicted) / len(own), sum(truth) / len(own), len(own)


def _band(lower: Line, upper: Line) -> list[Trace]:
    """The room between two lines."""
    edge: Trace = {
        "type": "scatter",
        "mode": "lines",
        "line": {"color": "accent", "width": 0.8},
        "hoverinfo": "skip",
    }
    return [
        {**edge, "x": list(lower.x), "y": list(lower.y)},
        {
            **edge,
            "x": list(upper.x),
            "y": list(upper.y),
            "fill": "tonexty",
            "fillcolor": "band",
        },
    ]


def _histogram(found: Residuals) -> Chart:
    edges, counts = found.edges, found.counts
    middles = [short_number((low + high) / 2) for low, high in pairwise(edges)]
    trace: Trace = {
        "type": "bar",
        "x": middles,
        "y": list(counts),
        "marker": {"color": "accent"},
        "width": short_number(edges[1] - edges[0]),
    }
    text = (
        f"Residuals of {sum(counts)} out-of-fold rows lie between {edges[0]:.4g} and "
        f"{edges[-1]:.4g}; the outermost 0.4 % stand at the edges."
    )
    return Chart(
        "residuals",
        "Residuals",
        text,
        [trace],
        "true value minus prediction",
        "rows",
        data_table(("from", "to", "rows"), _joined(found)),
        {"bargap": 0.02},
    )


def _joined(found: Residuals) -> Iterable[tuple[float, float, int]]:
    """Neighbouring bars of the histogram together, so that people can read the table."""
    for first in range(0, len(found.counts), JOINED_BARS):
        counts = found.counts[first : first + JOINED_BARS]
        yield found.edges[first], found.edges[first + len(counts)], sum(counts)


def _certainty(found: Sequence[Certainty], *, is_of_values: bool) -> Chart:
    what = "median width of intervals" if is_of_values else "classes in a set, mean"
    levels = [f"{each.level:.0%}" for each in found]
    trace: Trace = {
        "type": "bar",
        "x": levels,
        "y": [each.size for each in found],
        "text": [score_text(each.size) for each in found],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": "accent"},
        "hovertemplate": "%{x}: %{y:.4g}<extra></extra>",
    }
    named = next((each for each in found if each.level == SHOWN_LEVEL), found[-1])
    kind = f"An interval {named.size:.4g} wide"
    if not is_of_values:
        kind = f"A set of classes ({named.size:.2f} of them on average)"
    text = (
        f"{kind} is meant to hold the truth of {named.level:.0%} of new rows; "
        f"on rows of other folds it held {named.held:.1%}."
    )
    return Chart(
        "certainty",
        "How sure it is" if is_of_values else "How many classes stay possible",
        text,
        [trace],
        "share of rows that is to be held",
        what,
        data_table(
            ("asked for", "held", what),
            [(f"{each.level:.0%}", f"{each.held:.1%}", each.size) for each in found],
        ),
        {"xaxis": {"type": "category"}, "bargap": 0.45},
    )


def _importance(found: Diagnostics, metric: str) -> Chart:
    shown = found.importance[:SHOWN_COLUMNS][::-1]
    # Columns by place: two long names may be cut to the same text.
    places = list(range(len(shown)))
    trace: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "x": [each.loss for each in shown],
        "error_x": {
            "type": "data",
            "array": [each.spread for each in shown],
            "color": "text",
            "thickness": 1,
            "width": 3,
        },
        "hovertemplate": "%{x:.4g}<extra></extra>",
        "marker": {"color": "accent"},
    }
    leading = ", ".join(repr(short_name(each.column)) for each in found.importance[:3])
    text = f"The ensemble relies most on {leading}; {found.importance_note}."
    return Chart(
        "importance",
        "What is lost when a column is shuffled",
        text,
        [trace],
        f"{metric} lost",
        "",
        data_table(
            ("column", f"{metric} lost", "spread over folds"),
            [(each.column, each.loss, each.spread) for each in found.importance],
        ),
        {
            "height": 120 + 24 * len(shown),
            "yaxis": {
                "tickvals": places,
                "ticktext": [short_name(each.column) for each in shown],
            },
        },
    )


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
