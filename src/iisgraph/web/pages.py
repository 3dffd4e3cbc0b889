"""Documents about things: HTML for people, RDF for programs."""

import functools
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, redirect, render_template, request, url_for

from iisgraph import describe
from iisgraph.formats import GRAPHS, HTML, Format, by_suffix
from iisgraph.web import negotiate, things

if TYPE_CHECKING:
    from iisgraph.web import Service

_OFFERED: Final = (HTML, *GRAPHS)


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
        page = render_template("resource.html", **things.page_of(service, iri))
        return Response(page, mimetype="text/html")
    description = describe.describe(service.snapshot, iri)
    body = describe.serialize(service.snapshot, description, chosen)
    response = Response(body, mimetype=chosen.media_type)
    response.headers["Link"] = f'<{iri}>; rel="describes"'
    return response


def _requested(service: "Service", path: str) -> tuple[str, Format]:
    """The resource, and the format that its suffix or the request asks for."""
    stem, dot, suffix = path.rpartition(".")
    by_name_ending = by_suffix(dot + suffix, _OFFERED)
    if by_name_ending and service.snapshot.knows(describe.resource_iri(stem)):
        return describe.resource_iri(stem), by_name_ending
    return describe.resource_iri(path), negotiate.require(request, _OFFERED)
