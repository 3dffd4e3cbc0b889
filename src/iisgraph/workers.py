"""Processes that evaluate queries and can be ended in the middle of one.

The engine cannot cancel a query, so each runs in a process of its own: forked
from a nursery, a single-threaded process that holds the snapshot (memory shared
copy-on-write), and ended by the kernel itself at the query's deadline. What
cannot be done in a thread is thus never asked of one.
"""

import os
import queue
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from iisgraph.errors import IisgraphError, QueryStopped

_GRACE: Final = 0.15
"""Seconds after its deadline at which a process is given up that the kernel should have ended."""

Evaluate = Callable[..., Any]


@dataclass(frozen=True)
class Limits:
    """What one call may take, and how many run at the same time."""

    processes: int
    seconds: float
    megabytes: int
    queue_seconds: float


class Pool:
    """Calls a function in other processes, under limits.

    Create it before the program starts any thread: it forks.
    """

    def __init__(self, evaluate: Evaluate, limits: Limits) -> None:
        self._limits = limits
        self._turns = threading.BoundedSemaphore(limits.processes)
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._nursery, theirs = socket.socketpair()
        self._child = os.fork()
        if self._child == 0:
            try:
                self._nursery.close()
                _run_nursery(theirs, evaluate, limits)
            finally:  # whatever happens, this copy of the program goes no further
                os._exit(1)
        theirs.close()

    def call(self, *arguments: Any, seconds: float | None = None) -> Any:
        """What `evaluate(*arguments)` returns; `seconds` can only lower the limit.

        Raises:
            QueryStopped: at the deadline, on a memory overrun, or if no turn came in time.
            IisgraphError: whatever the function raised.
        """
        limit = min(seconds or self._limits.seconds, self._limits.seconds)
        if not self._turns.acquire(timeout=self._limits.queue_seconds):
            raise QueryStopped("all query processes are busy; try again in a moment")
        try:
            return self._call(limit, arguments)
        finally:
            self._turns.release()

    def close(self) -> None:
        """End the nursery and its processes."""
        self._nursery.close()
        while not self._idle.empty():
            self._idle.get_nowait().close()
        with suppress(ChildProcessError):  # the server has waited for it
            os.waitpid(self._child, 0)

    def _call(self, limit: float, arguments: tuple[Any, ...]) -> Any:
        process = self._take()
        started = time.monotonic()
        try:
            process.send((limit, arguments))
            if not process.poll(limit + _GRACE):
                raise EOFError
            outcome = process.recv()
        except (EOFError, OSError):
            process.close()
            raise self._stopped(time.monotonic() - started, limit) from None
        self._idle.put(process)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _take(self) -> Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._fork()

    def _fork(self) -> Connection:
        handles: list[int] = []
        with self._lock, suppress(OSError):
            self._nursery.sendall(b"f")
            handles = socket.recv_fds(self._nursery, 1, 1)[1]
        if not handles:
            raise QueryStopped("no query process can be started")
        return Connection(handles[0])

    def _stopped(self, taken: float, limit: float) -> QueryStopped:
        if taken >= limit:
            return QueryStopped(f"the query was ended after {limit:g} seconds")
        size = self._limits.megabytes
        return QueryStopped(f"the query process ended early; a query may take {size} MiB")


def _run_nursery(control: socket.socket, evaluate: Evaluate, limits: Limits) -> None:
    """Fork a process for each byte that arrives; leave when the other side has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while control.recv(1):
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            try:
                control.close()
                ours.close()
                _run_process(Connection(theirs.detach()), evaluate, limits)
            finally:
                os._exit(1)
        socket.send_fds(control, [b"f"], [ours.fileno()])
        ours.close()
        theirs.close()
    os._exit(0)


def _run_process(connection: Connection, evaluate: Evaluate, limits: Limits) -> None:
    """Answer calls until the other side has gone, or the kernel ends this process."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _bound_memory(limits.megabytes)
    _forbid_files_and_sockets()
    while True:
        try:
            seconds, arguments = connection.recv()
        except EOFError:
            os._exit(0)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        outcome = _outcome(evaluate, arguments)
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send(outcome)


def _outcome(evaluate: Evaluate, arguments: tuple[Any, ...]) -> Any:
    try:
        return evaluate(*arguments)
    except IisgraphError as error:
        return error
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - a bug travels to the server, which logs it
        return RuntimeError(f"{type(error).__name__}: {error}")


def _forbid_files_and_sockets() -> None:
    """Let this process open nothing more: whatever a query asks, the kernel says no."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _bound_memory(megabytes: int) -> None:
    """Let this process take so much more address space than it was born with."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    size = int(pages) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + megabytes * 2**20,) * 2)
