"""Standing queries: their rows are kept, and follow a store as it changes.

What a changed statement can touch is found from the patterns of the query; only that is
evaluated again, with the values of the match given to the query beforehand.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

from iisgraph.engine import NamedNode, Oxigraph, Quad, Term
from iisgraph.patterns import (
    Graph,
    Group,
    Minus,
    Optional,
    Part,
    Query,
    Select,
    Union,
    is_variable,
    keys_of,
    steady,
    variables_of,
)
from iisgraph.patterns.parse import read
from iisgraph.patterns.reads import ANY, Link, Read, Reader
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.sparql import inspect, is_momentary

Row: TypeAlias = tuple[Term | None, ...]
Lines: TypeAlias = Collection[tuple[str, ...]]
Tables: TypeAlias = Mapping[tuple[str, ...], Lines]
"""By names of variables, lines of IRIs: rows that have those of a line may have changed."""

MOST: Final = 500
"""Lines of a table beyond which a query is rather evaluated whole."""


@dataclass(frozen=True)
class Moved:
    """The rows that have gone, and those that have come."""

    gone: frozenset[Row] = frozenset()
    come: frozenset[Row] = frozenset()


class Table(NamedTuple):
    """Rows that may have changed: those that have for the names the IRIs of one of the lines."""

    names: tuple[str, ...]
    lines: frozenset[tuple[str, ...]]


class Standing:
    """A SELECT or CONSTRUCT query with its rows, each once.

    A row has the terms of all variables of the pattern, in the order of `names`, since rows
    that look alike may go apart; with grouping, those of its columns and keys. Rows that
    `keeps` is not true of are left out.

    Raises:
        NotUnderstood: if it cannot be told what the query reads, or when its answer changes.
    """

    def __init__(self, sparql: str, keeps: Callable[[Row], bool] = lambda _: True) -> None:
        self.query = read(sparql)
        form = inspect(sparql)
        if is_momentary(sparql) or form.name not in ("SELECT", "CONSTRUCT"):
            raise NotUnderstood("its answer changes by itself, or has no rows")
        if form.clause or form.services or self.query.modifiers.values:
            raise NotUnderstood("it reads more than its pattern")
        self.reader = Reader(self.query)
        self.reads = self.reader.reads()
        self._columns = _columns(self.query)
        self.names = tuple(self._columns)
        self._rows = _Rows(self.names)
        self._keeps = keeps

    @property
    def rows(self) -> Collection[Row]:
        """Its rows as of the last time that it was evaluated or followed a change."""
        return self._rows.all

    def evaluate(self, store: Oxigraph) -> Moved:
        """Evaluate the whole query anew."""
        found = frozenset(self._found(store, {}))
        return self._rows.move(Moved(frozenset(self.rows) - found, found - self._rows.all))

    def follow(self, store: Oxigraph, changed: Collection[Quad]) -> Moved:
        """Bring the rows up to date with a store in which these quads have come or gone."""
        tables = self._touched(store, changed)
        if tables is None:
            return self.evaluate(store)
        stale = frozenset(row for each in tables.items() for row in self._rows.having(*each))
        found = (self._found(store, dict([each])) for each in tables.items())
        fresh = frozenset(row for rows in found for row in rows)
        return self._rows.move(Moved(stale - fresh, fresh - self._rows.all))

    def shown(self, row: Row) -> dict[str, Term]:
        """The terms of a row that the query selects."""
        names = [each.variable for each in self.query.columns or ()] or self.names
        known = dict(zip(self.names, row, strict=True))
        return {name: term for name in names if (term := known[name]) is not None}

    # ------------------------------------------------------------ what is touched

    @cached_property
    def _by_predicate(self) -> Mapping[str, Sequence[Read]]:
        found: dict[str, list[Read]] = defaultdict(list)
        for each in self.reads:
            for iri in each.allowed(each.predicate) or (ANY,):
                found[iri].append(each)
        return found

    def _touched(self, store: Oxigraph, changed: Collection[Quad]) -> Tables | None:
        """What rows may be touched; None if it may be any."""
        tables: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        known = self._by_predicate
        for quad in changed:
            for each in (*known.get(quad.predicate.value, ()), *known.get(ANY, ())):
                if not _matches(each, quad):
                    continue
                found = _told(each, quad) or _linked(each, quad, store, changed)
                if found is None:
                    return None
                if found.lines:
                    tables[found.names].update(found.lines)
        return None if any(len(lines) > MOST for lines in tables.values()) else tables

    # ------------------------------------------------------------ evaluating

    def _found(self, store: Oxigraph, tables: Tables) -> Iterator[Row]:
        for found in store.query(self._text(tables)).rows():
            row = tuple(found.get(name) for name in self.names)
            if self._keeps(row):
                yield row

    def _text(self, tables: Tables) -> str:
        """The query, giving the rows that have the values of a line of a table."""
        query, where = self.query, self.query.where
        pieces, at = [], where.start
        for offset, bound in sorted(_heads(where), key=lambda each: each[0]):
            pieces += [query.text[at:offset], *_values(tables, bound)]
            at = offset
        pattern = "".join(pieces) + query.text[at : where.end]
        keys = query.text[where.end : _end_of_grouping(query)] if query.is_grouped else ""
        return f"{query.prologue} SELECT {' '.join(self._columns.values())} WHERE {pattern} {keys}"


class _Rows:
    """Rows that are found by the terms that they have."""

    def __init__(self, names: Sequence[str]) -> None:
        self.all: set[Row] = set()
        self._spots = {name: spot for spot, name in enumerate(names)}
        self._indexes: dict[int, dict[Term | None, set[Row]]] = {}

    def move(self, moved: Moved) -> Moved:
        """Let rows go and come."""
        self.all -= moved.gone
        self.all |= moved.come
        for spot, index in self._indexes.items():
            for row in moved.gone:
                index[row[spot]].discard(row)
            for row in moved.come:
                index[row[spot]].add(row)
        return moved

    def having(self, names: Sequence[str], lines: Lines) -> Iterator[Row]:
        """The rows that have for these names the IRIs of one of the lines."""
        spots = [self._spots[name] for name in names]
        widest = max(range(len(spots)), key=lambda at: len({line[at] for line in lines}))
        index = self._index(spots[widest])
        for line in lines:
            terms = [NamedNode(iri) for iri in line]
            for row in index.get(terms[widest], ()):
                if all(row[spot] == term for spot, term in zip(spots, terms, strict=True)):
                    yield row

    def _index(self, spot: int) -> dict[Term | None, set[Row]]:
        if spot not in self._indexes:
            index: dict[Term | None, set[Row]] = defaultdict(set)
            for row in self.all:
                index[row[spot]].add(row)
            self._indexes[spot] = index
        return self._indexes[spot]


# ------------------------------------------------------------ the text of a query


def _columns(query: Query) -> dict[str, str]:
    """The columns of a standing query, by name as they are written."""
    own = {
        each.variable: f"({each.expression} AS ?{each.variable})" if each.expression else ""
        for each in query.columns or ()
    }
    known = frozenset(k for k in query.modifiers.keys or () if k)
    seen = known if query.is_grouped else variables_of(query.where)
    bound = {name for name in seen if not name.startswith(query.fresh)}
    return {name: own.get(name) or f"?{name}" for name in sorted(bound - own.keys())} | {
        name: text or f"?{name}" for name, text in own.items()
    }


def _end_of_grouping(query: Query) -> int:
    """Where what follows GROUP BY and HAVING begins."""
    modifiers = query.modifiers
    rest = [part.start for part in (modifiers.order, modifiers.limit, modifiers.offset) if part]
    return min(rest, default=query.end)


def _heads(part: Part) -> Iterator[tuple[int, frozenset[str]]]:
    """Where groups begin, each with the variables whose values may be given there."""
    if isinstance(part, Group):
        if not (part.parts and isinstance(part.parts[0], Select)):
            yield part.start + 1, steady(part)
        for each in part.parts:
            yield from _heads(each)
    elif isinstance(part, Union):
        for branch in part.branches:
            yield from _heads(branch)
    elif isinstance(part, Optional | Minus | Graph):
        yield from _heads(part.group)
    elif isinstance(part, Select):
        query = part.query
        if not (query.modifiers.limit or query.modifiers.offset):
            for offset, bound in _heads(query.where):
                yield offset, bound & keys_of(query)


def _values(tables: Tables, bound: frozenset[str]) -> Iterator[str]:
    """VALUES of the variables of tables whose values may be given."""
    for names, lines in tables.items():
        kept = [at for at, name in enumerate(names) if name in bound]
        if kept:
            head = " ".join(f"?{names[at]}" for at in kept)
            seen = sorted({" ".join(f"<{line[at]}>" for at in kept) for line in lines})
            yield f" VALUES ({head}) {{ {' '.join(f'({each})' for each in seen)} }} "


# ------------------------------------------------------------ statements and patterns


def _matches(pattern: Read, quad: Quad) -> bool:
    """Whether a quad is, or was, a match of a pattern."""
    return all(
        (allowed := pattern.allowed(place)) is None or getattr(term, "value", None) in allowed
        for place, term in _places(pattern, quad)
    )


def _told(pattern: Read, quad: Quad) -> Table | None:
    """The IRIs by which a match tells the rows that it can touch; None if it has none."""
    values = dict(_bound(pattern, quad, pattern.ties))
    names = tuple(sorted(values))
    line = tuple(values[name] for name in names)
    return Table(names, frozenset({line})) if names else None


def _bound(pattern: Read, quad: Quad, names: Collection[str]) -> Iterator[tuple[str, str]]:
    for place, term in _places(pattern, quad):
        is_wanted = place != ANY and is_variable(place) and place[1:] in names
        if is_wanted and isinstance(term, NamedNode):
            yield place[1:], term.value


def _linked(pattern: Read, quad: Quad, store: Oxigraph, changed: Collection[Quad]) -> Table | None:
    """The same by way of a pattern that is joined to it, before the change or after it."""
    for link in pattern.links:
        known = dict(_bound(pattern, quad, link.shared))
        if known:
            wanted = _with(link, known)
            after = store.triples(*(_node(place) for place in wanted))
            before = (each for each in changed if _fits(each, wanted))
            found = [_told(link.read, each) for each in (*after, *before)]
            told = [each for each in found if each is not None]
            names = {each.names for each in told}
            if not found:
                return Table((), frozenset())  # it is joined to nothing
            if len(told) == len(found) and len(names) == 1:
                return Table(names.pop(), frozenset().union(*(each.lines for each in told)))
    return None


def _with(link: Link, known: Mapping[str, str]) -> tuple[str, str, str]:
    """The places of a link, with the IRIs that are known of it."""
    read = link.read
    one, predicate, other = (
        known.get(place[1:], place) if is_variable(place or "-") else place
        for place in (read.subject, read.predicate, read.value)
    )
    return one, predicate, other


def _node(place: str) -> Any:
    return None if place == ANY or is_variable(place) else NamedNode(place)


def _fits(quad: Quad, wanted: tuple[str, str, str]) -> bool:
    terms = (quad.subject, quad.predicate, quad.object)
    return all(_node(place) in (None, term) for place, term in zip(wanted, terms, strict=True))


def _places(pattern: Read, quad: Quad) -> Iterator[tuple[str, object]]:
    yield pattern.subject, quad.subject
    yield pattern.predicate, quad.predicate
    yield pattern.value, quad.object
    if pattern.graph != ANY:
        yield pattern.graph, quad.graph_name
