"""A connection: answers at once what needs no Flask, and leaves the rest to uvicorn.

Uvicorn makes a task of each request, which costs more than looking up an answer.
A request that is not waited for by an earlier one is therefore shown to the front
first: its bytes before they are parsed, then its head. Adds what a server in public
needs besides: bounds on the size of a head and on the time that a client may take.
"""

import time
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from iisgraph.web.asgi import Head
from iisgraph.web.front import COUNTED, Front, Ready

_LARGEST_HEAD: Final = 64 * 1024
_METHODS: Final = {b"GET": "GET", b"HEAD": "HEAD"}
_OF_BODY: Final = frozenset({"content-length", "transfer-encoding", "expect"})
_END: Final = b"\r\n\r\n"
_HEAD_SECONDS: Final = 10.0
_BODY_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 60.0
_TICK: Final = 5.0
_LAST_WAIT: Final = 1.0
"""Seconds that whoever has connected, and not asked yet, is waited for when a worker ends."""

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-length: 0\r\n\r\n"
)


class Wire(HttpToolsProtocol):
    """One connection of HTTP/1.1; `config.app` is the front."""

    _front: Front
    _peer = ""
    _request = b""
    """The piece that is being parsed, if it is one request without a body."""
    _started = 0.0
    _size = 0
    _is_reading = False
    _has_head = False
    _is_answered = False
    _has_asked = False
    _is_leaving = False
    _since = 0.0
    """When the client was heard from last, or began its request."""

    def connection_made(self, transport: Any) -> None:
        """Greet a client."""
        super().connection_made(transport)
        self._front = self.config.app  # type: ignore[assignment] # as `serve` sets it
        self._peer = self.client[0] if self.client else ""
        self._since = self.loop.time()
        self.loop.call_later(_TICK, self._watch)

    def data_received(self, data: bytes) -> None:
        """Take what has come: an answer at once, or a request to be parsed."""
        self._started = time.perf_counter()
        if self._is_free and not (self._is_reading or self._is_leaving):
            ready = self._front.recalled(data, self._peer)
            if ready:
                self._since = self.loop.time()
                return self._respond(ready)
        is_one = data.find(_END) == len(data) - len(_END) and not self._is_reading
        self._request = data if is_one else b""
        if not self._has_head:
            self._size += len(data)
            if self._size > _LARGEST_HEAD + len(data):
                self.transport.write(_TOO_LARGE)
                return self.transport.close()
        super().data_received(data)
        return None

    @property
    def _is_free(self) -> bool:
        """Whether all that was asked before has been answered, and the client reads on."""
        cycle: RequestResponseCycle | None = self.cycle  # None until there is one
        is_answered = cycle is None or cycle.response_complete
        return is_answered and not self.flow.write_paused

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_reading, self._has_head, self._has_asked = True, False, True
        self._since = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is here: answer it at once, if that can be done."""
        self._has_head, self._size = True, 0
        ready = self._at_once() if self._is_free else None
        if ready:
            self._is_answered = True
            return self._respond(ready)
        super().on_headers_complete()
        if self._is_leaving:
            self.cycle.keep_alive = False
        return None

    def on_body(self, body: bytes) -> None:
        """A piece of its body; of no use once it is answered."""
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is here as a whole."""
        self._is_reading, self._has_head = False, False
        self._since = self.loop.time()
        if not self._is_answered:
            return super().on_message_complete()
        self._is_answered = False
        return None

    def _at_once(self) -> Ready | None:
        method = _METHODS.get(self.parser.get_method())
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers}
        if method is None or self.parser.should_upgrade() or len(told) < len(self.headers):
            return None
        path, _, query = self.url.decode("latin-1").partition("?")
        is_plain = self._keeps and not _OF_BODY.intersection(told)
        head, request = Head(method, path, query, told), self._request if is_plain else b""
        ready = self._front.at_once(head, request, self._peer)
        self.scope["state"][COUNTED] = True
        return ready

    @property
    def _keeps(self) -> bool:
        is_kept = self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()
        return is_kept and not self._is_leaving

    def _respond(self, ready: Ready) -> None:
        number = self._front.told(ready, self._started)
        parts = [ready.entry.head]
        parts += [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]
        keeps = not self._is_answered or self._keeps
        end = "\r\n\r\n" if keeps else "\r\nconnection: close\r\n\r\n"
        parts += [f"x-request-id: {number}{end}".encode("latin-1"), ready.body]
        self.transport.write(b"".join(parts))
        if not keeps:
            self.transport.close()

    def on_response_complete(self) -> None:
        """An answer by way of uvicorn has been sent."""
        self._since = self.loop.time()
        super().on_response_complete()

    def shutdown(self) -> None:
        """Hang up once what was asked is answered; whoever has just come may still ask."""
        self._is_leaving = True
        if self._has_asked:
            super().shutdown()
        else:
            self.loop.call_later(_LAST_WAIT, super().shutdown)

    def timeout_keep_alive_handler(self) -> None:
        """Leave it to `_watch`: uvicorn's timer knows nothing of what is answered here."""

    def _watch(self) -> None:
        """Hang up on a client that takes too long for what is its part."""
        if self.transport.is_closing():
            return None
        waits = _BODY_SECONDS if self._has_head else _HEAD_SECONDS
        most = waits if self._is_reading else IDLE_SECONDS
        if (self._is_free or self._is_reading) and self.loop.time() - self._since > most:
            return self.transport.close()
        self.loop.call_later(_TICK, self._watch)
        return None
