"""Runs the cases about the Graph Store HTTP Protocol, against the application as it is served.

Each begins with writing, which is refused here. So the test does itself what the
write would have done, and tries each read on what would then be in the store.
"""

from email import message_from_bytes
from urllib.parse import parse_qsl, urlsplit

import pyoxigraph as ox
from rdflib import URIRef
from werkzeug.test import TestResponse

from iisgraph.engine import NamedNode, Oxigraph, Quad
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import GRAPH
from tests.w3c import answers
from tests.w3c.cases import MF, Case
from tests.w3c.http import CNT, HT, Sent, requests_of, send, served

DEFAULT = "urn:default"
NEW = "http://www.example/gsp/new"
HTS = "http://www.w3.org/2011/http-statusCodes#"
CODES = {200: "OK", 404: "NotFound"}


def run(case: Case) -> str:
    """What is wrong with the reads of a case, and with the refusal of each write."""
    state: dict[str, list[Quad]] = {}
    faults = []
    for sent in requests_of(case):
        path = sent.path.replace("$LOCATION$", NEW)
        path = path.replace("/gsp/", "/graph/") if path.startswith("/gsp/") else path
        path = path.replace("/gsp", "/store", 1) if path.startswith("/gsp") else path
        with served(_snapshot(state, is_default="default" in path)) as client:
            response = send(client, sent, path)
        if sent.is_read:
            faults.append(_read_fault(case, sent, response))
        else:
            faults.append(_refusal_fault(response))
            _write(state, sent, _graph_of(path))
    return "; ".join(filter(None, faults))


def reads(case: Case) -> int:
    """How many requests of a case only read."""
    return sum(sent.is_read for sent in requests_of(case))


def _snapshot(state: dict[str, list[Quad]], *, is_default: bool) -> Snapshot:
    """What the suite's default graph holds, or its named graphs: ours is the merge of all."""
    store = Oxigraph()
    for iri, quads in state.items():
        if (iri == DEFAULT) is is_default:
            store.add(quads)
    store.freeze()
    return Snapshot(store, "w3c")


def _graph_of(path: str) -> str:
    parts = urlsplit(path)
    if parts.path.startswith("/graph/"):
        return GRAPH + parts.path.removeprefix("/graph/")
    return dict(parse_qsl(parts.query)).get("graph", NEW if not parts.query else DEFAULT)


def _write(state: dict[str, list[Quad]], sent: Sent, iri: str) -> None:
    if sent.method == "DELETE":
        state.pop(iri, None)
        return
    made = [
        Quad(q.subject, q.predicate, q.object, NamedNode(iri))
        for part in _parts(sent)
        for q in ox.parse(part, format=ox.RdfFormat.TURTLE, base_iri=iri, rename_blank_nodes=True)
    ]
    state[iri] = [*state.get(iri, ()), *made] if sent.method == "POST" else made


def _parts(sent: Sent) -> list[bytes]:
    """The documents in a body, which may be a form with several."""
    kind = sent.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return [sent.body]
    lines = b"\n".join(line.strip() for line in sent.body.strip().splitlines())
    message = message_from_bytes(f"Content-Type: {kind}\n\n".encode() + lines)
    return [
        bytes(part.get_payload(decode=True)) for part in message.walk() if not part.is_multipart()
    ]


def _refusal_fault(response: TestResponse) -> str:
    """Whether a write is refused as it should be."""
    is_told = {"GET", "HEAD"} <= set(response.allow or ())
    return "" if response.status_code == 405 and is_told else f"a write is {response.status}"


def _read_fault(case: Case, sent: Sent, response: TestResponse) -> str:
    graph, expected = case.manifest, sent.expected
    wanted = URIRef(HTS + CODES.get(response.status_code, "other"))
    if wanted not in set(graph.objects(expected, MF.expectedStatus)):
        return f"{response.status} for {sent.method} {sent.path}"
    body = graph.value(expected, HT.body)
    if body is None or sent.method == "HEAD":
        return "" if response.status_code == 404 or response.mimetype == "text/turtle" else "type"
    text = str(graph.value(body, CNT.chars)).encode()
    ours, theirs = (
        [
            Quad(q.subject, q.predicate, q.object)
            for q in ox.parse(data, format=ox.RdfFormat.TURTLE, base_iri=NEW)
        ]
        for data in (response.data, text)
    )
    return "" if answers.same_graph(ours, theirs) else f"another graph for {sent.path}"
