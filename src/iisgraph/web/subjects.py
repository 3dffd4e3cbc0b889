"""What pictures of things are made from: relations as lanes, marks and countries, in words."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from iisgraph import relations
from iisgraph.engine import DefaultGraph, Literal, NamedNode
from iisgraph.pictures import Bar, Cell, Fill, Lane, Mark, Place, Row
from iisgraph.relations import Relation
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS, SCHEMA
from iisgraph.web.links import Named, local

_STYLES: Final = {
    "membership/member": "k1",
    "membership/founding-state": "k1",
    "membership/participating-state": "k1",
    "membership/observer": "k2",
    "membership/suspended": "k5",
    "action/signature": "k2",
    "action/ratification": "k1",
    "action/acceptance": "k1",
    "action/approval": "k1",
    "action/accession": "k1",
    "action/succession": "k1",
    "action/deposit": "k1",
    "action/entry-into-force": "k4",
    "action/withdrawal": "k5",
    "vote/yes": "k1",
    "vote/no": "k2",
    "vote/abstain": "k3",
    "vote/absent": "k5",
}
"""The style of each kind of relation; what is not here has the third."""


@dataclass(frozen=True)
class Subject:
    """What pictures are made from: a thing of a snapshot, in a reader's languages, on a day."""

    snapshot: Snapshot
    iri: str
    names: Named
    day: date

    @property
    def name(self) -> str:
        """Its name."""
        return self.names(self.iri)[0]

    def cell(self, iri: str) -> Cell:
        """The field of a table that names something."""
        name, language = self.names(iri)
        return Cell(name, iri, language)

    def row(self, relation: Relation, *first: Cell) -> Row:
        """The line of a table about a relation: what is given, its kind, start and end."""
        dates = (Cell(relation.start.text), Cell(relation.end.text))
        said = relations.sources(self.snapshot, relation)
        return Row((*first, self.cell(relation.kind), *dates), said)

    def legend(self, found: Iterable[Relation]) -> list[tuple[str, str]]:
        """The styles in use, each with the names of the kinds that have it."""
        named: dict[str, set[str]] = defaultdict(set)
        for kind in {relation.kind for relation in found}:
            named[style_of(kind)].add(self.names(kind)[0])
        return [(style, ", ".join(sorted(named[style]))) for style in sorted(named)]


def style_of(kind: str) -> str:
    """The style of a kind of relation."""
    return _STYLES.get(kind.removeprefix(BASE + "scheme/"), "k3")


def today() -> date:
    """The day, by universal time."""
    return datetime.now(UTC).date()


def lanes(
    subject: Subject,
    found: list[Relation],
    other: Callable[[Relation], str],
    drawn: Callable[[Relation], tuple[Bar | None, Mark | None]],
) -> list[Lane]:
    """A lane for each other end of the relations, that of the earliest first."""
    groups: dict[str, list[Relation]] = defaultdict(list)
    for relation in found:
        groups[other(relation)].append(relation)
    lanes = []
    for iri, each in groups.items():
        parts = [drawn(relation) for relation in each]
        bars = tuple(bar for bar, _mark in parts if bar)
        marks = tuple(mark for _bar, mark in parts if mark)
        if bars or marks:
            lanes.append(Lane(subject.names(iri)[0], local(iri), bars, marks))
    return sorted(lanes, key=lambda lane: (min(lane.days), lane.name))


def bar(subject: Subject, relation: Relation) -> Bar | None:
    """The bar of what lasted; none where no day of its beginning is known at all."""
    start, end = relation.start, relation.end
    first = start.first or end.first
    if first is None:
        return None
    last = end.last or max(subject.day, first)
    sure = (start.last, end.first or last) if start.last else None
    return Bar(style_of(relation.kind), first, last, sure, _tip(subject, relation, relation.whole))


def mark(subject: Subject, relation: Relation) -> Mark | None:
    """The mark of a step on the first day that it can have been; none if it has no date."""
    if relation.start.first is None:
        return None
    tip = f"{subject.names(relation.kind)[0]}, {relation.start.text}"
    return Mark(style_of(relation.kind), relation.start.first, tip)


def _tip(subject: Subject, relation: Relation, other: str) -> str:
    dates = f"{relation.start.text or '?'} – {relation.end.text}".rstrip()
    return f"{subject.names(other)[0]}: {subject.names(relation.kind)[0]}, {dates}"


def fills(subject: Subject, found: Iterable[tuple[Relation, str]]) -> list[Fill]:
    """Countries by what is said of them, what is surest and foremost last, above the rest.

    Who is no country is not on the map.
    """
    fills = []
    for relation, more in sorted(
        found, key=lambda each: (each[1], style_of(each[0].kind)), reverse=True
    ):
        place = _place(subject.snapshot, relation.agent)
        if place.code:
            style = f"{style_of(relation.kind)} {more}".rstrip()
            tip = _tip(subject, relation, relation.agent)
            fills.append(Fill(place, style, tip, local(relation.agent)))
    return fills


def _place(snapshot: Snapshot, iri: str) -> Place:
    """Code and capital of a state or territory; a code of '' if it has none."""
    code = _value(snapshot, iri, IIS + "m49")
    capital = _value(snapshot, iri, IIS + "capital")
    longitude, latitude = (
        _value(snapshot, capital, SCHEMA + name) if capital else ""
        for name in ("longitude", "latitude")
    )
    at = (float(longitude), float(latitude)) if longitude and latitude else None
    return Place(code, at)


def _value(snapshot: Snapshot, iri: str, predicate: str) -> str:
    quads = snapshot.engine.quads(NamedNode(iri), NamedNode(predicate), None, DefaultGraph())
    values = (q.object.value for q in quads if isinstance(q.object, Literal | NamedNode))
    return min(values, default="")


_PROGRESS: Final = ("k5", "k3", "k2", "k1", "k4")


def progress(relation: Relation) -> tuple[int, str]:
    """How far a step leads towards being bound; a withdrawal undoes what was before it."""
    if relation.kind.endswith("/withdrawal"):
        return len(_PROGRESS), relation.start.text
    return _PROGRESS.index(style_of(relation.kind)), relation.start.text


def sureness(how: str) -> str:
    """The style that is added to what only possibly holds."""
    return "" if how == "certainly" else "maybe"


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Rows by their texts, from the left."""
    return sorted(rows, key=lambda row: [cell.text for cell in row.cells])
