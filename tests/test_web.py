"""The site through Flask's client: every route, format and error, and nothing unsafe."""

import io
import json
import logging
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Dataset, Graph, Variable
from rdflib.query import Result
from werkzeug.test import TestResponse

from iisgraph import questions, read, web
from iisgraph.formats import GRAPHS, RESULTS, Format
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, GRAPH

QUESTIONS = questions.load(read.default_content())
SELECT = "SELECT ?code { <id/state/RUS> iis:iso3 ?code }"
ASK = "ASK { <id/state/RUS> a iis:State }"
CONSTRUCT = "CONSTRUCT WHERE { <id/state/RUS> iis:iso3 ?code }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PIECES = [
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "INSERT", "WHERE", "FROM", "NAMED", "SERVICE"),
    *("PREFIX", "BASE", "LIMIT", "VALUES", "BIND", "AS", "COUNT", "FILTER", "EXISTS", "MINUS"),
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ".",
        ";",
        "*",
        "/",
        "|",
        "^^",
        "#",
        "<<",
        "\\u0041",
        "\U0001f600",
    ),
    *("?s", "<id/x>", "<>", "iis:State", "_:b", "a", "'x'", '"y"', "@en", "1", "1e9"),
]
PAGES = [
    "/",
    "/doc/state/RUS",
    "/doc/edition/infoforum-2017",
    "/doc/def/",
    "/doc/def/Record",
    "/doc/scheme/topic",
    "/doc/shape/Record",
    "/doc/source/sco-infoforum-2017",
    "/doc/graph/sco-infoforum-2017",
    "/sparql",
    f"/sparql?query={quote(SELECT)}",
    f"/sparql?query={quote(ASK)}",
    f"/sparql?query={quote(CONSTRUCT)}",
    f"/sparql?query={quote('SELECT *')}",
    "/q/",
    "/q/members-on-day",
    "/doc/state/XXX",
    "/nowhere",
]

names = pytest.mark.parametrize("form", RESULTS, ids=lambda f: f.names[0])
quads_by_rdflib = pytest.mark.filterwarnings(
    # said of rdflib's own parsers by rdflib
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)
graphs = pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.names[0])


def ask(client: FlaskClient, query: str, accept: str | None = None, **more: str) -> TestResponse:
    headers = {} if accept is None else {"Accept": accept}
    return client.get("/sparql", query_string={"query": query, **more}, headers=headers)


def page(client: FlaskClient, path: str, **headers: str) -> str:
    return client.get(path, headers={"Accept": BROWSER, **headers}).text


# ---------------------------------------------------------------- things and their documents


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/id/state/RUS", "/doc/state/RUS"),
        ("/id/membership/un/NRU/member/1", "/doc/membership/un/NRU/member/1"),
        ("/def/", "/doc/def/"),
        ("/def/Record", "/doc/def/Record"),
        ("/scheme/topic", "/doc/scheme/topic"),
        ("/scheme/topic/cybercrime", "/doc/scheme/topic/cybercrime"),
        ("/shape/Record", "/doc/shape/Record"),
        ("/source/cldr", "/doc/source/cldr"),
        ("/graph/reference/places", "/doc/graph/reference/places"),
        ("/id/state/RUS?format=ttl&lang=ru", "/doc/state/RUS?format=ttl&lang=ru"),
    ],
)
def test_a_thing_answers_by_its_document(client: FlaskClient, path: str, document: str) -> None:
    """A state is not a web page: 303 leads to what is said of it, and that is there."""
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (303, document)
    assert client.get(document).status_code == 200


@quads_by_rdflib
@graphs
@pytest.mark.parametrize("how", ["suffix", "format", "accept"])
def test_description_in_each_format(client: FlaskClient, form: Format, how: str) -> None:
    """By suffix, by name and by Accept the same bytes, which say what the thing is."""
    base = "/doc/state/RUS"
    accept = {"Accept": form.media_type} if how == "accept" else {}
    end = {"suffix": form.suffix, "format": f"?format={form.names[0]}", "accept": ""}[how]
    response = client.get(base + end, headers=accept)
    assert response.status_code == 200
    assert response.mimetype == form.media_type
    assert f'<{BASE}id/state/RUS>; rel="describes"' in response.headers["Link"]
    assert response.data == client.get(base, query_string={"format": form.media_type}).data
    parsed = Dataset().parse(data=response.data, format=form.media_type)
    assert any("/def/State" in str(o) for _, _, o, _ in parsed.quads())


def test_suffix_of_a_page(client: FlaskClient) -> None:
    """`.html` is the page, whatever Accept says."""
    response = client.get("/doc/state/RUS.html", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.mimetype) == (200, "text/html")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/*", "text/html"),
        ("application/*", "application/n-triples"),
        ("text/turtle", "text/turtle"),
        ("text/html;q=0.5, text/turtle;q=0.6", "text/turtle"),
        ("text/html;q=0.6, text/turtle;q=0.5", "text/html"),
        ("application/pdf, application/n-quads;q=0.1", "application/n-quads"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', None),
        ("text/turtle;charset=utf-8", "text/turtle"),
        (BROWSER, "text/html"),
    ],
)
def test_document_is_negotiated(
    client: FlaskClient, accept: str | None, media_type: str | None
) -> None:
    """Weights, wildcards, an empty header and parameters are read as RFC 9110 says."""
    headers = {} if accept is None else {"Accept": accept}
    response = client.get("/doc/state/RUS", headers=headers)
    assert response.status_code == 200
    assert response.mimetype == (media_type or "application/ld+json")
    assert {"Accept", "Accept-Language"} <= set(response.vary)


@pytest.mark.parametrize("path", ["/doc/state/RUS", "/q/members-today", f"/sparql?query={ASK}"])
def test_406_lists_what_is_offered(client: FlaskClient, path: str) -> None:
    """Nobody is sent what they refused; the answer tells what they could have."""
    named = path + ("&" if "?" in path else "?") + "format=pdf"
    for response in (client.get(path, headers={"Accept": "image/png"}), client.get(named)):
        assert response.status_code == 406
        assert "json" in response.get_json(force=True)["detail"]


def test_answer_of_the_other_kind_is_406(client: FlaskClient) -> None:
    """A graph cannot be CSV, nor a table Turtle."""
    assert ask(client, CONSTRUCT, "text/csv").status_code == 406
    assert ask(client, SELECT, "text/turtle").status_code == 406


@pytest.mark.parametrize("path", ["/", "/doc/state/RUS", f"/sparql?query={quote(ASK)}", "/healthz"])
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    """Link checkers ask so."""
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/doc/state/XXX", "/doc/a b", "/doc/%3Cx%3E", "/q/none", "/no"])
def test_unknown_address_is_404(client: FlaskClient, path: str) -> None:
    """As a problem for programs, as a page for people."""
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    problem = response.get_json(force=True)
    assert problem.keys() - {"near"} == {"type", "title", "status", "detail"}
    assert client.get(path, headers={"Accept": BROWSER}).mimetype == "text/html"
    assert client.get(path, headers={"Accept": BROWSER}).status_code == 404


# ---------------------------------------------------------------- the endpoint


@names
def test_select_in_each_format(client: FlaskClient, form: Format) -> None:
    """By Accept and by name; another implementation reads the one row."""
    response = ask(client, SELECT, form.media_type)
    assert (response.status_code, response.mimetype) == (200, form.media_type)
    assert response.data == ask(client, SELECT, format=form.names[0]).data
    kind = {"tsv": "tsv", "csv": "csv", "json": "json", "xml": "xml"}[form.names[0]]
    result = Result.parse(io.BytesIO(response.data), format=kind)
    assert [str(binding[Variable("code")]) for binding in result.bindings] == ["RUS"]


@pytest.mark.parametrize("form", RESULTS[:2], ids=lambda f: f.names[0])
def test_ask_is_a_boolean(client: FlaskClient, form: Format) -> None:
    """Both formats that have booleans have this one."""
    response = ask(client, ASK, form.media_type)
    assert Result.parse(io.BytesIO(response.data), format=form.names[0]).askAnswer is True


@quads_by_rdflib
@graphs
def test_construct_in_each_format(client: FlaskClient, form: Format) -> None:
    """A graph of one statement, whatever the format."""
    response = ask(client, CONSTRUCT, form.media_type)
    assert (response.status_code, response.mimetype) == (200, form.media_type)
    assert len(list(Dataset().parse(data=response.data, format=form.media_type).quads())) == 1


def test_default_formats(client: FlaskClient) -> None:
    """JSON for tables, Turtle for graphs, to those who do not say."""
    assert ask(client, SELECT).mimetype == "application/sparql-results+json"
    assert ask(client, CONSTRUCT).mimetype == "text/turtle"


def test_three_ways_to_ask(client: FlaskClient) -> None:
    """GET, form and body as such (SPARQL 1.1 Protocol §2.1) are one."""
    expected = ask(client, SELECT).data
    assert client.post("/sparql", data={"query": SELECT}).data == expected
    body = client.post("/sparql", data=SELECT, content_type="application/sparql-query")
    assert (body.status_code, body.data) == (200, expected)


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", SELECT, 415),
        ("application/json", "{}", 415),
        ("application/sparql-update", "CLEAR ALL", 403),
        ("application/sparql-query", b"\xff", 400),
        ("application/x-www-form-urlencoded", f"query={quote(ASK)}&query={quote(ASK)}", 400),
        ("application/x-www-form-urlencoded", "query=", 400),
        ("application/x-www-form-urlencoded", "", 400),
        ("application/x-www-form-urlencoded", "update=CLEAR+ALL", 403),
    ],
)
def test_other_ways_are_refused(
    client: FlaskClient, content_type: str, body: str | bytes, status: int
) -> None:
    """Each by the status that tells what is wrong."""
    response = client.post("/sparql", data=body, content_type=content_type)
    assert response.status_code == status
    assert response.get_json(force=True)["status"] == status


@pytest.mark.parametrize(
    ("query", "status", "place"),
    [
        ("SELECT *\nWHERE { ?s ?p ?o } LIMIT x", 400, (2, 26)),
        ("SELECT ?s { ?s nope:x ?o }", 400, (1, 16)),
        ("", 400, None),
        ("hello", 400, (1, 1)),
        ("INSERT DATA { <a> <b> <c> }", 403, None),
        ("DROP ALL", 403, None),
        ("LOAD <http://example.org/>", 403, None),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", 403, (1, 12)),
        ("SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }", 403, (1, 12)),
        ("SELECT * FROM <http://example.org/> { ?s ?p ?o }", 403, (1, 10)),
        ("SELECT * FROM NAMED <file:///etc/passwd> { ?s ?p ?o }", 403, (1, 10)),
        ("# SERVICE\nASK { ?s ?p 'SERVICE <http://example.org/>' }", 200, None),
    ],
)
def test_what_may_not_be_asked(
    client: FlaskClient, query: str, status: int, place: tuple[int, int] | None
) -> None:
    """Malformed is 400 and reaching outside 403, with line and column where they are known."""
    response = ask(client, query)
    assert response.status_code == status
    problem = response.get_json(force=True)
    if place:
        assert (problem["line"], problem["column"]) == place
        assert f"line {place[0]}, column {place[1]}" in page(
            client, f"/sparql?query={quote(query)}"
        )


def test_graphs_of_the_protocol(client: FlaskClient) -> None:
    """`default-graph-uri` is merged, `named-graph-uri` named; what is not here is not fetched."""
    count = "SELECT (COUNT(*) AS ?n) { ?r a iis:Record }"

    def number(query: str, **graphs: list[str]) -> int:
        response = client.get("/sparql", query_string={"query": query, **graphs})
        assert response.status_code == 200
        return int(response.get_json(force=True)["results"]["bindings"][0]["n"]["value"])

    one, two = GRAPH + "brics-newsaz", GRAPH + "brics-vietnam"
    assert number(count) > 20
    assert number(count, **{"default-graph-uri": [one]}) == 1
    assert number(count, **{"default-graph-uri": [one, two, one]}) == 2
    named = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(named, **{"named-graph-uri": [one, two]}) == 2
    assert number(count, **{"named-graph-uri": [one]}) == 0
    other = ask(client, count, **{"default-graph-uri": "http://example.org/"})
    assert other.status_code == 403


def test_deadline_is_503_and_says_when_to_return(client: FlaskClient) -> None:
    """The query may pass another time; the next one passes now."""
    response = ask(client, SLOW, timeout="0.2")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert "0.2 seconds" in response.get_json(force=True)["detail"]
    assert ask(client, ASK).status_code == 200


@pytest.mark.parametrize("kind", ["application/sparql-query", "application/x-www-form-urlencoded"])
def test_too_large_body_is_413(client: FlaskClient, kind: str) -> None:
    """Refused by its size, before it is read."""
    body = "query=" + "x" * 2**20
    assert client.post("/sparql", data=body, content_type=kind).status_code == 413


def test_method_is_405_with_those_that_may(client: FlaskClient) -> None:
    """The answer names the methods that there are."""
    response = client.put("/sparql", data=ASK)
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST"} <= set(response.allow or ())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(PIECES),
            max_size=12,
        ).map(" ".join),
    )
)
def test_any_text_is_answered_or_refused(client: FlaskClient, text: str) -> None:
    """Whatever is typed is 200, 400 or 403, as data and as a page; a 500 would be our bug."""
    body = text.encode(errors="surrogatepass")
    plain = client.post("/sparql", data=body, content_type="application/sparql-query")
    assert plain.status_code in (200, 400, 403)
    shown = client.post("/sparql", data={"query": text}, headers={"Accept": "text/html"})
    assert shown.status_code in (200, 400, 403)


# ---------------------------------------------------------------- pages


def test_a_mistake_is_mended_where_it_was_made(client: FlaskClient) -> None:
    """The form keeps what was typed, and says what is wrong and where, with the status for it."""
    for query, status in (("SELECT * { ?s is:x ?o }", 400), ("CLEAR ALL", 403)):
        path = f"/sparql?query={quote(query)}&format=html"
        response = client.get(path, headers={"Accept": BROWSER})
        assert response.status_code == status
        assert re.search(r"<textarea[^>]*>" + re.escape(query) + "</textarea>", response.text)
        assert 'role="alert"' in response.text
        assert "line 1, column" in response.text


def assert_only_own_scripts(text: str) -> None:
    """What runs is a file of this site; what stands in the page is data, without markup."""
    for opening, content in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
        if re.search(r'type="application/(ld\+)?json"', opening):
            assert "<" not in content
        else:
            assert re.search(r'\ssrc="/static/[\w/.-]+"', opening)
            assert not content


@pytest.mark.parametrize("path", PAGES)
def test_page_is_safe_and_of_this_site_alone(client: FlaskClient, path: str) -> None:
    """Scripts are files of this site or data; headers forbid all else; a language on the page."""
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.mimetype == "text/html"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    text = response.text
    assert '<html lang="en">' in text
    assert_only_own_scripts(text)
    assert not re.search(r"\s(style|on\w+)=", text)
    links = re.findall(r"<link\b[^>]*>", text)
    assert links
    for link in links:
        target = re.search(r'href="([^"]*)"', link)
        assert target
        assert target[1].startswith("/") or 'rel="canonical"' in link


def test_names_tell_their_language(client: FlaskClient) -> None:
    """Readers aloud and fonts need to know; Arabic runs from right to left."""
    text = page(client, "/doc/state/RUS")
    for tag in ("ru", "zh", "ar"):
        assert f'lang="{tag}"' in text
    assert 'lang="ar" dir="rtl"' in text
    title = re.search(r"<h1[^>]*>.*?</h1>", page(client, "/doc/state/CHN?lang=zh"))
    assert title
    assert title[0] == '<h1 lang="zh">中国</h1>'
    russian = page(client, "/doc/state/CHN", **{"Accept-Language": "ru-RU,ru;q=0.9"})
    assert '<h1 lang="ru">Китай</h1>' in russian


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_markup_in_a_query_and_its_answer_is_text(client: FlaskClient) -> None:
    """The asker's text and the answer's literals come back as text, never as markup."""
    query = 'SELECT ("""' + EVIL + '""" AS ?x) (<urn:x?a=%3Cb%3E&c> AS ?y) {}'
    for text in (
        page(client, f"/sparql?query={quote(query)}"),
        page(client, f"/sparql?query={quote(EVIL)}"),
        page(client, f"/q/members-on-day?day={quote(EVIL)}"),
        page(client, f"/doc/{quote(EVIL)}"),
        page(client, f"/q/{quote(EVIL, safe='')}"),
    ):
        assert_only_own_scripts(text)
        assert "<img" not in text
        assert "&lt;script&gt;" in text or "alert(" not in text


@pytest.mark.parametrize(
    "iri", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_only_web_addresses_become_links(client: FlaskClient, iri: str) -> None:
    """An IRI of another scheme is shown and leads nowhere."""
    text = page(client, f"/sparql?query={quote(f'SELECT (<{iri}> AS ?x) {{}}')}")
    assert iri.partition(":")[2] in text
    assert not re.search(r'href="(?!/|#|https://)', text)
    good = page(client, f"/sparql?query={quote('SELECT (<https://example.org/> AS ?x) {}')}")
    assert 'href="https://example.org/"' in good


def test_every_question_is_listed(client: FlaskClient) -> None:
    """What can be asked is found without search, by its theme and with what it tells."""
    text = page(client, "/q/")
    assert len(QUESTIONS) > 30
    for name in QUESTIONS:
        assert f'href="/q/{name}"' in text


def test_home_tells_what_this_is(client: FlaskClient) -> None:
    """Two sentences, a search box, figures, questions, newest sources, the release; and light."""
    text = page(client, "/")
    lead = re.search(r'<p class="lead">(.*?)</p>', text)
    assert lead
    assert lead[1].count(". ") == 1
    assert re.search(r'<form [^>]*action="/search" role="search"', text)
    figures = re.findall(r"<strong>([\d\s]+)</strong>", text)
    assert len(figures) == 8
    assert len(re.findall(r'href="/q/[a-z]', text)) >= 12
    newest = re.findall(r"<span class=\"short\">(20[\d-]+)</span>", text)
    assert len(newest) == 6
    assert newest == sorted(newest, reverse=True)
    assert client.application.extensions["iisgraph"].snapshot.release in text
    assert len(text.encode()) < 40_000


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_question_opens_with_its_answer(client: FlaskClient, name: str) -> None:
    """Each as a page with fields for its parameters, and as CSV."""
    text = page(client, f"/q/{name}")
    assert '<h2 id="answer">Answer</h2>' in text
    for parameter in QUESTIONS[name].parameters:
        assert f'name="{parameter.name}" value="{parameter.default}"' in text
    table = client.get(f"/q/{name}?format=csv")
    assert (table.status_code, table.mimetype) == (200, "text/csv")


def test_question_takes_parameters(client: FlaskClient) -> None:
    """What is typed is asked, shown in its field, and kept in the downloads."""
    path = "/q/members-on-day?organisation=sco&day=2017-06-10"
    text = page(client, path)
    assert 'name="day" value="2017-06-10"' in text
    assert "day=2017-06-10" in text.partition("Download:")[2]
    assert "IND" in client.get(path + "&format=csv").text
    before = client.get("/q/members-on-day?organisation=sco&day=2017-06-08&format=csv")
    assert "IND" not in before.text


@pytest.mark.parametrize("value", ["soon", "2017-02-30", '"@en }'])
def test_wrong_parameter_is_400(client: FlaskClient, value: str) -> None:
    """Told with what was expected, as a page and as a problem."""
    path = f"/q/members-on-day?day={quote(value)}"
    assert client.get(path).status_code == 400
    shown = client.get(path, headers={"Accept": BROWSER})
    assert (shown.status_code, shown.mimetype) == (400, "text/html")
    assert "expected a day such as 2009-06-16" in shown.text


# ---------------------------------------------------------------- bugs


@pytest.fixture
def failing(snapshot: Snapshot) -> Iterator[Flask]:
    app = web.create_app(snapshot, Settings(query_processes=1))

    def fail() -> str:
        raise RuntimeError("the secret is 42 in /etc/secret")

    app.add_url_rule("/fail", "fail", fail)
    yield app
    web.close(app)


@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_bug_is_a_number_and_nothing_more(
    failing: Flask, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor gets a number; the log has number and trace."""
    with caplog.at_level(logging.ERROR):
        response = failing.test_client().get("/fail", headers={"Accept": accept})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    number = re.search(r"Its number is ([0-9a-f]{12})\.", response.text)
    assert number
    assert f"bug {number[1]}" in caplog.text
    assert "the secret is 42" in caplog.text


def test_shape_of_a_problem_is_pinned(client: FlaskClient) -> None:
    """RFC 9457, with the place of a mistake in the query."""
    response = ask(client, "SELECT *\nWHERE { ?s ?p }")
    assert response.mimetype == "application/problem+json"
    problem = json.loads(response.data)
    assert problem.keys() == {"type", "title", "status", "detail", "line", "column", "token"}
    assert (problem["line"], problem["column"], problem["token"]) == (2, 15, "}")
    assert (problem["type"], problem["title"], problem["status"]) == (
        "about:blank",
        "Bad request",
        400,
    )


def test_data_may_be_read_by_other_sites(client: FlaskClient) -> None:
    """Open data is open to scripts of others too, errors included."""
    for path in ("/doc/state/RUS.ttl", f"/sparql?query={quote(ASK)}", "/doc/state/XXX"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_turtle_of_a_document_names_its_sources(client: FlaskClient) -> None:
    """No statement leaves the house without who says it, one source or several."""
    text = client.get("/doc/action/sco-2009-iis-agreement/KAZ/signature/1.ttl").text
    graph = Graph().parse(data=text, format="turtle")
    sources = {str(o) for p, o in graph.predicate_objects() if "hadPrimarySource" in str(p)}
    assert sources == {BASE + "source/sco-infoforum-2017", BASE + "source/adilet-p090000902"}
