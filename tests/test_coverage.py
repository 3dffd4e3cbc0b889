"""What shapes reach: every way of naming a term counts, and nothing else does."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iisgraph.cli import main
from iisgraph.coverage import Shapes, Usage, untouched
from iisgraph.engine import NamedNode
from iisgraph.read import Content
from iisgraph.report import uses
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import IIS, OWL, RDFS, SH, TYPE, XSD
from tests import rdf

HEAD = f"""\
@prefix ex: <{rdf.EX}> .
@prefix sh: <{SH}> .
@prefix rdfs: <{RDFS}> .
@prefix owl: <{OWL}> .
@prefix xsd: <{XSD}> .
"""

DECLARED = 'ex: sh:declare [ sh:prefix "z" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .'
REACHED = {
    # how a shape names a term: the shape, the term that it reaches
    "target class": ("ex:S sh:targetClass ex:c .", "c"),
    "implicit class": ("ex:c a rdfs:Class , sh:NodeShape .", "c"),
    "owl:Class as implicit class": ("ex:c a owl:Class , sh:NodeShape .", "c"),
    "subjects": ("ex:S sh:targetSubjectsOf ex:p .", "p"),
    "objects": ("ex:S sh:targetObjectsOf ex:p .", "p"),
    "class of values": ("ex:S sh:property [ sh:path ex:q ; sh:class ex:c ] .", "c"),
    "path": ("ex:S sh:property [ sh:path ex:p ] .", "p"),
    "path in a list": ("ex:S sh:property [ sh:path ( ex:q ex:p ) ] .", "p"),
    "inverse in a list": ("ex:S sh:property [ sh:path ( ex:q [ sh:inversePath ex:p ] ) ] .", "p"),
    "alternatives": ("ex:S sh:property [ sh:path [ sh:alternativePath ( ex:q ex:p ) ] ] .", "p"),
    "repetition": ("ex:S sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ] .", "p"),
    "equals": ("ex:S sh:property [ sh:path ex:q ; sh:equals ex:p ] .", "p"),
    "disjoint": ("ex:S sh:disjoint ex:p .", "p"),
    "less than": ("ex:S sh:property [ sh:path ex:q ; sh:lessThan ex:p ] .", "p"),
    "query": (
        'ex:S sh:sparql [ sh:select "SELECT $this { $this <http://example.org/p> ?x }" ] .',
        "p",
    ),
    "query with declared prefix": (
        f'ex:S sh:sparql [ sh:prefixes ex: ; sh:ask "ASK {{ $this z:p ?x }}" ] . {DECLARED}',
        "p",
    ),
    "in a branch": ("ex:S sh:or ( [ sh:property [ sh:path ex:p ] ] ) .", "p"),
}
UNREACHED = {
    "deactivated": "ex:S sh:targetClass ex:c ; sh:deactivated true .",
    "part of what is deactivated": (
        "ex:S sh:deactivated true ; sh:property [ sh:path ex:p ; sh:class ex:c ] ."
    ),
    "only described": 'ex:S rdfs:comment "ex:p" ; rdfs:seeAlso ex:p , ex:c .',
    "comment in a query": 'ex:S sh:sparql [ sh:select "ASK {} # <http://example.org/p>" ] .',
    "a query that is none": 'ex:S sh:sparql [ sh:select "<http://example.org/p> \\\\" ] .',
}


def shapes(text: str) -> Shapes:
    return Shapes(rdf.file(HEAD + text).quads)


def usage(text: str, of: Shapes) -> Usage:
    return Usage(of.targets, rdf.file(HEAD + text).quads)


@pytest.mark.parametrize("name", REACHED)
def test_a_term_is_reached_in_each_way_to_name_it(name: str) -> None:
    text, term = REACHED[name]
    reached = shapes(text).reach
    assert rdf.EX + term in reached
    assert reached[rdf.EX + term] <= {NamedNode(rdf.EX + "S"), NamedNode(rdf.EX + "c")}


@pytest.mark.parametrize("name", UNREACHED)
def test_a_term_is_not_reached_by_words_alone(name: str) -> None:
    reached = shapes(UNREACHED[name]).reach
    assert not {rdf.EX + "p", rdf.EX + "c"} & reached.keys()


DATA = "ex:a a ex:c ; ex:p ex:b . ex:b a ex:d . ex:c rdfs:subClassOf ex:top ."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ex:S sh:targetClass ex:c .", True),
        ("ex:S sh:targetClass ex:top .", True),
        ("ex:S sh:targetClass ex:other .", False),
        ("ex:top a rdfs:Class , sh:NodeShape .", True),
        ("ex:S sh:targetNode ex:b .", True),
        ("ex:S sh:targetNode ex:z .", False),
        ('ex:S sh:targetNode "b" .', False),
        ("ex:S sh:targetSubjectsOf ex:p .", True),
        ("ex:S sh:targetObjectsOf ex:q .", False),
        (f"ex:S sh:targetObjectsOf <{TYPE}> .", True),
    ],
)
def test_a_target_matches_what_is_there(text: str, expected: bool) -> None:
    known = shapes(text)
    (target,) = known.targets
    assert usage(DATA, known).matches(target) is expected


def test_a_deactivated_shape_has_no_target() -> None:
    assert not shapes("ex:S sh:targetClass ex:c ; sh:deactivated true .").targets


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("ex:S sh:targetClass ex:top .", {"d"}),
        ("ex:S sh:targetNode ex:a .", {"d"}),
        ("ex:S sh:targetSubjectsOf ex:p .", {"d"}),
        ("ex:S sh:targetObjectsOf ex:p .", {"c"}),
        ("ex:S sh:targetClass ex:d .", {"c"}),
        ("", {"c", "d"}),
    ],
)
def test_a_class_is_touched_if_its_instances_may_be_judged(text: str, classes: set[str]) -> None:
    """Superclasses judge their subclasses; nodes and ends of properties judge their classes."""
    found, _ = untouched(shapes(text), usage(DATA, shapes(text)))
    assert found == {rdf.EX + name for name in classes}


def test_lists_and_types_are_no_properties_to_cover() -> None:
    data = usage("ex:a a ex:c ; ex:p ( 1 2 ) .", shapes(""))
    assert data.properties == {rdf.EX + "p": 1}


# ---------------------------------------------------------------- the report

OWN = HEAD + "ex:a a ex:c ; ex:p 1 , 2 . ex:b a ex:c , ex:d ; ex:q 3 . ex:e a owl:Class ."
SHAPES = HEAD + "ex:S sh:targetClass ex:c ; sh:property [ sh:path ex:p ] . ex:T sh:class ex:c ."
ASKED = {"one": f"SELECT * {{ ?s <{rdf.EX}p> 1 }}", "two": f"SELECT * {{ ?s a <{rdf.EX}c> }}"}


def test_nodes_shapes_and_questions_are_counted(tmp_path: Path) -> None:
    """A node counts once, however many values it has; what is declared and unused has none."""
    snapshot = rdf.snapshot_of(tmp_path, own=OWN)
    found = {
        u.term: (u.kind, u.nodes, u.shapes, u.questions)
        for u in uses(snapshot, rdf.file(SHAPES).quads, ASKED)
    }
    assert found == {
        rdf.EX + "c": ("class", 2, 2, 1),
        rdf.EX + "d": ("class", 1, 0, 0),
        rdf.EX + "e": ("class", 0, 0, 0),
        OWL + "Class": ("class", 1, 0, 0),
        rdf.EX + "p": ("property", 1, 1, 1),
        rdf.EX + "q": ("property", 1, 0, 0),
    }


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", "coverage", *map(str, arguments)])


def test_report_of_any_data(tmp_path: Path) -> None:
    """Data and shapes of no content folder are reported as well, for people and programs."""
    rdf.write(tmp_path, data__own_ttl=OWN, shapes_ttl=SHAPES)
    given = ("--data", tmp_path / "data", "--shapes", tmp_path / "shapes.ttl")
    shown = call(*given)
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[-1] == "shapes reach 2 of 6 terms"
    rows = list(csv.DictReader(io.StringIO(call(*given, "--unreached", "--format", "csv").stdout)))
    assert [row["term"] for row in rows] == [
        rdf.EX + "d",
        OWL + "Class",
        rdf.EX + "e",
        rdf.EX + "q",
    ]


def test_every_own_term_is_used_or_derived(snapshot: Snapshot, content: Content) -> None:
    """Each class and property of the ontology is reached by a shape, or follows by a rule."""
    quads = [quad for file in content.shapes for quad in file.quads]
    assert len(quads) > 1000
    derived = "\n".join(snapshot.rules.values())
    found = [use for use in uses(snapshot, quads, {}) if use.term.startswith(IIS)]
    assert len(found) > 90
    left = {use.term for use in found if not use.shapes}
    assert {f"iis:{iri.removeprefix(IIS)}" for iri in left} <= set(derived.split())


def test_what_was_counted_can_be_taken_back() -> None:
    """A class and a property are used no more when their last statement is gone."""
    known = shapes("ex:S sh:targetSubjectsOf ex:p ; sh:targetNode ex:b .")
    quads = list(rdf.file(HEAD + DATA).quads)
    data = Usage(known.targets, quads)
    assert all(data.matches(target) for target in known.targets)
    data.asserted.count(quads[1:], -1)
    assert data.classes == {rdf.EX + "c": 1}
    assert not data.properties
    assert not any(data.matches(target) for target in known.targets)
    assert data.above(rdf.EX + "c") == {rdf.EX + "c"}
