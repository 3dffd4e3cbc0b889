"""What a check has read and found, kept for as long as the files are the same."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from iisgraph.errors import QueryError
from iisgraph.gate.findings import Finding
from iisgraph.gate.ontology import Wishes, lint_findings
from iisgraph.gate.steps import file_findings
from iisgraph.gate.terms import Vocabulary, own_terms, pinned, unknown_in_query, unknown_terms
from iisgraph.read import Content, File, read_text
from iisgraph.snapshot import Snapshot
from iisgraph.sparql import iris_of
from iisgraph.vocab import IIS

Stamp: TypeAlias = tuple[int, int]


class Kept:
    """The files of a content, and what each shows by itself."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._files: dict[Path, tuple[Stamp | None, File]] = {}
        self._of_file: dict[Path, _OfFile] = {}
        self._of_query: dict[Path, _OfQuery] = {}
        self._known: Vocabulary = {}
        self._ontology: tuple[list[File], list[Finding]] = ([], [])

    def files(self) -> list[File]:
        """The files as they are now; those that say what they said are the same objects."""
        found: dict[Path, tuple[Stamp | None, File]] = {}
        for file in self._content.rdf:
            stamp = _stamp(file.path)
            known = self._files.get(file.path)
            if known and stamp and known[0] == stamp:
                found[file.path] = known
            else:
                is_same = known and known[1].content == file.content
                found[file.path] = (stamp, known[1] if known and is_same else file)
        self._files = found
        return [file for _, file in found.values()]

    def vocabulary(self, files: Iterable[File]) -> Vocabulary:
        """The known terms; the same object as long as they are the same."""
        own = frozenset(name for file in files for name in self._entry(file).terms)
        known = {**pinned(self._content), IIS: own}
        if known != self._known:
            self._known = known
        return self._known

    def of_files(self, files: Collection[File], known: Vocabulary) -> Iterator[Finding]:
        """What each file shows by itself."""
        self._of_file = {file.path: self._entry(file) for file in files}
        for entry in self._of_file.values():
            yield from entry.findings(known)

    def of_queries(
        self, known: Vocabulary, snapshot: Snapshot, touched: Collection[str] | None
    ) -> Iterator[Finding]:
        """Unknown terms in queries; `touched` are the IRIs of which more or less is said now."""
        paths = self._content.queries
        self._of_query = {path: self._of_query.get(path) or _OfQuery(path) for path in paths}
        for entry in self._of_query.values():
            yield from entry.findings(known, snapshot, touched)

    def of_ontology(self, files: list[File]) -> list[Finding]:
        """What the ontology shows by itself."""
        if not _are_same(self._ontology[0], files):
            self._ontology = (files, list(lint_findings(files, Wishes())))
        return self._ontology[1]

    def _entry(self, file: File) -> "_OfFile":
        known = self._of_file.get(file.path)
        if known is None or known.file is not file:
            known = self._of_file[file.path] = _OfFile(file)
        return known


class _OfFile:
    """A file, its terms, and its findings."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.terms = frozenset(own_terms(file))
        self._known: Vocabulary | None = None
        self._own: list[Finding] | None = None
        self._unknown: list[Finding] = []

    def findings(self, known: Vocabulary) -> Iterator[Finding]:
        if self._own is None:
            self._own = list(file_findings(self.file))
        if self._known is not known:
            self._known, self._unknown = known, list(unknown_terms(self.file, known))
        yield from self._own
        yield from self._unknown


class _OfQuery:
    """A query, and its findings."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text: str | None = None
        self._iris: frozenset[str] | None = None
        self._known: Vocabulary | None = None
        self._found: list[Finding] = []

    def findings(
        self, known: Vocabulary, snapshot: Snapshot, touched: Collection[str] | None
    ) -> list[Finding]:
        text = read_text(self._path)
        is_touched = touched is None or self._iris is None or not self._iris.isdisjoint(touched)
        if text != self._text or known is not self._known or is_touched:
            self._text, self._known, self._iris = text, known, _iris(text)
            self._found = list(unknown_in_query(self._path, known, snapshot))
        return self._found


def _are_same(some: list[File], others: list[File]) -> bool:
    """Whether these are the very same files, and not others at the same places."""
    return list(map(id, some)) == list(map(id, others))


def _iris(text: str) -> frozenset[str] | None:
    try:
        return frozenset(iris_of(text))
    except QueryError:
        return None


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
