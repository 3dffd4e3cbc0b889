"""What follows by rule follows every change: the same as if it were derived anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisgraph import read, snapshot
from iisgraph.derivation import Derivation
from iisgraph.engine import Literal, NamedNode, Oxigraph, Quad
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.vocab import DERIVED
from tests.test_standing import asked, iri, quads

CONTENT = read.default_content()
RULES = {
    "1": asked("CONSTRUCT { ?y ex:q ?x } WHERE { ?x ex:p ?y FILTER(isIRI(?y)) }"),
    "2": asked("CONSTRUCT { ?x ex:r ?y } WHERE { ?x ex:q ?y MINUS { ?x ex:p ?y } }"),
    "3": asked("CONSTRUCT { ?x ex:label ?n } WHERE { ?x ex:r ?y BIND(STR(?y) AS ?n) }"),
    "4": asked("""CONSTRUCT { ?x ex:label ?n } WHERE {
        VALUES ?as { ex:p ex:q } ?x ?as ?y . ?y ex:r|ex:label ?n }"""),
    "41": asked("CONSTRUCT { ?x ex:linked ?y } WHERE { ?x ex:q [ ex:p ?y ] }"),
    "5": asked("""CONSTRUCT { ?x a ex:Contest ; ex:about ?y } WHERE {
        ?p a ex:p . GRAPH ?g { ?x ?p ?y } GRAPH ?h { ?x ?p ?z } FILTER(?g != ?h) }"""),
}
REFUSED = {
    "rests on itself in part": "CONSTRUCT { ?x ex:p ?y } WHERE { ?x ex:q ?y MINUS { ?y ex:p ?x } }",
    "rests on itself by a path": "CONSTRUCT { ?x ex:p ?y } WHERE { ?x ex:q ?y . ?x ex:p+ ?z }",
    "a literal": "CONSTRUCT { ?x ex:label 'x' } WHERE { ?x ex:q ?y }",
    "a blank node": "CONSTRUCT { ?x ex:r [] } WHERE { ?x ex:q ?y }",
    "no rule": "SELECT ?x { ?x ex:q ?y }",
}


def derived_anew(held: set[Quad]) -> set[Quad]:
    store = Oxigraph()
    store.add(held)
    snapshot.derive(store, RULES, CONTENT)
    return set(store.quads(graph=NamedNode(DERIVED)))


changes = st.lists(st.sets(quads, min_size=1, max_size=4), min_size=1, max_size=4)


@given(st.sets(quads, max_size=14), changes)
def test_what_follows_is_what_would_be_derived_anew(
    first: set[Quad], changes: list[set[Quad]]
) -> None:
    """Rules that read what others derive, contradict them, and would feed on themselves."""
    store = Oxigraph()
    store.add(first)
    store.freeze()
    derivation = Derivation(store, RULES)
    held = set(first)
    assert set(store.quads(graph=NamedNode(DERIVED))) == derived_anew(held)
    for change in changes:
        before = set(store.quads(graph=NamedNode(DERIVED)))
        store.change(change & held, change - held)
        held ^= change
        moved = derivation.follow(change)
        after = set(store.quads(graph=NamedNode(DERIVED)))
        assert after == derived_anew(held)
        assert moved.gone == before - after
        assert moved.come == after - before


def test_a_file_may_assert_what_a_rule_derives() -> None:
    """It is asserted then, and derived again when no file says it any more."""
    store = Oxigraph()
    store.add([Quad(iri("a"), iri("p"), iri("b"), iri("g"))])
    store.freeze()
    derivation = Derivation(store, RULES)
    derived = Quad(iri("b"), iri("q"), iri("a"), NamedNode(DERIVED))
    assert derived in set(store.quads())
    said = Quad(iri("b"), iri("q"), iri("a"), iri("h"))
    store.change([], [said])
    assert derived in derivation.follow([said]).gone
    assert derived not in set(store.quads())
    store.change([said], [])
    assert derived in derivation.follow([said]).come
    assert derived in set(store.quads())


@pytest.mark.parametrize("name", REFUSED)
def test_rules_that_cannot_be_followed_are_refused(name: str) -> None:
    """Rather than to be followed wrongly."""
    with pytest.raises(NotUnderstood):
        Derivation(Oxigraph(), {"1": asked(REFUSED[name])})


def test_the_rules_of_the_house_are_followed() -> None:
    """On all the data: the same as in a snapshot; a changed date changes what follows."""
    whole = snapshot.of_content(CONTENT)
    store = Oxigraph()
    for file in whole.files:
        store.add(file.quads)
    store.freeze()
    derivation = Derivation(store, whole.rules)
    expected = set(whole.engine.quads(graph=NamedNode(DERIVED)))
    assert set(store.quads(graph=NamedNode(DERIVED))) == expected
    assert len(expected) > 20_000
    start = NamedNode("https://schema.org/startDate")
    day = NamedNode("http://www.w3.org/2001/XMLSchema#date")
    other = Literal("1899-12-31", datatype=day)
    quad = next(
        each
        for each in store.quads(None, start)
        if isinstance(each.graph_name, NamedNode) and getattr(each.object, "datatype", 0) == day
    )
    later = Quad(quad.subject, start, other, quad.graph_name)
    store.change([quad], [later])
    moved = derivation.follow([quad, later])
    assert 2 <= len(list(moved)) < 20
    assert any(other == each.object for each in moved.come)
