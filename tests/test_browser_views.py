"""Search, comparison, pictures and data pages in Chromium, by keyboard and without scripts."""

import re
import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from iisgraph import snapshot as snapshots
from iisgraph.read import Content
from iisgraph.web.subjects import today
from tests.browser import chromium, needs_chromium, violations, watched
from tests.conftest import ROOT
from tests.test_server import Server

pytestmark = [needs_chromium, pytest.mark.slow]

SCREENSHOTS = ROOT / "bench/out/screenshots"
PAGES = {
    "search": "/search?q=sco",
    "misspelled": "/search?q=Kazakstan",
    "compare": "/compare?with=state/RUS&with=state/CHN&with=state/KAZ&lang=ru",
    "compare-organisations": "/compare?with=organisation/sco&with=organisation/cis",
    "organisation": "/doc/organisation/sco",
    "members": "/picture/members/organisation/sco?year=2016",
    "memberships": "/picture/memberships/state/KAZ?lang=ru",
    "steps": "/picture/steps/agreement/coe-ets-185",
    "data": "/data",
    "coverage": "/data/coverage",
    "sources": "/data/sources",
    "disagreements": "/data/disagreements?lang=zh",
    "releases": "/data/releases",
    "conformance": "/data/conformance",
    "status": "/status?lang=ru",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An old release: a content folder with names of states alone."""
    folder = tmp_path_factory.mktemp("archive")
    for part in ("queries", "data/reference"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


@pytest.fixture(scope="module")
def server(archive: Path) -> Iterator[Server]:
    """A server on a free port, with an old release."""
    started = Server("--port", "0", "--archive", str(archive))
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible(browser: Browser, server: Server, name: str, scheme: str) -> None:
    """Axe has nothing to say; the page fits a telephone; screenshots are kept."""
    look(browser, server, name, PAGES[name], scheme)


def look(browser: Browser, server: Server, name: str, address: str, scheme: str) -> None:
    """Hold a page to axe and to two widths, and keep a screenshot of each."""
    host = urlsplit(server.url).netloc
    with watched(browser, host, base_url=server.url, color_scheme=scheme) as page:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{width}: {overflow} pixels too wide"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_changed_is_accessible(
    browser: Browser, server: Server, archive: Path, scheme: str
) -> None:
    """The page on all that changed since an old release, and on one question."""
    release = snapshots.release_of(Content(archive))
    for number, question in enumerate(("", "&question=infoforum-devoted-to")):
        address = f"/data/releases?release={release}{question}"
        look(browser, server, f"since-{number}", address, scheme)


def test_suggestions_by_keyboard(page: Page) -> None:
    """The list opens as one types, is walked by arrows, closed by Escape, and leads to the page."""
    page.goto("/search")
    box = page.get_by_role("combobox", name="Name, acronym, symbol or code")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("kazak")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Kazakhstan")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []
    box.press("ArrowDown")
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    active = box.get_attribute("aria-activedescendant") or ""
    assert active == options.last.get_attribute("id")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("kazak")
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kazakhstan")


def test_enter_without_a_choice_searches(page: Page) -> None:
    page.goto("/search")
    box = page.get_by_role("combobox", name="Name, acronym, symbol or code")
    box.press_sequentially("ШОС")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    expect(page.locator(".hits li").first).to_contain_text("Shanghai Cooperation Organisation")


def test_a_state_is_picked_to_compare(page: Page) -> None:
    page.goto("/compare?with=state/RUS")
    box = page.get_by_role("combobox", name="Add a state or organisation")
    box.press_sequentially("chin")
    page.get_by_role("option").filter(has_text="China").first.click()
    expect(page.locator(".chosen li")).to_have_count(2)
    expect(page.get_by_role("heading", name="Agreements in common")).to_be_visible()


def test_the_slider_moves_the_map(page: Page) -> None:
    """By arrow keys; picture, heading, table and address follow."""
    page.goto("/picture/members/organisation/sco?year=2017")
    slider = page.get_by_role("slider", name="At the end of the year")
    india = page.locator("#picture tbody tr").filter(has_text="India")
    expect(india).to_contain_text("member")
    slider.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2016-12-31")
    expect(india).to_contain_text("observer")
    assert "year=2016" in page.url
    expect(page.locator("output")).to_have_text("2016")


DRAWINGS = {
    "/picture/agreements/state/RUS": 30,
    "/picture/memberships/state/RUS": 10,
    "/picture/steps/agreement/coe-ets-185": 30,
    "/picture/members/organisation/sco": 0,
    "/compare?with=state/RUS&with=organisation/eu&with=state/CHN": 0,
    "/def": 15,
}
_TEXTS = """(drawing) => {
  const box = ({left, top, right, bottom}) => ({left, top, right, bottom});
  const texts = [...drawing.querySelectorAll("text")];
  return {frame: box(drawing.getBoundingClientRect()),
          texts: texts.map((text) => [text.textContent, box(text.getBoundingClientRect())])};
}"""


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_names_stay_within_their_pictures(page: Page, language: str) -> None:
    """In pages, by the typeface that is here; and of the model, none covers another."""
    for address, least in DRAWINGS.items():
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        for drawing in page.locator("svg.picture").all():
            found = drawing.evaluate(_TEXTS)
            texts, frame = found["texts"], found["frame"]
            assert len(texts) >= least, address
            for text, box in texts:
                assert box["left"] >= frame["left"] - 1, (address, text)
                assert box["right"] <= frame["right"] + 1, (address, text)
                assert box["top"] >= frame["top"] - 1, (address, text)
                assert box["bottom"] <= frame["bottom"] + 1, (address, text)
            if address == "/def":
                boxes = combinations(texts, 2)
                assert [(a, b) for (a, one), (b, other) in boxes if overlap(one, other)] == []


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_names_stay_within_files(page: Page, language: str) -> None:
    """The same of what is downloaded, with its own style, title, legend and address."""
    for address in DRAWINGS:
        if address.startswith("/picture/"):
            page.goto(f"{address}.svg?lang={language}")
            found = page.locator("svg").first.evaluate(_TEXTS)
            assert len(found["texts"]) > 2
            for text, box in found["texts"]:
                assert box["left"] >= found["frame"]["left"] - 1, (address, text)
                assert box["right"] <= found["frame"]["right"] + 1, (address, text)
                assert box["bottom"] <= found["frame"]["bottom"] + 1, (address, text)


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes cover each other by more than the air around letters."""
    breadth = min(one["right"], other["right"]) - max(one["left"], other["left"])
    height = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return breadth > 1 and height > 4


TARGETS = """() => {
  const touched = "a, button, summary, select, input:not([type=hidden])";
  const all = [...document.querySelectorAll(touched)];
  const isInText = (each) => getComputedStyle(each).display === "inline" || each.closest("svg");
  const seen = all.filter((each) => !isInText(each.closest("label") ?? each))
    .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
    .filter(([, box]) => box.width > 1);
  return {
    seen: seen.length,
    small: seen.filter(([, box]) => box.width < 24 || box.height < 24)
      .map(([each]) => each.outerHTML.slice(0, 120)),
  };
}"""
"""What can be touched and does not stand in a sentence, and what of it is too small."""


@pytest.mark.parametrize("width", [390, 1280])
def test_whatever_is_touched_is_large_enough(browser: Browser, server: Server, width: int) -> None:
    """24 by 24 pixels at least (WCAG 2.2, 2.5.8), by finger and by mouse, in each language."""
    host = urlsplit(server.url).netloc
    size: Any = {"width": width, "height": 844}
    options: Any = {"has_touch": True, "is_mobile": True} if width < 500 else {}
    seen = 0
    with watched(browser, host, base_url=server.url, viewport=size, **options) as page:
        for address in [*PAGES.values(), "/", "/sparql", "/doc/state/RUS", "/q/members-on-day"]:
            for language in ("en", "ru", "zh"):
                page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
                found = page.evaluate(TARGETS)
                seen += found["seen"]
                assert found["small"] == [], (address, language)
    assert seen > 1000


def test_a_map_fits_a_telephone(browser: Browser, server: Server) -> None:
    """Whole, with its key in letters that can be read."""
    host = urlsplit(server.url).netloc
    size: Any = {"width": 390, "height": 844}
    with watched(browser, host, base_url=server.url, viewport=size) as page:
        page.goto("/picture/members/organisation/sco?year=2017")
        drawing = page.locator(".drawing")
        assert drawing.evaluate("box => box.scrollWidth <= box.clientWidth")
        key = page.locator(".key li")
        assert [each.strip() for each in key.all_inner_texts()] == [
            "member",
            "observer",
            "dialogue partner",
        ]


def test_the_slider_moves_the_map_of_an_organisation(page: Page) -> None:
    """On its own page the image follows, and leads to the picture of that year."""
    page.goto("/doc/organisation/sco?lang=ru")
    slider = page.get_by_role("slider", name="На конец года")
    image = page.locator("#members ~ figure img")
    slider.press("Home")
    expect(page.locator("output")).to_have_text("2001")
    expect(image).to_have_attribute("src", re.compile(r"\.svg\?.*year=2001"))
    image.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2001-12-31")
    assert "lang=ru" in page.url


def test_all_of_it_without_scripts(browser: Browser, server: Server) -> None:
    """Search, facet, comparison by name, and the year by the form."""
    host = urlsplit(server.url).netloc
    with watched(browser, host, base_url=server.url, java_script_enabled=False) as page:
        page.goto("/search")
        page.get_by_label("Name, acronym, symbol or code").fill("上合组织")
        page.get_by_role("main").get_by_role("button", name="Search").click()
        expect(page.locator(".hits li").first).to_contain_text("Shanghai Cooperation Organisation")
        page.locator(".facets").get_by_role("link", name="organisation", exact=True).click()
        assert "class=" in page.url
        page.goto("/compare?with=state/RUS")
        page.get_by_label("Add a state or organisation").fill("Kazakhstan")
        page.get_by_role("button", name="Add").click()
        expect(page.locator(".chosen li")).to_have_count(2)
        page.goto("/doc/organisation/sco")
        page.get_by_role("button", name="Show").click()
        page.get_by_label("At the end of the year").press("ArrowLeft")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("output")).to_have_text(str(today().year - 1))
        page.goto("/picture/members/organisation/sco?year=2017")
        page.get_by_label("At the end of the year").press("ArrowLeft")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("2016-12-31")
