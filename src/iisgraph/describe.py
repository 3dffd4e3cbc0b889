"""One resource: what is said of it, and who says so.

A description holds the statements with the resource as subject, those that
point to it, and for a record or source the statements that it makes. Blank
nodes are followed to their ends.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeAlias

from iisgraph import engine, layout, query
from iisgraph.engine import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term, Triple
from iisgraph.errors import UnknownResource
from iisgraph.formats import Format, Kind
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import (
    BASE,
    DCTERMS,
    DERIVED,
    IIS,
    PRIMARY_SOURCE,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    TYPE,
    shorten,
)

LIMIT: Final = 2000
"""Statements of one direction that a description holds at most."""

PARTS: Final = ("def", "graph", "scheme", "shape", "source")
"""Parts of the IRI space beside `id/`; their documents keep the part in their address."""

_NAMES: Final = (
    SKOS + "prefLabel",
    RDFS + "label",
    DCTERMS + "title",
    SCHEMA + "text",
    DCTERMS + "description",
)


Subject: TypeAlias = NamedNode | BlankNode | Triple


@dataclass(frozen=True)
class Statement:
    """A triple and the named graphs that attest it."""

    subject: Term
    predicate: str
    value: Term
    graphs: tuple[str, ...]

    @property
    def is_derived(self) -> bool:
        """Whether a rule says it and no source."""
        return self.graphs == (DERIVED,)


@dataclass(frozen=True)
class Description:
    """What a snapshot says of one IRI; `is_cut` tells that LIMIT left some out."""

    iri: str
    outgoing: Sequence[Statement]
    incoming: Sequence[Statement]
    contents: Sequence[Statement]
    is_cut: bool

    @property
    def statements(self) -> list[Statement]:
        """All statements, each once."""
        return list(dict.fromkeys([*self.outgoing, *self.incoming, *self.contents]))

    @property
    def types(self) -> list[str]:
        """IRIs of its classes."""
        types = (s.value for s in self.outgoing if s.predicate == TYPE)
        return [t.value for t in types if isinstance(t, NamedNode)]


@dataclass(frozen=True)
class Contents:
    """What a graph or source says: its quads by subject, and the subjects by class, in order."""

    quads: Mapping[Subject, Sequence[Quad]]
    subjects: Mapping[str, Sequence[Subject]]

    def of_class(self, iri: str) -> Sequence[Subject]:
        """The subjects of a class, or of any if it is ''."""
        return self.subjects.get(iri, ()) if iri else list(self.quads)

    def said(self, subject: Subject) -> list[Statement]:
        """What is said of one subject."""
        return _statements(self.quads[subject])


def describe(snapshot: Snapshot, iri: str) -> Description:
    """Describe a resource.

    Raises:
        UnknownResource: if no statement has it as subject or value, and no graph is named so.
    """
    about = outline(snapshot, iri, LIMIT)
    contents = _statements(_made_by(snapshot, NamedNode(iri)))
    is_cut = about.is_cut or len(contents) > LIMIT
    return replace(about, contents=contents[:LIMIT], is_cut=is_cut)


def outline(snapshot: Snapshot, iri: str, most: int) -> Description:
    """Describe a resource by at most so many statements in each direction, without contents.

    Raises:
        UnknownResource: as `describe`.
    """
    try:
        node = NamedNode(iri)
    except ValueError:
        raise UnknownResource(f"{iri!r} is no IRI") from None
    outgoing = _closure(snapshot, _statements(snapshot.engine.quads(node)))
    incoming = _statements(snapshot.engine.quads(None, None, node), most)
    if not (outgoing or incoming or any(True for _ in _made_by(snapshot, node))):
        raise UnknownResource(f"{shorten(iri)} is not in this graph")
    is_cut = len(outgoing) > most or len(incoming) > most
    return Description(iri, outgoing[:most], incoming[:most], (), is_cut)


def contents(snapshot: Snapshot, iri: str, classes: Mapping[str, str]) -> Contents:
    """What a graph says, or the records that rest on a source.

    What records say of themselves is left out. `classes` are those of all things, as
    `classes_of` tells them.
    """
    by_subject: dict[Subject, list[Quad]] = defaultdict(list)
    for quad in _made_by(snapshot, NamedNode(iri)):
        by_subject[quad.subject].append(quad)
    for graph in snapshot.graphs:
        by_subject.pop(NamedNode(graph), None)
    written = sorted(((str(s), s) for s in by_subject), key=lambda pair: pair[0])
    subjects: dict[str, list[Subject]] = defaultdict(list)
    for text, subject in written:
        subjects[classes.get(text, "")].append(subject)
    return Contents({subject: by_subject[subject] for _, subject in written}, subjects)


def classes_of(snapshot: Snapshot) -> dict[str, str]:
    """The class of each thing, both as they are written; of several the first that is ours."""
    found: dict[str, str] = {}
    for quad in snapshot.engine.quads(None, NamedNode(TYPE), None, DefaultGraph()):
        if isinstance(quad.object, NamedNode):
            subject, iri = str(quad.subject), quad.object.value
            found[subject] = min(found.get(subject, iri), iri, key=_ours_first)
    return found


def _ours_first(iri: str) -> tuple[bool, str]:
    return not iri.startswith(IIS), iri


def serialize(snapshot: Snapshot, description: Description, rdf_format: Format) -> bytes:
    """A description in RDF, the source of each statement with it.

    Formats with named graphs keep the records as graphs. In the others each
    statement is also an `rdf:Statement` with its record and primary source.
    """
    sources = list(_sources(snapshot, description.statements))
    if rdf_format.kind is Kind.DATASET:
        quads = [*_quads(description.statements), *sources]
        return engine.serialize(set(quads), rdf_format.media_type)
    quads = [*_quads(description.statements), *_reified(snapshot, description)]
    return layout.serialize(quads, rdf_format.media_type)


def whole_graph(snapshot: Snapshot, graph: str, rdf_format: Format) -> bytes:
    """All statements of one named graph, which is not named itself."""
    quads = snapshot.engine.quads(None, None, None, NamedNode(graph))
    return layout.serialize(quads, rdf_format.media_type)


def is_known(snapshot: Snapshot, iri: str) -> bool:
    """Whether anything is said of a resource, or it is a graph."""
    if snapshot.knows(iri):
        return True
    try:
        return any(True for _ in snapshot.engine.quads(None, None, NamedNode(iri)))
    except ValueError:  # it is no IRI
        return False


class Names:
    """The names of resources in a reader's languages, best first.

    Falls back to English, then to any language, then to the IRI itself.
    """

    def __init__(self, snapshot: Snapshot, languages: Sequence[str]) -> None:
        self._snapshot = snapshot
        self._languages = (*languages, "en", "")

    def __call__(self, iri: str) -> tuple[str, str]:
        """The name of a resource and the language tag of that name, or ''."""
        node = NamedNode(iri)
        for predicate in _NAMES:
            found = self._snapshot.engine.quads(node, NamedNode(predicate), None, DefaultGraph())
            names = [q.object for q in found if isinstance(q.object, Literal)]
            if names:
                best = min(names, key=self._rank)
                return best.value, best.language or ""
        return shorten(iri).strip("<>").removeprefix("id/"), ""

    def _rank(self, name: Literal) -> tuple[int, str, str]:
        tag = name.language or ""
        known = self._languages.index(tag) if tag in self._languages else len(self._languages)
        return known, tag, name.value


def sources_of(snapshot: Snapshot, graph: str) -> list[str]:
    """IRIs of the primary sources of a record, sorted."""
    quads = snapshot.engine.quads(NamedNode(graph), NamedNode(PRIMARY_SOURCE), None, DefaultGraph())
    return sorted(q.object.value for q in quads if isinstance(q.object, NamedNode))


def _statements(quads: Iterable[Quad], most: int = LIMIT) -> list[Statement]:
    attested: dict[Triple, list[str]] = defaultdict(list)
    for quad in islice(quads, 8 * most):
        graphs = attested[quad.triple]
        if isinstance(quad.graph_name, NamedNode):
            graphs.append(quad.graph_name.value)
    found = (
        Statement(t.subject, t.predicate.value, t.object, tuple(sorted(graphs)))
        for t, graphs in attested.items()
        if not isinstance(t.object, Triple) and not isinstance(t.subject, Triple)
    )
    return sorted(found, key=lambda s: (s.predicate, str(s.value), str(s.subject)))


def _closure(snapshot: Snapshot, statements: list[Statement]) -> list[Statement]:
    """The statements, and those about the blank nodes in them."""
    done: set[str] = set()
    queue = list(statements)
    while queue and len(statements) <= LIMIT:
        value = queue.pop().value
        if isinstance(value, BlankNode) and value.value not in done:
            done.add(value.value)
            inner = _statements(snapshot.engine.quads(value))
            statements = [*statements, *inner]
            queue.extend(inner)
    return statements


def _made_by(snapshot: Snapshot, node: NamedNode) -> Iterator[Quad]:
    """The quads of a graph, or of the records that rest on a source."""
    if node.value in snapshot.graphs:
        yield from snapshot.engine.quads(None, None, None, node)
    records = snapshot.engine.quads(None, NamedNode(PRIMARY_SOURCE), node, DefaultGraph())
    for record in records:
        if isinstance(record.subject, NamedNode):
            yield from snapshot.engine.quads(None, None, None, record.subject)


def _quads(statements: Iterable[Statement]) -> Iterator[Quad]:
    for s in statements:
        for graph in s.graphs:
            if not isinstance(s.subject, Literal):
                yield Quad(s.subject, NamedNode(s.predicate), s.value, NamedNode(graph))


def _sources(snapshot: Snapshot, statements: Iterable[Statement]) -> Iterator[Quad]:
    graphs = {graph for s in statements for graph in s.graphs}
    for graph in graphs:
        for source in sources_of(snapshot, graph):
            node = NamedNode(graph)
            yield Quad(node, NamedNode(PRIMARY_SOURCE), NamedNode(source), node)


def _reified(snapshot: Snapshot, description: Description) -> Iterator[Quad]:
    document = document_iri(description.iri)
    for number, s in enumerate(description.statements, start=1):
        if isinstance(s.subject, Literal | BlankNode) or isinstance(s.value, BlankNode):
            continue
        node = NamedNode(f"{document}#statement-{number}")
        yield Quad(node, NamedNode(TYPE), NamedNode(RDF + "Statement"))
        yield Quad(node, NamedNode(RDF + "subject"), s.subject)
        yield Quad(node, NamedNode(RDF + "predicate"), NamedNode(s.predicate))
        yield Quad(node, NamedNode(RDF + "object"), s.value)
        for graph in s.graphs:
            yield Quad(node, NamedNode(DCTERMS + "isPartOf"), NamedNode(graph))
            for source in sources_of(snapshot, graph):
                yield Quad(node, NamedNode(PRIMARY_SOURCE), NamedNode(source))


def figures(snapshot: Snapshot) -> list[tuple[str, int]]:
    """How many things of each class there are: class IRIs with counts, largest first."""
    found = query.answer(
        snapshot,
        """
        SELECT ?class (COUNT(?thing) AS ?number)
        WHERE {
          ?thing a ?class .
          FILTER(REGEX(STR(?thing), "^https://w3id.org/iisgraph/(id|source)/"))
          FILTER(!STRSTARTS(STR(?class), STR(schema:)))
        }
        GROUP BY ?class
        ORDER BY DESC(?number) ?class
        """,
    )
    return [(row["class"].value, int(row["number"].value)) for row in found.rows()]


def document_iri(iri: str) -> str:
    """The IRI of the document about a resource: `id/state/RUS` → `doc/state/RUS`."""
    return BASE + "doc/" + iri.removeprefix(BASE).removeprefix("id/")


def resource_iri(path: str) -> str:
    """The resource that `doc/<path>` is about; the inverse of `document_iri`."""
    is_part = path.split("/", maxsplit=1)[0] in PARTS or path == "dataset"
    return BASE + (path if is_part else f"id/{path}")
