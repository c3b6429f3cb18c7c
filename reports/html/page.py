"""Puts the page together: template, style, script, drawing library and data in one file."""

import base64
import gzip
import json
from functools import cache
from importlib import resources
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from reports.copies import copies_text
from reports.html.chart import Chart, sentence
from reports.html.charts import make_charts
from reports.html.material import ReportMaterial
from reports.html.tree import choose_loops, grow_tree
from reports.html.words import (
    budget_text,
    interval_text,
    leak_text,
    model_text,
    openings_text,
    status_text,
    summary,
    test_text,
)
from reports.numbers import bytes_text, score_text, score_with_error, seconds_text
from schemas.settings import RunSettings

ASSETS = Path(__file__).parent / "assets"
COMPRESSION_LEVEL = 9
SHOWN_ROWS = 500
SHOWN_FEATURES = 300
SHOWN_COLUMNS = 300
SHOWN_PROFILES = 24
SHOWN_FAILURES = 20
LIMITS = {
    "shown_features": SHOWN_FEATURES,
    "shown_columns": SHOWN_COLUMNS,
    "shown_profiles": SHOWN_PROFILES,
    "shown_failures": SHOWN_FAILURES,
}
DIFFERENCE_CLASSES = {"+": "more", "-": "less", "@": "place"}


def render_page(material: ReportMaterial) -> bytes:
    """Render the report.

    Args:
        material: All that it shows. Text in it is hostile until it is escaped here.

    Returns:
        One HTML page in UTF-8 that needs no other file and asks for none.
    """
    charts = make_charts(material)
    html = _template().render(
        material=material,
        result=material.result,
        charts=charts,
        data=_as_script(charts),
        settings=_settings(material.settings),
        style=Markup((ASSETS / "report.css").read_text(encoding="utf-8")),  # noqa: S704
        script=Markup((ASSETS / "report.js").read_text(encoding="utf-8")),  # noqa: S704
        library=drawing_library() if charts else "",
        **_sentences(material),
        **_candidates(material),
    )
    return html.encode()


def _sentences(material: ReportMaterial) -> dict[str, object]:
    result = material.result
    return {
        "summary": summary(material),
        "ended": status_text(result),
        "openings": openings_text(result),
        "development_note": interval_text(result),
        "test_note": test_text(result),
        "copies": copies_text(result),
        "budget": budget_text(material.settings),
        "leak_words": leak_text(material),
        "llm_words": "" if result.llm is None else model_text(result.llm, result),
    }


def _candidates(material: ReportMaterial) -> dict[str, object]:
    board = material.leaderboard
    loops = choose_loops(material.loops, board)
    return {
        "tree": grow_tree(loops, board, material.sources),
        "hidden_loops": len(material.loops) - len(loops),
        "rows": board[:SHOWN_ROWS],
        "hidden_rows": max(0, len(board) - SHOWN_ROWS),
        "states": sorted({row.state for row in board}),
    }


def _settings(settings: RunSettings) -> list[tuple[str, str]]:
    """What the user asked for that is not simply left at nothing."""
    flat = settings.model_dump(mode="json")
    flat |= flat.pop("tables")
    return [
        (name.replace("_", " "), str(value))
        for name, value in flat.items()
        if value not in (None, "", [])
    ]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters.update(
        score=score_text,
        seconds=seconds_text,
        bytes=bytes_text,
        marked=_marked,
        sentence=sentence,
    )
    environment.globals.update(LIMITS, with_error=_with_error)
    return environment.get_template("report.html.jinja")


def _as_script(charts: dict[str, Chart]) -> Markup:
    """Charts as JSON that cannot end the element that it stands in."""
    plain = {
        chart.id: {
            "traces": chart.traces,
            "layout": chart.layout,
            "x": chart.x,
            "y": chart.y,
        }
        for chart in charts.values()
    }
    text = json.dumps(plain, separators=(",", ":"), allow_nan=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704  # escaped in the line above


def _with_error(score: float | None, standard_error: float | None) -> str:
    return score_with_error(score, standard_error).replace("+-", "±")


def _marked(difference: str) -> Markup:
    """Lines of a difference, told apart by what happened to them."""
    return Markup("\n").join(
        Markup('<span class="{}">{}</span>').format(kind, line)
        if kind
        else escape(line)
        for line in map(str, map(_printable, difference.splitlines()))
        for kind in [DIFFERENCE_CLASSES.get(line[:1], "")]
    )


def _printable(value: object) -> object:
    """Text without characters that cannot be seen, line breaks and tabs excepted."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in value)


@cache
def drawing_library() -> Markup:
    """Plotly's own bundle, compressed and in letters; the page unpacks it."""
    bundle = resources.files("plotly") / "package_data" / "plotly.min.js"
    packed = gzip.compress(bundle.read_bytes(), COMPRESSION_LEVEL, mtime=0)
    return Markup(base64.b64encode(packed).decode())  # noqa: S704  # letters and digits
