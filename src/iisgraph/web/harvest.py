"""What machines fetch first: the catalogue, the files of the release, the map of the site."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Flask, Response, request, url_for
from werkzeug.exceptions import NotFound

from iisgraph import catalogue
from iisgraph.engine import DefaultGraph, NamedNode
from iisgraph.formats import GRAPHS, Kind
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, GRAPH, IIS
from iisgraph.web import negotiate
from iisgraph.web.links import local

if TYPE_CHECKING:
    from iisgraph.web import Service

_CATALOGUES: Final = tuple(form for form in GRAPHS if form.kind is Kind.GRAPH)
_FOREVER: Final = "public, max-age=31536000, immutable"
_OF_HOST: Final = {"Cache-Control": "no-store"}
"""For what names the host that it was asked of: another host must not be given it."""

_LARGEST_MAP: Final = 50_000
"""Addresses that one sitemap may have (sitemaps.org)."""

_PAGES: Final = ("home", "questions", "ontology", "data", "sources", "coverage", "disagreements")


def register(app: Flask, service: "Service") -> None:
    """Add them to an application."""

    def described() -> Response:
        chosen = negotiate.require(request, _CATALOGUES)
        quads = catalogue.describe(service.snapshot, service.dumps, request.host_url)
        body = catalogue.serialize(quads, chosen)
        return Response(body, mimetype=chosen.media_type, headers=_OF_HOST)

    def dump(name: str) -> Response:
        return _dump(service, name)

    def sitemap() -> Response:
        return Response(_sitemap(service), mimetype="application/xml", headers=_OF_HOST)

    def robots() -> Response:
        where = url_for("sitemap", _external=True)
        text = f"User-agent: *\nDisallow: /sparql?\nDisallow: /search?\nSitemap: {where}\n"
        return Response(text, mimetype="text/plain", headers=_OF_HOST)

    app.add_url_rule("/catalogue", "catalogue", described)
    app.add_url_rule("/dump/<name>", "dump", dump)
    app.add_url_rule("/sitemap.xml", "sitemap", sitemap)
    app.add_url_rule("/robots.txt", "robots", robots)


def _dump(service: "Service", name: str) -> Response:
    release = service.snapshot.release
    end = name.removeprefix(release)
    if end == name or end.removesuffix(".sha256") not in service.dumps:
        files = ", ".join(f"{release}{each}" for each in service.dumps)
        raise NotFound(f"There is no dump {name!r}; there are {files}.")
    found = service.dumps[end.removesuffix(".sha256")]
    if end.endswith(".sha256"):
        told = f"{found.checksum}  {name.removesuffix('.sha256')}\n"
        return Response(told, mimetype="text/plain", headers={"Cache-Control": _FOREVER})
    response = Response(found.body, mimetype="application/gzip")
    response.headers["Cache-Control"] = _FOREVER
    response.headers["Content-Disposition"] = f'attachment; filename="iisgraph-{name}"'
    response.headers["Link"] = f'<{url_for("catalogue")}>; rel="describedby"'
    return response


def _sitemap(service: "Service") -> str:
    host = escape(request.host_url.removesuffix("/"))
    lines = [f"<url><loc>{host}{address}</loc></url>" for address in service.addresses]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *lines[:_LARGEST_MAP],
            "</urlset>\n",
        ]
    )


def addresses(snapshot: Snapshot, questions: Iterable[str]) -> Iterator[str]:
    """The main pages, the questions, and the documents of all things but our own graphs.

    Written for XML, without the host; an application must be at work.
    """
    for endpoint in _PAGES:
        yield escape(url_for(endpoint))
    for name in questions:
        yield escape(url_for("question", name=name))
    quads = snapshot.engine.quads(graph=DefaultGraph())
    subjects = {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}
    ours = (iri for iri in subjects if iri.startswith(BASE) and not iri.startswith(GRAPH))
    for iri in sorted(set(ours) - {IIS}):  # the ontology is among the main pages
        yield escape(quote(local(iri)))
