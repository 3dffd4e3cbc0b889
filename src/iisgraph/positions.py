"""Where in a Turtle file each triple stands: a second, slower read, made only for findings."""

from collections.abc import Mapping, MutableSequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any, Final, TypeAlias

from rdflib import BNode, Graph
from rdflib import Literal as RdflibLiteral
from rdflib.namespace import RDF, XSD
from rdflib.plugins.parsers.notation3 import RDFSink, SinkParser
from rdflib.term import Node, URIRef

from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.read import File
from iisgraph.vocab import BASE

Place: TypeAlias = tuple[int, int]
_NUMBERS: Final = {
    bool: XSD.boolean,
    int: XSD.integer,
    Decimal: XSD.decimal,
    float: XSD.double,
}


@dataclass(frozen=True)
class Positions:
    """Line and column, from 1, of triples and of the first statement about a subject."""

    triples: Mapping[tuple[Node, Node, Node], Place] = field(default_factory=dict)
    subjects: Mapping[Node, Place] = field(default_factory=dict)

    def find(self, focus: str, path: str | None, value: Term | None) -> Place | None:
        """The place of a triple, else of a value of that path, else of the subject."""
        subject = URIRef(focus)
        if path and value is not None:
            exact = self.triples.get((subject, URIRef(path), _to_rdflib(value)))
            if exact:
                return exact
        wanted = (subject, URIRef(path or ""))
        of_path = [at for (s, p, _), at in self.triples.items() if (s, p) == wanted]
        return min(of_path, default=self.subjects.get(subject))


def positions(file: File) -> Positions:
    """The places of a Turtle file's triples; nothing for other formats."""
    if file.path.suffix != ".ttl":
        return Positions()
    sink = RDFSink(Graph(bind_namespaces="none"))
    parser = _Parser(sink, baseURI=BASE, turtle=True)
    parser.loadStream(BytesIO(file.content))
    subjects: dict[Node, Place] = {}
    for (subject, predicate, _), place in parser.places.items():
        if predicate == RDF.type or subject not in subjects:
            subjects[subject] = place
    return Positions(parser.places, subjects)


class _Parser(SinkParser):
    """rdflib's Turtle parser, noting where each object begins.

    `makeStatement` runs after a whole object list, so the place is taken when an
    object is read and kept under the identity of the term until then.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.places: dict[tuple[Node, Node, Node], Place] = {}
        self._read: dict[int, Place] = {}
        self._kept: list[Any] = []

    def object(self, text: str, start: int, found: MutableSequence[Any]) -> int:
        """Parse an object and note where it begins."""
        at = self.skipSpace(text, start)
        if at < 0:
            return int(super().object(text, start, found))
        place = (self.lines + 1, at - self.startOfLine + 1)
        before = len(found)
        end = int(super().object(text, at, found))
        if end >= 0 and len(found) > before:
            if not isinstance(found[-1], Node):  # a number or boolean, which has no identity
                found[-1] = RdflibLiteral(text[at:end], datatype=_NUMBERS[type(found[-1])])
            self._read[id(found[-1])] = place
            self._kept.append(found[-1])
        return end

    def makeStatement(self, quadruple: Any) -> None:  # noqa: N802 - rdflib's name
        """Take over a statement with the place of its object."""
        super().makeStatement(quadruple)
        _, predicate, subject, value = quadruple
        place = self._read.get(id(value), (self.lines + 1, 1))
        self.places.setdefault((_term(subject), _term(predicate), _term(value)), place)


def _term(part: Any) -> Node:
    """Rdflib hands `a` over as a pair of kind and IRI."""
    return URIRef(part[1]) if isinstance(part, tuple) else part


def _to_rdflib(term: Term) -> Node:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, Literal):
        datatype = None if term.language else URIRef(term.datatype.value)
        plain = datatype == URIRef("http://www.w3.org/2001/XMLSchema#string")
        return RdflibLiteral(term.value, lang=term.language, datatype=None if plain else datatype)
    return BNode(term.value)
