"""Property paths of SHACL (§2.3.1): read from a shapes graph, written as SPARQL or as RDF."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from iisgraph.engine import BlankNode, Literal, NamedNode, Node, Term
from iisgraph.errors import ShapesError
from iisgraph.shacl.described import Described, members
from iisgraph.vocab import FIRST, NIL, REST, SH

_SIGNS: Final = {
    SH + "alternativePath": "|",
    SH + "inversePath": "^",
    SH + "zeroOrMorePath": "*",
    SH + "oneOrMorePath": "+",
    SH + "zeroOrOnePath": "?",
}
_NAMES: Final = {sign: NamedNode(iri) for iri, sign in _SIGNS.items()}


@dataclass(frozen=True)
class Path:
    """A predicate, or a sign of SPARQL (`/ | ^ * + ?`) and the paths that it works on."""

    sign: str
    parts: tuple["Path", ...] = ()
    iri: str = ""

    @property
    def predicate(self) -> str | None:
        """The IRI of a path that is one predicate, else None."""
        return self.iri or None

    @cached_property
    def node(self) -> NamedNode:
        """The predicate as a term."""
        return NamedNode(self.iri)

    @property
    def predicates(self) -> frozenset[str]:
        """The IRIs of all predicates in it."""
        own = {self.iri} if self.iri else set()
        return frozenset(own).union(*(part.predicates for part in self.parts))

    @property
    def can_be_empty(self) -> bool:
        """Whether it leads from a node to itself by no statement."""
        if self.sign in ("*", "?"):
            return True
        every = all if self.sign == "/" else any
        return bool(self.parts) and every(part.can_be_empty for part in self.parts)

    def __str__(self) -> str:
        """The path as SPARQL text."""
        if self.iri:
            return f"<{self.iri}>"
        inner = [str(part) for part in self.parts]
        if self.sign in "/|":
            return f"({self.sign.join(inner)})"
        return f"(^{inner[0]})" if self.sign == "^" else f"({inner[0]}){self.sign}"


def predicate(iri: str) -> Path:
    """The path that is one predicate."""
    return Path("", (), iri)


def read_path(node: Term, graph: Described) -> Path:
    """The path that a value of `sh:path` describes.

    Raises:
        ShapesError: if it is not well formed (§2.3.1), or contains itself.
    """
    return _read(node, graph, ())


def _read(node: Term, graph: Described, above: tuple[Term, ...]) -> Path:
    if isinstance(node, NamedNode) and node.value != NIL:
        return predicate(node.value)
    if isinstance(node, Literal) or node in above:
        raise ShapesError(f"{node} is not a well-formed property path")
    within = (*above, node)
    described = graph.get(node, {})
    if FIRST in described:
        parts = tuple(_read(item, graph, within) for item in members(node, graph))
        return _joined("/", parts, node)
    found = [(sign, value) for iri, sign in _SIGNS.items() for value in described.get(iri, ())]
    if len(found) != 1:
        raise ShapesError(f"{node} is not a well-formed property path")
    sign, value = found[0]
    if sign == "|":
        parts = tuple(_read(item, graph, within) for item in members(value, graph))
        return _joined("|", parts, node)
    return Path(sign, (_read(value, graph, within),))


def _joined(sign: str, parts: tuple[Path, ...], node: Term) -> Path:
    if len(parts) < 2:
        raise ShapesError(f"{node} is not a well-formed property path: it has too few members")
    return Path(sign, parts)


def written(
    path: Path, name: Callable[[], BlankNode]
) -> tuple[Node, Iterator[tuple[Node, NamedNode, Term]]]:
    """The node that stands for a path, and the triples that say what it is.

    `name` gives new blank nodes.
    """
    found: list[tuple[Node, NamedNode, Term]] = []
    return _write(path, name, found), iter(found)


def _write(
    path: Path, name: Callable[[], BlankNode], found: list[tuple[Node, NamedNode, Term]]
) -> Node:
    if path.iri:
        return path.node
    if path.sign == "/":
        return _write_list(path.parts, name, found)
    node = name()
    if path.sign == "|":
        found.append((node, _NAMES["|"], _write_list(path.parts, name, found)))
    else:
        found.append((node, _NAMES[path.sign], _write(path.parts[0], name, found)))
    return node


def _write_list(
    parts: Sequence[Path],
    name: Callable[[], BlankNode],
    found: list[tuple[Node, NamedNode, Term]],
) -> Node:
    cells: list[Node] = [name() for _ in parts]
    for cell, following, part in zip(cells, [*cells[1:], NamedNode(NIL)], parts, strict=True):
        found.append((cell, NamedNode(FIRST), _write(part, name, found)))
        found.append((cell, NamedNode(REST), following))
    return cells[0]
