"""Relations are read as the saved questions read them: certain, possible, or not."""

from datetime import date
from pathlib import Path

import pytest

from iisgraph import questions, read, relations
from iisgraph import snapshot as snapshots
from iisgraph.engine import DefaultGraph, NamedNode
from iisgraph.query import answer
from iisgraph.read import Content
from iisgraph.relations import MEMBERSHIP, PARTICIPATION, STEP, VOTE, Relation, Shape, Turn
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, TYPE

ID = BASE + "id/"
MEMBER = BASE + "scheme/membership/member"


@pytest.mark.parametrize("shape", [MEMBERSHIP, PARTICIPATION, STEP, VOTE])
def test_all_of_a_shape_are_found_from_both_ends(snapshot: Snapshot, shape: Shape) -> None:
    """Each node of the class is met once from its agents and once from its wholes."""
    kind, value = NamedNode(TYPE), NamedNode(shape.of_class)
    nodes = {q.subject for q in snapshot.engine.quads(None, kind, value, DefaultGraph())}
    assert len(nodes) > 900
    for predicate, find in (
        (shape.agent, relations.of_agent),
        (shape.whole, relations.in_whole),
    ):
        quads = snapshot.engine.quads(None, NamedNode(predicate), None, DefaultGraph())
        ends = {q.object.value for q in quads if isinstance(q.object, NamedNode)}
        found = [r.iri for end in ends for r in find(snapshot, shape, end)]
        assert len(found) == len(nodes)
        assert set(found) == {node.value for node in nodes if isinstance(node, NamedNode)}


@pytest.mark.parametrize("organisation", ["sco", "un", "osce", "csto", "african-union"])
@pytest.mark.parametrize(
    "day", ["1960-06-01", "1992-03-02", "2009-06-16", "2017-06-09", "2026-01-01"]
)
def test_days_are_read_as_the_saved_question_reads_them(
    snapshot: Snapshot, content: Content, organisation: str, day: str
) -> None:
    asked = questions.load(content)["members-on-day"]
    text = asked.ask({"organisation": organisation, "day": day})
    rows = answer(snapshot, text).rows()
    expected = {row["member"].value: row["certainty"].value for row in rows}
    found: dict[str, str] = {}
    for relation in relations.in_whole(snapshot, MEMBERSHIP, f"{ID}organisation/{organisation}"):
        how = relation.holds_on(date.fromisoformat(day)) if relation.kind == MEMBER else ""
        if how and found.get(relation.agent) != "certainly":
            found[relation.agent] = how
    assert found == expected


OPEN = Turn()


def relation(start: Turn, end: Turn = OPEN) -> Relation:
    return Relation("x", "a", "k", "w", start, end)


def test_open_ends() -> None:
    first, last = date(2001, 1, 1), date(2001, 12, 31)
    year = Turn(("2001",), first, last)
    assert relation(year).holds_on(date(2000, 12, 31)) == ""
    assert relation(year).holds_on(date(2001, 6, 1)) == "possibly"
    assert relation(year).holds_on(date(2002, 1, 1)) == "certainly"
    assert relation(Turn()).holds_on(date(1800, 1, 1)) == "possibly"
    assert relation(year, year).holds_on(date(2002, 1, 1)) == ""
    assert relation(Turn(), year).holds_on(date(2000, 1, 1)) == "possibly"


def test_sources_that_differ(tmp_path: Path) -> None:
    """A year that another refines is refined by it; two days apart span all between."""
    text = """
    @base <https://w3id.org/iisgraph/> . @prefix iis: <def/> . @prefix s: <https://schema.org/> .
    @prefix org: <http://www.w3.org/ns/org#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <id/membership/1> a org:Membership ;
      org:member <id/state/A> ; org:organization <id/organisation/o> ;
      s:startDate "2001"^^xsd:gYear , "2001-11-23"^^xsd:date ;
      iis:earliestStart "2001-01-01"^^xsd:date , "2001-11-23"^^xsd:date ;
      iis:latestStart "2001-12-31"^^xsd:date , "2001-11-23"^^xsd:date .
    <id/membership/2> a org:Membership ;
      org:member <id/state/A> ; org:organization <id/organisation/o> ;
      s:startDate "2003-01-02"^^xsd:date , "2003-05-06"^^xsd:date ;
      iis:earliestStart "2003-01-02"^^xsd:date , "2003-05-06"^^xsd:date ;
      iis:latestStart "2003-01-02"^^xsd:date , "2003-05-06"^^xsd:date ;
      iis:earliestEnd "12021-01-01"^^xsd:date ; iis:latestEnd "12021-01-01"^^xsd:date .
    """
    path = tmp_path / "x.ttl"
    path.write_text(text, encoding="utf-8")
    refined, apart = relations.of_agent(
        snapshots.of_files(read.files(path)), MEMBERSHIP, ID + "state/A"
    )
    assert refined.start.first == refined.start.last == date(2001, 11, 23)
    assert refined.start.text == "2001-11-23 / 2001"
    assert (apart.start.first, apart.start.last) == (date(2003, 1, 2), date(2003, 5, 6))
    assert apart.end == Turn(), "a year that no calendar here has is not stated"


def test_sources_of_a_relation(snapshot: Snapshot) -> None:
    """Those of all records that say something of it, and no rule's."""
    (vote,) = [
        r
        for r in relations.in_whole(snapshot, VOTE, ID + "document/ga-60-45")
        if r.agent == ID + "state/RUS"
    ]
    assert relations.sources(snapshot, vote) == (
        BASE + "source/pigeon-unga",
        BASE + "source/unvotes-r",
    )
