"""What fits each class of things: the tables of relations that a page about one has.

What relates things over time is a node of its own (a membership, a step on an
agreement, a vote). A table has a line for each node that points to the thing, and
a column for each property of the node, or of what the node points to. Every value
keeps the graphs that say it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from iisgraph.engine import DefaultGraph, Literal, NamedNode
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DCTERMS, DERIVED, IIS, PREFIXES, PROV, RDF, SCHEMA, SKOS, TYPE

ORG: Final = PREFIXES["org"]
ITSELF: Final = ""
"""The column that has the node itself."""

_START: Final = SCHEMA + "startDate"
END: Final = SCHEMA + "endDate"
"""The property of the last day of what is over."""


@dataclass(frozen=True)
class Plan:
    """One table: the property by which nodes of a class point to a thing, and its columns.

    A column is a property, or two with a space between them for a property of the
    value. `form` says how it is best shown: as it is, `pivoted` with a column for each
    value of the second column, or `grouped` by the second column. `newest` is the number
    of the column whose latest date comes first; without it what lasts comes first, by name.
    """

    name: str
    via: str
    of_class: str
    columns: tuple[str, ...]
    form: str = "table"
    newest: int | None = None


@dataclass(frozen=True)
class Said:
    """A value with the graphs that say it."""

    value: NamedNode | Literal
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One node, and what stands in each column; `contested` has the numbers of columns."""

    node: str
    cells: tuple[tuple[Said, ...], ...]
    contested: frozenset[int]

    @property
    def graphs(self) -> tuple[str, ...]:
        """The graphs that say any of it, sorted; what follows by rule is not said."""
        found = {graph for cell in self.cells for said in cell for graph in said.graphs}
        return tuple(sorted(found - {DERIVED}))


@dataclass(frozen=True)
class Table:
    """The lines of a plan that has any."""

    plan: Plan
    lines: Sequence[Line]


_STEPS: Final = (IIS + "ofAgreement", IIS + "actionKind", _START)
_TOOK_PART: Final = (IIS + "inEvent", PROV + "hadRole", f"{IIS}inEvent {_START}")
_OF_AGENT: Final = (
    Plan("agreements", IIS + "party", IIS + "AgreementAction", _STEPS, newest=2),
    Plan("forums", PROV + "agent", IIS + "Participation", _TOOK_PART, newest=2),
    Plan("organised", SCHEMA + "organizer", "", (ITSELF, _START, SCHEMA + "location"), newest=1),
    Plan(
        "documents",
        PROV + "agent",
        IIS + "DocumentRole",
        (IIS + "ofDocument", PROV + "hadRole"),
    ),
)
_MEMBERSHIPS: Final = Plan(
    "memberships",
    ORG + "member",
    ORG + "Membership",
    (ORG + "organization", ORG + "role", _START, END),
)
_SEATS: Final = (ORG + "organization", IIS + "office", _START, END)
_OF_JURISDICTION: Final = (
    _MEMBERSHIPS,
    _OF_AGENT[0],
    Plan(
        "votes",
        IIS + "voter",
        IIS + "StateVote",
        (IIS + "ofDocument", IIS + "choice", f"{IIS}ofDocument {IIS}adopted"),
        newest=2,
    ),
    *_OF_AGENT[1:],
    Plan("seats", ORG + "member", IIS + "Seat", _SEATS),
)
_OF_ORGANISATION: Final = (
    Plan(
        "members",
        ORG + "organization",
        ORG + "Membership",
        (ORG + "member", ORG + "role", _START, END),
    ),
    Plan("organs", ORG + "subOrganizationOf", "", (ITSELF, IIS + "organisationKind")),
    *_OF_AGENT,
    Plan(
        "framework",
        IIS + "framework",
        "",
        (ITSELF, IIS + "agreementKind", IIS + "signed"),
        newest=2,
    ),
    Plan("issued", IIS + "organ", IIS + "Document", (ITSELF, IIS + "adopted"), newest=1),
    _MEMBERSHIPS,
)
_EVENTS: Final = (ITSELF, _START, END, SCHEMA + "location")

_PLANS: Final[Mapping[str, tuple[Plan, ...]]] = {
    IIS + "State": _OF_JURISDICTION,
    IIS + "FormerState": _OF_JURISDICTION,
    IIS + "Territory": _OF_JURISDICTION,
    ORG + "FormalOrganization": _OF_ORGANISATION,
    ORG + "OrganizationalCollaboration": _OF_ORGANISATION,
    IIS + "WorkingGroup": (
        Plan(
            "experts",
            ORG + "organization",
            IIS + "Seat",
            (ORG + "member", IIS + "office", _START, END),
        ),
        Plan("sessions", SCHEMA + "organizer", "", _EVENTS, newest=1),
    ),
    IIS + "ForumSeries": (
        Plan("editions", SCHEMA + "superEvent", IIS + "ForumEdition", _EVENTS, newest=1),
        Plan("sessions", SCHEMA + "superEvent", IIS + "Session", _EVENTS, newest=1),
    ),
    IIS + "ForumEdition": (
        Plan(
            "sessions",
            SCHEMA + "superEvent",
            IIS + "Session",
            (ITSELF, IIS + "sessionKind", SCHEMA + "about", _START),
        ),
        Plan(
            "participants",
            IIS + "inEvent",
            IIS + "Participation",
            (PROV + "agent", PROV + "hadRole", IIS + "invitedBy"),
        ),
        Plan(
            "presentations",
            IIS + "inEvent",
            IIS + "Presentation",
            (ITSELF, IIS + "presenter", SCHEMA + "about"),
        ),
    ),
    IIS + "Session": (
        Plan(
            "participants",
            IIS + "inEvent",
            IIS + "Participation",
            (PROV + "agent", PROV + "hadRole", IIS + "invitedBy"),
        ),
        Plan(
            "presentations",
            IIS + "inEvent",
            IIS + "Presentation",
            (ITSELF, IIS + "presenter", SCHEMA + "about"),
        ),
    ),
    IIS + "InternationalAgreement": (
        Plan(
            "parties",
            IIS + "ofAgreement",
            IIS + "AgreementAction",
            (IIS + "party", IIS + "actionKind", _START),
            "pivoted",
        ),
        Plan(
            "documents",
            IIS + "relatedAgreement",
            "",
            (ITSELF, IIS + "documentKind", DCTERMS + "issued"),
        ),
    ),
    IIS + "Document": (
        Plan(
            "roles",
            IIS + "ofDocument",
            IIS + "DocumentRole",
            (PROV + "agent", PROV + "hadRole"),
            "grouped",
        ),
        Plan(
            "roll-call",
            IIS + "ofDocument",
            IIS + "StateVote",
            (IIS + "voter", IIS + "choice"),
            "grouped",
        ),
    ),
    SKOS + "ConceptScheme": (
        Plan("concepts", SKOS + "inScheme", "", (ITSELF, SKOS + "definition")),
    ),
    IIS + "Place": (Plan("held", SCHEMA + "location", "", (ITSELF, _START, IIS + "signed")),),
}
"""The tables of each class, in the order of its page."""

CLASSES: Final = tuple(_PLANS)
"""The classes that have any."""


_READ_FIRST: Final = (
    TYPE,
    DCTERMS + "title",
    IIS + "agreementKind",
    IIS + "documentKind",
    IIS + "organisationKind",
    IIS + "sessionKind",
    IIS + "sourceKind",
    IIS + "agreementStatus",
    IIS + "legalForce",
    IIS + "signed",
    IIS + "adopted",
    IIS + "adoptionManner",
    IIS + "inForceSince",
    IIS + "foundingDate",
    _START,
    END,
    SCHEMA + "location",
    IIS + "organ",
    IIS + "organSession",
    IIS + "votesFor",
    IIS + "votesAgainst",
    IIS + "abstentions",
    IIS + "framework",
    IIS + "depositary",
    SCHEMA + "superEvent",
    SCHEMA + "organizer",
    PREFIXES["dc11"] + "publisher",
    DCTERMS + "issued",
)
_READ_LAST: Final = (
    SCHEMA + "about",
    DCTERMS + "subject",
    SCHEMA + "keywords",
    IIS + "note",
    IIS + "locator",
)


def place(predicate: str) -> tuple[int, str]:
    """Where a property stands among those of a thing: what it is, when and where come first."""
    if predicate in _READ_FIRST:
        return _READ_FIRST.index(predicate) - len(_READ_FIRST), predicate
    if predicate in _READ_LAST:
        return _READ_LAST.index(predicate) + 1, predicate
    return 0, predicate


def plans_of(types: Iterable[str]) -> list[Plan]:
    """The tables that a thing of these classes can have."""
    return list(dict.fromkeys(plan for of_class in types for plan in _PLANS.get(of_class, ())))


def tables(snapshot: Snapshot, iri: str, types: Iterable[str]) -> list[Table]:
    """The tables of a thing, those without a line left out."""
    reader = _Reader(snapshot)
    found = [Table(plan, list(reader.lines(iri, plan))) for plan in plans_of(types)]
    return [table for table in found if table.lines]


def contested(snapshot: Snapshot) -> set[tuple[str, str]]:
    """All things and properties on whose value the sources disagree."""
    engine, found = snapshot.engine, set()
    contests = engine.quads(None, NamedNode(TYPE), NamedNode(IIS + "Contest"), DefaultGraph())
    for contest in contests:
        if not isinstance(contest.subject, NamedNode):
            continue
        ends = [
            quad.object.value
            for predicate in (RDF + "subject", RDF + "predicate")
            for quad in engine.quads(contest.subject, NamedNode(predicate), None, DefaultGraph())
            if isinstance(quad.object, NamedNode)
        ]
        if len(ends) == 2:
            found.add((ends[0], ends[1]))
    return found


class _Reader:
    """Reads the nodes of one page, each property once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._engine = snapshot.engine
        self._contests = contested(snapshot)
        self._said = cache(self._read)

    def lines(self, iri: str, plan: Plan) -> Iterator[Line]:
        """A line for each node of the plan that points to a thing."""
        quads = self._engine.quads(None, NamedNode(plan.via), NamedNode(iri), DefaultGraph())
        nodes = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
        for node in sorted(nodes, key=lambda n: n.value):
            types = [s.value.value for s in self._said(node, TYPE)]
            if not plan.of_class or plan.of_class in types:
                cells = tuple(self._cell(node, column) for column in plan.columns)
                marked = {
                    n for n, p in enumerate(plan.columns) if (node.value, p) in self._contests
                }
                yield Line(node.value, cells, frozenset(marked))

    def _cell(self, node: NamedNode, column: str) -> tuple[Said, ...]:
        if column == ITSELF:
            graphs = {g for said in self._said(node, TYPE) for g in said.graphs}
            return (Said(node, tuple(sorted(graphs))),)
        first, _, second = column.partition(" ")
        if not second:
            return self._said(node, first)
        values = [s.value for s in self._said(node, first) if isinstance(s.value, NamedNode)]
        return tuple(each for value in values for each in self._said(value, second))

    def _read(self, node: NamedNode, predicate: str) -> tuple[Said, ...]:
        """The values of a property of a node; some nodes have thousands of others."""
        graphs: dict[NamedNode | Literal, list[str]] = defaultdict(list)
        for quad in self._engine.quads(node, NamedNode(predicate)):
            graph, value = quad.graph_name, quad.object
            if isinstance(graph, NamedNode) and isinstance(value, NamedNode | Literal):
                graphs[value].append(graph.value)
        return tuple(Said(v, tuple(sorted(graphs[v]))) for v in sorted(graphs, key=str))
