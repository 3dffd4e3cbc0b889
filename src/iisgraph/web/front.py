"""The face of a worker: an ASGI application around a WSGI one.

Answers that need no Flask are given at once. A query that needs a process is waited
for in the event loop if one is idle. The rest runs in threads, and is cancelled if
the client has gone. Says of each request how it went.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from iisgraph.query import Reply
from iisgraph.settings import Settings
from iisgraph.spool import Spooled
from iisgraph.turns import Cancel
from iisgraph.web import CANCEL, CLIENT, OUTCOME
from iisgraph.web.asgi import (
    Call,
    Gone,
    Head,
    Receive,
    Scope,
    Send,
    Sender,
    TooLarge,
    distrust,
    environ_of,
    head_of,
)
from iisgraph.web.cache import Cache, Entry, Headers
from iisgraph.web.evaluation import Wanted
from iisgraph.web.gateway import ENDPOINTS, Gateway, Held
from iisgraph.web.journal import TOLD, Journal, Record
from iisgraph.web.service import Assembly

_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
_LONGEST_ID: Final = 64
_LONGEST_KEY: Final = 4_096
COUNTED: Final = "iisgraph.counted"
"""What the state of a scope holds if the request was counted against the limit of its client."""

_SHARE: Final = 4
"""One in so many bytes of the cache is for whole requests that came twice."""


@dataclass(frozen=True)
class Ready:
    """A request that needs no Flask, and its answer but for the number and the date."""

    head: Head
    entry: Entry
    body: bytes


class Front:
    """One worker's face; `allows` says whether a client may ask now."""

    def __init__(
        self,
        assembly: Assembly,
        settings: Settings,
        journal: Journal,
        allows: Callable[[str], bool],
    ) -> None:
        self._gateway: Gateway = assembly.gateway
        self._pool = assembly.pool
        self._settings = settings
        self._journal = journal
        self._allows = allows
        self._threads = ThreadPoolExecutor(settings.threads, "request")
        self._busy = 0
        self._requests = Cache[Ready](settings.cache_megabytes * 2**20 // _SHARE)

    # ------------------------------------------------------------ at once

    def recalled(self, request: bytes, peer: str) -> Ready | None:
        """The answer to a whole request that came before, byte for byte."""
        ready = self._requests.get(request)
        if ready is None:
            return None
        if not self._allows(self._client(ready.head, peer)):
            return self._sent_away(ready.head)
        self._gateway.hits += 1
        return ready

    def at_once(self, head: Head, request: bytes, peer: str) -> Ready | None:
        """The answer to a request that needs no Flask; if None, it counts as allowed.

        `request` is the whole of it as it came, or empty if that is not known.
        """
        if not self._allows(self._client(head, peer)):
            return self._sent_away(head)
        hits = self._gateway.hits
        sent = self._gateway.quick(head.method, head.asked, _held(head))
        if sent is None:
            return None
        ready = Ready(head, *sent)
        if self._gateway.hits > hits and 0 < len(request) <= _LONGEST_KEY:
            self._requests.put(request, ready)
        return ready

    def told(self, ready: Ready, started: float) -> str:
        """Note that an answer is sent now; gives the number of the request."""
        head = ready.head
        record = Record(_number(head.headers.get("x-request-id")), head.method, head.path)
        self._tell_query(record, head.query)
        seconds = time.perf_counter() - started
        self._journal.note(record, ready.entry.status, len(ready.body), seconds)
        return record.number

    def _sent_away(self, head: Head) -> Ready:
        entry = self._refused(429, 60)
        return Ready(head, entry, b"" if head.method == "HEAD" else entry.body)

    # ------------------------------------------------------------ through ASGI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3, HTTP)."""
        started = time.perf_counter()
        head = head_of(scope)
        client = self._client(head, scope["client"][0] if scope["client"] else "")
        record = Record(_number(head.headers.get("x-request-id")), head.method, head.path)
        sender = Sender(send, record.number)
        if COUNTED not in scope["state"] and not self._allows(client):
            await sender.entry(self._refused(429, 60))
        elif self._busy >= self._settings.threads:
            await sender.entry(self._refused(503, 1))
        else:
            self._busy += 1
            try:
                await self._through(Call(scope, receive, head, client, record), sender)
            except Gone:
                sender.status = 499
            except TooLarge:
                await sender.entry(self._too_large())
            finally:
                self._busy -= 1
        self._journal.note(record, sender.status, sender.size, time.perf_counter() - started)

    def _refused(self, status: int, seconds: int) -> Entry:
        """Tells a client to come again after some seconds."""
        detail = f"There are too many requests; try again in {seconds} s."
        return self._gateway.refusal(status, detail, ("retry-after", str(seconds)))

    def _too_large(self) -> Entry:
        most = f"A body of at most {self._settings.request_kilobytes} KiB is taken."
        return self._gateway.refusal(413, most, ("connection", "close"))

    def _client(self, head: Head, peer: str) -> str:
        """The address of who asks: of the peer, or as a trusted proxy tells it."""
        if self._settings.trust_proxy:
            last = head.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
            if last:
                return last
        return peer

    def _tell_query(self, record: Record, parameters: str) -> None:
        """Add the query of an answer that no view has seen, if the operator wants it."""
        if self._settings.log == "query" and record.path in ENDPOINTS:
            for sparql in parse_qs(parameters).get("query", ()):
                record.more["query"] = sparql

    async def _through(self, call: Call, sender: Sender) -> None:
        """Answer in a query process if that is all it takes, else by Flask in a thread."""
        outcome = None
        request = self._gateway.plain(call.head.asked) if call.head.method == "GET" else None
        lane = self._pool.lane() if request else None
        if request and lane:
            self._tell_query(call.record, call.head.query)
            answered = lane.ask(Wanted(request))
            await call.wait(answered, lane.cancel)
            outcome = answered.exception() or answered.result()
            if isinstance(outcome, Reply) and isinstance(outcome.body, bytes):
                asked, held = call.head.asked, _held(call.head)
                sent = self._gateway.replied(asked, request, outcome, held)
                await sender.sent(sent)
                return
        await self._by_flask(call, sender, outcome)

    async def _by_flask(self, call: Call, sender: Sender, outcome: Any) -> None:
        """Let the application answer; `outcome` is what has come of its query, if that is known."""
        body = await call.body(self._settings.request_kilobytes * 1024)
        cancel = Cancel()
        environ = environ_of(call.scope, call.head, body) | {CANCEL: cancel, CLIENT: call.client}
        if not self._settings.trust_proxy:
            distrust(environ)
        if self._settings.log == "query":
            environ[TOLD] = call.record.more
        if outcome is not None:
            environ[OUTCOME] = outcome
        loop = asyncio.get_running_loop()
        answered = loop.run_in_executor(self._threads, _answer, self._gateway, environ)
        try:
            await call.wait(answered, cancel.set)
        finally:
            left = environ.pop(OUTCOME, None)
            if isinstance(left, Reply) and isinstance(left.body, Spooled):
                left.body.close()
        status, headers, pieces = answered.result()
        await self._send(sender, status, headers, pieces)

    async def _send(
        self, sender: Sender, status: int, headers: Headers, pieces: Iterable[bytes]
    ) -> None:
        if isinstance(pieces, list):
            await sender.whole(status, headers, b"".join(pieces))
            return
        loop = asyncio.get_running_loop()
        iterator = iter(pieces)
        await sender.begin(status, headers)
        try:
            while piece := await loop.run_in_executor(self._threads, _next, iterator):
                await sender.piece(piece)
            await sender.end()
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()


def _next(iterator: Iterator[bytes]) -> bytes:
    return next(iterator, b"")


def _answer(gateway: Gateway, environ: dict[str, Any]) -> tuple[int, Headers, Iterable[bytes]]:
    """Call a WSGI application: status, headers, and the body."""
    started: list[Any] = []
    body = gateway(environ, lambda *given: started.extend(given))
    return int(started[0].split(" ", 1)[0]), started[1], body


def _held(head: Head) -> Held:
    """What the asker says to have already."""
    headers = head.headers
    return Held(headers.get("if-none-match", ""), headers.get("if-modified-since", ""))


def _number(given: str | None) -> str:
    """The number of a request: the one it came with, if that is harmless, or a new one."""
    if given and len(given) <= _LONGEST_ID and _SAFE.issuperset(given):
        return given
    return f"{random.getrandbits(64):016x}"
