"""The page is whole, safe and the same for the same run."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from reports.features import FeatureFold
from reports.fold import RunFold
from reports.html.charts import make_charts
from reports.html.material import ReportMaterial
from reports.html.page import drawing_library, render_page
from reports.leaderboard import LeaderboardFold
from reports.result import assemble_result
from reports.story import LoopStories
from reports.timeline import TimelineFold
from schemas.diagnostics import (
    ColumnImportance,
    Confusion,
    Diagnostics,
    Line,
    ReliabilityBin,
    Residuals,
)
from schemas.envelope import Envelope
from schemas.settings import RunSettings, TableSettings

HOSTILE = "</script><script>alert(1)</script>&\"'<img src=x onerror=alert(1)>\x07"
DIAGNOSTICS = Diagnostics(
    rows=9,
    roc=Line(x=(0.0, 1.0), y=(0.0, 1.0)),
    precision_recall=Line(x=(0.0, 1.0), y=(1.0, 0.5)),
    reliability=(ReliabilityBin(predicted=0.2, observed=0.4, rows=9),),
    confusion=Confusion(classes=("no", HOSTILE), counts=((5, 1), (2, 1))),
    residuals=Residuals(truth=(1.0,), predicted=(2.0,), edges=(0.0, 1.0), counts=(9,)),
    importance=(ColumnImportance(column=HOSTILE, loss=0.1, spread=0.01),),
    importance_note="mean over 1 folds",
)

Made = Callable[..., ReportMaterial]


@pytest.fixture
def made(a_run: list[Envelope]) -> Made:
    """Makes the material of a run."""

    def make(
        lines: list[Envelope] = a_run,
        diagnostics: Diagnostics | None = DIAGNOSTICS,
        run: str = "a run",
    ) -> ReportMaterial:
        run_fold, board, features = RunFold(), LeaderboardFold(), FeatureFold()
        loops, timeline = LoopStories(), TimelineFold()
        timed = [line.model_copy(update={"duration": 0.5}) for line in lines]
        for line in timed:
            for fold in (run_fold, board, features, loops, timeline):
                fold.hear(line)
        return ReportMaterial(
            run=run,
            settings=RunSettings(tables=TableSettings(table=HOSTILE), trials=9),
            profile=None,
            result=assemble_result(run_fold),
            leaderboard=tuple(board.rows()),
            loops=loops.stories(),
            features=tuple(features.rows()),
            timeline=timeline.timeline(),
            diagnostics=diagnostics,
            sources={"L1-v1": f"print({HOSTILE!r})\n", "L2-v1": "a\n", "L2-v2": "b\n"},
        )

    return make


class Elements(HTMLParser):
    """Notes elements with their attributes, and which were left open."""

    VOID = frozenset({"meta", "input", "br", "img", "link"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_is_closed_and_ids_are_unique(made: Made) -> None:
    elements = Elements(render_page(made()).decode())

    assert elements.open == []
    ids = [attrs["id"] for _, attrs in elements.found if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_text_of_tables_and_models_cannot_become_markup(made: Made) -> None:
    page = render_page(made(run=HOSTILE)).decode()

    assert "<img" not in page
    scripts = [tag for tag, _ in Elements(page).found if tag == "script"]
    assert len(scripts) == 3
    assert "\x07" not in page


def test_the_page_names_no_other_file_and_may_load_none(made: Made) -> None:
    page = render_page(made()).decode().replace(drawing_library(), "")
    elements = Elements(page)

    loaded = [a for _, a in elements.found if {"src", "srcset", "data"} & a.keys()]
    links = [a["href"] for _, a in elements.found if a.get("href")]
    policy = next(a["content"] for _, a in elements.found if "http-equiv" in a)

    assert loaded == []
    assert all(link and link.startswith("#") for link in links)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy


def test_every_link_leads_to_a_section(made: Made) -> None:
    page = render_page(made()).decode()

    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r' id="([^"]+)"', page))


def test_every_chart_has_its_place_and_words_for_it(made: Made) -> None:
    material = made()
    page = render_page(material).decode()
    data = re.search(r'id="chart-data">(.*?)</script>', page, re.DOTALL)

    assert data is not None
    charts = make_charts(material)
    assert json.loads(data[1]).keys() == charts.keys()
    assert len(charts) == 9
    for name, chart in charts.items():
        assert f'id="chart-{name}" role="img" aria-label="{chart.title}' in page


def test_the_same_run_gives_the_same_bytes(made: Made) -> None:
    assert render_page(made()) == render_page(made())


def test_a_failure_shows_its_repair_as_a_difference(made: Made) -> None:
    page = render_page(made()).decode()

    assert "Difference to its parent" in page
    assert "-a\n+b" in page
    assert "ValueError in fit: X has NaN" in page


@pytest.mark.parametrize("lines", [1, 3, 12])
def test_a_run_that_stopped_early_has_a_page_too(
    made: Made, a_run: list[Envelope], lines: int
) -> None:
    page = render_page(made(a_run[:lines], None)).decode()

    assert Elements(page).open == []
    assert "No new columns were tried." in page


def test_code_that_was_left_out_is_named(made: Made) -> None:
    page = render_page(made()).decode()

    assert "candidates/L3-v1.py" in page
    assert "candidates/L1-v1.py" not in page
