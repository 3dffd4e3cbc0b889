"""A pattern rewritten so that each of its solutions tells which triples made it.

Every variable is selected. A branch that need not match, of OPTIONAL and UNION, is
given a marker variable, bound where it did. Paths that are mere shorthand (`/`, `|`
and `^`) are written out. What cannot be followed is named.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from iisgraph.engine import BlankNode, Term
from iisgraph.patterns import (
    Bind,
    Filter,
    Graph,
    Group,
    Minus,
    Optional,
    Part,
    Query,
    Select,
    Triple,
    Union,
    certain,
    is_aggregate,
    is_variable,
    spelled_out,
    variables_of,
    walk,
    write,
    write_path,
)

Solution = Mapping[str, Term]
Guards = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Guarded:
    """Something that holds for solutions in which all its markers have these values."""

    guards: Guards

    def applies(self, solution: Solution) -> bool:
        """Whether its branch made this solution."""
        return all(
            name in solution and solution[name].value == str(number) for name, number in self.guards
        )


@dataclass(frozen=True)
class Pattern(Guarded):
    """A triple pattern, and the graph that it is matched in; None is the default graph."""

    terms: tuple[str, str, str]
    graph: str | None


@dataclass(frozen=True)
class Gap(Guarded):
    """A part of the query whose statements are not followed."""

    reason: str


@dataclass(frozen=True)
class Nested(Guarded):
    """A subquery, whose rows are traced as those of the query are."""

    plan: "Plan"


@dataclass(frozen=True)
class Plan:
    """A tracing query, to be restricted to given rows, and how its solutions are read.

    `names` are the variables by which it is told which solutions made a row, None if
    nothing tells it.
    """

    prologue: str
    body: str
    columns: Sequence[str]
    firm: frozenset[str]
    patterns: Sequence[Pattern]
    gaps: Sequence[Gap]
    nested: Sequence[Nested]
    has_subquery: bool
    names: Sequence[str] | None
    constants: Mapping[str, str]

    def restriction(self, row: Solution, names: Collection[str]) -> Solution:
        """What a row says of `names` that every solution behind it says too.

        A blank node cannot be written in a query, so it restricts nothing.
        """
        known = {name: row[name] for name in sorted(self.firm) if name in names and name in row}
        return {n: term for n, term in known.items() if not isinstance(term, BlankNode)}

    def query(self, restriction: Solution, limit: int) -> str:
        """The query for the solutions that agree with a restriction, so many at most.

        One row at a time: the engine plans that well for every shape of pattern, and
        many rows badly for some.
        """
        head = " ".join(f"?{name}" for name in restriction)
        data = " ".join(str(term) for term in restriction.values())
        values = f"VALUES ({head}) {{ ({data}) }}" if restriction else ""
        selected = " ".join(self.columns) or "(1 AS ?_)"
        return (
            f"{self.prologue}\nSELECT {selected} WHERE {{ {values}\n{self.body}\n}} LIMIT {limit}"
        )

    def constants_query(self) -> str:
        """The query whose one row has the terms that the constants stand for."""
        columns = " ".join(f"({text} AS ?{name})" for text, name in self.constants.items())
        return f"{self.prologue}\nSELECT {columns or '(1 AS ?_)'} {{}}"


def plan(query: Query, prologue: str | None = None) -> Plan:
    """The plan for the solutions of a query's pattern, before they are grouped.

    A subquery has the `prologue` of the query around it.
    """
    prologue = query.prologue if prologue is None else prologue
    writer = _Writer(query, prologue)
    for triple in query.template:
        writer.keep(triple)
    body = writer.group(query.where, None, ())
    if query.modifiers.values:
        body = f"{{ {body} }} {query.source(query.modifiers.values)}"
    seen = variables_of(query.where) | writer.added
    expressions = [
        f"({column.expression} AS ?{column.variable})"
        for column in query.columns or ()
        if column.expression and not query.is_grouped and not is_aggregate(column.expression)
    ]
    return Plan(
        prologue,
        body,
        [*(f"?{name}" for name in sorted(seen)), *expressions],
        _firm(query.where),
        writer.patterns,
        [*writer.gaps, *([Gap((), "an aggregate")] if query.is_grouped else [])],
        writer.nested,
        any(isinstance(part, Select) for part in walk(query.where)),
        _names(query),
        writer.constants,
    )


def _names(query: Query) -> Sequence[str] | None:
    """The variables that tell which solutions belong to a row: its own, or the keys of its group.

    None if a key is not among the columns as it stands in the pattern.
    """
    bound = variables_of(query.where)
    if query.columns is None:
        return sorted(name for name in bound if not name.startswith(query.fresh))
    if not query.is_grouped:
        return [column.variable for column in query.columns]
    keys = query.modifiers.keys or ()
    plain = {c.variable for c in query.columns if c.expression is None} & bound
    return [key for key in keys if key] if plain.issuperset(keys) else None


def _firm(group: Group) -> frozenset[str]:
    """The variables that may be bound before a group is matched, with the same solutions.

    Every solution of the parts before the first OPTIONAL or MINUS binds them; what is
    bound later only would let an optional part fail that otherwise matches.
    """
    first = list(takewhile(lambda part: not isinstance(part, Optional | Minus), group.parts))
    bound = {part.variable for part in group.parts if isinstance(part, Bind)}
    return certain(Group(group.start, group.end, tuple(first))) - bound


class _Writer:
    """Writes groups down again; what it finds on the way it keeps."""

    def __init__(self, query: Query, prologue: str) -> None:
        self._query = query
        self._prologue = prologue
        self.patterns: list[Pattern] = []
        self.gaps: list[Gap] = []
        self.nested: list[Nested] = []
        self.constants: dict[str, str] = {}
        self.added: set[str] = set()

    def group(self, group: Group, graph: str | None, guards: Guards) -> str:
        """The parts of a group, without its brackets."""
        return "\n".join(self._part(part, graph, guards) for part in group.parts)

    def _part(self, part: Part, graph: str | None, guards: Guards) -> str:
        if isinstance(part, Triple):
            return self._triple(part, graph, guards)
        if isinstance(part, Group):
            return f"{{ {self.group(part, graph, guards)} }}"
        if isinstance(part, Optional):
            return f"OPTIONAL {self._branch(part.group, graph, guards, self._name(), 1)}"
        if isinstance(part, Union):
            marker = self._name()
            numbered = enumerate(part.branches, start=1)
            branches = [self._branch(b, graph, guards, marker, n) for n, b in numbered]
            return f"{{ {' UNION '.join(branches)} }}"
        if isinstance(part, Graph):
            self._keep(part.name)
            return f"GRAPH {part.name} {{ {self.group(part.group, part.name, guards)} }}"
        if isinstance(part, Select):
            return self._select(part, graph, guards)
        return self._verbatim(part, guards)

    def _select(self, part: Select, graph: str | None, guards: Guards) -> str:
        """A subquery stays as it is, and is traced by a plan of its own."""
        inside = plan(part.query, self._prologue)
        cut = part.query.modifiers.limit or part.query.modifiers.offset
        if graph or cut or inside.names is None:
            self.gaps.append(Gap(guards, "a subquery"))
        else:
            self.nested.append(Nested(guards, inside))
        return self._query.alone(part)

    def _branch(
        self, group: Group, graph: str | None, guards: Guards, marker: str, number: int
    ) -> str:
        inner = self.group(group, graph, (*guards, (marker, number)))
        return f"{{ {inner} BIND({number} AS ?{marker}) }}"

    def _verbatim(self, part: Part, guards: Guards) -> str:
        if isinstance(part, Minus) or (isinstance(part, Filter) and part.negated):
            self.gaps.append(Gap(guards, "negation"))
        elif isinstance(part, Filter) and part.exists:
            self.gaps.append(Gap(guards, "EXISTS"))
        return self._query.alone(part)

    def _triple(self, triple: Triple, graph: str | None, guards: Guards) -> str:
        path = triple.predicate
        if isinstance(path, str):
            terms = self.keep(triple)
            self.patterns.append(Pattern(guards, terms, graph))
            return write(triple)
        if path.sign in "/^":
            steps = spelled_out(triple, lambda: f"?{self._name()}")
            return " ".join(self._triple(step, graph, guards) for step in steps)
        if path.sign == "|":
            marker = self._name()
            branches = []
            for number, part in enumerate(path.parts, start=1):
                along = Triple(triple.start, triple.end, triple.subject, part, triple.object)
                group = Group(triple.start, triple.end, (along,))
                branches.append(self._branch(group, graph, guards, marker, number))
            return f"{{ {' UNION '.join(branches)} }}"
        self.gaps.append(Gap(guards, "a property path"))
        return write(triple)

    def _name(self) -> str:
        """The name of a new variable, which is selected too."""
        name = f"{self._query.fresh}m{len(self.added)}"
        self.added.add(name)
        return name

    def keep(self, triple: Triple) -> tuple[str, str, str]:
        """The terms of a triple without a path; its constants are kept."""
        terms = (triple.subject, write_path(triple.predicate), triple.object)
        for term in terms:
            self._keep(term)
        return terms

    def _keep(self, term: str) -> None:
        if not is_variable(term) and term not in self.constants:
            self.constants[term] = f"c{len(self.constants)}"
