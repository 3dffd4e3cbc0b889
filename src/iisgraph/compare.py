"""States and organisations side by side: what they share, and how alike they vote."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from iisgraph import relations
from iisgraph.engine import NamedNode
from iisgraph.errors import UnknownResource
from iisgraph.relations import MEMBERSHIP, PARTICIPATION, STEP, VOTE, Relation, Shape
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS, shorten

_ABSENT: Final = BASE + "scheme/vote/absent"
_RESOLUTION: Final = BASE + "scheme/document/resolution"

_SHAPES: Final[dict[str, Shape]] = {
    "agreements": STEP,
    "memberships": MEMBERSHIP,
    "events": PARTICIPATION,
    "votes": VOTE,
}
"""What agents do, each as a relation to something that another may share."""


@dataclass(frozen=True)
class Shared:
    """Something that at least two have a relation to, with the relations of each in turn."""

    iri: str
    relations: tuple[tuple[Relation, ...], ...]

    @property
    def number(self) -> int:
        """How many of those compared have one."""
        return sum(1 for each in self.relations if each)


@dataclass(frozen=True)
class Likeness:
    """Of two, by their numbers: the resolutions on which both cast a vote, and on how many alike.

    Whoever was absent cast none.
    """

    one: int
    other: int
    shared: int
    equal: int

    @property
    def percent(self) -> int:
        """The share of votes cast alike, half a percent upwards."""
        return int(100 * self.equal / self.shared + 0.5) if self.shared else 0


@dataclass(frozen=True)
class Comparison:
    """What some agents share: agreements, memberships, events, votes, and who belongs to them."""

    agents: tuple[str, ...]
    shared: Mapping[str, Sequence[Shared]]
    votes: Sequence[Likeness]


def compare(snapshot: Snapshot, agents: Sequence[str]) -> Comparison:
    """What agents share; they are compared in the order in which they are given.

    Raises:
        UnknownResource: naming the one that is not in this snapshot.
    """
    for agent in agents:
        if not snapshot.knows(agent):
            raise UnknownResource(f"{shorten(agent)} is not in this graph")
    found = {
        name: [relations.of_agent(snapshot, shape, agent) for agent in agents]
        for name, shape in _SHAPES.items()
    }
    shared = {name: _shared(each, by="whole") for name, each in found.items()}
    belonging = [relations.in_whole(snapshot, MEMBERSHIP, agent) for agent in agents]
    shared["members"] = _shared(belonging, by="agent")
    return Comparison(tuple(agents), shared, _likenesses(snapshot, found["votes"]))


def _shared(found: Sequence[Sequence[Relation]], by: str) -> list[Shared]:
    """What several have relations to; what most have first, then by IRI."""
    table: dict[str, list[list[Relation]]] = defaultdict(lambda: [[] for _ in found])
    for number, each in enumerate(found):
        for relation in each:
            table[getattr(relation, by)][number].append(relation)
    rows = [Shared(iri, tuple(map(tuple, columns))) for iri, columns in table.items()]
    kept = [row for row in rows if row.number > 1]
    return sorted(kept, key=lambda row: (-row.number, row.iri))


def _likenesses(snapshot: Snapshot, found: Sequence[Sequence[Relation]]) -> list[Likeness]:
    resolutions = _resolutions(snapshot)
    choices = [
        {v.whole: v.kind for v in votes if v.kind != _ABSENT and v.whole in resolutions}
        for votes in found
    ]
    return [
        Likeness(one, other, len(both), sum(choices[one][d] == choices[other][d] for d in both))
        for one, other in combinations(range(len(choices)), 2)
        if (both := choices[one].keys() & choices[other].keys())
    ]


def _resolutions(snapshot: Snapshot) -> set[str]:
    kind = NamedNode(IIS + "documentKind")
    quads = snapshot.engine.quads(None, kind, NamedNode(_RESOLUTION))
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
