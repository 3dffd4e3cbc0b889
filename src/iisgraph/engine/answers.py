"""What a query gave: read from the engine, and written."""

import io
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final, TypeAlias

import pyoxigraph as ox
from pyoxigraph import RdfFormat, Triple

from iisgraph.engine.documents import Term, once, order, write

Row: TypeAlias = Mapping[str, Term]

SORTED: Final = 20_000
"""Triples up to which the answer to a CONSTRUCT or DESCRIBE is sorted."""


class Answer:
    """What a query gave: bindings, a boolean, or a graph. Can be read once."""

    def __init__(self, result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> None:
        self._result = result

    @classmethod
    def read(cls, media_type: str, body: bytes) -> "Answer":
        """The answer that an endpoint sent, as SPARQL JSON or as N-Triples.

        Raises:
            SyntaxError, ValueError: if it is not what its media type says.
        """
        if media_type == "application/n-triples":
            store = ox.Store()
            store.load(body, format=RdfFormat.N_TRIPLES)
            return cls(store.query("CONSTRUCT WHERE { ?s ?p ?o }"))
        return cls(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))

    @property
    def is_graph(self) -> bool:
        """True after CONSTRUCT and DESCRIBE."""
        return isinstance(self._result, ox.QueryTriples)

    @property
    def is_boolean(self) -> bool:
        """True after ASK."""
        return isinstance(self._result, ox.QueryBoolean)

    @property
    def variables(self) -> list[str]:
        """Projected variables in order, without `?`; empty for a boolean or a graph."""
        if not isinstance(self._result, ox.QuerySolutions):
            return []
        return [variable.value for variable in self._result.variables]

    def rows(self) -> Iterator[Row]:
        """One mapping of variable to term for each solution; unbound ones are left out."""
        if not isinstance(self._result, ox.QuerySolutions):
            raise TypeError("only a SELECT answer has rows")
        names = self.variables
        for solution in self._result:
            yield {n: t for n in names if not isinstance(t := solution[n], Triple | None)}

    def triples(self) -> Iterator[Triple]:
        """The triples of a graph, in no order."""
        if not isinstance(self._result, ox.QueryTriples):
            raise TypeError("only a CONSTRUCT or DESCRIBE answer has triples")
        return iter(self._result)

    def __bool__(self) -> bool:
        """The boolean of an ASK answer."""
        if not isinstance(self._result, ox.QueryBoolean):
            raise TypeError("only an ASK answer is a boolean")
        return bool(self._result)

    def serialize(self, media_type: str) -> bytes:
        """The whole answer in `media_type`, as `write` writes it."""
        output = io.BytesIO()
        self.write(media_type, output)
        return output.getvalue()

    def write(self, media_type: str, output: Any) -> None:
        """Write the whole answer in `media_type`, piece by piece.

        A graph has each triple once, sorted if there are no more than SORTED.

        Raises:
            ValueError: if the media type does not fit the kind of answer.
        """
        if not isinstance(self._result, ox.QueryTriples):
            form = ox.QueryResultsFormat.from_media_type(media_type)
            if form is None:
                raise ValueError(f"{media_type} is no media type of results")
            self._result.serialize(output, format=form)
            return
        distinct = once(self._result)
        first = list(islice(distinct, SORTED + 1))
        if len(first) > SORTED:
            write(chain(first, distinct), media_type, output)
        else:
            write(sorted(first, key=order), media_type, output)
