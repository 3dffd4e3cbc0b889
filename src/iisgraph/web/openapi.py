"""`/openapi.json`: the saved questions and the endpoint as OpenAPI 3.1."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from flask import Flask, Response

from iisgraph import __version__
from iisgraph.formats import GRAPHS, HTML, RESULTS, Format
from iisgraph.questions import Parameter, Question
from iisgraph.web.checking import REPORTS
from iisgraph.web.negotiate import LANGUAGES
from iisgraph.web.schemas import IRI, SCHEMAS, TEXT, Object

if TYPE_CHECKING:
    from iisgraph.web import Service

_PROBLEM: Final = "application/problem+json"
_SLUG: Final = r"^[\w-]+(/[\w-]+)*$"
_EXAMPLE: Final = "SELECT ?state { ?state a iis:State } LIMIT 10"
_TURTLE: Final = "<https://example.org/a> a <https://w3id.org/iisgraph/def/State> ."
_ONE: Final = {"type": "string", "enum": ["1"]}
_HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_STATUSES: Final = {
    400: "The query or a parameter is wrong",
    403: "The query would write, or reach outside this graph",
    404: "There is no such thing in this graph",
    406: "None of the formats asked for can carry the answer",
    413: "The body is too large",
    415: "The query or the data was sent in a way that is not understood",
    502: "Another endpoint that the query calls has failed",
    503: "A limit was met; the same query may pass later",
}


def register(app: Flask, service: "Service") -> None:
    """Add the description to an application; it is made once."""
    body = json.dumps(document(service.questions, "/"), ensure_ascii=False, indent=2) + "\n"

    def openapi() -> Response:
        return Response(body, mimetype="application/json")

    app.add_url_rule("/openapi.json", "openapi", openapi)


def document(questions: Mapping[str, Question], base: str) -> Object:
    """The description of a server at `base` that answers these questions."""
    themes = sorted({question.theme for question in questions.values()})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "iisgraph",
            "version": __version__,
            "summary": "Who met where, who agreed to what, and which source says so.",
            "description": (
                "The knowledge graph of international information-security cooperation. "
                "Every saved question is an address of its own; what none of them asks, "
                "SPARQL does. Read-only."
            ),
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": base}],
        "tags": [
            *({"name": theme, "description": f"Saved questions on {theme}"} for theme in themes),
            {"name": "graph", "description": "The graph itself: SPARQL, graphs and documents"},
            {"name": "service", "description": "The service itself"},
        ],
        "paths": {
            **{f"/q/{name}": {"get": _question(asked)} for name, asked in questions.items()},
            "/sparql": {"get": _query(), "post": _query_posted()},
            "/store": {"get": _store()},
            "/doc/{path}": {"get": _doc()},
            "/check": {"post": _check()},
            "/healthz": {"get": _health()},
        },
        "components": {
            "schemas": SCHEMAS,
            "parameters": _parameters(),
            "responses": {f"Problem{s}": _problem(text) for s, text in _STATUSES.items()},
        },
    }


def _question(asked: Question) -> Object:
    return {
        "operationId": asked.name,
        "tags": [asked.theme],
        "summary": asked.title,
        "description": f"{asked.description}\n\nKeywords: {', '.join(asked.keywords)}",
        "parameters": [
            *(_parameter(each) for each in asked.parameters),
            _format((*RESULTS, HTML)),
            _reference("parameters", "lang"),
        ],
        "responses": {"200": _answer("The answer", (*RESULTS, HTML)), **_errors(400, 406, 503)},
    }


def _parameter(parameter: Parameter) -> Object:
    schema: Object = {"type": "string", "default": parameter.default}
    if parameter.kind == "date":
        schema["format"] = "date"
        about = parameter.description
    else:
        schema["pattern"] = _SLUG
        part = parameter.kind if parameter.kind == "source" else f"id/{parameter.kind}"
        about = f"{parameter.description}; what follows `{part}/` in its address"
    return _in_query(parameter.name, about, schema)


def _query() -> Object:
    return {
        "operationId": "query",
        "tags": ["graph"],
        "summary": "Ask in SPARQL 1.1",
        "description": (
            "SPARQL 1.1 Protocol, queries only. Without a query, the description of the service."
        ),
        "parameters": [
            _in_query("query", "A SPARQL 1.1 query; our prefixes need no declaration", TEXT),
            *_shaping(),
            _format((*RESULTS, *GRAPHS, HTML)),
        ],
        "responses": _query_responses(),
    }


def _query_posted() -> Object:
    text = {"schema": TEXT, "example": _EXAMPLE}
    iris = {"type": "array", "items": IRI}
    form = {
        "schema": {
            "type": "object",
            "properties": {
                "query": TEXT | {"examples": [_EXAMPLE]},
                "default-graph-uri": iris,
                "named-graph-uri": iris,
            },
            "required": ["query"],
        }
    }
    return {
        "operationId": "queryPosted",
        "tags": ["graph"],
        "summary": "Ask in SPARQL 1.1, with the query in the body",
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": text,
                "application/x-www-form-urlencoded": form,
            },
        },
        "parameters": [*_shaping(), _format((*RESULTS, *GRAPHS, HTML))],
        "responses": {**_query_responses(), **_errors(413, 415)},
    }


def _query_responses() -> Object:
    about = "Results of SELECT and ASK, a graph for CONSTRUCT and DESCRIBE"
    answer = _answer(about, (*RESULTS, *GRAPHS, HTML))
    return {"200": answer, **_errors(400, 403, 404, 406, 502, 503)}


def _store() -> Object:
    default = {"type": "string", "enum": [""]}
    return {
        "operationId": "store",
        "tags": ["graph"],
        "summary": "One graph whole",
        "description": "SPARQL 1.1 Graph Store Protocol, reads only. Give one of the two.",
        "parameters": [
            _in_query("default", "The merge of all graphs", default) | {"allowEmptyValue": True},
            _in_query("graph", "The address of a named graph", IRI),
            _format(GRAPHS),
        ],
        "responses": {"200": _answer("The graph", GRAPHS), **_errors(400, 404, 406)},
    }


def _doc() -> Object:
    return {
        "operationId": "document",
        "tags": ["graph"],
        "summary": "All that is said of one thing, and who says so",
        "description": "The document about `id/<path>`; `id/` itself leads here with 303.",
        "parameters": [
            {
                "name": "path",
                "in": "path",
                "required": True,
                "description": "What follows `id/` in the address; it may hold slashes",
                "schema": TEXT,
                "example": "state/KAZ",
            },
            _format((HTML, *GRAPHS)),
            _reference("parameters", "lang"),
        ],
        "responses": {"200": _answer("The document", (HTML, *GRAPHS)), **_errors(404, 406)},
    }


def _check() -> Object:
    form = {
        "type": "object",
        "properties": {
            "data": TEXT | {"description": "What is checked", "examples": [_TURTLE]},
            "syntax": {"type": "string", "enum": [name for f in GRAPHS for name in f.names]},
            "shapes": TEXT | {"description": "Shapes in Turtle; without any, our own and rules"},
            "format": _formats(REPORTS),
        },
        "required": ["data"],
    }
    text = {"schema": TEXT}
    return {
        "operationId": "check",
        "tags": ["service"],
        "summary": "Check data against shapes",
        "description": (
            "Data alone is checked as a part of this graph: terms, literals, language tags, "
            "shapes and house rules. Data with shapes is checked against these. Nothing is kept."
        ),
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": form},
                **{f.media_type: text for f in GRAPHS},
                GRAPHS[0].media_type: {**text, "example": _TURTLE},
            },
        },
        "parameters": [_format((*REPORTS, HTML))],
        "responses": {"200": _findings(), **_errors(400, 406, 413, 415, 503)},
    }


def _findings() -> Object:
    schemas = {"application/json": {"schema": {"$ref": "#/components/schemas/Findings"}}}
    tree: Object = {"schema": {}}
    schemas |= {f.media_type: tree for f in REPORTS if f.media_type.endswith(("+json", "ld+json"))}
    content = {f.media_type: schemas.get(f.media_type, {"schema": TEXT}) for f in (*REPORTS, HTML)}
    return {"description": "The findings, sorted by place; none if it conforms", "content": content}


def _health() -> Object:
    content = {"text/plain": {"schema": TEXT, "example": "ok\n"}}
    return {
        "operationId": "health",
        "tags": ["service"],
        "summary": "Whether the service is alive",
        "responses": {"200": {"description": "It is", "content": content}},
    }


def _answer(description: str, formats: Iterable[Format]) -> Object:
    schemas: Object = {RESULTS[0].media_type: {"schema": {"$ref": "#/components/schemas/Results"}}}
    text: Object = {"schema": TEXT}
    tree: Object = {"schema": {}}  # JSON-LD is an object or an array
    schemas |= {f.media_type: tree for f in formats if f.media_type.endswith("ld+json")}
    content = {f.media_type: schemas.get(f.media_type, text) for f in formats}
    return {"description": description, "content": content}


def _errors(*statuses: int) -> Object:
    return {str(status): _reference("responses", f"Problem{status}") for status in statuses}


def _format(formats: Iterable[Format]) -> Object:
    about = "The format by its short name; it comes before the Accept header"
    return _in_query("format", about, _formats(formats))


def _formats(formats: Iterable[Format]) -> Object:
    return {"type": "string", "enum": [name for f in formats for name in f.names]}


def _shaping() -> list[Object]:
    """The parameters of the endpoint beside the query, in its order."""
    names = (
        *("default-graph-uri", "named-graph-uri", "asOf", "certainty", "release"),
        *("provenance", "explain", "timeout"),
    )
    return [_reference("parameters", name) for name in names]


def _parameters() -> Object:
    """The parameters that several operations have."""
    iris = {"type": "array", "items": IRI}
    seconds = {"type": "number", "exclusiveMinimum": 0}
    certainty = {"type": "string", "enum": ["certain", "possible"], "default": "certain"}
    found = (
        _in_query("default-graph-uri", "Graphs whose merge is the default graph", iris),
        _in_query("named-graph-uri", "Graphs that GRAPH can name", iris),
        _in_query("asOf", "See the graph as of this day", {"type": "string", "format": "date"}),
        _in_query(
            "certainty", "With asOf: only what is certain, or all that is possible", certainty
        ),
        _in_query("provenance", "1 adds to each row its sources", _ONE),
        _in_query("release", "The answer of this release or none", _HASH),
        _in_query("explain", "1 adds remarks on the query to JSON", _ONE),
        _in_query("timeout", "Seconds after which to give up; can only lower our limit", seconds),
        _in_query("lang", "The language of names", {"type": "string", "enum": list(LANGUAGES)}),
    )
    return {parameter["name"]: parameter for parameter in found}


def _in_query(name: str, description: str, schema: Object) -> Object:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _reference(kind: str, name: str) -> Object:
    return {"$ref": f"#/components/{kind}/{name}"}


def _problem(description: str) -> Object:
    content: Object = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    content |= {kind: {"schema": TEXT} for kind in ("text/plain", "text/html")}
    return {"description": description, "content": content}
