"""The service about itself: SPARQL 1.1 Service Description, with VoID statistics.

Tells what the endpoint understands, which graphs it holds and how large they are,
which classes have which properties and values, the prefixes, and the saved questions.
Editors complete from it and offer the questions as examples.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from iisgraph import engine, layout, query, sparql
from iisgraph.engine import BlankNode, DefaultGraph, Literal, NamedNode, Parsed, Quad, Term
from iisgraph.formats import GRAPHS, RESULTS, Format
from iisgraph.questions import Question
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, PREFIXES, RDFS, SCHEMA, SH, TYPE, XSD

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = PREFIXES["void"]
DCAT: Final = PREFIXES["dcat"]
VOID_EXT: Final = "http://ldf.fi/void-ext#"
DATASET: Final = BASE + "dataset"

_EXECUTABLE: Final = ("Select", "Ask", "Construct")
_SIMPLE_ENTAILMENT: Final = "http://www.w3.org/ns/entailment/Simple"
_SUBJECTS: Final = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"
_GRAPHS: Final = "SELECT ?a (COUNT(*) AS ?n) { GRAPH ?a { ?s ?p ?o } } GROUP BY ?a"
_PROPERTIES: Final = "SELECT ?a (COUNT(*) AS ?n) { ?s ?a ?o } GROUP BY ?a"
_CLASSES: Final = "SELECT ?a (COUNT(*) AS ?n) { ?s a ?a } GROUP BY ?a"
_OF_CLASS: Final = "SELECT ?a ?b (COUNT(*) AS ?n) { ?s a ?a ; ?b ?o } GROUP BY ?a ?b"
_LINKS: Final = "SELECT ?a ?b ?c (COUNT(*) AS ?n) { ?s a ?a ; ?b ?o . ?o a ?c } GROUP BY ?a ?b ?c"
_DATATYPES: Final = (
    "SELECT ?a ?b ?c (COUNT(*) AS ?n)"
    " { ?s a ?a ; ?b ?o . BIND(DATATYPE(?o) AS ?c) FILTER(BOUND(?c)) } GROUP BY ?a ?b ?c"
)

Counts: TypeAlias = Mapping[tuple[str, ...], int]


@dataclass(frozen=True)
class Statistics:
    """How many there are: subjects, and statements of each graph, class, property and so on.

    The keys of `of_class` are class and property; those of `links` and `datatypes` have
    the class or the datatype of the value as well.
    """

    subjects: int
    graphs: Counts
    classes: Counts
    properties: Counts
    of_class: Counts
    links: Counts
    datatypes: Counts

    @property
    def triples(self) -> int:
        """Statements of the default graph."""
        return sum(self.properties.values())


def statistics(snapshot: Snapshot) -> Statistics:
    """Count a snapshot, by a few queries that each run through it once."""
    texts = (_GRAPHS, _CLASSES, _PROPERTIES, _OF_CLASS, _LINKS, _DATATYPES)
    subjects = next(iter(_tally(snapshot, _SUBJECTS).values()), 0)
    return Statistics(subjects, *(_tally(snapshot, text) for text in texts))


def _tally(snapshot: Snapshot, text: str) -> dict[tuple[str, ...], int]:
    """The numbers of a query by the IRIs beside them, sorted."""
    answer = query.answer(snapshot, text)
    *names, number = answer.variables
    rows = [(tuple(row[name] for name in names), row[number].value) for row in answer.rows()]
    named = ((key, n) for key, n in rows if all(isinstance(term, NamedNode) for term in key))
    return dict(sorted((tuple(term.value for term in key), int(n)) for key, n in named))


def describe(
    snapshot: Snapshot,
    counted: Statistics,
    endpoint: str,
    questions: Iterable[Question],
    *,
    federates: bool = False,
    archived: Iterable[str] = (),
) -> list[Quad]:
    """The description of the service that answers at an endpoint.

    One that `federates` takes SERVICE with an endpoint that is named; the `archived`
    releases are served beside the one of the snapshot.
    """
    writer = _Writer()
    writer.service(endpoint)
    if federates:
        writer.feature(endpoint, "BasicFederatedQuery")
    writer.dataset(snapshot, counted)
    writer.releases(snapshot.release, archived, endpoint)
    writer.partitions(counted)
    for question in questions:
        writer.question(question, endpoint)
    return writer.quads


def serialize(description: Iterable[Quad], rdf_format: Format) -> bytes:
    """A description in RDF, the same bytes for the same description."""
    quads = list(description)
    if rdf_format.media_type == "text/turtle":
        return layout.write(Parsed(quads, {"sd": SD, "void-ext": VOID_EXT}, BASE)).encode()
    return engine.serialize([quad.triple for quad in quads], rdf_format.media_type)


def _own(snapshot: Snapshot) -> Iterator[Quad]:
    """What the data say of themselves."""
    for quad in snapshot.engine.quads(_iri(DATASET), graph=DefaultGraph()):
        if isinstance(quad.object, NamedNode | Literal):
            yield Quad(quad.subject, quad.predicate, quad.object)


def _by_class(counts: Counts) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for (kind, name), number in counts.items():
        found[kind][name] = number
    return found


def _iri(iri: str) -> NamedNode:
    return NamedNode(iri)


class _Writer:
    """Collects statements; nodes without a name are numbered as they come."""

    def __init__(self) -> None:
        self.quads: list[Quad] = []
        self._nodes: dict[tuple[object, ...], BlankNode] = {}
        self._default = self._node("default")

    def service(self, endpoint: str) -> None:
        """What the endpoint is and understands."""
        node = NamedNode(endpoint)
        self._say(node, TYPE, _iri(SD + "Service"))
        self._say(node, SD + "endpoint", node)
        self._say(node, SD + "supportedLanguage", _iri(SD + "SPARQL11Query"))
        self.feature(endpoint, "UnionDefaultGraph")
        self._say(node, SD + "defaultEntailmentRegime", _iri(_SIMPLE_ENTAILMENT))
        for each in (*RESULTS, *GRAPHS):
            self._say(node, SD + "resultFormat", _iri(each.iri))
        self._say(node, SD + "defaultDataset", _iri(DATASET))
        self._say(_iri(DATASET), VOID + "sparqlEndpoint", node)

    def feature(self, endpoint: str, name: str) -> None:
        """Something that the endpoint does beyond what each one does."""
        self._say(_iri(endpoint), SD + "feature", _iri(SD + name))

    def dataset(self, snapshot: Snapshot, counted: Statistics) -> None:
        """The graphs and their sizes, the prefixes, and what the data say of themselves."""
        dataset = _iri(DATASET)
        self.quads += _own(snapshot)
        self._say(dataset, TYPE, _iri(SD + "Dataset"))
        self._say(dataset, SD + "defaultGraph", self._default)
        for name, iri in PREFIXES.items():
            declaration = self._node("prefix", name)
            self._say(dataset, SH + "declare", declaration)
            self._say(declaration, SH + "prefix", Literal(name))
            self._say(declaration, SH + "namespace", Literal(iri, datatype=_iri(XSD + "anyURI")))
        for (iri,), triples in counted.graphs.items():
            named, graph = self._node("name", iri), self._node("graph", iri)
            self._say(dataset, SD + "namedGraph", named)
            self._say(named, TYPE, _iri(SD + "NamedGraph"))
            self._say(named, SD + "name", _iri(iri))
            self._say(named, SD + "graph", graph)
            self._graph(graph, triples)

    def releases(self, release: str, archived: Iterable[str], endpoint: str) -> None:
        """The release that is served, and older ones, each at an address of its own (DCAT 3)."""
        self._say(_iri(DATASET), DCAT + "version", Literal(release))
        for each in archived:
            version = self._node("release", each)
            self._say(_iri(DATASET), DCAT + "hasVersion", version)
            self._say(version, TYPE, _iri(VOID + "Dataset"))
            self._say(version, DCAT + "version", Literal(each))
            self._say(version, VOID + "sparqlEndpoint", _iri(f"{endpoint}?release={each}"))

    def _graph(self, node: BlankNode, triples: int) -> None:
        self._say(node, TYPE, _iri(SD + "Graph"))
        self._say(node, TYPE, _iri(VOID + "Dataset"))
        self._count(node, "triples", triples)

    def partitions(self, counted: Statistics) -> None:
        """The default graph by classes and properties, the classes by properties and values."""
        self._graph(self._default, counted.triples)
        self._count(self._default, "distinctSubjects", counted.subjects)
        self._count(self._default, "classes", len(counted.classes))
        self._count(self._default, "properties", len(counted.properties))
        for (iri,), triples in counted.properties.items():
            self._property(self._default, self._node("property", iri), iri, triples)
        properties = _by_class(counted.of_class)
        for (iri,), entities in counted.classes.items():
            node = self._class(self._default, iri, iri)
            self._count(node, "entities", entities)
            for name, triples in properties[iri].items():
                self._property(node, self._node("property", iri, name), name, triples)
        self._values(counted)

    def _values(self, counted: Statistics) -> None:
        for (kind, name, value), triples in counted.links.items():
            part = self._class(self._node("property", kind, name), value, kind, name, value)
            self._count(part, "triples", triples)
        for (kind, name, value), triples in counted.datatypes.items():
            part = self._node("datatype", kind, name, value)
            parent = self._node("property", kind, name)
            self._say(parent, VOID_EXT + "datatypePartition", part)
            self._say(part, VOID_EXT + "datatype", _iri(value))
            self._count(part, "triples", triples)

    def _class(self, parent: BlankNode, iri: str, *key: str) -> BlankNode:
        node = self._node("class", *key)
        self._say(parent, VOID + "classPartition", node)
        self._say(node, VOID + "class", _iri(iri))
        return node

    def _property(self, parent: BlankNode, node: BlankNode, iri: str, triples: int) -> None:
        self._say(parent, VOID + "propertyPartition", node)
        self._say(node, VOID + "property", _iri(iri))
        self._count(node, "triples", triples)

    def question(self, question: Question, endpoint: str) -> None:
        """A saved question as an example to run."""
        node = _iri(f"{BASE}q/{question.name}")
        form = sparql.inspect(question.sparql).name.capitalize()
        self._say(node, TYPE, _iri(SH + "SPARQLExecutable"))
        if form in _EXECUTABLE:
            self._say(node, TYPE, _iri(f"{SH}SPARQL{form}Executable"))
        self._say(node, RDFS + "comment", Literal(question.title, language="en"))
        self._say(node, SCHEMA + "description", Literal(question.description, language="en"))
        self._say(node, f"{SH}{form.lower()}", Literal(question.sparql))
        self._say(node, SH + "prefixes", _iri(DATASET))
        self._say(node, SCHEMA + "target", _iri(endpoint))
        for keyword in question.keywords:
            self._say(node, SCHEMA + "keywords", Literal(keyword, language="en"))

    def _node(self, *key: object) -> BlankNode:
        """The node of that key, the same each time."""
        return self._nodes.setdefault(key, BlankNode(f"n{len(self._nodes)}"))

    def _say(self, subject: NamedNode | BlankNode, predicate: str, value: Term) -> None:
        self.quads.append(Quad(subject, _iri(predicate), value))

    def _count(self, node: BlankNode, name: str, number: int) -> None:
        self._say(node, VOID + name, Literal(str(number), datatype=_iri(XSD + "integer")))
