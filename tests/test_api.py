"""The door for Python code."""

import doctest
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rdflib import Dataset, Graph

import iisgraph
from iisgraph.errors import QueryError, QueryRefused, SourceError, UnknownResource
from iisgraph.vocab import BASE, GRAPH
from tests import rdf

LINE = f'<{BASE}s> <{BASE}p> "1" .\n'


def test_the_package_shows_what_it_means_to_show() -> None:
    """Its names are a promise."""
    assert sorted(iisgraph.__all__) == ["__version__", "check", "open", "validate"]
    assert iisgraph.__version__.count(".") == 2


def test_the_example_in_the_docstring_runs() -> None:
    """Documentation that lies is worse than none."""
    result = doctest.testmod(iisgraph)
    assert (result.attempted, result.failed) == (3, 0)


def loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_loads_nothing_heavy() -> None:
    """Importing does nothing; asking loads the engine and no web server."""
    heavy = {"rdflib", "flask", "pyoxigraph", "oxrdflib", "pyshacl", "click"}
    assert loaded_by("import iisgraph") & heavy == set()
    asked = "import iisgraph; iisgraph.open().query('ASK {}')"
    assert loaded_by(asked) & heavy == {"pyoxigraph"}


def test_the_packaged_data_is_the_default() -> None:
    """And its release is the same each time."""
    graph = iisgraph.open()
    assert len(graph) > 3000
    assert graph.release == iisgraph.open().release
    assert graph.query("ASK { <id/state/RUS> a iis:State }")


def sources(folder: Path) -> dict[str, Any]:
    rdf.write(folder, one_ttl=LINE, two_nt=LINE, more__three_nq=LINE)
    rdf.write(folder / "content", data__records__x_ttl=LINE)
    return {
        "file": folder / "one.ttl",
        "text": str(folder / "one.ttl"),
        "folder": folder / "more",
        "content": folder / "content",
        "list": [folder / "one.ttl", str(folder / "two.nt")],
        "generator": (path for path in [folder / "one.ttl"]),
        "graph": Graph().parse(data=LINE, format="nt"),
        "dataset": Dataset().parse(data=LINE, format="nquads"),
    }


@pytest.mark.parametrize(
    ("kind", "graphs"),
    [
        ("file", ["one"]),
        ("text", ["one"]),
        ("folder", ["more/three"]),
        ("content", ["x"]),
        ("list", ["one", "two"]),
        ("generator", ["one"]),
        ("graph", ["default"]),
        ("dataset", ["default"]),
    ],
)
def test_anything_that_holds_rdf_can_be_opened(
    tmp_path: Path, kind: str, graphs: list[str]
) -> None:
    """A file, a folder, several of them, and what rdflib's users have in hand."""
    graph = iisgraph.open(sources(tmp_path)[kind])
    assert len(graph) == 1
    assert sorted(graph.snapshot.graphs) == [GRAPH + name for name in graphs]
    (row,) = graph.query("SELECT ?o { <s> <p> ?o }").rows()
    assert row["o"].value == "1"


def test_the_release_tells_contents_apart(tmp_path: Path) -> None:
    """The same file is the same release; another is another."""
    made = sources(tmp_path)
    assert iisgraph.open(made["file"]).release == iisgraph.open(made["text"]).release
    assert iisgraph.open(made["file"]).release != iisgraph.open(made["list"]).release


@pytest.mark.parametrize(
    ("name", "text"), [("gone.ttl", None), ("x.csv", "a,b"), ("x.ttl", "<s> <p>")]
)
def test_what_cannot_be_opened_is_told(tmp_path: Path, name: str, text: str | None) -> None:
    """With its path."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=name):
        iisgraph.open(path)


def test_a_resource_can_be_named_shortly() -> None:
    """`id/state/RUS` or the whole IRI."""
    graph = iisgraph.open()
    short = graph.describe("id/state/RUS")
    assert short == graph.describe(BASE + "id/state/RUS")
    assert BASE + "def/State" in short.types
    with pytest.raises(UnknownResource):
        graph.describe("id/state/XXX")


def test_errors_of_queries_come_through() -> None:
    """Refusal and mistake, each with its place."""
    graph = iisgraph.open()
    with pytest.raises(QueryRefused) as refused:
        graph.query("ASK { SERVICE <http://127.0.0.1/> {} }")
    assert refused.value.column == 7
    with pytest.raises(QueryError) as wrong:
        graph.query("ASK {\n ?s ?p }")
    assert wrong.value.line == 2


def test_the_rdflib_view_has_the_same_statements() -> None:
    """For code that speaks rdflib."""
    graph = iisgraph.open()
    (row,) = graph.graph.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert str(row[0]) == str(len(graph))  # type: ignore[index] # rdflib types rows of all forms alike


# ---------------------------------------------------------------- check


def test_check_gives_findings_of_any_rdf(tmp_path: Path) -> None:
    """As values with a type, at their place; the module of the gate hides no function."""
    head = "@prefix : <http://example.org/> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    shape = ":S a sh:NodeShape ; sh:targetClass :T ; sh:property [ sh:path :p ; sh:minCount 1 ] .\n"
    (tmp_path / "shapes.ttl").write_text(head + shape, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(head + ":a a :T .\n", encoding="utf-8")
    (tmp_path / "rules").mkdir()
    rule = "# problem: {focus} is here.\n# why: w\n# fix: f\n# level: warning\n"
    query = "SELECT ?focus { ?focus a <http://example.org/T> }"
    (tmp_path / "rules/none.rq").write_text(rule + query, encoding="utf-8")
    for _ in range(2):  # importing the gate must not put a module in the function's place
        found = iisgraph.check(
            tmp_path / "data.ttl", shapes=[tmp_path / "shapes.ttl"], checks=tmp_path / "rules"
        )
        told = {(f.severity.name, f.rule, f.line, f.column) for f in found}
        assert ("ERROR", "http://example.org/S/<http://example.org/p>", 3, 6) in told
        assert ("WARNING", "checks/none", 3, 6) in told


def test_check_takes_what_the_command_takes(tmp_path: Path) -> None:
    """A content folder, or files beside the packaged content."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.ttl").write_text("<a> <b> .\n", encoding="utf-8")
    assert [f.rule for f in iisgraph.check(tmp_path)] == ["syntax"]
    assert [f.rule for f in iisgraph.check([tmp_path / "data/a.ttl"])] == ["syntax"]
    with pytest.raises(SourceError, match="no such file"):
        iisgraph.check("none.ttl")
