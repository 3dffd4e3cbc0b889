"""The triple store: Oxigraph in this process, and the interface that every engine has.

The one package that knows pyoxigraph. Its terms are re-exported, so that the
floors above name them without knowing where they come from.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from iisgraph.engine.answers import Answer, Row
from iisgraph.engine.changes import Change, Exact, Key
from iisgraph.engine.documents import (
    Document,
    Node,
    Parsed,
    Term,
    canonical,
    canonical_quads,
    parse,
    serialize,
    stored,
    triples,
)
from iisgraph.errors import QueryError
from iisgraph.vocab import BASE, PREFIXES

if TYPE_CHECKING:
    from rdflib import Dataset

__all__ = [
    "WHOLE",
    "Answer",
    "BlankNode",
    "Change",
    "Clause",
    "DefaultGraph",
    "Document",
    "Engine",
    "Exact",
    "Key",
    "Literal",
    "NamedNode",
    "Node",
    "Oxigraph",
    "Parsed",
    "Quad",
    "Row",
    "Term",
    "Triple",
    "canonical",
    "canonical_quads",
    "parse",
    "serialize",
    "stored",
    "triples",
]

_CHARACTERS: Final = re.compile(r", \[_\]|\['[^\]]*'\],?\s*")
"""Sets of characters that the parser would have taken: true, and of no help."""

_GRAPH: Final = re.compile(r"GRAPH(?![\w/])|\\u", re.IGNORECASE)
"""The one word that leads to a named graph, or an escape that it may be written with."""


@dataclass(frozen=True)
class Clause:
    """A query's dataset (SPARQL 1.1 §13.2): IRIs merged into the default graph, and named ones."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it says anything; if not, the whole snapshot is the dataset."""
        return bool(self.default or self.named)


WHOLE: Final = Clause()
"""No clause: the whole snapshot is the dataset."""


class Engine(Protocol):
    """A place that answers SPARQL queries."""

    def query(self, sparql: str, clause: Clause = ...) -> Answer:
        """Evaluate a query.

        Raises:
            QueryError: if it is not SPARQL.
            EngineError: if the engine cannot be had.
        """
        ...


class Oxigraph:
    """Named graphs and their merge as default graph, in memory.

    The default graph holds each triple once, however many graphs attest it,
    so that counts count facts. Nothing can be added after `freeze`, which also sets
    the default graph apart: a store finds a triple by going through all quads of its
    subject, predicate or value, and half of them or more are in named graphs.
    """

    def __init__(self) -> None:
        self._store = ox.Store()
        self._merged: ox.Store | None = None

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> "Oxigraph":
        """The triples of quads as a default graph alone, closed to additions.

        Takes half of the time and of the memory that named graphs beside it would take.
        """
        made = cls()
        made._merged = made._store
        made._store.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in quads)
        return made

    def beside(self, name: NamedNode, quads: Iterable[Quad]) -> "Oxigraph":
        """The same default graph, and the triples of quads as the one named graph."""
        made = Oxigraph()
        made._store.extend(self.triples())
        made._store.extend(Quad(q.subject, q.predicate, q.object, name) for q in quads)
        return made

    def __len__(self) -> int:
        """Number of triples in the default graph."""
        if self._merged is not None:
            return len(self._merged)
        return sum(1 for _ in self.quads(graph=DefaultGraph()))

    def add(self, quads: Iterable[Quad]) -> None:
        """Put quads into their named graph and into the default graph."""
        if self._merged is not None:
            raise TypeError("a snapshot is read-only")
        named = list(quads)
        self._store.extend(named)
        self._store.extend(Quad(q.subject, q.predicate, q.object) for q in named)

    def change(self, removed: Iterable[Quad], added: Iterable[Quad]) -> None:
        """Take quads out of their named graphs, and put others in; the merge follows.

        For whoever alone owns the store: what was answered before is not to be kept. Of
        literals that the store keeps in one form, all go; those that stay are to be `added`.
        """
        taken, put = list(removed), list(added)
        for quad in taken:
            self._store.remove(quad)
        self._store.extend(put)
        stores = [self._store] if self._merged is None else [self._store, self._merged]
        for subject, predicate, value in triples(taken):
            if next(self.attesting(subject, predicate, value), None) is None:
                for store in stores:
                    store.remove(Quad(subject, predicate, value))
        for store in stores:
            store.extend(Quad(q.subject, q.predicate, q.object) for q in put)

    def attesting(self, subject: Node, predicate: NamedNode, value: Term) -> Iterator[Quad]:
        """The quads of named graphs that say a triple."""
        found = self._store.quads_for_pattern(subject, predicate, value, None)
        return (each for each in found if not isinstance(each.graph_name, DefaultGraph))

    def declare(self, graphs: Iterable[str]) -> None:
        """Name graphs that may be empty."""
        for iri in graphs:
            self._store.add_graph(NamedNode(iri))

    def freeze(self) -> None:
        """Close the store to additions."""
        self._merged = ox.Store()
        self._merged.extend(self.quads(graph=DefaultGraph()))

    def quads(
        self,
        subject: Node | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
        graph: Node | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """Quads that match; None matches anything, DefaultGraph() the merged graph alone."""
        return self._store.quads_for_pattern(subject, predicate, value, graph)

    def triples(
        self,
        subject: Node | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """What matches in the default graph; None matches anything."""
        store = self._store if self._merged is None else self._merged
        return store.quads_for_pattern(subject, predicate, value, DefaultGraph())

    def holds(self, subject: Node, predicate: NamedNode, value: Term) -> bool:
        """Whether the default graph has this triple."""
        return Quad(subject, predicate, value) in self._store

    def graphs(self) -> list[str]:
        """IRIs of the named graphs, sorted."""
        return sorted(g.value for g in self._store.named_graphs())

    def query(self, sparql: str, clause: Clause = WHOLE) -> Answer:
        """Evaluate a query on the snapshot, or on the merge of the graphs that it names.

        The prefixes of the house need no declaration; a declaration in the query wins.

        Raises:
            QueryError: with line and column where the parser tells them.
        """
        store = self._selected(clause) if clause else self._sufficient(sparql)
        named: list[Node] | None = [NamedNode(i) for i in clause.named] if clause else None
        return _evaluate(store, sparql, named_graphs=named)

    def query_with(self, sparql: str, constants: Mapping[str, Term]) -> Answer:
        """Evaluate a query as `query` does, with functions of no argument, by their IRIs.

        So a query can name a blank node of the store.

        Raises:
            QueryError: with line and column where the parser tells them.
        """
        given = {
            NamedNode(iri): partial(lambda each: each, term) for iri, term in constants.items()
        }
        return _evaluate(self._sufficient(sparql), sparql, custom_functions=given)

    def _sufficient(self, sparql: str) -> ox.Store:
        """The default graph alone for a query that can name no other."""
        named = _GRAPH.search(sparql)
        return self._store if named or self._merged is None else self._merged

    def _selected(self, clause: Clause) -> ox.Store:
        """Only the graphs of the clause, the default ones merged."""
        store = ox.Store()
        for iri in clause.default:
            for quad in self._store.quads_for_pattern(None, None, None, NamedNode(iri)):
                store.add(Quad(quad.subject, quad.predicate, quad.object))
        for iri in clause.named:
            store.extend(self._store.quads_for_pattern(None, None, None, NamedNode(iri)))
        return store

    def dataset(self, permit: Callable[[str], object]) -> "Dataset":
        """The same store seen as an rdflib Dataset, read-only; its default graph is the merge.

        `permit` is called with the text of every query and raises if it must not run.
        """
        from oxrdflib import OxigraphStore
        from rdflib import Dataset

        class ReadOnly(OxigraphStore):
            """Refuses what would change the store behind the snapshot's hash."""

            def _refuse(self, *_: Any, **__: Any) -> NoReturn:
                raise TypeError("a snapshot is read-only")

            add = addN = remove = update = remove_graph = _refuse  # noqa: N815 - rdflib's names

            def query(self, query: Any, *arguments: Any, **options: Any) -> Any:
                """Ask what is permitted; a prepared query is asked by its text."""
                permit(str(query))
                return super().query(query, *arguments, **options)

            def add_graph(self, graph: Any) -> None:
                """Rdflib calls this for each graph that is asked for; it need not exist."""

        return Dataset(store=ReadOnly(store=self._store), default_union=False)


def _evaluate(store: ox.Store, sparql: str, **options: Any) -> Answer:
    try:
        result = store.query(
            sparql,
            base_iri=BASE,
            prefixes={name: iri for name, iri in PREFIXES.items() if f"{name}:" in sparql},
            default_graph=DefaultGraph(),
            **options,
        )
    except SyntaxError as error:
        _raise_query_error(error)
    except RuntimeError as error:  # parsed, but not to be evaluated: an unknown function
        raise QueryError(str(error)) from None
    return Answer(result)


def _raise_query_error(error: SyntaxError) -> NoReturn:
    place = re.match(r"error at (\d+):(\d+): (.*)", str(error), re.DOTALL)
    if place is None:
        raise QueryError(str(error)) from None
    line, column, message = place.groups()
    words = " ".join(_CHARACTERS.sub("", message).split()).removesuffix(",")
    raise QueryError(words, int(line), int(column)) from None
