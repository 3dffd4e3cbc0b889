"""The side that evaluates: a nursery, the processes it forks, and nurseries of its own.

A nursery holds what its processes share. One more may be forked from it for a view,
something that is made from what it holds: made once, and shared by the processes
that are forked from that nursery in turn.
"""

import ctypes
import gc
import os
import pickle
import resource
import signal
import socket
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, TypeAlias

from iisgraph.errors import IisgraphError
from iisgraph.spool import IN_MESSAGE, Spool

FORK: Final = b"f"
BRANCH: Final = b"b"
"""What a nursery is told: fork a process, or a nursery for the view that follows."""

_HANDLES: Final = 64
_PR_SET_PDEATHSIG: Final = 1
_PREPARATION: Final = 120.0
"""Seconds that a view may take to be made."""

Evaluate: TypeAlias = Callable[..., Any]
Views: TypeAlias = Callable[[Any], Evaluate]
"""Makes the function that evaluates on a view."""


@dataclass(frozen=True)
class Limits:
    """What one call may take, how many run at the same time, and how many may wait."""

    processes: int
    seconds: float
    megabytes: int
    queue_seconds: float
    queue_length: int = 64
    answer_megabytes: int = 64
    view_megabytes: int = 512
    is_outward: bool = False
    """Whether a call may open files and sockets while it is `reaching_out`."""


def run(
    control: socket.socket, evaluate: Evaluate, limits: Limits, views: Views | None = None
) -> None:
    """Do what arrives until the other side has gone; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()  # collecting what is shared would copy it
    while command := control.recv(1):
        if command == BRANCH and views:
            _fork_branch(control, limits, views, receive(control))
        else:
            _fork_process(control, evaluate, limits)
    os._exit(0)


def send(line: socket.socket, message: Any) -> None:
    """Send a message to a nursery, or from one, with its length before it."""
    body = pickle.dumps(message)
    line.sendall(struct.pack("!I", len(body)) + body)


def receive(line: socket.socket) -> Any:
    """The next message.

    Raises:
        EOFError: if the other side has gone.
        TimeoutError: if it has said nothing in the time that the socket has.
    """
    (length,) = struct.unpack("!I", _exactly(line, 4))
    return pickle.loads(_exactly(line, length))  # noqa: S301 - from a process of our own


def _exactly(line: socket.socket, size: int) -> bytes:
    found = line.recv(size, socket.MSG_WAITALL)
    if len(found) < size:
        raise EOFError
    return found


def _fork_process(control: socket.socket, evaluate: Evaluate, limits: Limits) -> None:
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
        socket.send_fds(control, [FORK], [ours.fileno(), hold, file.fileno()])
        os.close(hold)
    ours.close()
    theirs.close()


def _fork_branch(control: socket.socket, limits: Limits, views: Views, view: Any) -> None:
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            control.close()
            ours.close()
            _run_branch(theirs, limits, views, view)
        finally:
            os._exit(1)
    hold = os.pidfd_open(child)  # it is there: it waits for a first word
    socket.send_fds(control, [BRANCH], [ours.fileno(), hold])
    os.close(hold)
    ours.close()
    theirs.close()


def _run_branch(control: socket.socket, limits: Limits, views: Views, view: Any) -> None:
    """Make a view, tell how much memory it takes or why there is none, and be its nursery."""
    _die_with_parent()
    control.recv(1)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, _PREPARATION)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (_size() + limits.view_megabytes * 2**20, hard))
    gc.disable()
    evaluate = _outcome(views, view)
    gc.enable()
    if isinstance(evaluate, BaseException):
        send(control, evaluate)
        os._exit(0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    send(control, _own_memory())
    run(control, evaluate, limits)


def _run_process(line: Connection, evaluate: Evaluate, limits: Limits, file: Any) -> None:
    """Answer calls until the other side has gone, or the kernel ends this process."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _die_with_parent()
    _bound_memory(limits.megabytes)
    most = limits.answer_megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_FSIZE, (most + IN_MESSAGE,) * 2)
    _forbid_files_and_sockets(for_good=not limits.is_outward)
    spool = Spool(file, most)
    while True:
        try:
            seconds, arguments = line.recv()
        except EOFError:
            os._exit(0)
        spool.begin()
        signal.setitimer(signal.ITIMER_REAL, seconds)
        outcome = _outcome(evaluate, spool, *arguments)
        signal.setitimer(signal.ITIMER_REAL, 0)
        line.send(outcome)


def _outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns, or the error that it raises."""
    try:
        return function(*arguments)
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


def _forbid_files_and_sockets(*, for_good: bool) -> None:
    """Let this process open nothing more: whatever a query asks, the kernel says no."""
    most = 0 if for_good else _HANDLES
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))


@contextmanager
def reaching_out() -> Iterator[None]:
    """Let this process open files and sockets for a while, if its limits are outward."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))


def _bound_memory(megabytes: int) -> None:
    """Let this process take so much more address space than it was born with."""
    resource.setrlimit(resource.RLIMIT_AS, (_size() + megabytes * 2**20,) * 2)


def _size() -> int:
    """Bytes of address space that this process has."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _own_memory() -> int:
    """Bytes that this process has written itself, and shares with no parent."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    (kibibytes,) = [line.split()[1] for line in lines if line.startswith("Private_Dirty:")]
    return int(kibibytes) * 1024
