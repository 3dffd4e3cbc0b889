"""Graphs as they will be: what their files say, with the statements of tables put in.

A statement is added. Where only one value can be (`iis:singleValued`, `sh:maxCount 1`,
one name in each language), it takes the place of the old one. All else in a file,
written by hand or by an earlier import, stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from iisgraph import layout
from iisgraph.engine import Literal, NamedNode, Node, Oxigraph, Quad, Term, triples
from iisgraph.errors import LayoutError
from iisgraph.gate.findings import show
from iisgraph.read import File
from iisgraph.tables.register import tail
from iisgraph.tables.templates import Statement
from iisgraph.vocab import GRAPH, IIS, PRIMARY_SOURCE, TYPE

_JOINT: Final = "joint"
_TYPE: Final = NamedNode(TYPE)
_RECORD: Final = NamedNode(IIS + "Record")
_PRIMARY_SOURCE: Final = NamedNode(PRIMARY_SOURCE)
_SOURCE_KIND: Final = NamedNode(IIS + "sourceKind")
_SINGLE: Final = """
SELECT DISTINCT ?property ?by_language {
  { ?property iis:singleValued true BIND(false AS ?by_language) }
  UNION { ?shape sh:path ?property ; sh:maxCount 1 BIND(false AS ?by_language) }
  UNION { ?shape sh:path ?property ; sh:uniqueLang true BIND(true AS ?by_language) }
  FILTER(isIRI(?property))
}"""

Key: TypeAlias = tuple[Node, NamedNode]
Slot: TypeAlias = tuple[Node, NamedNode, str | None]


class Cardinality:
    """Which properties can have one value, and which one in each language."""

    def __init__(self, ontology: Iterable[File]) -> None:
        store = Oxigraph()
        for file in ontology:
            store.add(file.quads)
        found: dict[bool, set[str]] = {True: set(), False: set()}
        for row in store.query(_SINGLE).rows():
            found[row["by_language"].value == "true"].add(row["property"].value)
        self._single = found[False]
        self._by_language = found[True] - found[False]

    def slot(self, key: Key, value: Term) -> Slot | None:
        """What can hold one value only, and holds this one; None if many can be."""
        if key[1].value in self._by_language and isinstance(value, Literal):
            return *key, value.language
        return (*key, None) if key[1].value in self._single else None


@dataclass(frozen=True)
class Change:
    """What an import does to one file; the lists are sorted."""

    path: Path
    text: str
    added: list[str]
    removed: list[str]


class Drafts:
    """The graphs that an import writes to, each beginning as its file is."""

    def __init__(self, root: Path, files: Sequence[File]) -> None:
        self._root = root
        self._cardinality = Cardinality(f for f in files if f.graph.startswith(GRAPH + "ontology/"))
        self._files = {file.graph: file for file in files}
        self._said: dict[str, dict[Key, dict[Term, None]]] = {}
        self._chosen: dict[str, dict[Slot, Term]] = defaultdict(dict)
        self._defaults: dict[tuple[str, Key, Slot | None], set[Term]] = defaultdict(set)
        self._cleared: set[tuple[str, Key]] = set()

    def record(self, sources: Iterable[NamedNode]) -> str:
        """The graph of the record of these sources, begun if it is new."""
        named = sorted(sources, key=lambda source: source.value)
        graph = GRAPH + "--".join(tail(source) for source in named)
        said, node = self._graph(graph), NamedNode(graph)
        said.setdefault((node, _TYPE), {})[_RECORD] = None
        said.setdefault((node, _PRIMARY_SOURCE), {}).update(dict.fromkeys(named))
        return graph

    def add(self, graph: str, statement: Statement, mode: str) -> Term | None:
        """Put a statement into a graph.

        Gives the value that another row has put in its place, where only one can be.
        """
        key, value = statement[:2], statement[2]
        slot = self._cardinality.slot(key, value)
        if mode == "default":
            self._defaults[graph, key, slot].add(value)
            return None
        held = self._graph(graph).setdefault(key, {})
        if mode == "replace" and (graph, key) not in self._cleared:
            self._cleared.add((graph, key))
            held.clear()
        if slot:
            rival = self._chosen[graph].setdefault(slot, value)
            if rival != value:
                return rival
            for old in [old for old in held if self._cardinality.slot(key, old) == slot]:
                del held[old]
        held[value] = None
        return None

    def changes(self) -> Iterator[Change]:
        """What has to be written, by path; nothing for a file that says it all already.

        Raises:
            LayoutError: if a file to be changed has comments that would be lost, or is
                not Turtle.
        """
        self._settle_defaults()
        for graph in sorted(self._said, key=self._path):
            file = self._files.get(graph)
            before = set(triples(file.quads)) if file else set()
            after = {(*key, value) for key, held in self._said[graph].items() for value in held}
            if before == after:
                continue
            path = self._path(graph)
            if path.suffix != ".ttl":
                raise LayoutError(f"{path}: is not Turtle, and an import writes nothing else")
            text = layout.rewrite(file, [Quad(*statement) for statement in after])
            yield Change(path, text, _lines(after - before), _lines(before - after))

    def _settle_defaults(self) -> None:
        """Say by default what nothing else says; of several the least, whatever their order."""
        for (graph, key, slot), values in self._defaults.items():
            held = self._graph(graph).setdefault(key, {})
            if not any(self._cardinality.slot(key, old) == slot for old in held):
                held[min(values, key=lambda value: (getattr(value, "value", ""), str(value)))] = (
                    None
                )
        self._defaults.clear()

    def _graph(self, graph: str) -> dict[Key, dict[Term, None]]:
        if graph not in self._said:
            said: dict[Key, dict[Term, None]] = {}
            file = self._files.get(graph)
            for subject, predicate, value in triples(file.quads) if file else ():
                said.setdefault((subject, predicate), {})[value] = None
            self._said[graph] = said
        return self._said[graph]

    def _path(self, graph: str) -> Path:
        """Where a graph is kept; a new record below the kind of its source, or below joint."""
        if graph in self._files:
            return self._files[graph].path
        sources = self._said[graph].get((NamedNode(graph), _PRIMARY_SOURCE), {})
        folder = Path("data")
        if sources:
            folder = folder / "records" / (self._kind(*sources) if len(sources) == 1 else _JOINT)
        return self._root / folder / f"{graph.removeprefix(GRAPH)}.ttl"

    def _kind(self, source: Term) -> str:
        """The kind of a source, as the list of sources will have it."""
        listed = self._graph(GRAPH + "sources")
        kinds = listed.get((source, _SOURCE_KIND), {}) if isinstance(source, NamedNode) else {}
        return next((tail(kind) for kind in kinds if isinstance(kind, NamedNode)), "")


def _lines(statements: Iterable[tuple[Node, NamedNode, Term]]) -> list[str]:
    return sorted(" ".join(show(term) for term in statement) for statement in statements)
