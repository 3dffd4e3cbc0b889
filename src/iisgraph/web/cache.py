"""Answers kept as ready bytes, the least recently used given up first, bounded by bytes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

Headers: TypeAlias = list[tuple[str, str]]
Key: TypeAlias = bytes | tuple[str, ...]

_OVERHEAD: Final = 1_000
"""Bytes that an entry is taken to cost besides its key and its body."""

_OF_BODY: Final = {"content-type", "content-length", "content-encoding"}


@dataclass(frozen=True)
class Entry:
    """A whole response: status, headers as they go out, body as it goes out."""

    status: int
    headers: Headers
    body: bytes
    etag: str

    @cached_property
    def head(self) -> bytes:
        """Status line and header lines, without the empty line behind them (RFC 9112 §3)."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n"]
        lines += [f"{name.lower()}: {value}\r\n" for name, value in self.headers]
        return "".join(lines).encode("latin-1")

    @cached_property
    def unchanged(self) -> "Entry":
        """What is sent to whoever has it already (RFC 9110 §15.4.5)."""
        kept = [(n, v) for n, v in self.headers if n.lower() not in _OF_BODY]
        return Entry(304, kept, b"", self.etag)


class Kept(Protocol):
    """What a cache may hold: something with a body, which is what it costs."""

    @property
    def body(self) -> bytes:
        """The bytes that are kept ready."""
        ...


T = TypeVar("T", bound=Kept)


class Cache(Generic[T]):
    """Keeps entries up to so many bytes in all; one may take an eighth of that."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[Key, T] = OrderedDict()

    def __len__(self) -> int:
        """How many entries it keeps."""
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes in use."""
        return self._size

    def get(self, key: Key) -> T | None:
        """The entry of a key, or None."""
        entry = self._entries.get(key)
        if entry is not None:
            with self._lock:
                if key in self._entries:
                    self._entries.move_to_end(key)
        return entry

    def put(self, key: Key, entry: T) -> None:
        """Keep an entry, if it is not too large."""
        cost = _cost(key, entry)
        if cost > self._most // 8:
            return
        with self._lock:
            old = self._entries.pop(key, None)
            self._size += cost - (_cost(key, old) if old else 0)
            self._entries[key] = entry
            while self._size > self._most:
                self._size -= _cost(*self._entries.popitem(last=False))

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._entries.clear()
            self._size = 0


def _cost(key: Key, entry: Kept) -> int:
    length = len(key) if isinstance(key, bytes) else sum(map(len, key))
    return length + len(entry.body) + _OVERHEAD
