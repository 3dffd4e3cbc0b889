"""Processes that evaluate queries and can be ended in the middle of one.

The engine cannot cancel a query, so each runs in a process of its own: forked
from a nursery, a single-threaded process that holds the snapshot (memory shared
copy-on-write), and ended by the kernel itself at the query's deadline. What
cannot be done in a thread is thus never asked of one.

A process is born with one temporary file and may open nothing else: what is too
large for a message is written there, and handed over with it.
"""

import asyncio
import ctypes
import os
import queue
import resource
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from iisgraph.errors import IisgraphError, QueryStopped
from iisgraph.spool import IN_MESSAGE, Spool, Spooled, Written
from iisgraph.turns import Cancel, Turns

_GRACE: Final = 0.1
"""Seconds after its deadline at which a process is killed that the kernel should have ended."""

_PR_SET_PDEATHSIG: Final = 1

Evaluate = Callable[..., Any]


@dataclass(frozen=True)
class Limits:
    """What one call may take, how many run at the same time, and how many may wait."""

    processes: int
    seconds: float
    megabytes: int
    queue_seconds: float
    queue_length: int = 64
    answer_megabytes: int = 64


@dataclass
class _Process:
    """A process that takes calls: the line to it, a hold on it, and its file."""

    line: Connection
    hold: int
    file: int = field(default=-1)

    def kill(self) -> None:
        with suppress(ProcessLookupError, OSError):
            signal.pidfd_send_signal(self.hold, signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self.line.close()
        for handle in (self.hold, self.file):
            if handle >= 0:
                os.close(handle)
        self.hold = self.file = -1


class Pool:
    """Calls a function in other processes, under limits.

    The function is given a `Spool` first, and may return what that has taken.
    Create the pool before the program starts any thread: it forks.
    """

    def __init__(self, evaluate: Evaluate, limits: Limits) -> None:
        self._limits = limits
        self._turns = Turns(limits.processes, limits.queue_length)
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._lock = threading.Lock()
        self.killed = 0
        self._nursery, theirs = socket.socketpair()
        self._child = os.fork()
        if self._child == 0:
            try:
                self._nursery.close()
                _run_nursery(theirs, evaluate, limits)
            finally:  # whatever happens, this copy of the program goes no further
                os._exit(1)
        theirs.close()

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
    ) -> Any:
        """What `evaluate(spool, *arguments)` returns; `seconds` can only lower the limit.

        Raises:
            QueryStopped: at the deadline, on a memory overrun or a cancellation, or if
                no turn came in time.
            IisgraphError: whatever the function raised.
        """
        limit = min(seconds or self._limits.seconds, self._limits.seconds)
        cancel = cancel or Cancel()
        with self._turns.turn(client, self._limits.queue_seconds, cancel):
            return self._call(limit, arguments, cancel)

    def lane(self) -> "Lane | None":
        """A process that can take a call at once, for an event loop; None if none is idle.

        Whoever takes it asks it, once.
        """
        if not self._turns.take():
            return None
        try:
            process = self._idle.get_nowait()
        except queue.Empty:
            self._turns.give()
            return None
        return Lane(process, self._limits.seconds, self._settle, self._lost, self._turns.give)

    def close(self) -> None:
        """End the nursery and its processes."""
        with suppress(OSError):  # closing alone is not heard of where a later fork holds a copy
            self._nursery.shutdown(socket.SHUT_RDWR)
        self._nursery.close()
        while not self._idle.empty():
            self._idle.get_nowait().close()
        with suppress(ChildProcessError):  # the server has waited for it
            os.waitpid(self._child, 0)

    def _call(self, limit: float, arguments: tuple[Any, ...], cancel: Cancel) -> Any:
        process = self._take()
        started = time.monotonic()
        cancel.do(process.kill)
        try:
            process.line.send((limit, arguments))
            if not process.line.poll(limit + _GRACE):
                raise EOFError
            outcome = process.line.recv()
        except (EOFError, OSError):
            cancel.do(None)
            raise self._lost(process, time.monotonic() - started, limit, cancel) from None
        cancel.do(None)
        return self._settle(process, outcome)

    def _lost(self, process: _Process, taken: float, limit: float, cancel: Cancel) -> QueryStopped:
        """Bury a process that has ended in the middle of a call; tells why it has."""
        self.killed += 1
        process.close()
        return self._stopped(taken, limit, cancel)

    def _settle(self, process: _Process, outcome: Any) -> Any:
        """Take over the file of a process that has filled it; keep the process otherwise."""
        written = getattr(outcome, "body", None)
        if isinstance(written, Written):
            spooled = Spooled(written.size, os.dup(process.file))
            process.close()
            return outcome.with_body(spooled)
        self._idle.put(process)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _take(self) -> _Process:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._fork()

    def _fork(self) -> _Process:
        handles: list[int] = []
        with self._lock, suppress(OSError):
            self._nursery.sendall(b"f")
            handles = socket.recv_fds(self._nursery, 1, 3)[1]
        if len(handles) < 3:
            raise QueryStopped("no query process can be started")
        return _Process(Connection(handles[0]), handles[1], handles[2])

    def _stopped(self, taken: float, limit: float, cancel: Cancel) -> QueryStopped:
        if cancel.is_set:
            return QueryStopped("the query was cancelled")
        if taken >= limit:
            return QueryStopped(f"the query was ended after {limit:g} seconds")
        size = self._limits.megabytes
        return QueryStopped(f"the query process ended early; a query may take {size} MiB")


class Lane:
    """A process taken for one call, which an event loop waits for without a thread."""

    def __init__(
        self,
        process: _Process,
        seconds: float,
        settle: Callable[[_Process, Any], Any],
        lost: Callable[[_Process, float, float, Cancel], QueryStopped],
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
        overdue = loop.call_later(self._seconds + _GRACE, self._process.kill)

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


def _run_nursery(control: socket.socket, evaluate: Evaluate, limits: Limits) -> None:
    """Fork a process for each byte that arrives; leave when the other side has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while control.recv(1):
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile(buffering=0) as file:
            child = os.fork()
            if child == 0:
                try:
                    control.close()
                    ours.close()
                    _run_process(Connection(theirs.detach()), evaluate, limits, file)
                finally:
                    os._exit(1)
            hold = os.pidfd_open(child)
            socket.send_fds(control, [b"f"], [ours.fileno(), hold, file.fileno()])
            os.close(hold)
        ours.close()
        theirs.close()
    os._exit(0)


def _run_process(line: Connection, evaluate: Evaluate, limits: Limits, file: Any) -> None:
    """Answer calls until the other side has gone, or the kernel ends this process."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _die_with_parent()
    _bound_memory(limits.megabytes)
    most = limits.answer_megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_FSIZE, (most + IN_MESSAGE,) * 2)
    _forbid_files_and_sockets()
    spool = Spool(file, most)
    while True:
        try:
            seconds, arguments = line.recv()
        except EOFError:
            os._exit(0)
        spool.begin()
        signal.setitimer(signal.ITIMER_REAL, seconds)
        outcome = _outcome(evaluate, spool, arguments)
        signal.setitimer(signal.ITIMER_REAL, 0)
        line.send(outcome)


def _outcome(evaluate: Evaluate, spool: Spool, arguments: tuple[Any, ...]) -> Any:
    try:
        return evaluate(spool, *arguments)
    except IisgraphError as error:
        return error
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - a bug travels to the server, which logs it
        return RuntimeError(f"{type(error).__name__}: {error}")


def _die_with_parent() -> None:
    """Have the kernel end this process when the nursery ends (prctl(2), Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _forbid_files_and_sockets() -> None:
    """Let this process open nothing more: whatever a query asks, the kernel says no."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _bound_memory(megabytes: int) -> None:
    """Let this process take so much more address space than it was born with."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    size = int(pages) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + megabytes * 2**20,) * 2)
