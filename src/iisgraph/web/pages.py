"""Documents about things: HTML for people, RDF for programs."""

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from flask import Flask, Response, redirect, render_template, request, url_for

from iisgraph import describe, jsonld, listing
from iisgraph.errors import UnknownResource
from iisgraph.formats import GRAPHS, HTML, Format, by_name, by_suffix
from iisgraph.ontology import GRAPH_OF
from iisgraph.vocab import IIS, shorten
from iisgraph.web import negotiate, terms, things
from iisgraph.web.links import local
from iisgraph.web.structured import LICENCE

if TYPE_CHECKING:
    from iisgraph.web import Service

CSV: Final = by_name("csv")
assert CSV is not None
OFFERED: Final = (HTML, *GRAPHS, CSV)
_NEAR: Final = 5
_IN_IRI: Final = "%/:?#[]@!$&'()*+,;=~"
"""What an IRI may have as it is in a header, beside letters and figures (RFC 3986 §2)."""


def register(app: Flask, service: "Service") -> None:
    """Add the pages to an application."""

    def resource(path: str) -> Any:
        return redirect(document_address(path), 303)

    def document(path: str) -> Response:
        return _document(service, path)

    def health() -> Response:
        return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})

    app.add_url_rule("/healthz", "health", health)
    app.add_url_rule("/readyz", "ready", health)
    app.add_url_rule("/doc/<path:path>", "document", document)
    app.add_url_rule("/doc/def/", "ontology", document, defaults={"path": "def/"})
    app.add_url_rule("/id/<path:path>", "resource", resource)
    for part in describe.PARTS:
        as_part = functools.partial(_redirect_part, part)
        if part != "graph":  # the graph store answers for those
            app.add_url_rule(f"/{part}/<path:path>", f"{part}-resource", as_part)
        app.add_url_rule(f"/{part}/", f"{part}-itself", as_part, defaults={"path": ""})


def _redirect_part(part: str, path: str) -> Any:
    return redirect(document_address(f"{part}/{path}"), 303)


def document_address(path: str) -> str:
    """The document about a resource, asked for as the resource was."""
    asked = request.query_string.decode()
    return url_for("document", path=path) + (f"?{asked}" if asked else "")


def _document(service: "Service", path: str) -> Response:
    iri, chosen = _requested(service, path)
    if chosen is HTML:
        response = _page(service, iri)
    else:
        response = Response(_written(service, iri, chosen), mimetype=chosen.media_type)
    response.headers["Link"] = ", ".join(_links(iri, chosen))
    return response


def _page(service: "Service", iri: str) -> Response:
    if iri == IIS and service.snapshot.knows(iri):
        page = render_template("ontology.html", **terms.page_of_ontology(service))
    else:
        shown = things.page_of(service, iri) | terms.page_of_term(service, iri)
        page = render_template("resource.html", **shown)
    return Response(page, mimetype="text/html")


def _written(service: "Service", iri: str, chosen: Format) -> bytes:
    """A description in a form for programs; of the ontology all of it, but for its list as CSV."""
    snapshot = service.snapshot
    if iri == IIS and chosen is not CSV:
        body = describe.whole_graph(snapshot, GRAPH_OF, chosen)
    else:
        description = describe.describe(snapshot, iri)
        if chosen is CSV:
            return listing.as_csv(snapshot, description.statements)
        body = describe.serialize(snapshot, description, chosen)
    return jsonld.compacted(body) if chosen.media_type == "application/ld+json" else body


def _links(iri: str, chosen: Format) -> Iterator[str]:
    """How this document stands to others (RFC 8288)."""
    yield f'<{quote(iri, safe=_IN_IRI)}>; rel="describes"'
    yield f'<{quote(describe.document_iri(iri), safe=_IN_IRI)}>; rel="canonical"'
    yield f'<{LICENCE}>; rel="license"'
    address = local(iri)
    for form in OFFERED:
        if form is not chosen:
            end = "" if form is HTML else form.suffix
            yield f'<{quote(address + end)}>; rel="alternate"; type="{form.media_type}"'
    if chosen is HTML:
        yield f'<{quote(address)}.ttl>; rel="describedby"; type="text/turtle"'


def _requested(service: "Service", path: str) -> tuple[str, Format]:
    """The resource, and the format that its suffix or the request asks for.

    Raises:
        UnknownResource: if nothing is said of it, with what is spelled alike.
    """
    stem, dot, suffix = path.rpartition(".")
    by_name_ending = by_suffix(dot + suffix, OFFERED)
    if by_name_ending and describe.is_known(service.snapshot, describe.resource_iri(stem)):
        return describe.resource_iri(stem), by_name_ending
    iri = describe.resource_iri(path)
    if not describe.is_known(service.snapshot, iri):
        raise UnknownResource(f"{shorten(iri)} is not in this graph", _near(service, path))
    return iri, negotiate.require(request, OFFERED)


def _near(service: "Service", path: str) -> list[str]:
    """IRIs of things that an address may have meant: spelled alike, or named so."""
    stem = path.rsplit(".", 1)[0] if by_suffix("." + path.rpartition(".")[2], OFFERED) else path
    words = stem.rpartition("/")[2].replace("-", " ").replace("_", " ")
    return [hit.iri for hit in service.index.suggest(words, _NEAR)]
