"""The production server: granian around the application.

The leading process holds the snapshot and forks the worker, which shares its memory;
the worker forks what evaluates queries before it starts a thread. On SIGHUP the
leader reads the files anew and forks a new worker, and the old one finishes.
"""

import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from iisgraph.errors import IisgraphError, SettingError
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web.front import Front
from iisgraph.web.service import assemble, service_of_gateway

Reload = Callable[[], Snapshot]

_LONGEST_HEAD: Final = 64 * 1024
_TICK: Final = 0.5


class _Leader:
    """Holds the snapshot that is served, and makes each worker's face."""

    def __init__(self, snapshot: Snapshot, settings: Settings, reload: Reload | None) -> None:
        self._snapshot = snapshot
        self._settings = settings
        self._reload = reload

    def face(self, *_: Any, **__: Any) -> Front:
        """The face of a new worker; called in it, before it has threads."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        gateway, journal = assemble(self._snapshot, self._settings)
        journal.publish(self._settings.metrics_port)
        service = service_of_gateway(gateway)
        threading.Thread(target=service.prepare, daemon=True).start()
        return Front(gateway, self._settings, journal, _limiter(self._settings))

    def renew(self) -> None:
        """Take the files as they are now; keep what is served if they are broken."""
        if self._reload is None:
            return
        before = self._snapshot.release[:12]
        try:
            self._snapshot = self._reload()
        except IisgraphError as error:
            sys.stderr.write(f"still serving release {before}: {error}\n")
        else:
            sys.stderr.write(f"serving release {self._snapshot.release[:12]} after {before}\n")


class _Server(MPServer):
    """Granian, with tasks that begin in the background once the worker is forked.

    A thread that runs at the fork could hold a lock that the worker then waits for.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tasks: list[tuple[Any, ...]] = []

    def _spawn_workers(self, *arguments: Any) -> None:
        super()._spawn_workers(*arguments)  # type: ignore[no-untyped-call] # of granian
        for task, *given in self.tasks:
            threading.Thread(target=task, args=given, daemon=True).start()


def serve(
    snapshot: Snapshot,
    settings: Settings,
    ready: Callable[[str], None],
    reload: Reload | None = None,
) -> None:
    """Serve until told to stop; `ready` is called with the address when it answers.

    `reload` gives the snapshot of the files as they are now, or raises why not.

    Raises:
        SettingError: if the address cannot be listened on.
    """
    port = _free_port(settings)
    leader = _Leader(snapshot, settings, reload)
    server = _Server(
        "iisgraph",
        address=settings.host,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=_LONGEST_HEAD),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=max(1, round(settings.query_seconds)) + 5,
    )
    server.on_reload(leader.renew)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    server.tasks.append((_announce, f"http://{shown}:{port}/", ready))
    if settings.watch and snapshot.content:
        server.tasks.append((_watch, snapshot.content.root, server.signal_handler_reload))
    sys.stderr.flush()
    server.serve(target_loader=leader.face, wrap_loader=False)


def _announce(address: str, ready: Callable[[str], None]) -> None:
    """Say so when the server answers."""
    while True:
        try:
            with urllib.request.urlopen(f"{address}readyz", timeout=5):  # noqa: S310 - our own
                return ready(address)
        except OSError:
            time.sleep(0.02)


def _watch(root: Path, changed: Callable[[], None]) -> None:
    """Call when a file below has changed, and nothing has for one tick more."""
    seen = settled = _stamps(root)
    while True:
        time.sleep(_TICK)
        now = _stamps(root)
        if now == seen and now != settled:
            settled = now
            changed()
        seen = now


def _stamps(root: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for folder in ("ontology", "data", "queries"):
        for path in (root / folder).rglob("*.*"):
            try:
                status = path.stat()
            except OSError:
                continue  # it has gone meanwhile
            found[str(path)] = (status.st_mtime_ns, status.st_size)
    return found


def _limiter(settings: Settings) -> Callable[[str], bool]:
    """Whether a client may ask once more in this minute."""
    if not settings.rate_per_minute:
        return lambda _: True
    rate = RateLimitItemPerMinute(settings.rate_per_minute)
    window = SlidingWindowCounterRateLimiter(MemoryStorage())
    return lambda client: window.hit(rate, client)


def _free_port(settings: Settings) -> int:
    """The port to listen on; a free one for port 0.

    Raises:
        SettingError: if the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            address = f"{settings.host}:{settings.port}"
            raise SettingError(f"cannot listen on {address}: {error.strerror}") from None
        return int(probe.getsockname()[1])
