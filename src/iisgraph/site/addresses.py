"""Which addresses a site without a server holds, and in which files.

What only a server can answer leads to the public site instead.
"""

from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from iisgraph.errors import IisgraphError
from iisgraph.formats import FORMATS, by_name, by_suffix
from iisgraph.vocab import BASE

_OF_SERVERS: Final = frozenset(
    {"/cite", "/healthz", "/id", "/openapi.json", "/query", "/readyz", "/store", "/suggest"}
)
"""What answers differently each time, or tells of a server."""

_IN_BROWSER: Final = {"/search": {"q"}, "/sparql": {"query", "question", "view"}}
"""Pages whose script reads these parameters."""

_KEPT: Final = {"/doc/": "turtle", "/q/": "csv"}
"""By the beginning of an address, the format in which the folder holds it beside its page."""


_FILES: Final = {f.suffix for f in FORMATS} | {
    *(".atom", ".css", ".gz", ".js", ".json", ".svg", ".txt", ".xml", ".zip")
}
"""Endings of what is no page; names of things may have dots in them too."""

LICENCES: Final = "/static/built/licences.txt"


def held(address: str) -> str | None:
    """The address at which a static site has what this one means; None if it cannot have it."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name != "lang"]
    if path in _OF_SERVERS or path.startswith(("/id/", "/store/")):
        return None
    if _is_file(path):
        return None
    if not asked:
        return path
    names = {name for name, _ in asked}
    if names <= _IN_BROWSER.get(path, set()):
        return f"{path}?{urlencode(asked)}"
    return _in_format(path, dict(asked)["format"]) if names == {"format"} else None


def _is_file(path: str) -> bool:
    """Whether it is a description in another format than the one that the folder holds."""
    suffix = "." + path.rpartition(".")[2]
    form = by_suffix(suffix) if path.startswith("/doc/") else None
    return form is not None and _KEPT["/doc/"] not in form.names


def _in_format(path: str, name: str) -> str | None:
    kept = next((form for start, form in _KEPT.items() if path.startswith(start)), None)
    form = by_name(name)
    if form is None or kept not in form.names:
        return None
    return path + form.suffix


def held_as_page(address: str) -> str | None:
    """As `held`, for a site that holds nothing but pages, and the licences of its scripts."""
    found = held(address)
    suffix = PurePosixPath(found.partition("?")[0]).suffix if found else ""
    return None if suffix in _FILES and found != LICENCES else found


def live(address: str) -> str:
    """The address of the public site that answers what a static one cannot."""
    return BASE.rstrip("/") + address


def file_of(address: str, *, is_page: bool) -> PurePosixPath:
    """The file that a static host gives for an address.

    Raises:
        IisgraphError: if it would lie outside of the folder.
    """
    path = PurePosixPath(address.partition("?")[0].lstrip("/"))
    if ".." in path.parts:
        raise IisgraphError(f"{address}: leads out of the folder")
    return path / "index.html" if is_page else path
