"""The Graph Store Protocol for reading: graphs named in the query string, and directly."""

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from rdflib import Dataset, Graph, URIRef

from iisgraph import engine
from iisgraph.engine import DefaultGraph, NamedNode
from iisgraph.formats import GRAPHS, Format
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, GRAPH, PRIMARY_SOURCE

RECORD = "sco-infoforum-2017"
INDIRECT = f"/store?graph={quote(GRAPH + RECORD, safe='')}"
DIRECT = f"/graph/{RECORD}"
TURTLE = {"Accept": "text/turtle"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

both_ways = pytest.mark.parametrize("path", [INDIRECT, DIRECT])
quads_by_rdflib = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)


def in_graph(snapshot: Snapshot, iri: str) -> list[str]:
    """The statements of a named graph, in canonical form."""
    quads = snapshot.engine.quads(None, None, None, NamedNode(iri))
    return engine.canonical_quads(engine.Quad(q.subject, q.predicate, q.object) for q in quads)


@both_ways
def test_a_record_is_its_statements_and_nothing_else(
    client: FlaskClient, snapshot: Snapshot, path: str
) -> None:
    """Named in the query string or by its own address: the same graph, the same bytes."""
    response = client.get(path, headers=TURTLE)
    assert (response.status_code, response.mimetype) == (200, "text/turtle")
    parsed = engine.parse(response.data, "text/turtle", GRAPH + RECORD, BASE)
    found = engine.canonical_quads(
        engine.Quad(q.subject, q.predicate, q.object) for q in parsed.quads
    )
    assert found == in_graph(snapshot, GRAPH + RECORD)
    assert response.data == client.get(INDIRECT, headers=TURTLE).data


@quads_by_rdflib
@both_ways
@pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.names[0])
def test_a_record_in_each_format(
    client: FlaskClient, snapshot: Snapshot, path: str, form: Format
) -> None:
    """By Accept and by name; the graph is the document's own, whatever the format could name."""
    response = client.get(path, headers={"Accept": form.media_type})
    assert response.mimetype == form.media_type
    joined = f"{path}{'&' if '?' in path else '?'}format={form.names[0]}"
    assert client.get(joined).data == response.data
    found = Dataset().parse(data=response.data, format=form.media_type)
    quads = list(found.quads())
    assert len(quads) == len(in_graph(snapshot, GRAPH + RECORD))
    assert {q[3] for q in quads} <= {None, URIRef("urn:x-rdflib:default")}


def test_the_default_graph_is_the_merge(client: FlaskClient, snapshot: Snapshot) -> None:
    """Each statement once, however many records attest it."""
    response = client.get("/store?default", headers={"Accept": "application/n-triples"})
    assert response.status_code == 200
    lines = response.data.splitlines()
    assert len(lines) == len(set(lines)) == len(snapshot)
    ours = snapshot.engine.quads(None, None, None, DefaultGraph())
    assert sorted(lines) == sorted(f"{q.triple} .".encode() for q in ours)


@both_ways
def test_head_tells_the_size(client: FlaskClient, path: str) -> None:
    """Without sending the graph."""
    head, get = client.head(path, headers=TURTLE), client.get(path, headers=TURTLE)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.data))
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    [
        f"/store?graph={GRAPH}nothing",
        "/store?graph=http://example.org/",
        "/store?graph=urn:x%20y",
        "/store?graph=file:///etc/passwd",
        "/graph/nothing",
        "/graph/nothing.ttl",
        "/graph/%3Cx%3E",
        "/graph/%3Cx%3E.ttl",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [TURTLE, {}, BROWSER])
def test_an_unknown_graph_is_404(
    client: FlaskClient, path: str, method: str, headers: dict[str, str]
) -> None:
    """Nothing is fetched, and nothing is an empty graph."""
    if headers == BROWSER and path.startswith("/store"):
        headers = {"Accept": "*/*"}
    assert client.open(path, method=method, headers=headers).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"default&graph={GRAPH}{RECORD}",
        f"graph={GRAPH}{RECORD}&graph={GRAPH}{RECORD}",
        "default&default=&graph=x",
        "graph=",
        "graph=relative/iri",
        "graph=%FF",
    ],
)
def test_exactly_one_graph_is_named(client: FlaskClient, query: str) -> None:
    """By an absolute IRI, or as the default one."""
    response = client.get(f"/store?{query}")
    assert response.status_code == 400
    assert response.get_json(force=True)["detail"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/store?default", INDIRECT, DIRECT, "/graph/new", "/store"])
def test_writing_is_405(client: FlaskClient, snapshot: Snapshot, method: str, path: str) -> None:
    """With the methods that there are; the graph is as it was."""
    before = len(snapshot.engine)
    response = client.open(path, method=method, data="<a> <b> <c> .", content_type="text/turtle")
    assert response.status_code == 405
    assert set(response.allow or ()) == {"GET", "HEAD", "OPTIONS"}
    assert len(snapshot.engine) == before


def test_options_tell_so(client: FlaskClient) -> None:
    """Before anybody tries."""
    for path in ("/store", DIRECT):
        assert set(client.options(path).allow or ()) == {"GET", "HEAD", "OPTIONS"}


def test_406_lists_the_formats_of_graphs(client: FlaskClient) -> None:
    """And no format of tables."""
    response = client.get(INDIRECT, headers={"Accept": "text/csv"})
    assert response.status_code == 406
    listed = set(re.findall(r"\((\S+?)\)", response.get_json(force=True)["detail"]))
    assert listed == {f.media_type for f in GRAPHS}


@pytest.mark.parametrize("headers", [BROWSER, {}, {"Accept": "*/*"}])
def test_a_reader_is_led_to_the_document(client: FlaskClient, headers: dict[str, str]) -> None:
    """The page about the record, where each statement stands with its source."""
    response = client.get(DIRECT, headers=headers)
    assert (response.status_code, response.headers["Location"]) == (303, f"/doc{DIRECT}")


def test_graph_and_document_are_told_apart(client: FlaskClient) -> None:
    """The document says more: what points to the record, and the source of each statement."""
    graph = client.get(DIRECT, headers=TURTLE)
    assert graph.headers["Link"] == f'</doc{DIRECT}>; rel="describedby"'
    document = client.get(f"/doc{DIRECT}", headers=TURTLE)
    said, more = (Graph().parse(data=r.data, format="turtle") for r in (graph, document))
    assert len(said - more) == 0
    assert len(more) > len(said)
    assert (URIRef(GRAPH + RECORD), URIRef(PRIMARY_SOURCE), None) in more
    suffixed = client.get(f"{DIRECT}.ttl")
    assert (suffixed.status_code, suffixed.headers["Location"]) == (303, f"/doc{DIRECT}.ttl")
