"""A release in memory: every file a named graph, derived statements, the merge, one hash.

Read-only. What a changed file says is seen by a new snapshot alone.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from iisgraph import engine
from iisgraph.engine import DefaultGraph, NamedNode, Oxigraph, Quad
from iisgraph.errors import QueryError, SourceError
from iisgraph.read import Content, File
from iisgraph.rewrite import Rewriter
from iisgraph.sparql import permit
from iisgraph.statistics import Statistics
from iisgraph.vocab import BASE, DERIVED

if TYPE_CHECKING:
    from rdflib import Dataset, Graph


@dataclass(frozen=True)
class Snapshot:
    """One state of the graph.

    `release` is the SHA-256 of all that was read, in hexadecimal; equal
    releases give equal answers.
    """

    engine: Oxigraph
    release: str
    content: Content | None = None
    files: tuple[File, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def graph(self) -> "Dataset":
        """The same statements as an rdflib Dataset; its default graph is the merge."""
        return self.engine.dataset(lambda text: permit(text, None, self.graphs))

    @cached_property
    def graphs(self) -> frozenset[str]:
        """IRIs of all named graphs."""
        return frozenset(self.engine.graphs())

    @cached_property
    def statistics(self) -> Statistics:
        """Counts of its default graph."""
        return Statistics(self.engine)

    @cached_property
    def rewriter(self) -> Rewriter:
        """What makes its slow queries fast."""
        return Rewriter(self.engine, self.statistics)

    def prepare(self) -> None:
        """Count now what every query may need, so that processes forked from this one know it."""
        _ = self.graphs, self.statistics

    def knows(self, iri: str) -> bool:
        """Whether a statement has this IRI as its subject, or a graph is named so."""
        try:
            found = self.engine.quads(NamedNode(iri))
        except ValueError:  # it is none
            return False
        return iri in self.graphs or next(found, None) is not None

    def __len__(self) -> int:
        """Number of distinct statements."""
        return self._size

    @cached_property
    def _size(self) -> int:
        return len(self.engine)


def of_content(content: Content, extra: Iterable[File] = ()) -> Snapshot:
    """The snapshot of a content folder, with its rules applied, and of further files.

    Raises:
        SourceError: if a file cannot be read, or a rule is not SPARQL.
    """
    known = {file.path.resolve() for file in content.rdf}
    added = [file for file in extra if file.path.resolve() not in known]
    return _build(content, [*content.rdf, *added])


def with_file(snapshot: Snapshot, file: File) -> Snapshot:
    """A snapshot with one more file, or another in the place of the one of its graph.

    No file is opened, so `files` is that one alone. What follows by rule is derived anew.

    Raises:
        SourceError: if the file cannot be parsed.
    """
    left_out = {NamedNode(DERIVED), NamedNode(file.graph), DefaultGraph()}
    store = Oxigraph()
    store.add(quad for quad in snapshot.engine.quads() if quad.graph_name not in left_out)
    store.add(file.quads)
    if snapshot.content:
        derive(store, snapshot.rules, snapshot.content)
    store.freeze()
    return Snapshot(store, snapshot.release, snapshot.content, (file,), snapshot.rules)


def of_files(files: Iterable[File]) -> Snapshot:
    """The snapshot of files alone: nothing is added to them and no rule applied."""
    return _build(None, list(files))


def _build(content: Content | None, files: list[File]) -> Snapshot:
    store = Oxigraph()
    for file in files:
        store.add(file.quads)
    rules = content.texts("ontology/rules") if content else {}
    if content:
        derive(store, rules, content)
    store.freeze()
    return Snapshot(store, _digest(files, rules), content, tuple(files), rules)


def release_of(content: Content) -> str:
    """The release that a content folder is, without parsing it.

    Raises:
        SourceError: if a file cannot be read.
    """
    return _digest(content.rdf, content.texts("ontology/rules"))


def of_dump(quads: Iterable[Quad], release: str) -> Snapshot:
    """The snapshot of a release that was written out whole, derived statements too.

    Its rules are not known, so nothing can be derived from it anew.
    """
    store = Oxigraph()
    store.add(quads)
    store.freeze()
    return Snapshot(store, release)


def _digest(files: Iterable[File], rules: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.graph}\0{len(file.content)}\0".encode())
        digest.update(file.content)
    for name, rule in rules.items():
        digest.update(f"{name}\0{rule}\0".encode())
    return digest.hexdigest()


def of_rdflib(graph: "Graph") -> Snapshot:
    """The snapshot of a user's rdflib Graph or Dataset; the user's object is not touched.

    Triples outside named graphs go to `graph/default`.
    """
    rdf_format = "nquads" if graph.context_aware else "nt"
    text = graph.serialize(format=rdf_format, encoding="utf-8")
    parsed = engine.parse(text, "application/n-quads", BASE + "graph/default", BASE)
    rdflib_default = NamedNode("urn:x-rdflib:default")
    own = NamedNode(BASE + "graph/default")
    quads = [
        Quad(q.subject, q.predicate, q.object, own) if q.graph_name == rdflib_default else q
        for q in parsed.quads
    ]
    store = Oxigraph()
    store.add(quads)
    store.freeze()
    lines = "\n".join(engine.canonical_quads(quads))
    return Snapshot(store, hashlib.sha256(lines.encode()).hexdigest())


def derive(store: Oxigraph, rules: Mapping[str, str], content: Content) -> None:
    """Add to `graph/derived` what each CONSTRUCT rule says, in order of name.

    A rule sees what the rules before it derived. What a file already asserts is
    asserted, not derived, and is left out.

    Raises:
        SourceError: if a rule is not a CONSTRUCT query, or would reach outside.
    """
    graph, graphs = NamedNode(DERIVED), frozenset(store.graphs())
    for name, rule in rules.items():
        path = content.root / "ontology/rules" / f"{name}.rq"
        try:
            permit(rule, None, graphs)
            answer = store.query(rule)
        except QueryError as error:
            raise SourceError(str(error), path, error.line, error.column) from None
        if not answer.is_graph:
            raise SourceError("a rule must be a CONSTRUCT query", path)
        found = list(engine.triples(answer.triples()))
        store.add(Quad(s, p, o, graph) for s, p, o in found if not store.holds(s, p, o))
