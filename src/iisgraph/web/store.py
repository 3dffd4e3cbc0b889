"""`/store` and `/graph/…`: the SPARQL 1.1 Graph Store HTTP Protocol, for reading.

`/store?default` is the merged graph and `/store?graph=IRI` a named one. A graph of ours
is also named directly by its own address: asked for RDF, `/graph/<record>` is its
statements and nothing else; asked for a page, it leads to the document about it.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import BadRequest, NotFound

from iisgraph.engine import WHOLE, Clause
from iisgraph.formats import GRAPHS, HTML, Format, by_suffix
from iisgraph.query import STATEMENTS, Request
from iisgraph.vocab import GRAPH
from iisgraph.web import negotiate, pages, parameters, sparql

if TYPE_CHECKING:
    from iisgraph.web import Service


def register(app: Flask, service: "Service") -> None:
    """Add the graph store to an application; other methods than reading are refused (405)."""

    def store() -> Response:
        clause = _named(service)
        return _graph(service, clause, negotiate.require(request, GRAPHS))

    def direct(path: str) -> Any:
        iri = GRAPH + path
        chosen = negotiate.require(request, (HTML, *GRAPHS))
        if chosen is not HTML and iri in service.snapshot.graphs:
            response = _graph(service, Clause((iri,)), chosen)
            response.headers["Link"] = (
                f'<{pages.document_address(f"graph/{path}")}>; rel="describedby"'
            )
            return response
        stem, dot, suffix = iri.rpartition(".")
        document = stem if by_suffix(dot + suffix, (HTML, *GRAPHS)) else iri
        if not (service.snapshot.knows(iri) or service.snapshot.knows(document)):
            raise NotFound(f"There is no graph <{iri}>.")
        return redirect(pages.document_address(f"graph/{path}"), 303)

    app.add_url_rule("/store", "store", store)
    app.add_url_rule("/graph/<path:path>", "graph", direct)


def _named(service: "Service") -> Clause:
    """The graph that the parameters name.

    Raises:
        BadRequest: if they do not name exactly one.
        NotFound: if there is none of that name.
    """
    asked = parameters.of_address(request)
    iris = asked.all("graph")
    if ("default" in asked) + len(iris) != 1:
        raise BadRequest("Name one graph: ?default, or ?graph= with its IRI.")
    if not iris:
        return WHOLE
    (iri,) = iris
    if not urlsplit(iri).scheme:
        raise BadRequest(f"{iri!r} is no absolute IRI.")
    if iri not in service.snapshot.graphs:
        raise NotFound(f"There is no graph <{iri}>.")
    return Clause((iri,))


def _graph(service: "Service", clause: Clause, chosen: Format) -> Response:
    return sparql.response(service.ask(Request(STATEMENTS, clause, None, chosen)))
