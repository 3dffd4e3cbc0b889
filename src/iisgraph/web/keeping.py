"""The application without a server: what its addresses answer, to be kept as files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask

from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import close, create_app
from iisgraph.web.editor import STATIC

HTML: Final = "text/html"
_HEADERS: Final = {"Accept": f"{HTML},*/*;q=0.5"}
_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Kept:
    """What an address answers; `moved` is where it sends the asker instead, or ''."""

    status: int
    media_type: str
    body: bytes
    moved: str


class Application:
    """The application, whose pages say nothing that needs a server."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        assert app.static_folder
        self.static = Path(app.static_folder)
        """The folder of scripts and styles."""
        self.addresses = sorted(
            rule.rule
            for rule in app.url_map.iter_rules()
            if not rule.arguments and "GET" in (rule.methods or ())
        )
        """The addresses that need no parameter."""

    def get(self, address: str) -> Kept:
        """What a reader of pages is answered there."""
        with self._client.get(address, headers=_HEADERS) as response:
            is_moved = 300 <= response.status_code < 400
            moved = response.headers.get("Location", "") if is_moved else ""
            body = response.get_data()
            return Kept(response.status_code, response.mimetype or "", body, moved)


@contextmanager
def application(snapshot: Snapshot) -> Iterator[Application]:
    """An application over a snapshot, for as long as it is needed."""
    app = create_app(snapshot, Settings(query_processes=1, query_seconds=_SECONDS))
    app.config[STATIC] = True
    try:
        yield Application(app)
    finally:
        close(app)
