"""Sets instead of loops: NOT EXISTS as MINUS, EXISTS as a join, MINUS of one pattern as a look-up.

The engine evaluates the group of an EXISTS anew for every row, and joins in it
without an index; that of a MINUS it evaluates once, in whole.
"""

import re
from collections.abc import Iterator
from typing import Final

from iisgraph.rewrite.costs import ANCHORED, guess, least, least_work, size
from iisgraph.rewrite.scope import Edit, certain, triples_of, variables_of
from iisgraph.rewrite.tree import (
    Block,
    Data,
    Filter,
    Group,
    Node,
    Part,
    Pattern,
    Select,
    Triples,
)
from iisgraph.statistics import Statistics

_ZERO_LENGTH: Final = re.compile(r"[*?]")
_MANY: Final = 256
"""Statements from which on it is dear to evaluate a pattern in whole for a few rows."""
_GAIN: Final = 2
"""How many times less work there must be as a set."""
_FEWER: Final = 4
"""How many times more it must have than the rarest pattern that the rows come from."""


def edits(sparql: str, query: Select, statistics: Statistics) -> Iterator[Edit]:
    """What can be changed in a query.

    Groups of OPTIONAL and EXISTS see variables from outside, and GRAPH changes what
    a pattern means: nothing is changed in them.
    """
    yield from _in_group(sparql, query.where, statistics)


def _in_group(sparql: str, group: Group, statistics: Statistics) -> Iterator[Edit]:
    if group.select:
        yield from _in_group(sparql, group.select.where, statistics)
        return
    for index, part in enumerate(group.parts):
        if isinstance(part, Filter) and part.alone:
            yield from _exists(sparql, group, part, statistics)
        elif isinstance(part, Block) and part.keyword == "UNION":
            for branch in part.groups:
                yield from _in_group(sparql, branch, statistics)
        elif isinstance(part, Block) and part.keyword == "MINUS":
            changed = _minus(sparql, group, index, statistics)
            yield from changed or _in_group(sparql, part.groups[0], statistics)


# ---------------------------------------------------------------- EXISTS


def _exists(sparql: str, group: Group, part: Filter, statistics: Statistics) -> Iterator[Edit]:
    inner = part.exists[0]
    patterns = triples_of(inner)
    own = variables_of(patterns)
    shared = own & certain(group.parts)
    if not (shared and _is_plain(inner, own) and _is_slow(patterns, group, part, sparql)):
        return
    if not _are_local(sparql, own - shared, group):
        return
    text = sparql[inner.start + 1 : inner.end - 1]
    before = _context(sparql, group, patterns, statistics)
    if before is None:
        return
    if part.negated:
        added = f" MINUS {{ {before}{text}\n}} "
    elif _are_absent(sparql, own - shared, group, inner):
        names = " ".join(f"?{name}" for name in sorted(shared))
        added = f" {{ SELECT DISTINCT {names} WHERE {{ {before}{text}\n}} }} "
    else:
        return
    yield Edit(part.start, part.end, " ")
    yield Edit(group.end - 1, group.end - 1, added)


def _is_plain(inner: Group, own: frozenset[str]) -> bool:
    """Whether a row's values may as well be compared as put in: patterns, and filters on them.

    A path of length zero leads from any value put in, but only from what is in the graph
    where nothing is.
    """
    for part in inner.parts:
        if isinstance(part, Filter):
            if part.exists or not part.variables <= own or part.changes:
                return False
        elif not isinstance(part, Triples):
            return False
    paths = [pattern for pattern in triples_of(inner) if pattern.is_path]
    zero = any(_ZERO_LENGTH.search(path.predicate.text) for path in paths)
    return inner.select is None and not zero


def _is_slow(patterns: list[Pattern], group: Group, part: Filter, sparql: str) -> bool:
    """Whether the engine would go through whole patterns for every row."""
    inner = part.exists[0]
    return len(patterns) > 1 and any(
        _are_absent(sparql, p.variables, group, inner) and guess(p) > ANCHORED for p in patterns
    )


def _are_absent(sparql: str, names: frozenset[str], group: Group, inner: Group) -> bool:
    """Whether none of the variables stands in a group outside of one of its inner groups."""
    outside = sparql[group.start : inner.start] + " " + sparql[inner.end : group.end]
    return not any(re.search(rf"[?$]{re.escape(name)}\b", outside) for name in names)


def _are_local(sparql: str, names: frozenset[str], group: Group) -> bool:
    """Whether none of the variables stands outside of the group."""
    outside = sparql[: group.start] + " " + sparql[group.end :]
    return not any(re.search(rf"[?$]{re.escape(name)}\b", outside) for name in names)


def _context(
    sparql: str, group: Group, patterns: list[Pattern], statistics: Statistics
) -> str | None:
    """What stands in the group itself, if that narrows down these patterns; each row fits it.

    A row of the group agrees with all its patterns and values, so they may be joined
    to what the row is compared with: it finds the same. None if it is less work to go
    through the patterns for each row, as the engine does.
    """
    outer = [p for p in triples_of(group) if not p.is_path]
    values = [p for p in group.parts if isinstance(p, Data) and p.binds]
    names = set(variables_of(patterns))
    joined: list[Pattern] = []
    while added := [p for p in outer if p not in joined and p.variables & names]:
        joined += added
        names |= variables_of(added)
    alone = least_work(patterns, statistics)
    within = least_work([*joined, *patterns], statistics)
    if alone is None or within is None:
        return ""
    rows = least_work(joined, statistics)
    each = sum(size(p, statistics) for p in patterns if p.variables.isdisjoint(variables_of(outer)))
    if rows and rows.rows * each < _GAIN * min(alone.looked, within.looked):
        return None
    if alone.looked < _MANY or (alone.looked <= within.looked and not values):
        return ""
    data = [sparql[v.start : v.end] for v in values if v.binds & names]
    return " ".join([*data, *map(str, joined), ""])


# ---------------------------------------------------------------- MINUS


def _minus(sparql: str, group: Group, index: int, statistics: Statistics) -> list[Edit]:
    """MINUS of one pattern with many matches, as a look-up for each row."""
    part = group.parts[index]
    assert isinstance(part, Block)
    if not all(_removes(later) for later in group.parts[index + 1 :]):
        return []  # a filter is applied at the end of its group
    inner = part.groups[0]
    patterns = triples_of(inner)
    if len(patterns) != 1 or len(inner.parts) != 1 or patterns[0].is_path:
        return []
    (pattern,) = patterns
    before = certain(group.parts[:index])
    shared = pattern.variables & before
    others = pattern.variables - shared
    if not (shared and _are_absent(sparql, others, group, inner)):
        return []
    if not _are_local(sparql, others, group):
        return []
    many = size(pattern, statistics)
    few = least(_joined(group), statistics) * _FEWER <= many
    if many < _MANY or not few or not _is_look_up(pattern, shared):
        return []
    return [Edit(part.start, inner.start, "FILTER NOT EXISTS ")]


def _removes(part: Part) -> bool:
    return isinstance(part, Filter) or (isinstance(part, Block) and part.keyword == "MINUS")


def _joined(group: Group) -> list[Pattern]:
    """The triple patterns that every row of a group comes from."""
    found = [p for p in triples_of(group) if not p.is_path]
    for part in group.parts:
        if isinstance(part, Block) and part.keyword == "UNION" and len(part.groups) == 1:
            inner = part.groups[0]
            found += _joined(inner.select.where if inner.select else inner)
    return found


def _is_look_up(pattern: Pattern, shared: frozenset[str]) -> bool:
    """Whether few statements are looked through for a row: those of one subject."""
    subject: Node = pattern.subject
    return subject.variable in shared and bool(pattern.predicate.iri)
