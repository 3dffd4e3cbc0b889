"""Linked data for programs: formats, links between documents, catalogue, dumps and maps."""

import csv
import gzip
import hashlib
import io
import json
import re
from html import unescape
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
from rdflib import DCTERMS, Graph, Namespace, URIRef

from iisgraph import describe, jsonld, listing
from iisgraph.engine import Literal, NamedNode, Quad, serialize
from iisgraph.formats import GRAPHS
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS, PREFIXES
from tests import rdf

SHAPES = rdf.SHARED / "strangers/dcat-ap/shacl"
BROWSER = {"Accept": "text/html"}
PATHS = [
    "state/RUS",
    "agreement/sco-2009-iis-agreement",
    "scheme/topic/cybercrime",
    "def/State",
    "def/0.1.0",  # is only pointed to, and has dots in its name
]


def links(header: str) -> dict[str, list[str]]:
    """The addresses of a Link header by their relation."""
    found: dict[str, list[str]] = {}
    for address, relation in re.findall(r'<([^>]*)>; rel="(\w+)"', header):
        found.setdefault(relation, []).append(address)
    return found


# ---------------------------------------------------------------- documents


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "text/csv"])
def test_a_document_tells_of_the_others(client: FlaskClient, path: str, accept: str) -> None:
    """What it is about, the one address to cite, the licence, and each other form."""
    response = client.get(f"/doc/{path}", headers={"Accept": accept})
    assert response.mimetype == accept
    told = links(response.headers["Link"])
    assert told["describes"] == [describe.resource_iri(path)]
    assert told["canonical"] == [f"{BASE}doc/{path}"]
    assert told["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert len(told["alternate"]) == 7
    for address in (*told["alternate"], *told.get("describedby", ())):
        assert client.get(address, headers=BROWSER).status_code == 200, address
    assert ("describedby" in told) == (accept == "text/html")


def test_html_links_its_other_forms(client: FlaskClient) -> None:
    """The same as elements, for those who read pages and not headers."""
    text = client.get("/doc/state/RUS", headers=BROWSER).text
    assert f'<link rel="canonical" href="{BASE}id/state/RUS">' in text
    alternates = re.findall(r'<link rel="alternate" title="\w+" href="([^"]+)">', text)
    assert len(alternates) == 7
    types = {client.get(address).mimetype for address in alternates}
    assert len(types) == 7


@pytest.mark.parametrize("path", PATHS)
def test_csv_has_every_statement(client: FlaskClient, snapshot: Snapshot, path: str) -> None:
    """A line each, with the graphs and sources that say it."""
    rows = list(csv.reader(io.StringIO(client.get(f"/doc/{path}.csv").text)))
    description = describe.describe(snapshot, describe.resource_iri(path))
    assert tuple(rows[0]) == listing.COLUMNS
    assert len(rows) - 1 == len(description.statements) > 0
    said = [row for row in rows[1:] if "/graph/derived" not in row[5]]
    assert all(row[5] for row in rows[1:])
    assert said


def canonical(body: bytes) -> list[str]:
    dataset = Dataset(parse(body, format=RdfFormat.JSON_LD))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


@pytest.mark.parametrize("path", [*PATHS, "graph/sco-infoforum-2017", "edition/infoforum-2017"])
def test_compact_jsonld_means_the_same(client: FlaskClient, snapshot: Snapshot, path: str) -> None:
    """With prefixes for its context, and not a statement more or less than the expanded form."""
    body = client.get(f"/doc/{path}.jsonld").data
    document = json.loads(body)
    assert document["@context"].items() <= PREFIXES.items()
    description = describe.describe(snapshot, describe.resource_iri(path))
    form = next(f for f in GRAPHS if f.media_type == "application/ld+json")
    expanded = describe.serialize(snapshot, description, form)
    assert canonical(body) == canonical(expanded)
    assert len(body) < len(expanded) * 1.3 + 200


def test_jsonld_with_odd_iris_stays_as_it_is() -> None:
    """An IRI that reads like a prefixed name is not taken for one."""
    node = NamedNode(f"{BASE}id/state/X")
    odd = Quad(node, NamedNode(IIS + "iso3"), NamedNode("iis:State"))
    plain = Quad(node, NamedNode(IIS + "iso3"), Literal("x", language="en"))
    slashes = Quad(node, NamedNode(IIS + "iso3"), NamedNode(IIS + "//x"))
    for quads in ([odd], [odd, plain], [plain], [slashes, plain]):
        expanded = serialize(quads, "application/ld+json")
        compact = jsonld.compacted(expanded)
        assert canonical(compact) == canonical(expanded)
        assert (compact == expanded) == (odd in quads)


def test_near_matches_of_an_unknown_thing(client: FlaskClient) -> None:
    """A slip in an address is told with what may have been meant, as data and as links."""
    response = client.get("/doc/organisation/shanghai-cooperation-organisatoin")
    assert response.status_code == 404
    assert f"{BASE}id/organisation/sco" in response.get_json(force=True)["near"]
    text = client.get("/doc/agreement/budapest-conventoin", headers=BROWSER).text
    assert 'href="/doc/agreement/coe-ets-185"' in text
    for path in ("doc/%00", "doc/state/" + "x" * 3000, "id/../../etc/passwd"):
        assert client.get(f"/{path}", headers=BROWSER, follow_redirects=True).status_code == 404


# ---------------------------------------------------------------- ontology


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".rdf", ".nt"])
def test_the_whole_ontology(client: FlaskClient, suffix: str) -> None:
    """All terms with their definitions in one file; its page leads to the first three."""
    response = client.get(f"/doc/def/{suffix}")
    page = client.get("/def/", headers=BROWSER, follow_redirects=True).text
    assert (f'href="/doc/def/{suffix}"' in page) == (suffix != ".nt")
    rdf_format = RdfFormat.from_media_type(str(response.mimetype))
    quads = list(parse(response.data, format=rdf_format))
    terms = {q.subject for q in quads if str(q.subject).startswith(f"<{IIS}")}
    assert len(terms) > 100
    assert len(quads) > 1000


def test_page_of_the_ontology(client: FlaskClient, snapshot: Snapshot) -> None:
    """Every term with its meaning, and a picture of how the classes hang together."""
    response = client.get("/doc/def/", headers=BROWSER)
    text = response.text
    header = NamedNode(IIS)
    quads = snapshot.engine.quads(
        None, NamedNode("http://www.w3.org/2000/01/rdf-schema#isDefinedBy"), header
    )
    defined = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    assert len(defined) > 100
    for iri in (iri for iri in defined if iri.startswith(IIS)):
        assert f'href="/doc/def/{iri.removeprefix(IIS)}"' in text, iri
    assert "<svg" in text
    svg = client.get("/model.svg")
    assert svg.mimetype == "image/svg+xml"
    assert len(ElementTree.fromstring(svg.text).findall(".//{*}circle")) > 10


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        ("State", ["Broader", "jurisdiction", "What is checked", "A real example", "/doc/state/"]),
        ("AgreementAction", ["Its properties", "kind of action", "/doc/action/", "/q/"]),
        ("actionKind", ["Leads from", "Leads to", "There must be exactly one kind of action"]),
        ("Jurisdiction", ["Narrower", "former state"]),
    ],
)
def test_page_of_a_term(client: FlaskClient, term: str, shown: list[str]) -> None:
    """Its definition, place, rules in words, an example that is there, questions that use it."""
    text = unescape(client.get(f"/doc/def/{term}", headers=BROWSER).text)
    assert '<p class="lead"' in text
    for each in shown:
        assert each in text
    example = re.search(r'id="example".*?href="([^"]+)"', text, re.DOTALL)
    assert example is None or client.get(example[1], headers=BROWSER).status_code == 200


# ---------------------------------------------------------------- harvesters


def structured(text: str) -> dict[str, object]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    found: dict[str, object] = json.loads(block)
    return found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("state/RUS", "Country"),
        ("organisation/sco", "Organization"),
        ("forum/infoforum", "EventSeries"),
        ("edition/infoforum-2017", "Event"),
        ("agreement/coe-ets-185", "CreativeWork"),
        ("def/State", "Thing"),
    ],
)
def test_schema_org_of_a_thing(client: FlaskClient, path: str, kind: str) -> None:
    """What it is, its names with languages, and where else it is known."""
    told = structured(client.get(f"/doc/{path}", headers=BROWSER).text)
    entity = told["mainEntity"]
    assert isinstance(entity, dict)
    assert (entity["@type"], entity["@id"]) == (kind, describe.resource_iri(path))
    assert entity["name"]
    if path == "state/RUS":
        assert {"@value": "Россия", "@language": "ru"} in entity["alternateName"]
        assert "http://www.wikidata.org/entity/Q159" in entity["sameAs"]


@pytest.mark.parametrize("path", ["/", "/q/", "/q/members-today", "/sparql", "/search", "/data"])
def test_schema_org_of_every_page(client: FlaskClient, path: str) -> None:
    """Each is part of the data set, under its licence."""
    told = structured(client.get(path, headers=BROWSER).text)
    assert told["@type"] == "WebPage"
    assert isinstance(told["isPartOf"], dict)
    assert told["isPartOf"]["@id"] == f"{BASE}dataset"


def test_dumps_are_what_the_catalogue_says(client: FlaskClient, snapshot: Snapshot) -> None:
    """Each file has the size and the checksum of the catalogue, and holds the release."""
    rows = Graph().parse(data=client.get("/catalogue?format=turtle").data, format="turtle").query(
        """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#>
        SELECT ?url ?size ?sum { ?file dcat:downloadURL ?url ; dcat:byteSize ?size ;
          spdx:checksum/spdx:checksumValue ?sum }"""
    )  # fmt: skip
    found = [(str(row[0]), int(str(row[1])), str(row[2])) for row in rows]  # type: ignore[index]
    assert len(found) == 2
    for url, size, told in found:
        path = url.removeprefix("http://localhost")
        response = client.get(path)
        assert response.mimetype == "application/gzip"
        assert "immutable" in response.headers["Cache-Control"]
        assert (len(response.data), hashlib.sha256(response.data).hexdigest()) == (
            size,
            told.lower(),
        )
        assert client.get(f"{path}.sha256").text == f"{told.lower()}  {path.split('/')[-1]}\n"
    lines = gzip.decompress(client.get(f"/dump/{snapshot.release}.nq.gz").data).splitlines()
    assert len(lines) > len(snapshot)
    assert client.get("/dump/0123.nq.gz").status_code == 404


SH = Namespace("http://www.w3.org/ns/shacl#")
DCAT = Namespace(PREFIXES["dcat"])


@pytest.fixture(scope="module")
def dcat_ap() -> Graph:
    """The shapes of DCAT-AP with its ranges, without the few parts that have no path.

    Such a part is no property shape (SHACL §2.3), and pySHACL refuses the whole file for it.
    """
    shapes = Graph()
    for path in sorted(SHAPES.glob("*.ttl")):
        shapes.parse(path)
    parts = list(shapes.subject_objects(SH.property))
    broken = [(shape, part) for shape, part in parts if (part, SH.path, None) not in shapes]
    for shape, part in broken:
        shapes.remove((shape, SH.property, part))
    assert len(parts) > 150
    assert len(broken) < 10
    return shapes


def violations(data: Graph, shapes: Graph) -> list[str]:
    """What is violated, as text; warnings are advice."""
    import pyshacl

    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, allow_warnings=True, advanced=True)
    assert isinstance(report, Graph)
    results = report.subjects(SH.resultSeverity, SH.Violation)
    parts = (SH.focusNode, SH.resultPath, SH.resultMessage)
    return [" ".join(str(report.value(r, part)) for part in parts) for r in results]


@pytest.mark.skipif(not SHAPES.is_dir(), reason="the shapes of DCAT-AP are not beside this tree")
def test_catalogue_conforms_to_dcat_ap(client: FlaskClient, dcat_ap: Graph) -> None:
    """No violation of DCAT-AP 3; and the shapes notice when something that they ask for is gone."""
    text = client.get("/catalogue?format=turtle").data
    data = Graph().parse(data=text, format="turtle")
    assert violations(data, dcat_ap) == []
    for subject, lost in (
        (URIRef(f"{BASE}catalogue"), DCTERMS.title),
        (URIRef(f"{BASE}dataset"), DCTERMS.description),
        (URIRef("http://localhost/sparql"), DCAT.endpointURL),
    ):
        without = Graph().parse(data=text, format="turtle")
        assert (subject, lost, None) in without
        without.remove((subject, lost, None))
        assert any(str(subject) in each for each in violations(without, dcat_ap)), lost


def test_sitemap_leads_to_pages(client: FlaskClient) -> None:
    """Every thing is in it, all addresses are whole, and those tried are there."""
    tree = ElementTree.fromstring(client.get("/sitemap.xml").text)
    found = [node.text or "" for node in tree.findall(".//{*}loc")]
    assert len(found) == len(set(found)) > 8000
    assert all(address.startswith("http://localhost/") for address in found)
    for address in found[:: len(found) // 40]:
        path = address.removeprefix("http://localhost")
        assert client.get(path, headers=BROWSER).status_code == 200, address
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text


def test_headers_of_a_page(client: FlaskClient) -> None:
    """Its language is told, by the reader's wish."""
    for language in ("en", "ru", "zh"):
        response = client.get(f"/doc/state/RUS?lang={language}", headers=BROWSER)
        assert response.headers["Content-Language"] == language
    assert "Content-Language" not in client.get("/doc/state/RUS.ttl").headers


def test_what_names_a_host_is_kept_for_none(client: FlaskClient) -> None:
    """A host that one asker invents must not reach another through a cache."""
    query = quote("SELECT ?s { ?s a iis:FormerState }")
    for path in ("/catalogue", "/sitemap.xml", "/robots.txt", f"/cite?query={query}"):
        response = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" in response.text
        assert response.headers["Cache-Control"] == "no-store", path
    for path in ("/", "/doc/state/RUS", "/doc/state/RUS.ttl", "/doc/def/", "/sparql"):
        response = client.get(path, headers={"Host": "evil.example", **BROWSER})
        assert "evil.example" not in response.text
        assert "evil.example" not in str(response.headers)


def test_answers_tell_since_when(client: FlaskClient, snapshot: Snapshot) -> None:
    """The time of the newest file, on what is kept; and nothing on what is of the moment."""
    newest = max(file.path.stat().st_mtime for file in snapshot.files)
    for path in ("/", "/doc/state/RUS", "/doc/state/RUS.ttl", "/q/"):
        told = client.get(path).last_modified
        assert told is not None
        assert abs(told.timestamp() - newest) < 1
    for path in ("/healthz", "/doc/nothing", f"/sparql?query={quote('SELECT (NOW() AS ?n) {}')}"):
        assert client.get(path).last_modified is None


@pytest.mark.parametrize("name", ["'><x", 'a"b', "x y", "é"])
def test_header_of_an_odd_address_is_safe(client: FlaskClient, name: str) -> None:
    """What is asked for cannot break out of a header or a page."""
    response = client.get(f"/doc/{quote(name)}", headers=BROWSER)
    assert response.status_code == 404
    assert "<x" not in response.text
