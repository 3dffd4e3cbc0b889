"""Targets of SHACL's Advanced Features (§3.1): a query finds the nodes, and they are named."""

from collections.abc import Iterator, Sequence
from typing import Final

from iisgraph.coverage import Shapes
from iisgraph.engine import BlankNode, Literal, NamedNode, Quad
from iisgraph.errors import QueryError, ShapesError
from iisgraph.shacl import Data
from iisgraph.sparql import permit, tokens_of
from iisgraph.vocab import SH, shorten

_TARGET: Final = SH + "target"
_SELECT: Final = SH + "select"
_NODE: Final = NamedNode(SH + "targetNode")


def aimed(shapes: Sequence[Quad], data: Data, known: Shapes) -> list[Quad]:
    """A shapes graph in which the nodes that target queries find are targets by name.

    `known` are these shapes.

    Raises:
        ShapesError: if a target is of a type of its own, or its query is none.
    """
    kept = (quad for quad in shapes if quad.predicate.value != _TARGET)
    return [*kept, *_found(shapes, data, known)]


def _found(shapes: Sequence[Quad], data: Data, known: Shapes) -> Iterator[Quad]:
    texts = {quad.subject: quad.object for quad in shapes if quad.predicate.value == _SELECT}
    for quad in shapes:
        if quad.predicate.value == _TARGET:
            text = texts.get(quad.object)  # type: ignore[arg-type] # RDF 1.1
            if not isinstance(text, Literal):
                told = shorten(str(quad.subject)[1:-1])
                raise ShapesError(f"{told}: a sh:target without sh:select is not supported")
            yield from _nodes(quad, text.value, data, known)


def _nodes(quad: Quad, text: str, data: Data, known: Shapes) -> Iterator[Quad]:
    """The targets that a query finds as `?this`."""
    try:
        permit(text, None, ())
        rows = data.store.query(_declared(text, known) + text).rows()
    except (QueryError, TypeError) as error:
        raise ShapesError(f"{quad.subject}: the query of its target: {error}") from None
    for row in rows:
        node = row.get("this")
        if isinstance(node, NamedNode | BlankNode | Literal):
            yield Quad(quad.subject, _NODE, node, quad.graph_name)


def _declared(text: str, known: Shapes) -> str:
    """The prologue of a query: the prefixes that it uses and that `sh:declare` declares."""
    used = {token.text.partition(":")[0] for token in tokens_of(text) if token.kind == "name"}
    prefixes = known.prefixes.items()
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in prefixes if name in used)
