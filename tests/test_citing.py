"""An answer as others cite it, over HTTP."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from iisgraph.snapshot import Snapshot

QUERY = 'SELECT ?name { ?s a iis:FormerState ; skos:prefLabel ?name FILTER(LANG(?name) = "en") }'


def test_bibtex_names_release_rows_and_address(client: FlaskClient, snapshot: Snapshot) -> None:
    """What a paper needs so that its readers see the same answer."""
    response = client.get("/cite", query_string={"query": QUERY})
    assert response.mimetype == "application/x-bibtex"
    assert response.text.startswith("@misc{iisgraph-")
    assert snapshot.release in response.text
    assert "6 rows" in response.text


def test_the_permalink_gives_the_cited_answer(client: FlaskClient, snapshot: Snapshot) -> None:
    """Followed, it answers the same query of the same release, and may be kept for ever."""
    (item,) = client.get("/cite", query_string={"query": QUERY, "format": "csl"}).json or []
    address = urlsplit(item["URL"])
    assert parse_qs(address.query)["release"] == [snapshot.release]
    response = client.get(f"{address.path}?{address.query}")
    assert response.status_code == 200
    assert len((response.json or {})["results"]["bindings"]) == 6
    assert "immutable" in response.headers["Cache-Control"]


def test_csvw_describes_the_table(client: FlaskClient) -> None:
    """Columns by name, and where the table is."""
    found = client.get("/cite", query_string={"query": QUERY, "format": "csvw"}).json or {}
    assert [column["name"] for column in found["tableSchema"]["columns"]] == ["name"]
    assert "format=csv" in found["url"]


def test_an_entry_is_cited_in_the_language_of_the_reader(client: FlaskClient) -> None:
    """Each page of a thing leads to it."""
    page = client.get("/doc/state/KAZ?lang=ru", headers={"Accept": "text/html"}).text
    for form, told in (("bibtex", "title = {{Казахстан}}"), ("csl", '"title": "Казахстан"')):
        (address,) = {
            a.replace("&amp;", "&")
            for a in re.findall(r'href="(/cite[^"]*)"', page)
            if ("csl" in a) == (form == "csl")
        }
        response = client.get(address)
        assert response.status_code == 200
        assert told in response.text
        assert "https://w3id.org/iisgraph/id/state/KAZ" in response.text


def test_a_saved_question_can_be_cited_and_kept(client: FlaskClient, snapshot: Snapshot) -> None:
    """Its page leads to citation, permalink and the sources of each row."""
    page = client.get("/q/members-on-day?day=2017-06-10", headers={"Accept": "text/html"}).text
    found = [a.replace("&amp;", "&") for a in re.findall(r'href="(/(?:cite|sparql)\?[^"]*)"', page)]
    assert len(found) == 5
    assert [client.get(address).status_code for address in found] == [200] * 5
    assert "2017-06-10" in client.get(found[0]).text
    assert f"release={snapshot.release}" in found[3]
    assert "provenance=1" in found[4]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"thing": "state/KAZ", "format": "csvw"}, 400),
        ({"thing": "state/KAX"}, 404),
        ({"thing": "..."}, 404),
        ({"query": QUERY, "format": "word"}, 400),
        ({"query": "ASK {}", "format": "csvw"}, 400),
        ({"query": "SELECT"}, 400),
        ({}, 400),
        ({"query": "INSERT DATA {}"}, 403),
        ({"query": QUERY, "asOf": "never"}, 400),
        ({"query": "CONSTRUCT WHERE { ?s a iis:State }"}, 406),
    ],
)
def test_what_cannot_be_cited_is_told(
    client: FlaskClient, values: dict[str, str], status: int
) -> None:
    """As any other mistake."""
    assert client.get("/cite", query_string=values).status_code == status
