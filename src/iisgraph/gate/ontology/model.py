"""An ontology as it is looked over: what is declared, and what its axioms say."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from iisgraph.engine import BlankNode, Literal, NamedNode, Node, Term, triples
from iisgraph.gate.spelling import split
from iisgraph.read import File
from iisgraph.vocab import FIRST, OWL, RDF, RDFS, REST, TYPE

CLASS: Final = "class"
OBJECT: Final = "object property"
DATA: Final = "datatype property"
ANNOTATION: Final = "annotation property"
PROPERTY: Final = "property"
DATATYPE: Final = "datatype"
KINDS: Final[Mapping[str, str]] = {
    OWL + "Class": CLASS,
    RDFS + "Class": CLASS,
    OWL + "ObjectProperty": OBJECT,
    OWL + "TransitiveProperty": OBJECT,
    OWL + "SymmetricProperty": OBJECT,
    OWL + "InverseFunctionalProperty": OBJECT,
    OWL + "DatatypeProperty": DATA,
    OWL + "AnnotationProperty": ANNOTATION,
    OWL + "FunctionalProperty": PROPERTY,
    RDF + "Property": PROPERTY,
    RDFS + "Datatype": DATATYPE,
}
SUBCLASS: Final = RDFS + "subClassOf"
SUBPROPERTY: Final = RDFS + "subPropertyOf"
DOMAIN: Final = RDFS + "domain"
RANGE: Final = RDFS + "range"
DISJOINT: Final = OWL + "disjointWith"


class Ontology:
    """The declarations and axioms of some files; blank nodes are class expressions and lists."""

    def __init__(self, files: Iterable[File]) -> None:
        self._held: dict[Node, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for file in files:
            for subject, predicate, value in triples(file.quads):
                self._held[subject][predicate.value].append(value)

    @property
    def subjects(self) -> Sequence[Node]:
        """Everything that something is said of."""
        return list(self._held)

    def values(self, subject: Node, predicate: str) -> Sequence[Term]:
        """What is said of a subject by a predicate."""
        return self._held.get(subject, {}).get(predicate, [])

    def says(self, subject: Node) -> Mapping[str, Sequence[Term]]:
        """All that is said of a subject, by predicate."""
        return self._held.get(subject, {})

    def iris(self, subject: Node, predicate: str) -> list[str]:
        """The values that are IRIs."""
        return [v.value for v in self.values(subject, predicate) if isinstance(v, NamedNode)]

    @cached_property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        """The kinds of each declared term; a bare property has one only if it has no finer one."""
        found: dict[str, frozenset[str]] = {}
        for subject in self._held:
            kinds = {KINDS[iri] for iri in self.iris(subject, TYPE) if iri in KINDS}
            if isinstance(subject, NamedNode) and kinds:
                finer = kinds - {PROPERTY} if kinds & {OBJECT, DATA, ANNOTATION} else kinds
                found[subject.value] = frozenset(finer)
        return found

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces that are the ontology's own.

        Those that it prefers, else those of its name, else the one with the most terms.
        """
        wished, named = set(), set()
        for subject in self._held:
            if OWL + "Ontology" in self.iris(subject, TYPE) and isinstance(subject, NamedNode):
                wishes = self.values(subject, _WISH)
                wished |= {wish.value for wish in wishes if isinstance(wish, Literal)}
                named |= {subject.value + end for end in ("", "#", "/")}
        spaces = Counter(split(term)[0] for term in sorted(self.kinds))
        most = {space for space, _ in spaces.most_common(1)}
        return frozenset(spaces.keys() & wished or spaces.keys() & named or most)

    def own(self, *kinds: str) -> list[str]:
        """The declared terms of its own namespaces, of these kinds or of any, sorted."""
        return sorted(
            term
            for term, has in self.kinds.items()
            if split(term)[0] in self.namespaces and (not kinds or has & set(kinds))
        )

    def above(self, term: str, predicate: str) -> set[str]:
        """A term and all that stand above it by a predicate."""
        found, queue = {term}, [term]
        while queue:
            for each in self.iris(NamedNode(queue.pop()), predicate):
                if each not in found:
                    found.add(each)
                    queue.append(each)
        return found

    @cached_property
    def disjoint(self) -> frozenset[tuple[str, str]]:
        """Pairs of named classes of which nothing can be both, in both orders."""
        pairs: set[tuple[str, str]] = set()
        for subject in self._held:
            if isinstance(subject, NamedNode):
                pairs |= {(subject.value, other) for other in self.iris(subject, DISJOINT)}
            for members in (*self.values(subject, _MEMBERS), *self.values(subject, _UNION)):
                named = [m.value for m in self.items(members) if isinstance(m, NamedNode)]
                if _UNION in self.says(subject) or _ALL in self.iris(subject, TYPE):
                    pairs |= {(a, b) for a in named for b in named if a != b}
        return frozenset(pairs | {(b, a) for a, b in pairs})

    def clash(self, one: str, other: str) -> tuple[str, str] | None:
        """The disjoint classes that stand above two classes, one above each; None if none do."""
        firsts, seconds = self.above(one, SUBCLASS), self.above(other, SUBCLASS)
        found = ((a, b) for a in firsts for b in seconds if (a, b) in self.disjoint)
        return min(found, default=None)

    def items(self, head: Term) -> Iterator[Term]:
        """The members of a list; those before a circle, if it runs in one."""
        seen: set[Term] = set()
        while isinstance(head, BlankNode) and head not in seen:
            seen.add(head)
            yield from self.values(head, FIRST)
            head = next(iter(self.values(head, REST)), head)


_WISH: Final = "http://purl.org/vocab/vann/preferredNamespaceUri"
_MEMBERS: Final = OWL + "members"
_UNION: Final = OWL + "disjointUnionOf"
_ALL: Final = OWL + "AllDisjointClasses"
