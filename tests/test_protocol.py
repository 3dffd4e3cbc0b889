"""The SPARQL 1.1 Protocol for queries, wherever it can be got wrong."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Request

from iisgraph import web
from iisgraph.formats import BOOLEANS, FORMATS, GRAPHS, RESULTS, Format, by_name
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import GRAPH
from iisgraph.web import negotiate, parameters
from tests import rdf

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
ASK = "ASK { <s> <p> 'x' }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON, CSV, TURTLE = "application/sparql-results+json", "text/csv", "text/turtle"
PROBLEM = "application/problem+json"

WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "GET": ("GET", {"query_string": {"query": "{}"}}),
    "form": ("POST", {"data": {"query": "{}"}}),
    "body": ("POST", {"data": "{}", "content_type": QUERY}),
    "body with charset": ("POST", {"data": "{}", "content_type": f"{QUERY}; charset=UTF-8"}),
    "QUERY": ("QUERY", {"data": "{}", "content_type": QUERY}),
    "QUERY form": ("QUERY", {"data": "query={}", "content_type": FORM}),
}
ways = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """An application over three statements that are easily spoilt on their way."""
    text = "<s> <p> 'x' , '100%25 sure' , 'a+b c' , 'Привет, \U0001f600' ."
    other = "<s> <p> 'other' ."
    made = web.create_app(_snapshot(text, other), Settings(query_processes=1, request_kilobytes=64))
    yield made
    web.close(made)


def _snapshot(*texts: str) -> Snapshot:
    from iisgraph.read import File
    from iisgraph.snapshot import of_files

    files = []
    for number, text in enumerate(texts):
        made = rdf.file(text)
        files.append(File(made.path, f"{GRAPH}{number}"))
        files[-1].__dict__["content"] = made.content
    return of_files(files)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, way: str, query: str, path: str = "/sparql") -> TestResponse:
    """Send a query in one of the ways that the protocol has."""
    method, options = WAYS[way]
    made = dict(options)
    if "query_string" in made:
        made["query_string"] = {"query": query}
    elif isinstance(made["data"], dict):
        made["data"] = {"query": query}
    elif made["data"].startswith("query="):
        made["data"] = f"query={quote_plus(query)}"
    else:
        made["data"] = query.encode()
    return client.open(path, method=method, **made)


def truth(response: TestResponse) -> bool:
    assert response.status_code == 200, response.text
    return bool(json.loads(response.data)["boolean"])


# ---------------------------------------------------------------- ways to ask


@ways
@pytest.mark.parametrize("path", ["/sparql", "/query"])
def test_every_way_and_address_gives_the_answer(client: FlaskClient, way: str, path: str) -> None:
    """GET, form, body, and the method QUERY; at the address and its alias."""
    response = send(client, way, ASK, path)
    assert truth(response)
    assert response.mimetype == JSON


@ways
@pytest.mark.parametrize("value", ["100%25 sure", "a+b c", "Привет, \U0001f600"])
def test_text_is_decoded_once(client: FlaskClient, way: str, value: str) -> None:
    """A percent sign, a plus and letters of all scripts arrive as they were meant."""
    assert truth(send(client, way, f"ASK {{ <s> <p> '{value}' }}"))
    assert not truth(send(client, way, f"ASK {{ <s> <p> '{value}?' }}"))


def test_raw_letters_in_the_address_are_utf8(client: FlaskClient) -> None:
    """As some clients send them, without percent-encoding."""
    raw = "query=ASK{<s><p>'Привет,+\U0001f600'}".encode().decode("latin-1")
    assert truth(client.get("/sparql", environ_overrides={"QUERY_STRING": raw}))


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("GET", {"environ_overrides": {"QUERY_STRING": "query=ASK%7B%7D%FF"}}),
        ("POST", {"data": b"query=ASK%7B%7D%FF", "content_type": FORM}),
        ("POST", {"data": b"ASK {} # \xff", "content_type": QUERY}),
        ("POST", {"data": "ASK {}".encode("utf-16"), "content_type": QUERY}),
        ("QUERY", {"data": b"\xc3", "content_type": QUERY}),
    ],
)
def test_what_is_not_utf8_is_400(client: FlaskClient, method: str, options: dict[str, Any]) -> None:
    """Bytes that are no text are told, not guessed at."""
    response = client.open("/sparql", method=method, **options)
    assert response.status_code == 400
    assert "not UTF-8" in response.get_json(force=True)["detail"]


def test_a_charset_that_the_query_cannot_have_is_415(client: FlaskClient) -> None:
    """SPARQL is UTF-8 by definition; who says otherwise is told before it is read."""
    kind = f"{QUERY}; charset=UTF-16"
    assert client.post("/sparql", data=ASK, content_type=kind).status_code == 415


@pytest.mark.parametrize(
    ("query_string", "form", "number"),
    [
        ("query=ASK{}&query=ASK{}", None, 2),
        ("query=ASK{}&query=", None, 2),
        ("query=ASK{}", "query=ASK{}", 2),
        ("", "query=ASK{}&query=ASK{}", 2),
        ("", "", 0),
        ("default-graph-uri=x", "format=json", 0),
    ],
)
def test_exactly_one_query(
    client: FlaskClient, query_string: str, form: str | None, number: int
) -> None:
    """Wherever they stand, they are counted together."""
    method = "GET" if form is None else "POST"
    response = client.open(
        "/sparql", method=method, query_string=query_string, data=form, content_type=FORM
    )
    assert response.status_code == 400
    assert f"exactly one query, got {number}" in response.get_json(force=True)["detail"]


def test_a_query_in_body_and_address_is_two(client: FlaskClient) -> None:
    """The body is the query, so there may be none in the address."""
    response = client.post("/sparql?query=ASK{}", data=ASK, content_type=QUERY)
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_dataset_and_format_stand_in_the_address_or_the_form(
    client: FlaskClient, method: str
) -> None:
    """With the query as body, the rest is in the address; a form may have them all."""
    graphs = f"default-graph-uri={quote(GRAPH)}0&default-graph-uri={quote(GRAPH)}1"
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    direct = client.open(
        f"/sparql?{graphs}&format=csv", method=method, data=count, content_type=QUERY
    )
    form = f"query={quote(count)}&{graphs}&format=csv"
    assert direct.data == b"n\r\n5\r\n"
    assert client.open("/sparql", method=method, data=form, content_type=FORM).data == direct.data


def test_the_dataset_of_the_protocol_replaces_that_of_the_query(client: FlaskClient) -> None:
    """Repeated, merged, named, empty ones as if not given; FROM yields."""

    def number(query: str, **named: list[str]) -> int:
        response = client.get("/sparql", query_string={"query": query, **named})
        assert response.status_code == 200
        return int(response.get_json(force=True)["results"]["bindings"][0]["n"]["value"])

    zero, one = GRAPH + "0", GRAPH + "1"
    merged = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    within = merged.replace("{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }")
    from_zero = merged.replace("{ ?s", f"FROM <{zero}> {{ ?s")
    assert number(merged) == number(merged, **{"default-graph-uri": [""]}) == 5
    assert number(from_zero) == 4
    assert number(from_zero, **{"default-graph-uri": [one]}) == 1
    assert number(from_zero, **{"named-graph-uri": [one]}) == 0
    assert number(merged, **{"default-graph-uri": [zero, one, zero]}) == 5
    assert number(within, **{"default-graph-uri": [zero]}) == 0
    assert number(within, **{"named-graph-uri": [zero, one]}) == 5
    assert number(within, **{"named-graph-uri": [one], "default-graph-uri": [zero]}) == 1


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_from_elsewhere_is_403(client: FlaskClient, name: str) -> None:
    """It is neither fetched nor taken for an empty one."""
    response = client.get("/sparql", query_string={"query": ASK, name: "http://example.org/"})
    assert response.status_code == 403


@pytest.mark.parametrize("name", ["update", "using-graph-uri", "using-named-graph-uri"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_updates_are_403(client: FlaskClient, name: str, method: str) -> None:
    """By their parameters, whether there is a query beside them or not."""
    where = "query_string" if method == "GET" else "data"
    for fields in ({name: "CLEAR ALL"}, {name: "CLEAR ALL", "query": ASK}):
        sent: dict[str, Any] = {where: fields}
        assert client.open("/sparql", method=method, **sent).status_code == 403


def test_unknown_parameters_are_nobodys_business(client: FlaskClient) -> None:
    """Clients send their own; SPARQL knows nothing of them."""
    assert truth(client.get("/sparql", query_string={"query": ASK, "ac": "1", "output": "json"}))


# ---------------------------------------------------------------- methods and bodies


def test_options_tell_what_may_be_sent(client: FlaskClient) -> None:
    """Methods, types of bodies, and what scripts of other sites need to know."""
    response = client.options("/sparql")
    assert (response.status_code, response.data) == (204, b"")
    assert set(response.allow or ()) == {"GET", "HEAD", "POST", "QUERY", "OPTIONS"}
    assert response.headers["Accept-Query"] == response.headers["Accept-Post"]
    assert {QUERY, FORM} == set(response.headers["Accept-Post"].split(", "))
    assert "QUERY" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/sparql", "/query"])
def test_other_methods_are_405(client: FlaskClient, method: str, path: str) -> None:
    """With those that there are."""
    response = client.open(path, method=method, data=ASK, content_type=QUERY)
    assert response.status_code == 405
    assert set(response.allow or ()) == {"GET", "HEAD", "POST", "QUERY", "OPTIONS"}


@pytest.mark.parametrize(("method", "header"), [("POST", "Accept-Post"), ("QUERY", "Accept-Query")])
@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data", None])
def test_415_tells_what_is_taken(
    client: FlaskClient, method: str, header: str, kind: str | None
) -> None:
    """In words and in the header for it; a body without a type is nothing either."""
    response = client.open("/sparql", method=method, data=ASK.encode(), content_type=kind)
    assert response.status_code == 415
    assert response.headers[header] == parameters.TAKEN
    assert QUERY in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("x-gzip", gzip.compress)],
)
def test_bodies_may_be_compressed(client: FlaskClient, encoding: str, pack: Any) -> None:
    """As query and as form."""
    for kind, text in ((QUERY, ASK), (FORM, f"query={quote(ASK)}")):
        body = pack(text.encode())
        headers = {"Content-Encoding": encoding}
        assert truth(client.post("/sparql", data=body, content_type=kind, headers=headers))


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("zstd", b"x", 415),
        ("br", b"x", 415),
        ("gzip, gzip", gzip.compress(b"x"), 415),
        ("gzip", b"ASK {}", 400),
        ("gzip", gzip.compress(b"ASK {}")[:-9], 400),
        ("gzip", gzip.compress(b"ASK {}") + b"more", 400),
        ("gzip", gzip.compress(b" " * 10_000_000), 413),
        ("deflate", zlib.compress(b" " * 65_537), 413),
    ],
)
def test_compressed_bodies_are_bounded(
    client: FlaskClient, encoding: str, body: bytes, status: int
) -> None:
    """A bomb, a stump and what we do not know: each by its status."""
    headers = {"Content-Encoding": encoding}
    response = client.post("/sparql", data=body, content_type=QUERY, headers=headers)
    assert response.status_code == status
    if status == 415:
        assert response.headers["Accept-Encoding"] == "gzip, deflate"


def test_long_addresses_are_414_and_told_of_post(client: FlaskClient) -> None:
    """What is promised to be carried is carried; past it, the way round is told."""
    address = f"query={quote(ASK)}%23"
    most = address + "x" * (parameters.ADDRESS_BYTES - len(address))
    assert truth(client.get(f"/sparql?{most}"))
    response = client.get(f"/sparql?{most}x")
    assert response.status_code == 414
    assert "by POST" in response.get_json(force=True)["detail"]
    assert truth(client.post("/sparql", data=f"{most}{'x' * 9000}", content_type=FORM))


def test_fields_are_bounded(client: FlaskClient) -> None:
    """A thousand and one fields are an attack, and cheap to refuse."""
    assert client.post("/sparql", data="a=&" * 2000, content_type=FORM).status_code == 400


@pytest.mark.parametrize(
    ("timeout", "status"),
    [("1", 200), ("0", 200), ("", 200), ("soon", 400), ("-1", 400), ("nan", 400)],
)
def test_timeout_is_seconds(client: FlaskClient, timeout: str, status: int) -> None:
    """Zero is what clients without a wish send."""
    response = client.get("/sparql", query_string={"query": ASK, "timeout": timeout})
    assert response.status_code == status


# ---------------------------------------------------------------- formats


def chosen(accept: str | None, offered: tuple[Format, ...], name: str = "") -> str | None:
    """The first name of the format that an Accept header gets, or None."""
    headers = {} if accept is None else {"Accept": accept}
    request = Request(EnvironBuilder(headers=Headers(headers), query_string=name).get_environ())
    found = negotiate.choose(request, offered)
    return found.names[0] if found else None


@pytest.mark.parametrize(
    ("accept", "results", "graph"),
    [
        (None, "json", "turtle"),
        ("", "json", "turtle"),
        ("*/*", "json", "turtle"),
        ("application/*", "json", "ntriples"),
        ("text/*", "csv", "turtle"),
        ("text/csv, application/sparql-results+xml", "xml", None),
        ("text/csv;q=0.4, application/sparql-results+xml;q=0.5", "xml", None),
        ("text/csv;q=0, */*", "json", "turtle"),
        ("*/*, application/sparql-results+json;q=0, text/turtle;q=0", "xml", "ntriples"),
        ("text/*;q=0.9, text/csv;q=0.1, application/sparql-results+xml;q=0.5", "tsv", "turtle"),
        ("text/*;q=0.4, text/csv;q=0.9, */*;q=0.1", "csv", "turtle"),
        ("*/*;q=0.5, text/tab-separated-values;q=0.5", "tsv", "turtle"),
        ("TEXT/CSV", "csv", None),
        ("text/csv ; header=present", "csv", None),
        ("text/csv;header=absent", None, None),
        ("text/csv;header=absent, text/csv;q=0.1", "csv", None),
        (
            "text/turtle;charset=utf-8;q=0.5, text/turtle;q=0.9, application/trig;q=0.6",
            None,
            "trig",
        ),
        ("text/turtle; charset=iso-8859-1", None, None),
        ('application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"', None, "jsonld"),
        ("application/json", "json", "jsonld"),
        ("application/json, application/sparql-results+xml", "xml", "jsonld"),
        ("image/png", None, None),
        ("text/csv;q=2, application/sparql-results+xml;q=0.1", "xml", None),
        ("text, */*;q=0.1", "json", "turtle"),
        ("*, image/*", None, None),
        ("*/csv", None, None),
        ("text/html;q=0.7, application/xhtml+xml, */*;q=0.1", "json", "turtle"),
    ],
)
def test_accept_is_read_as_rfc_9110_says(
    accept: str | None, results: str | None, graph: str | None
) -> None:
    """The most specific range weighs, 0 excludes, and then the finer range and our order decide."""
    assert (chosen(accept, RESULTS), chosen(accept, GRAPHS)) == (results, graph)


@pytest.mark.parametrize(
    ("name", "results", "graph"),
    [
        ("format=csv", "csv", None),
        ("_format=csv", "csv", None),
        ("format=tsv&_format=csv", "tsv", None),
        ("format=JSON", "json", "jsonld"),
        ("format=xml", "xml", "rdfxml"),
        ("format=rdf%2Bxml", None, "rdfxml"),
        ("format=n3", None, "turtle"),
        ("format=text/csv", "csv", None),
        ("format=application/json", "json", "jsonld"),
        ("format=pdf", None, None),
        ("format=html", None, None),
    ],
)
def test_names_come_before_accept(name: str, results: str | None, graph: str | None) -> None:
    """Short names, those that other servers have, and media types."""
    accept = "application/sparql-results+xml, application/n-quads"
    assert (chosen(accept, RESULTS, name), chosen(accept, GRAPHS, name)) == (results, graph)


weights = st.sampled_from(["", ";q=0", ";q=0.001", ";q=0.5", ";q=1", ";q=1.000"])
kinds = st.sampled_from([f.media_type for f in FORMATS] + ["*/*", "text/*", "application/*"])


@given(st.lists(st.tuples(kinds, weights), max_size=6), st.permutations(FORMATS))
def test_no_other_format_is_liked_better(
    header: list[tuple[str, str]], order: list[Format]
) -> None:
    """Whatever the header: of what is offered, none has more weight, and one of 0 is not sent."""

    def weight(media_type: str) -> float:
        fitting = [
            (kind.count("*"), float(q.removeprefix(";q=") or 1))
            for kind, q in header
            if kind in (media_type, "*/*", media_type.partition("/")[0] + "/*")
        ]
        finest = min((stars for stars, _ in fitting), default=0)
        return max((q for stars, q in fitting if stars == finest), default=0.0 if header else 1.0)

    accept = ", ".join(kind + q for kind, q in header)
    found = chosen(accept, tuple(order))
    best = max(weight(f.media_type) for f in order)
    assert (best > 0) == (found is not None)
    if found:
        form = by_name(found)
        assert form
        assert weight(form.media_type) == best


def test_ask_is_no_csv(client: FlaskClient) -> None:
    """CSV and TSV cannot say true; who takes another format too gets that, who does not, 406."""
    both = client.get(
        "/sparql", query_string={"query": ASK}, headers={"Accept": f"{CSV}, */*;q=0.1"}
    )
    assert both.mimetype == JSON
    for fields, accept in (({}, CSV), ({"format": "tsv"}, "*/*")):
        response = client.get(
            "/sparql", query_string={"query": ASK, **fields}, headers={"Accept": accept}
        )
        assert response.status_code == 406
        for each in BOOLEANS:
            assert each.media_type in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("query", "accept", "offered"),
    [
        (ASK, "image/png", (*RESULTS, *GRAPHS)),
        ("SELECT * {}", TURTLE, RESULTS),
        ("CONSTRUCT WHERE { ?s ?p ?o }", CSV, GRAPHS),
        ("DESCRIBE <s>", CSV, GRAPHS),
    ],
)
def test_406_lists_what_there_is(
    client: FlaskClient, query: str, accept: str, offered: tuple[Format, ...]
) -> None:
    """Each format by name and media type, and none that this query could not have."""
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert response.status_code == 406
    listed = set(re.findall(r"\((\S+?)\)", response.get_json(force=True)["detail"]))
    assert listed == {f.media_type for f in offered}


def test_csv_lines_end_as_csv_says(client: FlaskClient) -> None:
    """CRLF after every line, in the header too; commas, quotes and line ends are quoted."""
    query = """SELECT * { VALUES (?a ?b) { ("x,y" 1) ('say "hi"' UNDEF) ("two\\nlines" 2.5) } }"""
    response = client.get("/sparql", query_string={"query": query, "format": "csv"})
    rows = [b"a,b", b'"x,y",1', b'"say ""hi""",', b'"two\nlines",2.5', b""]
    assert response.data == b"\r\n".join(rows)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("form", RESULTS, ids=lambda f: f.names[0])
def test_head_has_the_headers_of_get(client: FlaskClient, form: Format) -> None:
    """Type and length, without the answer."""
    query = {"query": "SELECT ?o { <s> <p> ?o } ORDER BY ?o", "format": form.names[0]}
    get, head = (client.open("/sparql", method=m, query_string=query) for m in ("GET", "HEAD"))
    assert (get.status_code, head.status_code, head.data) == (200, 200, b"")
    for name in ("Content-Type", "Content-Length", "Vary"):
        assert head.headers[name] == get.headers[name]
    assert client.head("/sparql?query=SELECT").status_code == 400


# ---------------------------------------------------------------- errors


def test_a_mistake_is_told_with_its_place_and_a_hint(client: FlaskClient) -> None:
    """Members that a program can act on, beside words for a person."""
    query = "SELECT *\nWHERE { ?s rfds:label ?o }"
    response = client.get("/sparql", query_string={"query": query})
    assert (response.status_code, response.mimetype) == (400, PROBLEM)
    assert json.loads(response.data) == {
        "type": "about:blank",
        "title": "Bad request",
        "status": 400,
        "detail": "the prefix rfds: is not declared; did you mean rdfs:?",
        "line": 2,
        "column": 12,
        "token": "rfds:label",
        "hint": "did you mean rdfs:?",
    }


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, PROBLEM),
        ("*/*", PROBLEM),
        (JSON, PROBLEM),
        (CSV, PROBLEM),
        ("application/json", PROBLEM),
        ("application/problem+json, */*;q=0.1", PROBLEM),
        ("text/csv, text/plain;q=0.5", "text/plain"),
        ("text/plain, application/json;q=0.5", "text/plain"),
        ("text/plain;q=0.5, application/json", PROBLEM),
        (BROWSER, "text/html"),
        ("text/html;q=0.5, text/plain, */*;q=0.1", "text/plain"),
    ],
)
@pytest.mark.parametrize("path", ["/sparql?query=SELECT", "/no"])
def test_errors_are_sent_as_they_are_asked_for(
    client: FlaskClient, accept: str | None, media_type: str, path: str
) -> None:
    """JSON for programs, a page for browsers, text for those who ask; never without its status."""
    headers = {} if accept is None else {"Accept": accept}
    response = client.get(path, headers=headers)
    assert response.status_code == (404 if path == "/no" else 400)
    assert response.mimetype == media_type
    if media_type == "text/plain":
        assert re.fullmatch(
            r"(Bad request|Not found)(, line 1, column \d+)?: \S.*\n", response.text
        )


def test_an_unknown_function_is_the_askers_mistake(client: FlaskClient) -> None:
    """Not ours: 400 with its place."""
    response = client.get("/sparql", query_string={"query": "SELECT (<urn:f>(1) AS ?x) {}"})
    assert response.status_code == 400
    assert json.loads(response.data)["token"] == "<urn:f>"


@pytest.mark.parametrize("opening", ["{", "(", "["])
def test_a_nest_is_refused_and_the_next_query_answered(client: FlaskClient, opening: str) -> None:
    """No process dies of it."""
    response = client.post("/sparql", data={"query": "ASK {" + opening * 10_000})
    assert response.status_code == 403
    assert "in one another" in json.loads(response.data)["detail"]
    assert truth(client.get("/sparql", query_string={"query": ASK}))


names = st.sampled_from(
    ["query", "default-graph-uri", "named-graph-uri", "format", "_format", "timeout", "update", "x"]
)
texts = st.one_of(
    st.sampled_from([ASK, "SELECT * {}", "", "json", "html", GRAPH + "0", "0.5", "DESCRIBE <s>"]),
    st.text(st.characters(codec="utf-8"), max_size=20),
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30)
        | kinds,
        "Accept-Language": st.sampled_from(["ru", "*;q=0", "zh-Hans, en;q=x", ""]),
        "Content-Encoding": st.sampled_from(["gzip", "identity", "x", ""]),
        "Content-Type": st.sampled_from([FORM, QUERY, "text/plain", "a/b; charset=\x80", ""]),
    },
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT"]),
    st.lists(st.tuples(names, texts), max_size=4),
    st.binary(max_size=40) | st.just(ASK.encode()),
    headers,
)
def test_any_request_is_answered_or_refused(
    client: FlaskClient,
    method: str,
    fields: list[tuple[str, str]],
    body: bytes,
    sent: dict[str, str],
) -> None:
    """Whatever is sent: an answer, or a refusal that says why; a 500 would be our bug."""
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields)
    data = None if method in ("GET", "HEAD") else body
    response = client.open("/sparql", method=method, query_string=query, data=data, headers=sent)
    assert response.status_code in (200, 204, 400, 403, 405, 406, 413, 414, 415)
