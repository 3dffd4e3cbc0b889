"""Shapes as the specification defines them (SHACL §2): what they aim at and what they demand.

Read from a shapes graph, whole or not at all: what is ill-formed or not understood is
refused, for a constraint that is skipped passes by accident.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iisgraph.engine import Literal, NamedNode, Node, Quad, Term, triples
from iisgraph.errors import ShapesError
from iisgraph.shacl.components import Component, components, parameters_of
from iisgraph.shacl.paths import Described, Path, members, read_path
from iisgraph.shacl.queries import read_query
from iisgraph.shacl.results import VIOLATION
from iisgraph.vocab import OWL, RDFS, SH, TYPE, shorten

SHAPE_LISTS: Final = frozenset({"and", "or", "xone"})
_TERMS: Final = frozenset({"class", "hasValue"})
_IRIS: Final = frozenset(
    {"datatype", "nodeKind", "equals", "disjoint", "lessThan", "lessThanOrEquals"}
)
_NUMBERS: Final = frozenset({"minCount", "maxCount", "minLength", "maxLength"})
_BOUNDS: Final = frozenset({"minExclusive", "minInclusive", "maxExclusive", "maxInclusive"})
_SHAPES: Final = frozenset({"not", "node", "property"})
_OF_PROPERTY: Final = frozenset(
    {"minCount", "maxCount", "lessThan", "lessThanOrEquals", "uniqueLang", "qualifiedValueShape"}
)
_ONCE: Final = _NUMBERS | _BOUNDS | {"datatype", "nodeKind", "in", "languageIn", "uniqueLang"}
_WITH_OTHERS: Final = frozenset(
    [
        "pattern",
        "flags",
        "languageIn",
        "uniqueLang",
        "in",
        "closed",
        "ignoredProperties",
        "sparql",
        "qualifiedValueShape",
        "qualifiedMinCount",
        "qualifiedMaxCount",
        "qualifiedValueShapesDisjoint",
    ]
)
CONSTRAINTS: Final = _TERMS | _IRIS | _NUMBERS | _BOUNDS | _SHAPES | SHAPE_LISTS | _WITH_OTHERS
TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_SAYINGS: Final = frozenset(
    [
        "path",
        "severity",
        "message",
        "deactivated",
        "name",
        "description",
        "order",
        "group",
        "defaultValue",
    ]
)
_OF_INFERENCE: Final = frozenset({"rule", "values"})
"""They say what follows, and judge nothing (SHACL Advanced Features)."""

_KNOWN: Final = CONSTRAINTS | frozenset(TARGETS) | _SAYINGS | _OF_INFERENCE
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


@dataclass(frozen=True, eq=False)
class Shape:
    """A node shape, or a property shape if it has a path."""

    node: Node
    path: Path | None
    severity: NamedNode
    messages: tuple[Literal, ...]
    deactivated: bool
    targets: tuple[tuple[str, Term], ...]
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True)
class Qualified:
    """A qualified value shape: its node, the count that is demanded, and its siblings."""

    shape: Node
    count: int
    siblings: tuple[Node, ...]


class Shapes:
    """The shapes of a shapes graph: those with targets, and those that they refer to.

    Raises:
        ShapesError: at once, if one of them cannot be judged by.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads = list(quads)
        self.graph = _described(self.quads)
        self._custom = components(self.graph)
        self._shapes: dict[Node, Shape] = {}
        self._parents = self._property_parents()
        self._refuse_entailment()
        self._classes = _below(NamedNode(RDFS + "Class"), self.graph) | {OWL + "Class"}
        found = sorted(filter(self._has_target, self.graph), key=str)
        self.targeted = tuple(self._read(node, ()) for node in found)

    def __getitem__(self, node: Node) -> Shape:
        """The shape of a node."""
        return self._shapes[node]

    def reached(self, shape: Shape) -> Iterator[Shape]:
        """A shape and all that it refers to, each once."""
        seen = {shape.node: shape}
        waiting = [shape]
        while waiting:
            each = waiting.pop()
            yield each
            for node in referred(each):
                if node not in seen:
                    seen[node] = self._shapes[node]
                    waiting.append(seen[node])

    # ------------------------------------------------------------ reading

    def _read(self, node: Term, above: tuple[Node, ...]) -> Shape:
        if isinstance(node, Literal):
            raise ShapesError(f"{node} is a literal where a shape is expected")
        if node in above:
            chain = " → ".join(name(each) for each in (*above[above.index(node) :], node))
            raise ShapesError(f"recursive shapes have no defined meaning (§3.4.3): {chain}")
        if node not in self._shapes:
            shape = self._shape(node)
            for other in referred(shape):
                self._read(other, (*above, node))
            self._shapes[node] = shape
        return self._shapes[node]

    def _shape(self, node: Node) -> Shape:
        own = self.graph.get(node, {})
        self._refuse_unknown(node)
        paths = own.get(SH + "path", ())
        if len(paths) > 1:
            raise ShapesError(f"{name(node)} has more than one sh:path")
        is_property = NamedNode(SH + "PropertyShape") in own.get(TYPE, ())
        if is_property and not paths:
            raise ShapesError(f"{name(node)} is a property shape without sh:path")
        path = read_path(paths[0], self.graph) if paths else None
        severity = self._one(node, "severity")
        if severity is not None and not isinstance(severity, NamedNode):
            raise ShapesError(f"{name(node)}: sh:severity must be an IRI")
        return Shape(
            node=node,
            path=path,
            severity=severity or VIOLATION,
            messages=messages_of(node, self.graph),
            deactivated=self._flag(node, "deactivated"),
            targets=tuple(self._targets(node)),
            constraints=tuple(self._constraints(node, path)),
        )

    def _has_target(self, node: Node) -> bool:
        return any(SH + kind in self.graph[node] for kind in TARGETS) or self._is_class(node)

    def _is_class(self, node: Node) -> bool:
        """Whether a shape is a class too, and so its own target (§2.1.3.3)."""
        types = {getattr(each, "value", "") for each in self.graph[node].get(TYPE, ())}
        is_shape = types & {SH + "NodeShape", SH + "PropertyShape"}
        return bool(is_shape and types & self._classes) and isinstance(node, NamedNode)

    def _targets(self, node: Node) -> Iterator[tuple[str, Term]]:
        for kind in TARGETS:
            for value in self.graph.get(node, {}).get(SH + kind, ()):
                allowed = isinstance(value, NamedNode) or (
                    kind == "targetNode" and isinstance(value, Literal)
                )
                if not allowed:
                    raise ShapesError(f"{name(node)}: {value} is no value for sh:{kind}")
                yield kind, value
        if node in self.graph and self._is_class(node):
            yield "targetClass", node

    def _refuse_unknown(self, node: Node) -> None:
        for predicate in self.graph.get(node, {}):
            local = predicate.removeprefix(SH)
            if local in (predicate, *_KNOWN):
                continue
            near = difflib.get_close_matches(local, sorted(_KNOWN), 1, 0.7)
            hint = f"; did you mean sh:{near[0]}?" if near else ""
            message = f"sh:{local} is nothing that SHACL 1.0 lets a shape say"
            raise ShapesError(f"{name(node)}: {message}, or is not supported{hint}")

    def _refuse_entailment(self) -> None:
        for node, own in self.graph.items():
            for regime in own.get(SH + "entailment", ()):
                message = f"{name(node)}: the entailment {regime} is not supported (§1.5)"
                raise ShapesError(message)

    # ------------------------------------------------------------ constraints

    def _constraints(self, node: Node, path: Path | None) -> Iterator[Constraint]:
        own = self.graph.get(node, {})
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
        if parameter == "sparql":
            yield from self._queries(values)
        elif parameter == "qualifiedValueShape":
            yield from self._qualified(node, values)
        elif parameter == "closed":
            if self._flag(node, "closed"):
                yield _constraint("closed", self._allowed(node))
        elif parameter == "pattern":
            flags = _text(node, "flags", self._one(node, "flags"), "")
            for value in values:
                yield _constraint("pattern", (_text(node, "pattern", value), flags))
        elif parameter == "uniqueLang":
            if self._flag(node, "uniqueLang"):
                yield _constraint("uniqueLang", True)  # noqa: FBT003 - the value of the parameter
        elif parameter not in _WITH_OTHERS or parameter in ("in", "languageIn"):
            for value in values:
                yield _constraint(parameter, self._value(node, parameter, value))

    def _value(self, node: Node, parameter: str, value: Term) -> Any:
        """The value of a parameter, checked as §4 has it."""
        if parameter in SHAPE_LISTS or parameter in ("in", "languageIn"):
            return tuple(members(value, self.graph))
        if parameter in _NUMBERS:
            return _count(node, parameter, value)
        fits: bool = True
        if parameter in _IRIS:
            fits = isinstance(value, NamedNode)
            fits = fits and (parameter != "nodeKind" or value.value in _KINDS)
        elif parameter in _BOUNDS:
            fits = isinstance(value, Literal)
        elif parameter in _SHAPES or parameter == "class":
            fits = not isinstance(value, Literal)
        if not fits:
            raise ShapesError(f"{name(node)}: {value} is no value for sh:{parameter}")
        return value

    def _queries(self, values: Sequence[Term]) -> Iterator[Constraint]:
        for value in values:
            if isinstance(value, Literal):
                raise ShapesError(f"{value} is a literal where a SPARQL constraint is expected")
            if not self._flag(value, "deactivated"):
                query = read_query(value, "select", self.graph, ("this",))
                yield _constraint("sparql", query, value)

    def _qualified(self, node: Node, values: Sequence[Term]) -> Iterator[Constraint]:
        disjoint = self._flag(node, "qualifiedValueShapesDisjoint")
        counts = {name: self._one(node, f"qualified{name}Count") for name in ("Min", "Max")}
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
            for sibling in self.graph[parent].get(SH + "property", ()):
                described = {} if isinstance(sibling, Literal) else self.graph.get(sibling, {})
                found |= dict.fromkeys(described.get(SH + "qualifiedValueShape", ()))
        yield from (each for each in found if each != own and not isinstance(each, Literal))

    def _property_parents(self) -> dict[Term, list[Node]]:
        parents: dict[Term, list[Node]] = defaultdict(list)
        for node, own in self.graph.items():
            for child in own.get(SH + "property", ()):
                parents[child].append(node)
        return parents

    def _allowed(self, node: Node) -> frozenset[NamedNode]:
        """The predicates that a closed shape allows (§4.8.1)."""
        ignored = self._one(node, "ignoredProperties")
        found = set(members(ignored, self.graph)) if ignored is not None else set()
        for child in self.graph[node].get(SH + "property", ()):
            described = {} if isinstance(child, Literal) else self.graph.get(child, {})
            found |= set(described.get(SH + "path", ()))
        return frozenset(each for each in found if isinstance(each, NamedNode))

    def _of_component(self, node: Node, component: Component) -> Iterator[Constraint]:
        is_property = SH + "path" in self.graph.get(node, {})
        for bindings in parameters_of(node, component, self.graph):
            validator = component.validator(is_property=is_property)
            yield Constraint("custom", (validator, bindings), component.node)

    # ------------------------------------------------------------ values

    def _one(self, node: Node, parameter: str) -> Term | None:
        values = self.graph.get(node, {}).get(SH + parameter, ())
        if len(values) > 1:
            raise ShapesError(f"{name(node)} has more than one sh:{parameter}")
        return values[0] if values else None

    def _flag(self, node: Node, parameter: str) -> bool:
        value = self._one(node, parameter)
        if value is None:
            return False
        text = value.value if isinstance(value, Literal) else ""
        if text not in ("true", "false", "1", "0"):
            raise ShapesError(f"{name(node)}: sh:{parameter} must be true or false")
        return text in ("true", "1")


def referred(shape: Shape) -> Iterator[Node]:
    """The nodes of the shapes that a shape refers to."""
    for constraint in shape.constraints:
        if constraint.name in _SHAPES:
            yield constraint.value
        elif constraint.name in SHAPE_LISTS:
            yield from constraint.value
        elif isinstance(constraint.value, Qualified):
            yield constraint.value.shape
            yield from constraint.value.siblings


def name(node: Node) -> str:
    """A shape as an error names it."""
    return shorten(node.value) if isinstance(node, NamedNode) else "a shape without an IRI"


def messages_of(node: Node, graph: Described) -> tuple[Literal, ...]:
    """The values of `sh:message`, sorted."""
    found = graph.get(node, {}).get(SH + "message", ())
    return tuple(sorted((each for each in found if isinstance(each, Literal)), key=str))


def _described(quads: Iterable[Quad]) -> Described:
    graph: dict[Node, dict[str, list[Term]]] = defaultdict(dict)
    for subject, predicate, value in triples(quads):
        values = graph[subject].setdefault(predicate.value, [])
        if value not in values:
            values.append(value)
    return dict(graph)


def _below(parent: NamedNode, graph: Described) -> frozenset[str]:
    """The IRIs of a class and of those below it in the shapes graph."""
    found: set[Term] = {parent}
    while True:
        more = {n for n, own in graph.items() if found & set(own.get(RDFS + "subClassOf", ()))}
        if more <= found:
            return frozenset(each.value for each in found if isinstance(each, NamedNode))
        found |= more


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
