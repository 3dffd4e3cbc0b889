"""The stores: the merge, the freeze, and an endpoint by URL."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings

from iisgraph import engine
from iisgraph.engine import Clause, DefaultGraph, Literal, NamedNode, Oxigraph, Quad
from iisgraph.engine.answers import SORTED
from iisgraph.errors import EngineError, QueryError
from iisgraph.formats import RESULTS
from iisgraph.remote import Remote
from iisgraph.vocab import XSD
from tests import rdf

S, P, Q = (NamedNode(rdf.EX + name) for name in "spq")
G, H = (NamedNode(rdf.EX + name) for name in "gh")


def number(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "integer"))


@pytest.fixture
def doubly() -> Oxigraph:
    """Eleven statements, ten of them attested by two graphs: 21 quads."""
    both = [Quad(S, P, number(str(n)), g) for n in range(10) for g in (G, H)]
    return rdf.store_of(*both, Quad(S, Q, number("1"), G))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("?s ?p ?o", 11),
        ("?s e:p ?a . ?s e:p ?b . ?s e:p ?c", 1000),
        ("GRAPH ?g { ?s ?p ?o }", 21),
        ("GRAPH e:h { ?s ?p ?o }", 10),
        ("{ ?s e:p ?o } UNION { ?s e:q ?o }", 11),
        ("?s e:p+ ?o", 10),
    ],
)
def test_counts_count_facts(doubly: Oxigraph, pattern: str, expected: int) -> None:
    """The default graph is the RDF merge: a fact that two records state is one fact."""
    sparql = f"PREFIX e: <{rdf.EX}> SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
    (row,) = doubly.query(sparql).rows()
    assert row["n"].value == str(expected)


def test_the_store_knows_what_it_holds(doubly: Oxigraph) -> None:
    """Length is that of the merge; patterns see quads, or the merge alone."""
    assert len(doubly) == 11
    assert len(list(doubly.quads(S, P, None, DefaultGraph()))) == 10
    assert len(list(doubly.quads(S, P))) == 30
    assert doubly.graphs() == [G.value, H.value]
    assert doubly.holds(S, Q, number("1"))
    assert not doubly.holds(S, Q, number("2"))


@pytest.mark.parametrize(
    ("clause", "merged", "named"),
    [
        (Clause((G.value, H.value)), 11, 0),
        (Clause((H.value,)), 10, 0),
        (Clause((H.value, H.value), (G.value,)), 10, 11),
        (Clause((), (G.value, H.value)), 0, 21),
    ],
)
def test_a_clause_selects_and_merges(
    doubly: Oxigraph, clause: Clause, merged: int, named: int
) -> None:
    """SPARQL 1.1 §13.2, whatever number of graphs is named."""
    assert len(list(doubly.query("SELECT * { ?s ?p ?o }", clause).rows())) == merged
    assert len(list(doubly.query("SELECT * { GRAPH ?g { ?s ?p ?o } }", clause).rows())) == named


def test_a_frozen_store_takes_nothing(doubly: Oxigraph) -> None:
    """A snapshot never changes under its reader."""
    doubly.freeze()
    with pytest.raises(TypeError, match="read-only"):
        doubly.add([Quad(S, Q, number("2"), G)])
    assert len(doubly) == 11


def test_the_rdflib_view_is_the_same_store(doubly: Oxigraph) -> None:
    """Its default graph is the merge, not a union with duplicates."""
    sparql = f"SELECT (COUNT(*) AS ?n) {{ ?s <{P.value}> ?o . ?s <{Q.value}> ?x }}"
    (row,) = doubly.dataset(lambda _: None).query(sparql)
    assert int(row[0]) == 10  # type: ignore[index,arg-type] # rdflib types rows of all forms alike


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (number("01"), number("1")),
        (number("1"), number("1")),
        (Literal("1", datatype=NamedNode(XSD + "byte")), number("1")),
        (Literal("1.50", datatype=NamedNode(XSD + "decimal")), None),
        (Literal("01"), Literal("01")),
        (Literal("x", language="en"), Literal("x", language="en")),
    ],
)
def test_rewritten_literals_are_reported(written: Literal, kept: Literal | None) -> None:
    """`check` tells them apart by this."""
    known = engine.stored([written])
    assert known.keys() == {written}
    assert known[written] == (kept or Literal("1.5", datatype=NamedNode(XSD + "decimal")))


def test_each_kind_of_answer_gives_what_it_has(doubly: Oxigraph) -> None:
    """Rows of SELECT, triples of CONSTRUCT, the boolean of ASK; nothing else of each."""
    rows = doubly.query("SELECT ?x ?y { VALUES (?x ?y) { (1 UNDEF) } }")
    assert (rows.variables, rows.is_graph) == (["x", "y"], False)
    assert list(rows.rows()) == [{"x": number("1")}]
    graph = doubly.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert (graph.variables, graph.is_graph, len(list(graph.triples()))) == ([], True, 11)
    assert bool(doubly.query("ASK { ?s ?p ?o }")) is True
    assert bool(doubly.query("ASK { ?s ?p 99 }")) is False
    for wrong in (rows.triples, lambda: bool(rows), lambda: list(graph.rows())):
        with pytest.raises(TypeError, match="only a"):
            wrong()


@pytest.mark.parametrize("media_type", [f.media_type for f in RESULTS])
def test_results_are_written_in_each_format(doubly: Oxigraph, media_type: str) -> None:
    """The four formats of SPARQL 1.1."""
    body = doubly.query("SELECT ?x { VALUES ?x { 'a' UNDEF } }").serialize(media_type)
    assert b"a" in body
    assert body.startswith((b"{", b"<?xml", b"x\r\n", b"?x\n"))


def test_graphs_are_written_sorted_and_once(doubly: Oxigraph) -> None:
    """Equal answers are equal bytes."""
    text = doubly.query("CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }").serialize(
        "application/n-triples"
    )
    assert text.splitlines() == sorted(text.splitlines())
    assert len(text.splitlines()) == 11
    with pytest.raises(ValueError, match="not an RDF media type"):
        engine.serialize([], "text/csv")


def test_large_graphs_are_written_once_as_they_come() -> None:
    """Past a size nothing is sorted, so that memory does not hold the whole; each triple once."""
    store = Oxigraph()
    node, number = NamedNode("urn:p"), SORTED + 5
    triples = [Quad(NamedNode(f"urn:s{i}"), node, Literal("x")) for i in range(number)]
    for graph in ("urn:a", "urn:b"):
        store.add(Quad(t.subject, t.predicate, t.object, NamedNode(graph)) for t in triples)
    twice = "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }"
    for media_type in ("application/n-triples", "text/turtle"):
        body = store.query(twice).serialize(media_type)
        parsed = engine.parse(body, media_type, "urn:g", "urn:b")
        assert len(parsed.quads) == len(set(parsed.quads)) == number
        assert body == store.query(twice).serialize(media_type)


@pytest.mark.parametrize(
    ("sparql", "line", "column"), [("SELECT", 1, 7), ("SELECT *\n{ ?s }", 2, 7)]
)
def test_errors_of_the_parser_have_a_place(sparql: str, line: int, column: int) -> None:
    """And words that help, without the sets of characters that a parser would have taken."""
    with pytest.raises(QueryError) as caught:
        Oxigraph().query(sparql)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert "['" not in str(caught.value)


@settings(max_examples=100, deadline=None)
@given(rdf.documents)
def test_canonical_lines_do_not_depend_on_labels_or_order(quads: list[Quad]) -> None:
    """Isomorphic means equal lines: labels are given anew, the order is turned round."""
    text = rdf.as_ntriples(quads[::-1])
    again = engine.parse(text.encode(), "application/n-triples", rdf.NAME.value, rdf.EX)
    assert engine.canonical_quads(again.quads) == engine.canonical_quads(quads)


def test_canonical_lines_tell_graphs_apart() -> None:
    """A circle of two and two circles of one are not the same."""
    texts = ["_:a <e:p> _:b . _:b <e:p> _:a .", "_:a <e:p> _:a . _:b <e:p> _:b ."]
    one, two = (engine.canonical_quads(rdf.file(text).quads) for text in texts)
    assert one != two


class Endpoint(BaseHTTPRequestHandler):
    """Answers by the query's text; keeps what it was asked."""

    asked: list[tuple[str, str, str]] = []  # noqa: RUF012 - one list for all requests is meant

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((body, self.headers["Content-Type"], self.headers["Accept"]))
        status, kind, text = self.replies[body.split()[0]]
        if body.startswith("SLOW"):
            time.sleep(1)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""

    results = json.dumps(
        {
            "head": {"vars": ["x"]},
            "results": {"bindings": [{"x": {"type": "uri", "value": rdf.EX + "a"}}, {}]},
        }
    )
    problem = json.dumps({"title": "Bad", "detail": "no such prefix"})
    replies = {  # noqa: RUF012 - never changed
        "SELECT": (200, "application/sparql-results+json; charset=utf-8", results),
        "ASK": (200, "application/sparql-results+json", '{"head":{},"boolean":true}'),
        "CONSTRUCT": (200, "application/n-triples", f"<{rdf.EX}a> <{rdf.EX}b> _:c .\n"),
        "BAD": (400, "application/problem+json", problem),
        "WORSE": (503, "text/plain", "busy"),
        "LIST": (400, "application/json", "[1]"),
        "HTML": (200, "text/html", "<p>welcome"),
        "BROKEN": (200, "application/n-triples", "<a"),
        "SLOW": (200, "text/plain", ""),
    }


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    server.server_close()


def test_an_endpoint_answers_like_the_engine(endpoint: str) -> None:
    """Rows, a boolean and triples come as from the store in this process."""
    remote = Remote(endpoint)
    answer = remote.query("SELECT ?x {}")
    assert answer.variables == ["x"]
    assert list(answer.rows()) == [{"x": NamedNode(rdf.EX + "a")}, {}]
    assert bool(remote.query("ASK {}")) is True
    (triple,) = remote.query("CONSTRUCT WHERE {}").triples()
    assert triple.subject == NamedNode(rdf.EX + "a")


def test_the_query_travels_as_the_protocol_says(endpoint: str) -> None:
    """SPARQL 1.1 Protocol §2.1.3: POST directly, UTF-8, and formats that we can read."""
    Endpoint.asked.clear()
    Remote(endpoint).query('SELECT "关" {}')
    ((body, kind, accept),) = Endpoint.asked
    assert body.endswith('SELECT "关" {}')
    assert kind.startswith("application/sparql-query")
    assert "application/sparql-results+json" in accept


@pytest.mark.parametrize(
    ("word", "kind", "message"),
    [
        ("BAD", QueryError, "answered 400 Bad Request: no such prefix"),
        ("LIST", QueryError, r"400 Bad Request: \[1\]"),
        ("WORSE", EngineError, "answered 503 Service Unavailable: busy"),
        ("HTML", EngineError, "cannot be asked"),
        ("BROKEN", EngineError, "cannot be asked"),
    ],
)
def test_a_failing_endpoint_is_told_as_one(
    endpoint: str, word: str, kind: type[Exception], message: str
) -> None:
    """400 is the asker's fault, all else the endpoint's; no reply is a bug of ours."""
    with pytest.raises(kind, match=message):
        Remote(endpoint).query(word)


def test_an_endpoint_that_is_not_there_is_told() -> None:
    """Unreachable, and no URL at all."""
    for url in ("http://127.0.0.1:1/", "nonsense", "http://"):
        with pytest.raises(EngineError, match="cannot be asked"):
            Remote(url).query("ASK {}")


def test_a_slow_endpoint_is_given_up(endpoint: str) -> None:
    """The time-out is an error of the endpoint, not a wait without end."""
    with pytest.raises(EngineError, match="timed out"):
        Remote(endpoint, seconds=0.2).query("SLOW")
