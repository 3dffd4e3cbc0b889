"""Standing queries: after each change their rows are those of the query asked anew."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisgraph import read
from iisgraph.engine import DefaultGraph, Literal, NamedNode, Oxigraph, Quad
from iisgraph.gate.rules import read_rules
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.standing import Moved, Standing

CONTENT = read.default_content()
QUERIES = {
    "blank nodes": "SELECT ?x { ?x ex:p [ ex:q ?y ] . [] ex:r ?x }",
    "a blank node twice": "SELECT ?y { _:b ex:p ?y ; a ?c MINUS { ?y ex:q [] } }",
    "join": "SELECT ?x ?z { ?x ex:p ?y . ?y ex:q ?z }",
    "distinct": "SELECT DISTINCT ?y { ?x ex:p ?y . ?x a ?c }",
    "constant": "SELECT ?x { ?x ex:p ex:a ; ex:q ?y }",
    "same twice": "SELECT ?x { ?x ex:p ?x }",
    "filter": "SELECT ?x ?y { ?x ex:p ?y FILTER(isIRI(?y) && ?x != ?y) }",
    "bound later": "SELECT ?x ?n { ?x ex:p ?y BIND(STR(?y) AS ?n) FILTER(STRLEN(?n) > 3) }",
    "bound before": "SELECT ?x ?y { ?x a ?c BIND(?x AS ?y) ?y ex:p ?z }",
    "union": "SELECT ?x { { ?x ex:p ?y } UNION { ?y ex:q ?x } ?x a ?c }",
    "one branch binds": "SELECT ?x ?y { { ?x ex:p ?y } UNION { ?x ex:q ?z } }",
    "optional": "SELECT ?x ?y ?z { ?x ex:p ?y OPTIONAL { ?y ex:q ?z } }",
    "optional first": "SELECT ?x ?y { OPTIONAL { ?x ex:p ?y } ?x ex:q ?z }",
    "optional in optional": "SELECT * { ?x a ?c OPTIONAL { ?x ex:p ?y OPTIONAL { ?y ex:q ?z } } }",
    "minus": "SELECT ?x ?y { ?x ex:p ?y MINUS { ?y ex:q ?z } }",
    "minus of one sort": "SELECT ?x { ?x a ?c MINUS { ?n ex:p ?x ; ex:q ex:a ; a ex:b } }",
    "minus before": "SELECT ?x ?y { ?x a ?c MINUS { ?x ex:p ?y } ?x ex:q ?y }",
    "nothing shared": "SELECT ?x { ?x ex:p ?y MINUS { ?a ex:q ?b } }",
    "exists": "SELECT ?x { ?x a ?c FILTER EXISTS { ?y ex:p ?x ; ex:q ?z FILTER(?z != ?x) } }",
    "not exists": "SELECT ?x ?c { ?x a ?c FILTER NOT EXISTS { ?n ex:p ?x . ?n ex:q ?c } }",
    "optional in exists": """SELECT ?x ?g { ?x a ?c . ?g ex:q ?x FILTER NOT EXISTS {
        ?m ex:p ?x ; a ex:a OPTIONAL { ?m ex:r ?s . ?g ex:r ?t } FILTER(!BOUND(?s)) } }""",
    "exists in exists": """SELECT ?x { ?x ex:p ?y
        FILTER NOT EXISTS { ?y ex:q ?z FILTER EXISTS { ?z ex:r ?x } } }""",
    "counted": "SELECT ?x (COUNT(?y) AS ?n) { ?x ex:p ?y } GROUP BY ?x HAVING(COUNT(?y) > 1)",
    "sum of all": "SELECT (COUNT(*) AS ?n) { ?x ex:p ?y }",
    "key not shown": "SELECT (COUNT(?y) AS ?n) { ?x ex:p ?y } GROUP BY ?x",
    "subquery": """SELECT ?x ?n { ?x a ?c
        { SELECT ?x (COUNT(?y) AS ?n) { ?x ex:p ?y } GROUP BY ?x } }""",
    "subquery hides": "SELECT ?x ?y { ?x ex:q ?y { SELECT DISTINCT ?x { ?x ex:p ?y } } }",
    "subquery alone": "SELECT ?x { { SELECT ?x (MAX(?y) AS ?m) { ?x ex:p ?y } GROUP BY ?x } }",
    "subquery in optional": """SELECT * { ?x a ?c OPTIONAL {
        SELECT ?x ?y (COUNT(?z) AS ?n) { ?x ex:p ?y . ?y ex:q ?z } GROUP BY ?x ?y } }""",
    "first two": "SELECT ?x { { SELECT ?x { ?x ex:p ?y } ORDER BY ?x LIMIT 2 } ?x a ?c }",
    "sequence": "SELECT ?x ?z { ?x ex:p/ex:q ?z }",
    "inverse": "SELECT ?x ?z { ?x ^ex:p ?z . ?z (ex:q|^ex:r) ?y }",
    "star": "SELECT ?x ?y { ?x ex:p* ?y . ?y a ?c }",
    "star of all": "SELECT ?x ?y { ?x ex:p* ?y }",
    "plus to one": "SELECT ?x { ?x ex:p+ ex:a . ?x ex:q ?y }",
    "perhaps": "SELECT ?x ?y { ?x ex:q/ex:p? ?y }",
    "not that": "SELECT ?x ?y { ?x !(ex:p|a) ?y }",
    "graph": "SELECT ?x ?g { GRAPH ?g { ?x ex:p ?y } ?x a ?c }",
    "two graphs": """SELECT ?s ?p ?v ?g { ?p a ex:p . GRAPH ?g { ?s ?p ?v } GRAPH ?h { ?s ?p ?w }
        FILTER(?g != ?h && ?v != ?w) }""",
    "one graph": "SELECT ?x { GRAPH ex:g { ?x ex:p ?y } MINUS { ?x a ?c } }",
    "any": "SELECT ?s ?g { GRAPH ?g { ?s ?p ?v } FILTER(isIRI(?v)) MINUS { ?v a ?c } }",
    "table": "SELECT ?x ?t { VALUES (?u ?t) { (ex:p ex:q) (ex:q ex:r) } ?x ?u ?y ; ?t ?z }",
    "table with a hole": "SELECT ?x ?y { VALUES (?x ?y) { (ex:a UNDEF) (UNDEF ex:b) } ?x ex:p ?y }",
    "built": "CONSTRUCT { ?y ex:r ?x } WHERE { ?x ex:p ?y MINUS { ?x ex:q ?y } }",
}
REFUSED = {
    "time": "SELECT ?x { ?x ex:p ?y FILTER(?y < NOW()) }",
    "other graphs": "SELECT ?x FROM ex:g { ?x ex:p ?y }",
    "no rows": "ASK { ?x ex:p ?y }",
    "values behind": "SELECT ?x { ?x ex:p ?y } VALUES ?x { ex:a }",
    "graphs that may be empty": "SELECT ?g { GRAPH ?g { } }",
    "exists in an expression in EXISTS": """SELECT ?x { ?x ex:p ?y
        FILTER EXISTS { ?y a ?c BIND(EXISTS { ?y ex:q ?z } AS ?e) } }""",
    "exists in an expression": "SELECT ?x { ?x ex:p ?y BIND(EXISTS { ?y ex:q ?z } AS ?e) }",
}


def iri(name: str) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


def asked(query: str) -> str:
    return f"PREFIX ex: <http://example.org/>\n{query}"


NODES = [iri(name) for name in "abc"]
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
TERMS = [*NODES, iri("p"), Literal("one"), Literal("http://example.org/a")]
quads = st.builds(
    Quad,
    st.sampled_from([*NODES, iri("p")]),
    st.sampled_from([*(iri(name) for name in "pqr"), TYPE]),
    st.sampled_from(TERMS),
    st.sampled_from([iri("g"), iri("h")]),
)


@given(st.sets(quads, max_size=14), st.lists(st.sets(quads, max_size=4), min_size=1, max_size=4))
def test_rows_follow_every_change(first: set[Quad], changes: list[set[Quad]]) -> None:
    """What is there is taken out, what is not is put in; all queries hold every time."""
    assert len(QUERIES) == 44
    store = Oxigraph()
    store.add(first)
    store.freeze()
    known = {name: Standing(asked(query)) for name, query in QUERIES.items()}
    for each in known.values():
        each.evaluate(store)
    held = set(first)
    for change in changes:
        store.change(change & held, change - held)
        held ^= change
        assert set(store.quads(graph=DefaultGraph())) == set(merged(held))
        assert set(store.triples()) == set(merged(held))
        for name, standing in known.items():
            follow_and_compare(name, standing, store, change)


def follow_and_compare(name: str, standing: Standing, store: Oxigraph, change: set[Quad]) -> None:
    before = set(standing.rows)
    moved = standing.follow(store, change)
    after = set(standing.rows)
    assert (before - moved.gone) | moved.come == after
    assert moved.gone <= before
    assert not moved.come & before
    fresh = standing.evaluate(store)
    assert fresh == Moved(), f"{name}: {fresh}"


def merged(held: set[Quad]) -> Iterator[Quad]:
    return (Quad(each.subject, each.predicate, each.object) for each in held)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_refused(name: str) -> None:
    """Queries whose answer depends on more than the matches of their patterns."""
    with pytest.raises(NotUnderstood):
        Standing(asked(REFUSED[name]))


def test_rules_of_the_house_can_be_followed() -> None:
    """All rules and house rules; what they show is what they select."""
    rules = CONTENT.texts("ontology/rules")
    checks = read_rules(CONTENT.root / "ontology/checks")
    assert len(rules) > 10
    assert len(checks) > 15
    for text in (*rules.values(), *(rule.sparql for rule in checks)):
        assert Standing(text).reads


def test_a_small_change_is_not_evaluated_whole() -> None:
    """Of two joins of the same kind, only the one that was touched is asked for again."""
    texts: list[str] = []

    class Listening(Oxigraph):
        def query(self, sparql: str, *arguments: object) -> object:  # type: ignore[override]
            texts.append(sparql)
            return super().query(sparql)

    store = Listening()
    store.add([Quad(iri("a"), iri("p"), iri("b"), iri("g"))])
    store.freeze()
    standing = Standing(asked(QUERIES["minus"]))
    standing.evaluate(store)
    change = [Quad(iri("b"), iri("q"), iri("c"), iri("g"))]
    store.change([], change)
    moved = standing.follow(store, change)
    assert [standing.shown(row) for row in moved.gone] == [{"x": iri("a"), "y": iri("b")}]
    assert "VALUES (?y) { (<http://example.org/b>) }" in texts[-1]
    untouched = [Quad(iri("b"), iri("r"), iri("c"), iri("g"))]
    store.change([], untouched)
    count = len(texts)
    assert standing.follow(store, untouched) == Moved()
    assert len(texts) == count
