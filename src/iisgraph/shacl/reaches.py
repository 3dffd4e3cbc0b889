"""From which focus nodes a shape looks at a statement, and so is touched when it changes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from iisgraph.engine import Quad, Term
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.shacl.data import Data
from iisgraph.shacl.model import Shape, Shapes, referred
from iisgraph.shacl.paths import Path
from iisgraph.shacl.walking import turned, values_of
from iisgraph.vocab import TYPE

ANY: Final = ""
"""Stands for every predicate."""

_OF_VALUES: Final = frozenset(
    {"datatype", "nodeKind", "minCount", "maxCount", "minLength", "maxLength", "pattern"}
    | {"minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "languageIn"}
    | {"uniqueLang", "in", "hasValue"}
)
"""Constraints that look at the value nodes alone and at no statement of them."""

_COMPARED: Final = frozenset({"equals", "disjoint", "lessThan", "lessThanOrEquals"})
_NESTED: Final = frozenset(
    {"not", "and", "or", "xone", "node", "property", "qualifiedMinCount", "qualifiedMaxCount"}
)


@dataclass(frozen=True)
class Reach:
    """Statements with a predicate that a shape looks at.

    `path` leads from the focus node to their subject, or if `is_backwards` to their value;
    None if that is the focus node.
    """

    path: Path | None
    predicate: str
    is_backwards: bool = False

    def focus_nodes(self, changed: Quad, data: Data) -> Collection[Term]:
        """The nodes from which a statement that has come or gone is reached."""
        node = changed.object if self.is_backwards else changed.subject
        return [node] if self.path is None else values_of(turned(self.path), node, data)  # type: ignore[list-item, arg-type] # RDF 1.1


def reaches(shape: Shape, shapes: Shapes, answered: Collection[int]) -> Iterator[Reach]:
    """All that a shape with targets looks at; not what the constraints do that are `answered`.

    Raises:
        NotUnderstood: if a constraint may look at anything.
    """
    for kind, value in shape.targets:
        if kind == "targetClass":
            yield Reach(None, TYPE)
        elif kind != "targetNode":
            yield Reach(None, getattr(value, "value", ANY), kind == "targetObjectsOf")
    yield from _of_shape(shape, shapes, None, answered)


def _of_shape(
    shape: Shape, shapes: Shapes, base: Path | None, answered: Collection[int]
) -> Iterator[Reach]:
    values = base
    if shape.path is not None:
        yield from _of_path(shape.path, base)
        values = _joined(base, shape.path)
    for constraint in shape.constraints:
        if constraint.name == "class":
            yield Reach(values, TYPE)
        elif constraint.name in _COMPARED:
            yield Reach(base, constraint.value.value)
        elif constraint.name == "closed":
            yield Reach(values, ANY)
        elif constraint.name not in _OF_VALUES | _NESTED and id(constraint) not in answered:
            raise NotUnderstood(f"sh:{constraint.name} may look at anything")
    for node in referred(shape):
        yield from _of_shape(shapes[node], shapes, values, answered)


def _of_path(path: Path, base: Path | None) -> Iterator[Reach]:
    """The statements that a path goes along."""
    if path.iri:
        yield Reach(base, path.iri)
    elif path.sign == "^":
        (inner,) = path.parts
        if inner.iri:
            yield Reach(base, inner.iri, is_backwards=True)
        else:
            yield from _of_path(turned(inner), base)
    elif path.sign == "/":
        for part in path.parts:
            yield from _of_path(part, base)
            base = _joined(base, part)
    elif path.sign == "|":
        for part in path.parts:
            yield from _of_path(part, base)
    else:
        (inner,) = path.parts
        yield from _of_path(inner, _joined(base, Path("*", (inner,))))


def _joined(base: Path | None, path: Path) -> Path:
    return path if base is None else Path("/", (base, path))
