"""Ask a snapshot: what may be asked is evaluated, and written in the format asked for."""

import io
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from iisgraph.engine import Answer, Clause
from iisgraph.errors import AnswerTooLarge, NotAcceptable, QueryError
from iisgraph.formats import BOOLEANS, GRAPHS, RESULTS, Format
from iisgraph.mistakes import explained
from iisgraph.repair import repaired
from iisgraph.snapshot import Snapshot
from iisgraph.sparql import permit, require_prefixes, without_from

STATEMENTS: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
"""Asks for all statements of the graphs that a clause chooses."""


def answer(snapshot: Snapshot, sparql: str, clause: Clause | None = None) -> Answer:
    """Evaluate a query; a `clause` from the protocol replaces the query's own FROM.

    Raises:
        QueryError: if it is not SPARQL 1.1, with the place.
        QueryRefused: if it would write, or reach outside this snapshot.
    """
    try:
        return _found(snapshot, sparql, permit(sparql, clause, snapshot.graphs))
    except QueryError as error:
        raise explained(error, sparql) from None


def _found(snapshot: Snapshot, sparql: str, chosen: Clause) -> Answer:
    """Evaluate a query that may be asked, in whichever form the engine is quicker with."""
    require_prefixes(sparql)
    texts = [snapshot.rewriter.faster(repaired(sparql)), sparql]
    if chosen:  # of other graphs no figures are known
        texts = [without_from(repaired(sparql)), without_from(sparql)]
    first, last = texts
    if first != last:
        with suppress(QueryError):  # its mistakes are told of the text that was asked
            return snapshot.engine.query(first, chosen)
    return snapshot.engine.query(last, chosen)


@dataclass(frozen=True)
class Request:
    """A query with the formats that its asker takes, for each kind of answer."""

    sparql: str
    clause: Clause
    results: Format | None
    graph: Format | None
    boolean: Format | None = BOOLEANS[0]


@dataclass(frozen=True)
class Reply:
    """An answer as bytes, or as whatever a sink has made of them."""

    format: Format
    body: Any

    def with_body(self, body: Any) -> "Reply":
        """The same answer with another form of its bytes."""
        return replace(self, body=body)


class Sink(Protocol):
    """Takes an answer piece by piece, and gives back what holds all of it."""

    def write(self, part: bytes, /) -> int:
        """Take a piece; may raise QueryStopped where there is too much."""
        ...

    def taken(self) -> Any:
        """What holds all that was written."""
        ...


class Held(io.BytesIO):
    """A sink in memory, of at most so many MiB."""

    def __init__(self, megabytes: int) -> None:
        super().__init__()
        self._most = megabytes * 2**20

    def write(self, part: Any, /) -> int:
        """Take a piece.

        Raises:
            AnswerTooLarge: if the answer grows too large.
        """
        if self.tell() + len(part) > self._most:
            raise AnswerTooLarge(f"the answer is larger than {self._most >> 20} MiB; add a LIMIT")
        return super().write(part)

    def taken(self) -> bytes:
        """All that was written."""
        return self.getvalue()


def reply(snapshot: Snapshot, sink: Sink, request: Request) -> Reply:
    """Evaluate and write an answer into a sink.

    Raises:
        QueryError, QueryRefused: as `answer`.
        NotAcceptable: if the asker takes no format for this kind of answer.
        QueryStopped: if the sink takes no more.
    """
    found = answer(snapshot, request.sparql, request.clause)
    chosen = _fitting(found, request)
    found.write(chosen.media_type, sink)
    return Reply(chosen, sink.taken())


def _fitting(found: Answer, request: Request) -> Format:
    """The format that the asker takes for this kind of answer."""
    if found.is_graph:
        kind, chosen, offered = "a graph", request.graph, GRAPHS
    elif found.is_boolean:
        kind, chosen, offered = "true or false", request.boolean, BOOLEANS
    else:
        kind, chosen, offered = "a table", request.results, RESULTS
    if chosen is None:
        names = ", ".join(f"{f.names[0]} ({f.media_type})" for f in offered)
        raise NotAcceptable(f"this query is answered by {kind}; offered are: {names}")
    return chosen
