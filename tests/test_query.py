"""What may be asked is decided by the form of a query, and nothing is ever fetched."""

import pickle
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Dataset

import iisgraph
from iisgraph import query
from iisgraph.engine import Clause
from iisgraph.errors import AnswerTooLarge, NotAcceptable, QueryError, QueryRefused
from iisgraph.formats import Format, by_name
from iisgraph.snapshot import Snapshot
from iisgraph.sparql import DEEPEST, FORMS, MOST_PARTS, UPDATES, Token, inspect, tokens_of
from iisgraph.vocab import GRAPH
from tests import rdf

A, B, C = (GRAPH + name for name in "abc")
LISTED = "ASK {}"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Three records; <s> <p> <o> is attested twice."""
    folder = tmp_path_factory.mktemp("small")
    twice = "<s> <p> <o> ."
    return rdf.snapshot_of(
        folder, a=f"{twice} <s> <p> 1 .", b=f"{twice} <s> <p> 2 .", c="<s> <q> 3 ."
    )


class Listener:
    """A port on loopback that counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}/"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.close()


def count(snapshot: Snapshot, sparql: str, clause: Clause | None = None) -> int:
    return len(list(query.answer(snapshot, sparql, clause).rows()))


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?from ?service { ?from ?service ?load }",
        "SELECT $from { ?s $from ?o }",
        "SELECT * { ?s <http://service/from> ?o }",
        "SELECT * { ?s <SERVICE> ?o }",
        'SELECT * { ?s ?p "SERVICE <http://x/>" }',
        "SELECT * { ?s ?p 'FROM <http://x/>' }",
        'SELECT * { ?s ?p """a " SERVICE\n <http://x/> ""b""" }',
        "SELECT * { ?s ?p '''a ' '' FROM <x>''' }",
        'SELECT * { ?s ?p "a \\" SERVICE <x>" }',
        'SELECT * { ?s ?p "\\\\" , "SERVICE" }',
        "# SERVICE <http://x/>\nSELECT * { ?s ?p ?o } # FROM <http://x/>",
        "# one\r# SERVICE\rSELECT * { ?s ?p ?o }",
        "PREFIX service: <http://s/> SELECT * { ?s service:from ?o }",
        "PREFIX from: <http://s/> SELECT * { ?x from:service from:a\\#b }",
        "SELECT * { _:service ?p 'x'@service }",
        "SELECT * { ?s ?p ?o FILTER(?o<3&&?o>1) }",
        "SELECT * { VALUES (?a ?b) { (<http://x/a#b> <http://x/service#c>) } }",
    ],
)
def test_words_that_are_no_keywords_do_not_count(small: Snapshot, sparql: str) -> None:
    """Strings, comments, IRIs, names, variables and tags may say anything."""
    form = inspect(sparql)
    assert (form.name, form.services, bool(form.clause)) == ("SELECT", (), False)
    assert query.answer(small, sparql).variables


@pytest.mark.parametrize("name", sorted(FORMS))
@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_forms_are_told_in_any_case(name: str, case: Callable[[str], str]) -> None:
    """The prologue and comments before the form do not hide it."""
    text = f"# DELETE\nBASE <http://b/> PREFIX select: <http://s/> {case(name)} {{}}"
    assert inspect(text).name == name


UPDATE_TEXTS = {
    "INSERT": "INSERT DATA { <s> <p> <o> }",
    "DELETE": "DELETE WHERE { ?s ?p ?o }",
    "LOAD": "LOAD <http://127.0.0.1/>",
    "CLEAR": "CLEAR ALL",
    "CREATE": "CREATE GRAPH <g>",
    "DROP": "DROP SILENT DEFAULT",
    "COPY": "COPY <a> TO <b>",
    "MOVE": "MOVE <a> TO <b>",
    "ADD": "ADD <a> TO <b>",
    "WITH": "WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
}


@pytest.mark.parametrize("name", sorted(UPDATES))
def test_updates_are_refused_by_name(small: Snapshot, name: str) -> None:
    """Every operation of SPARQL 1.1 Update, with or without prologue, in any case."""
    before = len(small)
    for text in (UPDATE_TEXTS[name], f"PREFIX x: <http://x/>\n{UPDATE_TEXTS[name].lower()}"):
        with pytest.raises(QueryRefused, match=rf"\({name}\); this graph is read-only"):
            query.answer(small, text)
    assert len(small) == before


@pytest.mark.parametrize(
    "text", ["ASK {} ; INSERT DATA { <s> <p> <o> }", "SELECT * { INSERT DATA { <s> <p> <o> } }"]
)
def test_an_update_behind_a_query_is_no_query(small: Snapshot, text: str) -> None:
    """The engine's parser judges the rest."""
    with pytest.raises(QueryError):
        query.answer(small, text)


@pytest.mark.parametrize(
    ("text", "place", "named"),
    [
        ("SELECT * {\n  SERVICE <http://x/> {} }", (2, 3), "SERVICE http://x/"),
        ("ASK { service silent <http://x/> {} }", (1, 7), "SERVICE http://x/"),
        ("ASK { ?s ?p ?o .\nSERVICE?x{} }", (2, 1), r"SERVICE \?x"),
        ("PREFIX e: <http://e/>\nASK { FILTER EXISTS { SERVICE e:x {} } }", (2, 23), "http://e/x"),
        ("ASK FROM <http://x/> {}", (1, 5), "FROM <http://x/>"),
        ("ASK\nfrom named <http://x/> {}", (2, 1), "FROM <http://x/>"),
        ("PREFIX e: <http://e/> ASK FROM e:x {}", (1, 27), "FROM <http://e/x>"),
        ("ASK FROM <file:///etc/passwd> {}", (1, 5), "FROM <file"),
    ],
)
def test_reaching_outside_is_refused_with_its_place(
    small: Snapshot, text: str, place: tuple[int, int], named: str
) -> None:
    """Federation and unknown graphs, named in the message as they were resolved."""
    with pytest.raises(QueryRefused, match=named) as caught:
        query.answer(small, text)
    assert (caught.value.line, caught.value.column) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("\\u0053ELECT * {}", (1, 1)),
        ("ASK {\n \\u0053ERVICE <http://x/> {} }", (2, 2)),
        ("ASK { ?s <http://x/\\u0041> ?o }", None),
        ('ASK { ?s ?p "open }', (1, 13)),
        ("", (1, 1)),
        ("{}", (1, 1)),
        ("FOO {}", (1, 1)),
        ("PREFIX a: <http://a/>\nFOO {}", None),
        ("ASK { ?s ex:p ?o }", (1, 10)),
        ("SELECT * {\n ?s ?p }", (2, 8)),
    ],
)
def test_what_is_not_sparql_is_told_with_its_place(
    small: Snapshot, text: str, place: tuple[int, int] | None
) -> None:
    """Escapes of codepoints outside strings could hide a keyword; they are not taken."""
    with pytest.raises(QueryError) as caught:
        query.answer(small, text)
    assert not isinstance(caught.value, QueryRefused)
    assert caught.value.line is not None
    if place:
        assert (caught.value.line, caught.value.column) == place


def test_a_misspelt_prefix_gets_a_hint(small: Snapshot) -> None:
    """The nearest known prefix is named."""
    with pytest.raises(QueryError, match="skoss: is not declared; did you mean skos:"):
        query.answer(small, "ASK { ?s skoss:prefLabel ?o }")


HIDING = [
    'SELECT * {{ FILTER(1<2)#>"""\n SERVICE <{url}> {{ ?s ?p ?o }} #"""\n}}',
    "SELECT * {{ FILTER(1<2)#>'''\n SERVICE <{url}> {{ ?s ?p ?o }} #'''\n}}",
    "PREFIX x: <{url}> SELECT * {{ VALUES ?b {{ 3 }} FILTER(1<?b)SERVICE?x#>\n{{ ?s ?p ?o }} }}",
    'SELECT * {{ BIND(1<xsd:a#>"""\n AS ?x) SERVICE <{url}> {{ ?s ?p ?o }} #"""\n}}',
    'SELECT (1<2#>"""\n AS ?x) {{ SERVICE <{url}> {{ ?s ?p ?o }} #"""\n}}',
    'SELECT * {{ FILTER(EXISTS {{}}<#>"""\n 2) SERVICE <{url}> {{ ?s ?p ?o }} #"""\n}}',
    'ASK {{ {{ }} }} ORDER BY (1<2)#>"""\n SERVICE <{url}> {{}}#"""',
    "SELECT * {{ BIND(1 AS ?a) FILTER(?a<?a&&''!='>') SERVICE <{url}> {{ ?s ?p ?o }} }} #'",
    "SELECT * {{ ?s <http://x/ #> ?o . SERVICE <{url}> {{ ?s ?p ?o }}\n }}",
]


@pytest.mark.parametrize("text", HIDING)
def test_no_second_reading_hides_a_service(small: Snapshot, listener: Listener, text: str) -> None:
    """`(1<2)#>"` is an IRI by the grammar; an engine may read a comparison and a comment."""
    before = listener.calls
    with pytest.raises(QueryError):
        query.answer(small, text.format(url=listener.url))
    assert listener.calls == before


FETCHING = [
    "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?x {{ <{url}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "DESCRIBE <{url}> FROM <{url}>",
    "LOAD <{url}>",
    "LOAD SILENT <{url}> INTO GRAPH <g>",
    "ASK {{}} ; LOAD <{url}>",
]


@pytest.mark.parametrize("text", FETCHING)
def test_nothing_is_fetched(small: Snapshot, listener: Listener, text: str) -> None:
    """By none of the doors of Python, whatever the query says."""
    sparql = text.format(url=listener.url)
    graph = iisgraph.open(small.graph)
    before = listener.calls
    doors: list[Callable[[], Any]] = [
        lambda: query.answer(small, sparql),
        lambda: graph.query(sparql),
        lambda: query.reply(
            small, query.Held(1), query.Request(sparql, Clause(), by_name("csv"), None)
        ),
    ]
    for door in doors:
        with pytest.raises(QueryError):
            door()
    assert listener.calls == before


@pytest.mark.parametrize("named", ["", "NAMED "])
def test_the_rdflib_view_fetches_no_from(small: Snapshot, listener: Listener, named: str) -> None:
    """A plain Dataset would; over our store such a query is refused."""
    before = listener.calls
    with pytest.raises(QueryRefused):
        small.graph.query(f"SELECT * FROM {named}<{listener.url}> {{ ?s <urn:gone> ?o }}")
    assert listener.calls == before


def test_the_rdflib_view_calls_no_service(small: Snapshot, listener: Listener) -> None:
    """Federation is off by every door."""
    before = listener.calls
    with pytest.raises(QueryRefused):
        list(small.graph.query(f"ASK {{ SERVICE <{listener.url}> {{ ?s ?p ?o }} }}"))
    assert listener.calls == before


def test_the_listener_would_have_noticed(listener: Listener) -> None:
    """The tests above could fail: a plain Dataset does fetch what FROM names."""
    before = listener.calls
    with suppress(Exception):  # what rdflib makes of a broken connection is its own affair
        Dataset().query(f"SELECT * FROM <{listener.url}> {{ ?s ?p ?o }}")
    assert listener.calls > before


def test_protocol_clauses_are_held_to_the_release(small: Snapshot) -> None:
    """`default-graph-uri` and `named-graph-uri` replace FROM, and reach no further."""
    text = f"SELECT * FROM <{A}> {{ ?s ?p ?o }}"
    assert count(small, text, Clause((C,))) == 1
    for clause in (Clause(("http://127.0.0.1/",)), Clause((), ("http://127.0.0.1/",))):
        with pytest.raises(QueryRefused):
            query.answer(small, text, clause)


@pytest.mark.parametrize(
    ("clause", "pattern", "expected"),
    [
        ("", "?s ?p ?o", 4),
        (f"FROM <{A}>", "?s ?p ?o", 2),
        (f"FROM <{A}> FROM <{B}>", "?s ?p ?o", 3),
        (f"FROM <{A}> FROM <{A}>", "?s ?p ?o", 2),
        (f"FROM <{A}> FROM NAMED <{B}>", "?s ?p ?o", 2),
        (f"FROM <{A}> FROM NAMED <{B}>", "GRAPH ?g { ?s ?p ?o }", 2),
        (f"FROM NAMED <{A}> FROM NAMED <{B}>", "GRAPH ?g { ?s ?p ?o }", 4),
        (f"FROM NAMED <{A}>", "?s ?p ?o", 0),
        (f"FROM <{A}>", "GRAPH ?g { ?s ?p ?o }", 0),
        (f"FROM <{A}>", f"GRAPH <{B}> {{ ?s ?p ?o }}", 0),
        ("FROM g:a from # comment\n g:b", "?s ?p ?o", 3),
        ("", "GRAPH ?g { ?s ?p ?o }", 5),
        ("", "GRAPH ?g { ?s ?p ?o } FILTER(?o = <https://w3id.org/iisgraph/o>)", 2),
    ],
)
def test_the_dataset_is_the_one_that_was_named(
    small: Snapshot, clause: str, pattern: str, expected: int
) -> None:
    """SPARQL 1.1 §13.2: FROM graphs are merged, so what two attest counts once."""
    text = f"PREFIX g: <{GRAPH}> SELECT * {clause} {{ {pattern} }}"
    assert count(small, text) == expected
    counted = f"PREFIX g: <{GRAPH}> SELECT (COUNT(*) AS ?n) {clause} {{ {pattern} }}"
    (row,) = query.answer(small, counted).rows()
    assert row["n"].value == str(expected)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <graph/a> { ?s ?p ?o }",
        "BASE <https://w3id.org/> SELECT * FROM <iisgraph/graph/a> { ?s ?p ?o }",
    ],
)
def test_relative_iris_in_from_rest_on_the_base(small: Snapshot, text: str) -> None:
    """The base of the house, or that of the query, as for every other IRI in it."""
    assert count(small, text) == 2


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?s ?p ?o FROM <{A}> }}",
        f"SELECT * {{ ?s ?p ?o }} FROM <{A}>",
        f"SELECT * {{ {{ SELECT * FROM <{A}> {{ ?s ?p ?o }} }} }}",
    ],
)
def test_from_stands_only_before_the_pattern(small: Snapshot, text: str) -> None:
    """A clause elsewhere is a mistake, not a clause."""
    with pytest.raises(QueryError):
        query.answer(small, text)


@pytest.mark.parametrize(
    "text",
    [
        f"CONSTRUCT {{ ?s ?p ?o }} FROM <{A}> WHERE {{ ?s ?p ?o }}",
        f"CONSTRUCT FROM <{A}> WHERE {{ ?s ?p ?o }}",
        f"DESCRIBE <s> FROM <{A}>",
    ],
)
def test_from_is_read_in_queries_for_graphs(small: Snapshot, text: str) -> None:
    """A template before the clause is no pattern."""
    assert len(list(query.answer(small, text).triples())) == 2


def test_the_place_of_an_error_is_that_of_the_text_as_typed(small: Snapshot) -> None:
    """Taking FROM out of a query moves nothing."""
    with pytest.raises(QueryError) as caught:
        query.answer(small, f"SELECT *\nFROM <{A}>\nFROM <{B}>\n{{ ?s ?p }}")
    assert (caught.value.line, caught.value.column) == (4, 9)


def test_replies_fit_what_the_asker_takes(small: Snapshot) -> None:
    """Tables, truths and graphs have formats of their own, and an answer has a largest size."""
    csv, turtle, xml = by_name("csv"), by_name("turtle"), by_name("xml")
    graph = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"

    def made(sparql: str, *formats: Format | None) -> query.Reply:
        return query.reply(small, query.Held(1), query.Request(sparql, Clause(), *formats))

    found = made("SELECT ?o { <s> <q> ?o }", csv, turtle, xml)
    assert (found.format, found.body) == (csv, b"o\r\n3\r\n")
    assert made(graph, csv, turtle, xml).format is turtle
    assert made(LISTED, csv, turtle, xml).format is xml
    for sparql, formats, offered in [
        (graph, (csv, None, xml), "a graph; offered are: turtle "),
        (LISTED, (csv, turtle, None), "true or false; offered are: json "),
        ("SELECT * {}", (None, turtle, xml), "a table; offered are: json "),
    ]:
        with pytest.raises(NotAcceptable, match=re.escape(offered)):
            made(sparql, *formats)
    many = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s . ?t ?u ?v }"
    with pytest.raises(AnswerTooLarge, match="larger than 1 MiB"):
        made(many, csv, None, None)


def test_an_answer_is_written_as_it_comes(small: Snapshot) -> None:
    """A table of any length takes no more memory than its pieces."""

    class Counting:
        largest = total = 0

        def write(self, part: bytes, /) -> int:
            self.largest = max(self.largest, len(part))
            self.total += len(part)
            return len(part)

        def flush(self) -> None: ...

        def taken(self) -> int:
            return self.total

    wide = " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(7))
    wanted = query.Request(f"SELECT * {{ {wide} }}", Clause(), by_name("tsv"), None)
    sink = Counting()
    found = query.reply(small, sink, wanted)
    assert found.body == sink.total > 2**20
    assert sink.largest < 2**16


@pytest.mark.parametrize("opening", ["(", "{", "[ a "])
def test_nesting_is_bounded(small: Snapshot, opening: str) -> None:
    """Each bracket takes of the engine's stack; past the bound it would end the process."""
    closing = {"(": ")", "{": "}", "[ a ": "]"}[opening]

    def asked(depth: int) -> str:
        inner = "" if opening == "{" else "1"
        nest = opening * (depth - 2) + inner + closing * (depth - 2)
        whole = {"(": f"FILTER({nest})", "{": f"{{{nest}}}"}.get(opening, f"[ a {nest} ]")
        return f"ASK {{ {whole} }}"

    assert query.answer(small, asked(DEEPEST)) is not None
    with pytest.raises(QueryRefused, match=f"more than {DEEPEST} brackets") as caught:
        query.answer(small, asked(DEEPEST + 1))
    assert caught.value.column


@pytest.mark.parametrize(
    ("part", "form"),
    [
        (" UNION { ?s ?p ?o }", "ASK {{ {{}}{0} }}"),
        (" MINUS { ?s ?p ?o }", "ASK {{ ?s ?p ?o{0} }}"),
        (" FILTER(?s = 1)", "ASK {{ ?s ?p ?o{0} }}"),
        ("+1", "ASK {{ FILTER(1{0}) }}"),
        ("||true", "ASK {{ FILTER(true{0}) }}"),
    ],
)
def test_chains_are_bounded(small: Snapshot, part: str, form: str) -> None:
    """A chain of operators is a deep tree as well; lists of terms are not, and may be long."""
    taken = MOST_PARTS - 2
    assert query.answer(small, form.format(part * taken)) is not None
    with pytest.raises(QueryRefused, match=f"more than {MOST_PARTS} clauses and operators"):
        query.answer(small, form.format(part * (MOST_PARTS + 1)))
    terms = " ".join(f"<s{i}>" for i in range(5 * MOST_PARTS))
    assert query.answer(small, f"ASK {{ VALUES ?s {{ {terms} }} }}") is not None


@pytest.mark.parametrize(
    ("text", "token", "hint"),
    [
        ("SELECT * { ?s is:x ?o }", "is:x", "did you mean iis:?"),
        ("SELECT * { ?s zzzz:x ?o }", "zzzz:x", None),
        ("SELCT * {}", "SELCT", "did you mean SELECT?"),
        ("SELECT * { ?s ?p ?o FILTR(?o) }", "FILTR", "did you mean FILTER?"),
        ("SELECT * { ?s ?p ?o } qqqqqq", "qqqqqq", None),
        ("SELECT * { ?s ?p ; }", ";", None),
        ("SELECT * {\n ?s ?p ?o", None, "{ of line 1, column 10 is not closed"),
        ("SELECT * { FILTER(EXISTS { ?s ?p ?o }", None, "( of line 1, column 18 is not closed"),
        ("SELECT * { ?s ?p ?o } LIMIT 'x'", "'x'", None),
        ("SELECT (xsd:soon(1) AS ?x) {}", "xsd:soon", None),
        ("SELECT * { ?s ?p \\ }", "\\", None),
        ("SELECT * { ?s ?p 'open }", "'open", None),
        ("SELECT * { SERVICE <http://example.org/> {} }", "SERVICE", None),
        ("SELECT * FROM <http://example.org/> {}", "FROM", None),
        ("# SELCT\nSELECT ?s { ?s a 'SELCT' ; <SELCT> }", "}", None),
    ],
)
def test_an_error_names_the_word_and_what_was_meant(
    small: Snapshot, text: str, token: str | None, hint: str | None
) -> None:
    """The word at the place, and a hint that ends the message, if there is one to give."""
    with pytest.raises(QueryError) as caught:
        query.answer(small, text)
    error = caught.value
    assert (error.token, error.hint) == (token, hint)
    assert str(error).endswith(hint or error.message)
    assert error.line
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), vars(copy), str(copy)) == (type(error), vars(error), str(error))


pieces = st.sampled_from(
    [
        "SELECT",
        "ASK",
        "CONSTRUCT",
        "DESCRIBE",
        "FROM",
        "NAMED",
        "SERVICE",
        "SILENT",
        "WHERE",
        "GRAPH",
        "FILTER",
        "BIND",
        "AS",
        "VALUES",
        "PREFIX",
        "BASE",
        "INSERT",
        "UNION",
        "a",
        "*",
        "?x",
        "$y",
        "x:",
        ":y",
        "iis:State",
        "_:b",
        "<http://x/>",
        f"<{A}>",
        "<",
        ">",
        "<2#>",
        '"s"',
        "'",
        '"""',
        "\\",
        "\\u0053",
        "@en",
        "^^",
        "1",
        "1e5",
        ".5",
        "#",
        "\n",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ".",
        ";",
        ",",
        "&&",
        "||",
        "!",
        "=",
        "\x00",
        "\ud800",
        "关",
        "\ufeff",
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.lists(pieces, max_size=14).map(" ".join) | st.lists(pieces).map("".join) | st.text())
def test_any_text_is_answered_or_refused(text: str) -> None:
    """No input is a bug: an answer, a QueryError or a QueryRefused, and nothing else."""
    with suppress(QueryError):
        query.answer(EMPTY, text)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=14).map(" ".join))
def test_tokens_lose_nothing_but_space_and_comments(text: str) -> None:
    """Each token stands where it says, in order, and between them is nothing to read."""
    tokens: list[Token] = []
    with suppress(QueryError):
        tokens.extend(tokens_of(text))
    end = 0
    for token in tokens:
        gap = text[end : token.start]
        assert not gap.strip() or gap.lstrip().startswith("#")
        assert text.startswith(token.text, token.start)
        end = token.start + len(token.text)


EMPTY = rdf.snapshot_of(Path())
