"""The edge to Python code: what `iisgraph.open` and `iisgraph.check` give."""

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from iisgraph import describe, gate, query, read, snapshot
from iisgraph.describe import Description
from iisgraph.engine import Answer
from iisgraph.gate import Finding, Repository
from iisgraph.read import Content, File
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE

if TYPE_CHECKING:
    from rdflib import Dataset, Graph

PathType: TypeAlias = str | PathLike[str]
Paths: TypeAlias = PathType | Iterable[PathType]
Source: TypeAlias = "PathType | Iterable[PathType] | Graph | None"


class KnowledgeGraph:
    """A read-only release of the graph, to be asked from Python."""

    def __init__(self, of: Snapshot) -> None:
        self.snapshot = of

    @property
    def release(self) -> str:
        """SHA-256 of all that was read, in hexadecimal."""
        return self.snapshot.release

    @property
    def graph(self) -> "Dataset":
        """The same statements as an rdflib Dataset; its default graph is the merge of all."""
        return self.snapshot.graph

    def __len__(self) -> int:
        """Number of distinct statements."""
        return len(self.snapshot)

    def query(self, sparql: str) -> Answer:
        """Ask in SPARQL 1.1; the prefixes of the house need no declaration.

        Raises:
            QueryError: if it is not SPARQL, with line and column.
            QueryRefused: if it would write, or reach outside.
        """
        return query.answer(self.snapshot, sparql)

    def describe(self, iri: str) -> Description:
        """What is said of a resource, and by which graphs; `id/state/RUS` will do.

        Raises:
            UnknownResource: if nothing is.
        """
        return describe.describe(self.snapshot, iri if ":" in iri else BASE + iri)


def open_graph(source: Source = None) -> KnowledgeGraph:
    """Open the packaged data, a folder, files, or an rdflib Graph or Dataset.

    A folder with `ontology/` or `data/` in it is read as a content folder, with
    its rules applied; other files are read as they are.

    Raises:
        SourceError: if something cannot be read or parsed.
    """
    return KnowledgeGraph(_snapshot(source))


def _snapshot(source: Source) -> Snapshot:
    if source is None:
        return snapshot.of_content(read.default_content())
    if isinstance(source, str | PathLike):
        return snapshot_at(Path(source))
    from rdflib import Graph

    if isinstance(source, Graph):
        return snapshot.of_rdflib(source)
    return snapshot.of_files(list(read.named(Path(each) for each in source)))


def snapshot_at(path: Path) -> Snapshot:
    """The snapshot of a content folder, another folder, or a file.

    Raises:
        SourceError: if it cannot be read or parsed.
    """
    content = read.content_at(path)
    return snapshot.of_content(content) if content else snapshot.of_files(list(read.named([path])))


def check(
    paths: Paths = (), *, shapes: Paths | None = None, checks: PathType | None = None
) -> list[Finding]:
    """Check what `iisgraph check` would, and give the findings, sorted by place.

    Raises:
        SourceError: if a path does not exist, or a house rule is broken.
        ShapesError: if the shapes cannot be judged by.
    """
    if shapes is None:
        return gate.check(*to_check(_listed(paths)))
    here = Path.cwd()
    repository = Repository(
        data=read.foreign(_listed(paths), here),
        shapes=read.foreign(_listed(shapes), here),
        rules=Path(checks) if checks else None,
    )
    return gate.check_repository(repository)


def to_check(paths: Sequence[Path]) -> tuple[Content, list[File]]:
    """The content to check, and the files of it or beside it that were asked for by name.

    Raises:
        SourceError: if a path does not exist, or a folder holds no RDF file.
    """
    content = read.default_content()
    if len(paths) == 1 and (other := read.content_at(paths[0])):
        return other, []
    return content, list(read.named(paths, content))


def _listed(paths: Paths) -> list[Path]:
    return [Path(paths)] if isinstance(paths, str | PathLike) else [Path(each) for each in paths]
