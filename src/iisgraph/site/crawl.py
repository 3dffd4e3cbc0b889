"""Every address of an application, asked once; its links lead to where a static site has them."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Final
from urllib.parse import urldefrag, urljoin

from iisgraph import describe
from iisgraph.engine import DefaultGraph, NamedNode
from iisgraph.site.addresses import held, live
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE
from iisgraph.web.keeping import HTML, Application

_LINK: Final = re.compile(r'(\s(?:href|src|action|data-suggest)=")([^"]*)(")')
_MOVED: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Moved</title>
<meta http-equiv="refresh" content="0; url={0}"><link rel="canonical" href="{0}">
<p><a href="{0}">It is here.</a></p>
"""

Hold = Callable[[str], str | None]
"""The address at which a site holds what this one means, or None."""

Place = Callable[[str], str]
"""Makes of an address that is held what a link says."""


@dataclass(frozen=True)
class Document:
    """What an address answers: its own address, what it is, and the addresses it leads to.

    `moved` is where it sends its reader on, or ''; the body then says so.
    """

    address: str
    status: int
    media_type: str
    body: bytes
    moved: str = ""
    links: frozenset[str] = frozenset()

    def without_body(self) -> "Document":
        """What is left to remember once it is written."""
        return replace(self, body=b"")

    @property
    def is_page(self) -> bool:
        """Whether it is read by people."""
        return self.media_type == HTML


def starts(app: Application, snapshot: Snapshot) -> list[str]:
    """The addresses of all things, and those that need no parameter."""
    subjects = {
        quad.subject.value
        for quad in snapshot.engine.quads(graph=DefaultGraph())
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(BASE)
    }
    documents = (describe.document_iri(iri).removeprefix(BASE) for iri in sorted(subjects))
    return [*app.addresses, *(f"/{path.partition('#')[0]}" for path in documents)]


def crawl(
    app: Application, begin: Iterable[str], hold: Hold = held, place: Place = str
) -> Iterator[Document]:
    """What all these addresses answer, and all that they lead to, each once."""
    queue = deque((address, path) for address in begin if (path := _path(hold(address))))
    seen: set[str] = set()
    while queue:
        asked, path = queue.popleft()
        if path in seen:
            continue
        seen.add(path)
        answer = app.get(asked)
        moved = _path(hold(answer.moved)) if answer.moved else ""
        body = _MOVED.format(escape(moved)).encode() if moved else answer.body
        document = Document(path, answer.status, answer.media_type, body, moved)
        if document.is_page:
            document, leads = _led(document, asked, hold, place)
            queue.extend(leads)
        yield document


def page(app: Application, address: str) -> bytes:
    """The page that an application has for an address, whatever its status, with its links led."""
    answer = app.get(address)
    document = Document(address, answer.status, answer.media_type, answer.body)
    return _led(document, address, held, str)[0].body


def _led(
    document: Document, asked: str, hold: Hold, place: Place
) -> tuple[Document, list[tuple[str, str]]]:
    """A page with its links led to what a static site has; those, as asked for and as held."""
    leads: list[tuple[str, str]] = []

    def lead(match: re.Match[str]) -> str:
        before, told, after = match.groups()
        target = unescape(told)
        if not target.startswith(("/", "?")) or target.startswith("//"):
            return match[0]
        whole, fragment = urldefrag(urljoin(asked, target))
        found = hold(whole) if "action" not in before else _of_form(whole)
        if found is None:
            return before + escape(live(whole)) + after
        leads.append((whole, found.partition("?")[0]))
        return before + escape(place(found) + (f"#{fragment}" if fragment else "")) + after

    text = _LINK.sub(lead, document.body.decode())
    links = frozenset(to for _, to in leads)
    return replace(document, body=text.encode(), links=links), leads


def _of_form(address: str) -> str | None:
    """A form is answered by a page whose script reads it, or by the public site."""
    return address if address in ("/search", "/sparql") else None


def _path(address: str | None) -> str:
    return (address or "").partition("?")[0]
