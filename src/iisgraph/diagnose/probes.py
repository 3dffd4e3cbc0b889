"""Small questions to the engine, in bounded number and time."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from iisgraph.engine import Clause, Oxigraph, Term
from iisgraph.patterns import Part, Query


class Exhausted(Exception):
    """No more probes are left, or no more time."""


@dataclass
class Budget:
    """How many probes may still be made, and until when."""

    probes: int
    until: float

    @classmethod
    def of(cls, probes: int, seconds: float) -> "Budget":
        """A budget that begins now."""
        return cls(probes, time.monotonic() + seconds)

    def spend(self) -> None:
        """Take one probe.

        Raises:
            Exhausted: if there is none, or it is too late.
        """
        if self.probes <= 0:
            raise Exhausted("the query has too many parts")
        if time.monotonic() > self.until:
            raise Exhausted("that would take too long")
        self.probes -= 1


@dataclass(frozen=True)
class Probes:
    """Questions on parts of one query, matched in the graph that they stand in."""

    engine: Oxigraph
    query: Query
    clause: Clause
    budget: Budget
    graph: str | None = None

    def any(self, parts: Sequence[Part], more: str = "") -> bool:
        """Whether parts of the query, and more text, have a solution together.

        Raises:
            Exhausted: as `Budget.spend`.
        """
        self.budget.spend()
        sparql = f"{self.query.prologue}\nASK {{ {self._text(parts, more)} }}"
        return bool(self.engine.query(sparql, self.clause))

    def values(self, name: str, parts: Sequence[Part], more: str = "", most: int = 5) -> list[Term]:
        """Values that a variable has in the solutions of parts, each once.

        Raises:
            Exhausted: as `Budget.spend`.
        """
        self.budget.spend()
        text = self._text(parts, more)
        sparql = f"{self.query.prologue}\nSELECT DISTINCT ?{name} {{ {text} }} LIMIT {most}"
        rows: Iterator[Term] = (
            row[name] for row in self.engine.query(sparql, self.clause).rows() if name in row
        )
        return list(islice(rows, most))

    def terms(self, written: Sequence[str]) -> list[Term]:
        """The terms that are written so in this query."""
        columns = " ".join(f"({text} AS ?t{i})" for i, text in enumerate(written))
        sparql = f"{self.query.prologue}\nSELECT {columns} {{}}"
        row = next(iter(self.engine.query(sparql).rows()))
        return [row[f"t{index}"] for index in range(len(written))]

    def _text(self, parts: Sequence[Part], more: str) -> str:
        text = " ".join([*(self.query.alone(part) for part in parts), more])
        return f"GRAPH {self.graph} {{ {text} }}" if self.graph else text
