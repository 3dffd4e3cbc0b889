"""What machines fetch first: the catalogue, the files of the release, the map of the site."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from flask import Flask, Response, request, url_for
from werkzeug.exceptions import NotFound

from iisgraph import catalogue, describe
from iisgraph.engine import DefaultGraph, NamedNode
from iisgraph.formats import GRAPHS, Kind
from iisgraph.vocab import BASE, GRAPH, IIS
from iisgraph.web import negotiate

if TYPE_CHECKING:
    from iisgraph.web import Service

_CATALOGUES: Final = tuple(form for form in GRAPHS if form.kind is Kind.GRAPH)
_FOREVER: Final = "public, max-age=31536000, immutable"
_LARGEST_MAP: Final = 50_000
"""Addresses that one sitemap may have (sitemaps.org)."""

_PAGES: Final = ("home", "questions", "ontology", "data", "sources", "coverage", "disagreements")


def register(app: Flask, service: "Service") -> None:
    """Add them to an application."""

    def described() -> Response:
        chosen = negotiate.require(request, _CATALOGUES)
        quads = catalogue.describe(service.snapshot, service.dumps, request.host_url)
        return Response(catalogue.serialize(quads, chosen), mimetype=chosen.media_type)

    def dump(name: str) -> Response:
        return _dump(service, name)

    def sitemap() -> Response:
        return Response(_sitemap(service), mimetype="application/xml")

    def robots() -> Response:
        where = url_for("sitemap", _external=True)
        text = f"User-agent: *\nDisallow: /sparql?\nDisallow: /search?\nSitemap: {where}\n"
        return Response(text, mimetype="text/plain")

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
    response.headers["Link"] = f'<{url_for("catalogue", _external=True)}>; rel="describedby"'
    return response


def _sitemap(service: "Service") -> str:
    lines = [f"<url><loc>{escape(address)}</loc></url>" for address in _addresses(service)]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *lines[:_LARGEST_MAP],
            "</urlset>\n",
        ]
    )


def _addresses(service: "Service") -> Iterator[str]:
    """The main pages, the questions, and the documents of all things but our own graphs."""
    for endpoint in _PAGES:
        yield url_for(endpoint, _external=True)
    for name in service.questions:
        yield url_for("question", name=name, _external=True)
    quads = service.snapshot.engine.quads(graph=DefaultGraph())
    subjects = {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}
    ours = (iri for iri in subjects if iri.startswith(BASE) and not iri.startswith(GRAPH))
    for iri in sorted(set(ours) - {IIS}):  # the ontology is among the main pages
        path = describe.document_iri(iri).removeprefix(f"{BASE}doc/")
        yield url_for("document", path=path, _external=True)
