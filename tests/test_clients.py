"""Clients that others wrote read what a running server sends, without being told how."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas  # type: ignore[import-untyped]
import pyoxigraph
import pytest
from rdflib import Graph, Literal, URIRef, Variable
from rdflib.namespace import RDF, SKOS
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML
from SPARQLWrapper import SPARQLWrapper as Wrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, URITooLong

from iisgraph.vocab import BASE, GRAPH, IIS
from tests import node
from tests.test_server import Server

ORG = "http://www.w3.org/ns/org#"
RUS = URIRef(BASE + "id/state/RUS")
SELECT = f"SELECT ?code ?name {{ <{RUS}> iis:iso3 ?code ; skos:prefLabel ?name }} ORDER BY ?name"
ASK = f"ASK {{ <{RUS}> a iis:State }}"
CONSTRUCT = f"CONSTRUCT {{ <{RUS}> iis:iso3 ?code }} WHERE {{ <{RUS}> iis:iso3 ?code }}"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The endpoint of a server on a free port."""
    server = Server("--port", "0")
    yield server.url + "sparql"
    server.stop()


# ---------------------------------------------------------------- SPARQLWrapper


@pytest.fixture(params=[(GET, None), (POST, None), (POST, POSTDIRECTLY)], ids=str)
def wrapper(request: pytest.FixtureRequest, url: str) -> Any:
    """A SPARQLWrapper that sends its queries in one of three ways."""
    method, how = request.param
    made = Wrapper(url)
    made.setMethod(method)
    if how:
        made.setRequestMethod(how)
    return made


def asked(wrapper: Any, query: str, kind: str) -> Any:
    wrapper.setQuery(query)
    wrapper.setReturnFormat(kind)
    return wrapper.queryAndConvert()


def test_sparqlwrapper_reads_tables(wrapper: Any) -> None:
    """In the four formats of results, by whatever names the client asks for them."""
    found = asked(wrapper, SELECT, JSON)
    assert {row["code"]["value"] for row in found["results"]["bindings"]} == {"RUS"}
    names = {row["name"]["value"] for row in found["results"]["bindings"]}
    assert {"Россия", "俄罗斯"} <= names
    xml = asked(wrapper, SELECT, XML)
    assert len(xml.getElementsByTagName("result")) == len(found["results"]["bindings"])
    lines = asked(wrapper, SELECT, CSV).decode().split("\r\n")
    assert lines[0] == "code,name"
    assert {line.split(",", 1)[1].strip('"') for line in lines[1:-1]} == names
    assert asked(wrapper, SELECT, TSV).decode().startswith("?code\t?name\n")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_sparqlwrapper_reads_truths_and_graphs(wrapper: Any) -> None:
    """A boolean, and the same graph in each format that the client knows."""
    assert asked(wrapper, ASK, JSON)["boolean"] is True
    for kind in (XML, RDFXML, TURTLE, N3, JSONLD):
        found = asked(wrapper, CONSTRUCT, kind)
        graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
        assert list(graph) == [(RUS, URIRef(IIS + "iso3"), Literal("RUS"))]


def test_sparqlwrapper_names_graphs(wrapper: Any) -> None:
    """The dataset of the protocol, sent as this client sends it."""
    wrapper.addDefaultGraph(GRAPH + "reference/places")
    assert asked(wrapper, ASK, JSON)["boolean"] is False
    wrapper.addDefaultGraph(GRAPH + "reference/jurisdictions")
    assert asked(wrapper, ASK, JSON)["boolean"] is True


def test_sparqlwrapper_knows_our_errors(wrapper: Any, url: str) -> None:
    """It tells a malformed query by the status, and shows what we say of it."""
    with pytest.raises(QueryBadFormed, match=r"did you mean iis:\?"):
        asked(wrapper, "SELECT * { ?s is:x ?o }", JSON)
    with pytest.raises(URITooLong, match="by POST"):
        asked(Wrapper(url), f"SELECT * {{ }} # {'x' * 7950}", JSON)


# ---------------------------------------------------------------- rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("kind", ["json", "xml", "csv", "tsv"])
def test_rdflib_reads_the_endpoint_as_a_store(url: str, method: Any, kind: str) -> None:
    """As a graph on the far side: patterns, counts, queries with bound values."""
    graph = Graph(SPARQLStore(url, returnFormat=kind, method=method))
    if kind in ("json", "xml"):  # the others cannot say true or false
        assert (RUS, RDF.type, URIRef(IIS + "State")) in graph
        assert (RUS, RDF.type, URIRef(IIS + "Session")) not in graph
    name = Literal("Russia", lang=None if kind == "csv" else "en")  # CSV has no languages
    assert name in set(graph.objects(RUS, SKOS.prefLabel))
    found = graph.query(SELECT, initBindings={"code": Literal("RUS")})
    assert {row[Variable("code")] for row in found.bindings} == {Literal("RUS")}
    assert len(graph) > 10_000


def test_rdflib_reads_graphs_of_the_endpoint(url: str) -> None:
    """CONSTRUCT and ASK through the same store, and a named graph of it."""
    store = SPARQLStore(url)
    assert bool(Graph(store).query(ASK))
    found = Graph(store).query(CONSTRUCT).graph
    assert found is not None
    assert len(found) == 1
    named = Graph(store, identifier=URIRef(GRAPH + "reference/jurisdictions"))
    assert (RUS, RDF.type, URIRef(IIS + "State")) in named


def test_rdflib_reads_the_graph_store(url: str) -> None:
    """A graph by its address, as any document of the web."""
    address = url.replace("sparql", f"store?graph={quote(GRAPH)}reference/jurisdictions")
    assert (RUS, RDF.type, URIRef(IIS + "State")) in Graph().parse(address)


# ---------------------------------------------------------------- pandas


def test_pandas_reads_an_address(url: str) -> None:
    """The notebook's one line: a table from an address, its numbers numbers."""
    query = "SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n)"
    frame = pandas.read_csv(f"{url}?query={quote(query)}&format=csv")
    assert list(frame.columns) == ["class", "n"]
    assert frame["n"].dtype.kind == "i"
    assert frame["n"].is_monotonic_decreasing
    question = pandas.read_csv(url.replace("sparql", "q/members-on-day?day=2017-06-10&format=csv"))
    assert len(question) > 5


# ---------------------------------------------------------------- curl

curl_is_here = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def curl(*arguments: str) -> str:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "20", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@curl_is_here
def test_curl_asks_in_every_way(url: str, tmp_path: Path) -> None:
    """Address, form, body, and the method that HTTP has for queries: one answer."""
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", ASK)
    packed = tmp_path / "query.gz"
    packed.write_bytes(gzip.compress(ASK.encode()))
    header = ("-H", "Content-Type: application/sparql-query", "-H", "Content-Encoding: gzip")
    answers = {
        curl("--get", "--data-urlencode", f"query={ASK}", url),
        curl("--data-urlencode", f"query={ASK}", url),
        curl(*direct, url),
        curl("-X", "QUERY", *direct, url),
        curl(*header, "--data-binary", f"@{packed}", url),
    }
    assert [json.loads(answer)["boolean"] for answer in answers] == [True]


@curl_is_here
def test_curl_sees_headers_and_status(url: str) -> None:
    """HEAD tells what GET would send; a mistake has a status that scripts can act on."""
    shown = curl(
        "--head", "-H", "Accept: text/csv", "--get", "--data-urlencode", f"query={SELECT}", url
    )
    assert shown.startswith("HTTP/1.1 200")
    assert "text/csv" in shown
    status = ("-o", "/dev/null", "-w", "%{http_code}")
    assert curl(*status, "-d", "query=SELECT", url) == "400"
    assert curl(*status, "-d", "update=CLEAR ALL", url) == "403"
    assert curl(*status, "-H", "Accept: image/png", f"{url}?query=ASK%7B%7D") == "406"
    assert curl(*status, "-H", "Content-Type: text/plain", "-d", ASK, url) == "415"


# ---------------------------------------------------------------- Comunica

COMUNICA = """
import { QueryEngine } from "@comunica/query-sparql";
const [url, ...queries] = process.argv.slice(1);
const engine = new QueryEngine();
const told = [];
for (const query of queries) {
  const found = await engine.query(query, { sources: [{ type: "sparql", value: url }] });
  if (found.resultType === "boolean") told.push(await found.execute());
  else if (found.resultType === "quads") {
    const quads = await (await found.execute()).toArray();
    told.push(quads.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value]));
  } else {
    const rows = await (await found.execute()).toArray();
    const plain = ([variable, term]) => [variable.value, [term.value, term.language ?? ""]];
    told.push(rows.map((row) => Object.fromEntries([...row].map(plain))));
  }
}
console.log(JSON.stringify(told));
"""


@pytest.mark.slow
def test_comunica_reads_the_endpoint(url: str) -> None:
    """Rows, truths and graphs; and joins of its own over what it asks of us."""
    count = f"SELECT (COUNT(?m) AS ?n) {{ ?m <{ORG}member> <{RUS}> }}"
    values = f"VALUES ?code {{ 'RUS' 'KAZ' }} ?s <{IIS}iso3> ?code ; <{SKOS.prefLabel}> ?name"
    joined = f"SELECT ?s ?name {{ {values} FILTER(LANG(?name) = 'ru') }} ORDER BY ?name"
    code = f"<{RUS}> <{IIS}iso3> ?code"
    queries = [
        f"SELECT ?name {{ <{RUS}> <{SKOS.prefLabel}> ?name }}",
        f"ASK {{ <{RUS}> a <{IIS}State> }}",
        f"CONSTRUCT {{ {code} }} WHERE {{ {code} }}",
        count,
        joined,
    ]
    names, truth, graph, counted, both = json.loads(node.run(COMUNICA, url, *queries))
    assert ["Россия", "ru"] in [row["name"] for row in names]
    assert truth is True
    assert graph == [[str(RUS), IIS + "iso3", "RUS"]]
    assert int(counted[0]["n"][0]) > 10
    assert [row["name"][0] for row in both] == ["Казахстан", "Россия"]


# ---------------------------------------------------------------- another engine


def test_another_engine_federates_into_ours(url: str) -> None:
    """SERVICE of an engine elsewhere is a plain client here."""
    elsewhere = pyoxigraph.Store()
    pattern = f"<{RUS}> <{IIS}iso3> ?code . <{RUS}> <{SKOS.prefLabel}> ?name"
    rows = elsewhere.query(f"SELECT ?code ?name {{ SERVICE <{url}> {{ {pattern} }} }}")
    assert isinstance(rows, pyoxigraph.QuerySolutions)
    assert {row["name"].language for row in rows} >= {"en", "ru", "zh"}
