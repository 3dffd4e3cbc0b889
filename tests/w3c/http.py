"""Runs the cases about the protocols, against the application as it is served."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDFS
from werkzeug.test import TestResponse

from iisgraph import web
from iisgraph.formats import GRAPHS
from iisgraph.read import File
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot, of_files
from tests import rdf
from tests.w3c import answers
from tests.w3c.cases import MF, Case

CNT = Namespace("http://www.w3.org/2011/content#")
HT = Namespace("http://www.w3.org/2011/http#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
DATA0 = "http://kasei.us/2009/09/sparql/data/data0.rdf"
SHAPES = Path(__file__).with_name("service-description.ttl")


@dataclass(frozen=True)
class Sent:
    """A request of a manifest, and the node that tells what is expected."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    expected: Any

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.method in ("GET", "HEAD")


def requests_of(case: Case) -> Iterator[Sent]:
    """The requests of a case, in their order."""
    graph = case.manifest
    for node in Collection(graph, case.value(MF.action, HT.requests)):
        headers = graph.value(node, HT.headers)
        named = Collection(graph, headers) if headers else ()
        body = graph.value(node, HT.body)
        text = str(graph.value(body, CNT.chars) or "") if body else ""
        encoding = str(graph.value(body, CNT.characterEncoding) or "UTF-8") if body else "UTF-8"
        yield Sent(
            str(graph.value(node, HT.methodName)),
            str(graph.value(node, HT.absolutePath)),
            {str(graph.value(h, HT.fieldName)): str(graph.value(h, HT.fieldValue)) for h in named},
            text.encode(encoding),
            graph.value(node, HT.resp),
        )


@contextmanager
def served(snapshot: Snapshot) -> Iterator[FlaskClient]:
    """A client of an application for a snapshot."""
    app = web.create_app(snapshot, Settings(query_processes=1))
    try:
        yield app.test_client()
    finally:
        web.close(app)


def send(client: FlaskClient, sent: Sent, path: str) -> TestResponse:
    return client.open(path, method=sent.method, headers=sent.headers, data=sent.body or None)


# ---------------------------------------------------------------- SPARQL 1.1 Protocol


def run_protocol(case: Case) -> str:
    """What is wrong with the outcome of a case of the protocol; updates are to be refused.

    The suite takes it that one graph, which it does not come with, is fetched from the
    web. Nothing is fetched here, so the graph is put in place.
    """
    graphs = {
        str(case.manifest.value(node, RDFS.label)): case.file(case.manifest.value(node, UT.graph))
        for node in case.manifest.objects(case.node, UT.graphData)
    }
    graphs.setdefault(DATA0, case.folder / "data1.nt")
    snapshot = of_files([File(path, iri) for iri, path in graphs.items()])
    is_update = case.iri.rpartition("#")[2].startswith("update_")
    check = _refusal_fault if is_update else _fault
    with served(snapshot) as client:
        faults = [check(case, client, sent) for sent in requests_of(case)]
    return "; ".join(filter(None, faults))


def _refusal_fault(_: Case, client: FlaskClient, sent: Sent) -> str:
    """Whether an update is refused; the query after it has nothing to look at."""
    response = send(client, sent, sent.path.replace("/sparql/", "/sparql", 1))
    is_update = sent.body.startswith(b"update=") or "update" in str(sent.headers)
    return (
        "" if response.status_code == 403 or not is_update else f"{response.status} for an update"
    )


def _fault(case: Case, client: FlaskClient, sent: Sent) -> str:
    response = send(client, sent, sent.path.replace("/sparql/", "/sparql", 1))
    graph, expected = case.manifest, sent.expected
    classes = {str(c)[-3] for c in graph.objects(expected, MF.expectedStatus)}
    if str(response.status_code)[0] not in classes:
        return f"{response.status_code} for {sent.method} {sent.path}"
    kind = graph.value(expected, MF.expectedFormat)
    if kind and _kind(response) != str(kind):
        return f"{response.mimetype} is not {kind}"
    truth = graph.value(expected, MF.expectedBoolean)
    if truth is not None and answers.read(response.data, _extension(response)) is not truth.value:
        return "the other truth"
    return ""


def _extension(response: TestResponse) -> str:
    return "srx" if "xml" in str(response.mimetype) else "srj"


def _kind(response: TestResponse) -> str:
    if response.mimetype in {f.media_type for f in GRAPHS}:
        Graph().parse(data=response.data, format=response.mimetype)
        return "RDF"
    found = answers.read(response.data, _extension(response))
    return "boolean" if isinstance(found, bool) else "tabular"


# ---------------------------------------------------------------- Service Description


def run_description(case: Case) -> str:
    """What is wrong with the description of a service that has some graphs."""
    with served(of_files([rdf.file("<a> a <B> .", "a.ttl")])) as client:
        return {
            "returns-rdf": _returns_rdf,
            "has-endpoint-triple": _has_endpoint,
            "conforms-to-schema": _conforms,
        }[case.iri.rpartition("#")[2]](client)


def _described(client: FlaskClient, media_type: str = "text/turtle") -> Graph:
    response = client.get("/sparql", headers={"Accept": media_type})
    assert (response.status_code, response.mimetype) == (200, media_type)
    text = ox.serialize(
        ox.parse(response.data, format=ox.RdfFormat.from_media_type(media_type)),
        format=ox.RdfFormat.N_TRIPLES,
    )
    return Graph().parse(data=text, format="nt")


def _returns_rdf(client: FlaskClient) -> str:
    sizes = {len(_described(client, f.media_type)) for f in GRAPHS}
    return "" if len(sizes) == 1 and sizes.pop() > 10 else "formats differ"


def _has_endpoint(client: FlaskClient) -> str:
    endpoint = URIRef("http://www.w3.org/ns/sparql-service-description#endpoint")
    found = set(_described(client).objects(None, endpoint))
    return "" if found == {URIRef("http://localhost/sparql")} else f"{found}"


def _conforms(client: FlaskClient) -> str:
    conforms, _, text = validate(_described(client), shacl_graph=str(SHAPES))
    return "" if conforms else str(text)
