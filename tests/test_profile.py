"""The tables that fit each class of things."""

from pathlib import Path

import pytest

from iisgraph import describe, profile
from iisgraph import snapshot as snapshots
from iisgraph.engine import DefaultGraph, Literal, NamedNode
from iisgraph.profile import Table
from iisgraph.read import File
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DERIVED, IIS, SCHEMA, TYPE


def tables(snapshot: Snapshot, path: str) -> dict[str, Table]:
    iri = describe.resource_iri(path)
    types = describe.outline(snapshot, iri, 100).types
    return {table.plan.name: table for table in profile.tables(snapshot, iri, types)}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("state/RUS", ["memberships", "agreements", "votes", "forums", "documents", "seats"]),
        ("organisation/sco", ["members", "organs", "agreements", "forums", "framework"]),
        ("forum/infoforum", ["editions"]),
        ("edition/infoforum-2017", ["sessions", "participants", "presentations"]),
        ("agreement/coe-ets-185", ["parties"]),
        ("document/ga-74-247", ["roles", "roll-call"]),
        ("scheme/topic", ["concepts"]),
        ("source/cldr", []),
    ],
)
def test_tables_of_a_class(snapshot: Snapshot, path: str, names: list[str]) -> None:
    """Those that the class has, in its order, and none without a line."""
    found = tables(snapshot, path)
    assert list(found) == names
    assert all(table.lines for table in found.values())


def test_every_relation_has_its_line(snapshot: Snapshot) -> None:
    """As many members as the graph has memberships in the organisation, each with its columns."""
    un = NamedNode(describe.resource_iri("organisation/un"))
    of = NamedNode("http://www.w3.org/ns/org#organization")
    quads = snapshot.engine.quads(None, of, un, DefaultGraph())
    expected = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    members = tables(snapshot, "organisation/un")["members"]
    assert {line.node for line in members.lines} == expected
    assert len(expected) > 190
    assert {len(line.cells) for line in members.lines} == {4}


def test_a_column_of_the_value(snapshot: Snapshot) -> None:
    """The date of a vote is that of the document which was voted on."""
    votes = tables(snapshot, "state/RUS")["votes"]
    dates = [cell.value for line in votes.lines for cell in line.cells[2]]
    assert len(dates) > 15
    assert all(isinstance(date, Literal) and date.value[:2] == "20" for date in dates)


def test_every_line_has_who_says_so(snapshot: Snapshot) -> None:
    """No line of these pages stands without a record, and rules are not sources."""
    for path in ("state/RUS", "organisation/un", "agreement/coe-ets-185", "document/ga-74-247"):
        for table in tables(snapshot, path).values():
            for line in table.lines:
                assert line.graphs, line.node
                assert DERIVED not in line.graphs


RECORD = """
@prefix iis: <https://w3id.org/iisgraph/def/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix schema: <https://schema.org/> .
@base <https://w3id.org/iisgraph/> .
<id/organisation/sco> a org:FormalOrganization .
<id/membership/sco/IND> a org:Membership ;
    org:organization <id/organisation/sco> ; org:member <id/state/IND> ; schema:startDate "YEAR" .
"""
CONTEST = """
<id/contest/1> a iis:Contest ;
    rdf:subject <id/membership/sco/IND> ; rdf:predicate schema:startDate .
"""


def test_contested_cells_have_all_values(tmp_path: Path) -> None:
    """A start on which sources differ stands there with each value and its record."""
    files = []
    for name, year, more in (("a", "2015", ""), ("b", "2017", CONTEST)):
        path = tmp_path / f"{name}.ttl"
        path.write_text(RECORD.replace("YEAR", year) + more, encoding="utf-8")
        files.append(File(path, f"{BASE}graph/{name}"))
    found = snapshots.of_files(files)
    assert profile.contested(found) == {(f"{BASE}id/membership/sco/IND", SCHEMA + "startDate")}
    (line,) = tables(found, "organisation/sco")["members"].lines
    assert line.contested == {2}
    assert [(said.value.value, said.graphs) for said in line.cells[2]] == [
        ("2015", (f"{BASE}graph/a",)),
        ("2017", (f"{BASE}graph/b",)),
    ]


def test_contests_of_the_data(snapshot: Snapshot) -> None:
    """As many as rules find."""
    kind = NamedNode(IIS + "Contest")
    nodes = list(snapshot.engine.quads(None, NamedNode(TYPE), kind, DefaultGraph()))
    assert len(profile.contested(snapshot)) == len(nodes) > 0
