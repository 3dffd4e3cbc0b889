"""Pages about things: what fits the class, who says so, and nothing unsafe."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient

from iisgraph import describe, profile, web
from iisgraph import snapshot as snapshots
from iisgraph.describe import Names
from iisgraph.engine import NamedNode
from iisgraph.provenance import sources
from iisgraph.read import File
from iisgraph.settings import Settings
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, IIS
from iisgraph.web.links import local
from iisgraph.web.notes import Notes
from iisgraph.web.sections import Writer, titles

PATHS = [
    "state/RUS",
    "former-state/SUN",
    "organisation/un",
    "group/gge-2009-2010",
    "forum/infoforum",
    "edition/infoforum-2017",
    "session/infoforum-2017-s1",
    "agreement/coe-ets-185",
    "agreement/sco-2009-iis-agreement",
    "document/ga-74-247",
    "source/pigeon-unga",
    "graph/sco-infoforum-2017",
    "graph/derived",
    "scheme/vote",
    "scheme/vote/yes",
    "membership/un/NRU/member/1",
    "place/RUS",
]


def page(client: FlaskClient, path: str) -> str:
    response = client.get(f"/doc/{path}", headers={"Accept": "text/html"})
    assert response.status_code == 200, path
    return response.text


@pytest.fixture(scope="module")
def known(snapshot: Snapshot) -> list[str]:
    """The paths above that are in the graph."""
    found = [path for path in PATHS if snapshot.knows(describe.resource_iri(path))]
    assert len(found) >= 15
    return found


def test_every_number_leads_to_a_source(client: FlaskClient, known: list[str]) -> None:
    """Sources are numbered from 1 without gaps, and a number beside a statement has its source."""
    for path in known:
        text = page(client, path)
        listed = [int(n) for n in re.findall(r'<li id="source-(\d+)"', text)]
        assert listed == list(range(1, len(listed) + 1)), path
        assert listed, path
        assert {int(n) for n in re.findall(r'href="#source-(\d+)"', text)} == set(listed), path


def test_parts_are_named_once(client: FlaskClient, known: list[str]) -> None:
    """No identifier stands twice, and what is labelled by another part has one."""
    for path in known:
        text = page(client, path)
        names = re.findall(r'\sid="([^"]+)"', text)
        assert len(names) == len(set(names)), path
        labels = {
            name for each in re.findall(r'labelledby="([^"]+)"', text) for name in each.split()
        }
        assert labels <= set(names), path


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("state/RUS", ["Memberships", "Agreements", "Votes", "Forums and meetings"]),
        ("state/RUS", ["picture/memberships/state/RUS.svg"]),
        ("organisation/un", ["Members over time", "Organs and parts"]),
        ("organisation/un", ["picture/members/organisation/un.svg"]),
        ("forum/infoforum", ["Editions", "Infoforum 2017"]),
        ("edition/infoforum-2017", ["Sessions", "Participants"]),
        ("agreement/coe-ets-185", ["Parties and their steps", "signature", "entry into force"]),
        ("agreement/coe-ets-185", ["picture/parties/agreement/coe-ets-185.svg"]),
        ("document/ga-74-247", ["Sponsors and other roles", "lead sponsor"]),
        ("document/ga-74-247", ["Roll call", "abstain", "picture/votes/document/ga-74-247.svg"]),
        ("source/sco-infoforum-2017", ["What it states", "Infoforum 2017"]),
    ],
)
def test_what_fits_the_class(client: FlaskClient, path: str, shown: list[str]) -> None:
    """Each class has its tables and pictures."""
    text = unescape(page(client, path))
    for each in shown:
        assert each in text


def test_every_table_has_a_title(client: FlaskClient) -> None:
    """A plan without a heading would be a bug of ours."""
    plans = {plan.name for plan in profile.plans_of(profile.CLASSES)}
    assert len(plans) > 15
    assert plans == titles().keys()


def test_long_tables_have_pages(client: FlaskClient) -> None:
    """Who is not on the first page of a table is on a later one, and each but once."""
    table = "organisation/un?table=members"
    first = page(client, "organisation/un")
    assert 'href="/doc/organisation/un?table=members"' in first
    rows = [
        re.findall(r'<th scope="row">.*?href="([^"]+)"', page(client, f"{table}&page={number}"))
        for number in (1, 2, 3)
    ]
    total = re.search(r'id="members">.*?<span class="number">(\d+)</span>', first)
    assert total
    assert (len(rows[0]), len(rows[2])) == (100, 0)
    assert len(rows[0] + rows[1]) == int(total[1])
    for wrong in ("0", "-1", "x", "9" * 30, "²"):
        assert page(client, f"{table}&page={wrong}")


def test_of_each_voter_and_sponsor_who_says_so(client: FlaskClient, snapshot: Snapshot) -> None:
    """A group has the sources of most of its entries; whoever has others shows them."""
    told = sources.Sources(snapshot)
    seen = own = 0
    with client.application.test_request_context("/"):
        notes = Notes(told, Names(snapshot, ["en"]).__call__)
        writer = Writer(Names(snapshot, ["en"]).__call__, notes)
        for path in ("document/ga-74-247", "document/ga-75-32", "document/ga-75-240"):
            iri = describe.resource_iri(path)
            for table in profile.tables(snapshot, iri, [IIS + "Document"]):
                said = {
                    (cell.value, value.value): {
                        s.iri or s.graph for g in line.graphs for s in told.of(g)
                    }
                    for line in table.lines
                    for cell in line.cells[0]
                    for value in line.cells[1]
                }
                groups = writer.section(table).groups
                shown = [(group, entry) for group in groups for entry in group.entries]
                assert len(shown) == len(said)
                seen += len(shown)
                for group, entry in shown:
                    key = (NamedNode(entry.link.iri), NamedNode(group.link.iri))
                    numbers = {note.number for note in entry.notes or group.notes}
                    named = {c.link.iri for c in notes.cited if c.number in numbers}
                    assert named == said[key], (path, key)
                    own += bool(entry.notes)
    assert seen > 300
    assert own > 0


def test_what_a_source_says_by_kind(client: FlaskClient, snapshot: Snapshot) -> None:
    """The kinds are counted, each can be had alone, and together they are all."""
    iri = BASE + "source/sco-infoforum-2017"
    found = describe.contents(snapshot, iri, describe.classes_of(snapshot))
    assert len(found.subjects) > 5
    parts = [each for kind in found.subjects for each in found.of_class(kind)]
    assert sorted(map(str, parts)) == [str(each) for each in found.of_class("")]
    text = page(client, "source/sco-infoforum-2017")
    links = re.findall(r'href="(/doc/source/sco-infoforum-2017\?of=[^"]+)"', text)
    assert len(links) == len([kind for kind in found.subjects if kind])
    chosen = page(client, "source/sco-infoforum-2017?of=iis:Participation")
    number = len(found.subjects[IIS + "Participation"])
    assert f"About {number} things" in chosen
    assert re.search(r'of=iis:Participation" aria-current="true"', chosen)
    assert "What it states" not in page(client, "source/sco-infoforum-2017?of=iis:Nothing")


def test_sources_stand_once_where_all_have_the_same(client: FlaskClient) -> None:
    """Beside the heading of a thing, and then not beside each value again."""
    text = page(client, "source/sco-infoforum-2017").partition("What it states")[2]
    things = re.split(r"<h3>", text)[1:]
    assert len(things) > 25
    heads = [thing.partition("</h3>") for thing in things]
    once = [body.partition("</dl>")[0] for head, _, body in heads if "#source-" in head]
    others = [body.partition("</dl>")[0] for head, _, body in heads if "#source-" not in head]
    assert len(once) > 10
    assert all("#source-" not in body for body in once)
    assert all("#source-" in body for body in others)


def test_columns_that_say_nothing_are_left_out(client: FlaskClient) -> None:
    """A group whose seats have no days has no columns for them; another with days has."""
    heads = {
        path: re.findall(
            r"<th scope=\"col\">(.*?)</th>",
            page(client, path).partition(f'id="{table}"')[2].partition("</thead>")[0],
        )
        for path, table in (("group/gge-2009", "experts"), ("state/RUS", "seats"))
    }
    assert heads["group/gge-2009"] == ["member", "office", "Sources"]
    assert heads["state/RUS"][0] == "in organisation"


def test_a_language_is_told_once(client: FlaskClient) -> None:
    """Beside texts that are all in it, and not in the reader's."""
    text = client.get("/doc/agreement/coe-ets-185?lang=ru", headers={"Accept": "text/html"}).text
    keywords = text.partition("schema.org/keywords")[2].partition("</dd>")[0]
    assert keywords.count('<span class="tag">en</span>') == 1
    assert keywords.count('lang="en"') > 5
    english = page(client, "agreement/coe-ets-185").partition("schema.org/keywords")[2]
    assert 'class="tag"' not in english.partition("</dd>")[0]


def test_members_of_today_come_first(client: FlaskClient) -> None:
    """And those whose end is stated after them, both by name."""
    text = page(client, "organisation/sco?table=members")
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr>")]
    told = [(bool(row[3]), re.sub("<[^>]*>", "", row[0])) for row in rows if row]
    assert len(told) > 40
    assert told == sorted(told)
    assert {is_over for is_over, _ in told} == {True, False}


def test_what_it_is_comes_first(client: FlaskClient) -> None:
    """Kind, status and days before keywords and places in the text."""
    text = page(client, "agreement/sco-2009-iis-agreement").partition("What is said")[2]
    order = [
        text.index(f'href="/doc/def/{name}"')
        for name in ("agreementKind", "agreementStatus", "legalForce", "signed", "locator")
    ]
    assert order == sorted(order)
    assert text.index("schema.org/keywords") > order[3]


def test_a_class_leads_to_all_of_it(client: FlaskClient) -> None:
    """The search lists those that have names; of others there is no such list."""
    text = page(client, "def/InternationalAgreement")
    (address,) = re.findall(r'href="(/search\?class=[^"]+)"', text)
    found = client.get(address, headers={"Accept": "text/html"}).text
    assert re.search(r"\b1\d\d results", found)
    assert "/search?class=" not in page(client, "def/StateVote") + page(client, "def/signed")
    assert "_:" not in text


def test_a_source_shows_all_that_it_says(client: FlaskClient, snapshot: Snapshot) -> None:
    """Its pages together have every subject of its records."""
    iri = BASE + "source/unproject-votes"
    found = describe.contents(snapshot, iri, describe.classes_of(snapshot)).of_class("")
    count = len(found)
    assert count > 100
    assert [str(each) for each in found] == sorted({str(each) for each in found})
    seen: list[str] = []
    for number in range(1, -(-count // 40) + 1):
        stated = page(client, f"source/unproject-votes?page={number}").partition("What it states")[
            2
        ]
        seen += re.findall(r'<h3><a href="([^"]+)"', stated)
    assert seen == [local(getattr(each, "value", "")) for each in found]
    text = page(client, "source/unproject-votes?page=2")
    assert f"Page 2 of {-(-count // 40)}" in text
    assert f"About {count} things" in text


def test_very_long_lists_are_cut_and_say_so(client: FlaskClient) -> None:
    """A page stays light; how many values it leaves to the downloads is told."""
    text = page(client, "scheme/vote/yes")
    left = re.findall(r"(\d+) more, in the downloads", text)
    assert left
    assert all(int(number) > 0 for number in left)
    assert "More points here than one page can show." in text
    for path in (
        "scheme/vote/yes",
        "def/Record",
        "organisation/un",
        "note/start-years-from-cow-igo",
    ):
        assert len(page(client, path).encode()) < 150_000, path


def test_contested_values_stand_side_by_side(client: FlaskClient, snapshot: Snapshot) -> None:
    """Each with its own sources, and marked."""
    for subject, property_ in profile.contested(snapshot):
        path = subject.removeprefix(BASE).removeprefix("id/")
        text = page(client, path)
        assert text.count('<span class="mark contested">contested</span>') >= 2
        outgoing = describe.outline(snapshot, subject, 400).outgoing
        values = [s.value for s in outgoing if s.predicate == property_]
        assert len(values) > 1
        for value in values:
            assert getattr(value, "value", "") in unescape(text)


def test_what_follows_by_rule_is_marked(client: FlaskClient) -> None:
    """A name that a rule made has no source, and says so."""
    names = page(client, "state/RUS").partition('id="names"')[2]
    other = re.search(r"Russian Federation</span>(.*?)</li>", names, re.DOTALL)
    assert other
    assert ">by rule</span>" in other[1]
    assert "#source-" not in other[1]


def test_questions_that_use_a_thing(client: FlaskClient) -> None:
    """A state can be asked of where a question takes a state; its address has the answer."""
    text = page(client, "state/KAZ")
    links = [unescape(link) for link in re.findall(r'href="(/q/[^"]*)"', text)]
    assert "/q/memberships-of-state?state=KAZ" in links
    assert all(client.get(link).status_code == 200 for link in links)
    assert '/q/infoforum-2017-numbers"' in page(client, "edition/infoforum-2017")


def test_states_and_organisations_lead_to_their_comparison(client: FlaskClient) -> None:
    """Who can be compared says where; a document cannot."""
    for path in ("state/KAZ", "organisation/sco"):
        (address,) = re.findall(r'href="(/compare\?[^"]+)"', page(client, path))
        assert client.get(unescape(address), headers={"Accept": "text/html"}).status_code == 200
    assert 'href="/compare?' not in page(client, "document/ga-74-247")


# ---------------------------------------------------------------- hostile data

EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&lt;"
HOSTILE = r"""
@prefix iis: <https://w3id.org/iisgraph/def/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
@prefix org: <http://www.w3.org/ns/org#> .
<https://w3id.org/iisgraph/id/state/X'onload=a> a iis:State ;
    skos:prefLabel "EVIL"@en , "EVIL"@ar ;
    skos:exactMatch <javascript:alert(1)> , <JAVASCRIPT:alert(1)> , <data:text/html,x> ;
    schema:url <https://example.org/'onmouseover='a> ;
    <https://example.org/p'q> "EVIL" .
<https://w3id.org/iisgraph/id/membership/x> a org:Membership ;
    org:member <https://w3id.org/iisgraph/id/state/X'onload=a> ;
    org:organization <vbscript:x> ;
    schema:startDate "EVIL" .
<urn:x'y> iis:capital <https://w3id.org/iisgraph/id/state/X'onload=a> .
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site over data that would like to be markup."""
    path = tmp_path_factory.mktemp("hostile") / "evil.ttl"
    literal = EVIL.replace("\\", "\\\\").replace('"', '\\"')
    path.write_text(HOSTILE.replace("EVIL", literal), encoding="utf-8")
    app = web.create_app(snapshots.of_files([File(path, BASE + "graph/x")]), Settings())
    yield app.test_client()
    web.close(app)


@pytest.mark.parametrize("path", ["state/X'onload=a", "membership/x", "graph/x"])
def test_hostile_data_stays_text(hostile: FlaskClient, path: str) -> None:
    """Literals and IRIs are escaped wherever they stand; only web addresses are followed."""
    text = page(hostile, path)
    assert "alert(1)" in text
    assert "<script>" not in text
    assert "<img src=x" not in text
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL)
    assert all("alert" not in script or "<" not in script for script in scripts)
    tags = re.findall(r"<[a-z][^<>]*>", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))
    for tag in tags:
        assert not re.search(r"""\son\w+\s*=(?=(?:[^"]*"[^"]*")*[^"]*$)""", tag), tag
        for address in re.findall(r'\s(?:href|src)="([^"]*)"', tag):
            assert re.match(r"(/|#|https?://)", unescape(address)), tag


def test_only_statements_of_hostile_types_are_read() -> None:
    """The classes that pages are made for are ours and ORG's, and of SKOS."""
    assert all(c.startswith((IIS, "http://www.w3.org/")) for c in profile.CLASSES)
