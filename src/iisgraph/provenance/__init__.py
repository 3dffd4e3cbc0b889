"""The sources of each row of an answer.

Every solution behind a row is evaluated again with all its variables, each triple
pattern is filled in from it, and the named graphs that hold the triple are the
records that say so. What a rule derived is followed to what the rule rests on.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from iisgraph import query
from iisgraph.engine import Answer, Clause, Term
from iisgraph.errors import QueryError
from iisgraph.formats import RESULTS, Format
from iisgraph.patterns.parse import read
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.provenance.footing import Footing, Statement, follow
from iisgraph.provenance.plan import plan
from iisgraph.provenance.rules import Rules
from iisgraph.provenance.sources import Source, Sources, through
from iisgraph.snapshot import Snapshot
from iisgraph.sparql import permit, without_from
from iisgraph.vocab import DERIVED

__all__ = ["COLUMN", "ROWS", "Origin", "Source", "Traced", "serialize", "table", "trace"]

COLUMN: Final = "_sources"
"""The key of a row, and the column of a table, that has the sources."""

ROWS: Final = 1000
"""Rows whose sources are looked for; the others are given without."""

_DEPTH: Final = 3
"""Rules that are followed one behind the other."""

_JSON: Final = RESULTS[0]


@dataclass(frozen=True)
class Origin:
    """Where a row comes from; it is complete if nothing was left untraced."""

    sources: tuple[Source, ...]
    untraced: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether these are all the sources there are."""
        return not self.untraced

    def as_json(self) -> dict[str, Any]:
        """Its members as plain values."""
        found: dict[str, Any] = {"complete": self.complete}
        if self.untraced:
            found["untraced"] = list(self.untraced)
        return found | {"sources": [source.as_json() for source in self.sources]}

    def __str__(self) -> str:
        """As one cell of a table; what is not complete ends with an ellipsis."""
        cells = dict.fromkeys(map(str, self.sources))
        return "; ".join([*cells, *([] if self.complete else ["…"])])


@dataclass(frozen=True)
class Traced:
    """An answer in the form of SPARQL JSON, and the origin of each of its rows."""

    answer: Mapping[str, Any]
    origins: Sequence[Origin]

    def with_gap(self, gap: str) -> "Traced":
        """The same with something in each row that has not been traced."""
        origins = [Origin(o.sources, tuple(sorted({*o.untraced, gap}))) for o in self.origins]
        return Traced(self.answer, origins)


def trace(snapshot: Snapshot, sparql: str, clause: Clause | None = None) -> Traced:
    """Ask a SELECT query, and find where each row comes from.

    Equal rows share their sources, for nothing tells them apart.

    Raises:
        QueryError: if it is no SPARQL 1.1, or no SELECT.
        QueryRefused: if it would write, or reach outside this snapshot.
    """
    answer = query.answer(snapshot, sparql, clause)
    if not answer.variables:
        raise QueryError("sources are told for the rows of a SELECT query")
    if COLUMN in answer.variables:
        raise QueryError(f"the name ?{COLUMN} is taken: the sources of a row are called so")
    body = answer.serialize(_JSON.media_type)
    rows = list(Answer.read(_JSON.media_type, body).rows())
    chosen = permit(sparql, clause, snapshot.graphs)
    footings = _footings(snapshot, sparql, rows[:ROWS], chosen)
    origins = _Origins(snapshot).of(footings)
    beyond = Origin((), (f"only the first {ROWS} rows are traced",))
    return Traced(json.loads(body), [*origins, *[beyond] * (len(rows) - len(origins))])


def _footings(
    snapshot: Snapshot,
    sparql: str,
    rows: Sequence[Mapping[str, Term]],
    clause: Clause,
) -> list[Footing]:
    try:
        asked = read(without_from(sparql) if clause else sparql)
    except NotUnderstood as error:
        return [Footing(gaps={str(error)}) for _ in rows]
    found = plan(asked)
    if found.names is None:
        return [Footing(gaps={"an aggregate"}) for _ in rows]
    after = asked.modifiers
    stops_early = after.limit is not None and after.order is None and not asked.is_grouped
    return follow(snapshot.engine, found, rows, found.names, clause, one_by_one=stops_early)


class _Origins:
    """Footings turned into sources, derived statements followed through the rules."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._sources = Sources(snapshot)
        self._snapshot = snapshot
        self._derived: dict[Statement, tuple[frozenset[Source], frozenset[str]]] = {}

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self._snapshot.engine, self._snapshot.rules)

    def of(self, footings: Sequence[Footing]) -> list[Origin]:
        """The origin of each row."""
        self._explain((s for f in footings for s in _derived(f)), _DEPTH)
        found = [self._collect(footing) for footing in footings]
        return [Origin(_sorted(sources), tuple(sorted(gaps))) for sources, gaps in found]

    def _explain(self, statements: Iterable[Statement], depth: int) -> None:
        """Keep what derived statements rest on, deepest first."""
        wanted = [s for s in dict.fromkeys(statements) if s not in self._derived]
        if not wanted:
            return
        found = self._rules.explain(wanted) if depth else {}
        deeper = (s for ds in found.values() for d in ds for s in _derived(d.footing))
        self._derived |= {s: (frozenset(), frozenset({"a derived statement"})) for s in wanted}
        self._explain(deeper, depth - 1)
        for statement, derivations in found.items():
            sources: set[Source] = set()
            gaps: set[str] = set()
            for derivation in derivations:
                inner, missing = self._collect(derivation.footing)
                sources.add(self._sources.derived(derivation.rule, derivation.title))
                sources |= {through(source, derivation.rule) for source in inner}
                gaps |= missing
            self._derived[statement] = (frozenset(sources), frozenset(gaps))

    def _collect(self, footing: Footing) -> tuple[set[Source], set[str]]:
        sources: set[Source] = set()
        gaps = set(footing.gaps)
        for statement, graph in footing.statements:
            if graph != DERIVED:
                sources |= set(self._sources.of(graph))
                continue
            inner, missing = self._derived[statement]
            sources |= inner or {self._sources.derived("", "")}
            gaps |= missing
        return sources, gaps


def _derived(footing: Footing) -> Iterable[Statement]:
    return (statement for statement, graph in footing.statements if graph == DERIVED)


def _sorted(sources: set[Source]) -> tuple[Source, ...]:
    """Sources in order; one that says a thing itself is not named again behind a rule."""
    direct = {(s.graph, s.iri) for s in sources if not s.rules}
    kept = [s for s in sources if not s.rules or (s.graph, s.iri) not in direct]
    return tuple(sorted(kept, key=lambda s: (s.key, len(s.rules), s.rules)))


def serialize(traced: Traced, form: Format) -> bytes:
    """An answer with its sources: in JSON as a key of each row, else as one more column."""
    if form == _JSON:
        head = dict(traced.answer["head"])
        pairs = zip(traced.answer["results"]["bindings"], traced.origins, strict=True)
        bindings = [row | {COLUMN: origin.as_json()} for row, origin in pairs]
        untraced = sorted({reason for origin in traced.origins for reason in origin.untraced})
        head["provenance"] = {"complete": not untraced, "untraced": untraced}
        found = dict(traced.answer) | {"head": head, "results": {"bindings": bindings}}
        return json.dumps(found, ensure_ascii=False).encode()
    return table(traced).serialize(form.media_type)


def table(traced: Traced) -> Answer:
    """An answer with its sources as one more column of text."""
    rows = zip(traced.answer["results"]["bindings"], traced.origins, strict=True)
    cells = [row | {COLUMN: {"type": "literal", "value": str(origin)}} for row, origin in rows]
    variables = [*traced.answer["head"]["vars"], COLUMN]
    text = json.dumps({"head": {"vars": variables}, "results": {"bindings": cells}})
    return Answer.read(_JSON.media_type, text.encode())
