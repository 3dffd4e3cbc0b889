"""Pages about things, and the questions: HTML for people, RDF for programs."""

import functools
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from iisgraph import describe
from iisgraph.describe import Names
from iisgraph.engine import Clause
from iisgraph.formats import BOOLEANS, FORMATS, GRAPHS, HTML, RESULTS, Format, by_name, by_suffix
from iisgraph.query import Request
from iisgraph.web import negotiate, sparql, things
from iisgraph.web.links import Link, local

if TYPE_CHECKING:
    from iisgraph.web import Service

_OFFERED: Final = (HTML, *GRAPHS)
_SHOWN: Final = 100
"""Statements that a page shows of one property; the rest is in the downloads."""


def register(app: Flask, service: "Service") -> None:
    """Add the pages to an application."""
    figures = describe.figures(service.snapshot)

    def home() -> Response:
        themes = [
            (theme, list(group))
            for theme, group in groupby(service.questions.values(), key=lambda q: q.theme)
        ]
        names = _names(service)
        counts = [(Link(c, local(c), names(c)[0]), n) for c, n in figures]
        return _html("home.html", service, themes=themes, counts=counts)

    def resource(path: str) -> Any:
        return redirect(document_address(path), 303)

    def document(path: str) -> Response:
        return _document(service, path)

    def question(name: str) -> Response:
        return _question(service, name)

    def health() -> Response:
        return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/healthz", "health", health)
    app.add_url_rule("/readyz", "ready", health)
    app.add_url_rule("/q/<name>", "question", question)
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
        return _html("resource.html", service, **things.page_of(service, iri))
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


def _question(service: "Service", name: str) -> Response:
    if name not in service.questions:
        raise NotFound(f"There is no saved question {name!r}.")
    asked = service.questions[name]
    values = {p.name: v for p in asked.parameters if (v := request.args.get(p.name))}
    text = asked.ask(values)
    chosen = negotiate.require(request, (HTML, *RESULTS))
    results = by_name("json", RESULTS) if chosen is HTML else chosen
    boolean = results if results in BOOLEANS else None
    answer = service.ask(Request(text, Clause(), results, by_name("turtle", GRAPHS), boolean))
    if chosen is not HTML:
        return sparql.response(answer)
    return _html(
        "question.html",
        service,
        question=asked,
        values=values,
        query=text,
        answer=sparql.result_view(service, sparql.whole(answer)),
        formats=[f for f in FORMATS if f in RESULTS],
    )


def _names(service: "Service") -> Names:
    return Names(service.snapshot, negotiate.languages(request))


def _html(template: str, service: "Service", **values: Any) -> Response:
    page = render_template(
        template, release=service.snapshot.release, size=len(service.snapshot), **values
    )
    return Response(page, mimetype="text/html")
