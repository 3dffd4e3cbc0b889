"""From rows back to the statements that made them."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from iisgraph.engine import Clause, Literal, NamedNode, Oxigraph, Term
from iisgraph.patterns import is_variable
from iisgraph.provenance.plan import Pattern, Plan, Solution

SOLUTIONS: Final = 20_000
"""Solutions of a pattern that are followed; a query may have millions behind ten rows."""

_SLOW: Final = 0.5
"""Seconds after which asking for one row after the other is given up."""

Statement: TypeAlias = tuple[Term, Term, Term]
Key: TypeAlias = tuple[Term | None, ...]


@dataclass
class Footing:
    """What a row stands on: statements with the graph of each, and what was not followed.

    `found` tells whether a solution behind the row was met.
    """

    statements: set[tuple[Statement, str]] = field(default_factory=set)
    gaps: set[str] = field(default_factory=set)
    found: bool = False


def follow(
    engine: Oxigraph,
    found: Plan,
    rows: Sequence[Solution],
    names: Sequence[str],
    clause: Clause,
    *,
    one_by_one: bool = False,
    joins: bool = False,
) -> list[Footing]:
    """What each row stands on; `names` are the variables by which solutions are told apart.

    `one_by_one` is quicker for a few rows of a pattern with many solutions. A subquery
    `joins` the row around it, which may bind what the subquery leaves unbound.
    """
    search = _Search(engine, found, rows, names, clause, joins=joins)
    search.run(one_by_one=one_by_one)
    return search.footings


class _Search:
    """The solutions behind rows, and what they were made of."""

    def __init__(
        self, engine: Oxigraph, found: Plan, rows: Sequence[Solution], names: Sequence[str],
        clause: Clause, *, joins: bool,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._plan = found
        self._rows = rows
        self._names = names
        self._clause = clause
        self._joins = joins
        self._reading = _Reading(engine, found, clause)
        always = {gap.reason for gap in found.gaps if not gap.guards}
        self.footings = [Footing(gaps=set(always)) for _ in rows]

    def run(self, *, one_by_one: bool) -> None:
        """Find the solutions of all rows at once, or of one row after the other.

        A subquery would be evaluated again for each row, so it is not asked so.
        """
        if self._plan.has_subquery:
            self._ask({}, range(len(self._rows)), SOLUTIONS)
        elif one_by_one or not self._ask_all():
            self._ask_each(may_change=one_by_one)
        self._reading.follow_subqueries()
        lost = (footing for footing in self.footings if not (footing.found or footing.gaps))
        _mark(lost, "a value that is not the same when asked again")

    def _ask_each(self, *, may_change: bool) -> None:
        """Ask for each row; if that is slow, it `may_change` to asking for all."""
        alike: dict[tuple[tuple[str, Term], ...], list[int]] = defaultdict(list)
        for number, row in enumerate(self._rows):
            alike[tuple(self._plan.restriction(row, self._names).items())].append(number)
        left, late = SOLUTIONS, time.monotonic() + _SLOW
        for restriction, numbers in alike.items():
            left -= self._ask(dict(restriction), numbers, left)
            if may_change and time.monotonic() > late:
                may_change = False
                if self._ask_all():
                    return

    def _ask_all(self) -> bool:
        """Take all solutions for all rows, if they are not too many."""
        solutions = self._solutions({}, SOLUTIONS)
        if len(solutions) <= SOLUTIONS:
            self._assign(solutions, range(len(self._rows)))
        return len(solutions) <= SOLUTIONS

    def _ask(self, restriction: Solution, numbers: Sequence[int], most: int) -> int:
        """Take the solutions for some rows, and say how many there were."""
        solutions = self._solutions(restriction, most)
        self._assign(solutions, numbers)
        if len(solutions) > most:
            _mark((self.footings[n] for n in numbers), f"more than {SOLUTIONS} solutions")
        return min(len(solutions), most)

    def _solutions(self, restriction: Solution, most: int) -> list[Solution]:
        sparql = self._plan.query(restriction, most + 1)
        return list(self._engine.query(sparql, self._clause).rows())

    def _assign(self, solutions: Sequence[Solution], numbers: Sequence[int]) -> None:
        behind: dict[Key, list[Footing]] = defaultdict(list)
        for number in numbers:
            behind[_key(self._rows[number], self._names)].append(self.footings[number])
        for solution in solutions:
            key = _key(solution, self._names)
            for footing in _joined(behind, key) if self._joins else behind.get(key, ()):
                self._reading.add(solution, footing)


def _joined(behind: Mapping[Key, Sequence[Footing]], key: Key) -> Iterable[Footing]:
    """What stands behind rows that a solution agrees with in all that it binds."""
    if None not in key:
        return behind.get(key, ())
    agreeing = (row for row in behind if all(t in (None, r) for t, r in zip(key, row, strict=True)))
    return [footing for row in agreeing for footing in behind[row]]


def _key(row: Solution, names: Sequence[str]) -> Key:
    return tuple(row.get(name) for name in names)


def _mark(footings: Iterable[Footing], gap: str) -> None:
    for footing in footings:
        footing.gaps.add(gap)


class _Reading:
    """Patterns and solutions turned into statements in graphs."""

    def __init__(self, engine: Oxigraph, found: Plan, clause: Clause) -> None:
        self._engine = engine
        self._plan = found
        self._clause = clause
        self._merged = frozenset(clause.default) if clause else None
        self._graphs: dict[Statement, list[str]] = {}
        self._constants = constants(engine, found)
        self._inner: list[dict[tuple[tuple[str, Term], ...], list[Footing]]] = [
            defaultdict(list) for _ in found.nested
        ]

    def add(self, solution: Solution, footing: Footing) -> None:
        """Put under a row what this solution of it was made of."""
        footing.found = True
        for pattern in self._plan.patterns:
            if pattern.applies(solution):
                self._add(pattern, solution, footing)
        footing.gaps |= {gap.reason for gap in self._plan.gaps if gap.applies(solution)}
        for nested, wanted in zip(self._plan.nested, self._inner, strict=True):
            if nested.applies(solution):
                names = [name for name in nested.plan.names or () if name in solution]
                wanted[tuple((name, solution[name]) for name in names)].append(footing)

    def follow_subqueries(self) -> None:
        """Put under the rows what the rows of subqueries in them stand on."""
        for nested, wanted in zip(self._plan.nested, self._inner, strict=True):
            rows = [dict(row) for row in wanted]
            names = nested.plan.names or ()
            found = follow(self._engine, nested.plan, rows, names, self._clause, joins=True)
            for inner, outer in zip(found, wanted.values(), strict=True):
                for footing in outer:
                    footing.statements |= inner.statements
                    footing.gaps |= inner.gaps

    def _add(self, pattern: Pattern, solution: Solution, footing: Footing) -> None:
        subject, predicate, value = (self._term(text, solution) for text in pattern.terms)
        if subject is None or predicate is None or value is None:
            footing.gaps.add("a variable that only a subquery knows")
            return
        statement = (subject, predicate, value)
        named = self._term(pattern.graph, solution) if pattern.graph else None
        graphs = [named.value] if named else self._holding(statement)
        footing.statements |= {(statement, graph) for graph in graphs}

    def _term(self, text: str, solution: Solution) -> Term | None:
        return solution.get(text[1:]) if is_variable(text) else self._constants[text]

    def _holding(self, statement: Statement) -> list[str]:
        """The graphs merged into the default graph that have a statement."""
        if statement not in self._graphs:
            found = graphs_of(self._engine, statement)
            merged = self._merged
            self._graphs[statement] = [g for g in found if merged is None or g in merged]
        return self._graphs[statement]


def graphs_of(engine: Oxigraph, statement: Statement) -> list[str]:
    """The named graphs that have a statement."""
    subject, predicate, value = statement
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        return []
    quads = engine.quads(subject, predicate, value)
    return [q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)]


def constants(engine: Oxigraph, found: Plan) -> dict[str, Term]:
    """The terms that a plan's constants stand for, as the engine reads them."""
    row = next(iter(engine.query(found.constants_query()).rows()))
    return {text: row[name] for text, name in found.constants.items()}
