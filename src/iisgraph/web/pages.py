"""Pages about things, and the questions: HTML for people, RDF for programs."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from iisgraph import describe
from iisgraph.describe import Description, Names, Statement
from iisgraph.engine import Clause, Literal, NamedNode, Term
from iisgraph.formats import BOOLEANS, FORMATS, GRAPHS, HTML, RESULTS, Format, by_name, by_suffix
from iisgraph.query import Request
from iisgraph.vocab import DERIVED, IIS, RDF, SCHEMA, TYPE
from iisgraph.web import negotiate, sparql
from iisgraph.web.links import Link, local

if TYPE_CHECKING:
    from iisgraph.web import Service

_OFFERED: Final = (HTML, *GRAPHS)
_SHOWN: Final = 100
"""Statements that a page shows of one property; the rest is in the downloads."""


End: TypeAlias = Callable[[Statement], Term]


@dataclass(frozen=True)
class Value:
    """A value as a page shows it, with who says so."""

    link: Link
    sources: Sequence[Link]
    is_derived: bool
    is_contested: bool


@dataclass(frozen=True)
class Property:
    """A property and its values; `more` counts those left out."""

    link: Link
    values: Sequence[Value]
    more: int


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
    description = describe.describe(service.snapshot, iri)
    if chosen is HTML:
        return _page(service, description)
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


def _page(service: "Service", description: Description) -> Response:
    names = _names(service)
    title, language = names(description.iri)
    contested = _contested(service, description)
    view = _View(service, names, contested)
    return _html(
        "resource.html",
        service,
        iri=description.iri,
        title=title,
        title_language=language,
        types=[view.link(NamedNode(t)) for t in description.types],
        notes=view.notes(description),
        outgoing=view.properties(description.outgoing, lambda s: s.value),
        incoming=view.properties(description.incoming, lambda s: s.subject),
        contents=view.by_subject(description.contents),
        is_cut=description.is_cut,
        downloads=[(f.names[0], f"{request.path}?format={f.names[0]}") for f in GRAPHS],
    )


class _View:
    """Statements turned into what templates show."""

    def __init__(self, service: "Service", names: Names, contested: set[str]) -> None:
        self._service = service
        self._names = functools.cache(names.__call__)
        self._contested = contested
        self._sources = functools.cache(self._find_sources)

    def link(self, term: Term) -> Link:
        if isinstance(term, NamedNode):
            name, language = self._names(term.value)
            return Link(term.value, local(term.value), name, language)
        if isinstance(term, Literal):
            return Link("", "", term.value, term.language or "")
        return Link("", "", f"_:{term.value}")

    def properties(self, statements: Sequence[Statement], end: End) -> list[Property]:
        """One entry for each property, its values at the other `end` of the statement."""
        ordered = sorted(statements, key=lambda s: (s.predicate != TYPE, s.predicate))
        return [
            self._property(predicate, list(group), end)
            for predicate, group in groupby(ordered, key=lambda s: s.predicate)
        ]

    def by_subject(self, statements: Sequence[Statement]) -> list[tuple[Link, list[Property]]]:
        """The statements of a record, grouped by what they are about."""
        ordered = sorted(statements, key=lambda s: str(s.subject))
        return [
            (self.link(group[0].subject), self.properties(group, lambda s: s.value))
            for _, each in groupby(ordered, key=lambda s: str(s.subject))
            if (group := list(each))
        ]

    def notes(self, description: Description) -> list[str]:
        """What our editors note on this resource."""
        nodes = [s.subject for s in description.incoming if s.predicate == IIS + "noteOn"]
        text = NamedNode(SCHEMA + "text")
        engine = self._service.snapshot.engine
        found = [q.object for n in nodes if isinstance(n, NamedNode) for q in engine.quads(n, text)]
        return sorted({t.value for t in found if isinstance(t, Literal)})

    def _property(self, predicate: str, statements: list[Statement], end: End) -> Property:
        values = [
            Value(
                link=self.link(end(s)),
                sources=[source for graph in s.graphs for source in self._sources(graph)],
                is_derived=s.is_derived,
                is_contested=s.predicate in self._contested,
            )
            for s in statements[:_SHOWN]
        ]
        ordered = sorted(values, key=lambda v: (v.link.language, v.link.text))
        return Property(self.link(NamedNode(predicate)), ordered, len(statements) - len(values))

    def _find_sources(self, graph: str) -> list[Link]:
        if graph == DERIVED:
            return []
        iris = describe.sources_of(self._service.snapshot, graph) or [graph]
        return [self.link(NamedNode(iri)) for iri in iris]


def _contested(service: "Service", description: Description) -> set[str]:
    """The properties of a resource on whose value its sources disagree."""
    nodes = [s.subject for s in description.incoming if s.predicate == RDF + "subject"]
    predicate = NamedNode(RDF + "predicate")
    quads = (
        quad
        for node in nodes
        if isinstance(node, NamedNode)
        for quad in service.snapshot.engine.quads(node, predicate)
    )
    return {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}


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
