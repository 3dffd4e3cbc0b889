"""Pictures are whole, true to their facts, and carry nothing but text where text belongs."""

import csv
import hashlib
import io
import json
import math
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef

from iisgraph import read, relations, web
from iisgraph import snapshot as snapshots
from iisgraph.pictures import (
    Bar,
    Cell,
    Fill,
    Geometry,
    Lane,
    Mark,
    Picture,
    Place,
    Row,
    Table,
    Value,
    geometry,
    matrix,
    network,
    timeline,
    world,
)
from iisgraph.pictures.picture import STYLE, STYLE_HASH, legend
from iisgraph.pictures.svg import breadth, cut, distinct
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE
from iisgraph.web.drawing import DRAWN, SHAPES

SVG = "{http://www.w3.org/2000/svg}"
HTML = {"Accept": "text/html"}
HOSTILE = '</text></svg><script>alert(1)</script>" onload="alert(2)" \'&amp; \x00\x0b\ufffe'
ADDRESS = "https://w3id.org/iisgraph/picture/x"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
DAY = date(2017, 6, 9)


def table(text: str = "India") -> Table:
    row = Row((Cell(text, BASE + "id/state/IND", "en"), Cell("member")), (BASE + "source/a",))
    return Table(("Member", "Status"), [row])


def pictures(text: str, href: str = "/doc/state/IND") -> Iterator[Picture]:
    """One of each kind, with a text wherever one can stand."""
    bar = Bar("k1", date(2000, 1, 1), DAY, (date(2001, 1, 1), DAY), text)
    lane = Lane(text, href, (bar,), (Mark("k2", DAY, text),))
    yield timeline(text, text, lanes=[lane], styles=[("k1", text)], table=table(text))
    shapes = Geometry({"356": "M0 0l9 0 0 9z"})
    fills = [
        Fill(Place("356"), "k1", text, href),
        Fill(Place("702", (103.8, 1.3)), "k2 maybe", text, href),
        Fill(Place("000"), "k1", text),
    ]
    yield world(text, text, fills=fills, styles=[("k1", text)], table=table(text), shapes=shapes)
    axis = [(text, href), (text, "")]
    values = {(0, 1): Value(text, 0.5, text)}
    yield matrix(text, text, rows=axis, columns=axis, values=values, table=table(text))
    yield network(text, text, nodes=axis, links={(0, 1): (2, text)}, table=table(text))


@given(st.text())
def test_any_text_stays_text(text: str) -> None:
    """Both forms are well-formed, and hold no element or attribute that the text made."""
    kinds = list(pictures(text))
    assert len(kinds) == 4
    for made, plain in zip(kinds, pictures("x"), strict=True):
        for written, harmless in (
            (made.alone(ADDRESS, LICENCE), plain.alone(ADDRESS, LICENCE)),
            (made.inline("p"), plain.inline("p")),
        ):
            tree, expected = ElementTree.fromstring(written), ElementTree.fromstring(harmless)
            assert [e.tag for e in tree.iter()] == [e.tag for e in expected.iter()]
            assert [sorted(e.attrib) for e in tree.iter()] == [
                sorted(e.attrib) for e in expected.iter()
            ]


def test_hostile_texts_and_addresses() -> None:
    for made in pictures(HOSTILE, "javascript:alert(1)"):
        for written in (made.alone(ADDRESS, LICENCE), made.inline("p")):
            assert "<script" not in written
            assert not re.search(r"""href=["']?\s*javascript""", written)
            tree = ElementTree.fromstring(written)
            assert not any(name.lower().startswith("on") for e in tree.iter() for name in e.attrib)


def test_a_file_says_what_it_is(tmp_path: Path) -> None:
    """Title, description, and in RDF: licence, sources, and the rows."""
    for made in pictures("India"):
        tree = ElementTree.fromstring(made.alone(ADDRESS, LICENCE))
        assert tree.findtext(f"{SVG}title") == "India"
        assert tree.findtext(f"{SVG}desc") == "India"
        rdf = tree.find(f"{SVG}metadata")
        assert rdf is not None
        graph = Graph().parse(data=ElementTree.tostring(rdf[0], encoding="unicode"), format="xml")
        told = {(str(p).rpartition("/")[2], str(o)) for _, p, o in graph}
        assert ("source", BASE + "source/a") in told
        assert ("license", LICENCE) in told
        assert ("text", made.table.as_csv()) in {(n, t.replace("\n", "\r\n")) for n, t in told}
        assert {str(s) for s in graph.subjects()} == {ADDRESS}
        assert (URIRef(ADDRESS), None, None) in graph


def test_a_picture_in_a_page_is_named() -> None:
    for made in pictures("India"):
        tree = ElementTree.fromstring(made.inline("p"))
        assert tree.get("role") == "group"
        ids = {e.get("id"): e.text for e in tree.iter() if e.get("id")}
        assert [ids[name] for name in tree.get("aria-labelledby", "").split()] == ["India"] * 2


def test_the_style_is_the_one_allowed() -> None:
    digest = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == STYLE_HASH
    written = next(pictures("x")).alone(ADDRESS, LICENCE)
    assert ElementTree.fromstring(written).findtext(f"{SVG}style") == STYLE


def test_csv_is_no_formula() -> None:
    text = table("=cmd|'/c calc'!A1").as_csv()
    (head, row) = csv.reader(io.StringIO(text))
    assert head == ["Member", "Status", "Member (IRI)", "sources"]
    assert row == ["'=cmd|'/c calc'!A1", "member", BASE + "id/state/IND", BASE + "source/a"]


def test_bars_stand_where_their_days_are() -> None:
    bar = Bar("k1", date(2000, 1, 1), date(2005, 1, 1), (date(2002, 1, 1), date(2004, 1, 1)), "t")
    made = timeline("t", "d", lanes=[Lane("l", "", (bar,))], styles=[], table=table())
    tree = ElementTree.fromstring(made.inline("p"))
    whole, sure = [(float(r.get("x", "")), float(r.get("width", ""))) for r in tree.iter("rect")]
    year = whole[1] / 5
    assert sure[0] - whole[0] == pytest.approx(2 * year, abs=0.3)
    assert sure[1] == pytest.approx(2 * year, abs=0.3)


@pytest.mark.parametrize("years", [(1, 2), (1865, 2026), (2020, 2020), (9998, 9999)])
def test_any_span_of_years_can_be_drawn(years: tuple[int, int]) -> None:
    first, last = years
    bar = Bar("k1", date(first, 1, 1), date(last, 12, 31), None, "t")
    made = timeline("t", "d", lanes=[Lane("l", "", (bar,))], styles=[], table=table())
    assert "nan" not in made.inline("p")
    assert timeline("t", "d", lanes=[], styles=[], table=table()).height > 0


def test_cutting_keeps_to_the_breadth() -> None:
    assert cut("abcdef", breadth("abcdef")) == "abcdef"
    assert cut("abcdefgh", breadth("abcdef…") + 0.1) == "abcdef…"
    assert cut("上海合作组织", breadth("上海合…") + 0.1) == "上海合…"
    assert breadth("Шанхай") > breadth("shangh")


@given(st.text(), st.floats(12, 500))
def test_what_is_cut_fits(text: str, most: float) -> None:
    assert breadth(cut(text, most)) <= most


def test_names_that_begin_alike_are_told_apart() -> None:
    """By the words in which they differ, however late; equal names stay equal."""
    begin = "Agreement between the Government of the"
    names = [
        f"{begin} Russian Federation and the Government of the Republic of Cuba on security",
        f"{begin} Russian Federation and the Government of the Republic of India on security",
        f"{begin} Republic of Belarus and others on security",
        "International Code of Conduct for Information Security (2011)",
        "International Code of Conduct for Information Security (2015)",
        "Convention on Cybercrime",
        "Convention on Cybercrime",
    ]
    shown = distinct(names, 268)
    assert shown[0].endswith("…Cuba on security")
    assert shown[1].endswith("…India on security")
    assert "…Republic of Belarus" in shown[2]
    assert shown[3].startswith("International Code")
    assert shown[3].endswith("…(2011)")
    assert shown[4].endswith("…(2015)")
    assert shown[5:] == names[5:]


@given(st.lists(st.text("ab ж"), max_size=8), st.floats(12, 60))
def test_what_is_told_apart_fits(names: list[str], most: float) -> None:
    shown = distinct(names, most)
    assert len(shown) == len(names)
    assert all(breadth(name) <= most for name in shown)


def test_long_legends_go_on_in_the_next_line() -> None:
    """Nothing of them stands outside the picture, and nothing is drawn below them."""
    styles = [("k1", "a rather long name of a style"), ("k2", "Ж" * 300), ("k3", "short")] * 3
    drawn, height = legend(styles, 0, 960)
    places = [(float(e.get("x", "")), float(e.get("y", ""))) for e in drawn if e.tag == "rect"]
    assert len(places) == 9
    assert len({y for _, y in places}) > 3
    assert max(y for _, y in places) < height
    for text in (e for e in drawn if e.tag == "text"):
        assert float(text.get("x", "")) + breadth(text.text or "") <= 960


# ---------------------------------------------------------------- geometry


def topology(tmp_path: Path, ring: list[tuple[int, int]]) -> Path:
    """A file with one country, `001`, of one ring of whole degrees."""
    deltas = [ring[0], *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring))]
    country = {"type": "Polygon", "id": "001", "arcs": [[0]]}
    told = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [deltas],
        "objects": {"countries": {"type": "GeometryCollection", "geometries": [country]}},
    }
    path = tmp_path / f"{abs(hash(tuple(ring)))}.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def points(path: str) -> list[list[tuple[float, float]]]:
    """The corners of each ring of a path."""
    rings = []
    for ring in filter(None, path.split("z")):
        start, moves = ring[1:].split("l")
        x, y = map(float, start.split())
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", moves)]
        corners = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            corners.append((x, y))
        rings.append(corners)
    return rings


def test_a_country_is_drawn_where_it_is(tmp_path: Path) -> None:
    path = topology(tmp_path, [(10, 10), (30, 10), (30, 30), (10, 30), (10, 10)])
    (ring,) = points(geometry.read(path).paths["001"])
    for corner, place in zip(ring, [(10, 10), (30, 10), (30, 30), (10, 30)], strict=False):
        assert math.dist(corner, geometry.project(*place)) < 0.2


def test_a_country_across_the_antimeridian_is_cut(tmp_path: Path) -> None:
    """It falls into two at the edges, and no line crosses the picture."""
    path = topology(tmp_path, [(170, 60), (-170, 60), (-170, 70), (170, 70), (170, 60)])
    rings = points(geometry.read(path).paths["001"])
    assert len(rings) == 2
    for ring in rings:
        assert max(x for x, _ in ring) - min(x for x, _ in ring) < 60
        assert all(-1 <= x <= geometry.WIDTH + 1 for x, _ in ring)


def test_the_projection_is_equal_earth() -> None:
    """The figures of the authors' own table, in units of the sphere's radius."""
    width = geometry.project(180, 0)[0] - geometry.project(-180, 0)[0]
    assert width == pytest.approx(geometry.WIDTH)
    centre = geometry.project(0, 0)
    assert geometry.project(0, 45)[1] < centre[1] < geometry.project(0, -45)[1]
    scale = geometry.WIDTH / (2 * 2.7066297)
    top = (centre[1] - geometry.project(0, 90)[1]) / scale
    assert top == pytest.approx(1.3173628, abs=1e-4)


def test_no_file_is_no_shapes(tmp_path: Path) -> None:
    """Then countries are dots at their capitals."""
    shapes = geometry.read(tmp_path / "none.json")
    assert not shapes
    fills = [Fill(Place("356", (77.2, 28.6)), "k1", "India")]
    made = world("t", "d", fills=fills, styles=[], table=table(), shapes=shapes)
    assert made.inline("p").count("<circle") == 1


def test_the_countries_of_the_data_have_shapes(snapshot: Snapshot) -> None:
    """Natural Earth at 1:110m knows all but small ones; those have capitals."""
    if not SHAPES.is_file():
        pytest.skip(f"{SHAPES.name} is made by the build of the assets, which has not run")
    shapes = geometry.read(SHAPES)
    assert len(shapes.paths) > 170
    rows = snapshot.engine.query("SELECT ?code { ?state a iis:State ; iis:m49 ?code }").rows()
    codes = {row["code"].value for row in rows}
    assert len(codes & shapes.paths.keys()) > 160
    assert sum(map(len, shapes.paths.values())) < 90_000


# ---------------------------------------------------------------- over HTTP

DRAWABLE = {
    "memberships": "state/KAZ",
    "members": "organisation/sco",
    "agreements": "state/RUS",
    "parties": "agreement/coe-ets-185",
    "steps": "agreement/coe-ets-185",
    "votes": "document/ga-73-27",
}


def test_each_picture_has_a_case() -> None:
    assert DRAWABLE.keys() == DRAWN.keys()


@pytest.mark.parametrize(("name", "path"), DRAWABLE.items())
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_pictures_over_http(client: FlaskClient, name: str, path: str, language: str) -> None:
    """As a page with a table, as SVG, as CSV; all with the same facts."""
    address = f"/picture/{name}/{path}"
    page = client.get(f"{address}?lang={language}", headers=HTML)
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "<svg" in text
    drawing = client.get(f"{address}.svg?lang={language}")
    assert drawing.mimetype == "image/svg+xml"
    assert STYLE_HASH in drawing.headers["Content-Security-Policy"]
    ElementTree.fromstring(drawing.data)
    rows = list(csv.reader(io.StringIO(client.get(f"{address}?format=csv").text)))
    assert len(rows) > 5
    assert len(rows) - 1 == text.count('<th scope="row">')
    assert all(row[-1].startswith(BASE + "source/") for row in rows[1:]), "each has a source"
    assert client.get(address, headers={"Accept": "image/svg+xml"}).mimetype == "image/svg+xml"
    assert client.get(address, headers={"Accept": "text/turtle"}).status_code == 406


def test_members_in_a_year(client: FlaskClient, snapshot: Snapshot) -> None:
    """India joined in 2017: a member at the end of that year, not of the year before."""

    def members(year: int) -> set[str]:
        text = client.get(f"/picture/members/organisation/sco.csv?year={year}").text
        rows = list(csv.DictReader(io.StringIO(text)))
        assert rows
        return {row["Member (IRI)"] for row in rows if row["Status"] == "member"}

    india = BASE + "id/state/IND"
    assert india in members(2017)
    assert india not in members(2016)
    sco = relations.in_whole(snapshot, relations.MEMBERSHIP, BASE + "id/organisation/sco")
    expected = {
        r.agent for r in sco if r.kind.endswith("/member") and r.holds_on(date(2010, 12, 31))
    }
    assert members(2010) == expected


def test_the_slider_is_a_form(client: FlaskClient) -> None:
    text = client.get("/picture/members/organisation/sco?year=2010", headers=HTML).text
    assert re.search(r'<form[^>]*method="get"[^>]*data-slider', text)
    assert re.search(r'type="range"[^>]*name="year"[^>]*value="2010"', text)
    assert "year=2009" in text
    assert "year=2011" in text
    assert "2010-12-31" in text
    assert (
        "slider"
        not in client.get("/picture/steps/agreement/coe-ets-185", headers=HTML).text.split(
            "<footer"
        )[0]
    )


def test_an_organisation_has_the_slider_on_its_page(client: FlaskClient) -> None:
    """It runs from the first entry that is dated, and leads to the picture of a year."""
    text = client.get("/doc/organisation/sco", headers=HTML).text
    (form,) = re.findall(r"<form[^>]*data-slider.*?</form>", text, re.DOTALL)
    assert 'action="/picture/members/organisation/sco"' in form
    assert re.search(r'name="year" min="2001" max="\d{4}"', form)
    assert "slider.js" in text
    state = client.get("/doc/state/KAZ", headers=HTML).text
    assert "data-slider" not in state
    assert "slider.js" not in state


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/picture/none/state/KAZ", 404),
        ("/picture/members/organisation/none", 404),
        ("/picture/members/organisation/sco?year=x", 400),
        ("/picture/members/organisation/sco?year=99999", 400),
        ("/picture/members/organisation/sco?year=²", 400),
        ("/picture/members/organisation/sco?year=1", 200),
        ("/picture/members/state/KAZ", 200),
        ("/picture/members/.svg", 404),
        ("/picture/members/%00", 404),
    ],
)
def test_wrong_addresses(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address, headers=HTML).status_code == status


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Flask]:
    """An application over a graph whose names attack the page."""
    name = json.dumps(HOSTILE.replace("\x00", "").replace("\ufffe", ""))
    text = f"""
    @base <https://w3id.org/iisgraph/> . @prefix org: <http://www.w3.org/ns/org#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    <id/organisation/o> a org:FormalOrganization ; skos:prefLabel {name}@en .
    <id/state/A> a <def/State> ; skos:prefLabel {name}@en ; <def/m49> "356" .
    <javascript:alert(1)> skos:prefLabel {name}@en ; <def/m49> "840" .
    <scheme/membership/member> skos:prefLabel {name}@en .
    <id/membership/1> a org:Membership ; org:member <id/state/A> ;
      org:organization <id/organisation/o> ; org:role <scheme/membership/member> .
    <id/membership/2> a org:Membership ; org:member <javascript:alert(1)> ;
      org:organization <id/organisation/o> ; org:role <scheme/membership/member> .
    """
    path = tmp_path / "x.ttl"
    path.write_text(text, encoding="utf-8")
    app = web.create_app(snapshots.of_files(read.files(path)), Settings())
    yield app
    web.close(app)


def test_hostile_names_over_http(hostile: Flask) -> None:
    for form, type_ in (("html", "text/html"), ("svg", "image/svg+xml")):
        answer = hostile.test_client().get(f"/picture/members/organisation/o?format={form}")
        assert answer.status_code == 200
        assert answer.mimetype == type_
        assert "<script>" not in answer.text
        assert not re.search(r"""href=["']?\s*javascript""", answer.text)
        assert "alert(1)" in answer.text, "it is shown, as text"
