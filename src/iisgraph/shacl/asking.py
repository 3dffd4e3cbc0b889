"""Asks the queries of shapes with what is bound before (SHACL §5.3, appendix A)."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from iisgraph.engine import NamedNode, Row, Term
from iisgraph.errors import QueryError, ShapesError
from iisgraph.shacl.data import Data, Found, Store
from iisgraph.shacl.described import name
from iisgraph.shacl.model import Shape, Shapes
from iisgraph.shacl.prebinding import at_heads, functions, in_place
from iisgraph.shacl.queries import Query

_SHAPES: Final = NamedNode("urn:iisgraph:shapes-graph")


class Asker:
    """Asks queries of data, with the shapes in a graph beside it for those that want them."""

    def __init__(self, shapes: Shapes, data: Data) -> None:
        self._shapes = shapes
        self._data = data

    def rows(
        self, query: Query, shape: Shape, focus: Term, bindings: Mapping[str, Term]
    ) -> Iterator[Row]:
        """The solutions of a SELECT query, each of which is a fault; those alike once.

        Raises:
            ShapesError: if the query cannot be evaluated, or says that it failed.
        """
        seen: set[tuple[tuple[str, Term], ...]] = set()
        for row in self._asked(query, shape, focus, bindings).rows():
            if getattr(row.get("failure"), "value", "") in ("true", "1"):
                raise ShapesError(f"{name(query.node)}: the query reports a failure (§5.3.2)")
            key = tuple(sorted(row.items()))
            if key not in seen:
                seen.add(key)
                yield {"this": focus, **row}

    def holds(self, query: Query, shape: Shape, focus: Term, bindings: Mapping[str, Term]) -> bool:
        """The answer to an ASK query.

        Raises:
            ShapesError: if the query cannot be evaluated.
        """
        return bool(self._asked(query, shape, focus, bindings))

    def _asked(
        self, query: Query, shape: Shape, focus: Term, bindings: Mapping[str, Term]
    ) -> Found:
        given = self._bindings(query, shape, focus, bindings)
        iris = {each: term for each, term in given.items() if isinstance(term, NamedNode)}
        others = {each: term for each, term in given.items() if each not in iris}
        text = in_place(self._text(query, shape), iris)
        try:
            if not others:
                return self._store(query).query(text)
            return self._store(query).query_with(at_heads(text, others), functions(others))
        except QueryError as error:
            raise ShapesError(f"{name(query.node)}: {error}") from None

    def _text(self, query: Query, shape: Shape) -> str:
        return query.with_path(str(shape.path)) if shape.path is not None else query.text

    def _bindings(
        self, query: Query, shape: Shape, focus: Term, bindings: Mapping[str, Term]
    ) -> dict[str, Term]:
        special = {"shapesGraph": _SHAPES, "currentShape": shape.node}
        given = {"this": focus, **bindings}
        return given | {n: term for n, term in special.items() if query.names(n)}

    def _store(self, query: Query) -> Store:
        return self._beside if query.names("shapesGraph") else self._data.store

    @cached_property
    def _beside(self) -> Store:
        return self._data.store.beside(_SHAPES, self._shapes.quads)
