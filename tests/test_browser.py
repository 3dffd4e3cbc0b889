"""The site in Chromium: by mouse, by keyboard, without scripts; accessible, silent, at home."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium, needs_chromium, violations, watched
from tests.conftest import ROOT
from tests.test_server import Server

pytestmark = [needs_chromium, pytest.mark.slow]

SCREENSHOTS = ROOT / "bench/out/screenshots"
PAGES = {
    "home": "/",
    "state": "/doc/state/KAZ",
    "organisation": "/doc/organisation/sco",
    "agreement": "/doc/agreement/sco-2009-iis-agreement",
    "source": "/doc/source/sco-infoforum-2017",
    "question": "/q/members-on-day",
    "ontology": "/def/",
    "query": "/sparql",
}
MEMBERS = (
    "SELECT ?state (COUNT(?m) AS ?n) { ?m org:member ?state . ?state a iis:State } "
    "GROUP BY ?state ORDER BY DESC(?n)"
)
STARTS = (
    "SELECT ?organisation ?start ?end { ?m org:member <id/state/KAZ> ; schema:startDate ?start ; "
    "org:organization ?organisation OPTIONAL { ?m schema:endDate ?end } }"
)
TIES = (
    "SELECT ?organisation ?member { ?m org:member ?member ; org:organization ?organisation . "
    "?member a iis:State } LIMIT 200"
)
VIEWS = {
    "table": (MEMBERS, "#view table tbody tr", 100),
    "chart": (MEMBERS, "#view svg.chart rect", 60),
    "timeline": (STARTS, "#view svg.timeline .bar-mark", 10),
    "map": (MEMBERS, "#view svg.map .land:not(.shade-0)", 190),
    "network": (TIES, "#view svg.network .thing", 40),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server on a free port."""
    started = Server("--port", "0")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page at the server, watched."""
    host = urlsplit(server.url).netloc
    with watched(browser, host, base_url=server.url) as opened:
        yield opened


def ask(page: Page, query: str, **options: str) -> None:
    """Open the query page with a query, and wait for its answer."""
    more = "".join(f"&{name}={value}" for name, value in options.items())
    page.goto(f"/sparql?query={quote(query)}{more}")
    expect(page.get_by_role("status")).to_contain_text(" s.")


def typed(page: Page, text: str) -> None:
    """Put a text in place of what the editor holds, key by key."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


# ---------------------------------------------------------------- every page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible(browser: Browser, server: Server, name: str, scheme: str) -> None:
    """Axe has nothing to say; the page fits a telephone; screenshots are kept."""
    host = urlsplit(server.url).netloc
    with watched(browser, host, base_url=server.url, color_scheme=scheme) as page:
        page.goto(PAGES[name])
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{width}: {overflow} pixels too wide"


def test_links_are_followed_by_keyboard(page: Page) -> None:
    """From the skip link to a question, without a mouse."""
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class(re.compile("skip"))
    page.keyboard.press("Enter")
    for _ in range(80):
        page.keyboard.press("Tab")
        if "/q/" in (page.locator(":focus").get_attribute("href") or ""):
            break
    title = page.locator(":focus").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


# ---------------------------------------------------------------- the query page


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_of_an_answer(page: Page, view: str) -> None:
    """Each shows the rows it should, and is accessible; the address keeps it."""
    query, marks, least = VIEWS[view]
    ask(page, query)
    page.get_by_role("radio", name=view.capitalize()).check()
    expect(page.locator(marks).first).to_be_attached()
    assert page.locator(marks).count() >= least
    assert violations(page) == []
    assert view == "table" or f"view={view}" in page.url
    page.reload()
    expect(page.locator(marks).first).to_be_attached()


def test_a_map_leaves_out_what_is_no_state(page: Page) -> None:
    """A few organisations among the states hinder no map; organisations alone have none."""
    members = "?m a org:Membership ; org:member ?member ."
    ask(page, f"SELECT ?member (COUNT(?m) AS ?n) {{ {members} }} GROUP BY ?member")
    page.get_by_role("radio", name="Map").check()
    expect(page.locator("#view svg.map .land:not(.shade-0)").first).to_be_attached()
    told = page.locator("#view figcaption").inner_text()
    shown, states = map(int, re.findall(r"(\d+) of (\d+) states", told)[0])
    assert 190 < shown <= states < 215
    ask(page, "SELECT ?organisation { ?organisation a org:FormalOrganization } LIMIT 20")
    expect(page.get_by_role("radio", name="Map")).to_be_disabled()


def test_pictures_are_drawn_in_the_size_of_the_text_around(page: Page) -> None:
    """However few they show, their letters are not larger than the page's."""
    ask(page, "SELECT ?a ?b { VALUES (?a ?b) { (<id/state/RUS> <id/state/CHN>) } }")
    page.get_by_role("radio", name="Network").check()
    name = page.locator("#view svg text").first
    expect(name).to_be_visible()
    box = name.bounding_box()
    assert box
    assert 8 < box["height"] < 24


def test_table_shows_names_sorts_and_turns_pages(page: Page) -> None:
    """Names stand for IRIs; a head sorts; the rest is a page away."""
    ask(page, MEMBERS)
    cells = page.locator("#view tbody td:first-child")
    expect(cells.filter(has_text="Kazakhstan")).to_have_count(1)
    page.get_by_role("button", name="state", exact=True).click()
    expect(page.locator("#view th").first).to_have_attribute("aria-sort", "ascending")
    expect(cells.first).to_have_text("Afghanistan")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Rows 101 to 195 of 195")).to_be_visible()
    expect(cells.last).to_have_text("Zimbabwe")


def test_mistake_is_marked_at_its_place(browser: Browser, server: Server) -> None:
    """What is wrong is told below, underlined in the text, and the cursor stands there."""
    host = urlsplit(server.url).netloc
    with watched(browser, host, expected="status of 400", base_url=server.url) as page:
        page.goto("/sparql")
        typed(page, "SELECT * {\n?s a is:State }")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("alert")).to_contain_text("did you mean iis:? (line 2, column ")
        expect(page.locator(".cm-lintRange-error")).to_have_text("is:State")


def test_empty_answer_says_why(page: Page) -> None:
    """The remarks of the endpoint are shown, and marked in the text."""
    ask(page, "SELECT ?s { ?s a iis:Stat }")
    expect(page.locator(".warnings")).to_contain_text("did you mean iis:State?")
    expect(page.locator(".cm-lintRange-warning").first).to_be_visible()


def test_sources_of_rows(page: Page) -> None:
    """A column tells who says so, and leads there."""
    ask(page, STARTS, provenance="1")
    expect(page.get_by_role("columnheader", name="Sources")).to_be_visible()
    link = page.locator("#view td.origin a").first
    assert (link.get_attribute("href") or "").startswith("/doc/source/")


def test_editor_by_keyboard(page: Page) -> None:
    """Complete a term, run by Ctrl+Enter, and leave by Tab: no trap."""
    page.goto("/sparql")
    page.wait_for_load_state("networkidle")
    typed(page, "SELECT ?s { ?s a iis:ForumS")
    expect(page.locator(".cm-tooltip-autocomplete li[aria-selected]")).to_contain_text(
        "iis:ForumSeries"
    )
    page.wait_for_timeout(200)  # a completion that has just come up takes no key yet
    page.keyboard.press("Enter")
    page.keyboard.type(" } LIMIT 3")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Rows: 3")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == "Run"


def test_saved_question_opens_and_address_goes_back(page: Page) -> None:
    """A question fills the editor and runs; Back brings the one before."""
    ask(page, MEMBERS)
    page.wait_for_load_state("networkidle")
    page.get_by_label("Start from a saved question").select_option("members-on-day")
    page.get_by_role("button", name="Open").click()
    expect(page.locator(".cm-content")).to_contain_text("earliestStart")
    expect(page.get_by_role("status")).to_contain_text("Rows: 6")
    page.go_back()
    expect(page.locator(".cm-content")).to_contain_text("COUNT(?m)")
    expect(page.get_by_role("status")).to_contain_text("Rows: 195")


def test_links_of_an_answer(page: Page, server: Server) -> None:
    """Each link to download, pin or cite answers."""
    ask(page, MEMBERS)
    hrefs = [a.get_attribute("href") or "" for a in page.locator("dl.links a").all()]
    assert len(hrefs) == 8
    for href in hrefs:
        assert page.request.get(href).status == 200, href
    with page.expect_download() as download:
        page.get_by_label("Answer as").select_option("csv")
        page.get_by_role("button", name="Run").click()
    assert "state,n" in download.value.path().read_text(encoding="utf-8")


def test_picture_is_downloaded_with_its_style(page: Page) -> None:
    """The SVG stands alone: marks carry their colours, and nothing refers to elsewhere."""
    ask(page, MEMBERS, view="chart")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as SVG").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert 'fill="rgb(' in text
    assert "class=" not in text


def test_markup_in_an_answer_stays_text(page: Page) -> None:
    """Names, literals and IRIs from data run nothing, in any view."""
    evil = "<img src=x onerror=alert(1)>"
    query = (
        f'SELECT ?name ?n ?a ?b {{ VALUES (?name ?n ?a ?b) {{ ("{evil}" 3 '
        "<javascript:alert(1)> <http://example.org/x>) } }"
    )
    for view, marks in (("table", "#view td"), ("chart", "#view rect"), ("network", ".thing")):
        ask(page, query, view=view)
        expect(page.locator(marks).first).to_be_attached()
        assert page.locator("#view img").count() == 0
        assert page.locator('#view a[href^="javascript"]').count() == 0


# ---------------------------------------------------------------- without scripts


def test_query_page_without_scripts(browser: Browser, server: Server) -> None:
    """A saved question, the form, sources and a mistake, all as plain pages."""
    host = urlsplit(server.url).netloc
    with watched(browser, host, base_url=server.url, java_script_enabled=False) as page:
        page.goto("/sparql")
        page.get_by_label("Start from a saved question").select_option("members-on-day")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_label("Query")).to_have_value(re.compile("earliestStart"))
        page.get_by_role("button", name="Run").click()
        expect(page.locator("table tbody tr")).to_have_count(6)
        page.get_by_label("Query").fill("SELECT ?c { <id/state/KAZ> iis:iso3 ?c }")
        page.get_by_label("Sources of each row").check()
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("columnheader", name="Sources")).to_be_visible()
        expect(page.locator("table tbody tr")).to_have_count(1)
