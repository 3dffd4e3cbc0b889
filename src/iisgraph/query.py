"""Ask a snapshot: what may be asked is evaluated, and written in the format asked for."""

from contextlib import suppress
from dataclasses import dataclass

from iisgraph.engine import Answer, Clause
from iisgraph.errors import NotAcceptable, QueryError, QueryStopped
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
    if chosen:
        return snapshot.engine.query(without_from(sparql), chosen)
    quicker = snapshot.rewriter.faster(sparql)
    if quicker is not sparql:
        with suppress(QueryError):  # its mistakes are told of the text that was asked
            return snapshot.engine.query(quicker)
    return snapshot.engine.query(sparql)


@dataclass(frozen=True)
class Request:
    """A query with the formats that its asker takes, for either kind of answer."""

    sparql: str
    clause: Clause
    results: Format | None
    graph: Format | None


@dataclass(frozen=True)
class Reply:
    """An answer as bytes."""

    format: Format
    body: bytes


def reply(snapshot: Snapshot, request: Request, megabytes: int) -> Reply:
    """Evaluate and write an answer of at most so many MiB.

    Raises:
        QueryError, QueryRefused: as `answer`.
        NotAcceptable: if the asker takes no format for this kind of answer.
        QueryStopped: if the answer is larger.
    """
    found = answer(snapshot, request.sparql, request.clause)
    chosen = request.graph if found.is_graph else request.results
    if chosen is None:
        kind = "a graph (Turtle, JSON-LD, …)" if found.is_graph else "results (JSON, CSV, …)"
        raise NotAcceptable(f"this query is answered by {kind}; ask for such a format")
    body = found.serialize(chosen.media_type)
    if len(body) > megabytes * 2**20:
        raise QueryStopped(f"the answer is larger than {megabytes} MiB; add a LIMIT")
    return Reply(chosen, body)
