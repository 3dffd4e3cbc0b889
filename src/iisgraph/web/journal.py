"""What is told of requests: one line of JSON each, and figures for Prometheus."""

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from socketserver import TCPServer
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

TOLD: Final = "iisgraph.told"
"""Where in a WSGI environ a view finds what it may add to the line of its request."""

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder where workers add up their figures."""

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_TEXT: Final = json.JSONEncoder(ensure_ascii=False).encode
_TICK: Final = 0.25
_AT_ONCE: Final = 4_000
"""Bytes that are written as one, whoever else writes to the same pipe (POSIX, PIPE_BUF)."""


@dataclass
class Record:
    """One request: its number, and what it asked for; `more` is told beside it."""

    number: str
    method: str
    path: str
    more: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Writes the lines of one worker, and keeps its figures if anybody reads them.

    Its lines are written once the event loop has done what was at hand.
    """

    def __init__(self, *, is_written: bool) -> None:
        self._is_written = is_written
        self._lines: list[str] = []
        self._held = 0
        self._figures: Figures | None = None

    def note(self, record: Record, status: int, size: int, seconds: float) -> None:
        """Tell of a request that has been answered with so many bytes."""
        if self._figures:
            self._figures.note(status, seconds)
        if not self._is_written:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": record.number,
            "method": record.method,
            "path": record.path,
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 2),
            **record.more,
        }
        self._hold(_TEXT(line) + "\n")

    def flush(self) -> None:
        """Write the lines that are held back."""
        lines, self._lines, self._held = self._lines, [], 0
        if lines:
            sys.stderr.write("".join(lines))
            sys.stderr.flush()

    def publish(self, port: int, gauges: Callable[[], Mapping[str, float]]) -> None:
        """Serve figures at `/metrics` on a port of this machine; 0 for not at all.

        `gauges` gives those that are read from time to time: name to value.
        """
        if port:
            self._figures = Figures(gauges)
            self._figures.publish(port)

    def _hold(self, line: str) -> None:
        if self._held + len(line) > _AT_ONCE:
            self.flush()
        self._lines.append(line)
        self._held += len(line)
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_soon(self.flush)


class Figures:
    """Figures of one worker for Prometheus, which any worker adds up for all of them."""

    def __init__(self, gauges: Callable[[], Mapping[str, float]]) -> None:
        # what it keeps, and where, it decides on import
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._own = CollectorRegistry()
        self._requests = Counter(
            "iisgraph_requests", "Requests answered.", ["status"], registry=self._own
        )
        self._seconds = Histogram(
            "iisgraph_request_seconds",
            "Seconds from a request to the end of its answer.",
            buckets=_SECONDS,
            registry=self._own,
        )
        self._read = gauges
        self._gauges = {
            name: Gauge(
                f"iisgraph_{name}",
                name.replace("_", " ").capitalize() + ".",
                registry=self._own,
                multiprocess_mode="livesum",
            )
            for name in gauges()
        }

    def note(self, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def publish(self, port: int) -> None:
        """Serve them, and read the gauges from time to time."""
        server = make_server("127.0.0.1", port, self._application(), _Shared, _Silent)
        for task in (server.serve_forever, self._keep_reading):
            threading.Thread(target=task, daemon=True).start()

    def _application(self) -> Any:
        from prometheus_client import CollectorRegistry, make_wsgi_app
        from prometheus_client.multiprocess import MultiProcessCollector

        if SHARED not in os.environ:
            return make_wsgi_app(self._own)
        of_all = CollectorRegistry()
        MultiProcessCollector(of_all)  # type: ignore[no-untyped-call] # it registers itself
        return make_wsgi_app(of_all)

    def _keep_reading(self) -> None:
        while True:
            for name, value in self._read().items():
                self._gauges[name].set(value)
            time.sleep(_TICK)


class _Shared(WSGIServer):
    """A worker that leaves and the one that comes listen side by side for a moment."""

    allow_reuse_port = True

    def server_bind(self) -> None:
        """Bind without asking anyone for the name of this machine."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]
        self.setup_environ()


class _Silent(WSGIRequestHandler):
    """Says nothing of requests for figures."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""
