"""What may be amiss with a query, and why it has no rows.

Asked of a query that the engine takes; nothing here changes an answer. Each remark
names what it speaks of and, where it can, what would have been found.
"""

from typing import Final

from iisgraph.diagnose.empty import empty_notes
from iisgraph.diagnose.notes import Note
from iisgraph.diagnose.probes import Budget, Probes
from iisgraph.diagnose.products import product_notes
from iisgraph.diagnose.terms import Terms, prefix_notes
from iisgraph.engine import Clause
from iisgraph.patterns.parse import read
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.snapshot import Snapshot
from iisgraph.sparql import permit, without_from

__all__ = ["Note", "remarks", "why_empty"]

_PROBES: Final = 100
_SECONDS: Final = 2.0


def remarks(snapshot: Snapshot, sparql: str, clause: Clause | None = None) -> list[Note]:
    """What is worth a second look in a query, whatever it answers.

    Prefixes that nobody declares, terms that the graph does not have, and patterns
    that multiply each other's rows.

    Raises:
        QueryRefused: if it would write, or reach outside this snapshot.
    """
    try:
        chosen = permit(sparql, clause, snapshot.graphs)
        found = prefix_notes(sparql)
        if any(note.rule == "unknown-prefix" for note in found):
            return found
        query = read(without_from(sparql) if chosen else sparql)
        found += Terms(snapshot.engine).notes(query)
        return found + product_notes(snapshot.engine, query, chosen)
    except NotUnderstood:
        return found


def why_empty(
    snapshot: Snapshot, sparql: str, clause: Clause | None = None, seconds: float = _SECONDS
) -> list[Note]:
    """Why a query has no rows: the part that leaves none, and what would have matched.

    For a query that did answer, with nothing. Takes about so many seconds at most: no
    new question is asked of the engine after that.

    Raises:
        QueryRefused: if it would write, or reach outside this snapshot.
    """
    chosen = permit(sparql, clause, snapshot.graphs)
    try:
        query = read(without_from(sparql) if chosen else sparql)
    except NotUnderstood:
        return []
    probes = Probes(snapshot.engine, query, chosen, Budget.of(_PROBES, seconds))
    return empty_notes(probes, query)
