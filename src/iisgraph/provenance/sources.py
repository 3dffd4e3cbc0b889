"""Who stands behind a named graph: its sources, or what part of our own it is."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Term
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DCTERMS, DERIVED, GRAPH, IIS, PREFIXES, PRIMARY_SOURCE, SKOS

_PARTS: Final = {
    GRAPH + "reference/": "names and codes",
    GRAPH + "ontology/": "ontology",
    GRAPH + "editorial": "editorial notes",
    GRAPH + "sources": "list of sources",
    GRAPH + "dataset": "description of the dataset",
    DERIVED: "derived by rule",
}


@dataclass(frozen=True)
class Source:
    """Where a statement stands, and the source that says it.

    `part` tells what kind of graph it is; `concept` is the IRI of the source's kind;
    `rules` are the rules through which the statement of the answer follows from this
    one, if it does not stand here itself.
    """

    graph: str
    part: str
    iri: str = ""
    title: str = ""
    publisher: str = ""
    date: str = ""
    kind: str = ""
    concept: str = ""
    rank: int | None = None
    rules: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int, str, str, str]:
        """The order of sources: nearest to the facts first, our own parts last."""
        return (self.part != "record", self.rank or 99, self.date, self.iri, self.graph)

    def as_json(self) -> dict[str, Any]:
        """Its members as plain values, without those that say nothing."""
        members = {
            "graph": self.graph,
            "part": self.part,
            "source": self.iri,
            "title": self.title,
            "publisher": self.publisher,
            "date": self.date,
            "kind": self.kind,
            "rank": self.rank,
            "rules": list(self.rules),
        }
        return {name: value for name, value in members.items() if value not in ("", None, [])}

    def __str__(self) -> str:
        """As one cell of a table shows it: title, publisher, date, address."""
        about = ", ".join(part for part in (self.publisher, self.date) if part)
        title = self.title or self.part
        return f"{title}{f' ({about})' if about else ''} <{self.iri or self.graph}>"


class Sources:
    """The sources of the graphs of one snapshot; each is looked up once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._engine = snapshot.engine
        self.of = cache(self._of)
        self.named = cache(self._named)

    def derived(self, rule: str, title: str) -> Source:
        """The derived graph, with the rule that made a statement."""
        rules = (rule,) if rule else ()
        return Source(DERIVED, _PARTS[DERIVED], title=title, rules=rules)

    def _of(self, graph: str) -> tuple[Source, ...]:
        """The sources of a record, or the graph itself."""
        iris = self._objects(graph, PRIMARY_SOURCE)
        found = [self._source(graph, iri.value) for iri in iris if isinstance(iri, NamedNode)]
        if found:
            return tuple(sorted(found, key=lambda source: source.key))
        part = next((p for start, p in _PARTS.items() if graph.startswith(start)), "record")
        return (Source(graph, part, title=self._text(graph, DCTERMS + "title")),)

    def _named(self, iri: str) -> Source:
        """A source by its IRI, wherever it says something; a graph of our own stands for itself."""
        is_part = any(iri.startswith(start) for start in _PARTS)
        return self._of(iri)[0] if is_part else self._source("", iri)

    def _source(self, graph: str, iri: str) -> Source:
        kinds = self._objects(iri, IIS + "sourceKind")
        kind = kinds[0].value if kinds else ""
        rank = self._text(kind, IIS + "rank") if kind else ""
        return Source(
            graph,
            "record",
            iri,
            self._text(iri, DCTERMS + "title"),
            self._text(iri, PREFIXES["dc11"] + "publisher"),
            self._text(iri, DCTERMS + "issued"),
            self._text(kind, SKOS + "prefLabel") if kind else "",
            kind,
            int(rank) if re.fullmatch(r"\d+", rank) else None,
        )

    def _text(self, iri: str, predicate: str) -> str:
        """A literal, in English if there are several."""
        found = [o for o in self._objects(iri, predicate) if isinstance(o, Literal)]
        best = min(
            found, key=lambda o: (o.language != "en", o.language or "", o.value), default=None
        )
        return best.value if best else ""

    def _objects(self, iri: str, predicate: str) -> list[Term]:
        quads = self._engine.quads(NamedNode(iri), NamedNode(predicate), None, DefaultGraph())
        return [q.object for q in quads if isinstance(q.object, NamedNode | Literal)]


def through(source: Source, rule: str) -> Source:
    """The source as one that a rule starts from."""
    return replace(source, rules=tuple(sorted({*source.rules, rule})))
