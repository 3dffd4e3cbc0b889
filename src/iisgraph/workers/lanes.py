"""A query process taken for one call, which an event loop waits for without a thread."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from iisgraph.errors import QueryStopped
from iisgraph.turns import Cancel
from iisgraph.workers.branches import Process

GRACE: Final = 0.1
"""Seconds after its deadline at which a process is killed that the kernel should have ended."""


class Lane:
    """A process taken for one call, which an event loop waits for without a thread."""

    def __init__(
        self,
        process: Process,
        seconds: float,
        settle: Callable[[Process, Any], Any],
        lost: Callable[[Process, float, float, Cancel], QueryStopped],
        give: Callable[[], None],
    ) -> None:
        self._process = process
        self._seconds = seconds
        self._settle = settle
        self._lost = lost
        self._give = give
        self._started = time.monotonic()
        self._cancel = Cancel()

    def ask(self, *arguments: Any) -> "asyncio.Future[Any]":
        """Call the function of the pool in the running event loop.

        The future gives what it returns, or raises as `Pool.call`.
        """
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Any] = loop.create_future()
        line = self._process.line
        overdue = loop.call_later(self._seconds + GRACE, self._process.kill)

        def heard() -> None:
            loop.remove_reader(line.fileno())
            os.set_blocking(line.fileno(), True)  # the loop has made it non-blocking
            overdue.cancel()
            try:
                outcome, error = self._hear(), None
            except Exception as raised:  # noqa: BLE001 - whatever the function raised
                outcome, error = None, raised
            if answered.done():
                return  # the server stops
            if error:
                answered.set_exception(error)
            else:
                answered.set_result(outcome)

        loop.add_reader(line.fileno(), heard)
        with suppress(OSError):  # it has died since: it is heard to have
            line.send((self._seconds, arguments))
        return answered

    def cancel(self) -> None:
        """End the call: nobody waits for it any more."""
        self._cancel.set()
        self._process.kill()

    def _hear(self) -> Any:
        """The outcome, or what has become of the process."""
        try:
            try:
                outcome = self._process.line.recv()
            except (EOFError, OSError):
                taken = time.monotonic() - self._started
                raise self._lost(self._process, taken, self._seconds, self._cancel) from None
            return self._settle(self._process, outcome)
        finally:
            self._give()
