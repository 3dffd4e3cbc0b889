"""What is told of requests: one line of JSON each, and figures for Prometheus."""

import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from socketserver import TCPServer
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily, Metric

TOLD: Final = "iisgraph.told"
"""Where in a WSGI environ a view finds what it may add to the line of its request."""

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass
class Record:
    """One request: its number, and what it asked for; `more` is told beside it."""

    number: str
    method: str
    path: str
    more: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Writes the lines and keeps the figures of one worker.

    `gauges` gives figures that are read when they are asked for: name to value.
    """

    def __init__(self, *, is_written: bool, gauges: Callable[[], Mapping[str, float]]) -> None:
        self._is_written = is_written
        self._gauges = gauges
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "iisgraph_requests", "Requests answered.", ["status"], registry=self._registry
        )
        self._seconds = Histogram(
            "iisgraph_request_seconds",
            "Seconds from a request to the end of its answer.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._by_status: dict[int, Any] = {}
        self._registry.register(self)  # asked for by its collect alone

    def collect(self) -> list[Metric]:
        """The gauges, as Prometheus' registry asks for them."""
        return [
            GaugeMetricFamily(f"iisgraph_{name}", name.replace("_", " ").capitalize() + ".", value)
            for name, value in self._gauges().items()
        ]

    def note(self, record: Record, status: int, size: int, seconds: float) -> None:
        """Tell of a request that has been answered with so many bytes."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._requests.labels(str(status))
        counter.inc()
        self._seconds.observe(seconds)
        if self._is_written:
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
            sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")

    def publish(self, port: int) -> None:
        """Serve the figures at `/metrics` on a port of this machine; 0 for not at all."""
        if port:
            server = make_server("127.0.0.1", port, make_wsgi_app(self._registry), _Shared, _Silent)
            threading.Thread(target=server.serve_forever, daemon=True).start()


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
