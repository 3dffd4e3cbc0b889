"""From rows back to the statements that made them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from iisgraph.engine import Clause, Literal, NamedNode, Oxigraph, Term
from iisgraph.patterns import is_variable
from iisgraph.provenance.plan import Pattern, Plan, Solution

SOLUTIONS: Final = 20_000
"""Solutions of a pattern that are followed; a query may have millions behind ten rows."""

Statement: TypeAlias = tuple[Term, Term, Term]


@dataclass
class Footing:
    """What a row stands on: statements with the graph of each, and what was not followed.

    `found` tells whether a solution behind the row was met.
    """

    statements: set[tuple[Statement, str]] = field(default_factory=set)
    gaps: set[str] = field(default_factory=set)
    found: bool = False


def follow(
    engine: Oxigraph, found: Plan, rows: Sequence[Solution], names: Sequence[str], clause: Clause
) -> list[Footing]:
    """What each row stands on; `names` are the variables by which solutions are told apart."""
    footings = [Footing() for _ in rows]
    reading = _Reading(engine, found, clause)
    alike: dict[tuple[tuple[str, Term], ...], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        alike[tuple(found.restriction(row, names).items())].append(number)
    left = SOLUTIONS
    for restriction, numbers in alike.items():
        positions: dict[tuple[Term | None, ...], list[Footing]] = defaultdict(list)
        for number in numbers:
            positions[_key(rows[number], names)].append(footings[number])
        solutions = list(engine.query(found.query(dict(restriction), left + 1), clause).rows())
        if len(solutions) > left:
            _mark((footings[number] for number in numbers), f"more than {SOLUTIONS} solutions")
        left = max(left - len(solutions), 0)
        for solution in solutions:
            for footing in positions.get(_key(solution, names), ()):
                reading.add(solution, footing)
    lost = (footing for footing in footings if not (footing.found or footing.gaps))
    _mark(lost, "a value that is not the same when asked again")
    return footings


def _key(row: Solution, names: Sequence[str]) -> tuple[Term | None, ...]:
    return tuple(row.get(name) for name in names)


def _mark(footings: Iterable[Footing], gap: str) -> None:
    for footing in footings:
        footing.gaps.add(gap)


class _Reading:
    """Patterns and solutions turned into statements in graphs."""

    def __init__(self, engine: Oxigraph, found: Plan, clause: Clause) -> None:
        self._engine = engine
        self._plan = found
        self._merged = frozenset(clause.default) if clause else None
        self._graphs: dict[Statement, list[str]] = {}
        self._constants = constants(engine, found)

    def add(self, solution: Solution, footing: Footing) -> None:
        """Put under a row what this solution of it was made of."""
        footing.found = True
        for pattern in self._plan.patterns:
            if pattern.applies(solution):
                self._add(pattern, solution, footing)
        footing.gaps |= {gap.reason for gap in self._plan.gaps if gap.applies(solution)}

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
