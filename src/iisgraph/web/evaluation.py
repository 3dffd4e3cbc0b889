"""What a query process does for a request: the answer, and what was asked for beside it."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from iisgraph import diagnose, diff, federation, moment, provenance, query
from iisgraph.archives import Archive
from iisgraph.diff import Difference
from iisgraph.endpoints import Address
from iisgraph.errors import NotAcceptable, QueryStopped, SourceError
from iisgraph.federation import Ask
from iisgraph.formats import RESULTS
from iisgraph.moment import Certainty
from iisgraph.query import Reply, Request, Sink
from iisgraph.questions import Question
from iisgraph.snapshot import Snapshot
from iisgraph.workers import reaching_out

CERTAINTIES: Final = tuple(each.value for each in Certainty)
_JSON: Final = RESULTS[0]
EMPTY: Final = b'"bindings":[]}}'
"""How an answer without rows ends in JSON; it deserves to be told why."""


@dataclass(frozen=True)
class Wanted:
    """A query with what is wanted beside its answer.

    `as_of` is a day, or blank for the graph as it is, `release` the hash of the release
    that it must be of, or blank for the one that is served; `explained` asks for remarks even
    if there are rows; `calls_out` tells that the query has a SERVICE that may be allowed.
    """

    request: Request
    as_of: str = ""
    certainty: str = Certainty.CERTAIN.value
    release: str = ""
    traced: bool = False
    explained: bool = False
    calls_out: bool = False


@dataclass(frozen=True)
class View:
    """A graph that is not the one that is served: of an old release, or as of another day."""

    release: str = ""
    day: date | None = None
    certainty: str = Certainty.CERTAIN.value


@dataclass(frozen=True)
class Since:
    """Asks the view of an old release what has changed from it to the one that is served."""


def evaluator(
    snapshot: Snapshot, prefixes: Sequence[Address] = (), seconds: float = 0
) -> Callable[[Sink, Wanted], Reply]:
    """The function of a query process.

    A query that `calls_out` may call what is below the prefixes, each endpoint for so
    many seconds at most; the process must be one that can be `reaching_out`.
    """
    ask = federation.remote(seconds)

    def evaluate(sink: Sink, wanted: Wanted) -> Reply:
        if wanted.calls_out:
            with reaching_out():
                wanted = _localised(snapshot, wanted, prefixes, ask)
        if wanted.traced:
            return _traced(snapshot, sink, wanted)
        return _remarked(snapshot, query.reply(snapshot, sink, wanted.request), wanted)

    return evaluate


def views(
    snapshot: Snapshot, archives: Mapping[str, Archive], questions: Iterable[Question] = ()
) -> Callable[[View], Callable[[Sink, Wanted | Since], Reply | Difference]]:
    """What makes a view of a snapshot or of an old release, and the function for it.

    By the questions an old release is compared with the snapshot.
    """

    def make(view: View) -> Callable[[Sink, Wanted | Since], Reply | Difference]:
        seen = _loaded(archives[view.release]) if view.release else snapshot
        if view.day:
            seen = moment.as_of(seen, view.day, Certainty(view.certainty))
        seen.prepare()
        return _comparing(seen, snapshot, questions)

    return make


def _comparing(
    old: Snapshot, new: Snapshot, questions: Iterable[Question]
) -> Callable[[Sink, Wanted | Since], Reply | Difference]:
    """The function of a query process that can compare besides."""
    evaluate = evaluator(old)

    def either(sink: Sink, wanted: Wanted | Since) -> Reply | Difference:
        if isinstance(wanted, Since):
            return diff.diff(old, new, questions)
        return evaluate(sink, wanted)

    return either


def _loaded(archive: Archive) -> Snapshot:
    """The snapshot of an archive; why there is none is for the operator to read and mend."""
    try:
        return archive.load()
    except SourceError as error:
        sys.stderr.write(f"release {archive.release} is not served: {error}\n")
        sys.stderr.flush()  # this process ends at once
        raise QueryStopped("the archive of this release is broken; the log says why") from None


def _localised(snapshot: Snapshot, wanted: Wanted, prefixes: Sequence[Address], ask: Ask) -> Wanted:
    """The same with the answers of other endpoints in the query."""
    request = wanted.request
    found = federation.localised(request.sparql, request.clause, snapshot.graphs, prefixes, ask)
    return replace(wanted, request=replace(request, sparql=found))


def _traced(snapshot: Snapshot, sink: Sink, wanted: Wanted) -> Reply:
    """The rows with their sources; in JSON a key of each row, else a column."""
    request = wanted.request
    if request.results is None:
        raise NotAcceptable("sources are told beside rows: ask for JSON, XML, CSV or TSV")
    traced = provenance.trace(snapshot, request.sparql, request.clause)
    if wanted.calls_out:
        traced = traced.with_gap("what another endpoint says")
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
