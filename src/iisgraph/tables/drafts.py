"""Graphs as they will be: what their files say, with the statements of tables put in.

A statement is added. Where only one value can be (`iis:singleValued`, `sh:maxCount 1`,
one name in each language), it takes the place of the old one. All else in a file,
written by hand or by an earlier import, stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from iisgraph import layout
from iisgraph.check.findings import show
from iisgraph.engine import Literal, NamedNode, Node, Oxigraph, Quad, Term, triples
from iisgraph.read import Content, File
from iisgraph.tables.register import tail
from iisgraph.tables.templates import Statement
from iisgraph.vocab import BASE, GRAPH, PRIMARY_SOURCE, TYPE

_RECORD: Final = NamedNode(BASE + "def/Record")
_SINGLE: Final = """
SELECT DISTINCT ?property ?by_language {
  { ?property iis:singleValued true BIND(false AS ?by_language) }
  UNION { ?shape sh:path ?property ; sh:maxCount 1 BIND(false AS ?by_language) }
  UNION { ?shape sh:path ?property ; sh:uniqueLang true BIND(true AS ?by_language) }
  FILTER(isIRI(?property))
}"""

Key: TypeAlias = tuple[NamedNode, NamedNode]
Slot: TypeAlias = tuple[NamedNode, NamedNode, str | None]


class Cardinality:
    """Which properties can have one value, and which one in each language."""

    def __init__(self, ontology: Iterable[File]) -> None:
        store = Oxigraph()
        for file in ontology:
            store.add(file.quads)
        self._by_language = {
            row["property"].value: row["by_language"].value == "true"
            for row in store.query(_SINGLE).rows()
        }

    def slot(self, statement: Statement) -> Slot | None:
        """What can hold one value only, and holds this statement's; None if many can be."""
        subject, predicate, value = statement
        by_language = self._by_language.get(predicate.value)
        if by_language is None:
            return None
        language = value.language if by_language and isinstance(value, Literal) else None
        return subject, predicate, language


@dataclass(frozen=True)
class Change:
    """What an import does to one file; the lists are sorted."""

    path: Path
    text: str
    added: list[str]
    removed: list[str]


class Drafts:
    """The graphs that an import writes to, each beginning as its file is."""

    def __init__(self, content: Content, cardinality: Cardinality) -> None:
        self._root = content.root
        self._cardinality = cardinality
        self._files = {file.graph: file for file in content.rdf}
        self._folders: dict[str, str] = {}
        self._said: dict[str, dict[Key, dict[Term, None]]] = {}
        self._chosen: dict[str, dict[Slot, Term]] = defaultdict(dict)
        self._cleared: set[tuple[str, Key]] = set()

    def record(self, sources: Iterable[NamedNode], folder: str) -> str:
        """The graph of the record of these sources, begun if it is new.

        `folder` is where below `data/records/` a new one is kept.
        """
        named = sorted(sources, key=lambda source: source.value)
        graph = GRAPH + "--".join(tail(source) for source in named)
        self._folders[graph] = folder
        said = self._graph(graph)
        node = NamedNode(graph)
        said.setdefault((node, NamedNode(TYPE)), {})[_RECORD] = None
        said.setdefault((node, NamedNode(PRIMARY_SOURCE)), {}).update(dict.fromkeys(named))
        return graph

    def add(self, graph: str, statement: Statement, mode: str) -> Term | None:
        """Put a statement into a graph.

        Gives the value that another row has put in its place, where only one can be.
        """
        key, value = statement[:2], statement[2]
        held = self._graph(graph).setdefault(key, {})
        slot = self._cardinality.slot(statement)
        if mode == "default":
            same = [old for old in held if self._cardinality.slot((*key, old)) == slot]
            if not same:
                held[value] = None
            return None
        if mode == "replace" and (graph, key) not in self._cleared:
            self._cleared.add((graph, key))
            held.clear()
        if slot:
            rival = self._chosen[graph].setdefault(slot, value)
            if rival != value:
                return rival
            for old in [old for old in held if self._cardinality.slot((*key, old)) == slot]:
                del held[old]
        held[value] = None
        return None

    def changes(self) -> Iterator[Change]:
        """What has to be written, by path; nothing for a file that says it all already.

        Raises:
            LayoutError: if a file has comments that would be lost.
        """
        for graph in sorted(self._said, key=self._path):
            file = self._files.get(graph) or File(self._path(graph), graph)
            before = set(triples(file.quads)) if graph in self._files else set()
            after = {(*key, value) for key, held in self._said[graph].items() for value in held}
            if before != after:
                quads = [Quad(*statement) for statement in after]
                text = layout.rewrite(file if graph in self._files else None, quads)
                yield Change(file.path, text, _lines(after - before), _lines(before - after))

    def _graph(self, graph: str) -> dict[Key, dict[Term, None]]:
        if graph not in self._said:
            said: dict[Key, dict[Term, None]] = {}
            file = self._files.get(graph)
            for subject, predicate, value in triples(file.quads) if file else ():
                if isinstance(subject, NamedNode):
                    said.setdefault((subject, predicate), {})[value] = None
            self._said[graph] = said
        return self._said[graph]

    def _path(self, graph: str) -> Path:
        if graph in self._files:
            return self._files[graph].path
        name = graph.removeprefix(GRAPH)
        folder = f"records/{self._folders[graph]}/" if graph in self._folders else ""
        return self._root / "data" / f"{folder}{name}.ttl"


def _lines(statements: Iterable[tuple[Node, NamedNode, Term]]) -> list[str]:
    return sorted(" ".join(show(term) for term in statement) for statement in statements)
