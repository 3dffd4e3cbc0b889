"""The site as a folder of static files, for any host."""

import gzip
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from iisgraph import export
from iisgraph.errors import IisgraphError
from iisgraph.formats import GRAPHS, by_name
from iisgraph.site import crawl, finding
from iisgraph.site.addresses import file_of
from iisgraph.site.crawl import Document
from iisgraph.site.report import Report
from iisgraph.snapshot import Snapshot
from iisgraph.web.keeping import Application, application

REDIRECTS: Final = "/id/* /doc/:splat 303\n"
"""What a host must do so that things lead to their documents, as several hosts read it."""

Progress = Callable[[str], None]


def write_folder(snapshot: Snapshot, folder: Path, progress: Progress = lambda _: None) -> Report:
    """Write every page of the site, the graph, and what the scripts need.

    Raises:
        IisgraphError: if the folder holds other things, or cannot be written to.
    """
    _refuse_strange(folder)
    report, led = Report(), list[Document]()
    with application(snapshot) as app:
        for document in crawl.crawl(app, crawl.starts(app, snapshot)):
            if document.status < 400:
                _write(folder, document, report)
            led.append(document.without_body())
            if len(led) % 500 == 0:
                progress(f"{len(led)} addresses")
        _write_assets(app, folder)
        missing = crawl.page(app, "/no/such/page")
    report.broken = dead(led)
    _put(folder / "404.html", missing)
    _put(folder / "graph.nq.gz", packed_graph(snapshot))
    _put(
        folder / "search-index.json",
        json.dumps(finding.index(snapshot), ensure_ascii=False).encode(),
    )
    _put(folder / "_redirects", REDIRECTS.encode())
    return report


def packed_graph(snapshot: Snapshot) -> bytes:
    """The graph as the engine in the browser reads it: N-Quads in gzip."""
    form = by_name("nquads", GRAPHS)
    assert form
    return gzip.compress(export.export(snapshot, form), 9, mtime=0)


def dead(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """The links that lead to nothing: page and target."""
    gone = {document.address for document in documents if document.status >= 400}
    return sorted(
        (document.address, target) for document in documents for target in document.links & gone
    )


def _refuse_strange(folder: Path) -> None:
    """A folder with other things in it is not ours to write into."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "graph.nq.gz").exists():
        raise IisgraphError(f"{folder}: is not empty and holds no site; name another folder")


def _write(folder: Path, document: Document, report: Report) -> None:
    _put(folder / file_of(document.address, is_page=document.is_page), document.body)
    report.count(len(document.body), is_page=document.is_page)


def _put(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise IisgraphError(f"{path}: cannot be written: {error.strerror}") from None


def _write_assets(app: Application, folder: Path) -> None:
    """All scripts and styles: a script loads others that no page names."""
    shutil.copytree(app.static, folder / "static", dirs_exist_ok=True)
