"""Judges one node by one shape, exactly as the specification says (SHACL §3.4, §4)."""

from collections.abc import Iterator, Sequence

from iisgraph.engine import Literal, Node, Term
from iisgraph.shacl.asking import Asker
from iisgraph.shacl.cases import Case, Fault
from iisgraph.shacl.checks import CHECKS
from iisgraph.shacl.data import Data
from iisgraph.shacl.demands import Constraint, Qualified
from iisgraph.shacl.messages import filled, standard
from iisgraph.shacl.model import Shape, Shapes
from iisgraph.shacl.results import Result, in_order
from iisgraph.shacl.walking import values_of


class Judge:
    """Judges nodes of data by shapes, and remembers which conform."""

    def __init__(self, shapes: Shapes, data: Data) -> None:
        self.shapes = shapes
        self.data = data
        self.asker = Asker(shapes, data)
        self._conforming: dict[tuple[Node, Term], bool] = {}
        self._classes: dict[Term, frozenset[Term]] = {}

    def results(
        self, shape: Shape, focus: Term, answered: frozenset[int] = frozenset()
    ) -> Iterator[Result]:
        """The results of a shape for one focus node.

        Constraints whose id is in `answered` are left out, in the property shapes of a
        node shape too: their queries are asked elsewhere.
        """
        if shape.deactivated:
            return
        values = [focus] if shape.path is None else values_of(shape.path, focus, self.data)
        case = Case(shape, focus, values)
        for constraint in shape.constraints:
            if id(constraint) in answered:
                continue
            if constraint.name == "property":
                inner = answered if shape.path is None else frozenset[int]()
                for value in values:
                    yield from self.results(self.shapes[constraint.value], value, inner)
                continue
            for fault in CHECKS[constraint.name](self, constraint, case):
                yield self.result(constraint, case, fault)

    def conforms(self, node: Node, value: Term) -> bool:
        """Whether a value conforms to the shape of a node."""
        key = (node, value)
        if key not in self._conforming:
            first = next(self.results(self.shapes[node], value), None)
            self._conforming[key] = first is None
        return self._conforming[key]

    def details(self, nodes: Sequence[Node], value: Term) -> tuple[Result, ...]:
        """The results of shapes for a value, sorted."""
        found = (each for node in nodes for each in self.results(self.shapes[node], value))
        return in_order(found, self.shapes.quads)

    def classes(self, parent: Term) -> frozenset[Term]:
        """A class and all below it."""
        if parent not in self._classes:
            self._classes[parent] = frozenset(self.data.subclasses(parent))
        return self._classes[parent]

    def result(self, constraint: Constraint, case: Case, fault: Fault) -> Result:
        """What a report says of a fault."""
        return Result(
            focus=case.focus,
            path=fault.path or case.shape.path,
            value=fault.value,
            shape=case.shape.node,
            component=constraint.component,
            constraint=constraint.source,
            severity=case.shape.severity,
            messages=_messages(constraint, case, fault),
            details=fault.details,
        )


def _messages(constraint: Constraint, case: Case, fault: Fault) -> tuple[Literal, ...]:
    """The messages of the constraint, of the shape, or one of ours, placeholders filled in."""
    known: dict[str, Term | str] = {"this": case.focus}
    if case.shape.path is not None:
        known["PATH"] = str(case.shape.path)
    if fault.value is not None:
        known["value"] = fault.value
    own: Sequence[Literal] = ()
    if constraint.name == "sparql":
        own = constraint.value.messages
    elif constraint.name == "custom":
        query, bindings = constraint.value
        own = query.messages
        known |= bindings
    else:
        known |= {constraint.name: _told(constraint)}
    if fault.row:
        known |= fault.row
        if isinstance(said := fault.row.get("message"), Literal):
            return (said,)
    found = own or case.shape.messages or standard(constraint)
    return tuple(filled(message, known) for message in found)


def _told(constraint: Constraint) -> str:
    value = constraint.value
    if isinstance(value, Qualified):
        return str(value.count)
    if isinstance(value, tuple):
        return " ".join(getattr(each, "value", str(each)) for each in value)
    return str(getattr(value, "value", value))
