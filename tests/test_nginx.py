"""The proxy of docs/serving.md, as it stands there, before the real server."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.conftest import ROOT, write
from tests.test_server import PATIENCE, Server, free_port, until

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
STATES = "doc/state/RUS"
VALUE = "sparql?query=" + quote("SELECT ?v { <id/state/RUS> <def/iso3> ?v }")
COUNT = "sparql?query=" + quote("SELECT (COUNT(DISTINCT ?v) AS ?n) { ?s <def/iso3> ?v }")
BRIEF = """proxy_cache_revalidate on;
        proxy_ignore_headers Cache-Control;
        proxy_cache_valid 200 1s;
"""
MAIN = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
{user}
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


class Proxy:
    """A started nginx with the site of the document, before a server."""

    def __init__(self, folder: Path, server: Server, brief: bool = False) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        folder.mkdir()
        (folder / "cache").mkdir()
        site = _site(folder / "cache", port, urlsplit(server.url).port or 0)
        if brief:
            site = replaced(site, "proxy_cache_revalidate on;", BRIEF)
        (folder / "site.conf").write_text(site, encoding="utf-8")
        user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
        self.log = (folder / "log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [NGINX or "", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"],
            stdin=subprocess.DEVNULL,
            stderr=self.log,
        )
        try:
            until(self._answers)
        except AssertionError:
            self.stop()
            raise

    def _answers(self) -> bool:
        assert self.process.poll() is None, Path(self.log.name).read_text()
        try:
            return self.open("healthz")[0] == 200
        except OSError:
            return False

    def open(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, headers=named)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def _site(cache: Path, port: int, behind: int) -> str:
    """The document's own configuration, with our folder and ports in it."""
    text = (ROOT / "docs/serving.md").read_text(encoding="utf-8")
    (site,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    site = replaced(site, "/var/cache/nginx/iisgraph", str(cache))
    site = replaced(site, "listen 80;", f"listen 127.0.0.1:{port};")
    return replaced(site, "server 127.0.0.1:8000;", f"server 127.0.0.1:{behind};")


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    started = Server("--port", "0", "--data", str(folder), "--no-check", "--trust-proxy")
    yield started
    started.stop()


@pytest.fixture
def proxy(tmp_path: Path, server: Server) -> Iterator[Proxy]:
    started = Proxy(tmp_path / "nginx", server)
    yield started
    started.stop()


@pytest.mark.parametrize("path", [VALUE, COUNT, STATES])
def test_a_second_asker_is_answered_by_the_proxy(proxy: Proxy, path: str) -> None:
    """The same bytes, and the server is not asked; the number is that of each request."""
    first, second = proxy.open(path), proxy.open(path)
    assert [each[0] for each in (first, second)] == [200, 200]
    assert [each[1]["X-Cache"] for each in (first, second)] == ["MISS", "HIT"]
    assert first[2] == second[2]
    assert first[1]["ETag"] == second[1]["ETag"] is not None
    numbers = [each[1].get_all("X-Request-ID", []) for each in (first, second)]
    assert [len(each) for each in numbers] == [1, 1]
    assert numbers[0] != numbers[1]


def test_what_is_asked_for_differently_is_kept_apart(proxy: Proxy) -> None:
    """A page is never given for data, and no compressed body to who cannot read it."""
    kinds = ["text/csv", "application/sparql-results+json", "application/sparql-results+xml"]
    for wanted in (["MISS"] * 3, ["HIT"] * 3):
        answers = [proxy.open(VALUE, Accept=kind) for kind in kinds]
        assert [headers["X-Cache"] for _, headers, _ in answers] == wanted
        told = [headers["Content-Type"].partition(";")[0] for _, headers, _ in answers]
        assert told == kinds
    packings = {name: proxy.open(STATES, Accept_Encoding=name) for name in ("gzip", "identity")}
    assert packings["gzip"][1]["Content-Encoding"] == "gzip"
    assert packings["identity"][1]["Content-Encoding"] is None
    russian = proxy.open(STATES, Accept="text/html", Accept_Language="ru")
    english = proxy.open(STATES, Accept="text/html", Accept_Language="en")
    assert [each[1]["X-Cache"] for each in (russian, english)] == ["MISS", "MISS"]


def test_who_has_the_answer_is_told_so(proxy: Proxy) -> None:
    """304 by the validator of the server, whether nginx keeps the answer or not."""
    tag = proxy.open(VALUE)[1]["ETag"]
    status, headers, body = proxy.open(VALUE, If_None_Match=tag)
    assert (status, body, headers["ETag"]) == (304, b"", tag)
    assert headers["X-Cache"] == "HIT"
    assert proxy.open(VALUE, If_None_Match='"other"')[0] == 200


@pytest.mark.parametrize(
    ("path", "status"), [("sparql?query=ASK", 400), ("nowhere", 404), ("healthz", 200)]
)
def test_what_must_not_be_kept_is_not(proxy: Proxy, path: str, status: int) -> None:
    """Neither a mistake nor how the server is."""
    answers = [proxy.open(path) for _ in range(3)]
    assert [each[0] for each in answers] == [status] * 3
    assert {each[1]["X-Cache"] for each in answers} == {"MISS"}


def test_the_server_names_itself_as_the_proxy_is_called(proxy: Proxy) -> None:
    """Its description holds the address that a visitor used."""
    _, _, body = proxy.open("sparql", Accept="text/turtle", Host="graph.example.org")
    assert b"<http://graph.example.org/sparql>" in body
    told = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https"}
    _, _, body = proxy.open("sparql", Accept="text/turtle", Host="graph.example.org", **told)
    assert b"<http://graph.example.org/sparql>" in body
    assert b"evil" not in body


def test_a_stale_answer_is_asked_for_by_its_validator(tmp_path: Path, server: Server) -> None:
    """What still holds is not sent again; what does not is, and no release is mixed up.

    The time an answer is kept is shortened; all else is the document's own.
    """
    proxy = Proxy(tmp_path / "brief", server, brief=True)
    try:
        assert proxy.open(VALUE)[1]["X-Cache"] == "MISS"
        time.sleep(2.1)
        status, headers, body = proxy.open(VALUE)
        assert (status, headers["X-Cache"]) == (200, "REVALIDATED")
        assert b'"one"' in body
        write(tmp_path, "two")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: b'"two"' in server.open(VALUE)[2])
        time.sleep(2.1)
        status, headers, body = proxy.open(VALUE)
        assert (status, headers["X-Cache"]) == (200, "EXPIRED")
        assert b'"two"' in body
        assert proxy.open(VALUE)[1]["X-Cache"] == "HIT"
    finally:
        proxy.stop()


def test_what_is_kept_is_served_while_the_server_is_down(tmp_path: Path, server: Server) -> None:
    """A reader of what many read does not notice a restart."""
    proxy = Proxy(tmp_path / "brief", server, brief=True)
    try:
        kept = proxy.open(VALUE)[2]
        server.stop()
        time.sleep(2.1)
        status, headers, body = proxy.open(VALUE)
        assert (status, headers["X-Cache"], body) == (200, "STALE", kept)
        assert proxy.open(COUNT)[0] == 502
    finally:
        proxy.stop()


def test_a_new_release_behind_the_proxy_loses_no_request(
    folder: Path, server: Server, proxy: Proxy
) -> None:
    """Connections that nginx keeps open to the old worker are no trap."""
    statuses: list[int] = []
    done = threading.Event()

    def visit() -> None:
        while not done.is_set():
            asked = quote(f"ASK {{ <id/state/{len(statuses)}> ?p ?o }}")  # never in the cache
            statuses.append(proxy.open(f"sparql?query={asked}")[0])

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        write(folder, "two")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: b'"two"' in server.open(VALUE)[2])
        time.sleep(1.5)  # until the old worker has gone
    finally:
        done.set()
        visitor.join()
    assert len(statuses) > 10
    assert set(statuses) == {200}
