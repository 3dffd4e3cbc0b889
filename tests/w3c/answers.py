"""Datasets of the suites, and whether an answer is the expected one."""

import csv
import io
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeAlias

import pyoxigraph as ox

from iisgraph import engine
from iisgraph.engine import BlankNode, DefaultGraph, Literal, NamedNode, Oxigraph, Quad, Term
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, XSD

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

Table: TypeAlias = tuple[list[str], list[dict[str, Term]]]


def snapshot_of(default: list[Path], named: dict[str, Path]) -> Snapshot:
    """A snapshot whose default graph is these files alone, as the suites have it.

    Ours is always the merge of the named graphs; here the store is filled by hand.
    """
    store = Oxigraph()
    for path in default:
        store._store.extend(quads_of(path, DefaultGraph()))
    for iri, path in named.items():
        store._store.extend(quads_of(path, NamedNode(iri)))
        store._store.add_graph(NamedNode(iri))
    store.freeze()
    return Snapshot(store, "w3c")


def quads_of(path: Path, graph: NamedNode | DefaultGraph) -> list[Quad]:
    parsed = ox.parse(path=str(path), base_iri=BASE + path.name)
    return [Quad(q.subject, q.predicate, q.object, graph) for q in parsed]


def rows_of(path: Path) -> Table | bool:
    """An expected table, or truth, in whichever format it stands."""
    return _result_set(path) if path.suffix == ".ttl" else read(path.read_bytes(), path.suffix[1:])


def read(body: bytes, extension: str) -> Table | bool:
    """A table, or truth, as another program reads it."""
    kind = ox.QueryResultsFormat.from_extension(extension)
    found = ox.parse_query_results(body, format=kind)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    rows = [{n: t for n in names if (t := row[n]) is not None} for row in found]
    return names, rows


def _result_set(path: Path) -> Table | bool:
    """A table written in RDF, with the vocabulary of the working group."""
    quads = quads_of(path, DefaultGraph())

    def values(node: Any, name: str) -> list[Any]:
        predicate = NamedNode(RS + name)
        return [q.object for q in quads if q.predicate == predicate and node in (None, q.subject)]

    if booleans := values(None, "boolean"):
        return bool(booleans[0].value == "true")
    rows = [
        {values(b, "variable")[0].value: values(b, "value")[0] for b in values(row, "binding")}
        for row in values(None, "solution")
    ]
    return [v.value for v in values(None, "resultVariable")], rows


def same_rows(ours: Table, theirs: Table) -> bool:
    """Whether two tables are equal but for the order of rows and the names of blank nodes."""
    return set(ours[0]) == set(theirs[0]) and _as_graph(ours[1]) == _as_graph(theirs[1])


def _as_graph(rows: list[dict[str, Term]]) -> list[str]:
    """The rows as a graph in canonical form: a node for each, a statement for each value."""
    return engine.canonical_quads(
        Quad(BlankNode(f"row{number}"), NamedNode(f"urn:variable:{name}"), by_value(term))
        for number, row in enumerate(rows)
        for name, term in ({"": Literal("")} | row).items()
    )


def same_graph(ours: list[Quad], theirs: list[Quad]) -> bool:
    """Whether two graphs are isomorphic, numbers compared by value."""
    first, second = (
        engine.canonical_quads(Quad(q.subject, q.predicate, by_value(q.object)) for q in quads)
        for quads in (ours, theirs)
    )
    return first == second


def by_value(term: Any) -> Term:
    """A number in one spelling for each value of its datatype; other terms as they are."""
    if not isinstance(term, Literal):
        return term  # type: ignore[no-any-return]
    kind = term.datatype.value.removeprefix(XSD)
    try:
        if kind in ("double", "float"):
            return Literal(str(float(term.value)), datatype=term.datatype)
        if kind in ("integer", "decimal"):
            return Literal(str(Decimal(term.value).normalize()), datatype=term.datatype)
    except (ValueError, InvalidOperation):
        pass
    return term


def same_csv(ours: bytes, theirs: bytes) -> bool:
    """Whether two files have the same rows and columns, in any order.

    Blank nodes have names of their own in each file; one stands for another here.
    """
    assert b"\n" not in ours.replace(b"\r\n", b"")
    first, second = (
        sorted(
            sorted((name, re.sub(r"^_:.*", "_:b", value)) for name, value in row.items())
            for row in csv.DictReader(io.StringIO(text.decode(), newline=""))
        )
        for text in (ours, theirs)
    )
    return first == second
