"""When each node begins and ends, as narrowly as its sources and its anchors tell."""

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Oxigraph, Term
from iisgraph.moment.kinds import BEGINS, ENDS, KINDS, STEPS, Kind, Nature
from iisgraph.vocab import TYPE

_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Span(NamedTuple):
    """The first and the last day on which something can have happened."""

    first: date
    last: date


NEVER: Final = Span(date.max, date.max)
ALWAYS: Final = Span(date.min, date.min)


def span_of(text: str) -> Span | None:
    """The days that a date may mean: a year and a month are spans of days."""
    match = _PARTIAL.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        last = day or calendar.monthrange(year, month or 12)[1]
        return Span(date(year, month or 1, day or 1), date(year, month or 12, last))
    except (ValueError, calendar.IllegalMonthError):
        return None


def agreed(spans: Iterable[Span]) -> Span:
    """What several sources leave open: what they have in common, else all of it."""
    firsts, lasts = zip(*spans, strict=True)
    common = Span(max(firsts), min(lasts))
    return common if common.first <= common.last else Span(min(firsts), max(lasts))


class Times:
    """The kinds, spans and anchors of all nodes that are bound to time."""

    def __init__(self, engine: Oxigraph) -> None:
        self._engine = engine
        self.kinds = dict(self._kinds())
        self._beginnings: dict[NamedNode, Span] = {}
        self._endings: dict[NamedNode, Span] = {}

    def begins(self, node: NamedNode) -> Span:
        """When a node comes to be; `last` is the end of time if that is not certain at all."""
        if node not in self._beginnings:
            self._beginnings[node] = NEVER  # whoever stands on himself
            self._beginnings[node] = self._begin(node)
        return self._beginnings[node]

    def ends(self, node: NamedNode) -> Span:
        """When a node ends; a condition does so at the latest with what it hangs on."""
        if node not in self._endings:
            self._endings[node] = NEVER
            kind = self.kinds.get(node)
            own = self._ends.get(node, NEVER)
            held = kind is not None and kind.nature is Nature.CONDITION
            above = [self.ends(a) for a in self.anchors(node)] if held else []
            spans = [own, *above]
            self._endings[node] = Span(min(s.first for s in spans), min(s.last for s in spans))
        return self._endings[node]

    def anchors(self, node: NamedNode, properties: Iterable[str] | None = None) -> list[NamedNode]:
        """What a node hangs on, by these properties or by all."""
        if properties is None:
            properties = self.kinds[node].anchors if node in self.kinds else ()
        return [anchor for name in properties for anchor in self.links[name].get(node, ())]

    @cached_property
    def links(self) -> Mapping[str, Mapping[NamedNode, list[NamedNode]]]:
        """The anchors of each node by property."""
        found: dict[str, dict[NamedNode, list[NamedNode]]] = {}
        for name in {name for kind in KINDS for name in kind.anchors}:
            found[name] = defaultdict(list)
            for subject, value in self._pairs(name.removeprefix("^")):
                if isinstance(value, NamedNode):
                    ends = (value, subject) if name.startswith("^") else (subject, value)
                    found[name][ends[0]].append(ends[1])
        return found

    @cached_property
    def turns(self) -> list[date]:
        """The days on which something may change, in order."""
        days = {date.min}
        for name in (*(name for group in BEGINS for name in group), ENDS, *STEPS):
            for _, value in self._pairs(name):
                if span := _span(value):
                    days |= set(span)
                    days |= {day + timedelta(days=1) for day in span if day < date.max}
        return sorted(days)

    def _begin(self, node: NamedNode) -> Span:
        kind = self.kinds.get(node)
        if node in self._begun:
            first, last = self._begun[node]
            shown = min(last, self._shown(node))
            return Span(min(first, shown), shown)
        if kind is None or kind.nature is Nature.THING:
            return ALWAYS
        if whole := self.anchors(node, kind.within):
            return self._inside(kind, self.begins(whole[0]), whole[0])
        last = self._shown(node)
        first = max(
            (self.begins(a).first for a in self.anchors(node, kind.after)), default=date.min
        )
        return Span(min(first, last), last)

    def _shown(self, node: NamedNode) -> date:
        """The day by which what hangs on a node shows it to be there."""
        return min((self._told(each) for each in self._followers.get(node, ())), default=date.max)

    def _told(self, node: NamedNode) -> date:
        """The day by which a node has begun, by its own date or that of the whole."""
        if node in self._begun:
            return self._begun[node].last
        kind = self.kinds[node]
        whole = self.anchors(node, kind.within)
        if not whole or whole[0] not in self._begun:
            return date.max
        return self._inside(kind, self._begun[whole[0]], whole[0]).last

    def _inside(self, kind: Kind, begun: Span, whole: NamedNode) -> Span:
        """The time of a part: some time while the whole goes on, if that goes on for days."""
        first, last = begun
        end = self._ends.get(whole)
        if kind.nature is Nature.HAPPENING and end and last < date.max:
            last = max(last, end.last)
        return Span(first, last)

    @cached_property
    def _begun(self) -> Mapping[NamedNode, Span]:
        """The spans that nodes tell themselves; the first of several beginnings counts."""
        found: dict[NamedNode, list[Span]] = defaultdict(list)
        for group in BEGINS:
            for node, spans in self._spans(group).items():
                found[node].append(agreed(spans))
        return {
            node: Span(min(s.first for s in spans), min(s.last for s in spans))
            for node, spans in found.items()
        }

    @cached_property
    def _ends(self) -> Mapping[NamedNode, Span]:
        return {node: agreed(spans) for node, spans in self._spans((ENDS,)).items()}

    @cached_property
    def _followers(self) -> Mapping[NamedNode, list[NamedNode]]:
        """The nodes that come after a node; each shows that it was there by then."""
        found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        for node, kind in self.kinds.items():
            for anchor in self.anchors(node, kind.anchors):
                found[anchor].append(node)
        return found

    def _kinds(self) -> Iterator[tuple[NamedNode, Kind]]:
        for kind in KINDS:
            for name in kind.classes:
                found = self._engine.quads(None, NamedNode(TYPE), NamedNode(name), DefaultGraph())
                yield from ((q.subject, kind) for q in found if isinstance(q.subject, NamedNode))

    def _spans(self, properties: Iterable[str]) -> Mapping[NamedNode, list[Span]]:
        found: dict[NamedNode, list[Span]] = defaultdict(list)
        for name in properties:
            for node, value in self._pairs(name):
                if span := _span(value):
                    found[node].append(span)
        return found

    def _pairs(self, name: str) -> Iterator[tuple[NamedNode, Term]]:
        for quad in self._engine.quads(None, NamedNode(name), None, DefaultGraph()):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                yield quad.subject, quad.object


def _span(value: Term) -> Span | None:
    return span_of(value.value) if isinstance(value, Literal) else None
