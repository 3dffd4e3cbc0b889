"""Things are found by what people call them, in the order in which they mean them."""

import threading
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from iisgraph import read
from iisgraph import snapshot as snapshots
from iisgraph.search import Filters, Index, Match
from iisgraph.search.fold import compact, fold, words
from iisgraph.search.rank import spellings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS, PREFIXES

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
ORGANISATION = PREFIXES["org"] + "FormalOrganization"

FIRST = {
    "SCO": "id/organisation/sco",
    "sco": "id/organisation/sco",
    "ШОС": "id/organisation/sco",
    "шос": "id/organisation/sco",
    "上合组织": "id/organisation/sco",
    "上海合作组织": "id/organisation/sco",
    "Shanghai Cooperation Organisation": "id/organisation/sco",
    "Kazakhstan": "id/state/KAZ",
    "Казахстан": "id/state/KAZ",
    "哈萨克斯坦": "id/state/KAZ",
    "روسيا": "id/state/RUS",
    "KAZ": "id/state/KAZ",
    "643": "id/state/RUS",
    "A/RES/73/27": "id/document/ga-73-27",
    "a res 73 27": "id/document/ga-73-27",
    "A-RES-73-27": "id/document/ga-73-27",
    "infoforum-2017": "id/edition/infoforum-2017",
    "info forum 2017": "id/edition/infoforum-2017",
    "Perú": "id/state/PER",
    "peru": "id/state/PER",
    "united sta": "id/state/USA",
    "BRICS": "id/organisation/brics",
}
"""What is asked, and what must stand first."""

MISSPELLED = {
    "Kazakstan": "id/state/KAZ",
    "Russai": "id/state/RUS",
    "Irna": "id/state/IRN",
    "Казахстн": "id/state/KAZ",
    "Shangai Cooperation": "id/organisation/sco",
    "budapst convention": "id/agreement/coe-ets-185",
    "cybercrme": "id/agreement/coe-ets-185",
    "Uzbeksitan": "id/state/UZB",
}


@pytest.fixture(scope="module")
def index(snapshot: Snapshot) -> Index:
    return Index(snapshot)


@pytest.mark.parametrize(("asked", "path"), FIRST.items())
def test_what_is_meant_stands_first(index: Index, asked: str, path: str) -> None:
    found = index.search(asked)
    assert not found.is_close
    assert found.hits[0].iri == BASE + path
    assert index.suggest(asked)[0].iri == BASE + path


@pytest.mark.parametrize(("asked", "path"), MISSPELLED.items())
def test_mistakes_are_forgiven(index: Index, asked: str, path: str) -> None:
    found = index.search(asked)
    assert found.is_close
    assert all(hit.how is Match.CLOSE for hit in found.hits)
    assert found.hits[0].iri == BASE + path
    assert index.suggest(asked)[0].iri == BASE + path


def test_a_symbol_is_not_taken_for_another(index: Index) -> None:
    """A/69/723 answers with what has it; A/69/732 is no misspelling of it."""
    exact = index.search("A/69/723")
    assert {hit.iri for hit in exact.hits} == {
        BASE + "id/document/a-69-723",
        BASE + "id/agreement/un-2015-code-of-conduct",
    }
    assert all(hit.how is Match.EXACT for hit in exact.hits)
    assert index.search("A/69/732").total == 0


def test_beginnings_of_ideographs(index: Index) -> None:
    """上合 begins 上合组织, and stands scattered in 上海合作组织地区反恐怖机构."""
    found = {hit.iri.removeprefix(BASE) for hit in index.search("上合").hits}
    assert {"id/organisation/sco", "id/organisation/sco-rats"} <= found


def test_better_known_things_stand_before_others(index: Index) -> None:
    """Of what begins alike, states with many statements come before a source's title."""
    hits = index.search("united").hits
    assert {hit.of_class for hit in hits[:3]} <= {IIS + "State", ORGANISATION}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_relations_have_no_names_of_their_own(index: Index) -> None:
    """A membership is named by rule after what it joins; it would crowd out its ends."""
    relations = (IIS + "StateVote", PREFIXES["org"] + "Membership", IIS + "AgreementAction")
    found = index.search("Kazakhstan")
    assert found.total > 5
    assert not any(hit.of_class in relations for hit in found.hits)


def test_filters_and_facets_agree(index: Index) -> None:
    """Each facet tells what choosing it leaves, and a chosen one still shows its fellows."""
    whole = index.search("SCO")
    assert sum(count for _, count in whole.facets["class"]) == whole.total
    for value, count in whole.facets["class"]:
        chosen = index.search("SCO", Filters(of_class=value), most=500)
        assert chosen.total == count
        assert {hit.of_class for hit in chosen.hits} == {value}
        assert chosen.facets["class"] == whole.facets["class"]
    for value, count in whole.facets["country"]:
        assert index.search("SCO", Filters(country=value)).total == count
    for value, count in whole.facets["year"]:
        chosen = index.search("SCO", Filters(year=value))
        assert chosen.total == count
        assert {str(hit.year) for hit in chosen.hits} == {value}


def test_filters_without_a_text(index: Index) -> None:
    """All things of a class, the best known first."""
    found = index.search("", Filters(of_class=IIS + "State"), most=500)
    assert found.total == 195
    assert found.hits[0].iri in {BASE + f"id/state/{code}" for code in ("RUS", "CHN", "USA")}
    assert index.search("").total == 0


def test_pages_join_without_gap(index: Index) -> None:
    whole = [hit.iri for hit in index.search("SCO", most=500).hits]
    pages = [index.search("SCO", start=n, most=50).hits for n in range(0, len(whole), 50)]
    assert len(pages) > 2
    assert [hit.iri for page in pages for hit in page] == whole


def test_the_best_known_of_a_class(index: Index) -> None:
    best = index.best(IIS + "State", 3)
    assert best == [hit.iri for hit in index.search("", Filters(of_class=IIS + "State")).hits[:3]]
    assert index.best("none") == []


@pytest.mark.parametrize(
    "asked",
    [
        '"',
        "'",
        '" OR "',
        "a*",
        "NEAR(a b)",
        "-",
        "text:x",
        "(",
        "%",
        "\0",
        "\ud800",
        "🙂",
        " ",
        "^x",
    ],
)
def test_what_is_syntax_elsewhere_is_text_here(index: Index, asked: str) -> None:
    assert index.search(asked).total == index.search(f" {asked} ").total
    index.suggest(asked)


def test_long_questions_are_cut(index: Index) -> None:
    started = time.process_time()
    assert index.search("zq " * 100_000).total == 0
    assert index.search("z" * 1_000_000).total == 0
    assert time.process_time() - started < 1


def test_an_empty_graph_has_nothing() -> None:
    empty = Index(snapshots.of_files([]))
    assert empty.search("SCO").total == 0
    assert empty.suggest("SCO") == []


def test_many_threads_may_ask_first(snapshot: Snapshot) -> None:
    """The index is built once, whoever comes first, and answers all alike."""
    index = Index(snapshot)
    answers: list[list[str]] = []

    def ask() -> None:
        answers.append([hit.iri for hit in index.search("SCO").hits])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(answer == answers[0] and len(answer) == 50 for answer in answers)


def test_suggestions_come_at_once(index: Index) -> None:
    """Each beginning of some names, as it is typed: 5 ms of work in the median."""
    index.prepare()
    texts = [name[:n] for name in (*FIRST, *MISSPELLED) for n in range(1, len(name) + 1)]
    assert len(texts) > 200
    times = []
    for text in texts:
        started = time.process_time()
        index.suggest(text)
        times.append(time.process_time() - started)
    assert sorted(times)[len(times) // 2] < 0.005


def test_folding() -> None:
    assert fold("A/69/723") == "a 69 723"
    assert fold("Perú–Ñandú") == "peru nandu"
    assert fold("ＳＣＯ") == "sco"
    assert fold("Ёлка") == fold("елка")
    assert fold("__!?") == ""
    assert compact(fold("A-69 723")) == compact(fold("a/69/723"))
    assert words("上合组织 sco") == "上 合 组 织 sco"


def test_spellings() -> None:
    vocabulary = ["iran", "iraq", "russia", "kazakhstan"]
    assert spellings("irna", vocabulary) == {"iran": 0.75}
    assert list(spellings("russai", vocabulary)) == ["russia"]
    assert spellings("irx", vocabulary) == {}, "a short word bears no mistake"


def test_page(client: FlaskClient) -> None:
    page = client.get("/search?q=SCO", headers=HTML)
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert 'href="/doc/organisation/sco"' in text
    assert "class=iis:InternationalAgreement" in text.replace("%3A", ":")
    assert "<script" in text
    narrowed = client.get("/search?q=SCO&class=iis:InternationalAgreement&year=2009", headers=HTML)
    assert "/doc/agreement/sco-2009-iis-agreement" in narrowed.get_data(as_text=True)
    assert '/doc/organisation/sco"' not in narrowed.get_data(as_text=True)


def test_json(client: FlaskClient) -> None:
    answer = client.get("/search?q=ШОС&lang=ru", headers=JSON)
    assert answer.mimetype == "application/json"
    found = answer.get_json()
    first = found["results"][0]
    assert first["iri"] == BASE + "id/organisation/sco"
    assert first["name"] == "Шанхайская организация сотрудничества"
    assert first["matched"] == {"text": "ШОС", "language": "ru", "how": "exact"}
    assert found["total"] >= len(found["results"]) > 5
    assert set(found["facets"]) == {"class", "country", "year"}
    by_name = client.get("/search?q=ШОС&lang=ru&format=json", headers=HTML)
    assert by_name.get_json() == found


def test_suggestions(client: FlaskClient) -> None:
    found = client.get("/suggest?q=上合").get_json()
    assert 1 <= len(found) <= 8
    assert "/doc/organisation/sco" in {each["href"] for each in found}
    assert set(found[0]) == {"iri", "href", "name", "language", "kind", "matched"}
    assert client.get("/suggest").get_json() == []


def test_wrong_start(client: FlaskClient) -> None:
    for start in ("-1", "x", "1e3", "99999999999999999999", "²"):
        assert client.get(f"/search?q=a&start={start}").status_code == 400
    assert client.get("/search?q=SCO&start=10000", headers=HTML).status_code == 200
    assert client.get("/search?q=a", headers={"Accept": "image/png"}).status_code == 406


HOSTILE = """
<id/state/XXX> a <def/State> ;
  <http://www.w3.org/2004/02/skos/core#prefLabel> "<script>a(1)</script> \\"quoted\\" & 'so'"@en ;
  <def/iso3> "XXX" .
<id/organisation/xxx> a <http://www.w3.org/ns/org#FormalOrganization> ;
  <http://www.w3.org/2004/02/skos/core#altLabel> "javascript:alert(2)" , "quoted\\u0000zero" .
"""


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    """In the page, its attributes and addresses, and in JSON."""
    from iisgraph import web
    from iisgraph.settings import Settings

    path = tmp_path / "x.ttl"
    path.write_text("@base <https://w3id.org/iisgraph/> .\n" + HOSTILE, encoding="utf-8")
    app = web.create_app(snapshots.of_files(read.files(path)), Settings())
    try:
        client = app.test_client()
        for query in ("quoted", '"><script>alert(3)</script>', "script", "a 1", "alert", "XXX"):
            page = client.get("/search", query_string={"q": query}, headers=HTML)
            text = page.get_data(as_text=True)
            assert page.status_code == 200
            assert "<script>" not in text
            assert 'href="javascript' not in text
        found = client.get("/suggest?q=script").get_json()
        assert found[0]["name"].startswith("<script>")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    finally:
        web.close(app)
