"""Whose turn it is: a bounded queue that is fair to clients and not to requests.

Places are given in rotation among the clients that wait, so that one who sends a
hundred queries waits for ninety-nine of them, and nobody else does.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from iisgraph.errors import QueryStopped


class Cancel:
    """Lets whoever waits for an answer say that nobody waits any more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._action: Callable[[], None] | None = None
        self.is_set = False

    def set(self) -> None:
        """Cancel: do at once what was asked for, or as soon as something is."""
        with self._lock:
            self.is_set = True
            action, self._action = self._action, None
        if action:
            action()

    def do(self, action: Callable[[], None] | None) -> None:
        """What to do on a cancellation from now on; None for nothing."""
        with self._lock:
            self._action = None if self.is_set else action
            now = self.is_set
        if now and action:
            action()


class Turns:
    """So many places, so many waiting for them; of one client at most half of those."""

    def __init__(self, places: int, waiting: int) -> None:
        self._free = places
        self._most = waiting
        self._lock = threading.Lock()
        self._queues: OrderedDict[str, deque[threading.Event]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        with self._lock:
            return self._length()

    @contextmanager
    def turn(self, client: str, seconds: float, cancel: Cancel) -> Iterator[None]:
        """Hold a place, waiting for it at most so many seconds.

        Raises:
            QueryStopped: if the queue is full, or no place came free in time.
        """
        if not self.take():
            self._wait(client, seconds, cancel)
        try:
            yield
        finally:
            self.give()

    def take(self) -> bool:
        """Take a place if one is free and nobody waits; whoever takes it gives it back."""
        with self._lock:
            is_free = self._free > 0 and not self._queues
            self._free -= is_free
            return is_free

    def give(self) -> None:
        """Give a place back."""
        with self._lock:
            self._pass_on()

    def _wait(self, client: str, seconds: float, cancel: Cancel) -> None:
        with self._lock:
            if self._free and not self._queues:
                self._free -= 1
                return
            queue = self._queues.get(client, ())
            if self._length() >= self._most or len(queue) >= max(1, self._most // 2):
                raise QueryStopped("too many queries are waiting; try again in a moment")
            called = threading.Event()
            self._queues.setdefault(client, deque()).append(called)
        cancel.do(called.set)
        until = time.monotonic() + seconds
        called.wait(until - time.monotonic())
        cancel.do(None)
        with self._lock:
            if self._withdraw(client, called):  # nobody has given it a place
                word = "was cancelled" if cancel.is_set else "found no free process in time"
                raise QueryStopped(f"the query {word}; try again in a moment")

    def _withdraw(self, client: str, called: threading.Event) -> bool:
        queue = self._queues.get(client, ())
        if called not in queue:
            return False
        self._queues[client].remove(called)
        if not self._queues[client]:
            del self._queues[client]
        return True

    def _pass_on(self) -> None:
        """Give the place that has come free to the next client in rotation."""
        if not self._queues:
            self._free += 1
            return
        client, queue = self._queues.popitem(last=False)
        called = queue.popleft()
        if queue:
            self._queues[client] = queue
        called.set()

    def _length(self) -> int:
        return sum(len(queue) for queue in self._queues.values())
