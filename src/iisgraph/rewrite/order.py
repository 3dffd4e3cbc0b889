"""Fewer patterns in a better order: what the data implies is left out, the best start comes first.

The engine's planner knows no data. It begins with the first written of those patterns
that look alike to it, so the order written decides.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from iisgraph.rewrite.costs import ANCHORED, guess, least, orders, size, work
from iisgraph.rewrite.scope import Edit, rewritten, runs
from iisgraph.rewrite.tree import RDF_TYPE, Block, Data, Filter, Group, Node, Pattern, Select
from iisgraph.statistics import Statistics

_GAIN: Final = 1.3
"""How many times less work there must be to change the order."""

_FEW: Final = 64
"""Statements up to which nothing is gained by leaving out or putting first."""


def edits(query: Select, statistics: Statistics) -> Iterator[Edit]:
    """What can be changed in a query; under GRAPH the figures say nothing."""
    yield from _in_group(query.where, statistics, first=True)


def _in_group(group: Group, statistics: Statistics, *, first: bool) -> Iterator[Edit]:
    """`first` tells whether the engine evaluates the group on its own, so that order matters."""
    if group.select:
        yield from _in_group(group.select.where, statistics, first=True)
        return
    for part in group.parts:
        if isinstance(part, Block) and part.keyword != "GRAPH":
            for inner in part.groups:
                yield from _in_group(inner, statistics, first=part.keyword == "MINUS")
    for run in runs(group):
        patterns = [pattern for triples in run for pattern in triples.patterns]
        kept = _without_implied(patterns, statistics)
        value = ""
        if first and not any(isinstance(part, Data) for part in group.parts):
            value = _value(group, kept, statistics)
            kept = kept if value else _best_first(kept, statistics)
        if value or kept != patterns:
            yield from rewritten(run, kept, value)


# ---------------------------------------------------------------- what is implied


def _without_implied(patterns: list[Pattern], statistics: Statistics) -> list[Pattern]:
    """The patterns without those that say of what kind a thing is, where another implies it.

    A thing has each kind once, so the number of solutions stays the same.
    """
    kept = list(patterns)
    for pattern in patterns:
        if _is_kind(pattern) and size(pattern, statistics) > _FEW:
            others = [p for p in kept if p != pattern]
            if any(_implies(other, pattern, statistics) for other in others):
                kept.remove(pattern)
    return kept


def _is_kind(pattern: Pattern) -> bool:
    return (
        bool(pattern.subject.variable)
        and pattern.predicate.iri == RDF_TYPE
        and _is_exact(pattern.value)
    )


def _is_exact(node: Node) -> bool:
    return bool(node.iri) and node.exact


def _implies(other: Pattern, kind: Pattern, statistics: Statistics) -> bool:
    name, predicate = kind.subject.variable, other.predicate
    if not _is_exact(predicate) or predicate.iri == RDF_TYPE:
        return False
    if other.subject.variable == name:
        return statistics.implies(predicate.iri, kind.value.iri, of_value=False)
    if other.value.variable == name:
        return statistics.implies(predicate.iri, kind.value.iri, of_value=True)
    return False


# ---------------------------------------------------------------- where to begin


def _best_first(patterns: list[Pattern], statistics: Statistics) -> list[Pattern]:
    """The patterns with that one first with which there is the least to look through."""
    possible = orders(patterns)
    sizes = [size(order[0], statistics) for order in possible]
    if not sizes or min(sizes) * _GAIN >= max(sizes):
        return patterns
    costs = [work(order, statistics).looked for order in possible]
    return possible[costs.index(min(costs))] if min(costs) * _GAIN < costs[0] else patterns


def _value(group: Group, patterns: Sequence[Pattern], statistics: Statistics) -> str:
    """VALUES for a variable that a filter holds equal to a term, if that is rare.

    Equal IRIs are the same term, and so are equal strings: the filter lets through
    what VALUES would. Numbers and days can be equal and differ.
    """
    lowest = min(map(guess, patterns))
    if lowest <= ANCHORED:
        return ""
    best = least([p for p in patterns if guess(p) == lowest], statistics)
    for part in group.parts:
        for name, term in part.equal if isinstance(part, Filter) else ():
            found = _matches(name, term, patterns, statistics)
            if found is not None and found * _GAIN < best:
                return f"VALUES ?{name} {{ {term.text} }}"
    return ""


def _matches(
    name: str, term: Node, patterns: Sequence[Pattern], statistics: Statistics
) -> int | None:
    """How many statements have the term where the variable stands as the value; None if nowhere."""
    found = [
        size(pattern._replace(value=term), statistics)
        for pattern in patterns
        if pattern.value.variable == name and pattern.predicate.iri
    ]
    return min(found, default=None)
