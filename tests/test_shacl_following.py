"""A validation that follows its data says what a new one says, after each change."""

from collections.abc import Collection, Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iisgraph.engine import Key, Oxigraph, Quad, triples
from iisgraph.errors import ShapesError
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.shacl import Data, validate
from iisgraph.shacl.following import Following
from tests import shacl
from tests.test_shacl_differential import AIMS, APART, told

OFTEN = settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
RARELY = settings(OFTEN, max_examples=25)


class Kept:
    """Quads that come and go, with the store and the validation that follow them."""

    def __init__(self, quads: Collection[Quad], shapes: list[Quad]) -> None:
        self.quads = set(quads)
        self.shapes = shapes
        self.store = Oxigraph()
        self.store.add(quads)
        self.store.freeze()
        self.following = Following(shapes, Data(list(quads), self.store), self.store)

    def change(self, quads: set[Quad]) -> None:
        """Take those out that are there, and put the others in."""
        gone = quads & self.quads
        self.quads ^= quads
        alike = {(subject, predicate) for subject, predicate, _ in triples(gone)}
        self.store.change(gone, [*(quads - gone), *self._exact(alike)])
        self.following.follow(quads, self._exact)

    def agree(self) -> None:
        """See to it that a new validation says the same."""
        anew = validate(list(self.quads), self.shapes)
        assert told(self.following.results()) == told(anew.results)

    def _exact(self, keys: Collection[Key]) -> Iterator[Quad]:
        return (quad for quad in self.quads if (quad.subject, quad.predicate) in keys)


def follow(data: st.DataObject, text: str, shapes: list[Quad]) -> None:
    """Begin with a part of some data, and let others come and go."""
    everything = list(dict.fromkeys(shacl.quads(text)))
    assume(everything)
    parts = st.sets(st.sampled_from(everything), max_size=len(everything))
    kept = Kept(data.draw(parts, label="first"), shapes)
    kept.agree()
    for _ in range(3):
        kept.change(data.draw(st.sets(st.sampled_from(everything), max_size=4), label="change"))
        kept.agree()


@OFTEN
@given(st.data(), shacl.data(), shacl.shapes())
def test_results_follow_every_change(data: st.DataObject, text: str, shapes: str) -> None:
    """All of SHACL Core, on terms that the store keeps and on others."""
    try:
        follow(data, text, shacl.quads(shapes))
    except (NotUnderstood, ShapesError):
        assume(False)


def test_a_literal_goes_alone_where_the_store_keeps_two_as_one() -> None:
    """Of `01` and `1` one is taken out, and the other is still judged."""
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ;
        sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxLength 1 ] ."""
    quads = shacl.quads('ex:a a ex:C ; ex:p 1 , "01"^^xsd:integer .')
    kept = Kept(quads, shacl.quads(shapes))
    assert len(kept.following.results()) == 1
    kept.change({quad for quad in quads if '"01"' in str(quad)})
    assert not kept.following.results()


@pytest.mark.parametrize("name", sorted(set(shacl.QUERIES) - APART))
def test_results_of_queries_follow_every_change(name: str) -> None:
    """Constraints in SPARQL that are asked for all nodes at once."""

    @RARELY
    @given(st.data(), shacl.data(), AIMS)
    def agree(data: st.DataObject, text: str, target: str) -> None:
        shapes = shacl.quads(shacl.with_query(shacl.QUERIES[name], target))
        try:
            follow(data, text, shapes)
        except NotUnderstood:
            assume("targetNode" in target or Data(shacl.quads(text)).irregular)

    agree()


@pytest.mark.parametrize("name", sorted(APART))
def test_queries_that_are_asked_node_by_node_are_not_followed(name: str) -> None:
    """It cannot be told which nodes a change touches."""
    shapes = shacl.quads(shacl.with_query(shacl.QUERIES[name], "sh:targetClass ex:C"))
    with pytest.raises(NotUnderstood):
        Kept(set(), shapes)
