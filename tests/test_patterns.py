"""A query is taken apart as SPARQL means it: held against rdflib's own parser."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib.paths import Path as RdflibPath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, URIRef, Variable

from iisgraph import patterns
from iisgraph.engine import Oxigraph
from iisgraph.patterns import Filter, Group, Minus, Optional, Part, Query, Triple, Union, walk
from iisgraph.patterns.parse import read
from iisgraph.patterns.terms import NotUnderstood
from iisgraph.vocab import BASE, PREFIXES
from tests.conftest import ROOT
from tests.rdf import SHARED

OURS = sorted([*ROOT.glob("queries/*.rq"), *ROOT.glob("ontology/*/*.rq")])
SUITE = sorted((SHARED / "w3c/sparql").rglob("*.rq"))


def is_query(text: str) -> bool:
    """Whether the engine takes it for SPARQL."""
    try:
        ox.Store().query(text, base_iri=BASE, prefixes=PREFIXES)
    except SyntaxError:
        return False
    except (OSError, RuntimeError, ValueError):
        return True
    return True


def readable(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """The queries among files: those that the engine takes and that call no service."""
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        if is_query(text) and "SERVICE" not in text.upper():
            yield path, text


def shape(term: Any) -> str:
    """A term without what two parsers may differ in: names of blank nodes, and paths."""
    if isinstance(term, RdflibPath):
        return "path"
    if isinstance(term, BNode):
        return "?"
    if isinstance(term, Variable):
        return f"?{term}"
    # rdflib leaves the backslash of an escaped name in the IRI
    return "<{}>".format(term.replace("\\", "")) if isinstance(term, URIRef) else "literal"


def theirs(node: Any) -> Iterator[tuple[str, str, str]]:
    """The triple patterns that rdflib finds, those of EXISTS left out."""
    if isinstance(node, CompValue):
        if node.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            return
        if node.name == "BGP":
            yield from (tuple(map(shape, triple)) for triple in node.triples)  # type: ignore[misc]
        for key, value in node.items():
            if key not in ("PV", "_vars", "triples", "datasetClause"):
                yield from theirs(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from theirs(item)


def ours(query: Query, engine: Oxigraph) -> Iterator[tuple[str, str, str]]:
    """The triple patterns that we find, in the same form."""
    for part in walk(query.where):
        if isinstance(part, Triple):
            terms = (part.subject, part.predicate, part.object)
            yield tuple(term_shape(query, term, engine) for term in terms)  # type: ignore[misc]


def term_shape(query: Query, term: patterns.Path, engine: Oxigraph) -> str:
    if not isinstance(term, str):
        return "path"
    if patterns.is_variable(term):
        return "?" if term[1:].startswith(query.fresh) else f"?{term[1:]}"
    row = next(engine.query(f"{query.prologue} SELECT ({term} AS ?t) {{}}").rows())
    return str(row["t"]) if isinstance(row["t"], ox.NamedNode) else "literal"


def normal(triples: Iterator[tuple[str, str, str]]) -> Counter[tuple[str, str, str]]:
    """Triples by number; rdflib writes simple paths out as several, so paths count for none."""
    return Counter(t for t in triples if "path" not in t)


@pytest.mark.parametrize("paths", [OURS, SUITE], ids=["ours", "w3c"])
def test_triples_are_those_that_rdflib_finds(paths: list[Path]) -> None:
    """The same triple patterns, for each query without paths that both parsers take."""
    if not paths:
        pytest.skip("the W3C suite is not beside the checkout")
    engine = Oxigraph()
    compared = 0
    for path, text in readable(paths):
        found = read(text)
        try:
            prologue = "".join(f"PREFIX {p}: <{n}>\n" for p, n in PREFIXES.items())
            algebra = translateQuery(parseQuery(prologue + text), base=BASE).algebra
        except Exception:  # noqa: BLE001 - rdflib refuses what it should not, in its own ways
            continue
        triples = [part for part in walk(found.where) if isinstance(part, Triple)]
        if not all(isinstance(triple.predicate, str) for triple in triples):
            continue
        assert normal(ours(found, engine)) == normal(theirs(algebra)), path
        compared += 1
    assert compared > (30 if paths is OURS else 180)


def test_every_query_of_the_suites_is_understood() -> None:
    """What the engine takes, this parser takes, services aside."""
    for path, text in readable([*OURS, *SUITE]):
        assert read(text).form in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"), path


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o } } ",
        "SELECT * { ?s ?p",
        "SELECT * { ?s a b }",
        "SELECT * { FILTER",
        "SELECT * { ?s ?p << ?a ?b ?c >> }",
        "",
    ],
)
def test_what_is_not_understood_is_said(text: str) -> None:
    """Never a wrong tree, and never another error."""
    with pytest.raises(NotUnderstood):
        read(text)


NONSENSE = (
    "SELECT ASK CONSTRUCT * { } ( ) [ ] . ; , ?x <p> a:b _:c 'x' @en ^^ 1 ^ / | ! + ? WHERE AS "
    "OPTIONAL UNION MINUS GRAPH FILTER EXISTS NOT BIND VALUES UNDEF GROUP BY HAVING LIMIT"
)
words = st.sampled_from(NONSENSE.split())


@given(st.lists(words, max_size=12).map(" ".join), st.booleans())
def test_nonsense_is_understood_or_refused(text: str, wrapped: bool) -> None:
    """No order of words brings the parser down."""
    with suppress(NotUnderstood):
        read(f"SELECT * {{ {text} }}" if wrapped else text)


def where(text: str) -> tuple[Part, ...]:
    return read(f"SELECT * {{ {text} }}").where.parts


def as_text(text: str) -> list[str]:
    return [patterns.write(part) for part in where(text) if isinstance(part, Triple)]


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        ("?s a iis:State.", ["?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> iis:State ."]),
        ("?s iis:p 1.?t iis:q 2 .", ["?s iis:p 1 .", "?t iis:q 2 ."]),
        (
            "?s iis:p 1.5, -2, .5e3, true",
            [f"?s iis:p {n} ." for n in ("1.5", "-2", ".5e3", "true")],
        ),
        (
            '?s iis:p "a.b."@en-GB;iis:q "x"^^xsd:date;.',
            ['?s iis:p "a.b."@en-GB .', '?s iis:q "x"^^xsd:date .'],
        ),
        ("[] iis:p [ iis:q ?o ]", ["?_1 iis:p ?_2 .", "?_2 iis:q ?o ."]),
        ("[ iis:p 1 ] .", ["?_1 iis:p 1 ."]),
        ("_:a iis:p _:b . _:b iis:p _:a", ["?_1 iis:p ?_2 .", "?_2 iis:p ?_1 ."]),
        ("?s iis:a/^iis:b+ ?o", ["?s (iis:a/^(iis:b)+) ?o ."]),
        ("?s (iis:a|!(iis:b|^iis:c))? ?o", ["?s ((iis:a|!(iis:b|^iis:c)))? ?o ."]),
        ("?s ?p ?o FILTER(?o = 1) ?o ?q 2", ["?s ?p ?o .", "?o ?q 2 ."]),
    ],
)
def test_triples_are_written_out(text: str, triples: list[str]) -> None:
    """Lists of predicates and objects, blank nodes and full stops, as the grammar has them."""
    assert as_text(text) == triples


def test_lists_become_their_cells() -> None:
    """`(1 2)` is two cells, each with its item and the rest."""
    found = [text.rsplit("#")[1:] for text in as_text("?s iis:p (1 2)")]
    assert [names[0].split(">")[0] for names in found[1:]] == ["first", "rest"] * 2
    assert found[-1][-1] == "nil> ."


def test_fresh_variables_are_fresh() -> None:
    """A variable for a blank node is none of the query's own."""
    query = read("SELECT ?_1 { ?_1 ?__2 [] }")
    (triple,) = query.where.parts
    assert isinstance(triple, Triple)
    assert triple.object.startswith("?___")


def test_places_are_those_in_the_text() -> None:
    """Each part knows where it stands."""
    query = read("SELECT * {\n  ?s ?p ?o ;\n     ?q ?r .\n  FILTER(?o > 1)\n}")
    texts = [query.source(part) for part in query.where.parts]
    assert texts == ["?s ?p ?o", "?q ?r", "FILTER(?o > 1)"]


def test_parts_of_a_query() -> None:
    """Columns, keys and what follows the pattern."""
    query = read(
        "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s (LANG(?o) AS ?l) STR(?p) "
        "HAVING(COUNT(?o) > 1) ORDER BY DESC(?n) LIMIT 5 OFFSET 2 VALUES ?s { <a> UNDEF }"
    )
    assert [(c.variable, c.expression) for c in query.columns or ()] == [
        ("s", None),
        ("n", "COUNT(?o)"),
    ]
    after = query.modifiers
    assert after.keys == ("s", "l", None)
    assert after.having is not None
    assert after.limit is not None
    assert query.source(after.limit) == "LIMIT 5"
    assert after.offset is not None
    assert query.source(after.offset) == "OFFSET 2"
    assert after.values is not None
    assert after.values.variables == ("s",)
    assert not after.values.total


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("SELECT (COUNT(*) AS ?n) {}", True),
        ("SELECT ?s {} GROUP BY ?s", True),
        ("SELECT ?s {} HAVING(MAX(?o) > 1)", True),
        ("SELECT (STRLEN('COUNT') AS ?count) {}", False),
        ("SELECT (<COUNT>(?x) AS ?n) {}", False),
    ],
)
def test_grouping_is_seen(text: str, grouped: bool) -> None:
    """By aggregates and by GROUP BY, not by words in strings and IRIs."""
    assert read(text).is_grouped == grouped


def test_filters_know_what_they_ask() -> None:
    """EXISTS and NOT EXISTS are told apart, also within an expression."""
    found = [
        (part.exists, part.negated)
        for part in where(
            "FILTER(?a > 1) FILTER EXISTS { ?a ?b ?c } FILTER NOT EXISTS { ?a ?b ?c } "
            "FILTER(?a > 1 || NOT EXISTS { ?a ?b ?c }) FILTER regex(?a, 'EXISTS')"
        )
        if isinstance(part, Filter)
    ]
    assert found == [(False, False), (True, False), (True, True), (True, True), (False, False)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("?s ?p ?o OPTIONAL { ?s ?q ?r }", "s p o"),
        ("{ ?s ?p 1 } UNION { ?s ?q 2 }", "s"),
        ("GRAPH ?g { ?s ?p 1 }", "g s p"),
        ("VALUES (?a ?b) { (1 2) }", "a b"),
        ("VALUES (?a ?b) { (1 UNDEF) }", ""),
        ("?s iis:p 1 BIND(2 AS ?x) MINUS { ?s ?y 1 }", "s"),
        ("{ SELECT ?s { ?s ?p ?o } }", "s"),
        ("{ SELECT (?s AS ?t) ?o { ?s ?p 1 OPTIONAL { ?s ?q ?o } } }", ""),
        ("{ SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s }", "s"),
    ],
)
def test_what_every_solution_binds(text: str, names: str) -> None:
    """Only what no branch leaves unbound."""
    group = read(f"SELECT * {{ {text} }}").where
    assert patterns.certain(group) == frozenset(names.split())


def test_what_a_group_can_bind() -> None:
    """What MINUS and EXISTS speak of is not bound, nor what a subquery keeps to itself."""
    text = (
        "?a <p> 1 OPTIONAL { ?b <p> 1 } MINUS { ?c <p> 1 } BIND(?d AS ?e) "
        "{ SELECT (1 AS ?f) { ?g <p> 1 } } FILTER EXISTS { ?h <p> 1 } VALUES ?i { 1 } "
        "{ SELECT * { ?j <p> 1 } }"
    )
    group = Group(0, 0, where(text))
    assert patterns.variables_of(group) == frozenset("abefij")
    kinds = {type(part) for part in walk(group)}
    assert {Optional, Minus} <= kinds
    assert Union not in kinds
