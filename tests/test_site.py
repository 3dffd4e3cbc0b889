"""The site without a server: as a folder, and as one file that opens from disk."""

import functools
import gzip
import http.server
import json
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect

from iisgraph import export, site
from iisgraph import snapshot as snapshots
from iisgraph.cli import main
from iisgraph.errors import IisgraphError
from iisgraph.formats import by_suffix
from iisgraph.read import Content
from iisgraph.site.addresses import file_of, held, held_as_page
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE
from tests.browser import chromium, needs_chromium, violations, watched
from tests.excerpt import excerpt
from tests.test_assets import needs_scripts

RECORDS = ("data/records/official/sco-infoforum-2017.ttl", "queries/members-on-day.rq")
NQUADS = by_suffix(".nq")
CODES = "SELECT ?state ?code { ?state a iis:State ; iis:iso3 ?code } ORDER BY ?code"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot of one record and what it refers to."""
    return snapshots.of_content(Content(excerpt(tmp_path_factory.mktemp("small"), RECORDS)))


@pytest.fixture(scope="module")
def folder(small: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of it as a folder."""
    made = tmp_path_factory.mktemp("site") / "public"
    report = site.write_folder(small, made)
    assert report.broken == []
    assert report.pages > 300
    return made


@pytest.fixture(scope="module")
def single(small: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of it as one file."""
    made = tmp_path_factory.mktemp("single") / "iisgraph.html"
    report = site.write_single(small, made)
    assert report.broken == []
    assert report.pages > 300
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    with chromium() as started:
        yield started


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/doc/state/KAZ", "/doc/state/KAZ"),
        ("/doc/state/KAZ?lang=ru", "/doc/state/KAZ"),
        ("/doc/state/KAZ?format=turtle", "/doc/state/KAZ.ttl"),
        ("/doc/state/KAZ?format=jsonld", None),
        ("/q/members-on-day?format=csv", "/q/members-on-day.csv"),
        ("/q/members-on-day?day=2017-06-10", None),
        ("/sparql?query=ASK+%7B%7D&view=map", "/sparql?query=ASK+%7B%7D&view=map"),
        ("/sparql?query=ASK+%7B%7D&format=csv", None),
        ("/search?q=%D0%A8%D0%9E%D0%A1", "/search?q=%D0%A8%D0%9E%D0%A1"),
        ("/cite?query=ASK+%7B%7D", None),
        ("/id/state/KAZ", None),
        ("/compare?with=state/KAZ", None),
    ],
)
def test_addresses_that_a_site_holds(address: str, expected: str | None) -> None:
    """Pages and their kept formats; what a script reads; nothing that only a server answers."""
    assert held(address) == expected


def test_one_file_holds_pages_alone() -> None:
    """Files beside the pages stay out, but for the licences of what is in it."""
    assert held_as_page("/doc/state/KAZ?format=turtle") is None
    assert held_as_page("/static/style.css") is None
    assert held_as_page("/static/built/licences.txt")
    assert held_as_page("/doc/source/v1.2-notes") == "/doc/source/v1.2-notes"


def test_files_stay_in_the_folder() -> None:
    """An address from data cannot lead a file elsewhere."""
    with pytest.raises(IisgraphError, match="leads out"):
        file_of("/doc/../../etc/passwd", is_page=True)
    assert str(file_of("//doc/a", is_page=False)) == "doc/a"


# ---------------------------------------------------------------- the folder


class Links(HTMLParser):
    """The addresses of this site in a page, and the places in it that can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.places.add(told.get("id") or "")
        self.found |= {v for k in ("href", "src", "action") if (v := told.get(k)) and v[0] in "/#"}


def dead_links(folder: Path) -> tuple[int, list[tuple[str, str]]]:
    """How many links the pages of a folder have, and those that a static host has nothing for."""
    count, dead = 0, []
    for path in folder.rglob("*.html"):
        links = Links(path.read_text(encoding="utf-8"))
        for link in links.found:
            count += 1
            parts = urlsplit(link)
            target = folder / unquote(parts.path).lstrip("/")
            is_there = target.is_file() or (target / "index.html").is_file()
            if parts.path and not is_there:
                dead.append((str(path.relative_to(folder)), link))
            if not parts.path and parts.fragment and parts.fragment not in links.places:
                dead.append((str(path.relative_to(folder)), link))
    return count, dead


def test_folder_has_pages_files_and_graph(folder: Path, small: Snapshot) -> None:
    """Same addresses as the server; the graph in it is the graph; a host is told of `/id/`."""
    page = (folder / "doc/organisation/sco/index.html").read_text(encoding="utf-8")
    assert "Shanghai Cooperation Organisation" in page
    assert f'href="{BASE}doc/organisation/sco.jsonld"' in page
    assert (folder / "doc/organisation/sco.ttl").read_text(encoding="utf-8").startswith("@")
    assert '<h1 lang="en">Not found</h1>' in (folder / "404.html").read_text(encoding="utf-8")
    assert (folder / "_redirects").read_text(encoding="utf-8") == "/id/* /doc/:splat 303\n"
    graph = gzip.decompress((folder / "graph.nq.gz").read_bytes())
    assert NQUADS
    assert graph == export.export(small, NQUADS)
    assert len(graph.splitlines()) > 5000
    index = json.loads((folder / "search-index.json").read_text(encoding="utf-8"))
    assert "ШОС" in next(row for row in index["things"] if row[0] == "/doc/organisation/sco")


def test_small_folder_has_no_dead_link(folder: Path) -> None:
    """The checker finds links, and finds one that leads to nothing."""
    count, dead = dead_links(folder)
    assert count > 3000
    assert dead == []
    hurt = folder / "doc/organisation/sco/index.html"
    whole = hurt.read_text(encoding="utf-8")
    hurt.write_text(whole.replace('href="/search"', 'href="/serach"'), encoding="utf-8")
    assert ("doc/organisation/sco/index.html", "/serach") in dead_links(folder)[1]
    hurt.write_text(whole, encoding="utf-8")


@pytest.mark.slow
def test_whole_site_has_no_dead_link(snapshot: Snapshot, tmp_path: Path) -> None:
    """Every page of the whole data, each of its links."""
    report = site.write_folder(snapshot, tmp_path / "site")
    assert report.broken == []
    assert report.pages > 11_000
    count, dead = dead_links(tmp_path / "site")
    assert count > 150_000
    assert dead == []


def test_folder_of_others_is_left_alone(small: Snapshot, tmp_path: Path) -> None:
    """It is never mixed with what was there before."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(IisgraphError, match="is not empty"):
        site.write_folder(small, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_command_asks_for_one_target(tmp_path: Path) -> None:
    """Graph, folder or file; and no format where there is none to choose."""
    for options in ([], ["--site", "a", "--out", "b.ttl"], ["--site", "a", "--format", "ttl"]):
        done = CliRunner().invoke(main, ["export", *options])
        assert done.exit_code == 2
        assert "--site" in done.output or "--out" in done.output


class Host:
    """A static host: files by their addresses, and nothing else."""

    def __init__(self, folder: Path) -> None:
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

        handler = functools.partial(Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def static_page(browser: Browser, folder: Path) -> Iterator[Page]:
    """A page at a static host that has the folder."""
    host = Host(folder)
    with watched(browser, host.host, base_url=f"http://{host.host}") as page:
        yield page
    host.stop()


@needs_chromium
@needs_scripts
def test_folder_searches_and_answers_in_the_browser(static_page: Page) -> None:
    """From the first page by search to a thing; SPARQL without a server."""
    page = static_page
    page.goto("/")
    page.goto("/search?q=" + quote("шос"))
    page.get_by_role("link", name="Shanghai Cooperation Organisation").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Shanghai Cooperation Organisation")
    page.goto("/sparql?query=" + quote(CODES))
    expect(page.get_by_role("status")).to_contain_text("Rows: ", timeout=60_000)
    expect(page.locator("#view tbody td").filter(has_text="Kazakhstan")).to_have_count(1)
    assert violations(page) == []
    page.goto("/sparql?question=members-on-day")
    expect(page.locator(".cm-content")).to_contain_text("earliestStart")


# ---------------------------------------------------------------- one file


@pytest.fixture
def offline(browser: Browser, single: Path) -> Iterator[Page]:
    """The file, opened from disk with the network off; it asks for nothing but itself."""
    asked: list[str] = []
    with watched(browser, "", offline=True) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(single.as_uri())
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        yield page
        assert {url for url in asked if not url.startswith("blob:")} == {single.as_uri()}


def test_single_file_names_no_host_to_fetch_from(single: Path) -> None:
    """Its policy lets it reach nothing, and nothing in it would."""
    text = single.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe-inline" not in policy[1]
    assert "http" not in policy[1]
    assert not re.search(r"<(script|img|iframe)\b[^>]*\ssrc=|<link\b[^>]*stylesheet", text)


@needs_chromium
@needs_scripts
def test_single_file_shows_pages(offline: Page) -> None:
    """Links, Back, and addresses that were kept lead to the pages of the site."""
    offline.get_by_role("link", name="Search", exact=True).first.click()
    offline.get_by_label("Name, acronym, symbol or code").fill("infoforom")
    offline.get_by_role("main").get_by_role("button", name="Search").click()
    offline.locator("#hits a").first.click()
    expect(offline.get_by_role("heading", level=1)).to_contain_text("nfoforum")
    assert violations(offline) == []
    offline.go_back()
    expect(offline.locator("#hits")).to_be_visible()
    offline.evaluate("location.hash = '#/doc/organisation/sco'")
    expect(offline.get_by_role("heading", level=1)).to_have_text(
        "Shanghai Cooperation Organisation"
    )
    offline.evaluate("location.hash = '#/doc/no/such'")
    expect(offline.get_by_role("main")).to_contain_text("The public site is at")


@needs_chromium
@needs_scripts
def test_single_file_answers_queries(offline: Page) -> None:
    """Rows with names, a map, a mistake at its place, a saved question."""
    offline.evaluate(f"location.hash = '#/sparql?query=' + encodeURIComponent({json.dumps(CODES)})")
    expect(offline.get_by_role("status")).to_contain_text("Rows: ", timeout=60_000)
    expect(offline.locator("#view tbody td").filter(has_text="Kazakhstan")).to_have_count(1)
    offline.get_by_role("radio", name="Map").check()
    expect(offline.locator("#view svg.map .land:not(.shade-0)").first).to_be_attached()
    assert "view=map" in offline.url
    offline.locator(".cm-content").click()
    offline.keyboard.press("Control+a")
    offline.keyboard.type("SELECT * {\n?s ?p }")
    offline.keyboard.press("Control+Enter")
    expect(offline.get_by_role("alert")).to_contain_text(
        re.compile(r"^expected .*\(line \d, column \d+\)")
    )
    offline.get_by_role("button", name="Open").click()
    expect(offline.get_by_role("status")).to_contain_text("Rows: ")
    assert violations(offline) == []


@needs_chromium
@needs_scripts
def test_single_file_counts_facts_once(offline: Page, small: Snapshot) -> None:
    """The engine in the browser answers from the merge, as the server does."""
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    offline.evaluate(f"location.hash = '#/sparql?query=' + encodeURIComponent({json.dumps(query)})")
    expect(offline.locator("#view tbody td")).to_have_text(str(len(small)), timeout=60_000)
