"""Files to quads. The only module that opens RDF files.

A file becomes one named graph; a file that has named graphs of its own keeps
them. Knows nothing of stores.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import quote

from iisgraph import engine
from iisgraph.engine import Parsed, Quad
from iisgraph.errors import SourceError
from iisgraph.formats import GRAPHS, by_suffix
from iisgraph.vocab import BASE, GRAPH

_NO_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`%?#]')


@dataclass(frozen=True)
class Content:
    """A folder with `ontology/`, `data/` and `queries/`, each of which may be missing."""

    root: Path

    @property
    def rdf(self) -> list["File"]:
        """All RDF files of ontology and data, sorted by path."""
        return [*files(self.root / "ontology"), *files(self.root / "data")]

    @property
    def ontology(self) -> list["File"]:
        """The files that declare its terms, sorted by path."""
        folder = self.root / "ontology"
        return [file for file in self.rdf if file.path.parent == folder]

    @property
    def shapes(self) -> list["File"]:
        """The files of the shapes, sorted by path."""
        folder = self.root / "ontology/shapes"
        return [file for file in self.rdf if file.path.is_relative_to(folder)]

    @property
    def queries(self) -> list[Path]:
        """All SPARQL files: rules, house rules and saved questions, sorted by path."""
        folders = ("ontology/rules", "ontology/checks", "queries")
        return [path for folder in folders for path in sorted((self.root / folder).glob("*.rq"))]

    def texts(self, folder: str) -> dict[str, str]:
        """The `.rq` files of a folder, by name without suffix, in order of name."""
        paths = sorted((self.root / folder).glob("*.rq"))
        return {path.stem: read_text(path) for path in paths}


@dataclass(frozen=True)
class File:
    """One RDF file: where it is, the named graph that it becomes, and its base IRI."""

    path: Path
    graph: str
    base: str = BASE

    @classmethod
    def holding(
        cls, path: Path, content: bytes, base: str = BASE, graph: str | None = None
    ) -> "File":
        """A file that is not on the disk, or was not so: its path only tells its format."""
        made = cls(path, graph or graph_name(Path(path.name)), base)
        made.__dict__["content"] = content
        return made

    @cached_property
    def content(self) -> bytes:
        """The bytes of the file.

        Raises:
            SourceError: if it cannot be read.
        """
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror}", self.path) from None

    @cached_property
    def parsed(self) -> Parsed:
        """Its quads and prefixes, terms exactly as written.

        Raises:
            SourceError: with line and column, if it is not well formed.
        """
        rdf_format = by_suffix(self.path.suffix, GRAPHS)
        if rdf_format is None:
            known = ", ".join(f.suffix for f in GRAPHS)
            raise SourceError(f"is not RDF by its name; known are {known}", self.path)
        try:
            return engine.parse(self.content, rdf_format.media_type, self.graph, self.base)
        except SyntaxError as error:
            message = str(error).split(": ", 1)[-1].rsplit(" (line ", 1)[0]
            if "LoadDocumentCallback" in message:
                message = "loads its context from elsewhere, and nothing is fetched; write it here"
            raise SourceError(message, self.path, error.lineno, error.offset) from None

    @property
    def quads(self) -> Iterable[Quad]:
        """The quads of the file."""
        return self.parsed.quads

    def forget(self) -> None:
        """Let go what was read; it is read anew when it is asked for."""
        for name in ("content", "parsed"):
            self.__dict__.pop(name, None)


def quads_of(files: Iterable[File]) -> Iterator[Quad]:
    """The quads of files, one file after the other."""
    return (quad for file in files for quad in file.quads)


def content_at(path: Path) -> Content | None:
    """The content in a folder that is laid out as one, or None."""
    parts = ("ontology", "data")
    return Content(path) if any((path / part).is_dir() for part in parts) else None


def default_content() -> Content:
    """The content in the installed package, or in the checkout that the code runs from."""
    packaged = Path(__file__).parent / "content"
    return Content(packaged if packaged.is_dir() else Path(__file__).parents[2])


def files(path: Path) -> list[File]:
    """The RDF files at a path: itself, or all below a folder, sorted; none if it is missing."""
    if not path.is_dir():
        return [File(path, graph_name(Path(path.name)))] if path.exists() else []
    return [
        File(each, graph_name(each.relative_to(path.parent)))
        for each in sorted(path.rglob("*"))
        if by_suffix(each.suffix, GRAPHS) and each.is_file()
    ]


def named(paths: Iterable[Path], content: Content | None = None) -> Iterator[File]:
    """The RDF files at paths that a user typed; those of a content keep their graph.

    Raises:
        SourceError: if a path does not exist, or a folder holds no RDF file.
    """
    graphs = {file.path.resolve(): file.graph for file in content.rdf} if content else {}
    for path in paths:
        if not path.exists():
            raise SourceError("no such file or folder", path)
        found = files(path)
        if not found:
            raise SourceError("this folder holds no RDF file", path)
        for file in found:
            yield File(file.path, graphs.get(file.path.resolve(), file.graph))


def foreign(paths: Iterable[Path], start: Path) -> list[File]:
    """The RDF files at paths of a repository that is not laid out as ours, each once.

    Each is the graph of its own address, against which its relative IRIs are resolved:
    a `file:` IRI of its path as seen from `start`, so that it is the same on any machine.

    Raises:
        SourceError: if a path does not exist, or a folder holds no RDF file.
    """
    found: dict[Path, File] = {}
    for file in named(paths):
        whole = file.path.resolve()
        below = whole.relative_to(start) if whole.is_relative_to(start) else whole
        address = "file:///" + quote(below.as_posix().lstrip("/"))
        found.setdefault(whole, File(file.path, address, address))
    return list(found.values())


def graph_name(relative: Path) -> str:
    """The graph IRI of a file, from its path below the content root.

    `data/records/<kind>/<id>.ttl` becomes `graph/<id>`, any other file the path
    without `data/` and suffix: `graph/reference/places`, `graph/ontology/iis`. What
    no IRI may hold is percent-encoded.
    """
    parts = relative.with_suffix("").parts
    if "records" in parts:
        parts = parts[-1:]
    elif parts[0] == "data" and len(parts) > 1:
        parts = parts[1:]
    return GRAPH + _NO_IRI.sub(lambda found: quote(found[0], safe=""), "/".join(parts))


def read_text(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        SourceError: if it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path) from None
    except UnicodeDecodeError as error:
        raise SourceError(f"is not UTF-8 at byte {error.start}", path) from None
