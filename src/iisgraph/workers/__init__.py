"""Processes that evaluate queries and can be ended in the middle of one.

The engine cannot cancel a query, so each runs in a process of its own: forked
from a nursery, a single-threaded process that holds the snapshot (memory shared
copy-on-write), and ended by the kernel itself at the query's deadline. What
cannot be done in a thread is thus never asked of one.

A process is born with one temporary file and may open nothing else: what is too
large for a message is written there, and handed over with it.
"""

import functools
import os
import socket
import time
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from iisgraph.errors import QueryStopped
from iisgraph.spool import Spooled, Written
from iisgraph.turns import Cancel, Turns
from iisgraph.workers import nursery
from iisgraph.workers.branches import Branches, Nursery, Process
from iisgraph.workers.lanes import GRACE, Lane
from iisgraph.workers.nursery import Evaluate, Limits, Views, reaching_out

__all__ = ["Lane", "Limits", "Pool", "reaching_out"]


class Pool:
    """Calls a function in other processes, under limits.

    The function is given a `Spool` first, and may return what that has taken.
    Create the pool before the program starts any thread: it forks.
    """

    def __init__(self, evaluate: Evaluate, limits: Limits, views: Views | None = None) -> None:
        self._limits = limits
        self._turns = Turns(limits.processes, limits.queue_length)
        self.killed = 0
        ours, theirs = socket.socketpair()
        self._child = os.fork()
        if self._child == 0:
            try:
                ours.close()
                nursery.run(theirs, evaluate, limits, views)
            finally:  # whatever happens, this copy of the program goes no further
                os._exit(1)
        theirs.close()
        self._root = Nursery(ours)
        self.views = Branches(self._root, limits.view_megabytes)

    @property
    def waiting(self) -> int:
        """How many calls wait for a process."""
        return self._turns.waiting

    def call(
        self,
        *arguments: Any,
        seconds: float | None = None,
        client: str = "",
        cancel: Cancel | None = None,
        view: Hashable = None,
    ) -> Any:
        """What `evaluate(spool, *arguments)` returns; `seconds` can only lower the limit.

        On a `view`, it is what `views(view)` made that evaluates.

        Raises:
            QueryStopped: at the deadline, on a memory overrun or a cancellation, or if
                no turn came in time.
            IisgraphError: whatever the function raised.
        """
        limit = min(seconds or self._limits.seconds, self._limits.seconds)
        cancel = cancel or Cancel()
        with self._turns.turn(client, self._limits.queue_seconds, cancel):
            if view is None:
                return self._call(self._root, limit, arguments, cancel)
            begun = time.monotonic()
            with self.views.at(view, limit) as made:
                left = max(limit - (time.monotonic() - begun), GRACE)
                return self._call(made, left, arguments, cancel)

    def lane(self) -> "Lane | None":
        """A process that can take a call at once, for an event loop; None if none is idle.

        Whoever takes it asks it, once.
        """
        if not self._turns.take():
            return None
        process = self._root.idle()
        if process is None:
            self._turns.give()
            return None
        settle = functools.partial(self._settle, self._root)
        return Lane(process, self._limits.seconds, settle, self._lost, self._turns.give)

    def close(self) -> None:
        """End the nursery and its processes, and those of its views."""
        self.views.close()
        self._root.close()
        with suppress(ChildProcessError):  # the server has waited for it
            os.waitpid(self._child, 0)

    def _call(self, home: Nursery, limit: float, arguments: tuple[Any, ...], cancel: Cancel) -> Any:
        process = home.take()
        started = time.monotonic()
        cancel.do(process.kill)
        try:
            process.line.send((limit, arguments))
            if not process.line.poll(limit + GRACE):
                raise EOFError
            outcome = process.line.recv()
        except (EOFError, OSError):
            cancel.do(None)
            raise self._lost(process, time.monotonic() - started, limit, cancel) from None
        cancel.do(None)
        return self._settle(home, process, outcome)

    def _lost(self, process: Process, taken: float, limit: float, cancel: Cancel) -> QueryStopped:
        """Bury a process that has ended in the middle of a call; tells why it has."""
        self.killed += 1
        process.close()
        return self._stopped(taken, limit, cancel)

    def _settle(self, home: Nursery, process: Process, outcome: Any) -> Any:
        """Take over the file of a process that has filled it; keep the process otherwise."""
        written = getattr(outcome, "body", None)
        if isinstance(written, Written):
            spooled = Spooled(written.size, os.dup(process.file))
            process.close()
            return outcome.with_body(spooled)
        home.give_back(process)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _stopped(self, taken: float, limit: float, cancel: Cancel) -> QueryStopped:
        if cancel.is_set:
            return QueryStopped("the query was cancelled")
        if taken >= limit:
            return QueryStopped(f"the query was ended after {limit:g} seconds")
        size = self._limits.megabytes
        return QueryStopped(f"the query process ended early; a query may take {size} MiB")
