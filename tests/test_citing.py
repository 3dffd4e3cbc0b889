"""An answer as others cite it, over HTTP."""

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


@pytest.mark.parametrize(
    ("values", "status"),
    [
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
