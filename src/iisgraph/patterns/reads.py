"""What a query reads: the patterns that a changed statement is held against.

A row of a query can come or go only if a statement that matches one of its patterns
has come or gone. `ties` narrows that down: of the rows, only those can be touched that
have for these variables the values of the match. Where nothing is known, there are none.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from iisgraph.patterns import (
    Filter,
    Graph,
    Group,
    Minus,
    Optional,
    Part,
    Path,
    Query,
    Select,
    Triple,
    Union,
    Values,
    certain,
    is_variable,
    keys_of,
    steady,
    walk,
)
from iisgraph.patterns.parse import read
from iisgraph.patterns.terms import NotUnderstood, end_of_group
from iisgraph.sparql import Token, absolute, base_of, prefixes_of, resolve, tokens_of

ANY: Final = ""
"""A place in a pattern that any term fits."""


@dataclass(frozen=True)
class Read:
    """A pattern that statements are held against.

    Its places are a variable (`?x`), an IRI without brackets, or ANY. `graph` is ANY in
    the default graph. `domains` has the only IRIs that a variable can have. `triple` is
    the pattern of the query that it stems from, and `is_sure` tells whether every row
    rests on a match of that.
    """

    subject: str
    predicate: str
    value: str
    graph: str
    ties: frozenset[str]
    domains: Mapping[str, frozenset[str]]
    triple: Triple
    is_sure: bool
    links: tuple["Link", ...] = ()

    @property
    def variables(self) -> frozenset[str]:
        """The variables in its places."""
        places = (self.subject, self.predicate, self.value, self.graph)
        return frozenset(place[1:] for place in places if place and is_variable(place))

    def allowed(self, place: str) -> frozenset[str] | None:
        """The IRIs that fit a place; None if any term does."""
        if place == ANY or is_variable(place):
            return self.domains.get(place[1:])
        return frozenset({place})


@dataclass(frozen=True)
class Link:
    """A pattern that every row joined to some match fits, as far as it shares variables."""

    read: Read
    shared: frozenset[str]


@dataclass(frozen=True)
class _Scope:
    """What holds where a part of a query stands."""

    query: Query
    ties: frozenset[str]
    fixed: frozenset[str] = frozenset()
    graph: str = ANY
    domains: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_sure: bool = True
    links: tuple[Link, ...] = ()

    def limited(self, names: Collection[str]) -> "_Scope":
        """A scope in which other names mean other variables, or are not bound yet."""
        kept = {name: iris for name, iris in self.domains.items() if name in names}
        ties = self.ties & frozenset(names)
        links = tuple(Link(each.read, each.shared & frozenset(names)) for each in self.links)
        return replace(self, ties=ties, fixed=self.fixed & ties, domains=kept, links=links)


class Reader:
    """Finds the reads of one query, and tells which IRI a term of it is."""

    def __init__(self, query: Query) -> None:
        self._query = query
        tokens = tokens_of(query.text)
        self._prefixes = prefixes_of(tokens)
        self._base = base_of(tokens)

    def reads(self) -> list[Read]:
        """The reads of the query.

        Raises:
            NotUnderstood: if the query reads what is in no pattern.
        """
        _require_filters(self._query)
        scope = _Scope(self._query, _tied(self._query))
        return list(self._group(self._query.where, scope))

    def domains(self, group: Group) -> dict[str, frozenset[str]]:
        """The IRIs that VALUES of a group allow its variables."""
        return dict(self._domains(group, self._query))

    def term(self, text: str) -> str:
        """A term of a pattern as a place of a Read has it; a literal is ANY."""
        if is_variable(text):
            return "?" + text[1:]
        is_name = ":" in text and text[0] not in "\"'<_"
        if "\\" in text or not (is_name or text[0] == "<"):
            return ANY
        iri = resolve(Token("name" if is_name else "iri", text, 0), self._prefixes)
        return absolute(self._base, iri)

    # ------------------------------------------------------------ groups

    def _group(self, group: Group, scope: _Scope) -> Iterator[Read]:
        scope = replace(scope, domains={**scope.domains, **dict(self._domains(group, scope.query))})
        scope = replace(scope, links=(*scope.links, *self._links(group, scope)))
        before: frozenset[str] = frozenset()
        for part in group.parts:
            if isinstance(part, Filter):
                yield from self._filter(part, scope, certain(group))
            else:
                yield from self._part(part, scope, before)
            before |= certain(Group(part.start, part.end, (part,)))

    def _part(self, part: Part, scope: _Scope, before: frozenset[str]) -> Iterator[Read]:
        if isinstance(part, Triple):
            yield from self._triple(part, scope)
        elif isinstance(part, Group):
            yield from self._group(part, scope)
        elif isinstance(part, Union):
            for branch in part.branches:
                yield from self._group(branch, replace(scope, is_sure=False))
        elif isinstance(part, Graph):
            if not any(isinstance(each, Triple) for each in part.group.parts):
                raise NotUnderstood("a graph that is asked for without a pattern in it")
            yield from self._group(part.group, replace(scope, graph=self.term(part.name)))
        elif isinstance(part, Optional | Minus):
            inner = scope.limited(before | scope.fixed)
            yield from self._group(part.group, replace(inner, is_sure=False))
        elif isinstance(part, Select):
            is_cut = part.query.modifiers.limit or part.query.modifiers.offset
            inner = scope.limited(frozenset() if is_cut else keys_of(part.query))
            yield from self._group(part.query.where, replace(inner, is_sure=False))

    def _filter(self, part: Filter, scope: _Scope, bound: frozenset[str]) -> Iterator[Read]:
        """The reads of EXISTS, whose variables have the values of the row that is tested."""
        text = scope.query.source(part)
        tokens = list(tokens_of(text))
        depth = 0
        for index, token in enumerate(tokens):
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if depth == 0 and token.kind == "word" and token.text.upper() == "EXISTS":
                end = end_of_group(tokens, index + 1)
                if end is None:
                    raise NotUnderstood("a bracket is not closed")
                group = text[tokens[index + 1].start : tokens[end].start + 1]
                inner = read(f"SELECT * {group}")
                _require_filters(inner)
                known = scope.limited(bound | scope.fixed)
                fixed = replace(known, fixed=known.ties, query=inner, is_sure=False)
                yield from self._group(inner.where, fixed)

    def _links(self, group: Group, scope: _Scope) -> Iterator[Link]:
        """The patterns with ties that every solution of a group rests on."""
        for part in group.parts:
            if isinstance(part, Triple) and isinstance(part.predicate, str) and not scope.graph:
                (found,) = self._triple(part, scope)
                if found.ties and not is_variable(found.predicate):
                    yield Link(found, found.variables)

    def _domains(self, group: Group, query: Query) -> Iterator[tuple[str, frozenset[str]]]:
        for part in group.parts:
            if isinstance(part, Values) and part.total:
                yield from self._columns(part, query.source(part))

    def _columns(self, part: Values, text: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Each variable of VALUES that has IRIs alone, with these."""
        tokens = tokens_of(text)
        opening = next(i for i, token in enumerate(tokens) if token.text == "{")
        terms = [token for token in tokens[opening + 1 :] if token.text not in "(){}"]
        width = len(part.variables)
        if any(token.kind not in ("iri", "name", "string") for token in terms):
            return
        for index, name in enumerate(part.variables):
            iris = {self.term(token.text) for token in terms[index::width]}
            if ANY not in iris:
                yield name, frozenset(iris)

    # ------------------------------------------------------------ triples

    def _triple(self, triple: Triple, scope: _Scope) -> Iterator[Read]:
        subject, value = self.term(triple.subject), self.term(triple.object)
        for one, predicate, other, is_tied in self._steps(triple.predicate, subject, value):
            yield self._read(triple, scope, (one, predicate, other), is_tied=is_tied)
        if _may_be_empty(triple.predicate) and all(map(_is_open, (subject, value))):
            for one, other in ((subject, ANY), (ANY, subject)):  # each node leads to itself
                yield self._read(triple, scope, (one, ANY, other), is_tied=True)

    def _read(
        self, triple: Triple, scope: _Scope, places: tuple[str, str, str], *, is_tied: bool
    ) -> Read:
        ties = scope.ties if is_tied else frozenset[str]()
        found = Read(*places, scope.graph, ties, scope.domains, triple, scope.is_sure)
        ties &= found.variables
        links = () if ties or not is_tied else scope.links
        kept = tuple(each for each in links if each.shared & found.variables)
        return replace(found, ties=ties, links=kept)

    def _steps(self, path: Path, subject: str, value: str) -> Iterator[tuple[str, str, str, bool]]:
        """The statements that a path goes along, and whether its ends are those of all of it."""
        if isinstance(path, str):
            yield subject, self.term(path), value, True
        elif path.sign == "^":
            yield from self._steps(path.parts[0], value, subject)
        elif path.sign == "|":
            for part in path.parts:
                yield from self._steps(part, subject, value)
        elif path.sign == "/":
            ends = [subject, *(ANY for _ in path.parts[1:]), value]
            for part, one, other in zip(path.parts, ends, ends[1:], strict=False):
                yield from self._steps(part, one, other)
        elif path.sign == "!":
            yield ANY, ANY, ANY, False
        else:
            for _, predicate, _, _ in self._steps(path.parts[0], ANY, ANY):
                yield ANY, predicate, ANY, False


def _is_open(place: str) -> bool:
    return place == ANY or is_variable(place)


def _may_be_empty(path: Path) -> bool:
    """Whether a path leads from a node to itself by no statement."""
    if isinstance(path, str) or path.sign == "!":
        return False
    every = all if path.sign == "/" else any
    return path.sign in "*?" or every(map(_may_be_empty, path.parts))


def _tied(query: Query) -> frozenset[str]:
    """The variables with a name that every row has, and with grouping every group."""
    if query.modifiers.limit or query.modifiers.offset:
        return frozenset()
    found = steady(query.where)
    named = frozenset(name for name in found if not name.startswith(query.fresh))
    return named & keys_of(query) if query.is_grouped else named


def _require_filters(query: Query) -> None:
    """See to it that EXISTS stands in filters alone.

    Raises:
        NotUnderstood: if it does not.
    """
    filters = [part for part in walk(query.where) if isinstance(part, Filter)]
    for token in tokens_of(query.text):
        is_exists = token.kind == "word" and token.text.upper() == "EXISTS"
        if is_exists and not any(part.start <= token.start < part.end for part in filters):
            raise NotUnderstood("EXISTS outside a FILTER")
