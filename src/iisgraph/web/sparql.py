"""`/sparql`: the SPARQL 1.1 Protocol for queries, and a form for people."""

import functools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Forbidden

from iisgraph import description
from iisgraph.describe import Names
from iisgraph.engine import Clause
from iisgraph.errors import AnswerTooLarge, QueryError
from iisgraph.federation import calls_out
from iisgraph.formats import BOOLEANS, FORMATS, GRAPHS, HTML, RESULTS, Format, by_name
from iisgraph.query import Reply, Request
from iisgraph.sparql import is_momentary
from iisgraph.spool import Spooled
from iisgraph.web import negotiate, parameters
from iisgraph.web.evaluation import CERTAINTIES, Wanted
from iisgraph.web.journal import TOLD
from iisgraph.web.links import Link, local
from iisgraph.web.parameters import Parameters
from iisgraph.web.problems import status_of

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
_DESCRIPTIONS: Final = 2 * len(GRAPHS)
_METHODS: Final = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")
_UPDATES: Final = ("update", "using-graph-uri", "using-named-graph-uri")
_FORMAT: Final = ("format", "_format")
_FOREVER: Final = "public, max-age=31536000, immutable"
_DATA: Final = tuple(f for f in FORMATS if f is not HTML)
_REPEATED: Final = ("query", "provenance", "asOf", "certainty")
_SHOWN: Final = 300
"""Rows that a page shows; the rest is in the downloads."""

_TABLE = by_name("json", RESULTS)
_TEXT = by_name("turtle", GRAPHS)


def register(app: Flask, service: "Service") -> None:
    """Add the endpoint, its alias, and the address where crawlers look for what it holds."""

    @functools.lru_cache(_DESCRIPTIONS)
    def described(endpoint: str, chosen: Format) -> bytes:
        saved = service.questions.values()
        told = description.describe(
            service.snapshot,
            service.statistics,
            endpoint,
            saved,
            federates=service.outward is not None,
            archived=service.archives,
        )
        return description.serialize(told, chosen)

    def endpoint() -> Response:
        if request.method == "OPTIONS":
            return _options()
        asked = parameters.of_request(request)
        if any(name in asked for name in _UPDATES):
            raise Forbidden("This graph is read-only: SPARQL update is not served.")
        if request.method in ("GET", "HEAD") and "query" not in asked:
            return _itself(service, asked, described)
        return _answer(service, asked)

    def void() -> Any:
        return redirect(url_for("sparql"), 303)

    for path, name in (("/sparql", "sparql"), ("/query", "query")):
        app.add_url_rule(path, name, endpoint, methods=_METHODS, provide_automatic_options=False)
    app.add_url_rule("/.well-known/void", "void", void)


def _options() -> Response:
    """What may be sent here (RFC 9110 §9.3.7), also to scripts of other sites."""
    methods = ", ".join(_METHODS)
    taken = {"Accept-Query": parameters.TAKEN, "Accept-Post": parameters.TAKEN}
    cors = {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, Content-Encoding",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status=204, headers={"Allow": methods, **taken, **cors})


def _itself(
    service: "Service", asked: Parameters, described: Callable[[str, Format], bytes]
) -> Response:
    """The endpoint without a query: a form for people, its description for programs."""
    if negotiate.wants_html(request):
        saved = service.questions.get(asked.first("question"))
        return _form(service, asked, query=saved.sparql if saved else _EXAMPLE)
    chosen = negotiate.require(request, GRAPHS)
    response = Response(described(request.base_url, chosen), mimetype=chosen.media_type)
    response.cache_control.no_store = True  # it names the host that was asked
    return response


def _answer(service: "Service", asked: Parameters) -> Response:
    queries = asked.all("query")
    if len(queries) != 1:
        raise BadRequest(f"Expected exactly one query, got {len(queries)}.")
    request.environ.get(TOLD, {})["query"] = queries[0]
    clause = clause_of(asked)
    name = asked.first(*_FORMAT)
    if negotiate.wants_html(request, name):
        return _page(service, asked, _federated(asked, Request(queries[0], clause, _TABLE, _TEXT)))
    results, boolean, graph = (
        negotiate.choose(request, offered, name) for offered in (RESULTS, BOOLEANS, GRAPHS)
    )
    if results is None and graph is None:
        negotiate.require(request, (*RESULTS, *GRAPHS), name)
    wanted = _federated(asked, Request(queries[0], clause, results, graph, boolean))
    answer = response(_ask(service, asked, wanted))
    if wanted.calls_out or is_momentary(queries[0]):
        answer.headers["Cache-Control"] = "no-store"
    elif wanted.release:
        answer.headers["Cache-Control"] = _FOREVER
        answer.headers["X-Release"] = wanted.release
    return answer


def clause_of(asked: Parameters) -> Clause:
    """The graphs that the protocol's own parameters name."""
    return Clause(
        tuple(filter(None, asked.all("default-graph-uri"))),
        tuple(filter(None, asked.all("named-graph-uri"))),
    )


def wanted_of(asked: Parameters, query: Request) -> Wanted:
    """The query with what is asked for beside its answer.

    Raises:
        BadRequest: for a value that means nothing.
    """
    certainty = asked.first("certainty") or CERTAINTIES[0]
    if certainty not in CERTAINTIES:
        raise BadRequest(f"certainty is {certainty!r}, expected {' or '.join(CERTAINTIES)}.")
    return Wanted(
        query,
        as_of=asked.first("asOf"),
        certainty=certainty,
        release=asked.first("release"),
        traced=_switch(asked, "provenance"),
        explained=_switch(asked, "explain"),
    )


def _federated(asked: Parameters, query: Request) -> Wanted:
    """What is asked for here, where alone other endpoints may be called."""
    return replace(wanted_of(asked, query), calls_out=calls_out(query.sparql))


def _switch(asked: Parameters, name: str) -> bool:
    value = asked.first(name)
    if value not in ("", "0", "1"):
        raise BadRequest(f"{name} is {value!r}, expected 0 or 1.")
    return value == "1"


def response(answer: Reply) -> Response:
    """An answer as it is sent, piece by piece if it is large."""
    if not isinstance(answer.body, Spooled):
        return Response(answer.body, mimetype=answer.format.media_type)
    sent = Response(answer.body.chunks(), mimetype=answer.format.media_type)
    sent.content_length = answer.body.size
    sent.call_on_close(answer.body.close)
    return sent


def whole(answer: Reply) -> Reply:
    """An answer that a page can show.

    Raises:
        AnswerTooLarge: if it is too large for one.
    """
    if isinstance(answer.body, Spooled):
        answer.body.close()
        raise AnswerTooLarge("the answer is too large for a page; add a LIMIT, or download it")
    return answer


def _ask(service: "Service", asked: Parameters, wanted: Wanted) -> Reply:
    return service.ask(wanted, _seconds(asked.first("timeout")))


def _seconds(text: str) -> float | None:
    """The asker's own limit; 0 is none, as some clients say.

    Raises:
        BadRequest: if it is no number of seconds.
    """
    try:
        seconds = float(text or 0)
    except ValueError:
        seconds = math.nan
    if not seconds >= 0:
        raise BadRequest(f"timeout is {text!r}, expected a number of seconds.")
    return seconds or None


def _page(service: "Service", asked: Parameters, wanted: Wanted) -> Response:
    """The answer below the form; in its place what is wrong with the query, to be mended there."""
    shown: dict[str, Any] = {"query": wanted.request.sparql}
    status = 200
    try:
        shown["answer"] = result_view(service, whole(_ask(service, asked, wanted)))
    except QueryError as error:
        shown["error"] = error
        status = status_of(error)
    page = _form(service, asked, status, **shown)
    if wanted.calls_out:
        page.headers["Cache-Control"] = "no-store"
    return page


def _form(service: "Service", asked: Parameters, status: int = 200, **shown: Any) -> Response:
    """The form, with the saved questions beside it and what its script needs."""
    themes = groupby(service.questions.values(), key=lambda question: question.theme)
    page = render_template(
        "sparql.html",
        asked=dict(asked.pairs),
        formats=_DATA,
        links=_links(asked) if "answer" in shown else {},
        themes=[(theme, list(group)) for theme, group in themes],
        **shown,
    )
    return Response(page, status, mimetype="text/html")


def _links(asked: Parameters) -> dict[str, str]:
    """The parameters of an answer that its links repeat."""
    return {name: value for name in _REPEATED if (value := asked.first(name))}


def result_view(service: "Service", answer: Reply) -> dict[str, Any]:
    """An answer as a template shows it: a table, a boolean, or RDF text."""
    if answer.format in GRAPHS:
        return {"text": answer.body.decode()}
    found = json.loads(answer.body)
    if "boolean" in found:
        return {"boolean": found["boolean"]}
    names = Names(service.snapshot, negotiate.languages(request))
    variables = found["head"]["vars"]
    bindings = found["results"]["bindings"]
    rows = [
        ([_cell(names, row.get(variable)) for variable in variables], _origins(row))
        for row in bindings[:_SHOWN]
    ]
    return {
        "variables": variables,
        "rows": rows,
        "count": len(bindings),
        "is_traced": "provenance" in found["head"],
        "warnings": found["head"].get("warnings", ()),
    }


def _origins(row: Mapping[str, Any]) -> list[Link]:
    """The sources of a row, where they were asked for."""
    sources = row.get("_sources", {}).get("sources", ())
    return [
        Link(iri := source.get("source", source["graph"]), local(iri), source.get("title", iri))
        for source in sources
    ]


def _cell(names: Names, term: dict[str, str] | None) -> Link | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return Link(term["value"], local(term["value"]), names(term["value"])[0])
    return Link("", "", term["value"], term.get("xml:lang", ""))
