"""What follows by rule, kept up to date as the statements change that it follows from.

Gives what deriving anew would give: rules go in order of name, and each sees only what
files assert and what the rules before it derive.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, TypeAlias

from iisgraph.engine import (
    Change,
    Exact,
    Literal,
    NamedNode,
    Node,
    Oxigraph,
    Quad,
    Term,
    triples,
)
from iisgraph.patterns import is_variable
from iisgraph.patterns.reads import ANY, Read
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.standing import Moved, Row, Standing
from iisgraph.vocab import DERIVED

Statement: TypeAlias = tuple[Node, NamedNode, Term]

_GRAPH: Final = NamedNode(DERIVED)


class Derivation:
    """Rules, and a store to which everything is added that follows by them.

    Raises:
        QueryError: if a rule is not SPARQL.
        NotUnderstood: if it cannot be told what a change of the store does to a rule.
    """

    def __init__(self, store: Oxigraph, rules: Mapping[str, str]) -> None:
        self._store = store
        self._rules = [_Rule(text) for text in rules.values()]
        for at, rule in enumerate(self._rules):
            rule.doubt(self._rules[at:])
        for rule in self._rules:
            self._settle(rule.count(rule.standing.evaluate(store)), Change())
        for at, rule in enumerate(self._rules):
            rule.holds = _Stage(store, self._rules[:at]).holds

    def replace(
        self, before: Iterable[Quad], after: Iterable[Quad], exact: Exact
    ) -> tuple[Change, Change]:
        """Put asserted quads in the place of others, and derive what that leads to.

        `exact` tells what is asserted afterwards. Gives what has changed of what is
        asserted, and of what is derived.
        """
        old, new = set(before), set(after)
        change = Change(old - new, new - old)
        alike = {(subject, predicate) for subject, predicate, _ in triples(change.gone)}
        stay = (quad for quad in exact(alike) if quad.graph_name != _GRAPH)
        self._store.change(change.gone, [*change.come, *stay])
        return change, self.follow(list(change))

    def follow(self, changed: Collection[Quad]) -> Change:
        """Derive what a change of asserted quads, made already, leads to.

        Gives what has changed of what is derived.
        """
        moved = Change()
        self._settle(triples(changed), moved)
        told = [*changed, *moved]
        for rule in self._rules:
            found = rule.count(rule.standing.follow(self._store, told))
            self._settle(found, moved)
            told += [Quad(*each, _GRAPH) for each in found]
        return moved

    def _settle(self, found: Iterable[Statement], moved: Change) -> None:
        """See to it that what a rule derives and no file asserts is there, and only that."""
        gone: list[Quad] = []
        come: list[Quad] = []
        for each in dict.fromkeys(found):
            is_due = any(each in rule.support for rule in self._rules)
            is_due = is_due and not _is_asserted(self._store, each)
            if is_due != _is_in(self._store, each, DERIVED):
                (come if is_due else gone).append(Quad(*each, _GRAPH))
        self._store.change(gone, come)
        moved.add(gone, come)


class _Rule:
    """A rule with its rows, and with how many of them say each statement that it derives."""

    def __init__(self, text: str) -> None:
        self.standing = Standing(text, keeps=self._keeps)
        self.support: Counter[Statement] = Counter()
        self.holds: Callable[[Statement, str], bool] = lambda *_: True
        self._doubted: Sequence[Sequence[Read]] = ()
        self._spots = {name: spot for spot, name in enumerate(self.standing.names)}
        self.heads = list(self._read_heads())

    def doubt(self, rules: Iterable["_Rule"]) -> None:
        """See to it that no row is kept that rests on what these rules derive.

        Raises:
            NotUnderstood: if rows may rest on it and do not show whether they do.
        """
        heads = [head for rule in rules for head in rule.heads]
        patterns = [list(each) for _, each in groupby(self.standing.reads, lambda r: r.triple)]
        self._doubted = [each for each in patterns if any(_meets(r, heads) for r in each)]
        for each in (read for reads in self._doubted for read in reads):
            is_open = ANY in (each.subject, each.predicate, each.value)
            if is_open or not each.is_sure or not each.variables <= self._spots.keys():
                raise NotUnderstood("a rule rests on what a later rule derives")

    def count(self, moved: Moved) -> list[Statement]:
        """Count what rows say; gives what is said now and was not, or the other way round."""
        gone = Counter(each for row in moved.gone for each in self._said(row))
        come = Counter(each for row in moved.come for each in self._said(row))
        touched = {each: each in self.support for each in (*gone, *come)}
        self.support.subtract(gone)
        self.support.update(come)
        for each in touched:
            if not self.support[each]:
                del self.support[each]
        return [each for each, was_said in touched.items() if was_said != (each in self.support)]

    def _read_heads(self) -> Iterator[Read]:
        """The template as patterns."""
        query, reader = self.standing.query, self.standing.reader
        domains = reader.domains(query.where)
        for each in query.template:
            if not isinstance(each.predicate, str):
                raise NotUnderstood("a path in a template")
            one, predicate, other = map(reader.term, (each.subject, each.predicate, each.object))
            head = Read(one, predicate, other, DERIVED, frozenset(), domains, each, is_sure=False)
            if ANY in (one, predicate, other) or not head.variables <= self._spots.keys():
                raise NotUnderstood("a literal or a blank node in a template")
            yield head
        if query.form != "CONSTRUCT":
            raise NotUnderstood("a rule must be a CONSTRUCT query")

    def _said(self, row: Row) -> Iterator[Statement]:
        """What a row says; what is no triple of RDF is left out."""
        found = (self._statement(head, row) for head in self.heads)
        return (each for each in found if each is not None)

    def _keeps(self, row: Row) -> bool:
        """Whether what a row rests on is asserted, or derived by the rules before this one."""
        return all(any(self._rests(each, row) for each in reads) for reads in self._doubted)

    def _rests(self, read: Read, row: Row) -> bool:
        statement = self._statement(read, row)
        graph = self._term(read.graph, row) if read.graph != ANY else None
        return statement is not None and self.holds(statement, getattr(graph, "value", ANY))

    def _statement(self, read: Read, row: Row) -> Statement | None:
        """A pattern with the terms of a row; None if that is no triple of RDF."""
        one, predicate, other = (
            self._term(place, row) for place in (read.subject, read.predicate, read.value)
        )
        if one is None or isinstance(one, Literal) or other is None:
            return None
        return (one, predicate, other) if isinstance(predicate, NamedNode) else None

    def _term(self, place: str, row: Row) -> Term | None:
        return row[self._spots[place[1:]]] if is_variable(place) else NamedNode(place)


class _Stage:
    """What a rule can see: what files assert, and what the rules before it derive."""

    def __init__(self, store: Oxigraph, before: Sequence[_Rule]) -> None:
        self._store = store
        self._before = before

    def holds(self, each: Statement, graph: str) -> bool:
        """Whether a statement is there, in a named graph or, if that is ANY, in the merge."""
        if graph not in (ANY, DERIVED):
            return _is_in(self._store, each, graph)
        if _is_asserted(self._store, each):
            return graph == ANY
        return any(each in rule.support for rule in self._before)


def _meets(read: Read, heads: Iterable[Read]) -> bool:
    """Whether what one of the heads derives may be a match of a pattern."""
    return any(
        _overlap(read.allowed(read.subject), head.allowed(head.subject))
        and _overlap(read.allowed(read.predicate), head.allowed(head.predicate))
        and _overlap(read.allowed(read.value), head.allowed(head.value))
        and (read.graph == ANY or _overlap(read.allowed(read.graph), frozenset({DERIVED})))
        for head in heads
    )


def _overlap(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or bool(one & other)


def _is_in(store: Oxigraph, each: Statement, graph: str) -> bool:
    return next(store.quads(*each, NamedNode(graph)), None) is not None


def _is_asserted(store: Oxigraph, each: Statement) -> bool:
    """Whether a file says a statement."""
    return any(quad.graph_name != _GRAPH for quad in store.attesting(*each))
