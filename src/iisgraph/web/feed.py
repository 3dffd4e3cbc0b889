"""`/feed.atom`: the newest sources, for those who follow what is added (RFC 4287)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from flask import Response, request

from iisgraph.describe import Names, document_iri
from iisgraph.pictures.svg import element
from iisgraph.report.evidence import Source
from iisgraph.vocab import BASE
from iisgraph.web import negotiate

if TYPE_CHECKING:
    from iisgraph.web import Service

NEWEST: Final = 50
TYPE: Final = "application/atom+xml"

_ATOM: Final = "http://www.w3.org/2005/Atom"


def newest(known: Sequence[Source]) -> list[Source]:
    """The sources with the latest dates; data sets are left out: their date is that of the copy."""
    dated = [s for s in known if s.issued[:4].isdigit() and not s.kind.endswith("/data-set")]
    return sorted(dated, key=lambda s: (s.issued, s.iri), reverse=True)[:NEWEST]


def response(service: "Service", known: Sequence[Source]) -> Response:
    """The feed of a snapshot's sources."""
    names = Names(service.snapshot, negotiate.languages(request))
    shown = newest(known)
    updated = _instant(shown[0].issued) if shown else "2001-01-01T00:00:00Z"
    feed = element(
        "feed",
        {"xmlns": _ATOM},
        element("id", text=BASE + "feed.atom"),
        element("title", text="iisgraph: newest sources"),
        element("updated", text=updated),
        element("author", {}, element("name", text="iisgraph")),
        element("link", {"rel": "self", "type": TYPE, "href": BASE + "feed.atom"}),
        element("link", {"rel": "alternate", "type": "text/html", "href": BASE + "data/sources"}),
        element("rights", text="https://creativecommons.org/licenses/by/4.0/"),
        *(_entry(each, names) for each in shown),
    )
    text = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(text, mimetype=TYPE)


def _entry(source: Source, names: Names) -> ElementTree.Element:
    title, language = names(source.iri)
    kind = names(source.kind)[0] if source.kind else ""
    summary = f"{source.publisher}, {source.issued}. {kind}".strip(" .")
    return element(
        "entry",
        {},
        element("id", text=source.iri),
        element("title", {"xml:lang": language}, text=title),
        element("updated", text=_instant(source.issued)),
        element("link", {"rel": "alternate", "href": document_iri(source.iri)}),
        element("summary", text=summary),
    )


def _instant(issued: str) -> str:
    """The first instant of a day, month or year, as Atom wants one (RFC 3339)."""
    day = issued[:10] if len(issued) > 4 else issued
    return f"{day}{'-01' * (2 - day.count('-'))}T00:00:00Z"
