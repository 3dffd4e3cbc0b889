"""Which queries are certainly cheap, so that they need no process of their own.

A query is light if its work is bounded by counts: a SELECT or ASK over joined triple
patterns (or a UNION of such groups), by the matches of each pattern and how far each
join can fan out; a DESCRIBE, by the widest description. Everything else, and
everything not understood, is not light. The shape of a query is read once; a query
that differs in its constants alone costs microseconds.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from iisgraph.engine import BlankNode, DefaultGraph, Literal, NamedNode, Oxigraph, Term
from iisgraph.light.shapes import Pattern, Shape, Slot, parted, read
from iisgraph.sparql import absolute
from iisgraph.statistics import Statistics
from iisgraph.vocab import BASE, TYPE, XSD

MOST_WORK: Final = 20_000
"""Rows that all joins together may pass through; some ten milliseconds."""

_MOST_SCANNED: Final = 100_000
_COUNTED: Final = 1_000
_SHAPES: Final = 2_000

_PLAIN: Final = re.compile(r'<https?://[^/<>]+(?:/[^./<>][^/<>]*)*[/#]?>|"[^"]*"')
"""A string, or an IRI that is read the same whatever its base."""


class Scale:
    """Weighs queries on one graph."""

    def __init__(self, engine: Oxigraph, statistics: Statistics) -> None:
        self._engine = engine
        self._statistics = statistics
        self._shape = lru_cache(_SHAPES)(read)
        self._verdicts: dict[tuple[str, ...], bool] = {}
        self._looked = 0
        """How often a count of one constant was looked up, which holds for no other."""

    def is_light(self, sparql: str) -> bool:
        """Whether the query is certainly cheap on this graph."""
        blanked, constants = parted(sparql)
        shape = self._shape(blanked)
        if shape is None:
            return False
        key = (blanked, *(constants[number] for number in shape.deciding))
        known = self._verdicts.get(key)
        if known is not None and all(map(_PLAIN.fullmatch, constants)):
            return known
        try:
            verdict, holds_for_all = self._weighed(shape, constants)
        except ValueError:
            return False  # no IRI, or one that would have to be resolved
        if holds_for_all:
            if len(self._verdicts) >= _SHAPES:
                self._verdicts.clear()
            self._verdicts[key] = verdict
        return verdict

    def _weighed(self, shape: Shape, constants: Sequence[str]) -> tuple[bool, bool]:
        """Whether a query is light, and whether all of its shape with its predicates are as it.

        Raises:
            ValueError: if a constant is no IRI, or one that would have to be resolved.
        """
        if shape.described:
            things = [_bind(slot, constants) for slot in shape.described]
            return sum(map(self._described, things)) <= MOST_WORK, False
        looked = self._looked
        scanned = work = 0
        for branch in shape.branches:
            bound = [tuple(_bind(slot, constants) for slot in pattern) for pattern in branch]
            counts = [
                self._count(pattern, *terms) for pattern, terms in zip(branch, bound, strict=True)
            ]
            if shape.taken is not None:
                return shape.taken <= _COUNTED, True
            scanned += sum(counts)
            work += self._work(branch, bound, counts)
        is_light = scanned <= _MOST_SCANNED and work * shape.made <= MOST_WORK
        return is_light, self._looked == looked

    def _described(self, thing: Term | None) -> int:
        """The most statements that describe a thing: its own, and those of blank nodes it has."""
        assert isinstance(thing, NamedNode)
        own = list(islice(self._engine.quads(thing, graph=DefaultGraph()), _COUNTED))
        has_more = len(own) == _COUNTED or any(isinstance(q.object, BlankNode) for q in own)
        return self._statistics.size if has_more else len(own)

    def _count(
        self, pattern: Pattern, subject: Term | None, predicate: Term | None, value: Term | None
    ) -> int:
        """The most statements that can match: by the statistics if they suffice, else counted.

        A path visits each statement of its predicate once, from each node that it begins at.
        """
        known = self._statistics
        name = predicate.value if isinstance(predicate, NamedNode) else None
        most = known.predicates.get(name, 0) if name else known.size
        if pattern[1].path:
            has_end = pattern[0].is_fixed or pattern[2].is_fixed
            return most + 1 if has_end else (most + 1) ** 2
        if value is not None and name == TYPE and subject is None:
            self._looked += 1
            return known.classes.get(value.value, 0)
        if subject is not None:
            most = min(most, known.widest_out.get(name, 0) if name else known.widest_subject)
        elif value is not None and name:
            most = min(most, known.widest_in.get(name, 0))
        if most <= _COUNTED or (subject is None and value is None):
            return most
        self._looked += 1
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode | None):
            return 0
        matches = self._engine.quads(subject, predicate, value, DefaultGraph())
        number = sum(1 for _ in islice(matches, _COUNTED))
        return number if number < _COUNTED else most

    def _work(
        self,
        patterns: Sequence[Pattern],
        bound: Sequence[Sequence[Term | None]],
        counts: Sequence[int],
    ) -> int:
        """Rows that a left-deep join passes through, taking the narrowest pattern each time."""
        left = list(range(len(counts)))
        variables: set[str] = set()
        rows, work = 1, 0
        while left:
            widths = {i: self._width(patterns[i], bound[i], counts[i], variables) for i in left}
            chosen = min(left, key=widths.__getitem__)
            left.remove(chosen)
            rows *= widths[chosen]
            work += rows
            variables |= {slot.variable for slot in patterns[chosen] if slot.variable}
        return work

    def _width(
        self, pattern: Pattern, terms: Sequence[Term | None], count: int, variables: set[str]
    ) -> int:
        """How many rows a pattern can make of one row that binds these variables."""
        if pattern[1].path:
            return count
        subject, predicate, value = (slot.variable in variables for slot in pattern)
        name = terms[1].value if isinstance(terms[1], NamedNode) else None
        widths = [count]
        if subject:
            known = self._statistics.widest_out.get(name, 0) if name else None
            widths.append(self._statistics.widest_subject if known is None else known)
        if value and name:
            widths.append(self._statistics.widest_in.get(name, 0))
        if subject and value and (name or predicate):
            widths.append(1)
        return min(widths)


def _bind(slot: Slot, constants: Sequence[str]) -> Term | None:
    """The term of a slot, with the constants of this query; None for a variable."""
    if slot.constant is None:
        return slot.term
    text = constants[slot.constant][1:-1]
    if slot.datatype == "":
        base = BASE if slot.base is None else constants[slot.base][1:-1]
        return NamedNode(_absolute(text, base) + slot.suffix)
    if slot.language:
        return Literal(text, language=slot.language)
    return Literal(text, datatype=NamedNode(slot.datatype or XSD + "string"))


def _absolute(text: str, base: str) -> str:
    """An IRI as the engine reads it, if it can be joined to its base as it is written.

    Raises:
        ValueError: if not: where it has dot segments, readers may differ (RFC 3986 §5.2).
    """
    found = absolute(base, text)
    if not text or "/." in base or not found.endswith(text):
        raise ValueError(f"<{text}> has to be resolved")
    return found
