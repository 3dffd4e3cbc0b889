"""A query without rows is told why; a query that is odd is told what is odd; others nothing."""

import time
from pathlib import Path

import pytest

from iisgraph import query, questions
from iisgraph.diagnose import Note, remarks, why_empty
from iisgraph.engine import Clause
from iisgraph.errors import QueryRefused
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import GRAPH
from tests import rdf

DATA = """
@prefix x: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
x:ann a x:Person ; x:name "Ann"@en , "Анна"@ru ; x:born "1990-05-01"^^xsd:date ;
    x:knows x:bob ; x:size 170 ; x:code "A1" .
x:bob a x:Person ; x:name "Bob"@en ; x:born "1985"^^xsd:gYear .
x:spot a x:Dog ; x:owner x:ann ; x:name "Spot"@en .
x:rex a x:Dog .
"""
PREFIX = "PREFIX x: <http://example.org/> "


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two persons and two dogs."""
    folder = tmp_path_factory.mktemp("small")
    return rdf.snapshot_of(folder, a=DATA, b="<s> <p> <o> . <t> <q> <o> .")


def why(snapshot: Snapshot, pattern: str, after: str = "") -> list[Note]:
    """Why `SELECT * { pattern }` has no rows; that it has none is made sure of."""
    sparql = f"{PREFIX}SELECT * {{ {pattern} }} {after}"
    assert not list(query.answer(snapshot, sparql).rows())
    return why_empty(snapshot, sparql)


CASES = {
    # a pattern that matches nothing on its own
    "?s x:nmae ?n": "nothing matches `?s x:nmae ?n`: no statement has the property x:nmae",
    "?s a x:Cat": "nothing matches `?s a x:Cat`: nothing is of the class x:Cat",
    "?s x:name 'Ann'": "nothing matches `?s x:name 'Ann'`; did you mean \"Ann\"@en?",
    "?s x:name 'Ann'@fr": "nothing matches `?s x:name 'Ann'@fr`; did you mean \"Ann\"@en?",
    "?s x:name 'ann'@en": "nothing matches `?s x:name 'ann'@en`; did you mean \"Ann\"@en?",
    "?s x:code 'a1'": "nothing matches `?s x:code 'a1'`; did you mean \"A1\"?",
    "?s x:born '1990-05-01'": (
        "nothing matches `?s x:born '1990-05-01'`; did you mean \"1990-05-01\"^^xsd:date?"
    ),
    "?s x:size '170'": ("nothing matches `?s x:size '170'`; did you mean \"170\"^^xsd:integer?"),
    "?s x:name 'Sport'@en": ("nothing matches `?s x:name 'Sport'@en`; the nearest is \"Spot\"@en"),
    "?s x:size 3": ('nothing matches `?s x:size 3`; its values are such as "170"^^xsd:integer'),
    "x:bob x:knows ?s": (
        "nothing matches `x:bob x:knows ?s`; "
        "the other way round there is a match: `?s x:knows x:bob`"
    ),
    "?s ^x:knows x:bob": (
        "nothing matches `x:bob x:knows ?s`; "
        "the other way round there is a match: `?s x:knows x:bob`"
    ),
    "x:rex x:name ?n": "nothing matches `x:rex x:name ?n`",
    "?s x:knows+ x:ann": "nothing matches `?s (x:knows)+ x:ann`",
    # one that matches, but not together with others; those that do not matter are left out
    "?d a x:Dog . ?d x:name ?n . ?d x:size ?z": (
        "nothing that matches `?d a x:Dog` matches `?d x:size ?z` too: "
        "there ?d is <{0}rex> or <{0}spot>, here <{0}ann>"
    ),
    "?p a x:Person ; x:owner ?d . ?p x:name ?n": (
        "nothing that matches `?p a x:Person` matches `?p x:owner ?d` too; "
        "the other way round there is a match: `?d x:owner ?p`"
    ),
    "VALUES ?c { 'A2' 'a1' } ?s x:code ?c FILTER(LANG(?c) = '')": (
        "nothing that matches `VALUES ?c { 'A2' 'a1' }` matches `?s x:code ?c` too: "
        'there ?c is "A2" or "a1", here "A1"'
    ),
    "?s x:knows/x:size ?n": (
        "nothing that matches `?s x:knows ?_s1` matches `?_s1 x:size ?n` too: "
        "there ?_s1 is <{0}bob>, here <{0}ann>"
    ),
    # filters
    "?s x:name ?n FILTER(?n = 'Ann')": (
        "`FILTER(?n = 'Ann')`{1}; "
        'there ?n is text in en or text in ru, not plain text; write "Ann"@en'
    ),
    "?s x:born ?d FILTER('1980-01-01' < ?d)": (
        "`FILTER('1980-01-01' < ?d)`{1}; "
        'there ?d is xsd:date or xsd:gYear, not plain text; write "1980-01-01"^^xsd:date'
    ),
    "?s x:born ?d FILTER(?d > 1980)": (
        "`FILTER(?d > 1980)`{1}; "
        'there ?d is xsd:date or xsd:gYear, not a number; write "1980"^^xsd:gYear'
    ),
    "?s x:knows ?o FILTER(?o = 'Bob')": (
        "`FILTER(?o = 'Bob')`{1}; there ?o is an IRI, not plain text"
    ),
    "?s x:name ?n FILTER(LANG(?n) = 'EN')": (
        "`FILTER(LANG(?n) = 'EN')`{1}; there the language of ?n is en or ru"
    ),
    "?s x:size ?n FILTER(?n > 200)": ('`FILTER(?n > 200)`{1}; there ?n is "170"^^xsd:integer'),
    "?s x:size ?n FILTER(-170 = ?n)": ('`FILTER(-170 = ?n)`{1}; there ?n is "170"^^xsd:integer'),
    "?s x:code ?n FILTER REGEX(?n, '^B')": ("`FILTER REGEX(?n, '^B')`{1}; there ?n is \"A1\""),
    # a filter is named only if the patterns around it match
    "?s x:size ?n FILTER(?n > 1) FILTER(?n > 200) ?s a x:Dog": (
        "nothing that matches `?s x:size ?n` matches `?s a x:Dog` too: "
        "there ?s is <{0}ann>, here <{0}rex> or <{0}spot>"
    ),
    "?s a x:Dog MINUS { ?s a x:Dog }": "`MINUS {{ ?s a x:Dog }}`{1}",
    # within groups
    "{ ?s a x:Dog . { ?s a x:Cat } }": (
        "nothing matches `?s a x:Cat`: nothing is of the class x:Cat"
    ),
    f"GRAPH <{GRAPH}b> {{ ?s a ?t }}": (
        "nothing matches `?s a ?t`: no statement has the property rdf:type"
    ),
    "GRAPH ?g { ?s <p> ?o ; <q> ?o }": (
        "nothing that matches `?s <p> ?o` matches `?s <q> ?o` too: there ?s is <s>, here <t>"
    ),
}


@pytest.mark.parametrize("pattern", CASES)
def test_the_part_that_empties_is_named(small: Snapshot, pattern: str) -> None:
    """With what would have matched, where there is such a thing."""
    (note,) = why(small, pattern)
    expected = CASES[pattern]
    if "{" in pattern and "{0}" not in expected and "{1}" not in expected:
        expected = expected.replace("{", "{{").replace("}", "}}")
    everything = " takes away all that the patterns before it find"
    assert note.message == expected.format("http://example.org/", everything)
    assert note.rule == "empty"
    assert note.line == 1


def test_the_place_is_told(small: Snapshot) -> None:
    """Line and column of the part in the query."""
    (note,) = why(small, "\n  ?s a x:Dog ;\n     x:nmae ?n")
    assert (note.line, note.column) == (3, 6)
    assert str(note).startswith("3:6: nothing matches")
    assert note.as_json() == {
        "rule": "empty",
        "message": note.message,
        "line": 3,
        "column": 6,
    }


def test_each_branch_of_a_union_is_explained(small: Snapshot) -> None:
    """It is empty because all of them are."""
    notes = why(small, "{ ?s a x:Cat } UNION { ?s x:name 'Ann' }")
    assert [note.message[:25] for note in notes] == [
        "nothing matches `?s a x:C",
        "nothing matches `?s x:nam",
    ]


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("LIMIT 0", "`LIMIT 0` lets no row through"),
        ("OFFSET 100", "`OFFSET 100` skips all rows that there are"),
        ("GROUP BY ?s HAVING(COUNT(*) > 9)", "`HAVING(COUNT(*) > 9)` leaves none of the groups"),
        (
            "VALUES ?s { x:spot }",
            (
                "nothing that matches `?s a x:Person` matches `VALUES ?s { x:spot }` too: "
                "there ?s is <http://example.org/ann> or <http://example.org/bob>, "
                "here <http://example.org/spot>"
            ),
        ),
    ],
)
def test_what_follows_the_pattern_may_be_to_blame(
    small: Snapshot, after: str, message: str
) -> None:
    """The pattern matches, and yet there is no row."""
    columns = "?s" if "GROUP" in after else "*"
    (note,) = why_empty(small, f"{PREFIX}SELECT {columns} {{ ?s a x:Person }} {after}")
    assert note.message == message


def test_asking_and_constructing_are_explained_too(small: Snapshot) -> None:
    """`false` and an empty graph are as empty as a table without rows."""
    for form in ("ASK", "CONSTRUCT { ?s a x:Y }"):
        (note,) = why_empty(small, f"{PREFIX}{form} {{ ?s a x:Cat }}")
        assert "x:Cat" in note.message


def test_the_dataset_of_the_query_counts(small: Snapshot) -> None:
    """What another graph says does not help."""
    text = f"{PREFIX}SELECT * FROM <{GRAPH}b> {{ ?s a x:Dog }}"
    (note,) = why_empty(small, text)
    assert "rdf:type" in note.message
    (again,) = why_empty(small, f"{PREFIX}SELECT * {{ ?s a x:Dog }}", Clause((GRAPH + "b",)))
    assert again.message == note.message


def test_every_saved_question_is_explained_when_emptied(
    snapshot: Snapshot, content: Content
) -> None:
    """A pattern that nothing matches is found in any of our queries, wherever it stands."""
    for name, text in content.texts("queries").items():
        start = text.rindex("WHERE {", 0, text.index("WHERE {") + 7) + 7
        emptied = f"{text[:start]}\n  ?none <http://example.org/none> ?none .\n{text[start:]}"
        if list(query.answer(snapshot, emptied).rows()):
            continue  # counts without groups always have a row
        notes = why_empty(snapshot, emptied, seconds=20)
        assert any("<http://example.org/none>" in note.message for note in notes), name


def test_the_search_is_bounded(small: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """In number and in time; what is left open is said."""
    monkeypatch.setattr("iisgraph.diagnose._PROBES", 3)
    (note,) = why(small, "?a a x:Dog . ?b a x:Dog . ?c a x:Dog . ?d a x:Cat")
    assert note.message == "why there is no row was not found: the query has too many parts"
    monkeypatch.setattr("iisgraph.diagnose._PROBES", 100)
    (note,) = why_empty(small, f"{PREFIX}SELECT * {{ ?s a x:Cat }}", seconds=0)
    assert note.message == "why there is no row was not found: that would take too long"
    started = time.monotonic()
    product = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(3))
    why_empty(small, f"{PREFIX}SELECT * {{ {product} FILTER(?a0 = 1) }}", seconds=0.2)
    assert time.monotonic() - started < 5


# ---------------------------------------------------------------- remarks


def said(snapshot: Snapshot, sparql: str) -> list[tuple[str, str, int | None, int | None]]:
    return [(n.rule, n.message, n.line, n.column) for n in remarks(snapshot, sparql)]


def test_prefixes_that_nobody_declares(small: Snapshot) -> None:
    """Each once, with the nearest there is; ours need no declaration."""
    assert said(
        small, "SELECT * { ?s is:p ?o ; is:q ?o ;\n zzz:p ?o ; iis:party ?x . _:b ?p 1 }"
    ) == [
        ("unknown-prefix", "the prefix is: is not declared; did you mean iis:?", 1, 15),
        ("unknown-prefix", "the prefix zzz: is not declared", 2, 2),
    ]


def test_the_namespace_of_schema_org(snapshot: Snapshot) -> None:
    """`http` for `https`, in a declaration and in an address, told once."""
    text = "PREFIX s: <http://schema.org/>\nSELECT * { ?x s:startDate ?d ; s:endDate ?e }"
    assert said(snapshot, text) == [
        ("other-namespace", "<http://schema.org/>: this graph writes <https://schema.org/>", 1, 11)
    ]
    message = "<http://schema.org/endDate> is not in this graph; did you mean schema:endDate?"
    bare = "SELECT * { ?x <http://schema.org/endDate> ?d }"
    assert said(snapshot, bare) == [("unknown-term", message, 1, 15)]


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("iis:signatry", "; did you mean iis:signatory?"),
        ("iis:Signatory", "; did you mean iis:signatory?"),
        ("iis:forumseries", "; did you mean iis:ForumSeries?"),
        ("schema:currentMember", "; did you mean iis:currentMember?"),
        ("<id/forum/infofrum>", "; did you mean <id/forum/infoforum>?"),
        ("<id/state/Kazakhstan>", "; did you mean <id/state/KAZ>?"),
        ("<id/organisation/world-trade-organization>", "; did you mean <id/organisation/wto>?"),
        ("<http://example.org/zzzzqqq>", ""),
    ],
)
def test_terms_that_the_graph_does_not_have(snapshot: Snapshot, term: str, hint: str) -> None:
    """With the nearest: by spelling, by case, in another namespace, or by name."""
    found = said(snapshot, f"SELECT * {{ ?s ?p {term} }}")
    assert found == [("unknown-term", f"{term} is not in this graph{hint}", 1, 18)]


def test_each_place_of_a_term_is_looked_at(snapshot: Snapshot) -> None:
    """Subject, predicate, object, graph, path, VALUES and FILTER; functions and datatypes not."""
    text = """
        PREFIX f: <http://example.org/f#>
        BASE <http://example.org/>
        SELECT * {
          <n1> iis:n2 iis:n3 . ?s iis:party/iis:n4 ?o . GRAPH <n5> { ?s ?p ?o }
          VALUES ?v { iis:n6 } FILTER(?o = iis:n7 && xsd:integer(?o) = "1"^^xsd:int)
          OPTIONAL { ?s a iis:n8 }
        }
    """
    terms = [message.split()[0] for _, message, _, _ in said(snapshot, text)]
    assert terms == [
        "<n1>",
        *(f"iis:n{i}" for i in (2, 3, 4)),
        "<n5>",
        *(f"iis:n{i}" for i in (6, 7, 8)),
    ]


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("?a a x:Person . ?b a x:Dog", [("?b a x:Dog", "?a a x:Person")]),
        (
            "?a a x:Person . ?b a x:Dog . ?c x:name ?n",
            [("?b a x:Dog", "?a a x:Person"), ("?c x:name ?n", "?a a x:Person")],
        ),
        ("{ ?a a x:Person . ?b a x:Dog } UNION { ?a a x:Dog }", [("?b a x:Dog", "?a a x:Person")]),
        ("OPTIONAL { ?a a x:Person . ?b a x:Dog }", [("?b a x:Dog", "?a a x:Person")]),
        ("{ SELECT * { ?a a x:Person . ?b a x:Dog } }", [("?b a x:Dog", "?a a x:Person")]),
        ("?a a x:Person OPTIONAL { ?b a x:Dog }", [("OPTIONAL { ?b a x:Dog }", "?a a x:Person")]),
        # held together
        ("?a a x:Person . ?b a x:Dog . ?b x:owner ?a", []),
        ("?a a x:Person . ?b a x:Dog FILTER(?a != ?b)", []),
        ("?a a x:Person . ?b a x:Dog BIND(CONCAT(STR(?a), STR(?b)) AS ?c)", []),
        ("?a a x:Person . ?b a x:Dog VALUES (?a ?b) { (x:ann x:rex) }", []),
        ("?a a x:Person OPTIONAL { ?a x:owner ?b } ?b a x:Dog", []),
        # at most one row on one side
        ("?a a x:Person . x:ann x:size ?z", []),
        ("?a a x:Person . x:ann a x:Person", []),
        ("?a a x:Person . VALUES ?l { 'en' 'ru' }", []),
        # two things in one graph
        ("GRAPH ?g { ?a a x:Person . ?b a x:Dog }", []),
        ("?a a x:Person MINUS { ?b a x:Dog }", []),
    ],
)
def test_patterns_that_multiply(
    small: Snapshot, pattern: str, parts: list[tuple[str, str]]
) -> None:
    """Parts of a group that share no variable, each with more than one solution."""
    found = [
        (rule, message) for rule, message, _, _ in said(small, f"{PREFIX}SELECT * {{ {pattern} }}")
    ]
    expected = [
        (
            "cartesian-product",
            (
                f"`{one}` shares no variable with `{other}`, "
                "so each row of the one is combined with each row of the other"
            ),
        )
        for one, other in parts
    ]
    assert found == expected


def test_good_queries_are_left_alone(snapshot: Snapshot, content: Content) -> None:
    """No remark on any saved question, rule or house rule."""
    for folder in ("queries", "ontology/rules", "ontology/checks"):
        for name, text in content.texts(folder).items():
            assert [str(note) for note in remarks(snapshot, text)] == [], name
    assert len(questions.load(content)) > 30


def test_nothing_more_is_permitted(small: Snapshot) -> None:
    """The gate stands before any probe."""
    for text in (
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1/> { ?s ?p ?o }",
    ):
        for ask in (remarks, why_empty):
            with pytest.raises(QueryRefused):
                ask(small, text)


def test_what_cannot_be_taken_apart_gets_no_remark(small: Snapshot, tmp_path: Path) -> None:
    """Newer forms than SPARQL 1.1 are answered or refused by the engine alone."""
    text = "SELECT * { ?s ?p ?o LATERAL { ?s ?q ?r } }"
    assert remarks(small, text) == []
    assert why_empty(small, text) == []
