"""The real server, as `iisgraph serve` starts it: it answers, keeps its limits, and goes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write

PROGRAM = [sys.executable, "-c", "from iisgraph.cli import main; main()"]
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }"
QUICK = "ASK { <id/state/RUS> a iis:State }"
PATIENCE = 15.0


class Server:
    """A started server: its address, and the process that leads its group."""

    def __init__(self, *options: str, **variables: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("IISGRAPH_")}
        self.process = subprocess.Popen(
            [*PROGRAM, "serve", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean | variables,
            start_new_session=True,
        )
        self.said = self.rest = ""
        self.url = self._address()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _address(self) -> str:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said += line
            if found := re.search(r"serving at (http://\S+/)", line):
                return found[1]
        self.stop()
        raise AssertionError(f"the server did not come up: {self.said}")

    def _read(self) -> None:
        """Take what it says, so that it never waits for a reader."""
        assert self.process.stderr
        for line in self.process.stderr:
            self.rest += line

    def open(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def ask(self, sparql: str, **parameters: str) -> tuple[int, Message, Any]:
        text = urllib.parse.urlencode({"query": sparql, **parameters})
        status, headers, body = self.open(f"sparql?{text}")
        return status, headers, json.loads(body)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal; what its exit code is."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        try:
            self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            if hasattr(self, "_reader"):
                self._reader.join(PATIENCE)
            for stream in (self.process.stdout, self.process.stderr):
                if stream:
                    stream.close()
        return self.process.returncode


def members(group: int) -> list[int]:
    """The living processes of a process group, by Linux' own table."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has gone meanwhile
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def until_gone(group: int) -> list[int]:
    """The processes that are left of a group when patience is at an end."""
    deadline = time.monotonic() + 10
    while (left := members(group)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server on a free port, with short limits."""
    started = Server("--port", "0", "--query-seconds", "1.5", "--query-processes", "2")
    yield started
    started.stop()


def test_it_says_where_it_serves_and_what(server: Server) -> None:
    """Chatter is on stderr: size, release, and the address to open."""
    assert re.search(r"^\d+ statements, release [0-9a-f]{12}$", server.said, re.MULTILINE)


def test_it_listens_to_this_machine_alone(server: Server) -> None:
    """Who wants to serve the world says so."""
    address = urllib.parse.urlsplit(server.url)
    assert address.hostname == "127.0.0.1"
    assert address.port
    assert f"0100007F:{address.port:04X}" in Path("/proc/net/tcp").read_text()
    assert f"00000000:{address.port:04X}" not in Path("/proc/net/tcp").read_text()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("", "text/html"),
        ("healthz", "text/plain"),
        ("id/state/RUS", "text/html"),
        ("doc/state/RUS.ttl", "text/turtle"),
        ("def/", "text/html"),
        ("sparql", "text/html"),
        ("q/members-today?format=csv", "text/csv"),
        ("static/style.css", "text/css"),
    ],
)
def test_pages_are_served(server: Server, path: str, media_type: str) -> None:
    """Everything that a visitor meets first is there, redirects followed."""
    status, headers, body = server.open(path, Accept="text/html,*/*;q=0.5")
    assert status == 200
    assert headers["Content-Type"].partition(";")[0] == media_type
    assert body


def test_it_answers_many_at_the_same_time(server: Server) -> None:
    """Requests of forty visitors get their own answers, none that of another."""
    codes = ["RUS", "CHN", "KAZ", "KGZ", "TJK", "UZB", "IND", "PAK"] * 5

    def ask(code: str) -> str:
        sparql = f"SELECT ?c {{ <id/state/{code}> iis:iso3 ?c }}"
        status, _, found = server.ask(sparql)
        assert status == 200
        return str(found["results"]["bindings"][0]["c"]["value"])

    with ThreadPoolExecutor(len(codes)) as pool:
        assert list(pool.map(ask, codes)) == codes


def test_slow_query_is_ended_while_others_are_answered(server: Server) -> None:
    """One visitor's query over the deadline costs that visitor alone."""
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(server.ask, SLOW)
        quick = [server.ask(QUICK) for _ in range(5)]
        assert not slow.done()
        assert [(status, found["boolean"]) for status, _, found in quick] == [(200, True)] * 5
        status, headers, problem = slow.result(PATIENCE)
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    assert "1.5 seconds" in problem["detail"]


def test_process_of_an_ended_query_is_replaced(server: Server) -> None:
    """After the slow ones the server is as quick as before, and no process piles up."""
    before = len(members(server.process.pid))
    with ThreadPoolExecutor(2) as pool:
        assert [s for s, _, _ in pool.map(server.ask, [SLOW, SLOW])] == [503, 503]
    assert server.ask(QUICK)[0] == 200
    assert len(members(server.process.pid)) <= max(before, 5)


def test_asker_may_lower_the_deadline(server: Server) -> None:
    """`timeout` is in seconds; it can only lower the server's own."""
    started = time.monotonic()
    status, _, problem = server.ask(SLOW, timeout="0.2")
    assert status == 503
    assert "0.2 seconds" in problem["detail"]
    assert time.monotonic() - started < 1.4
    assert "1.5 seconds" in server.ask(SLOW, timeout="100")[2]["detail"]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_all_that_it_started(sign: signal.Signals) -> None:
    """Neither a supervisor's signal nor Ctrl-C leaves a process behind."""
    started = Server("--port", "0")
    assert started.ask(QUICK)[0] == 200
    group = started.process.pid
    assert len(members(group)) > 2
    code = started.stop(sign)
    assert until_gone(group) == []
    assert code in (0, 130, -sign)


def test_a_signal_ends_it_in_the_middle_of_a_query() -> None:
    """A query that is being evaluated keeps the server alive until its deadline at the most."""
    started = Server("--port", "0", "--query-seconds", "2")
    group = started.process.pid
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(started.open, "sparql?" + urllib.parse.urlencode({"query": SLOW}))
        deadline = time.monotonic() + 10
        while len(members(group)) < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(group, signal.SIGINT)  # as a terminal sends Ctrl-C: to the whole group
        pending.exception(PATIENCE)
    started.stop()
    assert until_gone(group) == []


def test_taken_port_is_told_in_one_line() -> None:
    """Exit code 2 and the address, no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*PROGRAM, "serve", "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"iisgraph: cannot listen on 127.0.0.1:{port}: Address already in use"
    ]


def test_variable_sets_the_port_and_a_flag_comes_before_it() -> None:
    """Containers are configured by variables."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = Server(IISGRAPH_PORT=str(port))
    try:
        assert started.url == f"http://127.0.0.1:{port}/"
    finally:
        started.stop()
    other = Server("--port", "0", IISGRAPH_PORT=str(port))
    try:
        assert other.url != f"http://127.0.0.1:{port}/"
    finally:
        other.stop()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"IISGRAPH_PROT": "1"}, "IISGRAPH_PROT is not a setting; did you mean IISGRAPH_PORT?"),
        ({"IISGRAPH_PORT": "http"}, "IISGRAPH_PORT is 'http', expected a whole number"),
        ({"IISGRAPH_PORT": "70000"}, "port is 70000, expected 0 to 65535"),
        ({"IISGRAPH_THREADS": "0"}, "threads is 0, expected a number above 0"),
    ],
)
def test_wrong_setting_is_refused(variables: dict[str, str], message: str) -> None:
    """A setting that has no effect is worse than one that is refused."""
    done = subprocess.run(
        [*PROGRAM, "serve"], capture_output=True, text=True, check=False, env=os.environ | variables
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == f"iisgraph: {message}"


# ---------------------------------------------------------------- limits, figures, renewal


def value(server: Server) -> str:
    _, _, found = server.ask("SELECT ?v { <id/state/RUS> <def/iso3> ?v }")
    return str(found["results"]["bindings"][0]["v"]["value"])


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds once; two releases may answer side by side for a moment."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def serving(folder: Path, *options: str) -> Server:
    return Server("--port", "0", "--data", str(folder), "--no-check", *options)


def figures(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
        lines = response.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(number) for name, number in pairs}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_sighup_serves_the_files_as_they_are_now_without_losing_a_request(folder: Path) -> None:
    """The old release answers until the new one does; a broken file keeps it, and is told."""
    server = serving(folder)
    try:
        assert value(server) == "one"
        write(folder, "two")
        statuses: list[int] = []
        done = threading.Event()

        def visit() -> None:
            while not done.is_set():
                statuses.append(server.ask(QUICK)[0])

        visitor = threading.Thread(target=visit)
        visitor.start()
        server.process.send_signal(signal.SIGHUP)
        until(lambda: value(server) == "two")
        time.sleep(1.5)  # until the old worker has gone
        done.set()
        visitor.join()
        assert len(statuses) > 10
        assert set(statuses) == {200}
        (folder / "data/records/press/a.ttl").write_text("<broken", encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(2)
        assert value(server) == "two"
    finally:
        server.stop()
    assert re.search(r"still serving release [0-9a-f]{12}: .*a\.ttl:1:", server.rest)


def test_watch_serves_what_changes(folder: Path) -> None:
    """Without a signal, a moment after the last change."""
    server = serving(folder, "--watch")
    try:
        assert value(server) == "one"
        write(folder, "three")
        until(lambda: value(server) == "three")
    finally:
        server.stop()


def test_a_dropped_connection_cancels_its_query(folder: Path) -> None:
    """Nobody waits for the answer, so nothing burns on."""
    port = free_port()
    server = Server("--port", "0", "--query-seconds", "30", "--metrics-port", str(port))
    try:
        address = urllib.parse.urlsplit(server.url)
        with socket.create_connection((address.hostname or "", address.port or 0)) as line:
            query = urllib.parse.urlencode({"query": SLOW})
            line.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.5)
            assert figures(port)["iisgraph_query_processes_killed"] == 0
        until(lambda: figures(port)["iisgraph_query_processes_killed"] == 1)
        assert server.ask(QUICK)[0] == 200
    finally:
        server.stop()


def test_figures_are_for_this_machine_alone(server: Server) -> None:
    """Prometheus reads them on a port of their own; visitors never do."""
    assert server.open("metrics")[0] == 404
    port = free_port()
    own = Server("--port", "0", "--metrics-port", str(port))
    try:
        for _ in range(20):
            own.ask("SELECT (COUNT(*) AS ?n) { ?s a iis:State }")
        until(lambda: figures(port)["iisgraph_cache_hits"] >= 18)  # each of two processes asks once
        found = figures(port)
    finally:
        own.stop()
    assert found['iisgraph_requests_total{status="200"}'] >= 20
    assert found["iisgraph_request_seconds_count"] >= 20


def test_a_flooding_client_does_not_starve_others(server: Server) -> None:
    """Beyond the queue it is told to come again; a light query needs no queue at all."""
    with ThreadPoolExecutor(60) as pool:
        flood = [pool.submit(server.ask, SLOW) for _ in range(60)]
        time.sleep(0.3)
        started = time.monotonic()
        assert server.ask("SELECT ?p { <id/state/RUS> ?p ?o }")[0] == 200
        assert time.monotonic() - started < 1.0
        answers = [each.result(PATIENCE) for each in flood]
    assert {status for status, _, _ in answers} == {503}
    assert all(headers["Retry-After"] for _, headers, _ in answers)


def test_a_client_is_limited_where_the_operator_says_so(folder: Path) -> None:
    """429 with the time to wait; off unless set."""
    server = serving(folder, "--rate-per-minute", "5")
    try:
        statuses = [server.open("healthz")[0] for _ in range(8)]
        status, headers, _ = server.open("healthz")
    finally:
        server.stop()
    assert statuses.count(200) <= 5
    assert status == 429
    assert int(headers["Retry-After"]) > 0


def test_each_request_is_a_line_with_its_number(folder: Path) -> None:
    """JSON for machines; the number that came is the number that goes; no query unless asked."""
    server = serving(folder)
    try:
        _, headers, _ = server.open("healthz", **{"X-Request-ID": "abc-123"})
        assert headers["X-Request-ID"] == "abc-123"
        _, headers, _ = server.open("healthz", **{"X-Request-ID": "evil\tnumber"})
        assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-ID"])
        server.ask("ASK { <id/secret> ?p ?o }")
    finally:
        server.stop()
    lines = [json.loads(line) for line in server.rest.splitlines() if line.startswith("{")]
    first = next(line for line in lines if line["id"] == "abc-123")
    assert (first["method"], first["path"], first["status"]) == ("GET", "/healthz", 200)
    assert "secret" not in server.rest


def test_headers_say_what_is_served_and_how_far(server: Server) -> None:
    """Release and limits are on every answer, with what keeps browsers safe."""
    for path in ("", "sparql?query=ASK%7B%7D", "doc/state/RUS.ttl"):
        _, headers, _ = server.open(path)
        assert re.fullmatch(r"[0-9a-f]{64}", headers["X-Release"])
        assert headers["X-Query-Seconds"] == "1.5"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["ETag"]


def test_a_large_body_is_refused_unread(server: Server) -> None:
    """413 as soon as it is known."""
    request = urllib.request.Request(server.url + "sparql", data=b"x" * 2_000_000)
    request.add_header("Content-Type", "application/sparql-query")
    with pytest.raises((urllib.error.URLError, ConnectionError)) as caught:
        urllib.request.urlopen(request, timeout=PATIENCE)
    if isinstance(caught.value, urllib.error.HTTPError):
        with caught.value as refused:
            assert refused.code == 413
    assert server.ask(QUICK)[0] == 200
