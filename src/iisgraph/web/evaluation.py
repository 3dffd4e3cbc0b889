"""What a query process does for a request: the answer, and what was asked for beside it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iisgraph import diagnose, moment, provenance, query
from iisgraph.errors import NotAcceptable
from iisgraph.formats import RESULTS
from iisgraph.moment import Certainty, Moments
from iisgraph.query import Reply, Request, Sink
from iisgraph.snapshot import Snapshot

CERTAINTIES: Final = tuple(each.value for each in Certainty)
_JSON: Final = RESULTS[0]
EMPTY: Final = b'"bindings":[]}}'
"""How an answer without rows ends in JSON; it deserves to be told why."""


@dataclass(frozen=True)
class Wanted:
    """A query with what is wanted beside its answer.

    `as_of` is a day, or blank for the graph as it is; `explained` asks for remarks even
    if there are rows.
    """

    request: Request
    as_of: str = ""
    certainty: str = Certainty.CERTAIN.value
    traced: bool = False
    explained: bool = False


def evaluator(snapshot: Snapshot, megabytes: int) -> Callable[[Sink, Wanted], Reply]:
    """The function of a query process; views of other days take at most so many MiB."""
    moments = Moments(snapshot, megabytes)

    def evaluate(sink: Sink, wanted: Wanted) -> Reply:
        seen = snapshot
        if wanted.as_of:
            seen = moments.at(moment.day_of(wanted.as_of), Certainty(wanted.certainty))
        if wanted.traced:
            return _traced(seen, sink, wanted.request)
        return _remarked(seen, query.reply(seen, sink, wanted.request), wanted)

    return evaluate


def _traced(snapshot: Snapshot, sink: Sink, request: Request) -> Reply:
    """The rows with their sources; in JSON a key of each row, else a column."""
    if request.results is None:
        raise NotAcceptable("sources are told beside rows: ask for JSON, XML, CSV or TSV")
    traced = provenance.trace(snapshot, request.sparql, request.clause)
    sink.write(provenance.serialize(traced, request.results))
    return Reply(request.results, sink.taken())


def _remarked(snapshot: Snapshot, reply: Reply, wanted: Wanted) -> Reply:
    """The answer with remarks in its head: why it is empty, and on demand what is odd."""
    body, asked = reply.body, wanted.request
    if reply.format != _JSON or not isinstance(body, bytes):
        return reply
    notes: list[diagnose.Note] = []
    if wanted.explained:
        notes += diagnose.remarks(snapshot, asked.sparql, asked.clause)
    if body.endswith(EMPTY):
        notes += diagnose.why_empty(snapshot, asked.sparql, asked.clause)
    return reply.with_body(_with_head(body, notes)) if notes else reply


def _with_head(body: bytes, notes: Sequence[diagnose.Note]) -> bytes:
    found: dict[str, Any] = json.loads(body)
    found["head"]["warnings"] = [note.as_json() for note in notes]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
