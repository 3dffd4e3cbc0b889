"""What relates two things over time: memberships, steps on agreements, votes.

Each is a node of its own in the graph; here it is a value, with the days between
which it can have begun and ended, and whether it held on a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from iisgraph.describe import sources_of
from iisgraph.engine import DefaultGraph, Literal, NamedNode, Term, Triple
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DERIVED, IIS, PREFIXES, PROV, SCHEMA, TYPE

_ORG: Final = PREFIXES["org"]


@dataclass(frozen=True)
class Shape:
    """By which properties a class of relations tells who, as what, and in what."""

    of_class: str
    agent: str
    kind: str
    whole: str


MEMBERSHIP: Final = Shape(
    _ORG + "Membership", _ORG + "member", _ORG + "role", _ORG + "organization"
)
STEP: Final = Shape(IIS + "AgreementAction", IIS + "party", IIS + "actionKind", IIS + "ofAgreement")
VOTE: Final = Shape(IIS + "StateVote", IIS + "voter", IIS + "choice", IIS + "ofDocument")
PARTICIPATION: Final = Shape(
    IIS + "Participation", PROV + "agent", PROV + "hadRole", IIS + "inEvent"
)


@dataclass(frozen=True)
class Turn:
    """A day that something began or ended on: as stated, and the days it can mean.

    `first` and `last` are None where nothing is stated. Where sources differ, `stated`
    has all that they say, and the days span the whole unless one reading refines all.
    """

    stated: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def text(self) -> str:
        """What is stated, of several the most exact first."""
        return " / ".join(sorted(self.stated, key=lambda told: (-len(told), told)))


@dataclass(frozen=True)
class Relation:
    """One relation: who, as what, in what, from when to when."""

    iri: str
    agent: str
    kind: str
    whole: str
    start: Turn
    end: Turn

    def holds_on(self, day: date) -> str:
        """`certainly`, `possibly` or `` (not), as the saved questions read dates.

        An end that no source states has not come; a start that none states may be any day.
        """
        if self.start.first and day < self.start.first:
            return ""
        if self.end.last and day > self.end.last:
            return ""
        has_begun = self.start.last is not None and self.start.last <= day
        is_on = self.end.first is None or day <= self.end.first
        return "certainly" if has_begun and is_on else "possibly"


def of_agent(snapshot: Snapshot, shape: Shape, agent: str) -> list[Relation]:
    """All relations of this shape that an agent has, by IRI."""
    return list(_relations(snapshot, shape, shape.agent, agent))


def in_whole(snapshot: Snapshot, shape: Shape, whole: str) -> list[Relation]:
    """All relations of this shape in an organisation, on an agreement or on a document, by IRI."""
    return list(_relations(snapshot, shape, shape.whole, whole))


def sources(snapshot: Snapshot, relation: Relation) -> tuple[str, ...]:
    """IRIs of the sources of what is said of a relation, sorted."""
    quads = snapshot.engine.quads(NamedNode(relation.iri))
    graphs = {q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)}
    found = {source for g in graphs - {DERIVED} for source in sources_of(snapshot, g)}
    return tuple(sorted(found))


def _relations(snapshot: Snapshot, shape: Shape, predicate: str, value: str) -> Iterator[Relation]:
    quads = snapshot.engine.quads(None, NamedNode(predicate), NamedNode(value), DefaultGraph())
    for iri in sorted({q.subject.value for q in quads if isinstance(q.subject, NamedNode)}):
        said = _said(snapshot, iri)
        if shape.of_class in _texts(said, TYPE):
            agent, kind, whole = (
                next(iter(_texts(said, p)), "") for p in (shape.agent, shape.kind, shape.whole)
            )
            start = _turn(said, "startDate", "earliestStart", "latestStart")
            end = _turn(said, "endDate", "earliestEnd", "latestEnd")
            yield Relation(iri, agent, kind, whole, start, end)


def _said(snapshot: Snapshot, iri: str) -> list[tuple[str, Term]]:
    quads = snapshot.engine.quads(NamedNode(iri), None, None, DefaultGraph())
    return [(q.predicate.value, q.object) for q in quads if not isinstance(q.object, Triple)]


def _texts(said: list[tuple[str, Term]], predicate: str) -> list[str]:
    return sorted(term.value for told, term in said if told == predicate)


def _turn(said: list[tuple[str, Term]], stated: str, earliest: str, latest: str) -> Turn:
    told = tuple(_texts(said, SCHEMA + stated))
    firsts, lasts = (_days(said, IIS + name) for name in (earliest, latest))
    if not firsts or not lasts:
        return Turn(told)
    narrow = max(firsts), min(lasts)
    first, last = narrow if narrow[0] <= narrow[1] else (min(firsts), max(lasts))
    return Turn(told, first, last)


def _days(said: list[tuple[str, Term]], predicate: str) -> list[date]:
    found = []
    for told, term in said:
        if told == predicate and isinstance(term, Literal):
            try:
                found.append(date.fromisoformat(term.value))
            except ValueError:
                continue  # before the year 1 or after 9999: no day of a calendar we draw
    return found
