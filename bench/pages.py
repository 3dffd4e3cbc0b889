"""The site as a reader waits for it: every page over HTTP, and first paints in Chromium.

    python -m bench.pages [--runs 3]       both
    python -m bench.pages --only crawl     how long each page takes, by its kind
    python -m bench.pages --only paint     bytes, requests and first paint, as Lighthouse has them

The crawl asks a server of its own for every page that leads from one to another, each
once, so that none is kept ready, by one connection. The paints are those of a telephone
on a slow network, as Lighthouse emulates it: 150 ms round trip, 1.6 Mbit/s, a processor
four times slower.
Exit code 0 if the targets are met: 99 of 100 pages within 50 ms, first pages within 100 kB.
"""

import argparse
import gzip
import http.client
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser

from bench import servers
from bench.measure import ROOT
from iisgraph import read
from iisgraph import snapshot as snapshots
from iisgraph.site import crawl
from iisgraph.site.addresses import held_as_page
from iisgraph.web.keeping import HTML, Kept
from tests.browser import chromium

TARGET: Final = 0.050
"""Seconds within which 99 of 100 pages are answered."""

MOST_BYTES: Final = 100_000
"""Bytes of a page before its scripts: the document and its styles, as they are sent."""

QUERY: Final = "SELECT ?state ?code { ?state iis:iso3 ?code }"
SLOWEST: Final = 10
"""Pages that are named."""

PAGES: Final = {
    "home": "/",
    "state": "/doc/state/KAZ",
    "organisation": "/doc/organisation/sco",
    "agreement": "/doc/agreement/sco-2009-iis-agreement",
    "source": "/doc/source/cow-igo",
    "question": "/q/members-on-day",
    "query": f"/sparql?query={quote(QUERY)}",
    "search": "/search?q=SCO",
    "compare": "/compare?with=state/KAZ&with=state/RUS",
}
_PAINTED: Final = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const first = performance.getEntriesByName("first-contentful-paint")[0];
  const files = performance.getEntriesByType("resource").map(
    (file) => [file.initiatorType, new URL(file.name).pathname, file.encodedBodySize]);
  return {sent: page.encodedBodySize, files, paint: first ? first.startTime : null,
          ...window.watched};
}"""
_WATCH: Final = """
window.watched = {largest: 0, shift: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.watched.largest = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.watched.shift += entry.value;
  }
}).observe({type: "layout-shift", buffered: true});
"""
_SLOW: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}


class Remote:
    """A running server as the crawl sees an application, with the time of each answer."""

    def __init__(self, url: str, addresses: Sequence[str]) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.addresses = addresses
        self.taken: list[tuple[str, float, int]] = []

    def get(self, address: str) -> Kept:
        """What it answers; of pages that were answered, the seconds and the bytes sent."""
        start = time.perf_counter()
        headers = {"Accept": HTML, "Accept-Encoding": "gzip"}
        self._connection.request("GET", quote(address, safe="/?&=%~:,+"), headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - start
        media_type = response.headers.get_content_type()
        if response.status == 200 and media_type == HTML:
            self.taken.append((address, seconds, len(body)))
        packed = response.headers.get("Content-Encoding") == "gzip"
        moved = response.headers.get("Location", "")
        return Kept(response.status, media_type, gzip.decompress(body) if packed else body, moved)


def kind_of(address: str) -> str:
    """The part of the site that a page belongs to: `/doc/state`, `/q`."""
    parts = address.partition("?")[0].split("/")
    return (
        "/".join(parts[:3]) if parts[1] in ("doc", "picture") and len(parts) > 3 else f"/{parts[1]}"
    )


def crawled(url: str) -> list[tuple[str, float, int]]:
    """Address, seconds and bytes of every page."""
    snapshot = snapshots.of_content(read.default_content())
    remote: Any = Remote(url, ["/", "/search", "/sparql", "/compare"])
    for number, _ in enumerate(crawl.crawl(remote, crawl.starts(remote, snapshot), held_as_page)):
        if number % 1000 == 999:
            sys.stderr.write(f"\r{number + 1} addresses")
    sys.stderr.write("\n")
    taken: list[tuple[str, float, int]] = remote.taken
    return taken


def percentile(values: Sequence[float], part: float) -> float:
    """The value that this part of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def told(taken: Sequence[tuple[str, float, int]]) -> str:
    """A row for each kind of page, the slowest first, and one for all; then the slowest pages."""
    kinds: dict[str, list[tuple[str, float, int]]] = defaultdict(list)
    for each in taken:
        kinds[kind_of(each[0])].append(each)
    rows = {"all": list(taken)} | kinds
    lines = [
        "| pages | number | p50 ms | p99 ms | most ms | largest kB, gzip |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, pages in sorted(
        rows.items(), key=lambda row: -percentile([p[1] for p in row[1]], 0.99)
    ):
        times = [seconds * 1000 for _, seconds, _ in pages]
        largest = max(size for *_, size in pages) / 1000
        figures = [statistics.median(times), percentile(times, 0.99), max(times), largest]
        lines.append(f"| {name} | {len(pages)} | " + " | ".join(f"{f:.1f}" for f in figures) + " |")
    slowest = sorted(taken, key=lambda page: -page[1])[:SLOWEST]
    lines += ["", *(f"{seconds * 1000:.1f} ms {address}" for address, seconds, _ in slowest)]
    return "\n".join(lines)


@dataclass(frozen=True)
class Painted:
    """Bytes before scripts and in all, requests, milliseconds to first and largest paint."""

    before: int
    sent: int
    requests: int
    first: float
    largest: float
    shift: float


def painted(browser: Browser, url: str) -> Painted:
    """One opening of a page with nothing kept, by a slow telephone."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(url, wait_until="networkidle", timeout=120_000)
    found = page.evaluate(_PAINTED)
    context.close()
    styles = sum(size for _, path, size in found["files"] if path.endswith(".css"))
    return Painted(
        before=found["sent"] + styles,
        sent=found["sent"] + sum(size for *_, size in found["files"]),
        requests=1 + len(found["files"]),
        first=found["paint"],
        largest=found["largest"],
        shift=found["shift"],
    )


def paints(url: str, runs: int) -> dict[str, Painted]:
    """The run of each page whose first paint is the median."""
    found = {}
    with chromium() as browser:
        for name, address in PAGES.items():
            tries = [painted(browser, url.rstrip("/") + address) for _ in range(runs)]
            found[name] = sorted(tries, key=lambda each: each.first)[runs // 2]
    return found


def shown(found: dict[str, Painted]) -> str:
    """The paints as a table."""
    lines = [
        "| page | kB before scripts | kB in all | requests | first paint ms | largest ms | shift |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, each in found.items():
        sizes = f"{each.before / 1000:.1f} | {each.sent / 1000:.1f} | {each.requests}"
        lines.append(
            f"| {name} | {sizes} | {each.first:.0f} | {each.largest:.0f} | {each.shift:.3f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and say by the exit code whether the targets are met."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.pages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=3, help="openings of each page [3]")
    parser.add_argument("--only", choices=["crawl", "paint"], help="one of both")
    asked = parser.parse_args()
    servers.OUT.mkdir(parents=True, exist_ok=True)
    met = True
    with ExitStack() as stack:
        server = servers.ours(ROOT, stack, IISGRAPH_LOG="none")
        url = server.endpoint.removesuffix("sparql")
        if asked.only != "crawl":
            found = paints(url, asked.runs)
            print(shown(found))
            met &= all(each.before < MOST_BYTES for each in found.values())
        if asked.only != "paint":
            taken = crawled(url)
            print(told(taken))
            met &= percentile([seconds for _, seconds, _ in taken], 0.99) <= TARGET
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
