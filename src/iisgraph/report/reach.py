"""What each class and property is used for: by how many nodes, shapes and questions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from iisgraph import sparql
from iisgraph.coverage import Shapes
from iisgraph.engine import Quad
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import FIRST, OWL, RDF, RDFS, REST, SH, TYPE

_CLASSES: Final = (RDFS + "Class", OWL + "Class")
_PROPERTIES: Final = (
    RDF + "Property",
    *(OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
)
_NODES: Final = "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?x ?o } GROUP BY ?x"
_INSTANCES: Final = """
SELECT ?x (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?x FILTER(ISIRI(?x)) } GROUP BY ?x"""
_DECLARED: Final = "SELECT DISTINCT ?x WHERE { ?x a <%s> FILTER(ISIRI(?x)) }"
_ABOVE: Final = "SELECT ?x ?y WHERE { ?x rdfs:subClassOf+ ?y FILTER(ISIRI(?x) && ISIRI(?y)) }"
_PLUMBING: Final = (TYPE, FIRST, REST)


@dataclass(frozen=True)
class Use:
    """How much a class or property is used.

    `nodes` are the instances of a class, or the subjects that have a property; `shapes`
    those that reach it; `questions` those that name it.
    """

    term: str
    kind: str
    nodes: int
    shapes: int
    questions: int


def uses(snapshot: Snapshot, shapes: Iterable[Quad], questions: Mapping[str, str]) -> list[Use]:
    """Each class and property of the data or declared in it, the most used first.

    `shapes` is a shapes graph, `questions` are SPARQL queries by name. Those of SHACL
    itself are left out.
    """
    reach, asked = Shapes(shapes).reach, _asked(questions)
    above = _above(snapshot)
    counts = {
        "class": _counted(snapshot, _INSTANCES, _CLASSES),
        "property": _counted(snapshot, _NODES, _PROPERTIES),
    }
    found = [
        Use(
            term,
            kind,
            nodes,
            len({shape for each in (term, *above[term]) for shape in reach.get(each, ())}),
            len(asked[term]),
        )
        for kind, terms in counts.items()
        for term, nodes in terms.items()
        if not term.startswith(SH) and term not in _PLUMBING
    ]
    return sorted(found, key=lambda use: (use.kind, -use.nodes, use.term))


def _counted(snapshot: Snapshot, query: str, kinds: Iterable[str]) -> dict[str, int]:
    """The nodes of each term, and no nodes for those that are declared and not used."""
    declared = {
        row["x"].value: 0
        for kind in kinds
        for row in snapshot.engine.query(_DECLARED % kind).rows()
    }
    used = {row["x"].value: int(row["n"].value) for row in snapshot.engine.query(query).rows()}
    return declared | used


def _above(snapshot: Snapshot) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in snapshot.engine.query(_ABOVE).rows():
        found[row["x"].value].add(row["y"].value)
    return found


def _asked(questions: Mapping[str, str]) -> Mapping[str, set[str]]:
    """The questions that name each term."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, text in questions.items():
        for iri in sparql.iris_of(text):
            found[iri].add(name)
    return found
