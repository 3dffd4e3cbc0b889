"""Where an answer is kept on its way from the process that made it: in memory or in a file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from iisgraph.errors import AnswerTooLarge

IN_MESSAGE: Final = 256 * 1024
"""Bytes up to which an answer is sent in a message."""

_CHUNK: Final = 512 * 1024


class Spool:
    """Where a process writes an answer: in memory, and from some size on in its file."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    def begin(self) -> None:
        """Forget what an earlier call has written."""
        self._parts, self._size = [], 0
        self._file.seek(0)
        self._file.truncate()

    def write(self, part: bytes) -> int:
        """Take a part of the answer.

        Raises:
            AnswerTooLarge: if the answer grows too large.
        """
        self._size += len(part)
        if self._size > self._most:
            raise AnswerTooLarge(f"the answer is larger than {self._most >> 20} MiB; add a LIMIT")
        self._parts.append(bytes(part))
        if self._size > IN_MESSAGE:
            self._file.write(b"".join(self._parts))
            self._parts.clear()
        return len(part)

    def flush(self) -> None:
        """Nothing is held back that `taken` would not give."""

    def taken(self) -> "bytes | Written":
        """The answer itself if it is small, else the size of the file."""
        if self._size <= IN_MESSAGE:
            return b"".join(self._parts)
        self._file.flush()
        return Written(self._size)


@dataclass(frozen=True)
class Written:
    """An answer of so many bytes that is in the file of the process that made it."""

    size: int


@dataclass
class Spooled:
    """An answer in a temporary file, which is gone when this is closed."""

    size: int
    handle: int

    def chunks(self) -> Iterator[bytes]:
        """The answer piece by piece; closes it in the end."""
        try:
            for at in range(0, self.size, _CHUNK):
                yield os.pread(self.handle, min(_CHUNK, self.size - at), at)
        finally:
            self.close()

    def close(self) -> None:
        """Let the file go."""
        handle, self.handle = self.handle, -1
        if handle >= 0:
            os.close(handle)
