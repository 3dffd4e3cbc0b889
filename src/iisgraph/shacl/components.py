"""Constraint components that a shapes graph declares in SPARQL (SHACL §6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from iisgraph.engine import Literal, NamedNode, Node, Term
from iisgraph.errors import ShapesError
from iisgraph.shacl.described import Described, below
from iisgraph.shacl.queries import Query, read_query
from iisgraph.vocab import SH, TYPE, shorten

_COMPONENT: Final = SH + "ConstraintComponent"
Bindings = Mapping[str, Term]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a component: its predicate, the variable it binds, whether it may lack."""

    predicate: str
    variable: str
    optional: bool


@dataclass(frozen=True)
class Component:
    """A constraint component; a validator is None where there is none of its kind."""

    node: NamedNode
    parameters: tuple[Parameter, ...]
    ask: Query | None
    node_select: Query | None
    property_select: Query | None

    def validator(self, *, is_property: bool) -> Query:
        """The query that judges by it (§6.2.3).

        Raises:
            ShapesError: if the component has none for such a shape.
        """
        found = (self.property_select if is_property else self.node_select) or self.ask
        if found is None:
            kind = "property" if is_property else "node"
            raise ShapesError(f"{shorten(self.node.value)} has no validator for {kind} shapes")
        return found


def components(graph: Described) -> tuple[Component, ...]:
    """The components that a shapes graph declares, sorted.

    Raises:
        ShapesError: if one is ill-formed, or its validator is not in SPARQL.
    """
    kinds = below(NamedNode(_COMPONENT), graph)
    nodes = [node for node, own in graph.items() if set(own.get(TYPE, ())) & kinds]
    found = [_component(node, graph) for node in nodes if isinstance(node, NamedNode)]
    return tuple(sorted(found, key=lambda each: each.node.value))


def parameters_of(node: Node, component: Component, graph: Described) -> Iterator[Bindings]:
    """What a shape gives to a component, once for each combination; nothing if it lacks any."""
    own = graph.get(node, {})
    if not any(each.predicate in own for each in component.parameters if not each.optional):
        return
    given: list[list[tuple[str, Term]]] = []
    for parameter in component.parameters:
        values = own.get(parameter.predicate, ())
        if not values and not parameter.optional:
            return
        if values:
            given.append([(parameter.variable, value) for value in values])
    if [values for values in given if len(values) > 1] and len(given) > 1:
        raise ShapesError(
            f"{shorten(component.node.value)} has more than one value of a parameter (§6.2.1)"
        )
    yield from (dict(combination) for combination in product(*given))


def _component(node: NamedNode, graph: Described) -> Component:
    own = graph[node]
    parameters = tuple(_parameters(own.get(SH + "parameter", ()), graph))
    if all(each.optional for each in parameters):
        raise ShapesError(f"{shorten(node.value)} has no mandatory parameter (§6.2.1)")
    bound = ("this", "value", *(each.variable for each in parameters))

    def query(kind: str, form: str) -> Query | None:
        values: Sequence[Term] = own.get(SH + kind, ())
        if not values:
            return None
        if isinstance(values[0], Literal):
            raise ShapesError(f"{shorten(node.value)}: sh:{kind} must not be a literal")
        names = bound if form == "ask" else ("this", *bound[2:])
        return read_query(values[0], form, graph, names)

    return Component(
        node=node,
        parameters=parameters,
        ask=query("validator", "ask"),
        node_select=query("nodeValidator", "select"),
        property_select=query("propertyValidator", "select"),
    )


def _parameters(nodes: Sequence[Term], graph: Described) -> Iterator[Parameter]:
    for node in nodes:
        own = {} if isinstance(node, Literal) else graph.get(node, {})
        paths = own.get(SH + "path", ())
        if len(paths) != 1 or not isinstance(paths[0], NamedNode):
            raise ShapesError(f"{node} is a parameter without an IRI as sh:path (§6.2.1)")
        iri = paths[0].value
        optional = any(
            isinstance(each, Literal) and each.value in ("true", "1")
            for each in own.get(SH + "optional", ())
        )
        variable = iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]
        yield Parameter(iri, variable, optional)
