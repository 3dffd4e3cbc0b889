"""When files are saved: seen by looking at them now and then, which works on every disk."""

import time
from collections.abc import Iterator, Sequence
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
    found = {}
    for root in roots:
        for path in (root, *root.rglob("*.*")):
            try:
                status = path.stat()
            except OSError:
                continue  # it has gone meanwhile
            if not path.is_dir():
                found[str(path)] = (status.st_mtime_ns, status.st_size)
    return found
