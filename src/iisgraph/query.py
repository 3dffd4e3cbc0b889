"""Ask a snapshot: what may be asked is evaluated, and written in the format asked for."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from iisgraph.engine import Answer, Clause
from iisgraph.errors import NotAcceptable
from iisgraph.formats import Format
from iisgraph.snapshot import Snapshot
from iisgraph.sparql import permit, require_prefixes, without_from


def answer(snapshot: Snapshot, sparql: str, clause: Clause | None = None) -> Answer:
    """Evaluate a query; a `clause` from the protocol replaces the query's own FROM.

    Raises:
        QueryError: if it is not SPARQL 1.1, with the place.
        QueryRefused: if it would write, or reach outside this snapshot.
    """
    chosen = permit(sparql, clause, snapshot.graphs)
    require_prefixes(sparql)
    text = without_from(sparql) if chosen else sparql
    return snapshot.engine.query(text, chosen)


@dataclass(frozen=True)
class Request:
    """A query with the formats that its asker takes, for either kind of answer."""

    sparql: str
    clause: Clause
    results: Format | None
    graph: Format | None


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


def reply(snapshot: Snapshot, sink: Sink, request: Request) -> Reply:
    """Evaluate and write an answer into a sink.

    Raises:
        QueryError, QueryRefused: as `answer`.
        NotAcceptable: if the asker takes no format for this kind of answer.
        QueryStopped: if the sink takes no more.
    """
    found = answer(snapshot, request.sparql, request.clause)
    chosen = request.graph if found.is_graph else request.results
    if chosen is None:
        kind = "a graph (Turtle, JSON-LD, …)" if found.is_graph else "results (JSON, CSV, …)"
        raise NotAcceptable(f"this query is answered by {kind}; ask for such a format")
    found.write(chosen.media_type, sink)
    return Reply(chosen, sink.taken())
