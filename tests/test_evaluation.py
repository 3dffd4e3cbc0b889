"""What can be asked for beside an answer: sources, another day, reasons, a pinned release."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results
from werkzeug.test import Client, TestResponse

from iisgraph.formats import by_name
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web.gateway import Gateway
from iisgraph.web.service import assemble

MEMBERS = "SELECT ?m { <id/organisation/sco> iis:currentMember ?m } ORDER BY ?m"
CONTESTED = "SELECT ?d { <id/action/coe-ets-185/LTU/signature/1> schema:startDate ?d } ORDER BY ?d"
WRONG_LANGUAGE = 'SELECT ?c { ?s skos:prefLabel "Kazakhstan" ; iis:iso3 ?c }'
FOUNDERS = {"CHN", "KAZ", "KGZ", "RUS", "TJK", "UZB"}


@pytest.fixture(scope="module")
def gateway(snapshot: Snapshot) -> Iterator[Gateway]:
    made = assemble(snapshot, Settings(query_seconds=60.0))
    yield made.gateway
    made.pool.close()


@pytest.fixture
def client(gateway: Gateway) -> Client:
    return Client(gateway)


def ask(client: Client, sparql: str, **parameters: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": sparql} | parameters)


def bindings(response: TestResponse) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.json
    found: list[dict[str, Any]] = response.json["results"]["bindings"]
    return found


def members(response: TestResponse) -> set[str]:
    return {row["m"]["value"].rpartition("/")[2] for row in bindings(response)}


@pytest.mark.parametrize(
    ("day", "joined"),
    [
        ("2010-01-01", set()),
        ("2018-01-01", {"IND", "PAK"}),
        ("2025-01-01", {"IND", "PAK", "IRN", "BLR"}),
    ],
)
def test_the_graph_can_be_seen_as_of_a_day(client: Client, day: str, joined: set[str]) -> None:
    """Shortcuts too: who was a member then, not who is one now."""
    assert members(ask(client, MEMBERS, asOf=day)) == FOUNDERS | joined


def test_nothing_is_of_the_day_unless_asked(client: Client) -> None:
    """The plain answer is that of today, and the two do not share a place in the cache."""
    today = members(ask(client, MEMBERS))
    assert members(ask(client, MEMBERS, asOf="2005-01-01")) == FOUNDERS
    assert members(ask(client, MEMBERS)) == today > FOUNDERS


def test_what_only_may_have_been_is_seen_on_demand(client: Client) -> None:
    """A year alone makes a membership possible before it makes it certain."""
    brics = MEMBERS.replace("/sco>", "/brics>")
    assert members(ask(client, brics, asOf="2006-07-01")) == set()
    possible = members(ask(client, brics, asOf="2006-07-01", certainty="possible"))
    assert possible == {"BRA", "CHN", "IND", "RUS"}


def test_each_row_tells_its_sources(client: Client) -> None:
    """Two records that differ are two rows, each with those who say so."""
    rows = bindings(ask(client, CONTESTED, provenance="1"))
    told = [
        {source["source"].rpartition("/")[2] for source in row["_sources"]["sources"]}
        for row in rows
    ]
    assert told == [{"cyberpolice-185-2004", "trb-2007-10"}, {"edri-hun"}]
    assert all(row["_sources"]["complete"] for row in rows)
    assert "_sources" not in bindings(ask(client, CONTESTED))[0]


def test_sources_are_a_column_of_a_table(client: Client) -> None:
    """Spreadsheets get them as text."""
    lines = ask(client, CONTESTED, provenance="1", format="csv").text.splitlines()
    assert lines[0] == "d,_sources"
    assert "source/edri-hun" in lines[2]


@pytest.mark.parametrize("name", ["xml", "tsv"])
def test_sources_are_a_variable_in_every_other_format(client: Client, name: str) -> None:
    """By the letter of the format, so that any program reads it; "…" ends what is not complete."""
    form = by_name(name)
    assert form
    answer = ask(client, CONTESTED, provenance="1", format=name)
    assert answer.status_code == 200
    assert answer.mimetype == form.media_type
    results = parse_query_results(
        answer.data, format=QueryResultsFormat.from_media_type(form.media_type)
    )
    assert isinstance(results, QuerySolutions)
    assert [variable.value for variable in results.variables] == ["d", "_sources"]
    told = [row["_sources"].value for row in results]
    assert len(told) == 2
    assert "source/edri-hun>" in told[1]
    assert not any(text.endswith("…") for text in told)
    counted = "SELECT (COUNT(*) AS ?n) { ?s a iis:State }"
    assert "…" in ask(client, counted, provenance="1", format=name).text


def test_a_graph_has_no_rows_for_sources(client: Client) -> None:
    """406 with the formats that have."""
    answer = ask(client, CONTESTED, provenance="1", format="turtle")
    assert answer.status_code == 406
    assert "JSON, XML, CSV or TSV" in answer.text


def test_an_empty_answer_says_why(client: Client) -> None:
    """In the head, where clients that do not know it see nothing new; light queries too."""
    answer = ask(client, WRONG_LANGUAGE)
    assert bindings(answer) == []
    assert answer.json
    (warning,) = answer.json["head"]["warnings"]
    assert '"Kazakhstan"@en' in warning["message"]
    assert "warnings" not in ask(client, MEMBERS).json["head"]  # type: ignore[index]


def test_a_page_says_why_it_is_empty(client: Client) -> None:
    """In words, below the form."""
    page = client.get(
        "/sparql", query_string={"query": WRONG_LANGUAGE}, headers={"Accept": "text/html"}
    )
    assert "No rows." in page.text
    assert "&#34;Kazakhstan&#34;@en" in page.text


def test_remarks_are_given_on_demand(client: Client) -> None:
    """Patterns that multiply each other's rows are told even where there are rows."""
    odd = "SELECT * { ?a a iis:State . ?b a iis:FormerState }"
    found = ask(client, odd, explain="1").json
    assert found
    assert found["results"]["bindings"]
    assert [each["rule"] for each in found["head"]["warnings"]] == ["cartesian-product"]


def test_a_pinned_answer_is_of_that_release_and_keeps(client: Client, snapshot: Snapshot) -> None:
    """It never changes, so it may be kept for ever; another release is not served for it."""
    pinned = ask(client, MEMBERS, release=snapshot.release)
    assert pinned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert pinned.headers["X-Release"] == snapshot.release
    assert ask(client, MEMBERS, release="0" * 64).status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("asOf", "2010"),
        ("asOf", "2010-13-01"),
        ("asOf", "yesterday"),
        ("certainty", "maybe"),
        ("provenance", "yes"),
        ("explain", "2"),
    ],
)
def test_values_that_mean_nothing_are_refused(client: Client, name: str, value: str) -> None:
    """400 with the name and what would do; never a guess."""
    answer = ask(client, MEMBERS, **{name: value})
    assert answer.status_code == 400
    assert answer.json
    assert value in answer.json["detail"]


def test_sources_are_told_for_rows_alone(client: Client) -> None:
    """ASK and CONSTRUCT have none."""
    assert ask(client, "ASK {}", provenance="1").status_code == 400
