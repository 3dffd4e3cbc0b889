"""The pages on the data say what is counted, and whose word it is."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from iisgraph import query, read, report, web
from iisgraph import snapshot as snapshots
from iisgraph.report import evidence
from iisgraph.report.evidence import Source
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE
from iisgraph.web.feed import newest
from iisgraph.web.figures import prose
from iisgraph.web.languages import grouped

HTML = {"Accept": "text/html"}
ATOM = "{http://www.w3.org/2005/Atom}"
PAGES = [
    "/data",
    "/data/coverage",
    "/data/sources",
    "/data/disagreements",
    "/data/releases",
    "/data/conformance",
    "/status",
]


@pytest.fixture(scope="module")
def sources(snapshot: Snapshot) -> dict[str, Source]:
    return evidence.sources(snapshot)


def test_what_rests_on_each_source(snapshot: Snapshot, sources: dict[str, Source]) -> None:
    """Records and statements as SPARQL counts them; each statement of a record counts once."""
    count = "SELECT (COUNT(*) AS ?n) { ?source a iis:Source }"
    (row,) = query.answer(snapshot, count).rows()
    assert len(sources) == int(row["n"].value) > 900
    text = """
    SELECT ?source (COUNT(DISTINCT ?record) AS ?records) (COUNT(*) AS ?statements)
    WHERE { GRAPH ?record { ?s ?p ?o FILTER(?s != ?record) }
            ?record a iis:Record ; prov:hadPrimarySource ?source }
    GROUP BY ?source
    """
    told = {
        row["source"].value: (int(row["records"].value), int(row["statements"].value))
        for row in query.answer(snapshot, text).rows()
    }
    assert len(told) > 900
    for iri, (records, statements) in told.items():
        found = sources[iri]
        assert (found.records, found.alone + found.shared) == (records, statements), iri
    assert {
        iri for iri, each in sources.items() if not each.records
    } == sources.keys() - told.keys()


def test_each_disagreement_has_both_sides(snapshot: Snapshot, sources: dict[str, Source]) -> None:
    """As the page on the data has them: as many values, by the same sources."""
    found = evidence.contests(snapshot, sources)
    heads, rows = report.rows_of(snapshot, "contests")
    assert len(found) == 4
    pairs = [(r, s) for contest in found for r in contest.readings for s in r.sources]
    assert len(pairs) == len(rows)
    value, source = heads.index("Value"), heads.index("Source")
    assert {(str(r.value), s.iri) for r, s in pairs} == {
        (str(row[value]), getattr(row[source], "value", "")) for row in rows
    }
    for contest in found:
        assert len(contest.readings) >= 2
        ranks = [min(s.rank for s in reading.sources) for reading in contest.readings]
        assert ranks == sorted(ranks), "the strongest source stands first"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_pages(client: FlaskClient, path: str, language: str) -> None:
    page = client.get(path, query_string={"lang": language}, headers=HTML)
    assert page.status_code == 200
    for other in PAGES:
        assert re.search(rf'href="{other}\?lang={language}"', page.text), other
    assert page.text.count("<h1") == 1
    assert page.text.count('aria-current="page"') >= 1


def test_figures_are_those_of_the_report(client: FlaskClient, snapshot: Snapshot) -> None:
    text = client.get("/data", headers=HTML).text
    _, rows = report.rows_of(snapshot, "overall")
    for row in rows:
        for term in row:
            assert f">{grouped(getattr(term, 'value', ''))}<" in text
    text = client.get("/data/coverage", headers=HTML).text
    for name in ("classes", "years", "languages", "blanks", "seats"):
        assert f'<section aria-labelledby="{name}">' in text


def test_disagreements_side_by_side(client: FlaskClient) -> None:
    text = client.get("/data/disagreements", headers=HTML).text
    assert text.count('class="contest"') == 4
    assert text.count('class="value"') == 8
    assert "2017-06-22" in text
    assert "2017-06-23" in text
    assert 'href="/q/contested-values"' in text


def test_sources_can_be_narrowed_and_ordered(
    client: FlaskClient, sources: dict[str, Source]
) -> None:
    def shown(**asked: str) -> list[str]:
        text = client.get("/data/sources", query_string=asked, headers=HTML).text
        return re.findall(r'<th scope="row"><a href="/doc/(source/[^"]+)"', text)

    everything = shown()
    sizes = [sources[BASE + path].alone + sources[BASE + path].shared for path in everything]
    assert len(everything) == 50
    assert sizes == sorted(sizes, reverse=True)
    press = shown(kind="press", order="date")
    assert all(sources[BASE + path].kind.endswith("/press") for path in press)
    dates = [sources[BASE + path].issued for path in press]
    assert dates == sorted(dates, reverse=True)
    assert not set(shown(start="50")) & set(everything)
    ranks = [sources[BASE + path].rank for path in shown(order="rank")]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    "address", ["/data/sources?order=x", "/data/sources?start=-1", "/data/sources?start=99999999"]
)
def test_wrong_parameters(client: FlaskClient, address: str) -> None:
    assert client.get(address, headers=HTML).status_code == 400


def test_feed(client: FlaskClient, sources: dict[str, Source]) -> None:
    """A well-formed feed with what Atom requires of it, the newest first."""
    answer = client.get("/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    for part in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{part}") is not None
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 50
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert ids == [source.iri for source in newest(list(sources.values()))]
    dates = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", date) for date in dates)
    assert feed.findtext(f"{ATOM}updated") == dates[0]
    assert all(entry.findtext(f"{ATOM}title") for entry in entries)


def source(iri: str, issued: str, kind: str = "press") -> Source:
    return Source(iri, f"{BASE}scheme/source/{kind}", 6, "", issued, 0, 0, 0)


def test_newest_sources_by_what_is_known_of_their_date() -> None:
    given = [
        source("a", "2020"),
        source("b", "2021-05"),
        source("c", "2021-05-01"),
        source("d", ""),
        source("e", "2025", "data-set"),
    ]
    assert [each.iri for each in newest(given)] == ["c", "b", "a"]


def test_status_is_never_kept(client: FlaskClient) -> None:
    answer = client.get("/status", headers=HTML)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "query-seconds" in answer.text
    assert "metrics" not in answer.text


def test_conformance_is_the_documentation(client: FlaskClient) -> None:
    text = client.get("/data/conformance", headers=HTML).text
    assert "<table>" in text
    assert "SPARQL 1.1 Protocol" in text


HOSTILE = """
@base <https://w3id.org/iisgraph/> . @prefix iis: <def/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
<source/a> a iis:Source ; dcterms:title "<script>alert(1)</script>" ; dc:publisher "</td><script>" ;
  dcterms:issued "2020-13-77<script>" ; iis:sourceKind <javascript:alert(2)> .
<graph/x> a iis:Record ; prov:hadPrimarySource <source/a> .
<id/contest/1> a iis:Contest ; rdf:subject <id/state/A> ; rdf:predicate <javascript:alert(3)> ;
  rdf:object "<script>alert(4)</script>" , <javascript:alert(5)> .
<id/state/A> <javascript:alert(3)> "<script>alert(4)</script>" .
"""


def test_hostile_data_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(HOSTILE, encoding="utf-8")
    app = web.create_app(snapshots.of_files(read.files(path)), Settings())
    try:
        client = app.test_client()
        for address in (*PAGES, "/data/sources?order=date", "/feed.atom"):
            answer = client.get(address, headers=HTML)
            assert answer.status_code == 200, address
            assert "<script>" not in answer.text
            assert not re.search(r"""href=["']?\s*javascript""", answer.text)
        assert "alert(4)" in client.get("/data/disagreements", headers=HTML).text
        ElementTree.fromstring(client.get("/feed.atom").data)
    finally:
        web.close(app)


def test_documentation_cannot_bring_html() -> None:
    assert "<script>" not in prose("a <script>alert(1)</script>")
    assert "href" not in prose("[x](javascript:alert(2))")
