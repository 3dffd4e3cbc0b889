"""What a shape demands (SHACL §4): constraints read from a shapes graph, their values checked."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iisgraph.engine import Literal, NamedNode, Node, Term
from iisgraph.errors import ShapesError
from iisgraph.shacl.components import Component, components, parameters_of
from iisgraph.shacl.described import Described, flag, members, name, one
from iisgraph.shacl.literals import python_pattern
from iisgraph.shacl.paths import Path
from iisgraph.shacl.queries import read_query
from iisgraph.vocab import SH, XSD

SHAPE_LISTS: Final = frozenset({"and", "or", "xone"})
_TERMS: Final = frozenset({"class", "hasValue"})
_IRIS: Final = frozenset(
    {"datatype", "nodeKind", "equals", "disjoint", "lessThan", "lessThanOrEquals"}
)
_NUMBERS: Final = frozenset({"minCount", "maxCount", "minLength", "maxLength"})
_BOUNDS: Final = frozenset({"minExclusive", "minInclusive", "maxExclusive", "maxInclusive"})
SHAPES: Final = frozenset({"not", "node", "property"})
_OF_PROPERTY: Final = frozenset(
    {"minCount", "maxCount", "lessThan", "lessThanOrEquals", "uniqueLang", "qualifiedValueShape"}
)
_ONCE: Final = _NUMBERS | _BOUNDS | {"datatype", "nodeKind", "in", "languageIn", "uniqueLang"}
_AUXILIARY: Final = frozenset(
    {"flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount"}
    | {"qualifiedValueShapesDisjoint"}
)
_OTHERS: Final = frozenset(
    {"pattern", "languageIn", "uniqueLang", "in", "closed", "sparql", "qualifiedValueShape"}
)
CONSTRAINTS: Final = (
    _TERMS | _IRIS | _NUMBERS | _BOUNDS | SHAPES | SHAPE_LISTS | _OTHERS | _AUXILIARY
)
_KINDS: Final = frozenset(
    SH + kind
    for kind in (
        "BlankNode",
        "IRI",
        "Literal",
        "BlankNodeOrIRI",
        "BlankNodeOrLiteral",
        "IRIOrLiteral",
    )
)


@dataclass(frozen=True)
class Constraint:
    """One constraint of a shape.

    `name` is the parameter that declares it, without `sh:`; `value` what it demands: a
    term, a number, a tuple, the node of a shape, a Query, or a Component's bindings.
    """

    name: str
    value: Any
    component: NamedNode
    source: Term | None = None


@dataclass(frozen=True)
class Qualified:
    """A qualified value shape: its node, the count that is demanded, and its siblings."""

    shape: Node
    count: int
    siblings: tuple[Node, ...]


class Demands:
    """Reads the constraints of shapes.

    Raises:
        ShapesError: at once if a constraint component is ill-formed.
    """

    def __init__(self, graph: Described) -> None:
        self._graph = graph
        self._custom = components(graph)
        self._parents = self._property_parents()

    def of(self, node: Node, path: Path | None) -> Iterator[Constraint]:
        """The constraints of a shape.

        Raises:
            ShapesError: if one is ill-formed.
        """
        own = self._graph.get(node, {})
        for parameter in sorted(CONSTRAINTS):
            values = own.get(SH + parameter, ())
            if not values:
                continue
            if path is None and parameter in _OF_PROPERTY:
                raise ShapesError(f"{name(node)}: sh:{parameter} needs a property shape")
            if parameter in _ONCE and len(values) > 1:
                raise ShapesError(f"{name(node)} has more than one sh:{parameter}")
            yield from self._of_parameter(node, parameter, values)
        for component in self._custom:
            yield from self._of_component(node, component)

    def _of_parameter(
        self, node: Node, parameter: str, values: Sequence[Term]
    ) -> Iterator[Constraint]:
        if parameter in _SPECIAL:
            yield from _SPECIAL[parameter](self, node, values)
        elif parameter not in _AUXILIARY:
            for value in values:
                yield _constraint(parameter, self._value(node, parameter, value))

    def _closed(self, node: Node, _: Sequence[Term]) -> Iterator[Constraint]:
        if flag(node, "closed", self._graph):
            yield _constraint("closed", self._allowed(node))

    def _pattern(self, node: Node, values: Sequence[Term]) -> Iterator[Constraint]:
        flags = _text(node, "flags", one(node, "flags", self._graph), "")
        for value in values:
            pattern = _text(node, "pattern", value)
            python_pattern(pattern, flags)
            yield _constraint("pattern", (pattern, flags))

    def _unique_lang(self, node: Node, values: Sequence[Term]) -> Iterator[Constraint]:
        """Only `true` demands it; `"1"^^xsd:boolean` is another term (§4.4.5)."""
        if flag(node, "uniqueLang", self._graph) and values[0] == _TRUE:
            yield _constraint("uniqueLang", True)  # noqa: FBT003 - the value of the parameter

    def _value(self, node: Node, parameter: str, value: Term) -> Any:
        """The value of a parameter, checked as §4 has it."""
        if parameter in SHAPE_LISTS or parameter in ("in", "languageIn"):
            return tuple(members(value, self._graph))
        if parameter in _NUMBERS:
            return _count(node, parameter, value)
        fits: bool = True
        if parameter in _IRIS:
            fits = isinstance(value, NamedNode)
            fits = fits and (parameter != "nodeKind" or value.value in _KINDS)
        elif parameter in _BOUNDS:
            fits = isinstance(value, Literal)
        elif parameter in SHAPES or parameter == "class":
            fits = not isinstance(value, Literal)
        if not fits:
            raise ShapesError(f"{name(node)}: {value} is no value for sh:{parameter}")
        return value

    def _queries(self, _: Node, values: Sequence[Term]) -> Iterator[Constraint]:
        for value in values:
            if isinstance(value, Literal):
                raise ShapesError(f"{value} is a literal where a SPARQL constraint is expected")
            if not flag(value, "deactivated", self._graph):
                query = read_query(value, "select", self._graph, ("this",))
                yield _constraint("sparql", query, value)

    def _qualified(self, node: Node, values: Sequence[Term]) -> Iterator[Constraint]:
        disjoint = flag(node, "qualifiedValueShapesDisjoint", self._graph)
        counts = {name: one(node, f"qualified{name}Count", self._graph) for name in ("Min", "Max")}
        if not any(counts.values()):
            raise ShapesError(f"{name(node)}: sh:qualifiedValueShape needs a count (§4.7.3)")
        for value in values:
            if isinstance(value, Literal):
                raise ShapesError(f"{name(node)}: {value} is no shape")
            siblings = tuple(self._siblings(node, value)) if disjoint else ()
            for kind, count in counts.items():
                if count is not None:
                    number = _count(node, f"qualified{kind}Count", count)
                    demand = Qualified(value, number, siblings)
                    local = f"qualified{kind}Count"
                    yield Constraint(local, demand, _component(f"Qualified{kind}Count"))

    def _siblings(self, node: Node, own: Node) -> Iterator[Node]:
        """The shapes that a qualified value must not conform to as well (§4.7.3)."""
        found: dict[Term, None] = {}
        for parent in self._parents.get(node, ()):
            for sibling in self._graph[parent].get(SH + "property", ()):
                described = {} if isinstance(sibling, Literal) else self._graph.get(sibling, {})
                found |= dict.fromkeys(described.get(SH + "qualifiedValueShape", ()))
        yield from (each for each in found if each != own and not isinstance(each, Literal))

    def _property_parents(self) -> dict[Term, list[Node]]:
        parents: dict[Term, list[Node]] = defaultdict(list)
        for node, own in self._graph.items():
            for child in own.get(SH + "property", ()):
                parents[child].append(node)
        return parents

    def _allowed(self, node: Node) -> frozenset[NamedNode]:
        """The predicates that a closed shape allows (§4.8.1)."""
        ignored = one(node, "ignoredProperties", self._graph)
        found = set(members(ignored, self._graph)) if ignored is not None else set()
        for child in self._graph[node].get(SH + "property", ()):
            described = {} if isinstance(child, Literal) else self._graph.get(child, {})
            found |= set(described.get(SH + "path", ()))
        return frozenset(each for each in found if isinstance(each, NamedNode))

    def _of_component(self, node: Node, component: Component) -> Iterator[Constraint]:
        is_property = SH + "path" in self._graph.get(node, {})
        for bindings in parameters_of(node, component, self._graph):
            validator = component.validator(is_property=is_property)
            yield Constraint("custom", (validator, bindings), component.node)


_TRUE: Final = Literal("true", datatype=NamedNode(XSD + "boolean"))
_SPECIAL: Final = {
    "closed": Demands._closed,  # noqa: SLF001 - its own table
    "pattern": Demands._pattern,  # noqa: SLF001
    "qualifiedValueShape": Demands._qualified,  # noqa: SLF001
    "sparql": Demands._queries,  # noqa: SLF001
    "uniqueLang": Demands._unique_lang,  # noqa: SLF001
}


def _constraint(parameter: str, value: Any, source: Term | None = None) -> Constraint:
    local = "SPARQL" if parameter == "sparql" else parameter[0].upper() + parameter[1:]
    return Constraint(parameter, value, _component(local), source)


def _component(local: str) -> NamedNode:
    return NamedNode(f"{SH}{local}ConstraintComponent")


def _count(node: Node, parameter: str, value: Term) -> int:
    text = value.value if isinstance(value, Literal) else ""
    try:
        return int(text)
    except ValueError:
        raise ShapesError(f"{name(node)}: sh:{parameter} must be an integer") from None


def _text(node: Node, parameter: str, value: Term | None, default: str | None = None) -> str:
    if value is None and default is not None:
        return default
    if not isinstance(value, Literal):
        raise ShapesError(f"{name(node)}: sh:{parameter} must be a text")
    return value.value
