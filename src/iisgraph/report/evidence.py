"""What rests on which source, and on which values sources disagree."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Quad, Term
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DCTERMS, IIS, PRIMARY_SOURCE, RDF, TYPE

_PUBLISHER: Final = "http://purl.org/dc/elements/1.1/publisher"
_UNRANKED: Final = 99
_SIZES: Final = """
SELECT ?record (COUNT(*) AS ?size)
WHERE {
  GRAPH ?record { ?subject ?property ?value }
  ?record a iis:Record .
  FILTER(?subject != ?record)
}
GROUP BY ?record
"""


@dataclass(frozen=True)
class Source:
    """A source: its kind with the rank of that, 1 the strongest, and what rests on it.

    `alone` counts the statements of records that have no other source, `shared` those of
    records read from several. `issued` is as stated, '' if it is not.
    """

    iri: str
    kind: str
    rank: int
    publisher: str
    issued: str
    records: int
    alone: int
    shared: int


@dataclass(frozen=True)
class Reading:
    """A value, and the sources of the records that give it, the strongest first."""

    value: Term
    sources: Sequence[Source]


@dataclass(frozen=True)
class Contest:
    """A property of a thing on whose value sources disagree."""

    subject: str
    predicate: str
    readings: Sequence[Reading]


def sources(snapshot: Snapshot) -> dict[str, Source]:
    """All sources by IRI, in the order of their IRIs."""
    made = _Counts(snapshot)
    return {iri: made.source(iri) for iri in _instances(snapshot, IIS + "Source")}


def contests(snapshot: Snapshot, known: dict[str, Source]) -> list[Contest]:
    """All contests, by subject and property; their sources are looked up among those `known`."""
    found = []
    for iri in _instances(snapshot, IIS + "Contest"):
        said = _said(snapshot, iri)
        for subject in said.get(RDF + "subject", ()):
            for predicate in said.get(RDF + "predicate", ()):
                readings = [
                    Reading(value, _attesting(snapshot, subject, predicate, value, known))
                    for value in said.get(RDF + "object", ())
                ]
                readings.sort(
                    key=lambda r: ([s.rank for s in r.sources] or [_UNRANKED], str(r.value))
                )
                found.append(Contest(subject.value, predicate.value, readings))
    return sorted(found, key=lambda contest: (contest.subject, contest.predicate))


class _Counts:
    """Records by source and statements by record, each counted once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        rows = snapshot.engine.query(_SIZES).rows()
        self._sizes = {row["record"].value: int(row["size"].value) for row in rows}
        self._records: dict[str, set[str]] = defaultdict(set)
        for quad in _quads(snapshot, PRIMARY_SOURCE):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                self._records[quad.object.value].add(quad.subject.value)
        self._sources = Counter(record for each in self._records.values() for record in each)

    def source(self, iri: str) -> Source:
        """What is known of a source, and what rests on it."""
        said = _said(self._snapshot, iri)
        kind = _first(said, IIS + "sourceKind")
        rank = _first(_said(self._snapshot, kind), IIS + "rank") if kind else ""
        records = self._records.get(iri, set())
        alone = sum(self._sizes.get(r, 0) for r in records if self._sources[r] == 1)
        return Source(
            iri=iri,
            kind=kind,
            rank=int(rank) if rank.isdigit() else _UNRANKED,
            publisher=_first(said, _PUBLISHER),
            issued=_first(said, DCTERMS + "issued"),
            records=len(records),
            alone=alone,
            shared=sum(self._sizes.get(r, 0) for r in records) - alone,
        )


def _attesting(
    snapshot: Snapshot, subject: Term, predicate: Term, value: Term, known: dict[str, Source]
) -> list[Source]:
    if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
        return []
    quads = snapshot.engine.quads(subject, predicate, value)
    records = {q.graph_name for q in quads if isinstance(q.graph_name, NamedNode)}
    found = {
        q.object.value
        for record in records
        for q in snapshot.engine.quads(record, NamedNode(PRIMARY_SOURCE), None, DefaultGraph())
        if isinstance(q.object, NamedNode)
    }
    return sorted((known[iri] for iri in found if iri in known), key=lambda s: (s.rank, s.iri))


def _instances(snapshot: Snapshot, of_class: str) -> list[str]:
    quads = _quads(snapshot, TYPE, of_class)
    return sorted({q.subject.value for q in quads if isinstance(q.subject, NamedNode)})


def _quads(snapshot: Snapshot, predicate: str, value: str = "") -> Iterator[Quad]:
    end = NamedNode(value) if value else None
    return snapshot.engine.quads(None, NamedNode(predicate), end, DefaultGraph())


def _said(snapshot: Snapshot, iri: str) -> dict[str, list[Literal | NamedNode]]:
    """The values of each property of a thing, sorted."""
    found: dict[str, list[Literal | NamedNode]] = defaultdict(list)
    for quad in snapshot.engine.quads(NamedNode(iri), None, None, DefaultGraph()):
        if isinstance(quad.object, Literal | NamedNode):
            found[quad.predicate.value].append(quad.object)
    return {predicate: sorted(values, key=str) for predicate, values in found.items()}


def _first(said: dict[str, list[Literal | NamedNode]], predicate: str) -> str:
    return next((value.value for value in said.get(predicate, ())), "")
