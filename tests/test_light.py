"""What is called light is cheap: the bound on its work is a true one."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iisgraph.engine import NamedNode, Oxigraph, Quad
from iisgraph.light import MOST_WORK, Scale
from iisgraph.snapshot import Snapshot
from iisgraph.statistics import Statistics
from iisgraph.vocab import BASE

LIGHT = [
    "SELECT ?p ?o WHERE { <id/state/RUS> ?p ?o }",
    "SELECT * { <https://w3id.org/iisgraph/id/state/RUS> skos:prefLabel ?name }",
    'SELECT ?n { <id/state/RUS> skos:prefLabel ?n . FILTER(LANG(?n) = "ru") }',
    "ASK { <id/state/RUS> a iis:State }",
    "SELECT ?s { ?s a iis:FormerState } ORDER BY ?s",
    'SELECT ?s { ?s schema:startDate "2009-06-16"^^xsd:date ; iis:party ?p , ?q }',
    "SELECT ?s ?n { ?s a iis:State ; skos:prefLabel ?n . } LIMIT 20 OFFSET 5",
    "PREFIX ex: <http://example.org/> SELECT DISTINCT ?o { ex:a ex:b ?o OPTIONAL { ?o ex:c ?d } }",
    "SELECT * { ?s ?p ?o } LIMIT 10",
    "SELECT ?s { ?s schema:value 1300 }",
    "SELECT ?o { <id/state/RUS> ?p ?o }\n# for the report of May\n",
    "PREFIX v: <https://w3id.org/iisgraph/ontology#> ASK { <id/state/RUS> v:voter ?o }",
    "SELECT ?o { <id/state/RUS> org:memberOf+ ?o }",
    "SELECT ?o { ?o skos:broader*<scheme/role/participant> . ?o a ?class }",
    "SELECT DISTINCT ?o { { <id/state/RUS> ?p ?o } UNION { ?o ?q <id/forum/infoforum> } }",
    "SELECT ?o { { <id/state/RUS> ?p ?o } UNION { <id/state/KAZ> ?p ?o } FILTER(?o != 7) }",
    "DESCRIBE <id/state/RUS> iis:State",
    "CONSTRUCT { ?s rdfs:seeAlso ?o } WHERE { ?s a iis:FormerState ; iis:iso3 ?o }",
    "SELECT ?a ?b { ?a iis:successor+ ?b }",
    "BASE <https://w3id.org/iisgraph/id/> PREFIX s: <state/> SELECT * { s:RUS a ?c }",
]
HEAVY = [
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 10",
    "SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 10",
    "SELECT * { ?s ?p ?o FILTER(?o = 7) } LIMIT 10",
    "SELECT * { ?a iis:voter ?x . ?b iis:voter ?y }",
    "SELECT * { ?a ?p ?x . ?x ?q ?y } LIMIT 10",
    "SELECT (COUNT(*) AS ?n) { <id/state/RUS> ?p ?o }",
    "SELECT ?o { <id/state/RUS> iis:voter +5 }",
    "SELECT ?o { <id/state/RUS> ?p+ ?o }",
    "SELECT ?o { { <id/state/RUS> ?p ?o } UNION { <id/state/KAZ> ?p ?o } ?o ?q ?r }",
    "SELECT ?o { ?o ?q ?r { <id/state/RUS> ?p ?o } UNION { <id/state/KAZ> ?p ?o } }",
    "SELECT ?o { { { <id/state/RUS> ?p ?o } } UNION { <id/state/KAZ> ?p ?o } }",
    "DESCRIBE ?s { ?s a iis:State }",
    "DESCRIBE ?s",
    'DESCRIBE "x"',
    "SELECT ?o { <id/state/RUS> ^iis:party ?o }",
    "SELECT ?o { GRAPH ?g { <id/state/RUS> ?p ?o } }",
    "SELECT ?o FROM <graph/x> { <id/state/RUS> ?p ?o }",
    "SELECT ?o { SERVICE <http://127.0.0.1/> { <id/state/RUS> ?p ?o } }",
    "SELECT ?o { <id/state/RUS> ?p ?o FILTER NOT EXISTS { ?o ?q ?r } }",
    "SELECT (NOW() AS ?now) { <id/state/RUS> ?p ?o }",
    "SELECT ?o { { <id/state/RUS> ?p ?o } UNION { ?o ?q ?r } }",
    "SELECT ?o { <id/state/RUS> unknown:p ?o }",
    "SELECT ?o { <id/state/RUS> ?p ?o } # <id/state/KAZ>",
    "SELECT ?o { ?o skos:prefLabel '''Russia'''@en }",
    "SELECT ?o { ?o skos:prefLabel '''\n# a\n'''@en }",
    'SELECT ?o { ?o skos:prefLabel """\n# a\n"""@en }',
    "#\rSELECT * { ?s ?p ?o }",
    "SELECT * { ?a <x/../def/voter> ?x . ?b <x/../def/voter> ?y }",
    "SELECT * { ?a <./def/voter> ?x . ?b <./def/voter> ?y }",
    "SELECT * { ?a </iisgraph/def/voter> ?x . ?b </iisgraph/def/voter> ?y }",
    "BASE <https://w3id.org/iisgraph/x> SELECT * { ?a <def/voter> ?x . ?b <def/voter> ?y }",
    "BASE <x/> BASE <y/> SELECT * { <a> ?p ?o }",
    "PREFIX a: <b/> BASE <https://w3id.org/> SELECT * { a:b ?p ?o }",
    "CONSTRUCT WHERE { <id/state/RUS> ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o FILTER(?o = 7) } WHERE { ?s a iis:FormerState ; ?p ?o }",
    "CONSTRUCT { ?s rdfs:seeAlso+ ?o } WHERE { ?s a iis:FormerState ; ?p ?o }",
    "CONSTRUCT { [] ?p ?o } WHERE { ?s a iis:FormerState ; ?p ?o }",
    "SELECT * { ?a iis:voter+ ?b }",
    "SELECT * { ?a skos:broader* ?b }",
    "INSERT DATA { <a> <b> <c> }",
    "SELECT ?o { <id/state/RUS> ?p ?o",
    "SELECT ?o { [] ?p ?o }",
    "",
    "{",
]


@pytest.fixture(scope="module")
def scale(snapshot: Snapshot) -> Scale:
    return Scale(snapshot.engine, snapshot.statistics)


@pytest.mark.parametrize("sparql", LIGHT)
def test_plain_lookups_are_light(scale: Scale, snapshot: Snapshot, sparql: str) -> None:
    """And the engine takes them: what is light is SPARQL."""
    assert scale.is_light(sparql)
    snapshot.engine.query(sparql)


@pytest.mark.parametrize("sparql", HEAVY)
def test_all_else_is_not(scale: Scale, sparql: str) -> None:
    """What could be dear, reaches outside, depends on the moment, or is not understood."""
    assert not scale.is_light(sparql)


def test_constants_decide(scale: Scale) -> None:
    """One shape, light for one thing and not for another that everything points to."""
    shape = "SELECT ?s ?n {{ ?s org:role <{}> . ?s org:organization ?o . ?t org:organization ?o }}"
    assert scale.is_light(shape.format("id/nothing"))
    assert not scale.is_light(shape.format("scheme/membership/member"))


NAMES = [f"x{n}" for n in range(6)]
TERMS = st.one_of(
    st.sampled_from(["?a", "?b", "?c", "?d"]), st.sampled_from([f"<{n}>" for n in NAMES])
)
PATTERNS = st.lists(st.tuples(TERMS, TERMS, TERMS), min_size=1, max_size=4)
TRIPLES = st.lists(st.tuples(*[st.sampled_from(NAMES)] * 3), max_size=60, unique=True)


@cache
def store_of(triples: tuple[tuple[str, str, str], ...]) -> Oxigraph:
    made = Oxigraph()
    graph = NamedNode(BASE + "g")
    nodes = ((NamedNode(BASE + s), NamedNode(BASE + p), NamedNode(BASE + o)) for s, p, o in triples)
    made.add(Quad(s, p, o, graph) for s, p, o in nodes)
    return made


@settings(max_examples=300, deadline=None)
@given(TRIPLES, PATTERNS)
def test_work_is_never_less_than_the_rows_that_come_out(
    triples: list[tuple[str, str, str]], patterns: list[tuple[str, str, str]]
) -> None:
    """The bound counts the rows after the last join too, so it cannot be below them."""
    engine = store_of(tuple(triples))
    scale = Scale(engine, Statistics(engine))
    text = " . ".join(" ".join(pattern) for pattern in patterns)
    work: list[int] = []

    def noted(*given: Any) -> int:
        work.append(Scale._work(scale, *given))
        return work[-1]

    scale.__dict__["_work"] = noted
    is_light = scale.is_light(f"SELECT * {{ {text} }}")
    rows = sum(1 for _ in engine.query(f"SELECT * {{ {text} }}").rows())
    assert work
    assert work[-1] >= rows
    assert is_light == (work[-1] <= MOST_WORK)
