"""House rules whose rows follow the data as it changes."""

from collections.abc import Collection, Iterator
from contextlib import suppress

from iisgraph.engine import Oxigraph, Quad
from iisgraph.errors import QueryError
from iisgraph.gate.findings import Finding
from iisgraph.gate.rules import Rule, finding_of, rows_of
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.snapshot import Snapshot
from iisgraph.standing import Standing


class HouseRule:
    """A house rule with its rows; one that cannot be followed is asked each time."""

    def __init__(self, rule: Rule, store: Oxigraph) -> None:
        self.rule = rule
        self._standing: Standing | None = None
        with suppress(NotUnderstood, QueryError):
            standing = Standing(rule.sparql)
            if standing.query.form == "SELECT":
                standing.evaluate(store)
                self._standing = standing

    def follow(self, store: Oxigraph, changed: Collection[Quad]) -> None:
        """Bring its rows up to date with a store in which these quads have come or gone."""
        if self._standing:
            self._standing.follow(store, changed)

    def findings(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Its rows as findings.

        Raises:
            SourceError: if it is not a SELECT query.
        """
        if self._standing is None:
            yield from rows_of(self.rule, snapshot)
            return
        for row in self._standing.rows:
            yield finding_of(self.rule, self._standing.shown(row))
