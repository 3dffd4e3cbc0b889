"""What is behind an endpoint is held to shapes, with the same results as its files."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iisgraph.cli import main
from iisgraph.engine import Answer, Oxigraph
from iisgraph.errors import EngineError, ShapesError
from iisgraph.remote import Remote
from iisgraph.shacl import validate, validate_elsewhere
from tests import shacl
from tests.test_shacl_differential import LENIENT, told

LIMIT = 1000


class Cut:
    """An engine that gives no more rows than its limit, as some endpoints do."""

    def __init__(self, store: Oxigraph) -> None:
        self._store = store

    def query(self, sparql: str, clause: object = None) -> Answer:
        """Answer with fewer rows than there are, and say nothing."""
        del clause
        is_count = "COUNT" in sparql
        return self._store.query(sparql if is_count else f"{sparql} LIMIT {LIMIT}")


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
        report = validate_elsewhere(held, given_shapes)
    except ShapesError:
        assume("_:" in data)
    else:
        expected = validate(quads, given_shapes)
        assert told(report.results) == told(expected.results)
        assert report.targets == expected.targets


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


def test_an_answer_that_is_cut_off_is_told() -> None:
    """Rows that are missing would be faults that pass."""
    faulty = "".join(f"ex:n{number} a ex:C .\n" for number in range(LIMIT + 500))
    shapes = shacl.quads(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    )
    with pytest.raises(EngineError, match="1000 of 1500 rows; raise its limit"):
        validate_elsewhere(Cut(store(faulty)), shapes)


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


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--endpoint", "http://127.0.0.1:9/"], "goes with --shapes"),
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
