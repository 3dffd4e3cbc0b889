"""How often two things meet: counts of pairs over a self join, from sets instead of rows.

`?x :p ?shared ; :q ?a . ?y :p ?shared ; :q ?b` joined with itself has as many rows as
the things have meetings squared; with the meetings of each thing as a set of bits,
a pair is one intersection.
"""

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, TypeAlias

from iisgraph.engine import NamedNode, Oxigraph, Term
from iisgraph.rewrite.costs import least, written
from iisgraph.rewrite.scope import Edit, edited, grouped
from iisgraph.rewrite.tree import Filter, Node, Pattern, Select, Triples
from iisgraph.sparql import Token
from iisgraph.statistics import Statistics

_WORTH: Final = 5_000
"""Statements of the rarest pattern from which on the sets are worth building."""
_PAIRS: Final = 100_000
"""Pairs up to which they are written into a query."""

_AGGREGATES: Final = frozenset(
    {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "EXISTS"}
)

Sets: TypeAlias = dict[str, list[int]]
"""For each thing, its meetings: bit k of the n-th number, if it takes part 2^n times more."""


@dataclass(frozen=True)
class _Join:
    """Two stars that differ in one variable; `star` is the first of them."""

    star: tuple[Pattern, ...]
    own: str
    other: str
    shared: tuple[str, ...]
    subjects: tuple[str, str]


def answer(
    sparql: str, query: Select, statistics: Statistics, engine: Oxigraph, kept: dict[str, Sets]
) -> str | None:
    """The query with its pairs counted; `kept` holds the sets of earlier queries."""
    join = _self_join(query)
    keys = grouped(query)
    if (
        join is None
        or keys is None
        or sorted(k[1:] for k in keys) != sorted((join.own, join.other))
    ):
        return None
    found = _counted(query.head, join)
    if found is None or least(join.star, statistics) < _WORTH:
        return None
    order, name, once = found
    after = _after(sparql, query, name)
    if after is None:
        return None
    having, tail = after
    sets = _sets(join, engine, kept, once=once)
    if sets is None:
        return None
    filters = [part for part in query.where.parts if isinstance(part, Filter)]
    known = _compared(filters, join)
    rows = list(_pairs(sets, known or (lambda _a, _b: True)))
    if len(rows) > _PAIRS:
        return None
    condition = [] if known else [sparql[each.start : each.end] for each in filters]
    values = " ".join(f"(<{a}> <{b}> {n})" for a, b, n in rows)
    names = f"?{join.own} ?{join.other} ?{name}"
    data = f"{{ VALUES ({names}) {{ {values} }}\n{' '.join([*condition, *having])}\n}}"
    head = " ".join(f"?{each}" for each in order)
    return f"{sparql[: query.start]}SELECT {head} WHERE {data}\n{tail}"


# ---------------------------------------------------------------- the shape


def _self_join(query: Select) -> _Join | None:
    parts = query.where.parts
    if not all(isinstance(part, Triples | Filter) for part in parts):
        return None
    patterns = [p for part in parts if isinstance(part, Triples) for p in part.patterns]
    ordered = sorted(patterns, key=lambda p: p.subject.text)
    stars = [tuple(star) for _, star in groupby(ordered, key=lambda p: p.subject.text)]
    if len(stars) != 2 or len(stars[0]) != len(stars[1]):
        return None
    first, second = ({p.predicate.iri: p for p in star} for star in stars)
    fits = len(first) == len(stars[0]) and first.keys() == second.keys() and "" not in first
    if not fits or not all(p.subject.variable and p.predicate.exact for p in patterns):
        return None
    return _difference(query, [(first[iri], second[iri]) for iri in first])


def _difference(query: Select, matched: Sequence[tuple[Pattern, Pattern]]) -> _Join | None:
    """The join, if the stars differ in one variable alone, and filters look at these alone."""
    unlike = [(a, b) for a, b in matched if _what(a.value) != _what(b.value)]
    alike = [a for a, b in matched if _what(a.value) == _what(b.value)]
    shared = tuple(p.value.variable for p in alike if p.value.variable)
    subjects = (matched[0][0].subject.variable, matched[0][1].subject.variable)
    if len(unlike) != 1 or not shared:
        return None
    own, other = unlike[0][0].value.variable, unlike[0][1].value.variable
    names = [own, other, *shared, *subjects]
    if not own or not other or len(set(names)) != len(names):
        return None
    filters = [part for part in query.where.parts if isinstance(part, Filter)]
    if any(f.exists or f.changes or not f.variables <= {own, other} for f in filters):
        return None
    star = (unlike[0][0], *alike)
    return _Join(star, own, other, shared, subjects)


def _what(node: Node) -> str:
    return f"?{node.variable}" if node.variable else written(node)


def _counted(head: Sequence[Token], join: _Join) -> tuple[list[str], str, bool] | None:
    """The projected names in order, the name of the count, and whether it is of distinct ones."""
    texts = [t.text.upper() if t.kind == "word" else t.text for t in head[1:]]
    if texts[-1:] == ["WHERE"]:
        texts.pop()
    begin = texts.index("(") if "(" in texts else len(texts)
    plain = texts[:begin]
    once = texts[begin + 3 : begin + 4] == ["DISTINCT"]
    shape = ["(", "COUNT", "(", *(["DISTINCT"] if once else []), "", ")", "AS", "", ")"]
    counted = texts[begin:]
    if len(counted) != len(shape) or any(
        s not in ("", t) for s, t in zip(shape, counted, strict=True)
    ):
        return None
    if any(text[0] not in "?$" for text in [*plain, counted[-2]]):
        return None
    what, name = counted[-5].lstrip("?$"), counted[-2][1:]
    order = [text[1:] for text in plain]
    taken = {join.own, join.other, *join.shared, *join.subjects}
    if not set(order) <= {join.own, join.other} or len(set(order)) < len(order) or name in taken:
        return None
    if once:
        return ([*order, name], name, True) if (what,) == join.shared else None
    return ([*order, name], name, False) if what == "*" or what in taken else None


def _after(sparql: str, query: Select, name: str) -> tuple[list[str], str] | None:
    """HAVING as filters, and what comes after it; the count in them by its name."""
    begin = next(t.start for t in query.head if t.text == "(")
    counted = [t for t in query.head if t.start > begin]
    counted = counted[: next(i for i, t in enumerate(counted) if t.text.upper() == "AS")]
    shape = [t.text.upper() for t in counted]
    tail = query.tail[4:]
    edits, words = [], [t.text.upper() for t in tail]
    for at in range(len(tail)):
        if words[at : at + len(shape)] == shape:
            last = tail[at + len(shape) - 1]
            edits.append(Edit(tail[at].start, last.start + len(last.text), f"?{name}"))
            words[at] = ""
    if _AGGREGATES & set(words) or "VALUES" in words:
        return None
    ends = _parentheses(words) if words[:1] == ["HAVING"] else [0]
    if not ends:
        return None
    starts = [*(t.start for t in tail), len(sparql)]
    parts = [(starts[i], starts[j]) for i, j in pairwise(ends)]
    texts = [
        edited(sparql[:end], [e for e in edits if start <= e.start < end])[start:]
        for start, end in [*parts, (starts[ends[-1]], len(sparql))]
    ]
    return [f"FILTER{text}" for text in texts[:-1]], texts[-1]


def _parentheses(words: Sequence[str]) -> list[int]:
    """Where each of the parentheses after HAVING begins, and where the last one ends."""
    places, depth = [], 0
    for at in range(1, len(words)):
        if not depth:
            places.append(at)
            if words[at] != "(":
                break
        depth += {"(": 1, ")": -1}.get(words[at], 0)
    else:
        places.append(len(words))
    known = places[-1] == len(words) or words[places[-1]] in ("ORDER", "LIMIT", "OFFSET")
    return places if known else []


# ---------------------------------------------------------------- the sets


def _sets(join: _Join, engine: Oxigraph, kept: dict[str, Sets], *, once: bool) -> Sets | None:
    """The meetings of each thing, or None if one of the things is not an IRI."""
    star = " ".join(f"{p.subject.text} <{p.predicate.iri}> {_what(p.value)} ." for p in join.star)
    names = " ".join(f"?{name}" for name in (join.own, *join.shared))
    query = f"SELECT {'DISTINCT' if once else ''} {names} WHERE {{ {star} }}"
    if query not in kept:
        built = _build(engine.query(query).rows(), join)
        if built is None:
            return None
        kept[query] = built
    return kept[query]


def _build(rows: Iterable[object], join: _Join) -> Sets | None:
    numbers: dict[tuple[Term, ...], int] = {}
    times: dict[Term, Counter[int]] = {}
    for row in rows:
        assert isinstance(row, dict)
        meeting = tuple(row[name] for name in join.shared)
        number = numbers.setdefault(meeting, len(numbers))
        times.setdefault(row[join.own], Counter())[number] += 1
    if not all(isinstance(thing, NamedNode) for thing in times):
        return None
    return {thing.value: _planes(count) for thing, count in times.items()}


def _planes(times: Counter[int]) -> list[int]:
    """The numbers of a count, written as sets of bits, lowest first."""
    planes: list[int] = []
    for level in range(max(times.values()).bit_length()):
        flags = bytearray(max(times) // 8 + 1)
        for number, count in times.items():
            if count >> level & 1:
                flags[number // 8] |= 1 << number % 8
        planes.append(int.from_bytes(flags, "little"))
    return planes


def _compared(filters: Sequence[Filter], join: _Join) -> Callable[[str, str], bool] | None:
    """What the one filter on the pair says, if that is known by its form."""
    forms = {
        f"(STR(?{join.own})<STR(?{join.other}))": operator.lt,
        f"(STR(?{join.own})>STR(?{join.other}))": operator.gt,
        f"(?{join.own}!=?{join.other})": operator.ne,
    }
    texts = [
        "".join(t.text.upper() if t.kind == "word" else t.text for t in each.tokens)
        for each in filters
    ]
    return forms.get(texts[0]) if len(texts) == 1 else None


def _pairs(sets: Sets, keep: Callable[[str, str], bool]) -> Iterator[tuple[str, str, int]]:
    for one, mine in sets.items():
        for other, theirs in sets.items():
            if keep(one, other) and (number := _meetings(mine, theirs)):
                yield one, other, number


def _meetings(mine: list[int], theirs: list[int]) -> int:
    if len(mine) == 1 and len(theirs) == 1:
        return (mine[0] & theirs[0]).bit_count()
    return sum(
        (a & b).bit_count() << i + j for i, a in enumerate(mine) for j, b in enumerate(theirs)
    )
