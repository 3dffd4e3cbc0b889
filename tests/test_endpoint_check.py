"""What is behind an endpoint is held to shapes, with the same results as its files."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iisgraph import read
from iisgraph.cli import main
from iisgraph.engine import Answer, BlankNode, Oxigraph
from iisgraph.errors import EngineError, ShapesError
from iisgraph.gate import Finding
from iisgraph.gate.endpoint import check_endpoint
from iisgraph.remote import Remote
from iisgraph.shacl import Result, validate, validate_elsewhere
from tests import shacl
from tests.conftest import ROOT
from tests.test_server import Server
from tests.test_shacl_differential import LENIENT, told

JSON = "application/sparql-results+json"


class Cut:
    """An engine that gives no more rows than its limit, as some endpoints do."""

    def __init__(self, store: Oxigraph, limit: int) -> None:
        self._store = store
        self._limit = limit

    def query(self, sparql: str, clause: object = None) -> Answer:
        """Answer with fewer rows than there are, and say nothing."""
        del clause
        is_count = "COUNT" in sparql
        return self._store.query(sparql if is_count else f"{sparql} LIMIT {self._limit}")


class Renaming:
    """An engine that names blank nodes anew in each answer, by the same few names, as Jena does."""

    def __init__(self, store: Oxigraph) -> None:
        self._store = store

    def query(self, sparql: str, clause: object = None) -> Answer:
        """Answer with blank nodes that are named by when they come."""
        del clause
        body = json.loads(self._store.query(sparql).serialize(JSON))
        names: dict[str, str] = {}
        for row in body.get("results", {}).get("bindings", []):
            for term in row.values():
                if term["type"] == "bnode":
                    term["value"] = names.setdefault(term["value"], f"b{len(names)}")
        return Answer.read(JSON, json.dumps(body).encode())


class Broken:
    """An engine whose answers break off in a row."""

    def query(self, sparql: str, clause: object = None) -> Answer:
        """Answer with a row and a half."""
        del sparql, clause
        row = '{"s": {"type": "uri", "value": "http://example.org/a"}}'
        text = f'{{"head": {{"vars": ["s"]}}, "results": {{"bindings": [{row}, {row[:20]}'
        return Answer.read(JSON, text.encode())


class Exact:
    """An engine that keeps literals as they are written, and notes how many rows it gave."""

    def __init__(self, text: str) -> None:
        self._graph = rdflib.Graph().parse(data=shacl.PROLOGUE + text, format="turtle")
        self.given: list[int] = []

    def query(self, sparql: str, clause: object = None) -> Answer:
        """Answer as rdflib does."""
        del clause
        found = self._graph.query(sparql)
        self.given.append(len(found))
        body = found.serialize(format="json")
        assert body is not None
        return Answer.read(JSON, body)


class Handler(BaseHTTPRequestHandler):
    """The least that an endpoint must do."""

    store: Oxigraph

    def do_POST(self) -> None:
        """Answer a query that is sent directly."""
        sparql = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body = self.store.query(sparql).serialize("application/sparql-results+json")
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def store(text: str) -> Oxigraph:
    made = Oxigraph()
    made.add(shacl.quads(text))
    made.freeze()
    return made


@pytest.fixture
def endpoint() -> Iterator[tuple[str, type[Handler]]]:
    """A server of its own, whose store is yet to be set."""
    handler = type("Own", (Handler,), {})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", handler
        server.shutdown()
        thread.join()


REGULAR = st.sampled_from(shacl.REGULAR)


@settings(LENIENT, max_examples=200)
@given(shacl.data(REGULAR), shacl.shapes(shacl.Scope(REGULAR)))
def test_the_results_are_those_of_the_data_itself(data: str, shapes: str) -> None:
    """All of SHACL Core; what needs more of a node without a name is refused."""
    given_shapes = shacl.quads(shapes)
    held = store(data)
    quads = list(held.triples())
    try:
        report = validate_elsewhere(Renaming(held), given_shapes)
    except ShapesError:
        assume("_:" in data)
    else:
        expected = validate(quads, given_shapes)
        assert nameless(report.results) == nameless(expected.results)
        assert report.targets == expected.targets


def nameless(results: Iterable[Result]) -> Counter[tuple[object, ...]]:
    """Results, whatever nodes without a name are called."""
    return told(replace(r, focus=_nameless(r.focus), value=_nameless(r.value)) for r in results)


def _nameless(term: Any) -> Any:
    return BlankNode("x") if isinstance(term, BlankNode) else term


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        ("ex:b ex:q [] . ex:c ex:q [] .", "sh:path ( ex:p ex:q ) ; sh:maxCount 1"),
        ("ex:b ex:q _:x . ex:c ex:q _:x .", "sh:path ( ex:p ex:q ) ; sh:minCount 2"),
        ("ex:b ex:q _:x . ex:a ex:r _:x .", "sh:path ( ex:p ex:q ) ; sh:disjoint ex:r"),
        ("ex:a ex:q _:x . _:x ex:r ex:a .", "sh:path ex:q ; sh:equals ex:s"),
        ("_:x a ex:C . _:y a ex:D . ex:D rdfs:subClassOf ex:C .", "sh:path ex:q ; sh:minCount 0"),
    ],
)
def test_nodes_without_names_are_not_taken_for_each_other(data: str, shape: str) -> None:
    """Those of two answers may be the same or not, however they are named there."""
    shapes = shacl.quads(f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ {shape} ] .")
    held = store(f"ex:a a ex:C ; ex:p ex:b, ex:c . {data}")
    if "equals" in shape:  # all that is asked of is in one answer
        expected = validate(list(held.triples()), shapes)
        assert expected.results
        found = validate_elsewhere(Renaming(held), shapes)
        assert nameless(found.results) == nameless(expected.results)
    else:
        with pytest.raises(ShapesError, match=r"node without a name|nodes without names"):
            validate_elsewhere(Renaming(held), shapes)


@pytest.mark.parametrize(
    ("shape", "number"),
    [
        ("sh:datatype xsd:int", 0),
        ("sh:datatype xsd:integer", 2),
        ('sh:hasValue "05"^^xsd:int', 0),
        ('sh:in ( "5"^^xsd:int )', 1),
        ("sh:maxCount 1", 1),
        ("sh:maxInclusive 4", 2),
    ],
)
def test_literals_that_are_well_formed_are_not_fetched(
    shape: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if an engine such as ours would write them otherwise; their form is what it is."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    engine = Exact('ex:a a ex:C ; ex:p "5"^^xsd:int, "05"^^xsd:int . ex:b ex:q 1 , 1e0 , 2.50 .')
    text = f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; {shape} ] ."
    assert len(validate_elsewhere(engine, shacl.quads(text)).results) == number
    assert engine.given[0] == 0
    assert sum(engine.given) < 12


@pytest.mark.parametrize("name", sorted(shacl.QUERIES))
def test_queries_are_asked_there(name: str) -> None:
    """Those for all nodes at once, and those for each, whose name is put into the text."""
    shapes = shacl.quads(shacl.with_query(shacl.QUERIES[name], "sh:targetClass ex:C"))
    held = store("ex:a a ex:C ; ex:p 1 , 2 , ex:b ; ex:q ex:a . ex:b a ex:C ; ex:p ex:a .")
    if "shapesGraph" in shacl.QUERIES[name]:
        with pytest.raises(ShapesError, match="shapesGraph"):
            validate_elsewhere(held, shapes)
        return
    expected = validate(list(held.triples()), shapes)
    assert told(validate_elsewhere(held, shapes).results) == told(expected.results)


@pytest.mark.parametrize(
    ("data", "shape", "number"),
    [
        ('ex:a a ex:C ; ex:p "none"^^xsd:integer .', "sh:datatype xsd:integer", 1),
        ('ex:a a ex:C ; ex:p "none"^^xsd:integer .', "sh:nodeKind sh:Literal", 0),
        ("ex:a a ex:C ; ex:p 1 .", "sh:datatype xsd:string", 1),
        ("ex:a a ex:C .", "sh:minCount 1", 1),
    ],
)
def test_literals_are_judged_as_they_come(data: str, shape: str, number: int) -> None:
    """One that is not well formed is no good even if the endpoint does not mind."""
    text = f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; {shape} ] ."
    assert len(validate_elsewhere(store(data), shacl.quads(text)).results) == number


@pytest.mark.parametrize("limit", [100, 1000, 1024])
def test_an_answer_that_is_cut_off_is_told(limit: int) -> None:
    """Rows that are missing would be faults that pass."""
    faulty = "".join(f"ex:n{number} a ex:C .\n" for number in range(1500))
    shapes = shacl.quads(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    )
    with pytest.raises(EngineError, match=f"{limit} of 1500 rows; raise its limit"):
        validate_elsewhere(Cut(store(faulty), limit), shapes)


def test_an_answer_that_breaks_off_is_told() -> None:
    """It is read row by row, and may be broken after the first."""
    shapes = shacl.quads("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI .")
    with pytest.raises(EngineError, match="the answer of the endpoint cannot be read"):
        validate_elsewhere(Broken(), shapes)


SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .
ex:T a sh:NodeShape ; sh:targetClass ex:Missing ; sh:nodeKind sh:IRI .
"""


def test_the_command_asks_an_endpoint(
    endpoint: tuple[str, type[Handler]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings name the node; a shape that judges nothing is told at its line."""
    url, handler = endpoint
    handler.store = store("ex:a a ex:C . ex:b a ex:C ; ex:p 1 .")
    assert list(Remote(url).query("SELECT ?s { ?s ?p ?o }").rows())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shapes.ttl").write_text(SHAPES, "utf-8")
    result = CliRunner().invoke(main, ["check", "--shapes", "shapes.ttl", "--endpoint", url])
    assert result.exit_code == 1
    assert "http://example.org/a" in result.output
    assert "shapes.ttl:4:8: warning: " in result.output
    assert "this shape judges nothing" in result.output
    handler.store = store("ex:a a ex:C ; ex:p 1 .")
    again = CliRunner().invoke(main, ["check", "--shapes", "shapes.ttl", "--endpoint", url])
    assert again.exit_code == 0


AT = ["--shapes", "shapes.ttl", "--endpoint", "http://127.0.0.1:9/"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--endpoint", "http://127.0.0.1:9/"], "goes with --shapes"),
        ([*AT, "--engine", "pyshacl"], "goes with --shapes, --mute and reports alone"),
        ([*AT, "--verify", "5"], "goes with --shapes"),
        ([*AT, "--min-coverage", "5"], "goes with --shapes"),
        ([*AT, "--watch"], "goes with --shapes"),
        ([*AT, "data.ttl"], "goes with --shapes"),
        (["--shapes", "shapes.ttl", "--endpoint", "file:///etc/passwd"], "must begin with http"),
        (["--shapes", "shapes.ttl", "--endpoint", "http://127.0.0.1:9/"], "cannot be asked"),
    ],
)
def test_an_endpoint_that_cannot_be_asked_is_told(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a line and the exit code for what could not run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shapes.ttl").write_text(SHAPES, "utf-8")
    result = CliRunner().invoke(main, ["check", *arguments])
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output


def test_our_own_server_gives_the_findings_of_its_files(findings: list[Finding]) -> None:
    """All our shapes over all our data, within the limits that the server has for everybody."""
    shapes = read.foreign([ROOT / "ontology/shapes"], ROOT)
    server = Server("--port", "0", "--no-check")
    try:
        found = check_endpoint(Remote(f"{server.url}sparql"), shapes)
    finally:
        server.stop()
    assert len(of_shapes(found)) > 100
    assert of_shapes(found) == of_shapes(findings)


def of_shapes(findings: Iterable[Finding]) -> list[tuple[str, ...]]:
    """Findings that shapes gave, without their places."""
    return sorted(
        (each.rule, str(each.focus), str(each.path), str(each.value), each.message)
        for each in findings
        if each.rule.startswith("shape/")
    )
