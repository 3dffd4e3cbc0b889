"""The service about itself: right figures, known terms, and what editors look for in it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import Dataset, Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, SH, VOID, XSD

from iisgraph import description, query, questions
from iisgraph.engine import DefaultGraph
from iisgraph.formats import GRAPHS, RESULTS, Format
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, PREFIXES
from tests import rdf

SD = Namespace(description.SD)
SCHEMA = Namespace("https://schema.org/")
ENDPOINT = URIRef("http://localhost/sparql")
DATASET = URIRef(BASE + "dataset")
TERMS = {  # https://www.w3.org/TR/sparql11-service-description/
    *("Service", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile"),
    *("GraphCollection", "Dataset", "Graph", "NamedGraph", "Feature", "endpoint", "feature"),
    *("defaultEntailmentRegime", "entailmentRegime", "defaultSupportedEntailmentProfile"),
    *("supportedEntailmentProfile", "extensionFunction", "extensionAggregate"),
    *("languageExtension", "supportedLanguage", "propertyFeature", "defaultDataset"),
    *("availableGraphs", "resultFormat", "inputFormat", "defaultGraph", "namedGraph", "name"),
    *("graph", "SPARQL10Query", "SPARQL11Query", "SPARQL11Update", "DereferencesURIs"),
    *("UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"),
}


@pytest.fixture(scope="module")
def told(app: Any) -> Graph:
    """The description of the repository's own content, as another program reads it."""
    response = app.test_client().get("/sparql", headers={"Accept": "text/turtle"})
    return Graph().parse(data=response.data, format="turtle")


def numbers(graph: Graph, node: Any, predicate: URIRef) -> int:
    """The one whole number that a node has."""
    (value,) = graph.objects(node, predicate)
    assert isinstance(value, Literal)
    assert value.datatype == XSD.integer
    return int(value)


def default_graph(told: Graph) -> Any:
    return told.value(DATASET, SD.defaultGraph)


# ---------------------------------------------------------------- where it is found


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.names[0])
def test_in_each_format(client: FlaskClient, told: Graph, form: Format) -> None:
    """By Accept and by name, at the endpoint and its alias; the same statements."""
    response = client.get("/sparql", headers={"Accept": form.media_type})
    assert (response.status_code, response.mimetype) == (200, form.media_type)
    assert client.get(f"/sparql?format={form.names[0]}").data == response.data
    found = Dataset().parse(data=response.data, format=form.media_type)
    assert len(list(found.quads())) == len(told)
    alias = client.get("/query", headers={"Accept": form.media_type})
    assert alias.data == response.data.replace(b"localhost/sparql", b"localhost/query")


def test_programs_get_it_and_people_a_form(client: FlaskClient) -> None:
    """Without a query; HEAD as GET."""
    for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/*;q=0.1, text/turtle"}):
        assert client.get("/sparql", headers=accept).mimetype == "text/turtle"
        assert client.head("/sparql", headers=accept).mimetype == "text/turtle"
    page = client.get("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert "<textarea" in page.text
    for accept in ({"Accept": "image/png"}, {"Accept": "text/csv"}):
        refused = client.get("/sparql", headers=accept)
        assert refused.status_code == 406
        assert "text/turtle" in refused.get_json(force=True)["detail"]


def test_crawlers_are_led_to_it(client: FlaskClient) -> None:
    """The well-known address of VoID."""
    response = client.get("/.well-known/void")
    assert (response.status_code, response.headers["Location"]) == (303, "/sparql")
    followed = client.get(
        "/.well-known/void", headers={"Accept": "application/rdf+xml"}, follow_redirects=True
    )
    assert followed.mimetype == "application/rdf+xml"


def test_the_endpoint_is_the_address_that_was_asked(client: FlaskClient) -> None:
    """Behind another name it is another address; so no cache keeps the answer for others."""
    for host in ("data.example.org", "localhost:9000"):
        response = client.get("/sparql?format=nt", headers={"Host": host})
        assert f"#endpoint> <http://{host}/sparql> .".encode() in response.data
        assert response.cache_control.no_store


def test_equal_descriptions_are_equal_bytes(snapshot: Snapshot) -> None:
    """No order of a set, and no name of a blank node, is left to chance."""
    saved = questions.load(snapshot.content) if snapshot.content else {}
    for form in GRAPHS:
        first, second = (
            description.serialize(
                description.describe(
                    snapshot, description.statistics(snapshot), str(ENDPOINT), saved.values()
                ),
                form,
            )
            for _ in range(2)
        )
        assert first == second


# ---------------------------------------------------------------- what it says


def test_what_the_service_can(told: Graph) -> None:
    """Language, features and formats: those that there are, and none that there is not."""
    (service,) = told.subjects(RDF.type, SD.Service)
    assert service == told.value(service, SD.endpoint) == ENDPOINT
    assert set(told.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert set(told.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    formats = {URIRef(f.iri) for f in (*RESULTS, *GRAPHS)}
    assert set(told.objects(service, SD.resultFormat)) == formats
    assert len(formats) == 10
    assert told.value(service, SD.defaultDataset) == DATASET


def test_terms_are_those_of_the_recommendation(told: Graph) -> None:
    """Nothing of `sd:` is invented; nor of VoID, whose terms rdflib knows."""
    used = {str(term) for triple in told for term in triple if isinstance(term, URIRef)}
    ours = {term.removeprefix(SD) for term in used if term.startswith(SD)}
    assert ours <= TERMS
    assert "namedGraph" in ours
    for term in used:
        if term.startswith(str(VOID)):
            assert VOID[term.removeprefix(str(VOID))]


def test_every_graph_is_listed_with_its_size(told: Graph, snapshot: Snapshot) -> None:
    """Counted anew, statement by statement."""
    sizes = Counter(
        q.graph_name.value
        for q in snapshot.engine.quads()
        if not isinstance(q.graph_name, DefaultGraph)
    )
    found = {
        str(told.value(named, SD.name)): numbers(told, told.value(named, SD.graph), VOID.triples)
        for named in told.objects(DATASET, SD.namedGraph)
    }
    assert found == dict(sizes)
    assert found.keys() == snapshot.graphs
    assert numbers(told, default_graph(told), VOID.triples) == len(snapshot)


def test_partitions_count_what_there_is(tmp_path: Path) -> None:
    """Classes, properties, the classes of values and their datatypes, on data counted by hand."""
    text = "<a> a <K> , <L> ; <p> <b> , 1 , 'x'@en . <b> a <L> ; <q> 2 ; <p> [] ."
    counted = description.statistics(rdf.snapshot_of(tmp_path, one=text, two="<b> <q> 2 ."))

    def own(counts: description.Counts) -> dict[str, int]:
        return {
            " ".join(iri.removeprefix(BASE).rpartition("#")[2] for iri in key): number
            for key, number in counts.items()
        }

    assert counted.triples == 8
    assert counted.subjects == 2
    assert own(counted.classes) == {"K": 1, "L": 2}
    assert own(counted.properties) == {"type": 3, "p": 4, "q": 1}
    of_class = {"K type": 2, "K p": 3, "L type": 3, "L p": 4, "L q": 1}
    assert own(counted.of_class) == of_class
    assert own(counted.links) == {"K p L": 1, "L p L": 1}
    datatypes = {f"{kind} p {datatype}" for kind in "KL" for datatype in ("integer", "langString")}
    assert own(counted.datatypes) == dict.fromkeys([*datatypes, "L q integer"], 1)


def test_partitions_are_told(told: Graph, snapshot: Snapshot) -> None:
    """As VoID has them, with the numbers that the data have."""
    graph = default_graph(told)
    states = BASE + "def/State"
    (part,) = (
        p
        for p in told.objects(graph, VOID.classPartition)
        if told.value(p, VOID["class"]) == URIRef(states)
    )
    (row,) = query.answer(snapshot, "SELECT (COUNT(?s) AS ?n) { ?s a iis:State }").rows()
    assert numbers(told, part, VOID.entities) == int(row["n"].value) > 100
    names = {told.value(p, VOID.property) for p in told.objects(part, VOID.propertyPartition)}
    assert {URIRef(BASE + "def/iso3"), RDF.type} <= names
    properties = list(told.objects(graph, VOID.propertyPartition))
    assert sum(numbers(told, p, VOID.triples) for p in properties) == len(snapshot)


def test_what_the_data_say_of_themselves_is_there(told: Graph, snapshot: Snapshot) -> None:
    """Title and licence of the dataset, in its own words."""
    dcterms = Namespace(PREFIXES["dcterms"])
    assert len(list(told.objects(DATASET, dcterms.title))) == 3
    assert told.value(DATASET, dcterms.license)
    assert told.value(DATASET, VOID.sparqlEndpoint) == ENDPOINT


def test_a_snapshot_of_other_data_is_described_too() -> None:
    """Empty ones as well."""
    for text in ("", "<a> <b> <c> ."):
        snapshot = rdf.snapshot_of(Path("/tmp")) if not text else _one(text)
        counted = description.statistics(snapshot)
        quads = description.describe(snapshot, counted, str(ENDPOINT), ())
        assert counted.triples == len(snapshot)
        for form in GRAPHS:
            assert description.serialize(quads, form)


def _one(text: str) -> Snapshot:
    from iisgraph.snapshot import of_files

    return of_files([rdf.file(text)])


# ---------------------------------------------------------------- what editors ask of it


def rows(told: Graph, text: str) -> Iterator[Any]:
    """The rows of a query to the description, as an editor runs it in the browser."""
    return iter(told.query(text))


def test_editors_find_the_prefixes(told: Graph) -> None:
    """By `sh:declare`: each prefix of the house."""
    found = {
        str(row.prefix): str(row.namespace)
        for row in rows(told, "SELECT * { [] sh:prefix ?prefix ; sh:namespace ?namespace }")
    }
    assert found == PREFIXES


def test_editors_find_the_questions(told: Graph, content: Content) -> None:
    """As executables with a comment, the text itself, keywords, and where to send it."""
    found = {
        str(row.question): (str(row.comment), str(row.text))
        for row in rows(
            told,
            """SELECT * {
                 ?question a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select ?text
               }""",
        )
    }
    saved = questions.load(content)
    assert found == {f"{BASE}q/{q.name}": (q.title, q.sparql) for q in saved.values()}
    for each in saved.values():
        node = URIRef(f"{BASE}q/{each.name}")
        assert (node, RDF.type, SH.SPARQLSelectExecutable) in told
        assert (node, SH.prefixes, DATASET) in told
        assert (node, SCHEMA.target, ENDPOINT) in told
        assert {str(k) for k in told.objects(node, SCHEMA.keywords)} == set(each.keywords)
    assert len(saved) > 30


def test_questions_run_as_they_are_told(client: FlaskClient, told: Graph) -> None:
    """An editor sends the text back without change."""
    text = told.value(URIRef(BASE + "q/members-on-day"), SH.select)
    response = client.post("/sparql", data={"query": str(text), "format": "csv"})
    assert response.status_code == 200
    assert len(response.text.splitlines()) > 3


def test_editors_complete_properties_and_values(told: Graph) -> None:
    """Which properties a class has, and of which class or datatype their values are."""
    found = {
        (str(row.kind), str(row.name)): str(row.value)
        for row in rows(
            told,
            f"""PREFIX ext: <{description.VOID_EXT}>
                SELECT * {{
                  ?class void:class ?kind ; void:propertyPartition ?part .
                  ?part void:property ?name .
                  {{ ?part void:classPartition [ void:class ?value ] }}
                  UNION {{ ?part ext:datatypePartition [ ext:datatype ?value ] }}
                }}""",
        )
    }
    state = BASE + "def/State"
    assert found[state, BASE + "def/iso3"] == str(XSD.string)
    membership = PREFIXES["org"] + "Membership"
    assert found[membership, PREFIXES["org"] + "role"].endswith("Concept")
