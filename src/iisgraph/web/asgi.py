"""Requests and answers in the words of ASGI 3, and a request in those of WSGI (PEP 3333)."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from iisgraph.web import encodings
from iisgraph.web.cache import Entry, Headers
from iisgraph.web.gateway import Asked, Sent
from iisgraph.web.journal import Record

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class TooLarge(Exception):
    """A body above the limit."""


class Gone(Exception):
    """The client does not wait any more."""


class Head(NamedTuple):
    """A request without its body; names of headers in small letters, values joined by commas."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    @property
    def asked(self) -> Asked:
        """What it asks for."""
        told = self.headers.get
        return Asked(
            self.path,
            self.query,
            told("accept", ""),
            told("accept-language", ""),
            encodings.chosen(told("accept-encoding", "")),
        )


@dataclass(frozen=True)
class Call:
    """One request on its way through, and who waits for its answer."""

    scope: Scope
    receive: Receive
    head: Head
    client: str
    record: Record

    async def body(self, most: int) -> bytes:
        """The body, of at most so many bytes.

        Raises:
            TooLarge: if it is larger, as soon as that is known.
            Gone: if the client has left in the middle of it.
        """
        told = self.head.headers.get("content-length", "0")
        if told.isdigit() and int(told) > most:
            raise TooLarge
        if told == "0" and "transfer-encoding" not in self.head.headers:
            return b""
        body, has_more = bytearray(), True
        while has_more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Gone
            body += message.get("body", b"")
            has_more = message.get("more_body", False)
            if len(body) > most:
                raise TooLarge
        return bytes(body)

    async def wait(self, answered: "asyncio.Future[Any]", cancel: Callable[[], object]) -> None:
        """Wait until it is answered.

        Raises:
            Gone: if the client has left before; what it waited for has been cancelled then.
        """
        gone = asyncio.ensure_future(self._left())
        try:
            await asyncio.wait({answered, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answered.done():
                cancel()
                with suppress(Exception):
                    await answered
                raise Gone
        finally:
            gone.cancel()

    async def _left(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


class Sender:
    """Sends an answer, and knows its status and how many bytes of a body it has sent."""

    def __init__(self, send: Send, number: str) -> None:
        self._send = send
        self._number = ("x-request-id", number)
        self.status = 0
        self.size = 0

    async def entry(self, entry: Entry) -> None:
        """Send an answer that is ready."""
        await self.whole(entry.status, entry.headers, entry.body)

    async def sent(self, sent: Sent) -> None:
        """Send what the gateway has made."""
        await self.whole(sent.entry.status, sent.entry.headers, sent.body)

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer at once."""
        await self.begin(status, headers)
        self.size = len(body)
        await self._send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, headers: Headers) -> None:
        """Send the head of an answer."""
        self.status = status
        lines = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in (*headers, self._number)
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": lines})

    async def piece(self, piece: bytes) -> None:
        """Send a piece of its body."""
        self.size += len(piece)
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def end(self) -> None:
        """Say that there is no more."""
        await self._send({"type": "http.response.body", "body": b""})


def head_of(scope: Scope) -> Head:
    """The head of an ASGI request; values of one name are joined (RFC 9110 §5.3)."""
    headers: dict[str, str] = {}
    for raw, told in scope["headers"]:
        name, value = raw.decode("latin-1"), told.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    path = scope["raw_path"].decode("latin-1")
    return Head(scope["method"], path, scope["query_string"].decode("latin-1"), headers)


def environ_of(scope: Scope, head: Head, body: bytes) -> dict[str, Any]:
    """The environ of a request (PEP 3333)."""
    host, port = scope["server"] or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": head.query,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in head.headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name != "content-length":
            environ[_variable(name)] = value
    return environ


@lru_cache(256)
def _variable(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


def distrust(environ: dict[str, Any]) -> None:
    """Take out what only a proxy may say."""
    for name in [name for name in environ if name.startswith("HTTP_X_FORWARDED")]:
        del environ[name]
