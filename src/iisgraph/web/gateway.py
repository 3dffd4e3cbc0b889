"""The layer in front of Flask: answers kept as ready bytes, validators and compression.

A WSGI application around another one. What it can answer by itself, from the cache
or because a query is certainly cheap, it gives by `quick`, which the server calls
before anything else; Flask is entered for the rest.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, unquote_plus

from iisgraph.engine import WHOLE
from iisgraph.federation import calls_out
from iisgraph.formats import Format
from iisgraph.query import Reply, Request
from iisgraph.sparql import is_momentary
from iisgraph.web import encodings
from iisgraph.web.cache import Cache, Entry, Headers
from iisgraph.web.negotiate import Offer, content_type, formats_of
from iisgraph.web.parameters import ADDRESS_BYTES

Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Light: TypeAlias = Callable[[str, Offer], tuple[Format, bytes] | None]
"""Answers a query that is certainly cheap, in the format that is taken for its kind."""

_LEAST_COMPRESSED: Final = 600
_LARGEST_WHOLE: Final = 4 * 2**20
"""Bytes from which on a body is sent piece by piece, and neither kept nor given a validator."""

_COMPRESSED: Final = ("text/", "application/", "image/svg")
_METHODS: Final = ("GET", "HEAD")
ENDPOINTS: Final = ("/sparql", "/query")


class Asked(NamedTuple):
    """What tells one answer from another: the key of the cache."""

    path: str
    query: str
    accept: str
    language: str
    encoding: str


class Held(NamedTuple):
    """What the asker has already: If-None-Match and If-Modified-Since as they were sent."""

    tags: str = ""
    since: str = ""


class Sent(NamedTuple):
    """What goes out without Flask: an entry, and its body unless only the head is asked for."""

    entry: Entry
    body: bytes


class Gateway:
    """The application with its cache; `light` answers what is certainly cheap."""

    def __init__(
        self, application: Application, cache: Cache[Entry], light: Light, fixed: Mapping[str, str]
    ) -> None:
        self.application = application
        self.cache = cache
        self._light = light
        self._fixed = list(fixed.items())
        self.hits = 0
        self.lights = 0

    def quick(self, method: str, asked: Asked, held: Held) -> Sent | None:
        """The answer to a GET or HEAD that needs no Flask."""
        if method not in _METHODS:
            return None
        entry = self.cache.get(asked)
        if entry is None:
            entry = self._evaluate(asked)
            if entry is None:
                return None
        else:
            self.hits += 1
        return _sent(entry, method, held)

    def plain(self, asked: Asked) -> Request | None:
        """The query of an address that says nothing else, with the formats of its answer."""
        sparql = _query_of(asked)
        if sparql is None or calls_out(sparql):
            return None
        results, boolean, graph = formats_of(asked.accept)
        if results is None and graph is None:
            return None
        return Request(sparql, WHOLE, results, graph, boolean)

    def replied(self, asked: Asked, request: Request, reply: Reply, held: Held) -> Sent:
        """The response to a plain query that has been evaluated."""
        more = [("Cache-Control", "no-store")] if is_momentary(request.sparql) else []
        entry = self._keep(asked, 200, self._headers(reply.format, more), reply.body)
        return _sent(entry, "GET", held)

    def refusal(self, status: int, detail: str, *more: tuple[str, str]) -> Entry:
        """An error told before Flask is entered, as `application/problem+json` (RFC 9457)."""
        title = HTTPStatus(status).phrase.capitalize()
        told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        body = json.dumps(told).encode() + b"\n"
        fixed = [(name, value) for name, value in self._fixed if name != "Cache-Control"]
        kind = ("content-type", "application/problem+json")
        length = ("content-length", str(len(body)))
        return Entry(status, [*fixed, kind, length, *more], body, "")

    def _evaluate(self, asked: Asked) -> Entry | None:
        sparql = _query_of(asked)
        if sparql is None:
            return None
        found = self._light(sparql, formats_of(asked.accept))
        if found is None:
            return None
        self.lights += 1
        return self._keep(asked, 200, self._headers(found[0]), found[1])

    def _headers(self, chosen: Format, more: Headers | None = None) -> Headers:
        instead = {name for name, _ in more} if more else ()
        fixed = [pair for pair in self._fixed if pair[0] not in instead]
        return [*fixed, *(more or ()), ("content-type", content_type(chosen))]

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer by the cache, else by the application, whose answer is kept if it may be."""
        asked = asked_of(environ)
        held = Held(
            environ.get("HTTP_IF_NONE_MATCH", ""), environ.get("HTTP_IF_MODIFIED_SINCE", "")
        )
        method = environ["REQUEST_METHOD"]
        sent = self.quick(method, asked, held) or self._through(
            environ, asked, method, held, start_response
        )
        if not isinstance(sent, Sent):
            return sent
        status = sent.entry.status
        start_response(f"{status} {HTTPStatus(status).phrase}", sent.entry.headers)
        return [sent.body]

    def _through(
        self,
        environ: dict[str, Any],
        asked: Asked,
        method: str,
        held: Held,
        start_response: Callable[..., Any],
    ) -> "Sent | Iterable[bytes]":
        started: list[Any] = []
        if method == "HEAD":  # so that its headers are those of GET
            environ = {**environ, "REQUEST_METHOD": "GET"}
        body = self.application(environ, lambda *given: started.extend(given))
        status, headers = int(started[0].split(" ", 1)[0]), list(started[1])
        if int(_header(headers, "content-length") or _LARGEST_WHOLE) >= _LARGEST_WHOLE:
            start_response(started[0], _compressible(headers, asked.encoding))
            if method == "HEAD":
                _close(body)
                return []
            return _stream(body, headers, asked.encoding)
        whole = b"".join(body)
        _close(body)
        if status != 200 or method not in _METHODS:
            headers, whole = _compressed(headers, whole, asked.encoding)
            return _sent(Entry(status, headers, whole, ""), method, Held())
        return _sent(self._keep(asked, status, headers, whole), method, held)

    def _keep(self, asked: Asked, status: int, headers: Headers, body: bytes) -> Entry:
        """The entry of an answer, kept unless it says no-store."""
        told = {name.lower(): value for name, value in headers}
        etag = told.get("etag")
        if etag is None:
            etag = f'"{hashlib.sha256(body).hexdigest()[:24]}{encodings.suffix(asked.encoding)}"'
            headers = [*headers, ("etag", etag)]
        if asked.encoding != encodings.IDENTITY or "content-length" in told:
            headers, body = _compressed(headers, body, asked.encoding)
        else:
            headers = [*headers, ("content-length", str(len(body)))]
        entry = Entry(status, headers, body, etag)
        if "no-store" not in told.get("cache-control", ""):
            self.cache.put(asked, entry)
        return entry


def asked_of(environ: Mapping[str, Any]) -> Asked:
    """What a WSGI request asks for."""
    return Asked(
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_ACCEPT", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        encodings.chosen(environ.get("HTTP_ACCEPT_ENCODING", "")),
    )


def _query_of(asked: Asked) -> str | None:
    """The query, if it is all that an address of the endpoint says."""
    if asked.path not in ENDPOINTS or len(asked.query) > ADDRESS_BYTES:
        return None
    try:
        if asked.query.startswith("query=") and "&" not in asked.query:
            return unquote_plus(asked.query[6:], errors="strict")
        ((name, sparql),) = parse_qsl(asked.query, keep_blank_values=True, errors="strict")
    except ValueError:
        return None  # not one parameter, or not UTF-8: told in full where everything is told
    return sparql if name == "query" else None


def _sent(entry: Entry, method: str, held: Held) -> Sent:
    """The answer, or 304 if the asker has it (RFC 9110 §13.2.2: the tag goes before the date)."""
    if held.tags:
        is_held = held.tags == "*" or entry.etag in [tag.strip() for tag in held.tags.split(",")]
    else:
        is_held = bool(held.since) and _is_as_new(held.since, entry)
    if is_held:
        entry = entry.unchanged
    return Sent(entry, b"" if method == "HEAD" else entry.body)


def _is_as_new(since: str, entry: Entry) -> bool:
    """Whether an entry has not changed after a date; what is no date is passed over (§13.1.3)."""
    modified = _header(entry.headers, "last-modified")
    if modified is None or modified == since:
        return modified is not None
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _compressed(headers: Headers, body: bytes, encoding: str) -> tuple[Headers, bytes]:
    """Headers and body in an encoding, where that is worth it."""
    if _worth(headers, encoding) and len(body) >= _LEAST_COMPRESSED:
        packed = encodings.packed(body, encoding)
        if len(packed) < len(body):
            body = packed
            headers = [*headers, ("content-encoding", encoding)]
    kept = [(n, v) for n, v in headers if n.lower() != "content-length"]
    return [*kept, ("content-length", str(len(body)))], body


def _compressible(headers: Headers, encoding: str) -> Headers:
    """The headers of a body that is sent piece by piece."""
    if not _worth(headers, encoding):
        return headers
    kept = [(n, v) for n, v in headers if n.lower() not in ("content-length", "etag")]
    return [*kept, ("content-encoding", encoding)]


def _worth(headers: Headers, encoding: str) -> bool:
    kind = _header(headers, "content-type") or ""
    is_packed = _header(headers, "content-encoding") is not None
    return encoding != encodings.IDENTITY and kind.startswith(_COMPRESSED) and not is_packed


def _stream(body: Iterable[bytes], headers: Headers, encoding: str) -> Iterator[bytes]:
    """The pieces of a body, compressed as they come."""
    try:
        if not _worth(headers, encoding):
            yield from body
            return
        yield from encodings.pieces(body, encoding)
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close:
        close()


def _header(headers: Headers, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)
