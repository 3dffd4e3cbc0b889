"""The data that is judged: a store to ask, and beside it the literals that it rewrites."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, Protocol

from iisgraph.engine import BlankNode, Key, Literal, NamedNode, Node, Oxigraph, Quad, Row, Term
from iisgraph.engine import triples as triples_of
from iisgraph.shacl.literals import DATATYPES, is_well_formed
from iisgraph.vocab import RDFS, TYPE, XSD

_DIGITS: Final = r"(0|-?[1-9][0-9]{0,16})"
_DATE: Final = r"([1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_KEPT: Final = {
    XSD + name: re.compile(pattern).fullmatch
    for name, pattern in {
        "integer": _DIGITS,
        "decimal": r"(0|-?[1-9][0-9]{0,16})|-?(0|[1-9][0-9]{0,9})\.[0-9]{0,7}[1-9]",
        "boolean": "true|false",
        "date": _DATE,
        "dateTime": _DATE + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?",
        "gYear": "[1-9][0-9]{3}",
        "gYearMonth": "[1-9][0-9]{3}-(0[1-9]|1[0-2])",
    }.items()
}
"""Per datatype the forms of which it is known that the store keeps them; of others it is tried."""


class Found(Protocol):
    """What a store answers to a query."""

    def rows(self) -> Iterator[Row]:
        """The solutions of a SELECT query."""
        ...

    def __bool__(self) -> bool:
        """The boolean of an ASK query."""
        ...


class Store(Protocol):
    """Triples that answer SPARQL; Oxigraph, or an endpoint."""

    def query(self, sparql: str) -> Found:
        """The answer to a query."""
        ...

    def query_with(self, sparql: str, constants: Mapping[str, Term]) -> Found:
        """The answer to a query with functions of no argument, by their IRIs."""
        ...

    def beside(self, name: NamedNode, quads: Iterable[Quad]) -> "Store":
        """The same triples with one named graph."""
        ...

    def triples(
        self,
        subject: Node | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """What matches; None matches anything."""
        ...


class Data:
    """Triples exactly as they are written, and a store of them that answers SPARQL.

    `quads` is gone through more than once; a store that holds them already is `store`.
    The graphs that quads are in do not matter: what is judged is their merge.
    """

    def __init__(self, quads: Iterable[Quad], store: Store | None = None) -> None:
        self.quads = list(quads) if isinstance(quads, Iterator) else quads
        self._keys: set[Key] = set()
        noted = self._noting(self.quads)
        self.store: Store = Oxigraph.of(noted) if store is None else store
        for _ in noted:  # what a store that is given has not gone through
            pass

    @classmethod
    def of_store(cls, store: Store, irregular: Mapping[Key, tuple[Term, ...]]) -> "Data":
        """Data of which only a store is there, and what that does not keep as it is written."""
        made = cls((), store)
        made.__dict__["irregular"] = irregular
        return made

    @cached_property
    def irregular(self) -> Mapping[Key, tuple[Term, ...]]:
        """All exact values of each subject and predicate that has an irregular one.

        A literal is irregular if the store rewrites it or cannot read it.
        """
        exact: dict[Key, dict[Term, None]] = defaultdict(dict)
        if self._keys:
            for subject, predicate, value in triples_of(self.quads):
                if (subject, predicate) in self._keys:
                    exact[subject, predicate][value] = None
        return {key: tuple(values) for key, values in exact.items()}

    def _noting(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """The same quads; notes subject and predicate of those with an irregular value."""
        verdicts: dict[Literal, bool] = {}
        for quad in quads:
            value = quad.object
            if isinstance(value, Literal) and (datatype := value.datatype.value) in DATATYPES:
                keeps = _KEPT.get(datatype)
                if not keeps or not keeps(value.value):
                    if value not in verdicts:
                        verdicts[value] = is_irregular(value)
                    if verdicts[value]:
                        self._keys.add((quad.subject, quad.predicate))  # type: ignore[arg-type]
            yield quad

    def once(self, terms: Iterable[Term]) -> list[Term]:
        """The terms, each once, in their order.

        Raises:
            ShapesError: if it is not known which of them are the same.
        """
        return list(dict.fromkeys(terms))

    @cached_property
    def irregular_predicates(self) -> frozenset[str]:
        """The predicates that have an irregular value."""
        return frozenset(predicate.value for _, predicate in self.irregular)

    def values(self, subject: Term, predicate: NamedNode) -> Iterable[Term]:
        """The values of a predicate of a subject, each once."""
        if isinstance(subject, Literal):
            return ()
        exact = self.irregular.get((subject, predicate)) if self.irregular else None
        if exact is not None:
            return exact
        return [quad.object for quad in self.store.triples(subject, predicate)]  # type: ignore[misc]

    def subjects(self, predicate: NamedNode, value: Term) -> Iterable[Node]:
        """The subjects that have a value."""
        found = [quad.subject for quad in self.store.triples(None, predicate, value)]
        if isinstance(value, Literal) and (self.irregular or is_irregular(value)):
            return [each for each in found if self.holds(each, predicate, value)]  # type: ignore[arg-type, misc]
        return found  # type: ignore[return-value]  # RDF 1.1 has no triples as subjects

    def holds(self, subject: Term, predicate: NamedNode, value: Term) -> bool:
        """Whether there is this triple."""
        if isinstance(subject, Literal):
            return False
        if not isinstance(value, Literal):
            return next(self.store.triples(subject, predicate, value), None) is not None
        return value in self.values(subject, predicate)

    def about(self, subject: Term) -> Iterator[tuple[NamedNode, Term]]:
        """Predicates and values of a subject."""
        if isinstance(subject, Literal):
            return
        exact: set[NamedNode] = set()
        for quad in self.store.triples(subject):
            if (subject, quad.predicate) not in self.irregular:
                yield quad.predicate, quad.object  # type: ignore[misc]  # RDF 1.1
            elif quad.predicate not in exact:
                exact.add(quad.predicate)
                for value in self.irregular[subject, quad.predicate]:
                    yield quad.predicate, value

    def knows(self, node: Term) -> bool:
        """Whether a statement has this node as its subject or value."""
        found = None if isinstance(node, Literal) else next(self.store.triples(node), None)
        return found is not None or next(self.store.triples(None, None, node), None) is not None

    def subclasses(self, parent: Term) -> list[NamedNode | BlankNode]:
        """A class and all below it."""
        found: dict[Term, None] = {parent: None}
        waiting = [parent]
        below = NamedNode(RDFS + "subClassOf")
        while waiting:
            for child in self.subjects(below, waiting.pop()):
                if child not in found:
                    found[child] = None
                    waiting.append(child)
        return [each for each in found if not isinstance(each, Literal)]

    def types(self, node: Term) -> Iterable[Term]:
        """The classes that a node is said to be of."""
        return self.values(node, _TYPE)


_TYPE: Final = NamedNode(TYPE)


def is_irregular(literal: Literal) -> bool:
    """Whether the store would give another literal back, or it is not of its datatype."""
    if not is_well_formed(literal):
        return True
    store = Oxigraph.of([Quad(_TYPE, _TYPE, literal)])
    return any(quad.object != literal for quad in store.triples())
