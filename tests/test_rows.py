"""Every row of the frozen tables is in the data, in the record of exactly its sources."""

from collections.abc import Iterator

import pytest

from iisgraph.engine import NamedNode, Quad
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, GRAPH, PRIMARY_SOURCE, TYPE
from tests.facts import Row, split, table
from tests.statements import TABLES, headers

ROWS = {
    "agreement_actions": 975,
    "agreements": 134,
    "document_roles": 237,
    "documents": 106,
    "editions": 238,
    "forums": 63,
    "group_members": 102,
    "groups": 63,
    "memberships": 1936,
    "organisations": 142,
    "participations": 1078,
    "sessions": 92,
    "sources": 915,
    "states": 212,
    "votes": 3260,
}

by_table = pytest.mark.parametrize("name", sorted(TABLES))


@pytest.fixture(scope="module")
def held(snapshot: Snapshot) -> set[Quad]:
    """All quads of the snapshot that are in a named graph."""
    return {quad for quad in snapshot.engine.quads() if isinstance(quad.graph_name, NamedNode)}


def expected(name: str) -> Iterator[tuple[Row, list[Quad]]]:
    """Each row of a table with what it says."""
    for row in table(name):
        yield row, list(TABLES[name](row))


def test_tables_are_whole() -> None:
    """The frozen copies have lost no row and no table."""
    assert {name: len(table(name)) for name in TABLES} == ROWS


@by_table
def test_each_row_is_in_the_data(held: set[Quad], name: str) -> None:
    """Every statement that a row makes stands in the graph where it belongs."""
    for row, quads in expected(name):
        missing = [str(quad) for quad in quads if quad not in held]
        assert not missing, row


@by_table
def test_each_record_names_its_sources(held: set[Quad], name: str) -> None:
    """A record is of the sources of its rows: no other, and none is left out."""
    needed = set(headers(quad for _, quads in expected(name) for quad in quads))
    records = {quad.subject for quad in needed}
    found = {
        quad
        for quad in held
        if quad.subject in records and quad.predicate.value in (TYPE, PRIMARY_SOURCE)
    }
    assert found == needed


@by_table
def test_each_column_says_something(name: str) -> None:
    """A column that no expectation looks at would be a column that nobody checks."""
    rows = table(name)
    cells = {column: list(dict.fromkeys(row[column] for row in rows))[:9] for column in rows[0]}
    idle = [
        column
        for column, others in cells.items()
        if not any(_matters(name, row, {column: other}) for row in rows for other in others)
    ]
    assert idle == []


def _matters(name: str, row: Row, change: Row) -> bool:
    """Whether a row says something else when a cell is changed, and can still be read."""
    try:
        return set(TABLES[name](row | change)) != set(TABLES[name](row))
    except (KeyError, ValueError):
        return False


@by_table
def test_each_source_is_in_the_list(held: set[Quad], name: str) -> None:
    """A source that a row names is one that a reader can look up."""
    listed = {
        quad.subject.value
        for quad in held
        if isinstance(quad.subject, NamedNode) and str(quad.graph_name) == f"<{GRAPH}sources>"
    }
    named = {source for row in table(name) for source in split(row.get("source", ""))}
    assert {source for source in named if f"{BASE}source/{source}" not in listed} == set()
