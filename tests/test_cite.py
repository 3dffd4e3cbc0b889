"""An answer has an address that gives it again, and is told in the forms that others read."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisgraph import cite, provenance, query
from iisgraph.cite import Asked, Citation, bibtex, citation, csl, csvw, permalink
from iisgraph.formats import by_name
from iisgraph.snapshot import Snapshot

SERVER = "https://example.org/iis/"
TODAY = date(2026, 11, 25)
QUERY = 'SELECT ?s ?n {\n  ?s skos:prefLabel ?n FILTER(LANG(?n) = "en" && ?n > "M") # 100 %\n}'
JSON = "application/sparql-results+json"


@pytest.fixture
def cited(snapshot: Snapshot) -> Citation:
    """A citation with everything in it."""
    asked = Asked(
        query=QUERY, release="0123456789abcdef", as_of=date(2015, 1, 9), certainty="certain"
    )
    return citation(snapshot, SERVER, asked, 3, TODAY)


def parameters(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query, strict_parsing=True)


# ---------------------------------------------------------------- address


def test_the_address_holds_all_that_was_asked() -> None:
    """And is an address as any client sends it."""
    asked = Asked(
        query=QUERY,
        release="abc",
        as_of=date(2015, 1, 9),
        certainty="possible",
        default_graphs=("http://example.org/a?b=c&d", "http://example.org/b"),
        named_graphs=("http://example.org/c",),
        provenance=True,
        language="ru",
        format="csv",
    )
    url = permalink(SERVER, asked)
    assert url.startswith("https://example.org/iis/sparql?query=SELECT%20")
    assert re.fullmatch(r"[!-~]+", url)
    assert parameters(url) == {
        "query": [QUERY],
        "default-graph-uri": ["http://example.org/a?b=c&d", "http://example.org/b"],
        "named-graph-uri": ["http://example.org/c"],
        "asOf": ["2015-01-09"],
        "certainty": ["possible"],
        "provenance": ["1"],
        "lang": ["ru"],
        "format": ["csv"],
        "release": ["abc"],
    }


def test_the_address_holds_nothing_else() -> None:
    """What is not asked is not told; a certainty without a day says nothing."""
    assert permalink("http://127.0.0.1:8000", Asked(query="ASK {}")) == (
        "http://127.0.0.1:8000/sparql?query=ASK%20%7B%7D"
    )
    assert "certainty" not in permalink(SERVER, Asked(query="ASK {}", certainty="possible"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_query_comes_back_from_its_address(text: str) -> None:
    """Whatever is in it."""
    url = permalink(SERVER, Asked(query=text, release="r"))
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True)[0] == ("query", text)


def test_an_address_gives_the_answer_again(snapshot: Snapshot) -> None:
    """What a permalink asks is what was asked."""
    sparql = "SELECT ?p { <id/agreement/sco-2009-iis-agreement> iis:signatory ?p } ORDER BY ?p"
    again = parameters(permalink(SERVER, Asked(query=sparql)))["query"][0]
    first, second = (query.answer(snapshot, text).serialize("text/csv") for text in (sparql, again))
    assert first == second


# ---------------------------------------------------------------- citation


def test_a_citation_names_the_dataset(cited: Citation) -> None:
    """Title, publisher and licence are those that the data states of itself."""
    assert cited.title == "iisgraph: international information security as linked data"
    assert cited.publisher == "The iisgraph project"
    assert cited.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert cited.note == (
        "Answer to a SPARQL query, release 0123456789abcdef, as of 2015-01-09, certain, 3 rows"
    )


def test_a_graph_without_description_can_be_cited_too() -> None:
    """Somebody's own files, say."""
    from tests import rdf

    bare = citation(Snapshot(rdf.store_of(), "x"), SERVER, Asked(query="ASK {}"), None, TODAY)
    assert (bare.title, bare.licence) == ("iisgraph", "")
    assert bare.note == "Answer to a SPARQL query"
    assert "Licence" not in bibtex(bare)
    assert "dc:license" not in csvw(
        bare, "a.csv", {"head": {"vars": []}, "results": {"bindings": []}}
    )


def test_an_entry_names_the_thing_and_what_it_is_in(snapshot: Snapshot) -> None:
    """Its address is the thing's own, and the release tells which state of it was read."""
    iri = "https://w3id.org/iisgraph/id/state/KAZ"
    found = cite.entry(snapshot, iri, "Kazakhstan", TODAY)
    item = csl(found)
    assert (item["title"], item["URL"]) == ("Kazakhstan", iri)
    assert item["container-title"] == "iisgraph: international information security as linked data"
    assert item["version"] == snapshot.release
    assert f"url = {{{iri}}}" in bibtex(found)
    assert "Entry in iisgraph: " in bibtex(found)


def test_equal_answers_have_equal_keys(cited: Citation) -> None:
    """And different ones different ones; the key begins with the release."""
    assert replace(cited, accessed=date(2030, 1, 1)).key == cited.key
    assert cited.key.startswith("iisgraph-01234567-")
    assert replace(cited, url=cited.url + "&format=csv").key != cited.key


def test_bibtex_is_an_entry(cited: Citation) -> None:
    """One entry with balanced braces, each field once, the address as it is."""
    text = bibtex(cited)
    head, *lines, last = text.rstrip("\n").split("\n")
    assert re.fullmatch(r"@misc\{[A-Za-z0-9-]+,", head)
    assert last == "}"
    fields = dict(re.findall(r"^  (\w+) = \{(.*?)\},?$", text, re.MULTILINE))
    assert len(fields) == len(lines)
    assert fields["title"] == "{" + cited.title + "}"
    assert fields["author"] == "{The iisgraph project}"
    assert (fields["year"], fields["urldate"]) == ("2026", "2026-11-25")
    assert fields["url"] == cited.url
    assert fields["version"] == "0123456789abcdef"
    for line in lines:
        bare = re.sub(r"\\.", "", line)
        assert bare.count("{") == bare.count("}")


def test_bibtex_obeys_nobody(cited: Citation) -> None:
    """A title is text, whatever TeX would make of it."""
    text = bibtex(replace(cited, title=r"100 % {of} A_1 & B# $x$ \input{y} ~ ^"))
    title = next(line for line in text.split("\n") if "title" in line)
    assert title == (
        r"  title = {{100 \% \{of\} A\_1 \& B\# \$x\$ \textbackslash{}input\{y\} "
        r"\textasciitilde{} \textasciicircum{}}},"
    )


def test_csl_is_an_item(cited: Citation) -> None:
    """With the names and types of CSL-JSON 1.0.2."""
    item = json.loads(json.dumps(csl(cited)))
    assert item == {
        "id": cited.key,
        "type": "dataset",
        "title": cited.title,
        "author": [{"literal": "The iisgraph project"}],
        "publisher": "The iisgraph project",
        "accessed": {"date-parts": [[2026, 11, 25]]},
        "version": "0123456789abcdef",
        "note": cited.note,
        "URL": cited.url,
    }
    assert "version" not in csl(replace(cited, release=""))


# ---------------------------------------------------------------- CSVW


def columns(snapshot: Snapshot, cited: Citation, sparql: str) -> list[dict[str, Any]]:
    answer = json.loads(query.answer(snapshot, sparql).serialize(JSON))
    found: list[dict[str, Any]] = csvw(cited, "answer.csv", answer)["tableSchema"]["columns"]
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("1 2", {"datatype": "integer", "required": True}),
        ("1 1.5", {"datatype": "decimal", "required": True}),
        ("1 1.5 1e0", {"datatype": "double", "required": True}),
        ("true false", {"datatype": "boolean", "required": True}),
        ("'a' 'b'", {"datatype": "string", "required": True}),
        ("'a'@en 'b'@en", {"datatype": "string", "lang": "en", "required": True}),
        ("'a'@en 'b'@ru", {"datatype": "string", "required": True}),
        ("'a'@en 'b'", {"datatype": "string", "required": True}),
        ("<a> <b>", {"datatype": "anyURI", "required": True}),
        ("<a> 'b'", {"datatype": "string", "required": True}),
        ("'2015'^^xsd:gYear", {"datatype": "gYear", "required": True}),
        ("'2015'^^xsd:gYear '2015-01-09'^^xsd:date", {"datatype": "string", "required": True}),
        ("1 true", {"datatype": "string", "required": True}),
        ("'x'^^<y>", {"datatype": "string", "required": True}),
        ("1 UNDEF", {"datatype": "integer"}),
        ("UNDEF", {"datatype": "string"}),
        ("", {"datatype": "string"}),
    ],
)
def test_columns_have_the_datatype_of_their_values(
    snapshot: Snapshot, cited: Citation, values: str, expected: dict[str, Any]
) -> None:
    """All values of a column fit it; an empty cell is an unbound value."""
    (column,) = columns(snapshot, cited, f"SELECT ?v {{ VALUES ?v {{ {values} }} }}")
    assert column == {"name": "v", "titles": "v"} | expected


def test_titles_are_the_header(snapshot: Snapshot, cited: Citation) -> None:
    """In order, and each name one that CSVW allows."""
    sparql = "SELECT ?_a ?état ?n { VALUES (?_a ?état ?n) { (1 2 3) } }"
    found = columns(snapshot, cited, sparql)
    table = query.answer(snapshot, sparql).serialize("text/csv").decode()
    assert [column["titles"] for column in found] == next(csv.reader(io.StringIO(table)))
    names = [column["name"] for column in found]
    assert names == ["a", "%C3%A9tat", "n"]
    assert all(re.fullmatch(r"(?!_)([\w.]|%[0-9A-F]{2})+", name, re.ASCII) for name in names)


def test_metadata_describes_the_table(snapshot: Snapshot, cited: Citation) -> None:
    """The members that the CSVW recommendation asks for, and where the answer comes from."""
    sparql = "SELECT ?party { <id/agreement/sco-2009-iis-agreement> iis:signatory ?party }"
    traced = provenance.trace(snapshot, sparql)
    csv_format = by_name("csv")
    assert csv_format
    table = provenance.serialize(traced, csv_format).decode()
    rows = [
        row | {"_sources": {"type": "literal", "value": "x"}}
        for row in traced.answer["results"]["bindings"]
    ]
    answer = {"head": {"vars": ["party", "_sources"]}, "results": {"bindings": rows}}
    found = json.loads(json.dumps(csvw(cited, "https://example.org/a.csv", answer)))
    assert found["@context"][0] == "http://www.w3.org/ns/csvw"
    assert found["url"] == "https://example.org/a.csv"
    assert found["dc:source"] == {"@id": cited.url}
    assert found["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert [c["name"] for c in found["tableSchema"]["columns"]] == ["party", "sources"]
    dialect = found["dialect"]
    read = csv.reader(
        io.StringIO(table, newline=""),
        delimiter=dialect["delimiter"],
        quotechar=dialect["quoteChar"],
        doublequote=dialect["doubleQuote"],
    )
    header, *body = read
    assert header == [c["titles"] for c in found["tableSchema"]["columns"]]
    assert len(body) == 6
    assert table.count(dialect["lineTerminators"][0]) == 7


def test_the_column_names_stay_apart(cited: Citation) -> None:
    """Two columns never get one name."""
    answer = {"head": {"vars": ["_sources", "sources", "__"]}, "results": {"bindings": []}}
    names = [c["name"] for c in csvw(cited, "a.csv", answer)["tableSchema"]["columns"]]
    assert names == ["sources.2", "sources", "column"]
    assert cite.csvw(cited, "a.csv", answer)["url"] == "a.csv"
