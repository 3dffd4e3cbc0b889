"""When files are saved: seen by looking at them now and then, which works on every disk."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

Stamps = dict[str, tuple[int, int]]


def saves(roots: Sequence[Path], tick: float = 0.5) -> Iterator[None]:
    """One item each time that files at or below these paths have changed, come or gone.

    It comes when nothing has changed for one look more, `tick` seconds after the last.
    Never ends by itself.
    """
    seen = settled = _stamps(roots)
    while True:
        time.sleep(tick)
        now = _stamps(roots)
        if now == seen and now != settled:
            settled = now
            yield
        seen = now


def _stamps(roots: Sequence[Path]) -> Stamps:
    """When each file was changed last, and its size."""
    found: Stamps = {}
    for root in roots:
        for entry in _entries(str(root)):
            with suppress(OSError):  # it has gone meanwhile
                status = os.stat(entry)  # noqa: PTH116 - looked at many times a minute
                found[entry] = (status.st_mtime_ns, status.st_size)
    return found


def _entries(root: str) -> Iterator[str]:
    """The files at or below a path, but for those below hidden folders."""
    if not os.path.isdir(root):  # noqa: PTH112 - as above
        yield root
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if not name.startswith(".")]
        yield from (f"{folder}/{name}" for name in names)
