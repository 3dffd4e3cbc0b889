"""The nodes that a shape aims at (SHACL §2.1.3)."""

from collections.abc import Callable, Collection, Iterable, Iterator

from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.shacl.data import Data
from iisgraph.shacl.model import Shape
from iisgraph.vocab import TYPE


def focus_nodes(shape: Shape, data: Data, about: Collection[Term] | None = None) -> list[Term]:
    """The focus nodes of a shape, each once; with `about`, those among these nodes."""
    if about is None:
        return data.once(_all(shape, data))
    return list(filter(aims(shape, data), dict.fromkeys(about)))


def aims(shape: Shape, data: Data) -> Callable[[Term], bool]:
    """Tells of single nodes whether a shape aims at them."""
    targets = [_Aim(kind, value, data) for kind, value in shape.targets]
    return lambda node: any(target.meets(node) for target in targets)


def _all(shape: Shape, data: Data) -> Iterator[Term]:
    for kind, value in shape.targets:
        if kind == "targetNode":
            yield value
        elif kind == "targetClass":
            for each in data.subclasses(value):
                yield from _subjects(data.store.triples(None, NamedNode(TYPE), each))
        else:
            assert isinstance(value, NamedNode)
            yield from _ends(kind, value, data)


def _subjects(quads: Iterable[object]) -> Iterator[Term]:
    return (quad.subject for quad in quads)  # type: ignore[attr-defined]


def _ends(kind: str, predicate: NamedNode, data: Data) -> Iterator[Term]:
    for quad in data.store.triples(None, predicate):
        if kind == "targetSubjectsOf":
            yield quad.subject  # type: ignore[misc]  # RDF 1.1 has no triples as subjects
        elif isinstance(quad.object, Literal) and (quad.subject, predicate) in data.irregular:
            yield from data.values(quad.subject, predicate)  # type: ignore[arg-type]
        else:
            yield quad.object  # type: ignore[misc]


class _Aim:
    """One target, asked of single nodes."""

    def __init__(self, kind: str, value: Term, data: Data) -> None:
        self._kind = kind
        self._value = value
        self._data = data
        self._classes = set(data.subclasses(value)) if kind == "targetClass" else set()

    def meets(self, node: Term) -> bool:
        """Whether it aims at a node."""
        if self._kind == "targetNode":
            return node == self._value
        if self._kind == "targetClass":
            return any(each in self._classes for each in self._data.types(node))
        assert isinstance(self._value, NamedNode)
        if self._kind == "targetSubjectsOf":
            return any(True for _ in self._data.values(node, self._value))
        return any(True for _ in self._data.subjects(self._value, node))
