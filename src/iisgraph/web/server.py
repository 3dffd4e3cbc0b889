"""The production server: gunicorn leads, uvicorn speaks HTTP.

The leading process holds the snapshot and forks the workers, which share its memory;
each worker forks what evaluates queries before it starts a thread. On SIGHUP the
leader reads the files anew and forks new workers, and the old ones finish.
"""

import os
import signal
import socket
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped] # it has no py.typed

from iisgraph.errors import IisgraphError, SettingError
from iisgraph.saves import saves
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web.front import Front
from iisgraph.web.journal import SHARED, Journal
from iisgraph.web.service import assemble, prepare
from iisgraph.web.wire import Wire

Reload = Callable[[], Snapshot]

_GRACE: Final = 5
"""Seconds that a worker gets to end, besides those that a query may take."""

_HANGS: Final = 30
"""Seconds without a sign of life after which a worker is replaced."""


class _Worker(UvicornWorker):  # type: ignore[misc] # as it has no types
    """A process that takes requests."""

    CONFIG_KWARGS: Final = {
        "http": Wire,
        "loop": "uvloop",
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
    }

    def init_process(self) -> None:
        """Leave SIGHUP to the leader, as a terminal sends it to all; then as ever."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.config.timeout_graceful_shutdown = self.cfg.graceful_timeout
        super().init_process()


class _Leader(BaseApplication):
    """Holds the snapshot that is served, and makes each worker's face."""

    def __init__(self, snapshot: Snapshot, settings: Settings, port: int) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what it is set to; it reads no file and no variable."""
        shown = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        for name, value in {
            "bind": f"{shown}:{self._port}",
            "workers": _web_processes(self.settings),
            "worker_class": _Worker,
            "timeout": _HANGS,
            "graceful_timeout": max(1, round(self.settings.query_seconds)) + _GRACE,
            "loglevel": "warning",
            "control_socket_disable": True,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Front:
        """The face of a new worker; called in it, before it has threads."""
        workers = _web_processes(self.settings)
        shared = replace(
            self.settings,
            threads=max(1, self.settings.threads // workers),
            query_processes=self.settings.query_processes // workers,
            queue_length=max(1, self.settings.queue_length // workers),
            view_megabytes=max(1, self.settings.view_megabytes // workers),
            cache_megabytes=max(1, self.settings.cache_megabytes // workers),
        )
        assembly = assemble(self.snapshot, shared)
        threading.Thread(target=assembly.prepare_pages, daemon=True).start()
        journal = Journal(is_written=self.settings.log != "none")
        journal.publish(self.settings.metrics_port, assembly.gauges)
        return Front(assembly, shared, journal, _limiter(self.settings))


class _Arbiter(Arbiter):
    """Gunicorn, with tasks that begin in the background once the workers are forked.

    A thread that runs at the fork could hold a lock that the worker then waits for.
    """

    def __init__(
        self, leader: _Leader, reload: Reload | None, tasks: list[Callable[[], None]]
    ) -> None:
        self._leader = leader
        self._reload = reload
        self._tasks = tasks
        super().__init__(leader)

    def spawn_workers(self) -> None:
        """Fork the workers that are missing; begin the tasks when the first are there."""
        super().spawn_workers()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            threading.Thread(target=task, daemon=True).start()

    def handle_int(self) -> None:
        """Stop on Ctrl-C as on SIGTERM: let requests end, unless it comes once more.

        Gunicorn would send SIGQUIT, to which uvicorn's workers are deaf.
        """
        self.handle_term()

    def reload(self) -> None:
        """Take the files as they are now; keep what is served if they are broken."""
        if self._reload is None:
            return
        before = self._leader.snapshot.release[:12]
        try:
            self._leader.snapshot = self._reload()
        except IisgraphError as error:
            sys.stderr.write(f"still serving release {before}: {error}\n")
            return
        prepare(self._leader.snapshot)
        release = self._leader.snapshot.release[:12]
        sys.stderr.write(f"serving release {release} after {before}\n")
        super().reload()


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
        SystemExit: when it has been told to stop.
    """
    port = _free_port(settings)
    prepare(snapshot)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    tasks: list[Callable[[], None]] = [lambda: _announce(f"http://{shown}:{port}/", ready)]
    if settings.watch and snapshot.content:
        root = snapshot.content.root
        tasks.append(lambda: _watch(root))
    sys.stderr.flush()
    with _shared_figures(settings):
        _Arbiter(_Leader(snapshot, settings, port), reload, tasks).run()


def _web_processes(settings: Settings) -> int:
    """How many take requests: each has query processes, and a limit of rate has one to count."""
    return 1 if settings.rate_per_minute else min(settings.web_processes, settings.query_processes)


@contextmanager
def _shared_figures(settings: Settings) -> Iterator[None]:
    """A folder where the workers add up their figures, if anybody reads them."""
    if not settings.metrics_port:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="iisgraph-") as folder:
        os.environ[SHARED] = folder
        yield


def _announce(address: str, ready: Callable[[str], None]) -> None:
    """Say so when the server answers."""
    while True:
        try:
            with urllib.request.urlopen(f"{address}readyz", timeout=5):  # noqa: S310 - our own
                return ready(address)
        except OSError:
            time.sleep(0.02)


def _watch(root: Path) -> None:
    """Renew what is served each time that its files are saved."""
    for _ in saves([root / folder for folder in ("ontology", "data", "queries")]):
        os.kill(os.getpid(), signal.SIGHUP)


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
