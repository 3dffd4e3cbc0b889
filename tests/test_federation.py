"""SERVICE where it is allowed: asked once, at one address, and nothing else is called."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from iisgraph import read, web
from iisgraph import snapshot as snapshots
from iisgraph.endpoints import prefix_of
from iisgraph.engine import WHOLE, Answer, Oxigraph
from iisgraph.errors import EngineError, QueryError, QueryRefused, SourceError
from iisgraph.federation import MOST_CALLS, localised
from iisgraph.light import Scale
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web.gateway import Gateway
from iisgraph.web.service import assemble
from tests import rdf

OURS = rdf.store_of(*rdf.file("<a> <p> 1 . <b> <p> 2 . <c> <q> <a> .").parsed.quads)
THEIRS = rdf.store_of(
    *rdf.file('<a> <r> "x"@en , 3.5 , <u> . <b> <r> [] . <d> <r> 1 .').parsed.quads
)
ENDPOINT = "https://there.test/sparql"
PREFIX = (prefix_of(ENDPOINT),)


def local(sparql: str, asked: list[tuple[str, str]] | None = None) -> list[dict[str, str]]:
    """The rows of a query whose services are answered by THEIRS."""

    def ask(address: str, text: str) -> Answer:
        if asked is not None:
            asked.append((address, text))
        return THEIRS.query(text)

    found = OURS.query(localised(sparql, WHOLE, (), PREFIX, ask))
    return [{name: str(term) for name, term in row.items()} for row in found.rows()]


BASE = "https://w3id.org/iisgraph/"
JOINS = [
    (f"SELECT ?o {{ ?s <p> 1 SERVICE <{ENDPOINT}> {{ ?s <r> ?o }} }}", 3),
    (f"SELECT ?o {{ SERVICE <{ENDPOINT}> {{ ?s <r> ?o }} ?s <p> 2 }}", 1),
    (f"SELECT * {{ ?s <p> ?n OPTIONAL {{ SERVICE <{ENDPOINT}> {{ ?s <r> 3.5 }} }} }}", 2),
    (f"SELECT * {{ ?s <p> ?n MINUS {{ SERVICE <{ENDPOINT}> {{ ?s <r> 3.5 }} }} }}", 1),
    (f"SELECT * {{ ?s <p> ?n FILTER NOT EXISTS {{ SERVICE <{ENDPOINT}> {{ ?s <r> 3.5 }} }} }}", 1),
    (f"SELECT * {{ {{ ?s <p> 1 }} UNION {{ SERVICE <{ENDPOINT}> {{ ?s <r> 1 }} }} }}", 2),
    (f"SELECT * {{ GRAPH ?g {{ ?s <p> 1 SERVICE <{ENDPOINT}> {{ ?s <r> 3.5 }} }} }}", 1),
    (f"SELECT * {{ ?s <p> 1 SERVICE <{ENDPOINT}> {{ <a> <r> 3.5 }} }}", 1),
    (f"SELECT * {{ ?s <p> 1 SERVICE <{ENDPOINT}> {{ <a> <r> 99 }} }}", 0),
    (f"SELECT * {{ SERVICE <{ENDPOINT}> {{ SELECT ?s {{ ?s <r> ?o }} LIMIT 2 }} }}", 2),
    (f"PREFIX e: <{ENDPOINT}> SELECT * {{ SERVICE e: {{ ?s ?p 1 }} }}", 1),
    ("BASE <https://there.test/> SELECT * { SERVICE <sparql> { ?s ?p 1 } }", 1),
    (f"select * {{ service silent <{ENDPOINT}> {{ ?s ?p 1 # }}\n }} }}", 1),
    (f"SELECT * {{ SERVICE <{ENDPOINT}> {{ ?s iis:none ?o }} }}", 0),
    (f"SELECT * {{ SERVICE <{ENDPOINT}> {{ VALUES (?x ?y) {{ (1 UNDEF) }} }} }}", 1),
]


@pytest.mark.parametrize(("sparql", "rows"), JOINS)
def test_rows_of_a_service_are_joined(sparql: str, rows: int) -> None:
    """Wherever it stands in a query, each is called once."""
    asked: list[tuple[str, str]] = []
    assert len(local(sparql, asked)) == rows
    assert [address for address, _ in asked] == [ENDPOINT]


def test_every_kind_of_term_comes_through() -> None:
    """A blank node gets a name, the same for the same node, for VALUES takes none."""
    rows = local(f"SELECT ?o {{ SERVICE <{ENDPOINT}> {{ ?s <r> ?o }} }}")
    told = {row["o"] for row in rows}
    (name,) = [term for term in told if "/.well-known/genid/" in term]
    number, decimal = (f"<http://www.w3.org/2001/XMLSchema#{n}>" for n in ("integer", "decimal"))
    assert told - {name} == {f'"1"^^{number}', f'"3.5"^^{decimal}', '"x"@en', f"<{BASE}u>"}
    assert len(rows) == len(told)


@pytest.mark.parametrize(
    ("sparql", "message"),
    [
        ("SELECT * { SERVICE <https://elsewhere.test/> {} }", "calls nothing but what is at https"),
        ("SELECT * { ?s ?p ?x SERVICE ?x {} }", "must be named"),
        ("SELECT * { SERVICE SILENT $x {} }", "must be named"),
        (
            f"SELECT * {{ SERVICE <{ENDPOINT}> {{ SERVICE <https://else.test/> {{}} }} }}",
            "else.test",
        ),
        (f"SELECT * {{ SERVICE <{ENDPOINT}> {{ SERVICE ?x {{}} }} }}", "must be named"),
        (f"SELECT * FROM <https://x.test/> {{ SERVICE <{ENDPOINT}> {{}} }}", "FROM"),
        (f"INSERT {{}} WHERE {{ SERVICE <{ENDPOINT}> {{}} }}", "read-only"),
        ("SELECT * {" + f"SERVICE <{ENDPOINT}> {{}}" * (MOST_CALLS + 1) + "}", "may call"),
    ],
)
def test_what_may_not_be_called_stops_the_query(sparql: str, message: str) -> None:
    """Before anything is called, what may be called too."""
    asked: list[tuple[str, str]] = []
    with pytest.raises(QueryRefused, match=message):
        local(sparql, asked)
    assert not asked


@pytest.mark.parametrize(
    ("sparql", "place"),
    [
        (f"SELECT * {{\n SERVICE <{ENDPOINT}> {{ ?s\n ?p ?o }} }}\n}}", (4, None)),
        (f"SELECT * {{ SERVICE <{ENDPOINT}> {{ ?s ?p ?o }}", (1, None)),
        (f"SELECT * {{\n SERVICE <{ENDPOINT}> ?x {{}} }}", (2, 2)),
        (f"SELECT * {{ SERVICE <{ENDPOINT}> {{ ?s ?p ?o }} }} LIMIT x", (1, None)),
        (f"SELECT * {{ SERVICE <{ENDPOINT}> {{ ?s no:p ?o }} }}", (1, 53)),
    ],
)
def test_nothing_is_called_for_what_is_no_query(sparql: str, place: tuple[int, Any]) -> None:
    """A mistake is told with its place in the query as it was sent."""
    asked: list[tuple[str, str]] = []
    with pytest.raises(QueryError) as caught:
        local(sparql, asked)
    assert (caught.value.line, place[1] and caught.value.column) == place
    assert not asked


def test_a_pattern_is_sent_with_what_is_declared_before_it() -> None:
    """The endpoint knows neither our prefixes nor our base."""
    asked: list[tuple[str, str]] = []
    local(f"PREFIX e: <x/> SELECT * {{ SERVICE <{ENDPOINT}> {{ <s> iis:p e:o }} }}", asked)
    ((_, text),) = asked
    assert Oxigraph().query(text).variables == []
    assert text.splitlines()[0] == f"BASE <{BASE}>"
    assert sorted(text.splitlines()[1:3]) == ["PREFIX e: <x/>", f"PREFIX iis: <{BASE}def/>"]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "uri", "value": "urn:x#y"},
        {"type": "uri", "value": "http://x/> } #"},
        {"type": "literal", "value": "x", "xml:lang": "en } #"},
        {"type": "literal", "value": "x", "datatype": "http://x/> } #"},
    ],
)
def test_an_answer_cannot_change_the_query(value: dict[str, str]) -> None:
    """What the other side says are terms, or it is refused."""
    body = {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": value}]}}

    def ask(_: str, __: str) -> Answer:
        try:
            return Answer.read("application/sparql-results+json", json.dumps(body).encode())
        except (SyntaxError, ValueError) as error:
            raise EngineError(str(error)) from None

    with pytest.raises(EngineError):
        localised(f"ASK {{ SERVICE <{ENDPOINT}> {{}} }}", WHOLE, (), PREFIX, ask)


@pytest.mark.parametrize("error", [EngineError("is away"), QueryError("does not like it")])
def test_silence_is_kept_where_it_is_asked_for(error: Exception) -> None:
    """One row that binds nothing, by the specification; without SILENT the query fails."""

    def ask(_: str, __: str) -> Answer:
        raise error

    text = f"SELECT * {{ ?s <p> ?n SERVICE SILENT <{ENDPOINT}> {{ ?s <r> ?o }} }}"
    assert len(list(OURS.query(localised(text, WHOLE, (), PREFIX, ask)).rows())) == 2
    with pytest.raises(EngineError, match=f"SERVICE <{ENDPOINT}>: "):
        localised(text.replace("SILENT", ""), WHOLE, (), PREFIX, ask)


def test_a_federated_query_is_never_light() -> None:
    """It waits for others, so it has a process of its own."""
    snapshot = snapshots.of_files([rdf.file("<a> <p> 1 .")])
    scale = Scale(snapshot.engine, snapshot.statistics)
    assert scale.is_light("SELECT * { <a> <p> ?o }")
    assert not scale.is_light(f"SELECT * {{ SERVICE <{ENDPOINT}> {{ <a> <p> ?o }} }}")


# ---------------------------------------------------------------- over HTTP


class Peer:
    """An endpoint on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                peer.calls.append((self.path, text))
                peer.answer(self)

            def do_GET(self) -> None:
                peer.calls.append((self.path, ""))
                peer.answer(self)

            def log_message(self, *_: Any) -> None:
                """Nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = (
            b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"x"}}]}}'
        )
        if handler.path.startswith("/sparql/away"):
            handler.send_response(307)
            handler.send_header("Location", f"{self.url}/secret")
            handler.end_headers()
            return
        if handler.path.startswith("/sparql/broken"):
            body = b"<html>"
        handler.send_response(500 if handler.path.startswith("/sparql/fails") else 200)
        handler.send_header("Content-Type", "application/sparql-results+json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.path.startswith("/sparql/slow"):
            threading.Event().wait(4)
        with suppress(OSError):  # who has gone no longer listens
            handler.wfile.write(body)


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    made = Peer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def gateway(peer: Peer) -> Iterator[Gateway]:
    settings = Settings(query_seconds=3.0, service_prefix=(f"{peer.url}/sparql",))
    made = assemble(snapshots.of_files([rdf.file('<a> <p> 1 . <a> <n> "x" .')]), settings)
    yield made.gateway
    web.close(made.gateway.application)  # type: ignore[arg-type] # it is a Flask application


@pytest.fixture
def client(gateway: Gateway, peer: Peer) -> Client:
    peer.calls.clear()
    return Client(gateway)


def ask(client: Client, peer: Peer, path: str, **parameters: str) -> TestResponse:
    query = f"SELECT ?s ?n {{ ?s <n> ?n SERVICE <{peer.url}{path}> {{ ?x <n> ?n }} }}"
    return client.get("/sparql", query_string={"query": query} | parameters)


def test_an_allowed_endpoint_is_asked_each_time(client: Client, peer: Peer) -> None:
    """It may say something else the next time, so its answer is kept nowhere."""
    for number in (1, 2):
        answer = ask(client, peer, "/sparql")
        assert answer.status_code == 200, answer.text
        assert answer.json
        assert [row["n"]["value"] for row in answer.json["results"]["bindings"]] == ["x"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert [path for path, _ in peer.calls] == ["/sparql"] * number


def test_a_page_is_kept_nowhere_either(client: Client, peer: Peer) -> None:
    """People ask with the same rules."""
    query = f"SELECT * {{ SERVICE <{peer.url}/sparql> {{ ?x <n> ?n }} }}"
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert len(peer.calls) == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [("", 403), ("/", 403), ("/secret", 403), ("/sparql-too", 403), ("/sparql/../secret", 403)],
)
def test_nothing_beside_the_prefix_is_called(
    client: Client, peer: Peer, path: str, status: int
) -> None:
    """The same host and port are not enough."""
    assert ask(client, peer, path).status_code == status
    assert not peer.calls


def test_a_redirection_is_not_followed(client: Client, peer: Peer) -> None:
    """Or an allowed endpoint could send us anywhere."""
    answer = ask(client, peer, "/sparql/away")
    assert answer.status_code == 502
    assert [path for path, _ in peer.calls] == ["/sparql/away"]


@pytest.mark.parametrize("path", ["/sparql/broken", "/sparql/fails"])
def test_what_is_no_answer_is_502(client: Client, peer: Peer, path: str) -> None:
    """The fault of neither the asker nor this server; named with its endpoint."""
    answer = ask(client, peer, path)
    assert answer.status_code == 502
    assert f"SERVICE <{peer.url}{path}>" in answer.text


def test_a_slow_endpoint_is_not_waited_for(client: Client, peer: Peer) -> None:
    """The deadline of a query holds for what it waits for too."""
    assert ask(client, peer, "/sparql/slow", timeout="0.5").status_code == 503


def test_no_proxy_of_the_environment_is_used(
    client: Client, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was compared is the address that is called."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert ask(client, peer, "/sparql").status_code == 200


def test_provenance_says_that_it_does_not_know_all(client: Client, peer: Peer) -> None:
    """What another endpoint says has its sources there."""
    answer = ask(client, peer, "/sparql", provenance="1").json
    assert answer
    assert answer["head"]["provenance"]["complete"] is False
    (row,) = answer["results"]["bindings"]
    assert "what another endpoint says" in row["_sources"]["untraced"]


def test_the_service_says_that_it_federates(client: Client) -> None:
    """`sd:BasicFederatedQuery`, and only where a prefix allows something."""
    assert "BasicFederatedQuery" in client.get("/sparql?format=nt").text
    made = assemble(snapshots.of_files([rdf.file("<a> <p> 1 .")]), Settings())
    try:
        assert "BasicFederatedQuery" not in Client(made.gateway).get("/sparql?format=nt").text
    finally:
        made.pool.close()


def test_a_citation_calls_nobody(client: Client, peer: Peer) -> None:
    """An answer that may change cannot be cited."""
    query = f"SELECT * {{ SERVICE <{peer.url}/sparql> {{ ?x <n> ?n }} }}"
    assert client.get("/cite", query_string={"query": query}).status_code == 403
    assert not peer.calls


def test_rules_and_saved_questions_call_nobody(tmp_path: Path, peer: Peer) -> None:
    """What is in files is never federated, whatever the operator allows."""
    peer.calls.clear()
    service = f"SERVICE <{peer.url}/sparql> {{ ?s ?p ?o }}"
    (tmp_path / "ontology/rules").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    rule = tmp_path / "ontology/rules/r.rq"
    rule.write_text(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {service} }}", encoding="utf-8")
    with pytest.raises(SourceError, match="federation to other endpoints is off"):
        snapshots.of_content(read.Content(tmp_path))
    assert not peer.calls


def test_a_process_of_the_other_pool_reaches_nothing(peer: Peer) -> None:
    """Without a prefix, and in a query that names no service, no door is ever open."""
    snapshot: Snapshot = snapshots.of_files([rdf.file("<a> <p> 1 .")])
    made = assemble(snapshot, Settings())
    peer.calls.clear()
    try:
        assert ask(Client(made.gateway), peer, "/sparql").status_code == 403
    finally:
        made.pool.close()
    assert not peer.calls
