"""What RDF files said at an earlier revision, as git has kept it. Nothing is fetched."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from iisgraph.errors import SourceError
from iisgraph.formats import GRAPHS, by_suffix
from iisgraph.read import File


def last_tag(folder: Path) -> str | None:
    """The nearest tag behind what is checked out; None without git, tags or a repository."""
    try:
        told = _git(folder, "describe", "--tags", "--abbrev=0")
    except SourceError:
        return None
    return told.decode().strip() or None


def files_at(revision: str, paths: Iterable[Path]) -> list[File]:
    """The RDF files that stood at paths in a revision.

    Raises:
        SourceError: if there is no git, no repository, or no such revision.
    """
    if revision.startswith("-"):  # git would take it for an option
        raise SourceError(f"{revision} is no revision", Path())
    found = []
    for path in paths:
        folder, below = (path, ".") if path.is_dir() else (path.parent, path.name)
        listed = _git(folder, "ls-tree", "-r", "--name-only", "-z", revision, "--", below)
        for name in filter(None, listed.decode().split("\0")):
            if by_suffix(Path(name).suffix, GRAPHS):
                content = _git(folder, "show", f"{revision}:./{name}")
                found.append(File.holding(folder / name, content))
    return found


def _git(folder: Path, command: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and what is typed is never an option
            ["git", "-C", str(folder), command, *arguments],  # noqa: S607 - the git of the path
            capture_output=True,
            check=False,
            env=os.environ | {"GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"},
        )
    except OSError as error:
        raise SourceError(f"git cannot be run: {error.strerror}", folder) from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
        raise SourceError(told[-1].removeprefix("fatal: "), folder)
    return done.stdout
