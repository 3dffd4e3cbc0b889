"""`/sparql`: the SPARQL 1.1 Protocol for queries, and a form for people."""

import json
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

from iisgraph.describe import Names
from iisgraph.engine import Clause
from iisgraph.errors import QueryStopped
from iisgraph.formats import FORMATS, GRAPHS, HTML, RESULTS, by_name
from iisgraph.query import Reply, Request
from iisgraph.sparql import is_momentary
from iisgraph.web import negotiate
from iisgraph.web.links import Link, local
from iisgraph.workers import Spooled

if TYPE_CHECKING:
    from iisgraph.web import Service

_EXAMPLE = """SELECT ?state ?name
WHERE {
  ?state a iis:State ;
    skos:prefLabel ?name .
  FILTER(LANG(?name) = "en")
}
ORDER BY ?name
LIMIT 20
"""
_TABLE = by_name("json", RESULTS)
_TEXT = by_name("turtle", GRAPHS)


def register(app: Flask, service: "Service") -> None:
    """Add the endpoint to an application."""

    def endpoint() -> Response:
        parameters = _parameters()
        if "update" in parameters:
            raise Forbidden("This graph is read-only: SPARQL update is not served.")
        queries = parameters.get("query", [])
        if not queries and negotiate.wants_html(request):
            page = render_template("sparql.html", query=_EXAMPLE, formats=FORMATS)
            return Response(page, mimetype="text/html")
        if len(queries) != 1:
            raise BadRequest(f"Expected exactly one query, got {len(queries)}.")
        clause = Clause(
            tuple(parameters.get("default-graph-uri", ())),
            tuple(parameters.get("named-graph-uri", ())),
        )
        if negotiate.wants_html(request):
            return _page(service, queries[0], clause)
        return _data(service, queries[0], clause)

    app.add_url_rule("/sparql", "sparql", endpoint, methods=["GET", "POST"])


def _parameters() -> dict[str, list[str]]:
    """Query parameters of the three ways to send a query (SPARQL 1.1 Protocol §2.1)."""
    found = request.args.to_dict(flat=False)
    if request.method != "POST":
        return found
    if request.mimetype == "application/x-www-form-urlencoded":
        for name, values in request.form.to_dict(flat=False).items():
            found[name] = found.get(name, []) + values
        return found
    if request.mimetype == "application/sparql-query":
        found["query"] = [*found.get("query", []), _text()]
        return found
    if request.mimetype == "application/sparql-update":
        raise Forbidden("This graph is read-only: SPARQL update is not served.")
    taken = "application/x-www-form-urlencoded or application/sparql-query"
    raise UnsupportedMediaType(f"Send the query as {taken}.")


def _text() -> str:
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8 at byte {error.start}.") from None


def _ask(service: "Service", wanted: Request) -> Reply:
    seconds = request.values.get("timeout", type=float)
    return service.ask(wanted, seconds if seconds and seconds > 0 else None)


def _data(service: "Service", sparql: str, clause: Clause) -> Response:
    results = negotiate.choose(request, RESULTS)
    graph = negotiate.choose(request, GRAPHS)
    if results is None and graph is None:
        negotiate.require(request, (*RESULTS, *GRAPHS))
    answer = response(_ask(service, Request(sparql, clause, results, graph)))
    if is_momentary(sparql):
        answer.headers["Cache-Control"] = "no-store"
    return answer


def response(answer: Reply) -> Response:
    """An answer as it is sent, piece by piece if it is large."""
    if not isinstance(answer.body, Spooled):
        return Response(answer.body, mimetype=answer.format.media_type)
    sent = Response(answer.body.chunks(), mimetype=answer.format.media_type)
    sent.content_length = answer.body.size
    sent.call_on_close(answer.body.close)
    return sent


def _page(service: "Service", sparql: str, clause: Clause) -> Response:
    answer = whole(_ask(service, Request(sparql, clause, _TABLE, _TEXT)))
    page = render_template(
        "sparql.html",
        query=sparql,
        formats=[f for f in FORMATS if f.kind is not HTML.kind],
        answer=result_view(service, answer),
    )
    return Response(page, mimetype="text/html")


def whole(answer: Reply) -> Reply:
    """An answer that a page can show.

    Raises:
        QueryStopped: if it is too large for one.
    """
    if isinstance(answer.body, Spooled):
        answer.body.close()
        raise QueryStopped("the answer is too large for a page; add a LIMIT, or download it")
    return answer


def result_view(service: "Service", answer: Reply) -> dict[str, Any]:
    """An answer as a template shows it: a table, a boolean, or RDF text."""
    if answer.format in GRAPHS:
        return {"text": answer.body.decode()}
    found = json.loads(answer.body)
    if "boolean" in found:
        return {"boolean": found["boolean"]}
    names = Names(service.snapshot, negotiate.languages(request))
    variables = found["head"]["vars"]
    rows = [
        [_cell(names, row.get(variable)) for variable in variables]
        for row in found["results"]["bindings"]
    ]
    return {"variables": variables, "rows": rows}


def _cell(names: Names, term: dict[str, str] | None) -> Link | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return Link(term["value"], local(term["value"]), names(term["value"])[0])
    return Link("", "", term["value"], term.get("xml:lang", ""))
