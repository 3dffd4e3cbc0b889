"""The site as one file that opens from disk: pages, search, pictures, and SPARQL in the browser."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

from iisgraph import export
from iisgraph.errors import IisgraphError
from iisgraph.site import crawl, finding
from iisgraph.site.addresses import LICENCES, held_as_page
from iisgraph.site.crawl import Document
from iisgraph.site.folder import dead, packed_graph
from iisgraph.site.report import Report
from iisgraph.snapshot import Snapshot
from iisgraph.web.keeping import application

_SHARD: Final = 150
"""Pages that are packed, and unpacked, together."""

_STYLES: Final = ("style.css", "views.css", "things.css", "query.css")
_MAIN: Final = re.compile(r'<main id="main">(.*)</main>', re.DOTALL)
_IMAGE: Final = re.compile(r'<img src="[^"]*" alt="([^"]*)"[^>]*>')
"""A picture that is a file of its own; in one file the page of the picture stands for it."""

_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_BODY: Final = re.compile(r"<body>(.*)</body>", re.DOTALL)
_SCRIPT: Final = re.compile(r"<script\b[^>]*></script>")
_DATA: Final = re.compile(
    r'<script type="application/json" id="page-data">(.*?)</script>', re.DOTALL
)

Progress = Callable[[str], None]


@dataclass
class _Pages:
    """The pages as they come, packed by the hundred."""

    shards: list[bytes] = field(default_factory=list)
    places: dict[str, int | str] = field(default_factory=dict)
    """By address the number of its shard, or the address that it sends on to."""
    _waiting: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, document: Document) -> None:
        """Take the main part of a page, and its title."""
        if document.moved:
            self.places[document.address] = document.moved
            return
        text = document.body.decode()
        main, title = _MAIN.search(text), _TITLE.search(text)
        shown = _IMAGE.sub(r"\1", main[1] if main else f"<pre>{escape(text)}</pre>")
        self._waiting[document.address] = (title[1] if title else "iisgraph", shown)
        self.places[document.address] = len(self.shards)
        if len(self._waiting) == _SHARD:
            self.pack()

    def pack(self) -> None:
        """Pack what has come."""
        self.shards.append(_json(self._waiting))
        self._waiting = {}


def write_single(snapshot: Snapshot, path: Path, progress: Progress = lambda _: None) -> Report:
    """Write the one file.

    Raises:
        IisgraphError: if it cannot be written, or the scripts of the pages are not built.
    """
    report, pages, led = Report(), _Pages(), list[Document]()
    shown: dict[str, str] = {}
    with application(snapshot) as app:
        static, completion = app.static, app.get("/completion.json").body
        begin = crawl.starts(app, snapshot)
        for document in crawl.crawl(app, begin, held_as_page, lambda held: f"#{held}"):
            led.append(document.without_body())
            if document.status < 400 and (document.is_page or document.address == LICENCES):
                pages.add(document)
                report.count(len(document.body), is_page=True)
            if document.address in ("/", "/sparql"):
                shown[document.address] = document.body.decode()
            if len(led) % 500 == 0:
                progress(f"{len(led)} addresses")
    pages.pack()
    report.broken = dead(led)
    blocks = {
        "addresses": _json(pages.places),
        "finding": _json(finding.index(snapshot)),
        "completion": gzip.compress(completion, mtime=0),
        "engine": gzip.compress(_built(static, "engine.js"), mtime=0),
        "wasm": gzip.compress(_built(static, "oxigraph.wasm"), mtime=0),
        "graph": packed_graph(snapshot),
        **{f"shard-{number}": shard for number, shard in enumerate(pages.shards)},
    }
    export.write(path, _assemble(static, shown, blocks).encode())
    report.files, report.size = 1, path.stat().st_size
    return report


def _assemble(static: Path, shown: Mapping[str, str], blocks: Mapping[str, bytes]) -> str:
    """The frame of the first page around all that the script takes its pages from."""
    data = _DATA.search(shown["/sparql"])
    frame = _BODY.search(shown["/"])
    if data is None or frame is None:
        raise IisgraphError("the pages of this site lack what one file is made from")
    style = "\n".join((static / name).read_text(encoding="utf-8") for name in _STYLES)
    early = (static / "frame.js").read_text(encoding="utf-8")
    late = _built(static, "offline.js").decode()
    scripts = [script.replace("</script", r"<\/script") for script in (early, late)]
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts, style)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>iisgraph</title>\n<style>{style}</style>\n<script>{scripts[0]}</script>",
        f'<script type="application/json" id="page-data">{data[1]}</script>\n</head>\n<body>',
        _SCRIPT.sub("", frame[1]),
        *(_block(name, content) for name, content in blocks.items()),
        f"<script>{scripts[1]}</script>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _policy(scripts: Sequence[str], style: str) -> str:
    """What the file may do: run its own two scripts, and its engine; reach nothing."""
    own = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {own} 'wasm-unsafe-eval' blob:; worker-src blob:; "
        f"style-src {_hash(style)}; img-src data:; connect-src blob:; form-action 'none'; "
        "base-uri 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _block(name: str, content: bytes) -> str:
    packed = base64.b64encode(content).decode()
    return f'<script type="application/octet-stream" id="{name}">{packed}</script>'


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def _built(static: Path, name: str) -> bytes:
    path = static / "built" / name
    if not path.is_file():
        raise IisgraphError(f"{path}: is not built; run .ci/venv assets, or install the package")
    return path.read_bytes()
