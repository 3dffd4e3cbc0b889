"""Shapes as the specification defines them (SHACL §2): what they aim at and what they demand.

Read from a shapes graph, whole or not at all: what is ill-formed or not understood is
refused, for a constraint that is skipped passes by accident.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from iisgraph.engine import Literal, NamedNode, Node, Quad, Term
from iisgraph.errors import ShapesError
from iisgraph.shacl.demands import (
    CONSTRAINTS,
    SHAPE_LISTS,
    SHAPES,
    Constraint,
    Demands,
    Qualified,
)
from iisgraph.shacl.described import below, described, flag, messages_of, name, one
from iisgraph.shacl.paths import Path, read_path
from iisgraph.shacl.results import VIOLATION
from iisgraph.vocab import OWL, RDFS, SH, TYPE

TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_SAYINGS: Final = frozenset(
    {"path", "severity", "message", "deactivated", "name", "description", "order", "group"}
    | {"defaultValue", "prefixes", "declare", "select"}
)
_OF_INFERENCE: Final = frozenset({"rule", "values"})
"""They say what follows, and judge nothing (SHACL Advanced Features)."""

_KNOWN: Final = CONSTRAINTS | frozenset(TARGETS) | _SAYINGS | _OF_INFERENCE


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


class Shapes:
    """The shapes of a shapes graph: those with targets, and those that they refer to.

    Raises:
        ShapesError: at once, if one of them cannot be judged by.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads = list(quads)
        self.graph = described(self.quads)
        self._demands = Demands(self.graph)
        self._shapes: dict[Node, Shape] = {}
        self._refuse_entailment()
        self._classes = below(NamedNode(RDFS + "Class"), self.graph) | {NamedNode(OWL + "Class")}
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
            self._refuse_kinds(shape)
            self._shapes[node] = shape
        return self._shapes[node]

    def _refuse_kinds(self, shape: Shape) -> None:
        """Refuse a node shape where a property shape is due, and the other way round (§4.7)."""
        for each in shape.constraints:
            if each.name in ("node", "property"):
                is_property = self._shapes[each.value].path is not None
                if is_property != (each.name == "property"):
                    kind = "a property shape" if is_property else "no property shape"
                    raise ShapesError(f"{name(shape.node)}: the value of sh:{each.name} is {kind}")

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
        severity = one(node, "severity", self.graph)
        if severity is not None and not isinstance(severity, NamedNode):
            raise ShapesError(f"{name(node)}: sh:severity must be an IRI")
        return Shape(
            node=node,
            path=path,
            severity=severity or VIOLATION,
            messages=messages_of(node, self.graph),
            deactivated=flag(node, "deactivated", self.graph),
            targets=tuple(self._targets(node)),
            constraints=tuple(self._demands.of(node, path)),
        )

    def _has_target(self, node: Node) -> bool:
        return any(SH + kind in self.graph[node] for kind in TARGETS) or self._is_class(node)

    def _is_class(self, node: Node) -> bool:
        """Whether a shape is a class too, and so its own target (§2.1.3.3)."""
        types = set(self.graph[node].get(TYPE, ()))
        is_shape = types & {NamedNode(SH + "NodeShape"), NamedNode(SH + "PropertyShape")}
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


def referred(shape: Shape) -> Iterator[Node]:
    """The nodes of the shapes that a shape refers to."""
    for constraint in shape.constraints:
        if constraint.name in SHAPES:
            yield constraint.value
        elif constraint.name in SHAPE_LISTS:
            yield from constraint.value
        elif isinstance(constraint.value, Qualified):
            yield constraint.value.shape
            yield from constraint.value.siblings
