"""Triples behind a SPARQL endpoint, looked at as those of a store are.

What is asked about a node is fetched once, all of it; the whole is never fetched. A node
without a name cannot be asked about again, so what needs that is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from iisgraph.engine import Answer, BlankNode, Engine, NamedNode, Node, Quad, Term
from iisgraph.errors import EngineError, ShapesError
from iisgraph.shacl.data import PLAIN, Data, Row, is_irregular
from iisgraph.sparql import tokens_of

_NODES: Final = 10_000
"""Nodes of which what was fetched is remembered."""

_CUT: Final = 1_000
"""Endpoints that cut answers off do it at a multiple of this."""

_TYPED: Final = f"""SELECT DISTINCT ?p ?o {{ ?s ?p ?o FILTER(isLiteral(?o)
&& DATATYPE(?o) NOT IN ({", ".join(f"<{iri}>" for iri in sorted(PLAIN))})) }}"""


@dataclass(frozen=True)
class Read:
    """What an endpoint answered: solutions, or a boolean."""

    found: list[Row]
    is_true: bool = False

    def rows(self) -> Iterator[Row]:
        """The solutions."""
        return iter(self.found)

    def __bool__(self) -> bool:
        """The boolean of an ASK query."""
        return self.is_true


class Elsewhere:
    """A store behind an endpoint.

    Raises:
        EngineError: whenever it is asked, if the endpoint does not answer, or not in full.
        ShapesError: if it is asked about a node without a name.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._about = lru_cache(_NODES)(self._fetched)

    def data(self) -> Data:
        """The data there, with the literals that an engine might keep in another form."""
        odd = [row for row in self.query(_TYPED).rows() if is_irregular(row["o"])]  # type: ignore[arg-type]
        keys = {
            (quad.subject, row["p"])
            for row in odd
            for quad in self.triples(None, row["p"], row["o"])  # type: ignore[arg-type]
        }
        return Data([q for s, p in keys for q in self.triples(s, p)], self)  # type: ignore[arg-type]

    def query(self, sparql: str) -> Read:
        """The answer to a SELECT or ASK query."""
        read = _read(self._engine.query(sparql))
        number = len(read.found)
        if number and number % _CUT == 0:
            (row,) = _read(self._engine.query(_counting(sparql))).found
            if int(row["n"].value) != number:
                told = f"the endpoint gave {number} of {row['n'].value} rows; raise its limit"
                raise EngineError(told)
        return read

    def query_with(self, sparql: str, constants: Mapping[str, Term]) -> Read:
        """Refused: an endpoint takes no functions of ours."""
        del sparql, constants
        raise ShapesError("a query that names a literal or blank node cannot be asked elsewhere")

    def beside(self, name: NamedNode, quads: Iterable[Quad]) -> "Elsewhere":
        """Refused: an endpoint takes no shapes graph."""
        del name, quads
        raise ShapesError("$shapesGraph cannot be used at an endpoint")

    def triples(
        self,
        subject: Node | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """What matches; None matches anything."""
        if subject is not None:
            found = self._about(subject)
            return (
                q for q in found if predicate in (None, q.predicate) and value in (None, q.object)
            )
        terms = [_written(predicate, "?p"), _written(value, "?o")]
        rows = self.query(f"SELECT * {{ ?s {' '.join(terms)} }}").rows()
        return (
            Quad(row["s"], row.get("p", predicate), row.get("o", value))  # type: ignore[arg-type]
            for row in rows
        )

    def _fetched(self, subject: Node) -> list[Quad]:
        """All that is said of a node."""
        rows = self.query(f"SELECT ?p ?o {{ {_written(subject, '?s')} ?p ?o }}").rows()
        return [Quad(subject, row["p"], row["o"]) for row in rows]  # type: ignore[arg-type]


def _read(answer: Answer) -> Read:
    """An answer read here, since it may not leave the thread that it was made in."""
    return Read(list(answer.rows())) if answer.variables else Read([], bool(answer))


def _counting(sparql: str) -> str:
    """A query of how many rows another one has."""
    tokens = tokens_of(sparql)
    at = next(t.start for t in tokens if t.kind == "word" and t.text.upper() == "SELECT")
    return f"{sparql[:at]} SELECT (COUNT(*) AS ?n) {{ {{ {sparql[at:]} }} }}"


def _written(term: Term | None, variable: str) -> str:
    if isinstance(term, BlankNode):
        raise ShapesError("a node without a name cannot be asked about at an endpoint")
    return variable if term is None else str(term)
