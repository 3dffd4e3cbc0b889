"""What is said of a resource, and who says so."""

from itertools import pairwise
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import PROV, RDF

from iisgraph import describe, engine, layout
from iisgraph.describe import Description, Names
from iisgraph.engine import BlankNode, Literal, NamedNode
from iisgraph.errors import UnknownResource
from iisgraph.formats import GRAPHS, Kind, by_name
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DERIVED, GRAPH, PRIMARY_SOURCE
from tests import rdf

SOURCES = PROV.hadPrimarySource
RUS = BASE + "id/state/RUS"
SKOS = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
SOURCE = (
    "@prefix prov: <http://www.w3.org/ns/prov#> . <graph/{0}> prov:hadPrimarySource <source/{0}> . "
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two records of one person; one statement is in both."""
    a = SOURCE.format("a") + "<id/p> <age> 1 ; <likes> <id/q> ; <at> [ <street> [ <name> 's' ] ] ."
    b = SOURCE.format("b") + "<id/p> <age> 1 , 2 . <id/q> <likes> <id/p> ."
    return rdf.snapshot_of(tmp_path_factory.mktemp("small"), a=a, b=b)


@pytest.fixture(scope="module")
def person(small: Snapshot) -> Description:
    return describe.describe(small, BASE + "id/p")


def test_statements_have_the_graphs_that_attest_them(person: Description) -> None:
    """Two records that agree are two; a derived statement would be apart."""
    ages = {str(s.value)[1]: s.graphs for s in person.outgoing if s.predicate == BASE + "age"}
    assert ages == {"1": (GRAPH + "a", GRAPH + "b"), "2": (GRAPH + "b",)}
    assert not any(s.is_derived for s in person.statements)


def test_both_directions_are_described(person: Description) -> None:
    """What it says, and what points to it."""
    assert [str(s.subject) for s in person.incoming] == [f"<{BASE}id/q>"]
    assert {s.predicate.removeprefix(BASE) for s in person.outgoing} >= {"age", "likes", "at"}


def test_blank_nodes_are_followed_to_their_ends(person: Description) -> None:
    """They cannot be asked for, so they come along."""
    assert Literal("s") in [s.value for s in person.outgoing]
    assert sum(isinstance(s.subject, BlankNode) for s in person.outgoing) == 2


@pytest.mark.parametrize("iri", ["graph/b", "source/b"])
def test_a_record_and_its_source_hold_what_they_say(small: Snapshot, iri: str) -> None:
    """A page of a source shows all that rests on it."""
    found = describe.describe(small, BASE + iri)
    assert {s.graphs for s in found.contents} == {(GRAPH + "b",)}
    assert len(found.contents) == 4


@pytest.mark.parametrize("iri", ["id/state/XXX", "", "id/state/rus"])
def test_an_unknown_resource_is_told(snapshot: Snapshot, iri: str) -> None:
    """In the short form that was asked."""
    with pytest.raises(UnknownResource, match="not in this graph"):
        describe.describe(snapshot, BASE + iri)


@pytest.mark.parametrize("iri", ["no iri", "<x>", "http://a/ b", "id/state/RUS"])
def test_what_is_no_iri_is_told(snapshot: Snapshot, iri: str) -> None:
    """Text from an address bar is no bug."""
    with pytest.raises(UnknownResource, match="is no IRI"):
        describe.describe(snapshot, iri)


def test_a_description_is_part_of_the_graph(snapshot: Snapshot) -> None:
    """Nothing is made up; types and derived statements are told as such."""
    found = describe.describe(snapshot, RUS)
    assert BASE + "def/State" in found.types
    assert len(found.statements) > 20
    for s in found.statements:
        assert isinstance(s.subject, NamedNode)
        quads = snapshot.engine.quads(s.subject, NamedNode(s.predicate), s.value)
        graphs = {q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)}
        assert graphs == set(s.graphs)
    derived = [s for s in found.statements if s.is_derived]
    assert {s.graphs for s in derived} == {(DERIVED,)}
    assert derived


def test_a_large_description_is_cut_and_says_so(tmp_path: Path) -> None:
    """A page has an end."""
    many = " , ".join(f"<o{n}>" for n in range(describe.LIMIT + 5))
    big = rdf.snapshot_of(tmp_path, a=f"<s> <p> {many} . <t> <p> 1 .")
    found = describe.describe(big, BASE + "s")
    assert (found.is_cut, len(found.outgoing)) == (True, describe.LIMIT)
    assert not describe.describe(big, BASE + "t").is_cut


@pytest.mark.parametrize("name", ["turtle", "ntriples"])
def test_each_statement_has_its_source_beside_it(
    small: Snapshot, person: Description, name: str
) -> None:
    """Formats without graphs say it by rdf:Statement with prov:hadPrimarySource."""
    form = by_name(name, GRAPHS)
    assert form
    graph = Graph().parse(
        data=describe.serialize(small, person, form), format={"ntriples": "nt"}.get(name, name)
    )
    reified = {}
    for node in graph.subjects(RDF.type, RDF.Statement):
        s, p, o = (graph.value(node, part) for part in (RDF.subject, RDF.predicate, RDF.object))
        assert s
        assert p
        assert o
        assert (s, p, o) in graph
        reified[s, p, o] = sorted(str(source) for source in graph.objects(node, SOURCES))
    ages = {str(o): sources for (_, p, o), sources in reified.items() if p == URIRef(BASE + "age")}
    assert ages == {"1": [BASE + "source/a", BASE + "source/b"], "2": [BASE + "source/b"]}
    assert len(reified) == 4
    assert all(reified.values())


def test_turtle_of_a_description_is_in_the_one_layout(small: Snapshot, person: Description) -> None:
    """What is served reads like what is in the files."""
    form = by_name("turtle")
    assert form
    text = describe.serialize(small, person, form)
    assert layout.layout(rdf.file(text)).encode() == text


@pytest.mark.parametrize("name", ["jsonld", "trig", "nquads"])
def test_formats_with_graphs_keep_the_records(
    small: Snapshot, person: Description, name: str
) -> None:
    """The record is the graph, and its source is in it."""
    form = by_name(name, GRAPHS)
    assert form
    assert form.kind is Kind.DATASET
    body = describe.serialize(small, person, form)
    lines = set(engine.canonical_quads(engine.parse(body, form.media_type, "urn:g", BASE).quads))
    for record in "ab":
        graph = f"<{GRAPH}{record}>"
        assert f"{graph} <{PRIMARY_SOURCE}> <{BASE}source/{record}> {graph}" in lines
    triple = f"<{BASE}id/q> <{BASE}likes> <{BASE}id/p>"
    assert f"{triple} <{GRAPH}b>" in lines
    assert f"{triple} <{GRAPH}a>" not in lines


@pytest.mark.parametrize(
    ("languages", "name"),
    [
        (["ru"], ("Мир", "ru")),
        (["fr", "ru"], ("Мир", "ru")),
        (["fr"], ("World", "en")),
        ([], ("World", "en")),
    ],
)
def test_names_are_in_the_readers_language_or_english(
    tmp_path: Path, languages: list[str], name: tuple[str, str]
) -> None:
    """The reader's order first, then English."""
    text = SKOS + '<id/w> skos:prefLabel "Мир"@ru , "World"@en , "世界"@zh .'
    assert Names(rdf.snapshot_of(tmp_path, a=text), languages)(BASE + "id/w") == name


def test_names_fall_back_to_any_language_and_then_to_the_iri(tmp_path: Path) -> None:
    """Nothing is nameless."""
    text = SKOS + '<id/w> skos:prefLabel "世界"@zh , "Monde"@fr . <id/u> skos:prefLabel "u" .'
    names = Names(rdf.snapshot_of(tmp_path, a=text), ["ru"])
    assert names(BASE + "id/w") == ("Monde", "fr")
    assert names(BASE + "id/u") == ("u", "")
    assert names(BASE + "id/state/X") == ("state/X", "")
    assert names(BASE + "def/hasPart") == ("iis:hasPart", "")
    assert names("http://x.example/y") == ("http://x.example/y", "")


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("id/state/RUS", "doc/state/RUS"),
        ("def/State", "doc/def/State"),
        ("source/cow-igo", "doc/source/cow-igo"),
        ("graph/reference/places", "doc/graph/reference/places"),
        ("dataset", "doc/dataset"),
    ],
)
def test_a_document_leads_back_to_its_resource(iri: str, path: str) -> None:
    """The two functions are each other's inverse."""
    assert describe.document_iri(BASE + iri) == BASE + path
    assert describe.resource_iri(path.removeprefix("doc/")) == BASE + iri


def test_figures_count_our_things_by_class(snapshot: Snapshot) -> None:
    """Largest first; classes themselves are no things."""
    figures = describe.figures(snapshot)
    assert all(one >= two for (_, one), (_, two) in pairwise(figures))
    known = dict(figures)
    assert known[BASE + "def/State"] >= 193
    assert "http://www.w3.org/2002/07/owl#Class" not in known
