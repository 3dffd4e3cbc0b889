"""`iisgraph.validate` answers as `pyshacl.validate` does."""

import io
from collections import Counter
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import BNode, Dataset, Graph, URIRef
from rdflib.namespace import RDFS

import iisgraph
from iisgraph.errors import ShapesError, SourceError
from iisgraph.vocab import SH
from tests import rdf

EX = rdf.EX
HEAD = f"@prefix : <{EX}> .\n@prefix sh: <{SH}> .\n@prefix rdfs: <{RDFS}> .\n"
SHAPES = (
    HEAD
    + '''
:Person a rdfs:Class , sh:NodeShape ;
  sh:property :Name , [ sh:path :age ; sh:minInclusive 0 ; sh:severity sh:Warning ] ;
  sh:sparql [ sh:select """SELECT $this ?value {
    $this <http://example.org/age> ?value FILTER (?value > 150) }""" ] .
:Name sh:path :name ; sh:minCount 1 ; sh:severity sh:Info .
:Knowing sh:targetSubjectsOf :knows ; sh:property [ sh:path ( :knows :name ) ; sh:minCount 1 ] .
'''
)
DATA = (
    HEAD
    + """
:ann a :Person ; :name 'Ann' ; :age -1 ; :knows [ :name 'x' ] .
:bob a :Person ; :age 151 ; :knows [] .
[] a :Person ; :age -2 , -3 .
"""
)
PARTS = ("focusNode", "value", "sourceConstraintComponent", "resultSeverity")


def parsed(text: str) -> Graph:
    return Graph().parse(data=text, format="turtle")


def results(report: Graph) -> Counter[tuple[str, ...]]:
    """What each result says; blank nodes are all alike."""
    return Counter(
        tuple(
            "_:" if isinstance(each, BNode) else str(each)
            for each in (report.value(node, URIRef(SH + part)) for part in PARTS)
        )
        for node in report.objects(None, URIRef(SH + "result"))
    )


OPTIONS: list[dict[str, Any]] = [
    {},
    {"allow_warnings": True},
    {"allow_infos": True},
    {"inference": "rdfs"},
    {"focus_nodes": [EX + "bob"]},
    {"use_shapes": [URIRef(EX + "Knowing")]},
    {"advanced": True},
    {"abort_on_first": False, "meta_shacl": True, "debug": False, "js": False},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_answer_is_that_of_pyshacl(options: dict[str, Any]) -> None:
    """The same verdict, the same results, for the options that both know."""
    data, shapes = parsed(DATA), parsed(SHAPES)
    ours = iisgraph.validate(data, shacl_graph=shapes, **options)
    theirs = pyshacl.validate(data, shacl_graph=shapes, **options)
    assert ours[0] == theirs[0]
    assert isinstance(theirs[1], Graph)
    assert results(ours[1]) == results(theirs[1])
    assert results(ours[1])
    head = ours[2].splitlines()
    assert head[:3] == theirs[2].splitlines()[:3]
    for severity in ("Constraint Violation in", "Validation Result in"):
        assert ours[2].count(severity) == theirs[2].count(severity)


def test_conforming_data_has_an_empty_report() -> None:
    """As the specification prescribes, and in words."""
    conforms, report, text = iisgraph.validate(parsed(HEAD), shacl_graph=parsed(SHAPES))
    assert conforms
    assert len(report) == 2
    assert text == "Validation Report\nConforms: True\n"


def test_only_the_first_result_is_given_when_asked() -> None:
    """`abort_on_first` is a matter of the report; the verdict is the same."""
    conforms, report, _ = iisgraph.validate(DATA, shacl_graph=SHAPES, abort_on_first=True)
    assert not conforms
    assert sum(results(report).values()) == 1


@pytest.mark.parametrize("kind", ["text", "bytes", "file", "path", "name", "dataset", "list"])
def test_data_may_come_in_many_forms(kind: str, tmp_path: Path) -> None:
    """Whatever pySHACL takes but an address."""
    path = tmp_path / "data.ttl"
    path.write_text(DATA, encoding="utf-8")
    dataset = Dataset()
    dataset.graph(URIRef(EX + "g")).parse(data=DATA, format="turtle")
    given: dict[str, Any] = {
        "text": DATA,
        "bytes": DATA.encode(),
        "file": io.BytesIO(DATA.encode()),
        "path": path,
        "name": str(path),
        "dataset": dataset,
        "list": [parsed(DATA), HEAD],
    }
    _, report, _ = iisgraph.validate(given[kind], shacl_graph=SHAPES)
    expected = pyshacl.validate(parsed(DATA), shacl_graph=parsed(SHAPES))[1]
    assert isinstance(expected, Graph)
    assert sum(results(report).values()) == sum(results(expected).values())


def test_shapes_may_stand_in_the_data_and_an_ontology_beside_it() -> None:
    """Without `shacl_graph` the data is both."""
    data = f"{DATA}{SHAPES.removeprefix(HEAD)}"
    assert results(iisgraph.validate(data)[1]) == results(
        iisgraph.validate(DATA, shacl_graph=SHAPES)[1]
    )
    student = ":Student rdfs:subClassOf :Person ."
    found = iisgraph.validate(
        f"{HEAD}:cyd a :Student .", shacl_graph=SHAPES, ont_graph=HEAD + student
    )
    assert [node for node, *_ in results(found[1])] == [EX + "cyd"]


def test_the_users_graph_is_not_touched_unless_asked() -> None:
    """`inplace` adds what was inferred to it."""
    data = parsed(DATA)
    before = len(data)
    iisgraph.validate(data, shacl_graph=SHAPES, inference="rdfs")
    assert len(data) == before
    iisgraph.validate(data, shacl_graph=SHAPES, inference="rdfs", inplace=True)
    assert len(data) > before


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"inference": "magic"}, ValueError, "rdfs, owlrl"),
        ({"sparql_mode": True}, ValueError, "sparql_mode"),
        ({"js": True}, ValueError, "js=True"),
        ({"shapes": DATA}, TypeError, "unexpected keyword argument 'shapes'"),
        ({"data_graph_format": "ods"}, ValueError, "no syntax of RDF"),
        ({"ont_graph": "http://example.org/"}, ValueError, "nothing is fetched"),
        ({"ont_graph": "<a> <b> ."}, SourceError, "1"),
        ({"shacl_graph": HEAD + ":S sh:targetNode :x ; sh:property 1 ."}, ShapesError, "S"),
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(
    options: dict[str, Any], error: type[Exception], words: str
) -> None:
    """An option that is passed over would be a wrong verdict."""
    with pytest.raises(error, match=words):
        iisgraph.validate(DATA, **({"shacl_graph": SHAPES} | options))


def test_shapes_of_the_advanced_features_are_refused() -> None:
    """They would be passed over in silence."""
    odd = f"{SHAPES}:S sh:target [ a sh:SPARQLTarget ] ."
    with pytest.raises(ValueError, match="advanced"):
        iisgraph.validate(DATA, shacl_graph=odd, advanced=True)
