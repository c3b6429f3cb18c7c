"""The page is whole, safe and the same for the same run."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from reports.clustering import ClusteringSummary, ExcludedPartition
from reports.features import FeatureFold
from reports.fold import RunFold
from reports.html.charts import make_charts
from reports.html.material import ReportMaterial
from reports.html.page import drawing_library, render_page
from reports.leaderboard import LeaderboardFold
from reports.result import assemble_result
from reports.story import LoopStories
from reports.timeline import TimelineFold
from schemas.clusters import (
    ClusterProfile,
    ClusterQuality,
    ClusterSurvey,
    ColumnContrast,
    MapPoints,
    NumberEvidence,
)
from schemas.diagnostics import (
    Certainty,
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
    certainty=(Certainty(level=0.9, held=0.91, size=1.4),),
    importance=(ColumnImportance(column=HOSTILE, loss=0.1, spread=0.01),),
    importance_note="mean over 2 folds",
)

EVIDENCE = tuple(
    NumberEvidence(
        clusters=clusters,
        gap=0.1,
        gap_error=0.01,
        stability=0.9,
        stability_error=0.1,
        silhouette=0.3,
        davies_bouldin=0.2,
        calinski_harabasz=0.1,
        information=-1.0,
        score=clusters / 4,
    )
    for clusters in (2, 3)
)
SURVEY = ClusterSurvey(
    clusters=3, is_chosen=True, reason=HOSTILE, evidence=EVIDENCE, best=(3, 2)
)
POINTS = MapPoints(
    rows=(0, 4, 7),
    x=(0.0, 1.0, 2.0),
    y=(0.0, 1.0, 3.0),
    cluster=(0, 1, -1),
    shares=(0.6, 0.3),
)

CONTRAST = ColumnContrast(
    column=HOSTILE, inside=0.7, overall=0.2, effect=1.5, level=HOSTILE
)
CLUSTERING = ClusteringSummary(
    clusters=3,
    is_chosen=True,
    reason=HOSTILE,
    best=EVIDENCE,
    quality=ClusterQuality(
        clusters=3,
        noise=0.1,
        largest=0.5,
        smallest=0.2,
        silhouette=0.4,
        davies_bouldin=None,
        calinski_harabasz=9.0,
        cut=0.1,
        likelihood=-1.0,
    ),
    stability=0.8,
    profiles=tuple(
        ClusterProfile(
            cluster=cluster,
            rows=3,
            share=0.25,
            confidence=0.9,
            stability=None,
            words=HOSTILE,
            contrasts=(CONTRAST,),
        )
        for cluster in (0, 1, -1)
    ),
    excluded=(ExcludedPartition(candidate="c09-v1", reason=HOSTILE),),
    map=None,
    confidence=None,
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
        result = assemble_result(run_fold).model_copy(update={"clustering": CLUSTERING})
        return ReportMaterial(
            run=run,
            settings=RunSettings(tables=TableSettings(table=HOSTILE), trials=9),
            profile=None,
            result=result,
            leaderboard=tuple(board.rows()),
            loops=loops.stories(),
            features=tuple(features.rows()),
            timeline=timeline.timeline(),
            diagnostics=diagnostics,
            sources={"L1-v1": f"print({HOSTILE!r})\n", "L2-v1": "a\n", "L2-v2": "b\n"},
            survey=SURVEY,
            cluster_points=POINTS,
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
    assert len(charts) == 12
    for name, chart in charts.items():
        assert f'id="chart-{name}" role="img" aria-label="{chart.title}' in page


def test_every_chart_has_its_numbers_as_a_table(made: Made) -> None:
    page = render_page(made()).decode()

    for chart in make_charts(made()).values():
        widths = {len(row) for row in chart.table.rows}
        assert widths == {len(chart.table.headings)}
        assert f'aria-label="Numbers of {chart.title}"' in page


def test_charts_of_clusters_name_each_cluster_and_the_noise(made: Made) -> None:
    charts = make_charts(made())

    assert [trace["name"] for trace in charts["map"].traces] == [
        "noise",
        "cluster 0",
        "cluster 1",
    ]
    assert [row[0] for row in charts["evidence"].table.rows] == ["2", "3"]


def test_each_cluster_says_what_sets_it_apart(made: Made) -> None:
    page = render_page(made()).decode()

    assert page.count('<article class="panel"') == 3
    assert 'aria-label="noise"' in page
    assert "+1.50" in page
    assert "Partitions that had no say in the consensus (1)" in page


def test_a_class_with_a_long_name_is_told_apart_in_the_table(made: Made) -> None:
    names = tuple(f"{'very ' * 20}long name {number}" for number in (1, 2))
    counted = Confusion(classes=names, counts=((5, 1), (2, 1)))

    chart = make_charts(made(diagnostics=Diagnostics(rows=9, confusion=counted)))[
        "confusion"
    ]

    assert [row[0] for row in chart.table.rows] == list(names)
    ticks = chart.layout["xaxis"]
    assert isinstance(ticks, dict)
    assert ticks["tickvals"] == [0, 1]


def test_the_same_run_gives_the_same_bytes(made: Made) -> None:
    assert render_page(made()) == render_page(made())


def test_a_failure_shows_its_repair_as_a_difference(made: Made) -> None:
    page = render_page(made()).decode()

    assert "Difference to its parent" in page
    assert '<span class="less">-a</span>\n<span class="more">+b</span>' in page
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
