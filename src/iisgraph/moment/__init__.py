"""The graph as of a day: what had happened by then, and what then held.

Facts are filtered, knowledge is not: sources, records and names stay, whenever they
were written. *Certain* leaves what certainly had happened and certainly held on that
day, *possible* also what may have; what truly was lies between the two. What rules
derive is derived anew from what is left.
"""

import bisect
import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from typing import Final

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Oxigraph, Quad
from iisgraph.errors import QueryError
from iisgraph.moment.kinds import (
    BEGINS,
    ENDS,
    EXEMPT,
    FORMER,
    NAMES,
    OF_FORMER,
    STATE,
    STATUS,
    STEPS,
    Nature,
)
from iisgraph.moment.times import NEVER, Span, Times, span_of
from iisgraph.snapshot import Snapshot, derive
from iisgraph.vocab import DERIVED, TYPE

__all__ = ["Calendar", "Certainty", "as_of", "day_of"]

_DATED: Final = frozenset({name for group in BEGINS for name in group} | {ENDS, *STEPS})
_LAST: Final = NEVER.last - timedelta(days=1)
"""What never comes has not come on the last of all days either."""


class Certainty(Enum):
    """How much must be known of something for it to be seen."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


def day_of(text: str) -> date:
    """The day that a person typed, as `2015-01-09`.

    Raises:
        QueryError: if it is no such day.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise QueryError(f"as of {text!r}: expected a day such as 2015-01-09")
    return found


def as_of(
    snapshot: Snapshot,
    day: date,
    certainty: Certainty = Certainty.CERTAIN,
    times: Times | None = None,
) -> Snapshot:
    """The snapshot of what had happened by a day and of what held on it.

    Its release is named by the release it was made from, the day and the certainty.
    Who builds several can pass the `times` of the snapshot.
    """
    store = Oxigraph()
    store.add(_View(snapshot, times or Times(snapshot.engine), day, certainty).quads())
    store.declare(snapshot.graphs)
    if snapshot.content:
        derive(store, snapshot.rules, snapshot.content)
    store.freeze()
    name = f"{snapshot.release}\0as of\0{day.isoformat()}\0{certainty.value}"
    release = hashlib.sha256(name.encode()).hexdigest()
    return Snapshot(store, release, snapshot.content, snapshot.files, snapshot.rules)


class _View:
    """Which statements of a snapshot are seen on a day."""

    def __init__(self, snapshot: Snapshot, times: Times, day: date, certainty: Certainty) -> None:
        self._snapshot = snapshot
        self._times = times
        self._day = day
        self._certain = certainty is Certainty.CERTAIN

    def quads(self) -> Iterator[Quad]:
        """The statements that are seen, in their graphs, without what rules derive."""
        undecided: list[Quad] = []
        touched: set[NamedNode] = set()
        for quad in self._asserted():
            if quad.predicate.value == STATUS:
                undecided.append(quad)
            elif self._stays(quad):
                yield quad
            else:
                ends = (quad.subject, quad.object)
                touched |= {end for end in ends if isinstance(end, NamedNode)}
        yield from (q for q in undecided if q.subject not in touched and self._stays(q))
        for node in self._former:
            if self._goes_on(node):
                yield Quad(node, NamedNode(TYPE), NamedNode(STATE), NamedNode(DERIVED))

    def _asserted(self) -> Iterator[Quad]:
        """The statements in named graphs, without those that are derived again."""
        left_out = {DERIVED} if self._snapshot.rules else set()
        for graph in sorted(self._snapshot.graphs - left_out):
            yield from self._snapshot.engine.quads(graph=NamedNode(graph))

    def _stays(self, quad: Quad) -> bool:
        if quad.subject in self._absent or quad.object in self._absent:
            return False
        predicate = quad.predicate.value
        if quad.subject in self._ended and predicate not in NAMES:
            return False
        if quad.subject in self._former:
            return self._stays_of_former(quad)
        if predicate in _DATED and quad.subject not in self._exempt:
            return self._has_come(quad)
        return True

    def _has_come(self, quad: Quad) -> bool:
        """Whether the day that a statement tells lies behind."""
        kind = self._times.kinds.get(quad.subject) if isinstance(quad.subject, NamedNode) else None
        if quad.predicate.value == ENDS and kind and kind.nature is not Nature.HAPPENING:
            return False  # or it would have ended, and not be here
        span = span_of(quad.object.value) if isinstance(quad.object, Literal) else None
        return span is None or self._is_past(span)

    def _stays_of_former(self, quad: Quad) -> bool:
        """A former state is one only when it has ended; before, it is a state."""
        predicate = quad.predicate.value
        about_end = predicate in OF_FORMER or predicate == ENDS
        is_type = predicate == TYPE and quad.object == NamedNode(FORMER)
        over = (
            isinstance(quad.subject, NamedNode) and self._times.ends(quad.subject).last < self._day
        )
        return over or not (about_end or is_type)

    # ------------------------------------------------------------ nodes

    @cached_property
    def _former(self) -> frozenset[NamedNode]:
        return self._of_class(FORMER)

    @cached_property
    def _exempt(self) -> frozenset[NamedNode]:
        return frozenset().union(*(self._of_class(name) for name in EXEMPT))

    def _of_class(self, name: str) -> frozenset[NamedNode]:
        quads = self._snapshot.engine.quads(None, NamedNode(TYPE), NamedNode(name), DefaultGraph())
        return frozenset(q.subject for q in quads if isinstance(q.subject, NamedNode))

    @cached_property
    def _ended(self) -> frozenset[NamedNode]:
        """Things that are there no more."""
        kinds = self._times.kinds.items()
        things = {node for node, kind in kinds if kind.nature is Nature.THING}
        return frozenset(n for n in things - self._former if not self._goes_on(n))

    @cached_property
    def _absent(self) -> frozenset[NamedNode]:
        """What has not come, what no longer holds, and what hangs on such alone."""
        kinds = self._times.kinds.items()
        found = {
            node
            for node, kind in kinds
            if not self._is_past(self._times.begins(node))
            or (kind.nature is Nature.CONDITION and not self._goes_on(node))
        }
        grown = True
        while grown:
            orphans = {node for node, _ in kinds if node not in found and self._hangs(node, found)}
            found |= orphans
            grown = bool(orphans)
        return frozenset(found)

    def _hangs(self, node: NamedNode, absent: Iterable[NamedNode]) -> bool:
        """Whether all that one property of a node leads to is absent."""
        kind = self._times.kinds[node]
        ends = (self._times.anchors(node, (name,)) for name in kind.anchors)
        return any(found and all(each in absent for each in found) for found in ends)

    def _is_past(self, span: Span) -> bool:
        return (span.last if self._certain else span.first) <= min(self._day, _LAST)

    def _goes_on(self, node: NamedNode) -> bool:
        """Whether a node has not ended; its last day is still one of its days."""
        span = self._times.ends(node)
        return self._day <= (span.first if self._certain else span.last)


class Calendar:
    """The days on which what is seen of a snapshot changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._engine = snapshot.engine

    def turn(self, day: date) -> date:
        """The last day up to a day on which anything changed: the view of both is the same."""
        return self._turns[bisect.bisect_right(self._turns, day) - 1]

    @cached_property
    def _turns(self) -> list[date]:
        return Times(self._engine).turns
