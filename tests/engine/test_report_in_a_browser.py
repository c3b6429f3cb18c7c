"""The report in a real browser: charts, filters, themes, keyboard, and no request."""

import os
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from engine.trained import Trained

pytestmark = pytest.mark.deep

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MILLISECONDS = 120_000
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def opened(trained: Trained) -> Iterator[Page]:
    """The report of a run; whatever the page complains of or asks for is noted."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("console", lambda message: COMPLAINTS.append(message.text))
        page.on("pageerror", lambda error: COMPLAINTS.append(str(error)))
        page.on("request", lambda request: REQUESTS.append(request.url))
        page.goto(trained.folder.report.as_uri())
        page.wait_for_function("document.documentElement.dataset.charts === 'drawn'")
        yield page
        browser.close()


COMPLAINTS: list[str] = []
REQUESTS: list[str] = []


def test_all_charts_are_drawn_without_a_complaint_or_a_request(opened: Page) -> None:
    places = opened.locator(".chart").count()

    assert places >= 5
    assert opened.locator(".chart .main-svg").count() >= places
    assert COMPLAINTS == []
    assert [url for url in REQUESTS if not url.startswith(("file:", "blob:"))] == []
    assert len(REQUESTS) == 1


def test_a_candidate_opens_by_keyboard_and_shows_its_code(opened: Page) -> None:
    node = opened.locator("#tree-list details.branch").first
    node.locator("summary").first.focus()
    opened.keyboard.press("Enter")
    node.locator("summary", has_text="Code").click()

    assert node.locator("pre", has_text="class Candidate").is_visible()


def test_the_numbers_behind_a_chart_open(opened: Page) -> None:
    figure = opened.locator("figure").first
    figure.locator("summary", has_text="The numbers").click()

    assert figure.locator("table").is_visible()
    figure.locator("summary", has_text="The numbers").click()
    assert not figure.locator("table").is_visible()


def test_paper_gets_the_numbers_of_all_charts(opened: Page) -> None:
    charts = opened.locator(".chart").count()

    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = opened.locator("details.data[open]").count()
    opened.evaluate("dispatchEvent(new Event('afterprint'))")

    assert printed == charts
    assert opened.locator("details.data[open]").count() == 0


def test_filters_leave_only_what_matches(opened: Page) -> None:
    form = opened.locator("form[data-filters=leaderboard-rows]")
    everything = opened.locator("#leaderboard-rows tr:visible").count()

    form.locator("input").fill("linear")
    some = opened.locator("#leaderboard-rows tr:visible").count()
    form.locator("input").fill("nothing is called that")
    none = opened.locator("#leaderboard-rows tr:visible").count()
    form.locator("input").fill("")

    assert 0 < some < everything
    assert none == 0
    assert opened.locator("#leaderboard-rows tr:visible").count() == everything


def test_all_candidates_open_and_close_at_once(opened: Page) -> None:
    opened.get_by_role("button", name="Open all").click()
    is_open = opened.locator("details.branch[open]").count()
    opened.get_by_role("button", name="Close all").click()

    assert is_open == opened.locator("details.branch").count() > 0
    assert opened.locator("details.branch[open]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_of_access_is_found(opened: Page, scheme: str) -> None:
    opened.evaluate(f"document.documentElement.dataset.theme = '{scheme}'")

    violations = Axe().run(opened).response["violations"]

    serious = [v for v in violations if v["impact"] in {"serious", "critical"}]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in serious] == []


def test_the_theme_follows_its_button(opened: Page) -> None:
    opened.evaluate("delete document.documentElement.dataset.theme")
    opened.emulate_media(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = opened.evaluate(ground)
    opened.locator("#theme").click()

    assert opened.evaluate(ground) != light
    opened.locator("#theme").click()
    assert opened.evaluate(ground) == light


def test_a_phone_shows_it_without_scrolling_sideways(opened: Page) -> None:
    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is one

    assert opened.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
