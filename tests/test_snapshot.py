"""A release: its hash, its graphs, and what the rules derive."""

import calendar
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Dataset, Graph, Literal, URIRef

from iisgraph import query, read
from iisgraph import snapshot as snapshots
from iisgraph.engine import NamedNode
from iisgraph.errors import SourceError
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DERIVED, GRAPH, SCHEMA
from tests import rdf

RULES = read.default_content().root / "ontology/rules"
PROLOGUE = f"""@base <{BASE}> .
@prefix iis: <{BASE}def/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix schema: <{SCHEMA}> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
MEMBERSHIP = """
<m> a org:Membership ; org:role <scheme/membership/member> .
<m> org:organization <o> ; org:member <s> .
"""


def content_of(folder: Path, ontology: str = "", **records: str) -> Content:
    """A content folder with the rules of the house and these records."""
    shutil.copytree(RULES, folder / "ontology/rules", dirs_exist_ok=True)
    (folder / "ontology/o.ttl").write_text(PROLOGUE + ontology, encoding="utf-8")
    (folder / "data/records").mkdir(parents=True, exist_ok=True)
    for name, text in records.items():
        path = folder / f"data/records/{name}.ttl"
        path.write_text(PROLOGUE + text, encoding="utf-8")
    return Content(folder)


def derived_from(folder: Path, ontology: str = "", **records: str) -> Snapshot:
    return snapshots.of_content(content_of(folder, ontology, **records))


def ask(snapshot: Snapshot, pattern: str) -> set[tuple[str, ...]]:
    """Rows of `SELECT *`, variables in alphabetical order, IRIs without the base."""
    found = query.answer(snapshot, f"SELECT * {{ {pattern} }}")
    names = sorted(found.variables)
    return {tuple(row[n].value.removeprefix(BASE) for n in names) for row in found.rows()}


def test_the_release_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    """The hash is of what was read, not of where."""
    one = derived_from(tmp_path / "one", a="<s> <p> 1 .")
    two = derived_from(tmp_path / "deep/er/two", a="<s> <p> 1 .")
    assert one.release == two.release
    assert len(one.release) == 64


@pytest.mark.parametrize(
    "name", ["data/records/a.ttl", "ontology/o.ttl", "ontology/rules/20-signatories.rq"]
)
def test_one_byte_makes_another_release(tmp_path: Path, name: str) -> None:
    """In data, ontology or a rule; even where the statements stay the same."""
    content = content_of(tmp_path, a="<s> <p> 1 .")
    before = snapshots.of_content(content)
    path = tmp_path / name
    path.write_bytes(path.read_bytes() + b"\n")
    after = snapshots.of_content(content)
    assert after.release != before.release
    assert len(after) == len(before)


def test_a_moved_or_added_file_makes_another_release(tmp_path: Path) -> None:
    """The names of graphs are part of what is said."""
    releases = {
        derived_from(tmp_path / "1", a="<s> <p> 1 .").release,
        derived_from(tmp_path / "2", b="<s> <p> 1 .").release,
        derived_from(tmp_path / "3", a="<s> <p> 1 .", b="").release,
        derived_from(tmp_path / "4", a="", b="<s> <p> 1 .").release,
    }
    assert len(releases) == 4


def test_extra_files_join_a_content_once(tmp_path: Path) -> None:
    """A file given by hand that is in the content already is not read twice."""
    content = content_of(tmp_path / "content", a="<s> <p> 1 .")
    own = read.files(tmp_path / "content/data/records/a.ttl")
    plain = snapshots.of_content(content)
    assert snapshots.of_content(content, own).release == plain.release
    extra = rdf.write(tmp_path / "more", x_ttl="<s> <p> 2 .")
    joined = snapshots.of_content(content, read.files(extra / "x.ttl"))
    assert len(joined) == len(plain) + 1


def test_derived_statements_are_apart(tmp_path: Path) -> None:
    """In `graph/derived` and in the merge, never in the graph of a record."""
    text = MEMBERSHIP
    snapshot = derived_from(tmp_path, a=text)
    assert ask(snapshot, "GRAPH ?g { <o> iis:currentMember ?s }") == {("graph/derived", "s")}
    assert ask(snapshot, "<o> iis:currentMember ?s") == {("s",)}
    assert snapshot.graphs == {DERIVED, GRAPH + "a"}


def test_what_is_asserted_is_not_derived(tmp_path: Path) -> None:
    """A source that says so stays the one who says it."""
    text = MEMBERSHIP
    snapshot = derived_from(tmp_path, a=text + "<o> iis:currentMember <s> .")
    assert ask(snapshot, "GRAPH ?g { <o> iis:currentMember ?s }") == {("graph/a", "s")}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("SELECT * {}", "must be a CONSTRUCT"),
        ("CONSTRUCT {\n", r"01-x\.rq:2:\d+"),
        (
            "CONSTRUCT { ?s ?p ?o }\n{ SERVICE <http://x.org/> { ?s ?p ?o } }",
            r"01-x\.rq:2:3.*SERVICE",
        ),
        ("CONSTRUCT { ?s ?p ?o } FROM <http://x.org/> { ?s ?p ?o }", r"01-x\.rq:1:24.*fetched"),
    ],
)
def test_a_rule_that_is_none_is_told(tmp_path: Path, rule: str, message: str) -> None:
    """With file, line and column; nothing is called or fetched for a rule."""
    content = content_of(tmp_path)
    (tmp_path / "ontology/rules/01-x.rq").write_text(rule, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        snapshots.of_content(content)


def test_every_rule_explains_itself() -> None:
    """A title and an explanation stand at the head of each."""
    paths = sorted(RULES.glob("*.rq"))
    assert len(paths) >= 7
    for path in paths:
        title, explanation = path.read_text(encoding="utf-8").splitlines()[:2]
        assert title.startswith("# title: ")
        assert explanation.startswith("# explanation: ")


YEARS = [1, 400, 1899, 1900, 1904, 1999, 2000, 2001, 2004, 2016, 2017, 2100, 2400, 9999]


def spans() -> dict[str, tuple[str, str, str]]:
    """Each partial date: datatype, first and last day, by Python's calendar."""
    found = {}
    for year in YEARS:
        found[f"{year:04}"] = ("gYear", f"{year:04}-01-01", f"{year:04}-12-31")
        for month in range(1, 13):
            text = f"{year:04}-{month:02}"
            last = calendar.monthrange(year, month)[1]
            found[text] = ("gYearMonth", f"{text}-01", f"{text}-{last}")
            found[f"{text}-{last}"] = ("date", f"{text}-{last}", f"{text}-{last}")
    return found


@pytest.mark.parametrize(
    ("asserted", "first", "last"),
    [
        ("startDate", "earliestStart", "latestStart"),
        ("endDate", "earliestEnd", "latestEnd"),
    ],
)
def test_first_and_last_possible_day_are_those_of_the_calendar(
    tmp_path: Path, asserted: str, first: str, last: str
) -> None:
    """Every month and leap year: as Python's calendar has them."""
    lines = [
        f'<d/{text}> schema:{asserted} "{text}"^^xsd:{kind} .'
        for text, (kind, _, _) in spans().items()
    ]
    snapshot = derived_from(tmp_path, a="\n".join(lines))
    typed = "FILTER(DATATYPE(?b) = xsd:date && DATATYPE(?c) = xsd:date)"
    pattern = f"?a iis:{first} ?b ; iis:{last} ?c . {typed}"
    expected = {(f"d/{text}", low, high) for text, (_, low, high) in spans().items()}
    assert ask(snapshot, pattern) == expected
    assert len(expected) == len(YEARS) * 25


CONTESTED = "schema:startDate iis:singleValued true . <name> iis:singleValued true ."


@pytest.mark.parametrize(
    ("one", "two", "values"),
    [
        ('"2001"^^xsd:gYear', '"2001-11-23"^^xsd:date', set()),
        ('"2001-11"^^xsd:gYearMonth', '"2001-11-23"^^xsd:date', set()),
        ('"2001-11-23"^^xsd:date', '"2001-11-23"^^xsd:date', set()),
        ('"2001-11-22"^^xsd:date', '"2001-11-23"^^xsd:date', {"2001-11-22", "2001-11-23"}),
        ('"2001"^^xsd:gYear', '"2002-01-01"^^xsd:date', {"2001", "2002-01-01"}),
        ('"2001-10"^^xsd:gYearMonth', '"2001-11"^^xsd:gYearMonth', {"2001-10", "2001-11"}),
    ],
)
def test_only_values_that_exclude_each_other_are_contested(
    tmp_path: Path, one: str, two: str, values: set[str]
) -> None:
    """A date that merely refines another agrees with it."""
    records = {"a": f"<s> schema:startDate {one} .", "b": f"<s> schema:startDate {two} ."}
    snapshot = derived_from(tmp_path, CONTESTED, **records)
    found = ask(snapshot, "?contest a iis:Contest ; rdf:object ?value")
    assert {value for _, value in found} == values
    assert len({contest for contest, _ in found}) == bool(values)


def test_a_contest_names_subject_property_and_records(tmp_path: Path) -> None:
    """Who says what can be read from it."""
    records = {name: f'<s> <name> "{name}" .' for name in "abc"}
    snapshot = derived_from(tmp_path, CONTESTED, **records, d="<t> <name> 'a' .")
    pattern = "?c a iis:Contest ; rdf:subject ?d ; rdf:predicate ?e"
    ((_, subject, predicate),) = ask(snapshot, pattern)
    assert (subject, predicate) == ("s", "name")
    assert ask(snapshot, "[] iis:attestedIn ?r") == {("graph/a",), ("graph/b",), ("graph/c",)}


def test_two_values_in_one_record_are_no_contest(tmp_path: Path) -> None:
    """They are an error of that record, which `check` finds; nor does a free property contest."""
    records = {"a": "<s> <name> 'x' , 'y' ; <free> 1 .", "b": "<s> <free> 2 ."}
    snapshot = derived_from(tmp_path, CONTESTED, **records)
    assert ask(snapshot, "?c a iis:Contest") == set()


def test_members_today_are_those_whose_end_nobody_states(tmp_path: Path) -> None:
    """Neither observers, nor those who left, nor states that are no more, nor seats in groups."""
    text = "".join(
        f"<m{s}> a org:Membership ; org:role <scheme/membership/{role}> ;"
        f" org:organization <o> ; org:member <{s}> ."
        for s, role in [("A", "member"), ("B", "member"), ("C", "observer"), ("D", "member")]
    )
    more = """
        <mB> schema:endDate "1999"^^xsd:gYear . <D> a iis:FormerState .
        <seat> a iis:Seat ; org:role <scheme/membership/member> .
        <seat> org:organization <o> ; org:member <E> .
    """
    snapshot = derived_from(tmp_path, a=text, b=more)
    assert ask(snapshot, "<o> iis:currentMember ?s") == {("A",)}


def test_parties_have_consented_and_not_withdrawn(tmp_path: Path) -> None:
    """A signature makes a signatory; ratification at home alone makes no party."""
    actions = {
        "signer": ["signature"],
        "ratifier": ["signature", "ratification"],
        "depositor": ["signature", "ratification", "deposit"],
        "acceder": ["accession"],
        "successor": ["succession"],
        "leaver": ["accession", "withdrawal"],
        "bound": ["entry-into-force"],
    }
    text = "".join(
        f"<x/{party}/{kind}> iis:actionKind <scheme/action/{kind}> ; "
        f"iis:ofAgreement <t> ; iis:party <{party}> . "
        for party, kinds in actions.items()
        for kind in kinds
    )
    snapshot = derived_from(tmp_path, a=text)
    parties = {party for (party,) in ask(snapshot, "<t> iis:agreementParty ?s")}
    signatories = {party for (party,) in ask(snapshot, "<t> iis:signatory ?s")}
    assert parties == {"depositor", "acceder", "successor", "bound"}
    assert signatories == {"signer", "ratifier", "depositor"}


def test_relations_are_named_in_languages_that_all_three_have(tmp_path: Path) -> None:
    """Who, as what, in what."""
    text = """<m> org:role <r> ; org:organization <o> ; org:member <s> .
    <r> skos:prefLabel "member"@en , "член"@ru . <o> skos:prefLabel "UN"@en .
    <s> skos:prefLabel "India"@en , "Индия"@ru ."""
    assert ask(derived_from(tmp_path, a=text), "<m> rdfs:label ?l") == {("India – member – UN",)}


def test_files_alone_get_no_rules(tmp_path: Path) -> None:
    """Nothing is added to what a stranger wrote."""
    text = f'{PROLOGUE}<m> schema:startDate "2001"^^xsd:gYear .'
    snapshot = rdf.snapshot_of(tmp_path, a=text)
    assert len(snapshot) == 1
    assert snapshot.graphs == {GRAPH + "a"}
    assert snapshot.content is None


def test_a_snapshot_is_read_only(tmp_path: Path) -> None:
    """Neither by the engine nor by a later change of the file."""
    snapshot = rdf.snapshot_of(tmp_path, a="<s> <p> 1 .")
    with pytest.raises(TypeError, match="read-only"):
        snapshot.engine.add([])
    (tmp_path / "a.ttl").write_text("<s> <p> 2 .", encoding="utf-8")
    assert ask(snapshot, "<s> <p> ?o") == {("1",)}


def test_the_rdflib_view_is_read_only_too(tmp_path: Path) -> None:
    """What rdflib's users hold cannot change what the hash stands for."""
    snapshot = rdf.snapshot_of(tmp_path, a="<s> <p> 1 .")
    triple = (URIRef(BASE + "s"), URIRef(BASE + "p"), Literal(2))
    named = snapshot.graph.graph(URIRef(GRAPH + "a"))
    assert len(named) == 1
    changes: list[Callable[[], object]] = [
        lambda: snapshot.graph.add(triple),
        lambda: named.add(triple),
        lambda: named.remove((None, None, None)),
        lambda: snapshot.graph.update("INSERT DATA { <s> <p> 2 }"),
        lambda: snapshot.graph.parse(data="<s> <p> 2 .", format="turtle"),
    ]
    for change in changes:
        with pytest.raises(TypeError, match="read-only"):
            change()
    assert ask(snapshot, "?s ?p ?o") == {("1", "p", "s")}
    assert snapshot.engine.graphs() == [GRAPH + "a"]


def test_a_snapshot_knows_what_it_speaks_of(tmp_path: Path) -> None:
    """Subjects and graphs; a value alone is not described here."""
    snapshot = rdf.snapshot_of(tmp_path, a="<s> <p> <o> .")
    known = {name: snapshot.knows(BASE + name) for name in ("s", "graph/a", "o", "p")}
    assert known == {"s": True, "graph/a": True, "o": False, "p": False}


def test_an_rdflib_dataset_keeps_its_graphs() -> None:
    """Its default graph becomes `graph/default`, and the user's object stays as it was."""
    dataset = Dataset()
    s, p = URIRef(BASE + "s"), URIRef(BASE + "p")
    dataset.add((s, p, Literal("01")))
    dataset.graph(URIRef(BASE + "g")).add((s, p, Literal("01")))
    before = set(dataset)
    snapshot = snapshots.of_rdflib(dataset)
    assert snapshot.graphs == {GRAPH + "default", BASE + "g"}
    assert len(snapshot) == 1
    assert set(dataset) == before


def test_an_rdflib_graph_is_one_graph_and_its_release_is_of_its_meaning() -> None:
    """Labels of blank nodes and the order of statements do not matter; a word does."""
    texts = ["_:a <e:p> 1 . _:b <e:p> 2 .", "_:x <e:p> 2 . _:y <e:p> 1 .", "_:a <e:p> 1 , 2 ."]
    made = [snapshots.of_rdflib(Graph().parse(data=text, format="turtle")) for text in texts]
    assert made[0].graphs == {GRAPH + "default"}
    assert made[0].release == made[1].release != made[2].release


def test_the_rdflib_view_holds_the_merge(snapshot: Snapshot) -> None:
    """What rdflib's users see counts each statement once."""
    assert sum(1 for _ in snapshot.graph.default_graph) == len(snapshot) > 3000
    assert snapshot.knows(NamedNode(BASE + "id/state/RUS").value)
