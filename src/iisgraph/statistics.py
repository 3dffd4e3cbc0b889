"""What is known of a snapshot as a whole: how many statements of each kind, and what implies what.

Each figure is counted by the engine when it is first asked for, and kept: a
snapshot never changes.
"""

from functools import cached_property
from typing import Final

from iisgraph.engine import Answer, Literal, NamedNode, Oxigraph
from iisgraph.errors import QueryError

_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_KEPT: Final = 10_000
_FIGURES: Final = (
    "size",
    "predicates",
    "classes",
    "widest_out",
    "widest_in",
    "widest_subject",
)
_WIDEST: Final = """
SELECT ?x (MAX(?k) AS ?n)
WHERE { { SELECT ?x %(end)s (COUNT(*) AS ?k) WHERE { ?s ?x ?o } GROUP BY ?x %(end)s } }
GROUP BY ?x"""
_WIDEST_SUBJECT: Final = """
SELECT (MAX(?k) AS ?n)
WHERE { { SELECT ?s (COUNT(*) AS ?k) WHERE { ?s ?p ?o } GROUP BY ?s } }"""


class Statistics:
    """Figures of the default graph of one snapshot."""

    def __init__(self, engine: Oxigraph) -> None:
        self._engine = engine
        self._counts: dict[tuple[str, str], int | None] = {}
        self._distinct: dict[tuple[str, bool], int] = {}
        self._implied: dict[tuple[str, str, bool], bool] = {}

    @cached_property
    def size(self) -> int:
        """Number of statements."""
        return sum(self.predicates.values())

    @cached_property
    def predicates(self) -> dict[str, int]:
        """Number of statements with each predicate."""
        return _tally(self._engine.query("SELECT ?x (COUNT(*) AS ?n) { ?s ?x ?o } GROUP BY ?x"))

    @cached_property
    def classes(self) -> dict[str, int]:
        """Number of instances of each class; classes that are blank nodes are left out."""
        query = f"SELECT ?x (COUNT(*) AS ?n) {{ ?s {_TYPE} ?x FILTER(ISIRI(?x)) }} GROUP BY ?x"
        return _tally(self._engine.query(query))

    @cached_property
    def widest_out(self) -> dict[str, int]:
        """For each predicate, the most values that one subject has."""
        return _tally(self._engine.query(_WIDEST % {"end": "?s"}))

    @cached_property
    def widest_in(self) -> dict[str, int]:
        """For each predicate, the most subjects that one value has."""
        return _tally(self._engine.query(_WIDEST % {"end": "?o"}))

    @cached_property
    def widest_subject(self) -> int:
        """The most statements about one subject."""
        answer = self._engine.query(_WIDEST_SUBJECT)
        return next(
            (int(n.value) for r in answer.rows() if isinstance(n := r.get("n"), Literal)), 0
        )

    def prepare(self) -> None:
        """Count what is asked for with every query, so that processes forked later know it."""
        for figure in _FIGURES:
            getattr(self, figure)

    def typed_by_iris(self) -> bool:
        """Whether every class is an IRI, so that `classes` says all."""
        return sum(self.classes.values()) == self.predicates.get(_TYPE[1:-1], 0)

    def count(self, predicate: str, value: str) -> int | None:
        """Number of statements with a predicate and a value, written as SPARQL; None if unknown."""
        if f"<{predicate}>" == _TYPE and value.startswith("<"):
            return self.classes.get(value[1:-1], 0)
        key = (predicate, value)
        if key not in self._counts:
            if len(self._counts) >= _KEPT:
                self._counts.clear()
            self._counts[key] = self._count(f"?s <{predicate}> {value}")
        return self._counts[key]

    def distinct(self, predicate: str, *, of_value: bool) -> int:
        """Number of distinct subjects (or values) of a predicate."""
        key = (predicate, of_value)
        if key not in self._distinct:
            what = "DISTINCT ?o" if of_value else "DISTINCT ?s"
            self._distinct[key] = self._count(f"?s <{predicate}> ?o", what) or 0
        return self._distinct[key]

    def _count(self, pattern: str, what: str = "*") -> int | None:
        try:
            answer = self._engine.query(f"SELECT (COUNT({what}) AS ?n) {{ {pattern} }}")
        except QueryError:
            return None
        return next(int(n.value) for row in answer.rows() if isinstance(n := row["n"], Literal))

    def implies(self, predicate: str, kind: str, *, of_value: bool) -> bool:
        """Whether every subject (or value) of a predicate is an instance of a class."""
        key = (predicate, kind, of_value)
        if key not in self._implied:
            self._implied[key] = self._holds(predicate, kind, of_value=of_value)
        return self._implied[key]

    def _holds(self, predicate: str, kind: str, *, of_value: bool) -> bool:
        if kind not in self.classes or predicate not in self.predicates:
            return False
        pattern = f"?s <{predicate}> ?x" if of_value else f"?x <{predicate}> ?o"
        without = f"FILTER NOT EXISTS {{ ?x {_TYPE} <{kind}> }}"
        return not self._engine.query(f"ASK {{ {pattern} {without} }}")


def _tally(answer: Answer) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in answer.rows():
        name, number = row["x"], row["n"]
        if isinstance(name, NamedNode) and isinstance(number, Literal):
            found[name.value] = int(number.value)
    return found
