"""Where the engine follows another version of SPARQL, the answer is that of 1.1."""

import pytest

from iisgraph import query
from iisgraph.engine import Clause
from iisgraph.errors import QueryError
from iisgraph.repair import repaired
from iisgraph.snapshot import of_files
from tests import rdf

DATA = '<a> <p> "x"@en , "y"@en ; <q> 1 .'


@pytest.mark.parametrize("clause", [None, Clause((rdf.NAME.value,))])
@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("group_concat(?o)", '"x y"'),
        ('GROUP_CONCAT ( DISTINCT ?o ; SEPARATOR = "),(" )', '"x),(y"'),
        ("CONCAT('(', GROUP_CONCAT(?o), ')')", '"(x y)"'),
        ("LANG(GROUP_CONCAT(?o))", '""'),
        ("GROUP_CONCAT(CONCAT(?o, '!'))", '"x! y!"'),
        ("COUNT(?o)", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ],
)
def test_a_list_of_words_has_no_language(clause: Clause | None, aggregate: str, value: str) -> None:
    """However it is written, in whichever graphs."""
    text = f"SELECT ({aggregate} AS ?n) {{ {{ SELECT ?o {{ <a> <p> ?o }} ORDER BY ?o }} }}"
    (row,) = query.answer(of_files([rdf.file(DATA)]), text, clause).rows()
    assert str(row["n"]) == value


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s { ?s ?p 'GROUP_CONCAT(?o)' }",
        "SELECT ?group_concat { ?s ?p ?group_concat }",
        "ASK {}",
    ],
)
def test_other_queries_stay_as_they_are(text: str) -> None:
    """The word in a string or a name is no aggregate."""
    assert repaired(text) == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT (GROUP_CONCAT(?o AS ?n) { ?s ?p ?o }", (1, 25)),
        ("SELECT (GROUP_CONCAT(?o) AS ?n) { ?s ?p ?o } LIMIT x", (1, None)),
        ("SELECT (GROUP_CONCAT AS ?n) { ?s ?p ?o }", (1, None)),
    ],
)
def test_mistakes_keep_their_place(text: str, place: tuple[int, int | None]) -> None:
    """They are told of the query as it was asked."""
    with pytest.raises(QueryError) as caught:
        query.answer(of_files([rdf.file(DATA)]), text)
    assert (caught.value.line, place[1] and caught.value.column) == place
