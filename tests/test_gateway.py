"""The layer in front of Flask: ready bytes, validators, encodings, and what is cheap."""

import gzip
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import brotli
import pytest
import zstandard
from werkzeug.test import Client, TestResponse

from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import encodings
from iisgraph.web.cache import Cache, Entry
from iisgraph.web.gateway import Gateway
from iisgraph.web.service import assemble

LIGHT = 'SELECT ?name { <id/state/RUS> skos:prefLabel ?name FILTER(LANG(?name) = "ru") }'
HEAVY = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"
LARGE = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def gateway(snapshot: Snapshot) -> Iterator[Gateway]:
    made = assemble(snapshot, Settings(query_seconds=10.0))
    yield made.gateway
    made.pool.close()


@pytest.fixture
def client(gateway: Gateway) -> Client:
    gateway.cache.clear()
    return Client(gateway)


def ask(client: Client, sparql: str, method: str = "GET", **headers: str) -> TestResponse:
    return client.open(
        f"/sparql?{urlencode({'query': sparql})}",
        method=method,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.mark.parametrize(
    "sparql",
    [
        LIGHT,
        "ASK { <id/state/RUS> a iis:State }",
        "DESCRIBE <id/state/RUS>",
        "CONSTRUCT { ?s rdfs:seeAlso ?c } { ?s a iis:FormerState ; iis:iso3 ?c }",
        "SELECT ?c { { <id/state/RUS> a ?c } UNION { <id/state/KAZ> a ?c } }",
        "SELECT ?a ?b { ?a iis:successor+ ?b }",
    ],
)
def test_a_light_query_is_answered_as_flask_answers_it(
    gateway: Gateway, client: Client, sparql: str
) -> None:
    """Body and headers are the same, so nobody can tell which way an answer came."""
    before = gateway.lights
    quick = ask(client, sparql)
    assert gateway.lights == before + 1
    slow = client.post("/sparql", data={"query": sparql})
    assert gateway.lights == before + 1
    assert quick.data == slow.data
    own = {"etag"}
    assert {k.lower(): v for k, v in quick.headers if k.lower() not in own} == {
        k.lower(): v for k, v in slow.headers if k.lower() not in own
    }


@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+xml", "*/*"])
def test_a_light_query_is_negotiated(client: Client, accept: str) -> None:
    """The same formats as for any other query."""
    quick = ask(client, LIGHT, Accept=accept)
    slow = client.post("/sparql", data={"query": LIGHT}, headers={"Accept": accept})
    assert (quick.mimetype, quick.data) == (slow.mimetype, slow.data)


def test_a_browser_gets_a_page(gateway: Gateway, client: Client) -> None:
    """Whoever prefers HTML is shown a table, not sent data."""
    before = gateway.lights
    assert ask(client, LIGHT, Accept="text/html,*/*;q=0.8").mimetype == "text/html"
    assert gateway.lights == before


@pytest.mark.parametrize("sparql", [LIGHT, HEAVY])
def test_the_second_answer_is_ready(gateway: Gateway, client: Client, sparql: str) -> None:
    """Kept as bytes with a strong validator; whoever has it is told so."""
    first = ask(client, sparql)
    before = gateway.hits
    second = ask(client, sparql)
    assert gateway.hits == before + 1
    assert (first.data, dict(first.headers)) == (second.data, dict(second.headers))
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    again = ask(client, sparql, If_None_Match=f'"other", {tag}')
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "Content-Type" not in again.headers
    assert ask(client, sparql, If_None_Match='"other"').status_code == 200


def test_pages_are_kept_too(gateway: Gateway, client: Client) -> None:
    """A document is as good as a query, for each language and format."""
    english = client.get("/doc/state/KAZ", headers={"Accept": "text/html"})
    russian = client.get("/doc/state/KAZ", headers={"Accept": "text/html", "Accept-Language": "ru"})
    assert english.data != russian.data
    before = gateway.hits
    assert client.get("/doc/state/KAZ", headers={"Accept": "text/html"}).data == english.data
    assert gateway.hits == before + 1


@pytest.mark.parametrize("word", ["NOW()", "RAND()", "UUID()", "STRUUID()", 'BNODE("x")'])
def test_what_depends_on_the_moment_is_not_kept(
    gateway: Gateway, client: Client, word: str
) -> None:
    """Each asking is a new one."""
    size = len(gateway.cache)
    answer = ask(client, f"SELECT ({word} AS ?x) {{}}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(gateway.cache) == size


def test_errors_are_not_kept(gateway: Gateway, client: Client) -> None:
    """What failed may pass later."""
    assert ask(client, "SELECT").status_code == 400
    assert client.get("/doc/state/XXX").status_code == 404
    assert len(gateway.cache) == 0


@pytest.mark.parametrize("sparql", [LIGHT, HEAVY, LARGE, "SELECT"])
def test_head_is_get_without_the_body(client: Client, sparql: str) -> None:
    """Same status, same headers."""
    whole = ask(client, sparql)
    head = ask(client, sparql, method="HEAD")
    assert head.data == b""
    assert head.status_code == whole.status_code
    assert dict(head.headers) == dict(whole.headers)


def unpacked(response: TestResponse) -> bytes:
    encoding = response.headers.get("Content-Encoding")
    if encoding == "br":
        found: bytes = brotli.decompress(response.data)
        return found
    if encoding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(response.data)
    return gzip.decompress(response.data) if encoding == "gzip" else response.data


@pytest.mark.parametrize("sparql", ["SELECT * { ?s a iis:State }", LARGE])
@pytest.mark.parametrize("encoding", ["gzip", "zstd", "br"])
def test_answers_are_compressed_for_whoever_takes_it(
    client: Client, sparql: str, encoding: str
) -> None:
    """Each encoding has its own validator, and the same content."""
    plain = ask(client, sparql)
    packed = ask(client, sparql, Accept_Encoding=encoding)
    assert packed.headers["Content-Encoding"] == encoding
    assert len(packed.data) < len(plain.data) / 3
    assert unpacked(packed) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers.get("ETag") != plain.headers.get("ETag") or "ETag" not in plain.headers


def test_small_answers_are_not_compressed(client: Client) -> None:
    """It would make them larger."""
    assert "Content-Encoding" not in ask(client, "ASK {}", Accept_Encoding="gzip").headers


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("zstd;q=0.1, gzip", "gzip"),
        ("br;q=0, zstd;q=0, gzip;q=0", "identity"),
        ("br", "br"),
        ("br;q=0.9, gzip", "gzip"),
        ("compress", "identity"),
        ("*", "br"),
        ("identity", "identity"),
        (";;;", "identity"),
    ],
)
def test_encoding_is_negotiated(accepted: str, chosen: str) -> None:
    """By quality; the smallest where they are as welcome."""
    assert encodings.chosen(accepted) == chosen


# ---------------------------------------------------------------- the cache itself


def entry(size: int) -> Entry:
    return Entry(200, [], b"x" * size, '"x"')


def test_the_cache_is_bounded_by_bytes() -> None:
    """The least recently used goes first, and one may not take all."""
    cache = Cache[Entry](2**20)
    for number in range(20):
        cache.put((str(number),), entry(100_000))
        cache.get(("0",))
    assert cache.size <= 2**20
    assert cache.get(("0",)) is not None
    assert cache.get(("1",)) is None
    assert cache.get(("19",)) is not None
    cache.put(b"large", entry(2**20 // 8))
    assert cache.get(b"large") is None


def test_a_long_key_costs_what_it_takes() -> None:
    """Addresses may be longer than answers."""
    cache = Cache[Entry](2**20)
    for number in range(300):
        cache.put(("x" * 7_000, str(number)), entry(10))
    assert len(cache) < 150


def test_an_entry_put_again_counts_once() -> None:
    """Sizes add up after any number of replacements."""
    cache = Cache[Entry](2**20)
    for size in (10, 1000, 10, 500):
        cache.put(b"x", entry(size))
    assert cache.size == 1501
    cache.clear()
    assert (cache.size, len(cache)) == (0, 0)


def test_streams_are_closed(snapshot: Snapshot) -> None:
    """A body that is left in the middle lets its file go."""
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            yield from [b"x" * 1000] * 100

        def close(self) -> None:
            closed.append(True)

    def application(_: dict[str, Any], start: Any) -> Body:
        start("200 OK", [("content-type", "text/plain")])
        return Body()

    gateway = Gateway(application, Cache(2**20), lambda *_: None, {})
    response = Client(gateway).get("/", headers={"Accept-Encoding": "gzip"}, buffered=False)
    next(iter(response.response))
    response.close()
    assert closed == [True]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sparql?query=ASK%7B%7D" + "".join(f"&x{n}=" for n in range(20)), 200),
        ("/sparql?query=ASK%7B%7D" + "".join(f"&x{n}=" for n in range(1001)), 400),
        ("/sparql?query=SELECT%20%3Fp%20%7B%20%3Cid/state/RUS%3E%20%3Fp%20%22%FF%22%20%7D", 400),
        (
            "/sparql?query=SELECT%20%3Fp%20%7B%20%3Cid/state/RUS%3E%20%3Fp%201%20%7D%23"
            + "x" * 8000,
            414,
        ),
    ],
    ids=["many fields", "too many fields", "not UTF-8", "too long"],
)
def test_what_is_odd_is_left_to_the_application(client: Client, address: str, status: int) -> None:
    """The way past it neither fails by odd parameters nor takes what it refuses."""
    assert client.get(address).status_code == status


LATER = "Thu, 26 Nov 2099 00:00:00 GMT"


@pytest.mark.parametrize(
    ("since", "status"),
    [(LATER, 304), ("Sat, 01 Jan 2000 00:00:00 GMT", 200), ("yesterday", 200), ("", 200)],
)
def test_what_has_not_changed_since_is_not_sent_again(
    client: Client, since: str, status: int
) -> None:
    """Pages tell since when they are so; what is no date is passed over (RFC 9110 §13.1.3)."""
    for _ in range(2):  # made, and then kept
        response = client.get("/doc/state/KAZ", headers={"If-Modified-Since": since})
        assert response.status_code == status
        assert bool(response.data) == (status == 200)
        assert response.last_modified


def test_the_same_date_is_not_newer(client: Client) -> None:
    """Whoever sends back what was told has the page already."""
    told = client.get("/doc/state/KAZ").headers["Last-Modified"]
    again = client.get("/doc/state/KAZ", headers={"If-Modified-Since": told})
    assert again.status_code == 304


def test_a_tag_goes_before_a_date(client: Client) -> None:
    """Another tag tells that it has changed, whatever the date says (RFC 9110 §13.2.2)."""
    headers = {"If-None-Match": '"other"', "If-Modified-Since": LATER}
    assert client.get("/doc/state/KAZ", headers=headers).status_code == 200


def test_answers_to_queries_have_no_date(client: Client) -> None:
    """They say their release, and are asked for again by their tag."""
    assert ask(client, LIGHT, If_Modified_Since=LATER).status_code == 200
