"""The ontology as its readers want it: terms, their hierarchy, rules in words, an example."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Term
from iisgraph.questions import Question
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import GRAPH, IIS, OWL, RDFS, SCHEMA, SH, TYPE

GRAPH_OF: Final = GRAPH + "ontology/iis"
"""The graph that has the whole of it."""

_KINDS: Final = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "property",
    OWL + "DatatypeProperty": "property",
    OWL + "AnnotationProperty": "property",
}
_DOMAINS: Final = (RDFS + "domain", SCHEMA + "domainIncludes")
_RANGES: Final = (RDFS + "range", SCHEMA + "rangeIncludes")


@dataclass(frozen=True)
class Entry:
    """One term: a class with its parents, or a property with what it leads from and to."""

    iri: str
    kind: str
    parents: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]


class Ontology:
    """The terms of a snapshot, in order of IRI."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._engine = snapshot.engine
        self.entries: dict[str, Entry] = {e.iri: e for e in self._read()}

    @property
    def classes(self) -> list[Entry]:
        """The classes."""
        return [entry for entry in self.entries.values() if entry.kind == "class"]

    @property
    def properties(self) -> list[Entry]:
        """The properties."""
        return [entry for entry in self.entries.values() if entry.kind == "property"]

    def children(self, iri: str) -> list[str]:
        """The terms that are narrower by one step."""
        return [entry.iri for entry in self.entries.values() if iri in entry.parents]

    def properties_of(self, iri: str) -> list[str]:
        """The properties that lead from a class."""
        return [entry.iri for entry in self.properties if iri in entry.domains]

    def properties_to(self, iri: str) -> list[str]:
        """The properties that lead to a class."""
        return [entry.iri for entry in self.properties if iri in entry.ranges]

    def texts(self, iri: str, predicate: str, languages: Sequence[str]) -> list[Literal]:
        """What a property says in words, in the first of these languages that it has."""
        found = [o for o in self._objects(iri, predicate) if isinstance(o, Literal)]
        for language in (*languages, "en"):
            if chosen := [text for text in found if text.language == language]:
                return sorted(chosen, key=str)
        return sorted(found, key=str)

    def rules(self, iri: str) -> list[str]:
        """What the shapes demand of a term, in their own words."""
        shapes = [*self._subjects(SH + "targetClass", iri), *self._subjects(SH + "path", iri)]
        parts = (SH + "property", SH + "sparql")
        inner = [o for shape in shapes for p in parts for o in self._objects(shape, p)]
        named = [*shapes, *(node.value for node in inner if isinstance(node, NamedNode))]
        messages = (m.value for node in named for m in self._objects(node, SH + "message"))
        return sorted({_demand(message) for message in messages})

    def example(self, iri: str) -> tuple[NamedNode, Term] | None:
        """A real statement with the term: an instance and its class, or a subject and its value."""
        is_class = iri in self.entries and self.entries[iri].kind == "class"
        node = NamedNode(iri)
        quads = (
            self._engine.quads(None, NamedNode(TYPE), node, DefaultGraph())
            if is_class
            else self._engine.quads(None, node, None, DefaultGraph())
        )
        few = [q for q in islice(quads, 50) if isinstance(q.subject, NamedNode)]
        best = min(few, key=lambda quad: (len(str(quad.subject)), str(quad.subject)), default=None)
        if best is None or not isinstance(best.subject, NamedNode):
            return None
        return best.subject, best.object  # type: ignore[return-value] # no triples as terms

    def _read(self) -> Iterator[Entry]:
        for kind, name in _KINDS.items():
            for iri in self._subjects(TYPE, kind):
                if iri.startswith(IIS):
                    yield Entry(
                        iri,
                        name,
                        self._iris(iri, (RDFS + "subClassOf", RDFS + "subPropertyOf")),
                        self._iris(iri, _DOMAINS),
                        self._iris(iri, _RANGES),
                    )

    def _iris(self, iri: str, predicates: Iterable[str]) -> tuple[str, ...]:
        found = [o for p in predicates for o in self._objects(iri, p)]
        return tuple(sorted(o.value for o in found if isinstance(o, NamedNode)))

    def _subjects(self, predicate: str, value: str) -> list[str]:
        quads = self._engine.quads(None, NamedNode(predicate), NamedNode(value), DefaultGraph())
        return sorted(q.subject.value for q in quads if isinstance(q.subject, NamedNode))

    def _objects(self, iri: str, predicate: str) -> list[NamedNode | Literal]:
        quads = self._engine.quads(NamedNode(iri), NamedNode(predicate), None, DefaultGraph())
        return [q.object for q in quads if isinstance(q.object, NamedNode | Literal)]


def questions_with(iri: str, questions: Iterable[Question]) -> list[Question]:
    """The questions whose query uses a term of ours."""
    used = re.compile(rf"\biis:{re.escape(iri.removeprefix(IIS))}\b")
    return [question for question in questions if used.search(question.sparql)]


def _demand(message: str) -> str:
    """The first sentence of a message, which says what must be; the rest tells how to mend it."""
    return re.split(r"(?<=[.;])\s+(?=[A-Z])", message.strip(), maxsplit=1)[0]
