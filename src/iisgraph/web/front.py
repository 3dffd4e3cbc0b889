"""The face to the network: an RSGI application around a WSGI one.

Answers that need no Flask are given at once, in the event loop. The rest runs in
threads, and is cancelled if the client has gone. Says of each request how it went.
"""

import asyncio
import contextlib
import io
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, unquote_to_bytes

from iisgraph.settings import Settings
from iisgraph.turns import Cancel
from iisgraph.web.gateway import ENDPOINTS, Asked, Gateway, Headers, encoding_of
from iisgraph.web.journal import TOLD, Journal, Record

CANCEL: Final = "iisgraph.cancel"
CLIENT: Final = "iisgraph.client"

_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
_LONGEST_ID: Final = 64

Scope: TypeAlias = Any
Protocol: TypeAlias = Any


class TooLarge(Exception):
    """A body above the limit."""


class Front:
    """One worker's face; `allows` says whether a client may ask now."""

    def __init__(
        self,
        gateway: Gateway,
        settings: Settings,
        journal: Journal,
        allows: Callable[[str], bool],
    ) -> None:
        self._gateway = gateway
        self._settings = settings
        self._journal = journal
        self._allows = allows
        self._threads = ThreadPoolExecutor(settings.threads, "request")
        self._busy = 0

    async def __call__(self, scope: Scope, protocol: Protocol) -> None:
        """Answer one request (RSGI 1.5)."""
        started = time.perf_counter()
        headers = scope.headers
        client = self._client(scope)
        record = Record(_number(headers.get("x-request-id")), scope.method, scope.path)
        status, size = 0, 0
        if not self._allows(client):
            status = self._refuse(protocol, record, 429, 60)
        else:
            asked = Asked(
                scope.path,
                scope.query_string,
                headers.get("accept") or "",
                headers.get("accept-language") or "",
                encoding_of(headers.get("accept-encoding") or ""),
            )
            sent = self._gateway.quick(scope.method, asked, headers.get("if-none-match") or "")
            if sent is None and self._busy >= self._settings.threads:
                status = self._refuse(protocol, record, 503, 1)
            elif sent is None:
                self._busy += 1
                try:
                    status, size = await self._through(scope, protocol, client, record)
                finally:
                    self._busy -= 1
            else:
                status, size = sent.status, len(sent.body)
                self._tell_query(record, scope.query_string)
                numbered = [*sent.headers, ("x-request-id", record.number)]
                protocol.response_bytes(status, numbered, sent.body)
        self._journal.note(record, status, size, time.perf_counter() - started)

    def _refuse(self, protocol: Protocol, record: Record, status: int, seconds: int) -> int:
        """Tell a client to come again after some seconds; gives the status."""
        detail = f"There are too many requests; try again in {seconds} s."
        numbered = (("retry-after", str(seconds)), ("x-request-id", record.number))
        sent = self._gateway.refusal(status, detail, *numbered)
        protocol.response_bytes(status, sent.headers, sent.body)
        return status

    def _client(self, scope: Scope) -> str:
        """The address of who asks: of the peer, or as a trusted proxy tells it."""
        if self._settings.trust_proxy:
            last = ",".join(scope.headers.get_all("x-forwarded-for")).rpartition(",")[2].strip()
            if last:
                return last
        return str(scope.client).rpartition(":")[0]

    def _tell_query(self, record: Record, parameters: str) -> None:
        """Add the query of an answer that no view has seen, if the operator wants it."""
        if self._settings.log == "query" and record.path in ENDPOINTS:
            for sparql in parse_qs(parameters).get("query", ()):
                record.more["query"] = sparql

    async def _through(
        self, scope: Scope, protocol: Protocol, client: str, record: Record
    ) -> tuple[int, int]:
        """Let the WSGI application answer in a thread; status and size of what was sent."""
        try:
            body = await _body(scope, protocol, self._settings.request_kilobytes * 1024)
        except TooLarge:
            most = f"A body of at most {self._settings.request_kilobytes} KiB is taken."
            numbered = (("connection", "close"), ("x-request-id", record.number))
            sent = self._gateway.refusal(413, most, *numbered)
            protocol.response_bytes(413, sent.headers, sent.body)
            return 413, len(sent.body)
        cancel = Cancel()
        environ = _environ(scope, body, self._settings) | {CANCEL: cancel, CLIENT: client}
        if self._settings.log == "query":
            environ[TOLD] = record.more
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._threads, _call, self._gateway, environ)
        gone = asyncio.ensure_future(protocol.client_disconnect())
        try:
            await asyncio.wait({call, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                cancel.set()
                with contextlib.suppress(Exception):
                    await call
                return 499, 0
            status, headers, pieces = call.result()
        finally:
            gone.cancel()
        headers = [*headers, ("x-request-id", record.number)]
        return status, await self._send(protocol, status, headers, pieces)

    async def _send(
        self, protocol: Protocol, status: int, headers: Headers, pieces: Iterable[bytes]
    ) -> int:
        if isinstance(pieces, list):
            body = b"".join(pieces)
            protocol.response_bytes(status, headers, body)
            return len(body)
        loop = asyncio.get_running_loop()
        transport = protocol.response_stream(status, headers)
        iterator, size = iter(pieces), 0
        try:
            while piece := await loop.run_in_executor(self._threads, _next, iterator):
                size += len(piece)
                await transport.send_bytes(piece)
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()
        return size


def _next(iterator: Iterator[bytes]) -> bytes:
    return next(iterator, b"")


def _call(gateway: Gateway, environ: dict[str, Any]) -> tuple[int, Headers, Iterable[bytes]]:
    """Call a WSGI application: status, headers in small letters, and the body."""
    started: list[Any] = []
    body = gateway(environ, lambda *given: started.extend(given))
    status = int(started[0].split(" ", 1)[0])
    return status, [(name.lower(), value) for name, value in started[1]], body


async def _body(scope: Scope, protocol: Protocol, most: int) -> bytes:
    """The body of a request of at most so many bytes.

    Raises:
        TooLarge: if it is larger, as soon as that is known.
    """
    if scope.method in ("GET", "HEAD", "OPTIONS"):
        return b""
    told = scope.headers.get("content-length") or "0"
    if told.isdigit() and int(told) > most:
        raise TooLarge
    body = bytearray()
    async for piece in protocol:
        body += piece
        if len(body) > most:
            raise TooLarge
    return bytes(body)


def _environ(scope: Scope, body: bytes, settings: Settings) -> dict[str, Any]:
    """The environ of a request (PEP 3333)."""
    headers = scope.headers
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name in headers:
        value = ",".join(headers.get_all(name))
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name != "content-length" and not (
            name.startswith("x-forwarded") and not settings.trust_proxy
        ):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ


def _number(given: str | None) -> str:
    """The number of a request: the one it came with, if that is harmless, or a new one."""
    if given and len(given) <= _LONGEST_ID and _SAFE.issuperset(given):
        return given
    return uuid.uuid4().hex[:16]
