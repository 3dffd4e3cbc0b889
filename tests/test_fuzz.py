"""Whatever is sent, the service answers it or says why not; it never breaks."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from werkzeug.test import TestResponse

from iisgraph import questions, read, web
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from tests import rdf

SAVED = [question.sparql for question in questions.load(read.default_content()).values()]
NAMES = sorted(questions.load(read.default_content()))
WORDS = [
    *("SELECT", "SELECT *", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "FROM", "FROM NAMED"),
    *("PREFIX x: <urn:x>", "BASE <urn:b>", "LIMIT 1", "OFFSET -1", "ORDER BY", "GROUP BY ?s"),
    *("HAVING", "VALUES ?x", "UNDEF", "BIND", "AS", "COUNT(*)", "FILTER", "NOT EXISTS", "MINUS"),
    *("OPTIONAL", "UNION", "GRAPH", "SERVICE SILENT", "INSERT DATA", "DELETE", "LOAD", "CLEAR"),
    *("{", "}", "(", ")", "[", "]", ".", ";", ",", "*", "/", "|", "^", "^^", "!", "=", "<", "&&"),
    *("?s", "?p", "?o", "$o", "<s>", "<p>", "<>", "<urn:a b>", "iis:State", ":x", "_:b", "a"),
    *("'x'", '"y"', '"""z', "@en", "@en--ltr", "1", "-1.5e9", "true", "<<", ">>", "# x", "\n"),
    *("\\u0041", "\\", "\x00", "\ufeff", "\U0001f600", "%00", "NOW()", "RAND()", "REPLACE(?s"),
]
ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
phrases = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A saved question with stretches of it gone, doubled, or replaced."""
    text = draw(st.sampled_from(SAVED))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        middle = draw(st.one_of(st.just(""), st.just(text[start:end] * 2), phrases, ODD))
        text = text[:start] + middle + text[end:]
    return text


nested = st.builds(
    lambda opening, closing, depth: "ASK { " + opening * depth + closing * depth + " }",
    st.sampled_from(["{ ", "FILTER(", "[ <p> ", "OPTIONAL { ", "( "]),
    st.sampled_from(["} ", ") ", "] "]),
    st.integers(0, 300),
)
queries = st.one_of(phrases, mutated(), mutated(), ODD, nested)
header_text = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
media_types = st.one_of(
    st.sampled_from(
        [
            *("application/sparql-query", "application/x-www-form-urlencoded", "text/html"),
            *("application/sparql-results+json", "text/csv;q=0.5, */*;q=0.1", "text/turtle;q=2"),
            *("application/sparql-query; charset=utf-16", "multipart/form-data; boundary=x"),
            *("application/sparql-update", "*/*", ";;;", "text/plain;q=abc", 'a/b;c="d'),
        ]
    ),
    header_text,
)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset", "Content-Type"),
            *("Content-Encoding", "Content-Language", "If-None-Match", "If-Modified-Since"),
            *("Range", "Origin", "Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Request-ID"),
            *("Cookie", "Authorization", "Expect", "Prefer", "Forwarded", "Referer"),
        ]
    ),
    media_types,
    max_size=6,
)
methods = st.sampled_from(
    [*("GET", "POST") * 4, "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "QUERY", "X"]
)
parameters = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("query", "query", "update", "default-graph-uri", "named-graph-uri", "format"),
                *("timeout", "lang", "asOf", "certainty", "release", "provenance", "day", ""),
            ]
        ),
        st.one_of(
            queries, ODD, st.sampled_from(["1", "-1", "nan", "1e999", "json", "html", "x" * 99])
        ),
    ),
    max_size=4,
)
bodies = st.one_of(
    st.just(b""),
    st.binary(max_size=60),
    queries.map(lambda text: text.encode("utf-8", "replace")),
    parameters.map(lambda pairs: encoded(pairs).encode()),
)
paths = st.one_of(
    st.just("/sparql"),
    st.just("/sparql"),
    st.just("/sparql"),
    st.sampled_from(
        [
            *(
                "/sparql",
                "/sparql",
                "/sparql",
                "/sparql/",
                "/",
                "/store",
                "/store?default",
                "/doc/",
            ),
            *("/doc/state/RUS", "/id/state/RUS.ttl", "/def/", "/healthz", "/readyz", "/metrics"),
            *("/openapi.json", "/static/style.css", "/static/../settings.py", "/q/", "//", "/%00"),
        ]
    ),
    st.sampled_from(NAMES).map(lambda name: f"/q/{name}"),
    ODD.map(lambda text: f"/doc/{quote(text)}"),
    ODD.map(lambda text: f"/{quote(text)}"),
)
requests = st.builds(
    lambda method, path, pairs, headers, data: {
        "method": method,
        "path": path.partition("?")[0],
        "query_string": "&".join(filter(None, [path.partition("?")[2], encoded(pairs)])),
        "headers": headers,
        "data": data,
    },
    methods,
    paths,
    parameters,
    headers,
    bodies,
)
often = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def encoded(pairs: list[tuple[str, str]]) -> str:
    """Parameters as in an address or a form; what cannot be UTF-8 is replaced."""
    return "&".join(f"{quote(name)}={quote(value, errors='replace')}" for name, value in pairs)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application over little data, whose queries may take half a second."""
    folder = tmp_path_factory.mktemp("fuzz")
    snapshot: Snapshot = rdf.snapshot_of(folder, a="<s> <p> <o>, 1 ; a <C> .", b="<s> <p> 2 .")
    app = web.create_app(snapshot, Settings(query_seconds=0.5, query_megabytes=256))
    yield app
    web.close(app)


def assert_sound(response: TestResponse) -> None:
    """An answer, a redirection, the asker's fault or our limit; and an error says which."""
    status = response.status_code
    assert status in range(200, 500) or status == 503, response.text[:500]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if response.mimetype == "application/problem+json" and response.data:
        problem = json.loads(response.data)
        assert problem["status"] == status >= 400
        assert problem["detail"]
    if status == 503:
        assert int(response.headers["Retry-After"]) > 0
    assert "Traceback" not in response.text


@often
@given(queries)
def test_any_query_is_answered_or_refused(small: Flask, text: str) -> None:
    """By GET, as a form and as a body alike, and with the same status."""
    client = small.test_client()
    by_get = client.get("/sparql", query_string=encoded([("query", text)]))
    by_body = client.post("/sparql", data=text.encode(), content_type="application/sparql-query")
    by_form = client.post("/sparql", data={"query": text})
    for response in (by_get, by_body, by_form):
        assert_sound(response)
    states = {by_get.status_code, by_body.status_code, by_form.status_code} - {503}
    assert len(states) <= 1


@often
@given(requests)
def test_any_request_is_answered_or_refused(small: Flask, request: dict[str, Any]) -> None:
    """Whatever method, address, headers and body come together."""
    assert_sound(small.test_client().open(**request))


def test_descriptions_are_kept(small: Flask) -> None:
    """What `/openapi.json` promises is what comes, for whatever it says may be sent."""
    operations = list(schemathesis.openapi.from_wsgi("/openapi.json", small).get_all_operations())
    assert operations
    for operation in operations:
        assert isinstance(operation, Ok)

        @often
        @given(operation.ok().as_strategy())
        def keeps_its_word(case: Any) -> None:
            response = case.call()
            assert response.status_code in (503, *range(200, 500))
            # what fits the schema may be no query, and a second may be too short for one
            case.validate_response(
                response, excluded_checks=[positive_data_acceptance, not_a_server_error]
            )

        keeps_its_word()
