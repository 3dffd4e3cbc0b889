"""A connection, byte by byte: what is answered before it is parsed is answered as ever."""

import re
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.test_front import serving
from tests.test_server import Server, members

LIGHT = "/sparql?" + urllib.parse.urlencode({"query": "SELECT ?v { <id/state/RUS> a ?v }"})
SLOW = "/sparql?" + urllib.parse.urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
ANSWER = re.compile(rb"HTTP/1\.1 (\d+) [^\r]*\r\n(.*?)\r\n\r\n", re.DOTALL)


class Line:
    """A connection to a server."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        address = urllib.parse.urlsplit(server.url)
        self._socket = socket.create_connection((address.hostname or "", address.port or 0), 15)
        self._rest = b""

    def send(self, text: str) -> None:
        self._socket.sendall(text.encode("latin-1"))

    def receive(self, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers, body by its Content-Length."""
        while not (found := ANSWER.match(self._rest)):
            piece = self._socket.recv(65536)
            assert piece, f"closed after {self._rest!r}"
            self._rest += piece
        pairs = (line.split(": ", 1) for line in found[2].decode("latin-1").split("\r\n"))
        headers = dict(pairs)
        end = found.end() + (int(headers.get("content-length", 0)) if has_body else 0)
        while len(self._rest) < end:
            self._rest += self._socket.recv(65536)
        body, self._rest = self._rest[found.end() : end], self._rest[end:]
        return int(found[1]), headers, body

    def patience(self, seconds: float) -> None:
        self._socket.settimeout(seconds)

    def close(self) -> None:
        self._socket.close()

    def is_closed(self) -> bool:
        return self._rest == b"" and self._socket.recv(1) == b""


def get(path: str, *headers: str, version: str = "1.1", method: str = "GET") -> str:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "host: x", *headers, "", ""])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    started = Server("--port", "0", "--web-processes", "1", "--query-processes", "1")
    yield started
    started.stop()


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    with closing(Line(server)) as made:
        yield made


def test_the_same_bytes_get_the_same_answer_with_a_number_of_its_own(line: Line) -> None:
    """Parsed, from the cache, and before it is parsed: nobody can tell which."""
    answers = []
    for _ in range(4):
        line.send(get(LIGHT))
        answers.append(line.receive())
    numbers = {headers.pop("x-request-id") for _, headers, _ in answers}
    for _, headers, _ in answers:
        headers.pop("date")
    assert len(numbers) == 4
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200


def test_a_validator_is_heeded_before_the_request_is_parsed(line: Line) -> None:
    """304 each time, without a body."""
    line.send(get(LIGHT))
    tag = line.receive()[1]["etag"]
    for _ in range(3):
        line.send(get(LIGHT, f"if-none-match: {tag}"))
        status, headers, _ = line.receive(has_body=False)
        assert (status, headers["etag"]) == (304, tag)
        assert "content-length" not in headers


def test_head_has_no_body(line: Line) -> None:
    """However often it is asked."""
    for _ in range(3):
        line.send(get(LIGHT, method="HEAD"))
        status, headers, _ = line.receive(has_body=False)
        assert status == 200
        assert int(headers["content-length"]) > 100
    line.send(get("/healthz"))
    assert line.receive()[2] == b"ok\n"


def test_requests_sent_at_once_are_answered_in_their_order(line: Line) -> None:
    """What is ready waits for what is not (RFC 9112 §9.3.2)."""
    line.send(get("/healthz") + get(LIGHT) + get(SLOW) + get(LIGHT) + get("/nowhere") + get(LIGHT))
    found = [line.receive() for _ in range(6)]
    assert [status for status, _, _ in found] == [200, 200, 200, 200, 404, 200]
    assert found[0][2] == b"ok\n"
    assert found[1][2] == found[3][2] == found[5][2]
    assert b'"n"' in found[2][2]


@pytest.mark.parametrize("repeats", [1, 4])
def test_the_body_of_a_get_is_no_request(line: Line, repeats: int) -> None:
    """Not even if its head alone has been seen before (RFC 9112 §11.2)."""
    body = get("/nowhere")
    for _ in range(repeats):
        line.send(get(LIGHT, f"content-length: {len(body)}"))
        time.sleep(0.05)
        line.send(body)
        assert line.receive()[0] == 200
    line.send(get("/healthz"))
    assert line.receive()[2] == b"ok\n"


@pytest.mark.parametrize("end", ["connection: close", "version 1.0"])
def test_the_connection_ends_where_the_client_says_so(line: Line, end: str) -> None:
    """The answer says so too."""
    text = get(LIGHT, version="1.0") if "1.0" in end else get(LIGHT, end)
    line.send(text)
    status, headers, _ = line.receive()
    assert (status, headers["connection"]) == (200, "close")
    assert line.is_closed()


def test_a_request_in_pieces_is_one(line: Line) -> None:
    """Wherever it is cut."""
    text = get(LIGHT, "accept: text/csv")
    for at in (1, 20, len(text) - 3, len(text) - 1):
        line.send(text[:at])
        time.sleep(0.02)
        line.send(text[at:])
        status, headers, _ = line.receive()
        assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")


def test_a_head_without_end_is_refused(line: Line) -> None:
    """After 64 KiB, and whatever a network makes of the pieces."""
    line.send("GET / HTTP/1.1\r\nhost: x\r\n")
    sent = 0
    with suppress(OSError):  # it hangs up on who goes on
        while sent < 8_000_000:
            line.send("x-filler: " + "x" * 1000 + "\r\n")
            sent += 1000
    assert sent < 8_000_000
    assert_alive(line)


def assert_alive(line: Line) -> None:
    """The server has lost nothing but that connection."""
    fresh = urllib.parse.urljoin(line.url, "healthz")
    with urllib.request.urlopen(fresh, timeout=15) as response:
        assert response.status == 200


def test_what_is_no_http_is_told_so(line: Line) -> None:
    """400, and the connection ends."""
    line.send("HELO there\r\n\r\n")
    assert line.receive()[0] == 400
    assert line.is_closed()


def test_who_does_not_read_is_not_written_to(server: Server, line: Line) -> None:
    """Answers to a client that asks on and never reads would fill the memory."""
    large = "/sparql?" + urllib.parse.urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 6000"})
    line.send(get(large))
    assert len(line.receive()[2]) > 500_000
    before = memory(server)
    line.patience(3)
    with suppress(TimeoutError):  # it has stopped to read
        for _ in range(3000):
            line.send(get(large))
    assert memory(server) - before < 100
    assert_alive(line)


def memory(server: Server) -> float:
    """MiB that the processes of a server hold together, shared ones counted each time."""
    sizes = [
        Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in members(server.process.pid)
    ]
    return sum(map(int, sizes)) * 4096 / 2**20


def test_a_client_that_is_limited_gets_nothing_ready_either(folder: Path) -> None:
    """429 counts what is in the cache too."""
    with serving(folder, "--rate-per-minute", "5") as limited:
        statuses = []
        with closing(Line(limited)) as line:
            for _ in range(8):
                line.send(get(LIGHT))
                statuses.append(line.receive()[0])
    assert statuses[0] == 200
    assert statuses[-2:] == [429, 429]
