"""Triples behind a SPARQL endpoint, looked at as those of a store are.

What is asked about a node is fetched once, all of it; the whole is never fetched. A node
without a name has another name in each answer (SPARQL 1.1 Query Results JSON §3.2.2): it
cannot be asked about again, nor told from one in another answer, so what needs that is
refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final

from iisgraph.engine import BlankNode, Engine, NamedNode, Node, Quad, Row, Term
from iisgraph.errors import EngineError, ShapesError
from iisgraph.shacl.data import Data
from iisgraph.shacl.literals import DATATYPES, is_well_formed
from iisgraph.sparql import tokens_of
from iisgraph.vocab import XSD

_NODES: Final = 10_000
"""Nodes of which what was fetched is remembered."""

_MOST_ODD: Final = 10_000
"""Literals that are not well formed, and with them predicates, of which the subjects are asked."""

_SMALL: Final = 100
"""Rows that no endpoint cuts off; of more it is asked how many there are."""

_DATE: Final = "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_ZONE: Final = "(Z|[-+](0[0-9]|1[0-3]):[0-5][0-9])?"
_FINE: Final = {
    "integer": "[-+]?[0-9]+",
    "long": "-?[0-9]{1,18}",
    "int": "-?[0-9]{1,9}",
    "short": "-?[0-9]{1,4}",
    "nonNegativeInteger": "[0-9]+",
    "positiveInteger": "[1-9][0-9]*",
    "decimal": r"[-+]?[0-9]+(\\.[0-9]+)?",
    "double": r"[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?",
    "float": r"[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?",
    "boolean": "true|false|0|1",
    "date": _DATE + _ZONE,
    "dateTime": rf"{_DATE}T([01][0-9]|2[0-3])(:[0-5][0-9]){{2}}(\\.[0-9]+)?{_ZONE}",
    "gYear": "[1-9][0-9]{3}",
    "gYearMonth": "[1-9][0-9]{3}-(0[1-9]|1[0-2])",
}
"""Per datatype, as text of a query, forms that are well formed; others are fetched and tried."""

_DOUBTFUL: Final = " && ".join(
    [
        f"DATATYPE(?o) IN ({', '.join(f'<{iri}>' for iri in sorted(DATATYPES))})",
        *(
            f'!(DATATYPE(?o) = <{XSD}{name}> && REGEX(STR(?o), "^({form})$")'
            r' && !CONTAINS(STR(?o), "\n"))'
            for name, form in _FINE.items()
        ),
    ]
)


class _Apart(Data):
    """Data whose blank nodes are known from each other within one answer alone."""

    def once(self, terms: Iterable[Term]) -> list[Term]:
        """The terms, each once, in their order.

        Raises:
            ShapesError: if blank nodes of several answers are among them.
        """
        found = super().once(terms)
        answers = {each.value.partition(".")[0] for each in found if isinstance(each, BlankNode)}
        if len(answers) > 1:
            told = "nodes without names are in several answers of the endpoint, and may be the same"
            raise ShapesError(told)
        return found


@dataclass(frozen=True)
class Solutions:
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
        self._numbers = count()
        self._about = lru_cache(_NODES)(self._fetched)

    def data(self) -> Data:
        """The data there, with the literals that are not well formed.

        By those alone a search may be misled, since it is up to the endpoint what they are.
        """
        doubted = self.query(f"SELECT DISTINCT ?p ?o {{ ?s ?p ?o FILTER({_DOUBTFUL}) }}").rows()
        odd = [row for row in doubted if not is_well_formed(row["o"])]  # type: ignore[arg-type]
        if len(odd) > _MOST_ODD:
            raise ShapesError(f"{len(odd)} literals at the endpoint are not of their datatypes")
        keys = {
            (quad.subject, row["p"])
            for row in odd
            for quad in self.triples(None, row["p"], row["o"])  # type: ignore[arg-type]
        }
        return _Apart([q for s, p in keys for q in self.triples(s, p)], self)  # type: ignore[arg-type]

    def query(self, sparql: str) -> Solutions:
        """The answer to a SELECT or ASK query."""
        read = self._read(sparql)
        number = len(read.found)
        if number >= _SMALL:
            (row,) = self._read(_counting(sparql)).found
            if int(row["n"].value) != number:
                told = f"the endpoint gave {number} of {row['n'].value} rows; raise its limit"
                raise EngineError(told)
        return read

    def query_with(self, sparql: str, constants: Mapping[str, Term]) -> Solutions:
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
            _written(value, "?o")
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

    def _read(self, sparql: str) -> Solutions:
        """An answer read here, since it may not leave the thread that it was made in."""
        answer = self._engine.query(sparql)
        number = next(self._numbers)
        try:
            if not answer.variables:
                return Solutions([], bool(answer))
            rows = answer.rows()
            return Solutions([{n: _of(number, term) for n, term in row.items()} for row in rows])
        except SyntaxError as error:
            raise EngineError(f"the answer of the endpoint cannot be read: {error}") from None
        finally:
            del answer

    def _fetched(self, subject: Node) -> list[Quad]:
        """All that is said of a node."""
        rows = self.query(f"SELECT ?p ?o {{ {_written(subject, '?s')} ?p ?o }}").rows()
        return [Quad(subject, row["p"], row["o"]) for row in rows]  # type: ignore[arg-type]


def _of(number: int, term: Term) -> Term:
    """A term of the answer that has this number; a blank node is of it alone."""
    return BlankNode(f"a{number}.{term.value}") if isinstance(term, BlankNode) else term


def _counting(sparql: str) -> str:
    """A query of how many rows another one has."""
    tokens = tokens_of(sparql)
    at = next(t.start for t in tokens if t.kind == "word" and t.text.upper() == "SELECT")
    return f"{sparql[:at]} SELECT (COUNT(*) AS ?n) {{ {{ {sparql[at:]} }} }}"


def _written(term: Term | None, variable: str) -> str:
    if isinstance(term, BlankNode):
        raise ShapesError("a node without a name cannot be asked about at an endpoint")
    return variable if term is None else str(term)
