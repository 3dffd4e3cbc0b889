"""Old releases from their archives: what `iisgraph export` wrote, or content folders.

A dump says in its first lines which release it is and what the rest must hash to; the
release of a content folder is computed from its files. Neither is believed unread.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iisgraph import read, snapshot
from iisgraph.errors import SourceError
from iisgraph.read import Content, File
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import GRAPH

DUMPS: Final = (".trig", ".nq")
"""Suffixes of files that hold a release whole, and may have a comment at their head."""

_HEAD: Final = re.compile(
    rb"# iisgraph release (?P<release>[0-9a-f]{64})\n"
    rb"# SHA-256 of the lines below (?P<digest>[0-9a-f]{64})\n"
)
_LONGEST_HEAD: Final = 200


def head(release: str, body: bytes) -> bytes:
    """The first lines of a dump of a release."""
    digest = hashlib.sha256(body).hexdigest()
    return f"# iisgraph release {release}\n# SHA-256 of the lines below {digest}\n".encode()


@dataclass(frozen=True)
class Archive:
    """An old release, and where it is."""

    path: Path
    release: str

    @property
    def has_rules(self) -> bool:
        """Whether it can be seen as of another day, for which rules must be applied anew."""
        return self.path.is_dir()

    def load(self) -> Snapshot:
        """Its snapshot.

        Raises:
            SourceError: if it cannot be read, or is no longer that release.
        """
        content = _content(self.path)
        found = snapshot.of_content(content) if content else self._dumped()
        if found.release != self.release:
            raise SourceError(f"is no longer release {self.release}", self.path)
        return found

    def _dumped(self) -> Snapshot:
        file = File(self.path, GRAPH + "default")
        match = _HEAD.match(file.content)
        if match is None:
            raise SourceError("has lost its first lines", self.path)
        body = memoryview(file.content)[match.end() :]
        if hashlib.sha256(body).hexdigest() != match["digest"].decode():
            raise SourceError("was changed since it was exported; export it again", self.path)
        return snapshot.of_dump(file.quads, match["release"].decode())


def find(paths: Iterable[str]) -> Mapping[str, Archive]:
    """The archives at these paths by release; none of them is loaded.

    Raises:
        SourceError: if one is no archive.
    """
    found = (at(Path(path)) for path in paths)
    return {archive.release: archive for archive in found}


def is_dump(path: Path) -> bool:
    """Whether a file says of itself that it is a release written out whole."""
    return path.suffix in DUMPS and path.is_file() and _HEAD.match(_first(path)) is not None


def at(path: Path) -> Archive:
    """The archive at a path, not loaded.

    Raises:
        SourceError: if it is none.
    """
    content = _content(path)
    if content:
        return Archive(path, snapshot.release_of(content))
    if not path.exists():
        raise SourceError("no such file or folder", path)
    if path.is_dir() or path.suffix not in DUMPS:
        expected = "expected a content folder, or a .trig or .nq file of `iisgraph export`"
        raise SourceError(f"is no archive; {expected}", path)
    match = _HEAD.match(_first(path))
    if match is None:
        how = "write it anew by `iisgraph export` from its content folder, or name the folder"
        raise SourceError(f"does not say in its first lines which release it is; {how}", path)
    return Archive(path, match["release"].decode())


def _content(path: Path) -> Content | None:
    return read.content_at(path) if path.is_dir() else None


def _first(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_HEAD)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path) from None
