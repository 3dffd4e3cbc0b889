"""As of a day the graph has what had happened and what held, and nothing of what came later."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisgraph import questions
from iisgraph.engine import DefaultGraph, Literal, NamedNode, Quad
from iisgraph.errors import QueryError
from iisgraph.moment import Calendar, Certainty, as_of, day_of
from iisgraph.moment.kinds import BEGINS, ENDS, KINDS, STEPS, TIMELESS
from iisgraph.moment.times import Span, agreed, span_of
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot, of_content
from iisgraph.vocab import BASE, DERIVED, IIS, OWL, TYPE
from tests import rdf

CERTAIN, POSSIBLE = Certainty.CERTAIN, Certainty.POSSIBLE
SCO = "<id/organisation/sco>"
AGREEMENT = "<id/agreement/sco-2009-iis-agreement>"
FOUNDERS = "CHN KAZ KGZ RUS TJK UZB"


RULES = ("10", "20", "21", "23", "30")


@dataclass(frozen=True)
class Moments:
    """The views of a snapshot that tests have asked for, one for all days that share it."""

    snapshot: Snapshot
    kept: dict[tuple[date, Certainty], Snapshot] = field(default_factory=dict)

    def at(self, day: date, certainty: Certainty = CERTAIN) -> Snapshot:
        turn = Calendar(self.snapshot).turn(day)
        if (turn, certainty) not in self.kept:
            self.kept[turn, certainty] = as_of(self.snapshot, turn, certainty)
        return self.kept[turn, certainty]


@pytest.fixture(scope="module")
def moments(snapshot: Snapshot) -> Moments:
    """Views of the release, each built once for these tests, and not with every rule."""
    rules = {name: text for name, text in snapshot.rules.items() if name.startswith(RULES)}
    assert len(rules) == len(RULES)
    return Moments(replace(snapshot, rules=rules))


def ask(view: Snapshot, sparql: str) -> set[str]:
    """The values of the one variable of a query, shortened to the end of their address."""
    return {
        term.value.rsplit("/", 1)[-1]
        for row in view.engine.query(sparql).rows()
        for term in row.values()
    }


def members(view: Snapshot, organisation: str = SCO) -> set[str]:
    return ask(view, f"SELECT ?m {{ {organisation} iis:currentMember ?m }}")


# ---------------------------------------------------------------- the release


@pytest.mark.parametrize(
    ("day", "certainty", "expected"),
    [
        ("2001-06-14", CERTAIN, ""),
        ("2001-06-15", CERTAIN, FOUNDERS),
        ("2009-06-16", CERTAIN, FOUNDERS),
        ("2017-06-08", CERTAIN, FOUNDERS),
        ("2017-06-09", CERTAIN, f"{FOUNDERS} IND PAK"),
        ("2023-07-03", CERTAIN, f"{FOUNDERS} IND PAK"),
        ("2023-07-04", CERTAIN, f"{FOUNDERS} IND IRN PAK"),
        ("2024-07-03", CERTAIN, f"{FOUNDERS} IND IRN PAK"),
        ("2024-07-04", CERTAIN, f"{FOUNDERS} BLR IND IRN PAK"),
        ("2024-07-04", POSSIBLE, f"{FOUNDERS} BLR IND IRN PAK"),
    ],
)
def test_members_of_the_sco(
    moments: Moments, day: str, certainty: Certainty, expected: str
) -> None:
    """Founded 15 June 2001; India and Pakistan 9 June 2017, Iran 4 July 2023, Belarus 2024."""
    assert members(moments.at(day_of(day), certainty)) == set(expected.split())


def test_an_organisation_is_not_there_before_it_is_founded(moments: Moments) -> None:
    """Not its name either, and nobody points to it."""
    before, after = (moments.at(date(2001, 6, day)) for day in (14, 15))
    about = f"SELECT ?x {{ {{ {SCO} ?p ?x }} UNION {{ ?x ?p {SCO} }} }} LIMIT 5"
    assert not ask(before, about)
    assert ask(after, about)


def test_signatories_before_and_after(moments: Moments) -> None:
    """Signed on 16 June 2009: the day before, not even the agreement is there."""
    before, after = (moments.at(date(2009, 6, day)) for day in (15, 16))
    signatories = f"SELECT ?s {{ {AGREEMENT} iis:signatory ?s }}"
    assert ask(before, signatories) == set()
    assert ask(before, f"SELECT ?o {{ {AGREEMENT} ?p ?o }}") == set()
    assert ask(after, signatories) == set(FOUNDERS.split())


def test_parties_come_one_by_one(moments: Moments, snapshot: Snapshot) -> None:
    """The parties on a day are those whose binding act certainly had been done by then."""
    convention = "<id/agreement/coe-ets-185>"
    acts = f"""
        SELECT ?party ?day {{
          ?act iis:ofAgreement {convention} ; iis:party ?party ; iis:latestStart ?day ;
            iis:actionKind ?kind .
          FILTER(STRAFTER(STR(?kind), "scheme/action/") IN (
            "acceptance", "accession", "approval", "deposit", "entry-into-force", "succession"))
        }}
    """
    bound: dict[str, date] = {}
    for row in snapshot.engine.query(acts).rows():
        party, day = row["party"].value.rsplit("/", 1)[-1], day_of(row["day"].value)
        bound[party] = min(day, bound.get(party, day))
    days = [date(2001, 11, 23), date(2004, 7, 1), date(2017, 6, 9)]
    counts = []
    for day in days:
        found = ask(moments.at(day), f"SELECT ?p {{ {convention} iis:agreementParty ?p }}")
        assert found == {party for party, since in bound.items() if since <= day}
        counts.append(len(found))
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[1] < counts[2]


def test_signed_is_not_in_force(moments: Moments) -> None:
    """A later step of an agreement, and what its status says of it, wait for their day."""
    about = "<id/agreement/coe-ets-185>"
    wanted = "iis:adopted, iis:signed, iis:inForceSince, iis:agreementStatus"
    steps = f"SELECT ?p {{ {about} ?p ?o FILTER(?p IN ({wanted})) }}"
    assert ask(moments.at(date(2001, 11, 22)), steps) == {"adopted"}
    assert ask(moments.at(date(2001, 11, 23)), steps) == {"adopted", "signed"}
    assert ask(moments.at(date(2004, 7, 1)), steps) == {"adopted", "signed", "inForceSince"}


def test_a_state_that_ended(moments: Moments) -> None:
    """Before its end a former state is a state and a member, and nobody succeeds it."""
    state = "<id/former-state/SUN>"
    look = f"SELECT ?x {{ {state} ?p ?x FILTER(?p IN (rdf:type, iis:successor, schema:endDate)) }}"
    united = "<id/organisation/un>"
    before, during, after = (date(1991, 11, 30), date(1991, 12, 15), date(1992, 1, 1))
    assert ask(moments.at(before), look) == {"State"}
    assert "SUN" in members(moments.at(before), united)
    assert ask(moments.at(after), look) == {"FormerState", "RUS", "1991-12"}
    assert "SUN" not in members(moments.at(after, POSSIBLE), united)
    # its sources tell the month: in it, neither is certain, and the state is possible
    assert ask(moments.at(during), look) == set()
    assert ask(moments.at(during, POSSIBLE), look) == {"State"}
    assert "SUN" in members(moments.at(during, POSSIBLE), united)
    assert "SUN" not in members(moments.at(during), united)


def test_all_rules_of_the_release_run(snapshot: Snapshot) -> None:
    """Labels, types and contests are those of what is left."""
    view = as_of(snapshot, date(1995, 1, 1))
    derived = [set(s.engine.quads(graph=NamedNode(DERIVED))) for s in (view, snapshot)]
    predicates = [{q.predicate for q in quads} for quads in derived]
    assert len(derived[0]) < len(derived[1])
    assert len(predicates[0]) > 7
    described = {q.subject for q in asserted(view)}
    contests = {NamedNode(BASE + "def/Contest")}
    made = {q.subject for q in derived[0] if q.object in contests}
    assert {q.subject for q in derived[0]} <= described | made


def test_a_group_whose_work_is_done(moments: Moments) -> None:
    """It is no group any more and nobody sits in it; its name stays for those who speak of it."""
    group = "<id/group/gge-2004>"
    facts = f"SELECT ?p {{ {group} ?p ?o }}"
    seats = f"SELECT ?s {{ ?s org:organization {group} }}"
    within, after = moments.at(date(2004, 12, 31)), moments.at(date(2006, 1, 1))
    assert {"mandate", "22-rdf-syntax-ns#type"} <= ask(within, facts)
    assert ask(within, seats)
    assert ask(after, facts) == {"core#prefLabel"}
    assert ask(after, seats) == set()


def test_what_has_happened_stays(moments: Moments) -> None:
    """A forum that is over has been held, with all who took part."""
    edition = "<id/edition/infoforum-2017>"
    count = f"SELECT ?x {{ ?x iis:inEvent {edition} }}"
    assert not ask(moments.at(date(2017, 2, 1)), f"SELECT ?p {{ {edition} ?p ?o }}")
    first_day = moments.at(date(2017, 2, 2))
    assert "endDate" not in ask(first_day, f"SELECT ?p {{ {edition} ?p ?o }}")
    assert not ask(first_day, count), "who took part may come tomorrow"
    assert ask(moments.at(date(2017, 2, 2), POSSIBLE), count)
    for day in (date(2017, 2, 3), date(2017, 6, 9)):
        assert len(ask(moments.at(day), count)) > 1
        assert "endDate" in ask(moments.at(day), f"SELECT ?p {{ {edition} ?p ?o }}")


def test_votes_are_as_old_as_the_document(moments: Moments, snapshot: Snapshot) -> None:
    """A vote has no date of its own; it was cast when the document was adopted."""
    votes = "SELECT (COUNT(?v) AS ?n) { ?v iis:ofDocument <id/document/ga-73-27> }"
    adopted = next(
        row["d"].value
        for row in snapshot.engine.query(
            "SELECT ?d { <id/document/ga-73-27> iis:adopted ?d }"
        ).rows()
    )
    day = day_of(adopted)
    assert ask(moments.at(day - timedelta(days=1)), votes) == {"0"}
    assert ask(moments.at(day), votes) == ask(snapshot, votes) != {"0"}


def test_sources_are_knowledge(moments: Moments, snapshot: Snapshot) -> None:
    """A source of 2025 may tell of 2001, and is named for it."""
    dated = "?s a iis:Source ; dcterms:title ?t OPTIONAL { ?s dcterms:issued ?d }"
    count = f"SELECT (COUNT(*) AS ?n) {{ {dated} }}"
    old = moments.at(date(2001, 6, 15))
    assert ask(old, count) == ask(snapshot, count)
    assert old.graphs == snapshot.graphs


@pytest.mark.parametrize("day", ["1991-12-15", "2017-06-09"])
def test_members_agree_with_the_saved_question(
    moments: Moments, snapshot: Snapshot, content: Content, day: str
) -> None:
    """*Certainly* and *possibly* mean the same in both.

    The question looks at the membership alone; the view knows also that nobody belongs
    to what is not yet founded, and that a state that has ended belongs to nothing.
    """
    question = questions.load(content)["members-on-day"]
    compared = 0
    for organisation in ("apec", "brics", "cis", "coe", "g20", "nato", "sco", "un"):
        rows = snapshot.engine.query(
            question.ask({"organisation": organisation, "day": day})
        ).rows()
        found = [(row["certainty"].value, row["member"].value) for row in rows]
        for certainty, readings in (
            (CERTAIN, {"certainly"}),
            (POSSIBLE, {"certainly", "possibly"}),
        ):
            view = moments.at(day_of(day), certainty)
            expected = {m.rsplit("/", 1)[-1] for reading, m in found if reading in readings}
            there = f"SELECT ?t {{ <id/organisation/{organisation}> a ?t }}"
            ended = {"SUN"} if day == "1991-12-15" and certainty is CERTAIN else set()
            expected = expected - ended if ask(view, there) else set()
            assert members(view, f"<id/organisation/{organisation}>") == expected, organisation
            compared += len(expected)
    assert compared > 100


# ---------------------------------------------------------------- rules that hold on every day

DAYS = [date(1991, 12, 15), date(2017, 6, 9)]


def asserted(view: Snapshot) -> set[Quad]:
    quads = view.engine.quads()
    return {q for q in quads if q.graph_name not in (DefaultGraph(), NamedNode(DERIVED))}


@pytest.mark.parametrize("day", DAYS)
def test_the_certain_is_possible_and_the_possible_is_stated(
    moments: Moments, snapshot: Snapshot, day: date
) -> None:
    """The truth lies between the two views, and neither says what no file says."""
    certain, possible = (asserted(moments.at(day, c)) for c in Certainty)
    assert certain < possible < asserted(snapshot)


@pytest.mark.parametrize("day", DAYS)
def test_no_later_day_is_told(moments: Moments, day: date) -> None:
    """No date lies behind the day, those of sources aside."""
    sources = ask(moments.at(day), "SELECT ?s { ?s a iis:Source }")
    for name in (*(name for group in BEGINS for name in group), ENDS, *STEPS):
        for quad in moments.at(day).engine.quads(None, NamedNode(name), None, DefaultGraph()):
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.object, Literal)
            if quad.subject.value.rsplit("/", 1)[-1] not in sources:
                told = span_of(quad.object.value)
                assert told is not None
                assert told.last <= day, quad


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("certainty", Certainty)
def test_nothing_points_into_the_void(
    moments: Moments, snapshot: Snapshot, day: date, certainty: Certainty
) -> None:
    """What a statement points to is described, if the whole graph describes it."""
    view = moments.at(day, certainty)
    described = {q.subject for q in view.engine.quads(None, None, None, DefaultGraph())}
    known = {q.subject for q in snapshot.engine.quads(None, None, None, DefaultGraph())}
    dangling = {
        q.object
        for q in view.engine.quads(None, None, None, DefaultGraph())
        if isinstance(q.object, NamedNode) and q.object in known and q.object not in described
    }
    assert dangling == set()


@pytest.mark.parametrize("day", DAYS)
def test_relations_keep_both_ends(moments: Moments, day: date) -> None:
    """No membership without member, no action without party, no vote without document."""
    for name, *properties in (
        ("org:Membership", "org:member", "org:organization"),
        ("iis:Seat", "org:member", "org:organization"),
        ("iis:AgreementAction", "iis:party", "iis:ofAgreement"),
        ("iis:StateVote", "iis:voter", "iis:ofDocument"),
        ("iis:Participation", "prov:agent", "iis:inEvent"),
        ("iis:DocumentRole", "prov:agent", "iis:ofDocument"),
    ):
        for each in properties:
            assert not ask(moments.at(day), f"SELECT ?x {{ ?x a {name} MINUS {{ ?x {each} ?y }} }}")


def test_every_class_has_its_place_in_the_table(snapshot: Snapshot) -> None:
    """A new class is either bound to time or not; somebody must say which."""
    ask_classes = f"SELECT ?c {{ ?c a <{OWL}Class> FILTER(STRSTARTS(STR(?c), '{IIS}')) }}"
    declared = {row["c"].value for row in snapshot.engine.query(ask_classes).rows()}
    bound = [name for kind in KINDS for name in kind.classes]
    assert len(bound) == len(set(bound))
    assert declared == {name for name in bound if name.startswith(IIS)} | TIMELESS


def test_every_date_has_its_place_in_the_table(snapshot: Snapshot) -> None:
    """A new property with a date either binds to time or is known not to."""
    dates = "xsd:date, xsd:gYear, xsd:gYearMonth"
    sparql = f"""
        SELECT DISTINCT ?p {{
          GRAPH ?g {{ ?s ?p ?o }} FILTER(DATATYPE(?o) IN ({dates})) FILTER(?g != <{DERIVED}>)
        }}
    """
    found = {row["p"].value for row in snapshot.engine.query(sparql).rows()}
    assert found == {name for group in BEGINS for name in group} | {ENDS, *STEPS}


def test_spans_are_those_of_the_rule(snapshot: Snapshot) -> None:
    """First and last possible day, as the rule in the ontology derives them."""
    compared = 0
    for name, first, last in (
        ("start", "earliestStart", "latestStart"),
        ("end", "earliestEnd", "latestEnd"),
    ):
        sparql = f"""
            SELECT ?date (SAMPLE(?a) AS ?first) (SAMPLE(?b) AS ?last) {{
              {{ SELECT ?x {{ ?x schema:{name}Date ?y }} GROUP BY ?x HAVING(COUNT(?y) = 1) }}
              ?x schema:{name}Date ?date ; iis:{first} ?a ; iis:{last} ?b
            }} GROUP BY ?date
        """
        for row in snapshot.engine.query(sparql).rows():
            expected = Span(day_of(row["first"].value), day_of(row["last"].value))
            assert span_of(row["date"].value) == expected
            compared += 1
    assert compared > 800


# ---------------------------------------------------------------- a small world

ORG = "http://www.w3.org/ns/org#"
WORLD = """
<id/organisation/old> a org:FormalOrganization ; skos:prefLabel "Old"@en ;
    schema:foundingDate "1950"^^xsd:gYear ; schema:endDate "2000-06-30"^^xsd:date ;
    schema:location <id/place/X> .
<id/organisation/ageless> a org:FormalOrganization ; skos:prefLabel "Ageless"@en .
<id/state/A> a iis:State ; skos:prefLabel "A"@en .

<m/dated> a org:Membership ;
    org:organization <id/organisation/ageless> ; org:member <id/state/A> ;
    schema:startDate "1990-05"^^xsd:gYearMonth ; schema:endDate "1995"^^xsd:gYear .
<m/undated> a org:Membership ;
    org:organization <id/organisation/ageless> ; org:member <id/state/A> .
<m/old> a org:Membership ; org:organization <id/organisation/old> ; org:member <id/state/A> ;
    schema:startDate "1960-01-01"^^xsd:date .

<a/text> a iis:InternationalAgreement ; iis:agreementStatus <scheme/in-force> .
<a/signature> a iis:AgreementAction ; iis:ofAgreement <a/text> ; iis:party <id/state/A> ;
    schema:startDate "1970-03-03"^^xsd:date .
<a/accession> a iis:AgreementAction ; iis:ofAgreement <a/text> ; iis:party <id/state/A> .

<e/1> a iis:ForumEdition ; schema:superEvent <f/1> ; schema:startDate "1980-01-05"^^xsd:date .
<f/1> a iis:ForumSeries ; schema:startDate "1980"^^xsd:gYear .
<e/1s> a iis:Session ; schema:superEvent <e/1> ; schema:position 1 .
<e/1p> a iis:Participation ; iis:inEvent <e/1s> ; prov:agent <id/state/A> .

<n/both> a iis:EditorialNote ; iis:noteOn <m/dated> , <m/old> .
<n/one> a iis:EditorialNote ; iis:noteOn <m/dated> .
<s/1> a iis:Source ; dcterms:issued "2024"^^xsd:gYear .
"""
HEAD = "".join(
    f"@prefix {prefix}: <{iri}> .\n"
    for prefix, iri in {
        "dcterms": "http://purl.org/dc/terms/",
        "iis": IIS,
        "org": "http://www.w3.org/ns/org#",
        "prov": "http://www.w3.org/ns/prov#",
        "schema": "https://schema.org/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }.items()
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A few nodes of each nature, with exact, vague and missing dates."""
    other = '<m/dated> schema:startDate "1990"^^xsd:gYear .'
    return rdf.snapshot_of(tmp_path_factory.mktemp("world"), a=HEAD + WORLD, b=HEAD + other)


def there(world: Snapshot, day: str, certainty: Certainty) -> set[str]:
    """Which of the nodes of the world are described on a day."""
    quads = as_of(world, day_of(day), certainty).engine.quads(None, NamedNode(TYPE))
    return {q.subject.value.removeprefix(BASE) for q in quads if isinstance(q.subject, NamedNode)}


@pytest.mark.parametrize(
    ("node", "certainly", "possibly"),
    [
        # 1990-05 and 1990 agree on May 1990; 1995 is all of that year
        ("m/dated", ("1990-05-31", "1995-01-01"), ("1990-05-01", "1995-12-31")),
        ("m/undated", None, ("0001-01-01", None)),
        # no end of its own, but the organisation has one
        ("m/old", ("1960-01-01", "2000-06-30"), ("1960-01-01", "2000-06-30")),
        # 1950, and nothing shows it before the end of that year
        ("id/organisation/old", ("1950-12-31", "2000-06-30"), ("1950-01-01", "2000-06-30")),
        ("id/organisation/ageless", ("0001-01-01", None), ("0001-01-01", None)),
        ("id/state/A", ("0001-01-01", None), ("0001-01-01", None)),
        # undated, but signed on a day
        ("a/text", ("1970-03-03", None), ("0001-01-01", None)),
        ("a/signature", ("1970-03-03", None), ("1970-03-03", None)),
        ("a/accession", None, ("0001-01-01", None)),
        # the edition shows its series; parts are as old as the whole, at any depth
        ("f/1", ("1980-01-05", None), ("1980-01-01", None)),
        ("e/1", ("1980-01-05", None), ("1980-01-05", None)),
        ("e/1s", ("1980-01-05", None), ("1980-01-05", None)),
        ("e/1p", ("1980-01-05", None), ("1980-01-05", None)),
        # a note goes with the last thing that it is on
        ("n/both", ("1960-01-01", "2000-06-30"), ("1960-01-01", "2000-06-30")),
        ("n/one", ("1990-05-31", "1995-01-01"), ("1990-05-01", "1995-12-31")),
        ("s/1", ("0001-01-01", None), ("0001-01-01", None)),
    ],
)
def test_from_when_to_when(
    world: Snapshot,
    node: str,
    certainly: tuple[str, str | None] | None,
    possibly: tuple[str, str | None] | None,
) -> None:
    """Each node is there from its first day to its last, and on no day around them."""
    for certainty, days in ((CERTAIN, certainly), (POSSIBLE, possibly)):
        if days is None:
            assert node not in there(world, "9999-12-31", certainty)
            continue
        first, last = (day_of(day) if day else date.max for day in days)
        assert node in there(world, first.isoformat(), certainty)
        assert node in there(world, last.isoformat(), certainty)
        if first > date.min:
            assert node not in there(world, (first - timedelta(days=1)).isoformat(), certainty)
        if last < date.max:
            assert node not in there(world, (last + timedelta(days=1)).isoformat(), certainty)


def test_a_thing_that_has_ended_keeps_its_name_alone(world: Snapshot) -> None:
    """No type, no place, no dates."""
    view = as_of(world, date(2001, 1, 1))
    old = NamedNode(BASE + "id/organisation/old")
    assert {q.object for q in view.engine.quads(old)} == {Literal("Old", language="en")}


def test_a_status_goes_with_what_is_missing(world: Snapshot) -> None:
    """“In force” may rest on the accession; without that, nobody knows."""
    status = "SELECT ?s { <a/text> iis:agreementStatus ?s }"
    assert ask(as_of(world, date(2020, 1, 1)), status) == set()
    assert ask(as_of(world, date(2020, 1, 1), POSSIBLE), status) == {"in-force"}


def test_rules_are_applied_anew(tmp_path: Path) -> None:
    """A derived statement does not outlive what it follows from, and an exception may lapse."""
    text = f"""
        CONSTRUCT {{ ?o <member> ?m }}
        WHERE {{
          ?x <{ORG}organization> ?o ; <{ORG}member> ?m
          MINUS {{ ?x <https://schema.org/endDate> ?e }}
        }}
    """
    rdf.write(tmp_path, ontology__rules__1_rq=text, data__records__press__a_ttl=HEAD + WORLD)
    whole = of_content(Content(tmp_path))
    count = "SELECT (COUNT(*) AS ?n) { ?o <member> ?m }"
    assert ask(whole, count) == {"2"}
    assert ask(as_of(whole, date(1959, 1, 1), CERTAIN), count) == {"0"}
    assert ask(as_of(whole, date(1993, 1, 1), CERTAIN), count) == {"2"}
    assert ask(as_of(whole, date(1996, 1, 1), CERTAIN), count) == {"1"}


# ---------------------------------------------------------------- days and spans


@pytest.mark.parametrize(
    "text", ["2015", "2015-01", "2015-1-9", "20150109", "2015-02-30", "", "x", "2015-W02-5"]
)
def test_a_day_is_a_day(text: str) -> None:
    """Nothing else is taken for one."""
    with pytest.raises(QueryError, match="2015-01-09"):
        day_of(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2000", "2000-01-01", "2000-12-31"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2015-01-09", "2015-01-09", "2015-01-09"),
    ],
)
def test_partial_dates_are_spans(text: str, first: str, last: str) -> None:
    """A year and a month are all their days."""
    assert span_of(text) == Span(day_of(first), day_of(last))


@pytest.mark.parametrize(
    "text", ["2015-13", "2015-02-30", "0000", "soon", "2015-01-09T00:00:00", "-0044"]
)
def test_what_is_no_date_has_no_span(text: str) -> None:
    assert span_of(text) is None


spans = st.tuples(st.dates(), st.dates()).map(lambda days: Span(min(days), max(days)))


@given(st.lists(spans, min_size=1))
def test_sources_agree_on_what_they_share(told: list[Span]) -> None:
    """The common days if there are any, else all that one of them leaves open."""
    found = agreed(told)
    shared = [s for s in told if s.first <= found.first and found.last <= s.last]
    if len(shared) < len(told):
        assert found == Span(min(s.first for s in told), max(s.last for s in told))
        assert max(s.first for s in told) > min(s.last for s in told)
    assert found.first <= found.last


# ---------------------------------------------------------------- keeping views


def test_a_view_is_named_by_what_makes_it(world: Snapshot) -> None:
    """Release, day and certainty; the same again is the same."""
    day = date(1993, 1, 1)
    names = [
        as_of(world, day).release,
        as_of(world, day, POSSIBLE).release,
        as_of(world, date(1993, 1, 2)).release,
        world.release,
    ]
    assert len(set(names)) == 4
    assert as_of(world, day).release == names[0]


def test_days_without_a_change_share_a_view(world: Snapshot) -> None:
    """Whoever asks for each day of a decade builds no more views than it had changes."""
    turn = Calendar(world).turn
    assert turn(date(1981, 1, 1)) == turn(date(1989, 12, 31))
    assert len({turn(date(year, 1, 1)) for year in (1961, 1985, 1993)}) == 3


@given(st.dates(date(1940, 1, 1), date(2030, 1, 1)), st.sampled_from(Certainty))
def test_the_shared_view_is_the_right_one(day: date, certainty: Certainty) -> None:
    """For any day, what is kept says the same as what is built for that very day."""
    store = rdf.store_of(*rdf.file(HEAD + WORLD).quads)
    small = Snapshot(store, "test")
    kept = Moments(small).at(day, certainty)
    assert asserted(kept) == asserted(as_of(small, day, certainty))
