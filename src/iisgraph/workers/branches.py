"""The side that asks: holds on nurseries and on the processes that they fork."""

import os
import queue
import signal
import socket
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final

from iisgraph.errors import QueryStopped
from iisgraph.workers.nursery import BRANCH, FORK, receive, send

_MOST_VIEWS: Final = 32
"""Views that are kept, however small they are."""


@dataclass
class Process:
    """A process that takes calls: the line to it, a hold on it, and its file."""

    line: Connection
    hold: int
    file: int = field(default=-1)

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError, OSError):
            signal.pidfd_send_signal(self.hold, signal.SIGKILL)

    def close(self) -> None:
        """End it and let go of it."""
        self.kill()
        self.line.close()
        for handle in (self.hold, self.file):
            if handle >= 0:
                os.close(handle)
        self.hold = self.file = -1


class Nursery:
    """A nursery to fork processes from; one that makes a view may not be ready yet."""

    def __init__(self, control: socket.socket, hold: int = -1) -> None:
        self._control = control
        self._hold = hold
        self._lock = threading.Lock()
        self._idle: queue.LifoQueue[Process] = queue.LifoQueue()
        self._making = threading.Lock()
        self.users = 0
        self.size: int | None = None

    def take(self) -> Process:
        """A process to call.

        Raises:
            QueryStopped: if none can be had.
        """
        idle = self.idle()
        if idle:
            return idle
        line, hold, file = self._order(FORK, 3)
        return Process(Connection(line), hold, file)

    def idle(self) -> Process | None:
        """A process that waits for a call, if there is one."""
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return None

    def give_back(self, process: Process) -> None:
        """Keep a process for the next call."""
        self._idle.put(process)

    def branch(self, view: Hashable) -> "Nursery":
        """A nursery that begins to make a view."""
        control, hold = self._order(BRANCH, 2, view)
        line = socket.socket(fileno=control)
        line.sendall(b"g")
        return Nursery(line, hold)

    def ready(self, seconds: float) -> None:
        """Wait until the view is made, so many seconds at most.

        Raises:
            TimeoutError: if it takes longer; it goes on being made.
            EOFError: if it was ended: it took too much time or memory.
            IisgraphError: why there is no such view.
        """
        if not self._making.acquire(timeout=seconds):
            raise TimeoutError
        try:
            if self.size is None:
                self._control.settimeout(seconds)
                outcome = receive(self._control)
                if isinstance(outcome, BaseException):
                    raise outcome
                self.size = outcome
        finally:
            self._control.settimeout(None)
            self._making.release()

    def close(self) -> None:
        """End the nursery and its processes."""
        with suppress(OSError):  # closing alone is not heard of where a later fork holds a copy
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        if self._hold >= 0:
            with suppress(ProcessLookupError, OSError):
                signal.pidfd_send_signal(self._hold, signal.SIGKILL)
            os.close(self._hold)
            self._hold = -1
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _order(self, command: bytes, handles: int, view: Hashable = None) -> list[int]:
        found: list[int] = []
        with self._lock, suppress(OSError):
            self._control.sendall(command)
            if command == BRANCH:
                send(self._control, view)
            found = socket.recv_fds(self._control, 1, handles)[1]
        if len(found) < handles:
            raise QueryStopped("no query process can be started")
        return found


class Branches:
    """The nurseries of views: each made once, and kept while there is room for all.

    Of those that nobody uses, the least recently used one goes first.
    """

    def __init__(self, root: Nursery, megabytes: int) -> None:
        self._root = root
        self._most = megabytes * 2**20
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Nursery] = OrderedDict()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes that they take."""
        with self._lock:
            return sum(each.size or 0 for each in self._kept.values())

    @contextmanager
    def at(self, view: Hashable, seconds: float) -> Iterator[Nursery]:
        """The nursery of a view, which is not given up while it is in use.

        Raises:
            QueryStopped: if it is not ready in so many seconds, or could not be made.
            IisgraphError: why there is no such view.
        """
        with self._lock:
            nursery = self._kept.get(view) or self._begin(view)
            self._kept[view] = nursery
            self._kept.move_to_end(view)
            nursery.users += 1
        try:
            self._prepare(view, nursery, seconds)
            yield nursery
        finally:
            with self._lock:
                nursery.users -= 1

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            while self._kept:
                self._kept.popitem()[1].close()

    def _begin(self, view: Hashable) -> Nursery:
        """Begin to make a view; those that are being made and nobody waits for are given up."""
        for other, each in list(self._kept.items()):
            if each.size is None and not each.users:
                del self._kept[other]
                each.close()
        return self._root.branch(view)

    def _prepare(self, view: Hashable, nursery: Nursery, seconds: float) -> None:
        try:
            nursery.ready(seconds)
        except TimeoutError:
            raise QueryStopped("the graph is still being made as it was; try again") from None
        except (EOFError, OSError):
            self._forget(view, nursery)
            size = self._most >> 20
            raise QueryStopped(f"the graph as it was takes more than {size} MiB") from None
        except BaseException:
            self._forget(view, nursery)
            raise
        self._make_room()

    def _forget(self, view: Hashable, nursery: Nursery) -> None:
        with self._lock:
            if self._kept.get(view) is nursery:
                del self._kept[view]
                nursery.close()

    def _make_room(self) -> None:
        """Give up views that are not in use, the least recently used first."""
        with self._lock:
            for view, each in list(self._kept.items()):
                size = sum(kept.size or 0 for kept in self._kept.values())
                if size <= self._most and len(self._kept) <= _MOST_VIEWS:
                    return
                if not each.users:
                    del self._kept[view]
                    each.close()
