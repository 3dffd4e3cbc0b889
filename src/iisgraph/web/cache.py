"""Answers kept as ready bytes, the least recently used given up first, bounded by bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

_OVERHEAD: Final = 1_000
"""Bytes that an entry is taken to cost besides its body."""


@dataclass(frozen=True)
class Entry:
    """A whole response: status, headers as they go out, body as it goes out."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    etag: str


class Cache:
    """Keeps entries up to so many bytes in all; one may take an eighth of that."""

    def __init__(self, megabytes: int) -> None:
        self._most = megabytes * 2**20
        self._size = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()

    def __len__(self) -> int:
        """How many entries it keeps."""
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes in use."""
        return self._size

    def get(self, key: Hashable) -> Entry | None:
        """The entry of a key, or None."""
        entry = self._entries.get(key)
        if entry is not None:
            with self._lock:
                if key in self._entries:
                    self._entries.move_to_end(key)
        return entry

    def put(self, key: Hashable, entry: Entry) -> None:
        """Keep an entry, if it is not too large."""
        cost = len(entry.body) + _OVERHEAD
        if cost > self._most // 8:
            return
        with self._lock:
            old = self._entries.pop(key, None)
            self._size += cost - (len(old.body) + _OVERHEAD if old else 0)
            self._entries[key] = entry
            while self._size > self._most:
                _, gone = self._entries.popitem(last=False)
                self._size -= len(gone.body) + _OVERHEAD

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._entries.clear()
            self._size = 0
