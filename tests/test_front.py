"""The face to the network: whom it believes, whom it sends away, and what it tells of them."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.test_server import PATIENCE, QUICK, Server, figures, free_port, until


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    started = Server("--port", "0", "--data", str(folder), "--no-check", *options)
    try:
        yield started
    finally:
        started.stop()


def lines(server: Server) -> list[dict[str, Any]]:
    """What a stopped server has told of its requests."""
    return [json.loads(line) for line in server.rest.splitlines() if line.startswith("{")]


def statuses(server: Server, addresses: list[str]) -> list[int]:
    return [server.open("healthz", **{"X-Forwarded-For": each})[0] for each in addresses]


def test_a_stranger_cannot_choose_the_address_it_is_known_by(folder: Path) -> None:
    """Without --trust-proxy the peer is the client, whatever it says of itself."""
    with serving(folder, "--rate-per-minute", "3") as server:  # its own look at itself counts too
        found = statuses(server, [f"192.0.2.{n}" for n in range(6)])
    assert found[0] == 200
    assert found[3:] == [429] * 3


def test_a_trusted_proxy_tells_who_asks(folder: Path) -> None:
    """The last address counts, which the proxy wrote; those before it came from the client."""
    with serving(folder, "--rate-per-minute", "2", "--trust-proxy") as server:
        assert statuses(server, [f"192.0.2.{n}" for n in range(4)]) == [200] * 4
        forged = [f"203.0.113.{n}, 198.51.100.1" for n in range(4)]
        assert statuses(server, forged) == [200, 200, 429, 429]
        assert statuses(server, ["198.51.100.1"]) == [429]


@pytest.mark.parametrize("is_trusted", [True, False])
def test_the_public_address_is_what_a_trusted_proxy_says(folder: Path, is_trusted: bool) -> None:
    """The endpoint names itself by it; a stranger must not make it name another."""
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "graph.example"}
    with serving(folder, *["--trust-proxy"] * is_trusted) as server:
        _, headers, body = server.open("sparql", Accept="text/turtle", **told)
        assert ("<https://graph.example/sparql>" in body.decode()) is is_trusted
        assert (f"<{server.url}sparql>" in body.decode()) is not is_trusted
    assert headers["Cache-Control"] == "no-store"


def test_beyond_its_threads_it_says_so_at_once(folder: Path) -> None:
    """503 with the time to wait, and it counts; what needs no thread is still answered."""
    port = free_port()
    options = (
        "--threads",
        "1",
        "--web-processes",
        "1",
        "--query-seconds",
        "3",
        "--metrics-port",
        str(port),
    )
    with serving(folder, *options) as server, ThreadPoolExecutor(1) as pool:
        assert server.ask("ASK { ?s ?p ?o }")[0] == 200
        slow = pool.submit(_hold_the_thread, server)
        until(lambda: server.open("healthz")[0] == 503)
        status, headers, body = server.open("healthz")
        assert (status, headers["Retry-After"]) == (503, "1")
        assert b"try again in 1 s" in body
        assert not slow.done()
        assert server.ask("ASK { ?s ?p ?o }")[0] == 200  # it is in the cache
        slow.result(PATIENCE)
        until(lambda: server.open("healthz")[0] == 200)
        assert figures(port)['iisgraph_requests_total{status="503"}'] >= 2


def _hold_the_thread(server: Server) -> None:
    """Ask a query that runs into its deadline; again, if another request had the thread."""
    triples = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(60))
    status, seconds = 503, 0.0
    while status == 503 and seconds < 2:
        start = time.monotonic()
        status, _, _ = server.ask(f"SELECT (COUNT(*) AS ?n) {{ {triples} }}")
        seconds = time.monotonic() - start


def test_log_query_tells_the_query_of_each_way_to_ask(folder: Path) -> None:
    """By GET, from the cache, at once if it is light, as a form, as a body; and no other page."""
    light = "SELECT ?v { <id/state/RUS> <def/iso3> ?v }"
    with serving(folder, "--log", "query") as server:
        for sparql in (QUICK, QUICK, light, "ASK { is no query"):
            server.open("sparql?" + urllib.parse.urlencode({"query": sparql}))
        for kind, body in (
            ("application/x-www-form-urlencoded", urllib.parse.urlencode({"query": QUICK})),
            ("application/sparql-query", QUICK),
        ):
            request = urllib.request.Request(f"{server.url}query", body.encode())
            request.add_header("Content-Type", kind)
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                assert json.load(response)["boolean"] is False
        server.open("healthz?query=none")
        for _ in range(2):
            server.open("sparql", Accept="text/html")
    found = [(line["method"], line["path"], line.get("query")) for line in lines(server)]
    get, post = ("GET", "/sparql"), ("POST", "/query")
    asked = [QUICK, QUICK, light, "ASK { is no query"]
    assert [each for each in found if each[:2] == get] == [(*get, q) for q in [*asked, None, None]]
    assert [each for each in found if each[:2] == post] == [(*post, QUICK)] * 2
    assert ("GET", "/healthz", None) in found


def test_log_none_tells_of_no_request(folder: Path) -> None:
    """What is said of the server itself remains."""
    with serving(folder, "--log", "none") as server:
        assert server.ask(QUICK)[0] == 200
        assert server.open("nowhere")[0] == 404
    assert lines(server) == []
    assert "/sparql" not in server.rest
    assert "serving at" in server.said
