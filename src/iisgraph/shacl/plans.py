"""How one shape is to be validated: what is searched for, what is judged node by node."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.engine import BlankNode, Literal, NamedNode, Term
from iisgraph.shacl.data import Data, is_irregular
from iisgraph.shacl.demands import Constraint
from iisgraph.shacl.expressions import THIS, Expressions, Uncompiled
from iisgraph.shacl.model import Shape, Shapes
from iisgraph.shacl.nesting import nested
from iisgraph.shacl.queries import Query
from iisgraph.shacl.setwise import may_stay, set_wise, touches
from iisgraph.vocab import TYPE

_FALSE: Final = "false"


@dataclass(frozen=True)
class Asked:
    """A query of a constraint, asked apart from the rest; `texts` is None if node by node."""

    shape: Shape
    constraint: Constraint
    texts: tuple[str, ...] | None


@dataclass(frozen=True)
class Plan:
    """The plan of one shape.

    `named` are the focus nodes that it names, and `patterns` give the others. `searches`
    give all of those that may be at fault, but `own` predicates' subjects with irregular
    values; None if there is no such search. `is_exact` is False if the store cannot tell.
    """

    shape: Shape
    named: tuple[Term, ...]
    patterns: tuple[str, ...]
    searches: tuple[str, ...] | None
    own: frozenset[str]
    asked: tuple[Asked, ...]
    is_exact: bool

    @property
    def answered(self) -> frozenset[int]:
        """The constraints, by id, that are not judged with the rest."""
        return frozenset(id(each.constraint) for each in self.asked)


def plan(shape: Shape, shapes: Shapes, data: Data) -> Plan:
    """The plan of a shape with targets."""
    named = tuple(value for kind, value in shape.targets if kind == "targetNode")
    try:
        patterns = tuple(dict.fromkeys(_patterns(shape, data)))
    except Uncompiled:
        return Plan(
            shape, named, (), None, frozenset(), (), is_exact=_is_exact(shape, shapes, data)
        )
    queries = tuple(_queries(shape, shapes, patterns))
    answered = frozenset(id(each.constraint) for each in queries)
    searches: tuple[str, ...] | None = None
    writer = Expressions(shapes, data)
    try:
        fault = writer.fault(shape, THIS, answered)
        kept = "" if fault == "true" else f"FILTER({fault})"
        searches = tuple(f"SELECT ?this {{ {each} {kept} }}" for each in patterns)
        searches = () if fault == _FALSE else searches
    except Uncompiled:
        pass
    exact = _is_exact(shape, shapes, data)
    return Plan(shape, named, patterns, searches, frozenset(writer.own), queries, exact)


def _patterns(shape: Shape, data: Data) -> Iterator[str]:
    """Patterns each of which gives every `?this` once.

    Raises:
        Uncompiled: if a class has no IRI, or a focus node may be an irregular literal.
    """
    for kind, value in shape.targets:
        if kind == "targetClass":
            for each in data.subclasses(value):
                if isinstance(each, BlankNode):
                    raise Uncompiled("class")
                yield f"?this <{TYPE}> {each} ."
        elif kind == "targetSubjectsOf":
            yield f"{{ SELECT DISTINCT ?this {{ ?this {value} ?any }} }}"
        elif kind == "targetObjectsOf":
            assert isinstance(value, NamedNode)
            if value.value in data.irregular_predicates:
                raise Uncompiled("target")
            yield f"{{ SELECT DISTINCT ?this {{ ?any {value} ?this }} }}"


def _queries(shape: Shape, shapes: Shapes, patterns: Sequence[str]) -> Iterator[Asked]:
    """The queries of a shape, and of its property shapes, whose focus nodes are the same."""
    for each in shape.constraints:
        if each.name == "sparql":
            query: Query = each.value
            text = nested(query.with_path(str(shape.path)) if shape.path else query.text)
            texts = [found for pattern in patterns if (found := set_wise(text, pattern))]
            whole = len(texts) == len(patterns)
            yield Asked(shape, each, tuple(texts) if whole else None)
        elif each.name == "property" and shape.path is None:
            child = shapes[each.value]
            if not child.deactivated:
                yield from (
                    found for found in _queries(child, shapes, patterns) if found.shape is child
                )


def _is_exact(shape: Shape, shapes: Shapes, data: Data) -> bool:
    """Whether the store answers the queries of a shape as the specification has it.

    It does not where a query may come upon a literal that it rewrites, nor where a path of
    length zero begins at a node of which there is no statement.
    """
    named = [value for kind, value in shape.targets if kind == "targetNode"]
    unknown = any(not data.knows(value) for value in named)
    queries = list(_texts(shape, shapes))
    given = [term for _, terms in queries for term in terms]
    if queries and any(isinstance(e, Literal) and is_irregular(e) for e in (*named, *given)):
        return False
    return not any(
        touches(text, data.irregular_predicates) or (unknown and may_stay(text))
        for text, _ in queries
    )


def _texts(shape: Shape, shapes: Shapes) -> Iterator[tuple[str, Sequence[Term]]]:
    """The queries that a shape leads to, each with the terms that are given to it."""
    for each in shapes.reached(shape):
        for constraint in each.constraints:
            if constraint.name in ("sparql", "custom"):
                found = constraint.value
                query, given = found if constraint.name == "custom" else (found, {})
                text = query.with_path(str(each.path)) if each.path else query.text
                yield text, list(given.values())
