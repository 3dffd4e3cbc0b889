"""The production server: gunicorn around the application, one process, many threads."""

import math
import os
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from iisgraph.errors import SettingError
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.web import close, create_app


class _Server(BaseApplication):
    """Gunicorn with our options alone; it reads no configuration file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app


def serve(snapshot: Snapshot, settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until told to stop; `ready` is called with the address when it listens.

    Raises:
        SettingError: if the address cannot be listened on.
    """
    _refuse_taken_address(settings)
    app = create_app(snapshot, settings)
    owner = os.getpid()

    def when_ready(server: Any) -> None:
        host, port = server.LISTENERS[0].sock.getsockname()[:2]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    def on_exit(_: Any) -> None:
        if os.getpid() == owner:
            close(app)

    options = {
        "bind": f"{settings.host}:{settings.port}",
        "workers": 1,
        "threads": settings.threads,
        "worker_class": "gthread",
        "preload_app": True,
        "graceful_timeout": math.ceil(settings.query_seconds) + 1,
        "limit_request_line": 8190,
        "loglevel": "warning",
        "when_ready": when_ready,
        "on_exit": on_exit,
        "control_socket_disable": True,
    }
    sys.stderr.flush()
    _Server(app, options).run()


def _refuse_taken_address(settings: Settings) -> None:
    import socket

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            address = f"{settings.host}:{settings.port}"
            raise SettingError(f"cannot listen on {address}: {error.strerror}") from None
