"""How many statements a triple pattern matches: as the engine guesses, and as counted."""

from collections.abc import Container, Sequence
from typing import Final, NamedTuple

from iisgraph.rewrite.tree import RDF_TYPE, Node, Pattern
from iisgraph.statistics import Statistics

ANCHORED: Final = 10
CONSTANT: Final = 10_000
KIND: Final = 100_000
OPEN: Final = 1_000_000
_ANY: Final = 1_000_000_000
_BACKWARDS: Final = 2
"""How much dearer it is to look up a value than a subject, which has few statements."""


def guess(pattern: Pattern) -> int:
    """What the engine's planner, which knows no data, takes for its size."""
    if pattern.is_path:
        return _ANY
    subject, predicate, value = (not node.variable for node in pattern)
    if subject:
        return ANCHORED
    if pattern.predicate.iri == RDF_TYPE:
        return KIND if value else _ANY
    if predicate:
        return CONSTANT if value else OPEN
    return KIND if value else _ANY


def size(pattern: Pattern, statistics: Statistics) -> int:
    """How many statements it matches, or the engine's guess where it was not counted."""
    if pattern.is_path or pattern.predicate.variable or not pattern.subject.variable:
        return guess(pattern)
    predicate = pattern.predicate.iri
    if pattern.value.variable:
        return statistics.predicates.get(predicate, 0)
    counted = statistics.count(predicate, written(pattern.value))
    return CONSTANT if counted is None else counted


class Work(NamedTuple):
    """How many statements are looked through, and how many rows come of it."""

    looked: float
    rows: float


def work(patterns: Sequence[Pattern], statistics: Statistics) -> Work:
    """What the engine has to do, if it begins with the first of these.

    It goes on with the pattern that it takes for the smallest of those connected, and
    looks it up for each row so far. How many rows that gives is estimated as ever: as
    if values were spread evenly, and the rarer side's were among the other's.
    """
    first, *rest = patterns
    rows = total = float(size(first, statistics))
    known = {name: _spread(first, name, statistics) for name in first.variables}
    while rest:
        following = min(rest, key=lambda p: (p.variables.isdisjoint(known), _guess_after(p, known)))
        rest.remove(following)
        total += rows * (1 if following.subject.variable in known else _BACKWARDS)
        rows *= size(following, statistics)
        for name in following.variables:
            spread = _spread(following, name, statistics)
            rows /= max(known.get(name, 1), spread, 1) if name in known else 1
            known[name] = min(known.get(name, spread), spread)
        total += rows
    return Work(total, rows)


def orders(patterns: Sequence[Pattern]) -> list[list[Pattern]]:
    """The patterns with each of those first that the engine might begin with; as written first.

    None if their work cannot be told, or the engine begins with a look-up anyway.
    """
    lowest = min(map(guess, patterns))
    if lowest <= ANCHORED or not all(p.predicate.iri and p.subject.variable for p in patterns):
        return []
    alike = [p for p in patterns if guess(p) == lowest]
    return [[first, *(p for p in patterns if p is not first)] for first in alike]


def least_work(patterns: Sequence[Pattern], statistics: Statistics) -> Work | None:
    """The work with the best start; None if it cannot be told."""
    possible = orders(patterns) if patterns else []
    return min((work(order, statistics) for order in possible), default=None)


def _guess_after(pattern: Pattern, known: Container[str]) -> int:
    """The engine's guess for a pattern, for one row with these variables bound."""
    bound = [not node.variable or node.variable in known for node in pattern]
    if bound[0]:
        return 1 if bound[2] else ANCHORED
    return guess(pattern._replace(value=Node("5"))) if bound[2] else OPEN


def _spread(pattern: Pattern, name: str, statistics: Statistics) -> float:
    """How many different values a pattern gives a variable."""
    if not pattern.value.variable:
        return size(pattern, statistics)
    of_value = pattern.value.variable == name
    return statistics.distinct(pattern.predicate.iri, of_value=of_value)


def least(patterns: Sequence[Pattern], statistics: Statistics) -> int:
    """The size of the smallest of some patterns."""
    return min((size(pattern, statistics) for pattern in patterns), default=_ANY)


def written(node: Node) -> str:
    """A constant as the engine reads it without the query's prefixes."""
    return f"<{node.iri}>" if node.iri else node.text
