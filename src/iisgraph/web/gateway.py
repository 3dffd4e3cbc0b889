"""The layer in front of Flask: answers kept as ready bytes, validators and compression.

A WSGI application around another one. What it can answer by itself, from the cache
or because a query is certainly cheap, it gives by `quick`, which the server calls
before anything else; Flask is entered for the rest.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import parse_qsl

import zstandard

from iisgraph.formats import Format
from iisgraph.web.cache import Cache, Entry
from iisgraph.web.negotiate import content_type, results_of
from iisgraph.web.parameters import ADDRESS_BYTES

Headers: TypeAlias = list[tuple[str, str]]
Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Light: TypeAlias = Callable[[str, Format | None, Format | None], tuple[Format, bytes] | None]
"""Answers a query that is certainly cheap, in the format for a table or for a boolean."""

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


@dataclass(frozen=True)
class Sent:
    """What goes out without Flask."""

    status: int
    headers: Headers
    body: bytes


class Gateway:
    """The application with its cache; `light` answers what is certainly cheap."""

    def __init__(
        self, application: Application, cache: Cache, light: Light, fixed: Mapping[str, str]
    ) -> None:
        self.application = application
        self.cache = cache
        self._light = light
        self._fixed = list(fixed.items())
        self.hits = 0
        self.lights = 0

    def quick(self, method: str, asked: Asked, known: str) -> Sent | None:
        """The answer to a GET or HEAD that needs no Flask; `known` is its If-None-Match."""
        if method not in _METHODS:
            return None
        entry = self.cache.get(asked)
        if entry is None:
            entry = self._evaluate(asked)
            if entry is None:
                return None
        else:
            self.hits += 1
        return _sent(entry, method, known)

    def refusal(self, status: int, detail: str, *more: tuple[str, str]) -> Sent:
        """An error told before Flask is entered, as `application/problem+json` (RFC 9457)."""
        title = HTTPStatus(status).phrase.capitalize()
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        fixed = [(name, value) for name, value in self._fixed if name != "Cache-Control"]
        kind = ("content-type", "application/problem+json")
        return Sent(status, [*fixed, kind, *more], json.dumps(body).encode() + b"\n")

    def _evaluate(self, asked: Asked) -> Entry | None:
        if asked.path not in ENDPOINTS or len(asked.query) > ADDRESS_BYTES:
            return None
        try:
            ((name, sparql),) = parse_qsl(asked.query, keep_blank_values=True, errors="strict")
        except ValueError:
            return None  # not one parameter, or not UTF-8: told in full where everything is told
        found = self._light(sparql, *results_of(asked.accept)) if name == "query" else None
        if found is None:
            return None
        self.lights += 1
        headers = [*self._fixed, ("content-type", content_type(found[0]))]
        return self._keep(asked, 200, headers, found[1])

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer by the cache, else by the application, whose answer is kept if it may be."""
        asked = asked_of(environ)
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        method = environ["REQUEST_METHOD"]
        sent = self.quick(method, asked, known) or self._through(
            environ, asked, method, known, start_response
        )
        if not isinstance(sent, Sent):
            return sent
        start_response(f"{sent.status} {HTTPStatus(sent.status).phrase}", sent.headers)
        return [sent.body]

    def _through(
        self,
        environ: dict[str, Any],
        asked: Asked,
        method: str,
        known: str,
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
            return Sent(status, headers, b"" if method == "HEAD" else whole)
        return _sent(self._keep(asked, status, headers, whole), method, known)

    def _keep(self, asked: Asked, status: int, headers: Headers, body: bytes) -> Entry:
        """The entry of an answer, kept unless it says no-store."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:24]}{_SUFFIX[asked.encoding]}"'
        headers, packed = _compressed(headers, body, asked.encoding)
        if _header(headers, "etag") is None:
            headers.append(("etag", etag))
        entry = Entry(status, headers, packed, _header(headers, "etag") or etag)
        if "no-store" not in (_header(headers, "cache-control") or ""):
            self.cache.put(asked, entry)
        return entry


_SUFFIX: Final = {"zstd": "-zstd", "gzip": "-gzip", "identity": ""}


def asked_of(environ: Mapping[str, Any]) -> Asked:
    """What a WSGI request asks for."""
    return Asked(
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_ACCEPT", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        encoding_of(environ.get("HTTP_ACCEPT_ENCODING", "")),
    )


@lru_cache(256)
def encoding_of(accepted: str) -> str:
    """The encoding to answer in, by Accept-Encoding (RFC 9110 §12.5.3): zstd, gzip or identity."""
    if not accepted:
        return "identity"
    from werkzeug.datastructures import Accept
    from werkzeug.http import parse_accept_header

    wanted = parse_accept_header(accepted, Accept)
    offered = [name for name in ("zstd", "gzip") if wanted.quality(name) > 0]
    return max(offered, key=wanted.quality, default="identity")


def _sent(entry: Entry, method: str, known: str) -> Sent:
    """The answer, or 304 if the asker has it (RFC 9110 §13.1.2)."""
    if known and (known == "*" or entry.etag in [tag.strip() for tag in known.split(",")]):
        kept = [(n, v) for n, v in entry.headers if n.lower() not in _OF_BODY]
        return Sent(304, kept, b"")
    return Sent(entry.status, entry.headers, b"" if method == "HEAD" else entry.body)


_OF_BODY: Final = {"content-type", "content-length", "content-encoding"}


def _compressed(headers: Headers, body: bytes, encoding: str) -> tuple[Headers, bytes]:
    """Headers and body in an encoding, where that is worth it."""
    if _worth(headers, encoding) and len(body) >= _LEAST_COMPRESSED:
        packed = (
            zstandard.compress(body, 6) if encoding == "zstd" else gzip.compress(body, 6, mtime=0)
        )
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
    return encoding != "identity" and kind.startswith(_COMPRESSED) and not is_packed


def _stream(body: Iterable[bytes], headers: Headers, encoding: str) -> Iterator[bytes]:
    """The pieces of a body, compressed as they come."""
    try:
        if not _worth(headers, encoding):
            yield from body
            return
        packer: Any = (
            zstandard.ZstdCompressor(3).compressobj()
            if encoding == "zstd"
            else zlib.compressobj(3, wbits=31)
        )
        for piece in body:
            if packed := packer.compress(piece):
                yield packed
        yield packer.flush()
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close:
        close()


def _header(headers: Headers, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)
