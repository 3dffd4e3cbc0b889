"""Each row tells its sources: all of them, no other, and says where it cannot."""

import csv
import io
import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iisgraph import provenance, query, read
from iisgraph.engine import Clause, Literal, NamedNode, Quad
from iisgraph.errors import QueryError, QueryRefused
from iisgraph.formats import RESULTS, by_name
from iisgraph.provenance import Origin, trace
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot, of_content, of_files
from iisgraph.vocab import BASE, DERIVED, GRAPH
from tests import rdf

AGREEMENT = "<id/agreement/sco-2009-iis-agreement>"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Three records on people; what two of them say is doubly attested."""
    return rdf.snapshot_of(
        tmp_path_factory.mktemp("small"),
        a="<ann> <knows> <bob> ; <age> 30 ; <name> 'Ann'@en .",
        b="<ann> <knows> <bob> , <cy> . <bob> <age> 40 ; <name> 'Bob'@en .",
        c="<cy> <age> 40 ; <knows> <ann> . <ann> <name> 'Anna'@ru .",
    )


def records(origin: Origin) -> str:
    """The names of the graphs of an origin, in a word."""
    return "".join(sorted({s.graph.removeprefix(GRAPH) for s in origin.sources}))


def rows(snapshot: Snapshot, sparql: str, clause: Clause | None = None) -> list[tuple[str, ...]]:
    """Values of each row, its records and what was not traced, sorted."""
    traced = trace(snapshot, sparql, clause)
    names = traced.answer["head"]["vars"]
    cells = [
        [row[n]["value"].removeprefix(BASE) if n in row else "" for n in names]
        for row in traced.answer["results"]["bindings"]
    ]
    pairs = zip(cells, traced.origins, strict=True)
    return sorted((*row, records(o), *o.untraced) for row, o in pairs)


@pytest.mark.parametrize(
    ("sparql", "expected"),
    [
        # doubly attested: both records
        ("SELECT ?x { <ann> <knows> ?x }", [("bob", "ab"), ("cy", "b")]),
        # a join rests on the records of each triple
        ("SELECT ?x { <ann> <knows> ?x . ?x <age> 40 }", [("bob", "ab"), ("cy", "bc")]),
        # OPTIONAL adds its records where it matches, and only there
        (
            "SELECT ?x ?n { ?x <age> 40 OPTIONAL { ?x <name> ?n } }",
            [("bob", "Bob", "b"), ("cy", "", "c")],
        ),
        # an OPTIONAL that matches but binds nothing new counts, one whose filter fails does not
        ("SELECT ?x { ?x <age> 40 OPTIONAL { <ann> <age> 30 } }", [("bob", "ab"), ("cy", "ac")]),
        (
            "SELECT ?x { ?x <age> 40 OPTIONAL { <ann> <age> ?a FILTER(?x = <bob>) } }",
            [("bob", "ab"), ("cy", "c")],
        ),
        # UNION: the branch that made the row, or both if both did
        (
            "SELECT ?x { { ?x <age> 30 } UNION { ?x <name> 'Bob'@en } }",
            [("ann", "a"), ("bob", "b")],
        ),
        (
            "SELECT DISTINCT ?x { { ?x <age> 30 } UNION { ?x <name> 'Anna'@ru } }",
            [("ann", "ac")],
        ),
        # DISTINCT: everything that made the row
        ("SELECT DISTINCT ?x { ?x <knows> ?y }", [("ann", "ab"), ("cy", "c")]),
        ("SELECT DISTINCT ?x { ?x <name> ?n }", [("ann", "ac"), ("bob", "b")]),
        # FILTER and VALUES choose; they say nothing themselves
        ("SELECT ?x { ?x <age> ?a FILTER(?a < 35) }", [("ann", "a")]),
        ("SELECT ?x { VALUES ?x { <cy> <bob> } ?x <age> 40 }", [("bob", "b"), ("cy", "c")]),
        ("SELECT ?x { ?x <age> 40 } VALUES ?x { <cy> }", [("cy", "c")]),
        ("SELECT ?x ?y { ?x <age> 40 } VALUES (?x ?y) { (<cy> UNDEF) }", [("cy", "", "c")]),
        # what is computed
        ("SELECT (?a + 1 AS ?b) { <ann> <age> ?a }", [("31", "a")]),
        ("SELECT ?b { <ann> <age> ?a BIND(?a + 1 AS ?b) }", [("31", "a")]),
        (
            "SELECT (LANG(?n) AS ?l) { <ann> <name> ?n }",
            [("en", "a"), ("ru", "c")],
        ),
        # order and cuts: the rows given, and no other
        ("SELECT ?x { ?x <age> ?a } ORDER BY DESC(?x) LIMIT 1", [("cy", "c")]),
        ("SELECT ?x { ?x <age> ?a } ORDER BY DESC(?x) LIMIT 1 OFFSET 1", [("bob", "b")]),
        # variables in every place, constants only, and nothing at all
        ("SELECT ?p { <ann> ?p 30 }", [("age", "a")]),
        ("SELECT (1 AS ?one) { <ann> <knows> <bob> }", [("1", "ab")]),
        ("SELECT (1 AS ?one) {}", [("1", "")]),
        ("SELECT ?x { <ann> <hates> ?x }", []),
        # blank nodes in the pattern are variables that are not shown
        ("SELECT ?x { ?x <knows> [ <age> 40 ] }", [("ann", "abc"), ("ann", "abc")]),
        ("SELECT DISTINCT ?x { ?x <knows> _:y . _:y <age> 30 }", [("cy", "ac")]),
        # paths that are mere shorthand
        ("SELECT ?a { <cy> <knows>/<age> ?a }", [("30", "ac")]),
        ("SELECT ?x { <cy> ^<knows> ?x }", [("ann", "b")]),
        (
            "SELECT ?v { <bob> <age>|<name>|^<knows> ?v }",
            [("40", "b"), ("Bob", "b"), ("ann", "ab")],
        ),
        # GRAPH names its record itself
        ("SELECT ?g { GRAPH ?g { <ann> <knows> <bob> } }", [("graph/a", "a"), ("graph/b", "b")]),
        ("SELECT ?x { GRAPH <graph/b> { <ann> <knows> ?x } }", [("bob", "b"), ("cy", "b")]),
        (
            "SELECT ?x { GRAPH <graph/b> { <ann> <knows> ?x } <ann> <knows> ?x }",
            [("bob", "ab"), ("cy", "b")],
        ),
        # groups within groups
        ("SELECT ?x { { { <ann> <knows> ?x } } ?x <age> 40 }", [("bob", "ab"), ("cy", "bc")]),
        ("SELECT * { <ann> <age> ?a }", [("30", "a")]),
        # subqueries, at any depth; what they keep to themselves is not mixed up
        (
            "SELECT ?x { ?x <age> 40 { SELECT ?x { ?x <knows> ?y } } }",
            [("cy", "c")],
        ),
        (
            "SELECT ?x { { SELECT ?x { { SELECT ?x ?a { ?x <age> ?a } } FILTER(?a < 40) } } }",
            [("ann", "a")],
        ),
        (
            "SELECT ?x ?y { ?y <age> 30 { SELECT DISTINCT ?x { ?x <age> 40 ; <name> ?y } } }",
            [("bob", "ann", "ab")],
        ),
        (
            "SELECT ?x { ?x <age> 40 OPTIONAL { SELECT * { ?x <knows> [ <name> ?n ] } } }",
            [("bob", "b"), ("cy", "ac"), ("cy", "ac")],
        ),
    ],
)
def test_rows_have_their_records(
    small: Snapshot, sparql: str, expected: list[tuple[str, ...]]
) -> None:
    """Worked out by hand from three small records."""
    assert rows(small, sparql) == sorted(expected)


COUNTED = "SELECT ?x (COUNT(?y) AS ?n) { ?x <knows> ?y } GROUP BY ?x"


@pytest.mark.parametrize(
    ("sparql", "expected"),
    [
        (
            "SELECT ?x (COUNT(?y) AS ?n) { ?x <knows> ?y } GROUP BY ?x",
            [("ann", "2", "ab", "an aggregate"), ("cy", "1", "c", "an aggregate")],
        ),
        ("SELECT (COUNT(?y) AS ?n) { <cy> <knows> ?y }", [("1", "c", "an aggregate")]),
        (
            "SELECT (COUNT(?y) AS ?n) { ?x <knows> ?y } GROUP BY ?x",
            [("1", "", "an aggregate"), ("2", "", "an aggregate")],
        ),
        (
            "SELECT ?x { <cy> <knows>+ ?x . ?x <age> 40 }",
            [("bob", "b", "a property path"), ("cy", "c", "a property path")],
        ),
        ("SELECT ?x { <bob> !<name> ?x }", [("40", "", "a property path")]),
        ("SELECT ?x { ?x <age> 40 MINUS { ?x <knows> ?y } }", [("bob", "b", "negation")]),
        (
            "SELECT ?x { ?x <age> 40 FILTER NOT EXISTS { ?x <knows> ?y } }",
            [("bob", "b", "negation")],
        ),
        ("SELECT ?x { ?x <age> 40 FILTER EXISTS { ?x <knows> ?y } }", [("cy", "c", "EXISTS")]),
        (
            "SELECT ?x { ?x <age> 40 { SELECT ?x { ?x <knows> ?y } LIMIT 9 } }",
            [("cy", "c", "a subquery")],
        ),
        (
            "SELECT ?x { GRAPH <graph/c> { { SELECT ?x { ?x <knows> ?y } } } }",
            [("cy", "", "a subquery")],
        ),
        (
            f"SELECT * {{ ?x <age> ?a {{ {COUNTED} }} }}",
            [("30", "2", "ann", "ab", "an aggregate"), ("40", "1", "cy", "c", "an aggregate")],
        ),
        (
            f"SELECT ?n {{ <bob> <age> ?a {{ {COUNTED.replace('?x (', '(')} }} }}",
            [("1", "b", "a subquery"), ("2", "b", "a subquery")],
        ),
        (
            "SELECT (COUNT(?x) AS ?n) { <ann> <hates> ?x }",
            [("0", "", "an aggregate")],
        ),
        # only where the untraced part made the row
        (
            "SELECT ?x { ?x <age> ?a OPTIONAL { ?x <knows>+ <ann> FILTER(?a = 40) } }",
            [("ann", "a"), ("bob", "b"), ("cy", "c", "a property path")],
        ),
        (
            "SELECT ?x { <bob> <age> 40 BIND(RAND() > 2 AS ?x) BIND(RAND() AS ?y) }",
            [("false", "b")],
        ),
        (
            "SELECT (RAND() AS ?x) { <bob> <age> 40 } HAVING(COUNT(*) > 1)",
            [],
        ),
    ],
)
def test_what_cannot_be_traced_is_named(
    small: Snapshot, sparql: str, expected: list[tuple[str, ...]]
) -> None:
    """Never a source too many; where there may be more, the row says why."""
    assert rows(small, sparql) == sorted(expected)


def test_a_value_that_changes_is_not_traced(small: Snapshot) -> None:
    """A random number does not come twice, so its row is not found again."""
    (row,) = trace(small, "SELECT (RAND() AS ?x) { <bob> <age> 40 }").origins
    assert not row.complete
    assert row.sources == ()


def test_a_dataset_clause_bounds_the_sources(small: Snapshot) -> None:
    """A record outside the dataset of a query has not made its rows."""
    sparql = "SELECT ?x { <ann> <knows> ?x }"
    both = [("bob", "ab"), ("cy", "b")]
    assert rows(small, f"SELECT ?x FROM <graph/b> {sparql[9:]}") == [("bob", "b"), ("cy", "b")]
    assert rows(small, sparql, Clause((GRAPH + "a", GRAPH + "b"))) == both
    assert rows(small, sparql, Clause((GRAPH + "a",))) == [("bob", "a")]
    named = "SELECT ?x { GRAPH ?g { <ann> <knows> ?x } }"
    assert rows(small, named, Clause((), (GRAPH + "b",))) == [("bob", "b"), ("cy", "b")]


def test_blank_nodes_in_the_data_are_followed(tmp_path: Path) -> None:
    """They cannot be written in a query, and rows with them have sources all the same."""
    small = rdf.snapshot_of(tmp_path, a="<s> <p> [ <q> 1 ] .", b="<s> <p> [ <q> 2 ] .")
    found = [row[1:] for row in rows(small, "SELECT ?x ?n { <s> <p> ?x . ?x <q> ?n }")]
    assert sorted(found) == [("1", "a"), ("2", "b")]


def test_literals_are_matched_as_the_engine_keeps_them(tmp_path: Path) -> None:
    """`01` and `1` are one number for the engine, in the data and in the query."""
    small = rdf.snapshot_of(tmp_path, a="<s> <p> 01 .", b="<s> <p> 1 .")
    assert rows(small, "SELECT ?s { ?s <p> 001 }") == [("s", "ab")]


@pytest.mark.parametrize("sparql", ["ASK { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_only_rows_have_sources(small: Snapshot, sparql: str) -> None:
    """Asked of another form of query, it says so."""
    with pytest.raises(QueryError, match="SELECT"):
        trace(small, sparql)


def test_the_column_does_not_hide_another(small: Snapshot) -> None:
    """A query that uses the name of the column for itself is told."""
    with pytest.raises(QueryError, match="_sources"):
        trace(small, "SELECT ?_sources { ?_sources ?p ?o }")


def test_nothing_more_is_permitted_than_without(small: Snapshot) -> None:
    """The gate stands before tracing too."""
    with pytest.raises(QueryRefused):
        trace(small, "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")


def test_costs_are_bounded(small: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows beyond the bound are given without sources, solutions beyond theirs are left."""
    monkeypatch.setattr(provenance, "ROWS", 2)
    first, second, third, *_ = trace(small, "SELECT * { ?s ?p ?o }").origins
    assert first.complete
    assert second.complete
    assert (third.sources, third.untraced) == ((), ("only the first 2 rows are traced",))
    monkeypatch.setattr(sys.modules["iisgraph.provenance.footing"], "SOLUTIONS", 3)
    (row,) = trace(small, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").origins
    assert row.untraced == ("an aggregate", "more than 3 solutions")


# ---------------------------------------------------------------- rules

FOLDER = {
    "ontology__rules__10-parent.rq": """
        # title: Parents by child
        CONSTRUCT { ?a <parentOf> ?b } WHERE { ?b <childOf> ?a }
    """,
    "ontology__rules__20-ancestor.rq": """
        # title: Ancestors
        CONSTRUCT { ?a <ancestorOf> ?b . ?b <line> ?label }
        WHERE { ?a <parentOf>/<parentOf> ?b BIND(CONCAT("of ", STR(?a)) AS ?label) }
    """,
    "ontology__rules__30-childless.rq": """
        # title: Without children
        CONSTRUCT { ?a <has> "none" } WHERE { ?a <childOf> ?b MINUS { ?a <parentOf> ?c } }
    """,
    "ontology__rules__40-either.rq": """
        # title: Kin, either way
        CONSTRUCT { ?a ?kin ?b }
        WHERE { VALUES ?kin { <kin> } ?a <childOf>|^<childOf> ?b }
    """,
    "data__records__press__a.ttl": "<dan> <childOf> <cy> . <cy> <childOf> <bo> .",
    "data__records__press__b.ttl": "<dan> <childOf> <cy> .",
    "data__records__press__c.ttl": "<cy> <childOf> <bo> .",
    "data__records__press__d.ttl": "<cy> <parentOf> <eve> .",
}


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Records of who is whose child, and rules on them."""
    folder = tmp_path_factory.mktemp("family")
    for name, text in FOLDER.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return of_content(Content(folder))


@pytest.mark.parametrize(
    ("sparql", "expected"),
    [
        ("SELECT ?x { ?x <parentOf> <dan> }", [("cy", "abderived")]),
        # asserted: no rule needed
        ("SELECT ?x { ?x <parentOf> <eve> }", [("cy", "d")]),
        # a rule on a rule, the one half asserted; what else such a rule makes is not this
        ("SELECT ?x { ?x <ancestorOf> <eve> }", [("bo", "acdderived")]),
        ("SELECT ?x { ?x <ancestorOf> <dan> }", [("bo", "abcderived")]),
        # found again by a value that the rule computes
        ("SELECT ?x { <dan> <line> ?x }", [(f"of {BASE}bo", "abcderived")]),
        # a rule that rests on what is not there
        ("SELECT ?x { ?x <has> ?y }", [("dan", "abderived", "negation")]),
        # one statement, two ways
        ("SELECT ?x { <cy> <kin> ?x }", [("bo", "acderived"), ("dan", "abderived")]),
    ],
)
def test_rules_are_followed(family: Snapshot, sparql: str, expected: list[Any]) -> None:
    """A derived statement has the sources of what it was derived from."""
    found = rows(family, sparql)
    assert found == [tuple(row) for row in expected]


def test_rules_are_named(family: Snapshot) -> None:
    """Who reads a row knows which rule stands between it and its source."""
    (row,) = trace(family, "SELECT ?x { ?x <ancestorOf> <eve> }").origins
    by_graph = {s.graph: (s.part, s.title, s.rules) for s in row.sources}
    assert by_graph[GRAPH + "d"] == ("record", "", ("20-ancestor",))
    assert by_graph[GRAPH + "a"] == ("record", "", ("10-parent", "20-ancestor"))
    derived = [(s.title, s.rules) for s in row.sources if s.graph == DERIVED]
    assert derived == [
        ("Ancestors", ("20-ancestor",)),
        ("Parents by child", ("10-parent", "20-ancestor")),
    ]


def test_a_source_that_says_it_is_not_named_behind_a_rule(family: Snapshot) -> None:
    """The same record is one source of the row, and a direct one."""
    (row,) = trace(family, "SELECT ?x { <dan> <childOf> <cy> . ?x <parentOf> <dan> }").origins
    assert [(s.graph[-1], s.rules) for s in row.sources if s.part == "record"] == [
        ("a", ()),
        ("b", ()),
    ]


def test_a_derived_statement_without_rule_is_not_complete(tmp_path: Path) -> None:
    """Files may hold a derived graph; without its rules nobody knows what it rests on."""
    folder = rdf.write(tmp_path, x_trig=f"<{DERIVED}> {{ <s> <p> <o> }}")
    (file,) = (each for each in read.files(folder))
    (row,) = trace(of_files([file]), "SELECT ?x { ?x <p> <o> }").origins
    assert (row.sources[0].part, row.complete) == ("derived by rule", False)


def test_every_derived_statement_of_the_release_is_followed(snapshot: Snapshot) -> None:
    """A sample of each property that rules give: sources are found, and end in no derived graph."""
    ask = f"SELECT DISTINCT ?p {{ GRAPH <{DERIVED}> {{ ?s ?p ?o }} }}"
    properties = [row["p"] for row in query.answer(snapshot, ask).rows()]
    assert len(properties) > 12
    for each in properties:
        sparql = f"SELECT ?s ?o {{ GRAPH <{DERIVED}> {{ ?s {each} ?o }} }} LIMIT 15"
        for origin in trace(snapshot, sparql).origins:
            assert {s.part for s in origin.sources} > {"derived by rule"}, each
            assert set(origin.untraced) <= {"negation"}, each


# ---------------------------------------------------------------- the release


def test_signatories_have_the_news_item_as_source(snapshot: Snapshot) -> None:
    """What the README asks for is told with who says so, when, and how near it stands."""
    sparql = f"SELECT ?party {{ {AGREEMENT} iis:signatory ?party }}"
    traced = trace(snapshot, sparql)
    assert len(traced.origins) == 6
    for origin in traced.origins:
        assert origin.complete
        found = {s.iri: s for s in origin.sources}[BASE + "source/sco-infoforum-2017"]
        assert (found.publisher, found.date, found.kind, found.rank) == (
            "SCO Secretariat",
            "2017-02-04",
            "official",
            3,
        )
        assert found.rules == ("20-signatories",)


def test_sources_come_in_order_of_rank(snapshot: Snapshot) -> None:
    """Nearest to the facts first, our own parts last."""
    sparql = "SELECT ?s { ?m org:organization <id/organisation/brics> ; org:member ?s }"
    for origin in trace(snapshot, sparql).origins:
        ranks = [s.rank or 99 for s in origin.sources]
        assert ranks == sorted(ranks)


def test_our_own_parts_are_marked(snapshot: Snapshot) -> None:
    """Names are ours, and a row that rests on them says so."""
    sparql = "SELECT ?n { <id/state/KAZ> skos:prefLabel ?n FILTER(LANG(?n) = 'en') }"
    ((source,),) = (origin.sources for origin in trace(snapshot, sparql).origins)
    assert source.part == "names and codes"
    assert source.graph == GRAPH + "reference/jurisdictions"
    assert source.title == "iisgraph: names and codes of states and territories"


@pytest.mark.slow
def test_saved_questions_have_sources(snapshot: Snapshot, content: Content) -> None:
    """Each row has a source or says what is missing; nearly all questions lead to records."""
    found = 0
    for name, text in content.texts("queries").items():
        traced = trace(snapshot, text)
        assert all(o.sources or not o.complete for o in traced.origins), name
        from_records = any(s.part == "record" for o in traced.origins for s in o.sources)
        found += from_records or not traced.origins
    assert found > 120


# ---------------------------------------------------------------- formats


def as_text(snapshot: Snapshot, sparql: str, form: str) -> str:
    chosen = by_name(form, RESULTS)
    assert chosen
    return provenance.serialize(trace(snapshot, sparql), chosen).decode()


def test_json_rows_have_a_key_more(small: Snapshot) -> None:
    """The rest is what a client that never heard of sources reads."""
    sparql = "SELECT ?x { ?x <age> 40 MINUS { ?x <knows> <ann> } }"
    found = json.loads(as_text(small, sparql, "json"))
    plain = json.loads(query.answer(small, sparql).serialize("application/sparql-results+json"))
    (row,) = found["results"]["bindings"]
    assert row.pop("_sources") == {
        "complete": False,
        "untraced": ["negation"],
        "sources": [{"graph": GRAPH + "b", "part": "record"}],
    }
    assert found["head"].pop("provenance") == {"complete": False, "untraced": ["negation"]}
    assert found == plain


def test_csv_has_a_column_more(snapshot: Snapshot) -> None:
    """Each source with title, publisher, date and address, in CSV as the standard has it."""
    sparql = f"SELECT ?party {{ {AGREEMENT} iis:signatory ?party }} ORDER BY ?party"
    text = as_text(snapshot, sparql, "csv")
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert text.startswith("party,_sources\r\n")
    assert [row["party"][-3:] for row in table] == ["CHN", "KAZ", "KGZ", "RUS", "TJK", "UZB"]
    assert (
        f"(SCO Secretariat, 2017-02-04) <{BASE}source/sco-infoforum-2017>" in table[0]["_sources"]
    )
    assert table[1]["_sources"].count("sco-infoforum-2017>") == 1


def test_tsv_and_xml_have_it_as_a_literal(small: Snapshot) -> None:
    """Both stay what their standards say."""
    sparql = "SELECT ?x { ?x <age> 40 MINUS { ?x <knows> <ann> } }"
    cell = f'"record <{GRAPH}b>; …"'
    assert as_text(small, sparql, "tsv") == f"?x\t?_sources\n<{BASE}bob>\t{cell}\n"
    assert f"<literal>record &lt;{GRAPH}b&gt;; …</literal>" in as_text(small, sparql, "xml")


# ---------------------------------------------------------------- against an oracle

TRIPLES = [
    (s, p, o)
    for s in ("<s1>", "<s2>", "<s3>")
    for p in ("<p>", "<q>")
    for o in ("<s1>", "<s2>", "1")
]
Triple = tuple[str, str, str]
Solution = tuple[frozenset[tuple[str, str]], frozenset[Triple]]


@dataclass(frozen=True)
class Node:
    """A pattern that can be written as SPARQL and evaluated by counting on fingers."""

    kind: str
    parts: tuple[Any, ...]

    def text(self) -> str:
        if self.kind == "triple":
            return " ".join(self.parts) + " ."
        if self.kind == "group":
            return " ".join(part.text() for part in self.parts)
        if self.kind == "optional":
            return f"OPTIONAL {{ {self.parts[0].text()} }}"
        if self.kind == "union":
            return f"{{ {self.parts[0].text()} }} UNION {{ {self.parts[1].text()} }}"
        if self.kind == "select":
            return f"{{ SELECT {' '.join(self.parts[0])} {{ {self.parts[1].text()} }} }}"
        return f"FILTER({self.parts[0]} != {self.parts[1]})"

    def solutions(self, data: Mapping[Triple, str]) -> list[Solution]:
        if self.kind == "triple":
            return [s for triple in data if (s := match(self.parts, triple)) is not None]
        if self.kind == "union":
            return [s for branch in self.parts for s in branch.solutions(data)]
        if self.kind == "select":
            names, inner = self.parts
            return [(shown_of(b, names), used) for b, used in inner.solutions(data)]
        found: list[Solution] = [(frozenset(), frozenset())]
        for part in self.parts:
            if part.kind == "optional":
                found = left_join(found, part.parts[0], data)
            elif part.kind != "filter":
                found = join(found, part.solutions(data))
        return [s for s in found if passes(self, s)]


def shown_of(bound: frozenset[tuple[str, str]], names: Sequence[str]) -> frozenset[tuple[str, str]]:
    """What a subquery lets out."""
    return frozenset((name, value) for name, value in bound if name in names)


def match(pattern: Sequence[str], triple: Triple) -> Solution | None:
    bound: dict[str, str] = {}
    for wanted, term in zip(pattern, triple, strict=True):
        if (bound.setdefault(wanted, term) if wanted[0] == "?" else wanted) != term:
            return None
    return frozenset(bound.items()), frozenset({triple})


def join(left: list[Solution], right: list[Solution]) -> list[Solution]:
    return [m for a, b in itertools.product(left, right) if (m := merged(a, b)) is not None]


def merged(a: Solution, b: Solution) -> Solution | None:
    both = a[0] | b[0]
    return (both, a[1] | b[1]) if len(dict(both)) == len(both) else None


def left_join(left: list[Solution], group: Node, data: Mapping[Triple, str]) -> list[Solution]:
    """The filter of an optional group sees what stands before it."""
    bare = Node("group", tuple(part for part in group.parts if part.kind != "filter"))
    found: list[Solution] = []
    for each in left:
        joined = [s for s in join([each], bare.solutions(data)) if passes(group, s)]
        found += joined or [each]
    return found


def passes(group: Node, solution: Solution) -> bool:
    """A comparison with what is unbound is an error, so not true."""
    bound = dict(solution[0])
    filters = [part.parts for part in group.parts if part.kind == "filter"]
    return all(a in bound and b in bound and bound[a] != bound[b] for a, b in filters)


variables = st.sampled_from(["?x", "?y", "?z"])
triples = st.builds(
    lambda s, p, o: Node("triple", (s, p, o)),
    variables | st.sampled_from(["<s1>", "<s2>"]),
    st.sampled_from(["<p>", "<q>"]) | variables,
    variables | st.sampled_from(["<s1>", "1"]),
)
filters = st.builds(lambda a, b: Node("filter", (a, b)), variables, variables)


def groups(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    optionals = st.builds(lambda g: Node("optional", (g,)), inner)
    unions = st.builds(lambda a, b: Node("union", (a, b)), inner, inner)
    selects = st.builds(
        lambda names, g: Node("select", (names, g)),
        st.lists(variables, min_size=1, max_size=2, unique=True),
        inner,
    )
    parts = st.lists(triples | optionals | unions | selects | filters, min_size=1, max_size=3)
    return parts.map(lambda found: Node("group", tuple(found)))


flat = st.lists(triples | filters, min_size=1, max_size=2).map(lambda p: Node("group", tuple(p)))
queries = groups(flat) | groups(groups(flat))


def stated(data: Mapping[Triple, str]) -> Snapshot:
    """A snapshot that says each triple in the records named by letters."""
    quads = []
    for (s, p, o), names in data.items():
        value = NamedNode(BASE + o[1:-1]) if o[0] == "<" else Literal(1)
        subject, predicate = (NamedNode(BASE + text[1:-1]) for text in (s, p))
        quads += [Quad(subject, predicate, value, NamedNode(GRAPH + name)) for name in names]
    store = rdf.store_of(*quads)
    return Snapshot(store, "test")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    queries,
    st.dictionaries(
        st.sampled_from(TRIPLES), st.sampled_from(["a", "b", "ab", "bc", "abc"]), min_size=1
    ),
    st.lists(variables, min_size=1, unique=True),
    st.booleans(),
    st.booleans(),
)
def test_sources_are_those_of_the_solutions(
    pattern: Node, data: dict[Triple, str], names: list[str], distinct: bool, limit: bool
) -> None:
    """For random patterns over random records: what a naive evaluation says."""
    expected: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for bound, used in pattern.solutions(data):
        key = tuple(dict(bound).get(name, "") for name in names)
        expected[key].update(*(data[triple] for triple in used))
    # with a limit, rows are followed one by one, else all at once
    after = "LIMIT 100000" * limit
    text = f"SELECT {'DISTINCT' * distinct} {' '.join(names)} {{ {pattern.text()} }} {after}"
    traced = trace(stated(data), text)
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row, origin in zip(traced.answer["results"]["bindings"], traced.origins, strict=True):
        cells = tuple(shown(row.get(name[1:])) for name in names)
        found[cells] |= {source.graph.removeprefix(GRAPH) for source in origin.sources}
        assert origin.complete
    assert found == expected, text


def shown(cell: dict[str, str] | None) -> str:
    if cell is None:
        return ""
    return f"<{cell['value'].removeprefix(BASE)}>" if cell["type"] == "uri" else cell["value"]
