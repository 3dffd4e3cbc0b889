"""The import of tables: what it writes, what it keeps, what it refuses, and in which words."""

import csv
import os
import pty
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iisgraph import engine, read
from iisgraph.cli import main
from iisgraph.engine import Literal, NamedNode, Quad
from iisgraph.read import Content
from iisgraph.snapshot import Snapshot
from iisgraph.tables import plan
from iisgraph.tables.cells import CellError, values
from iisgraph.tables.layouts import Column
from iisgraph.tables.register import Register
from iisgraph.vocab import BASE, GRAPH, IIS, PREFIXES, SKOS, TYPE
from tests import facts, statements
from tests.conftest import ROOT
from tests.facts import Row, split

TABLES = sorted(facts.TABLES.glob("*.csv"))
HEAD = f"@base <{BASE}> .\n" + "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items())
SMALL = {
    "reference/agreements": "<id/agreement/code> a iis:InternationalAgreement .",
    "reference/documents": "<id/document/ga-1> a iis:Document .",
    "reference/forums": """
        <id/forum/infoforum> a iis:ForumSeries ; skos:prefLabel "Infoforum"@en .
        <id/edition/infoforum-2017> a iis:ForumEdition .""",
    "reference/groups": '<id/group/oewg-2021> a iis:WorkingGroup ; skos:prefLabel "OEWG"@en .',
    "reference/jurisdictions": """
        <id/state/GEO> a iis:State ; skos:prefLabel "Georgia"@en .
        <id/state/IND> a iis:State ; skos:prefLabel "India"@en , "Индия"@ru .
        <id/state/RUS> a iis:State ; skos:prefLabel "Russia"@en ; iis:iso3 "RUS" .
        <id/territory/SGS> a iis:Territory ; skos:prefLabel "South Georgia"@en ;
            skos:altLabel "Georgia"@en .""",
    "reference/organisations": """
        <id/organisation/african-union> a org:FormalOrganization .
        <id/organisation/sco> a org:FormalOrganization ;
            skos:prefLabel "Shanghai Cooperation Organisation"@en ; skos:altLabel "ШОС"@ru .
        <id/organisation/un> a org:FormalOrganization ; skos:prefLabel "United Nations"@en .""",
    "sources": """
        <source/alpha> a iis:Source ; iis:sourceKind <scheme/source/official> ;
            dcterms:license <scheme/licence/mit> .
        <source/beta> a iis:Source ; iis:sourceKind <scheme/source/press> .
        <source/cow-igo> a iis:Source ; iis:sourceKind <scheme/source/data-set> .""",
}
"""A content small enough to be read at once."""

GOOD: dict[str, Row] = {
    "agreement_actions": {
        "agreement": "code", "party": "RUS", "action": "signature", "date": "2009-06-16",
        "source": "alpha",
    },
    "agreements": {
        "id": "pact", "title_en": "Pact", "short_title": "Pact", "kind": "treaty",
        "legal_force": "binding", "status": "signed", "source": "alpha",
    },
    "documents": {
        "id": "ga-2", "symbol": "A/2", "title_en": "Report", "kind": "report", "organ": "un",
        "source": "alpha",
    },
    "editions": {
        "id": "infoforum-2018", "forum": "infoforum", "name_en": "Infoforum 2018",
        "start": "2018-02", "source": "alpha",
    },
    "forums": {"id": "wic", "name_en": "World Internet Conference", "source": "alpha"},
    "groups": {
        "id": "oewg-2021-s1", "name_en": "First session", "organ": "oewg-2021",
        "start": "2021-12-13", "source": "alpha",
    },
    "memberships": {
        "organisation": "sco", "state": "IND", "status": "member", "start": "2017-06-09",
        "source": "alpha",
    },
    "organisations": {"id": "itu", "name_en": "ITU", "kind": "specialised-agency"},
    "participations": {
        "event": "infoforum-2017", "participant": "RUS", "participant_kind": "state",
        "role": "host", "source": "alpha",
    },
    "sessions": {
        "id": "infoforum-2017-s2", "edition": "infoforum-2017", "kind": "session",
        "title_en": "Second session", "source": "alpha",
    },
    "sources": {
        "id": "gamma", "title": "A page", "publisher": "A body", "url": "https://example.org/a",
        "language": "en", "kind": "official",
    },
    "states": {
        "iso3": "FRA", "iso2": "FR", "m49": "250", "name_en": "France",
        "un_member_since": "1945-10-24", "source": "alpha",
    },
    "votes": {"document": "ga-1", "state": "RUS", "vote": "yes", "source": "alpha"},
}  # fmt: skip
"""A row of each table that nothing is wrong with; what is not named is blank."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A content folder with the real ontology and a little data."""
    root = tmp_path / "content-of-a-test"
    for name, turtle in SMALL.items():
        write(root, name, turtle)
    (root / "ontology").symlink_to(ROOT / "ontology")
    return root


def write(root: Path, name: str, turtle: str) -> Path:
    """A file of data, by its path below `data/`."""
    path = root / f"data/{name}.ttl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + turtle, encoding="utf-8")
    return path


def csv_of(path: Path, table: Iterable[Row]) -> Path:
    """A table as CSV, with the columns of the frozen table of that name."""
    header = list(facts.table(path.stem.split(".")[0])[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return path


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, arguments)])


def put(root: Path, **tables: Row | list[Row]) -> Result:
    """Import rows given by table, each as a change to a good row."""
    paths = []
    for name, changed in tables.items():
        changes = [changed] if isinstance(changed, dict) else changed
        table = [GOOD[name] | change for change in changes]
        paths.append(csv_of(root.parent / f"{name}.csv", table))
    return call(*paths, "--into", root)


def done(result: Result) -> str:
    """What an import that went well has printed."""
    assert result.exit_code == 0, result.output
    return result.stdout


def said(root: Path) -> set[Quad]:
    """All statements of a folder outside its ontology."""
    return {quad for file in read.files(root / "data") for quad in file.quads}


def holds(root: Path, graph: str, turtle: str) -> bool:
    """Whether a graph of a folder makes these statements."""
    parsed = engine.parse((HEAD + turtle).encode(), "text/turtle", GRAPH + graph, BASE)
    return set(parsed.quads) <= said(root)


def bytes_of(root: Path) -> dict[str, bytes]:
    paths = [path for path in (root / "data").rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


# ---------------------------------------------------------------- all tables, from nothing


def bare(root: Path) -> Path:
    """A content folder with what no table gives: ontology, other spellings, organs."""
    (root / "data/reference").mkdir(parents=True)
    (root / "ontology").symlink_to(ROOT / "ontology")
    for name in ("dataset", "reference/aliases", "reference/organs"):
        shutil.copy(ROOT / f"data/{name}.ttl", root / f"data/{name}.ttl")
    return root


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A content folder into which all tables have been imported."""
    root = bare(tmp_path_factory.mktemp("fresh") / "root")
    done(call(*TABLES, "--into", root))
    return root


@pytest.fixture(scope="module")
def imported(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> set[Quad]:
    """The statements that the import has put there."""
    return said(fresh) - said(bare(tmp_path_factory.mktemp("bare") / "root"))


@pytest.fixture
def expected(monkeypatch: pytest.MonkeyPatch) -> set[Quad]:
    """What the rows say, without what curators have changed since."""
    monkeypatch.setattr(statements, "COMPARATORS", {})
    quads = {
        quad
        for name, says in statements.TABLES.items()
        for row in facts.table(name)
        for quad in says(row)
        if not str(quad.graph_name).startswith(f"<{GRAPH}ontology/")
    }
    return quads | set(statements.headers(quads))


def test_fresh_import_is_the_tables(imported: set[Quad], expected: set[Quad]) -> None:
    """Every statement comes from a row, and every row makes its statements."""
    ours = {quad for quad in imported if is_text_of_a_note(quad)}
    assert expected - imported == set()
    assert imported - expected == ours - expected


def is_text_of_a_note(quad: Quad) -> bool:
    """Whether this is one of the texts that we write ourselves, and that no row gives."""
    return "/id/note/" in str(quad.subject) and quad.predicate.value == PREFIXES["schema"] + "text"


def test_each_note_has_one_text(imported: set[Quad]) -> None:
    """A note of ours says something."""
    notes = {q.subject for q in imported if q.object == NamedNode(IIS + "EditorialNote")}
    texts = [quad.subject for quad in imported if is_text_of_a_note(quad)]
    assert sorted(map(str, texts)) == sorted(map(str, notes))


def test_records_are_the_sets_of_sources(imported: set[Quad]) -> None:
    """A record for each set of sources that a row names, or for each source alone, and no other."""
    apart = {"votes", "document_roles", "group_members"}
    named = set()
    for name in statements.TABLES:
        for row in facts.table(name):
            sources = split(row.get("source", ""))
            named |= set(sources) if name in apart else {"--".join(sorted(sources))}
    records = {
        str(quad.graph_name)[1:-1].removeprefix(GRAPH)
        for quad in imported
        if quad.object == NamedNode(IIS + "Record")
    }
    assert records <= named
    without_facts = named - records
    assert all(
        not (row["founded"] or row["website"] or row["seat_country"])
        for row in facts.table("organisations")
        if "--".join(sorted(split(row["source"]))) in without_facts
    )


def seats() -> set[tuple[str, str]]:
    members = {(row["group"], row["state"]) for row in facts.table("group_members")}
    chairs = {(r["id"], r["chair_country"]) for r in facts.table("groups") if r["chair_country"]}
    return members | chairs


def periods() -> int:
    """Memberships: those of the table, and those in the United Nations that states.csv adds."""
    table = facts.table("memberships")
    known = {(r["state"]) for r in table if (r["organisation"], r["status"]) == ("un", "member")}
    added = {r["iso3"] for r in facts.table("states") if r["un_member_since"]} - known
    return len(table) + len(added)


def attended() -> set[tuple[str, ...]]:
    spoken = {"subject", "named in report", "declined"}
    table = facts.table("participations")
    return {(r["event"], r["participant"], r["role"]) for r in table if r["role"] not in spoken}


def pairs(name: str, *columns: str) -> int:
    return len({tuple(row[column] for column in columns) for row in facts.table(name)})


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("iis:Source", lambda: len(facts.table("sources"))),
        ("iis:Document", lambda: len(facts.table("documents"))),
        ("iis:InternationalAgreement", lambda: len(facts.table("agreements"))),
        ("iis:ForumSeries", lambda: len(facts.table("forums"))),
        ("iis:ForumEdition", lambda: len(facts.table("editions"))),
        ("iis:StateVote", lambda: pairs("votes", "document", "state")),
        ("iis:DocumentRole", lambda: pairs("document_roles", "document", "party", "role")),
        ("iis:Seat", lambda: len(seats())),
        ("iis:Participation", lambda: len(attended())),
        ("iis:Denial", lambda: 1),
        ("org:Membership", periods),
        ("iis:FormerState", lambda: sum(bool(r["ended"]) for r in facts.table("states"))),
    ],
)
def test_things_are_as_many_as_rows(
    imported: set[Quad], kind: str, count: Callable[[], int]
) -> None:
    """A node for each thing: none is made twice, and no two become one."""
    found = {
        quad.subject
        for quad in imported
        if quad.predicate.value == TYPE and quad.object == statements.term(kind)
    }
    assert len(found) == count()


def test_importing_again_changes_nothing(fresh: Path) -> None:
    """A second import finds everything said, and touches no file."""
    before = bytes_of(fresh)
    result = call(*TABLES, "--into", fresh)
    assert done(result) == ""
    assert result.stderr == "9553 rows, 0 files changed\n"
    assert bytes_of(fresh) == before


def test_order_does_not_matter(fresh: Path, tmp_path: Path) -> None:
    """Tables in another order with rows in another order make the same bytes."""
    shuffled = []
    for path in reversed(TABLES):
        table = list(facts.table(path.stem))
        random.Random(path.stem).shuffle(table)
        shuffled.append(csv_of(tmp_path / path.name, table))
    root = bare(tmp_path / "root")
    done(call(*shuffled, "--into", root))
    assert bytes_of(root) == bytes_of(fresh)


def test_what_is_written_is_laid_out(fresh: Path) -> None:
    """New files are in the one layout from the start."""
    result = CliRunner().invoke(main, ["fmt", "--check", str(fresh / "data")])
    assert (result.exit_code, result.output) == (0, "")


CURATED = {
    "id/count/infoforum-2017/participants": "the source says more than, not at least",
    "id/count/infoforum-2017/presentations": "the source says more than, not at least",
}
"""What says something else today than the tables do, and why."""


def test_nothing_is_lost_from_the_tables(imported: set[Quad], snapshot: Snapshot) -> None:
    """What the tables say is in the data today, but for what a curator has replaced."""
    held = {quad for quad in snapshot.engine.quads() if isinstance(quad.graph_name, NamedNode)}
    lost = {str(quad.subject)[1:-1].removeprefix(BASE) for quad in imported - held}
    assert lost == set(CURATED)


def test_importing_over_the_data_changes_nothing() -> None:
    """The data in this repository has taken in all rows."""
    result = call(*TABLES, "--dry-run")
    assert done(result) == ""
    assert result.stderr == "9553 rows, 0 files would change\n"


# ---------------------------------------------------------------- what it writes and keeps


def test_a_new_record_goes_below_the_kind_of_its_source(small: Path) -> None:
    """Of one source below its kind, of several below joint, named by all in order."""
    result = put(
        small,
        memberships=[
            {},
            {"state": "RUS", "source": "beta;alpha"},
            {"state": "GEO", "source": "new"},
        ],
        sources={"id": "new", "kind": "depositary"},
    )
    written = re.findall(r"records/(\S+): \+", done(result))
    assert sorted(written) == ["depositary/new.ttl", "joint/alpha--beta.ttl", "official/alpha.ttl"]
    assert holds(
        small,
        "alpha--beta",
        "<graph/alpha--beta> a iis:Record ; prov:hadPrimarySource <source/alpha> , <source/beta> .",
    )


def test_votes_go_to_each_source(small: Path) -> None:
    """Sources of a vote do not become one: each says it for itself."""
    done(put(small, votes={"source": "alpha;beta"}))
    for source in ("alpha", "beta"):
        assert holds(small, source, "<id/vote/ga-1/RUS> iis:choice <scheme/vote/yes> .")
    assert not (small / "data/records/joint").exists()


def test_hand_edits_stay(small: Path) -> None:
    """Statements that no row makes are nobody's to remove."""
    write(
        small,
        "records/official/alpha",
        """<graph/alpha> a iis:Record ; prov:hadPrimarySource <source/alpha> .
        <id/membership/sco/IND/member/1> iis:locator "page 7" .
        <id/state/IND> iis:remarkable [ skos:note "a blank node" ] .""",
    )
    done(put(small, memberships={}))
    assert holds(
        small,
        "alpha",
        """<id/membership/sco/IND/member/1> iis:locator "page 7" ;
            schema:startDate "2017-06-09"^^xsd:date .""",
    )
    text = (small / "data/records/official/alpha.ttl").read_text(encoding="utf-8")
    assert 'iis:remarkable [\n        skos:note "a blank node"\n    ]' in text


def test_a_changed_date_takes_the_place_of_the_old(small: Path) -> None:
    """One record gives one date."""
    done(put(small, memberships={"start": "2017"}))
    shown = done(put(small, memberships={"start": "2017-06-09"}))
    assert "official/alpha.ttl: +1 -1 statements" in shown
    dates = {q.object for q in said(small) if q.predicate == statements.term("schema:startDate")}
    assert dates == {statements.date("2017-06-09")}


def test_a_changed_name_leaves_other_languages(small: Path) -> None:
    """The table's English name comes in; Russian and Chinese names and other names stay."""
    write(
        small,
        "reference/forums",
        """<id/forum/wic> a iis:ForumSeries ; skos:prefLabel "Old"@en , "互联网大会"@zh ;
            skos:altLabel "Wuzhen Summit"@en .""",
    )
    done(put(small, forums={"name_ru": "Всемирная конференция"}))
    found = {q.object for q in said(small) if "/forum/wic>" in str(q.subject)} & {
        Literal(name, language=language)
        for name, language in [
            ("Old", "en"), ("World Internet Conference", "en"), ("Всемирная конференция", "ru"),
            ("互联网大会", "zh"), ("Wuzhen Summit", "en"),
        ]
    }  # fmt: skip
    assert found == {
        Literal("World Internet Conference", language="en"),
        Literal("Всемирная конференция", language="ru"),
        Literal("互联网大会", language="zh"),
        Literal("Wuzhen Summit", language="en"),
    }


def test_a_default_never_overwrites(small: Path) -> None:
    """A comparator and a city's name that are there stay; where they are not, they are set."""
    write(
        small,
        "records/official/alpha",
        """<graph/alpha> a iis:Record ; prov:hadPrimarySource <source/alpha> .
        <id/count/infoforum-2017/participants> a iis:Count ;
            iis:comparator <scheme/comparator/more-than> .""",
    )
    write(small, "reference/places", '<id/place/RUS/moscow> skos:prefLabel "Moskva"@en .')
    edition = {"id": "infoforum-2017", "participants_min": "1300", "sessions": "10"}
    done(put(small, editions=edition | {"city": "Moscow", "country": "RUS"}))
    for counted, comparator in (("participants", "more-than"), ("sessions", "exactly")):
        count = statements.node(f"id/count/infoforum-2017/{counted}")
        found = [q.object for q in said(small) if q.subject == count and "comparator" in str(q)]
        assert statements.concept("comparator", comparator) in found
        assert statements.concept("comparator", "at-least") not in found
    names = {q.object for q in said(small) if "/RUS/moscow>" in str(q.subject)}
    assert Literal("Moskva", language="en") in names
    assert Literal("Moscow", language="en") not in names


def test_of_several_defaults_the_order_chooses_none(small: Path) -> None:
    """Two spellings of a new city: whichever row comes first, the name is the same."""
    spellings = [{"id": "a", "city": "Brasília"}, {"id": "b", "city": "Brasilia"}]
    names = []
    for order in (spellings, spellings[::-1]):
        done(put(small, editions=[row | {"country": "IND"} for row in order]))
        path = small / "data/reference/places.ttl"
        names.append(path.read_text(encoding="utf-8"))
        path.unlink()
    assert names[0] == names[1]
    assert '"Brasilia"@en' in names[0]
    assert '"Brasília"@en' not in names[0]


def test_the_list_of_sources_follows_its_table(small: Path) -> None:
    """A changed address of a source replaces the old one; its licence, no column, stays."""
    for url in ("https://example.org/old", "https://example.org/new"):
        done(put(small, sources={"id": "alpha", "url": url}))
    found = {q.object for q in said(small) if str(q.subject) == f"<{BASE}source/alpha>"}
    assert NamedNode("https://example.org/new") in found
    assert NamedNode("https://example.org/old") not in found
    assert statements.concept("licence", "mit") in found


def test_a_file_that_says_it_all_is_not_touched(small: Path) -> None:
    """Only files that change are laid out anew."""
    before = bytes_of(small)["data/sources.ttl"]
    done(put(small, memberships={}))
    assert bytes_of(small)["data/sources.ttl"] == before


def test_names_stand_for_ids(small: Path) -> None:
    """Any name in any language names a thing, as long as one thing of the kind bears it."""
    done(
        put(
            small,
            memberships=[
                {"organisation": "ШОС", "state": "Индия", "status": "член"},
                {"organisation": "shanghai cooperation  ORGANISATION", "state": "India"},
            ],
        )
    )
    found = {str(q.subject) for q in said(small) if "/membership/" in str(q.subject)}
    assert found == {f"<{BASE}id/membership/sco/IND/member/{n}>" for n in (1, 2)}


@pytest.mark.parametrize("role", ["subject", "Subject of discussion", "предмет обсуждения"])
def test_conditions_see_what_a_cell_names(small: Path, role: str) -> None:
    """Who is spoken of took no part, in whatever words the cell says so."""
    done(put(small, participations={"role": role}))
    assert holds(small, "alpha", "<id/edition/infoforum-2017> schema:about <id/state/RUS> .")
    assert not any("/participation/" in str(quad) for quad in said(small))


def test_states_come_before_organisations_of_like_name(small: Path) -> None:
    """NAM is Namibia, also where it is declared in this run and an organisation is called nam."""
    write(small, "reference/organs", "<id/organisation/nam> a org:FormalOrganization .")
    namibia = {"iso3": "NAM", "iso2": "NA", "m49": "516", "name_en": "Namibia"}
    done(put(small, memberships={"state": "NAM"}, states=namibia))
    assert holds(small, "alpha", "<id/membership/sco/NAM/member/1> org:member <id/state/NAM> .")


def test_a_city_is_found_by_its_other_names_and_its_country_by_any(small: Path) -> None:
    """One city is one node, whatever the tables call it."""
    write(small, "reference/aliases", '<id/place/RUS/moscow> skos:altLabel "Moskau"@en .')
    done(put(small, editions={"city": "Moskau", "country": "Russia"}))
    assert holds(
        small, "alpha", "<id/edition/infoforum-2018> schema:location <id/place/RUS/moscow> ."
    )
    assert holds(
        small, "reference/places", "<id/place/RUS/moscow> schema:containedInPlace <id/place/RUS> ."
    )


def test_true_repetitions_are_numbered_in_order_of_time(small: Path) -> None:
    """What ended is before what goes on, in whatever order and files the rows come."""
    periods = [
        {"start": "1997"},
        {"start": "1970", "end": "1987"},
        {"start": "1990", "end": "1995"},
    ]
    paths = [
        csv_of(small.parent / f"memberships.{n}.csv", [GOOD["memberships"] | period])
        for n, period in enumerate(periods)
    ]
    done(call(*paths, paths[0], "--into", small))
    for number, start in ((1, "1970"), (2, "1990"), (3, "1997")):
        assert holds(
            small,
            "alpha",
            f'<id/membership/sco/IND/member/{number}> schema:startDate "{start}"^^xsd:gYear .',
        )
    made = [q for q in said(small) if q.object == statements.term("org:Membership")]
    assert len(made) == len(periods)


def test_a_session_of_a_group_known_before_is_a_session(small: Path) -> None:
    """The organ tells a session, whether the group is in the same table or not."""
    done(put(small, groups={"organ": "OEWG"}))
    assert holds(
        small,
        "reference/groups",
        '<id/session/oewg-2021-s1> a iis:Session ; skos:prefLabel "First session (oewg-2021)"@en .',
    )


def test_values_are_canonical(small: Path) -> None:
    """Numbers are written as the store keeps them, so that nothing changes on the way."""
    done(put(small, states={"latitude": "044.50", "longitude": "-0.0"}, documents={"yes": "007"}))
    assert holds(
        small, "alpha", '<id/place/FRA> schema:latitude 44.5 ; schema:longitude "0"^^xsd:decimal .'
    )
    assert holds(small, "alpha", "<id/document/ga-2> iis:votesFor 7 .")


def test_a_source_named_twice_counts_once(small: Path) -> None:
    """Blanks around an id, and the same id again, mean nothing."""
    done(put(small, memberships={"source": " beta ; Alpha;; beta ;alpha"}))
    assert (small / "data/records/joint/alpha--beta.ttl").is_file()


# ---------------------------------------------------------------- readings


@pytest.mark.parametrize(
    ("action", "note", "kind"),
    [
        ("ratification", "", "ratification"),
        ("ratification", "law No. 5 of 2018", "ratification"),
        ("ratification", "instrument deposited", "deposit"),
        ("ratification", "conflict: two dates; this row is the deposit", "deposit"),
        ("ратификация", "instrument deposited", "deposit"),
        ("approval", "approved by the state", "approval"),
        ("approval", "decree approving the draft", "draft-approval"),
        ("approval", "proposal to sign", "draft-approval"),
        ("approval", "Law No. 216", "domestic-approval"),
        ("approval", "bill passed by the parliament", "domestic-approval"),
        ("accession", "instrument deposited", "accession"),
    ],
)
def test_an_action_is_read_as_its_note_tells(
    small: Path, action: str, note: str, kind: str
) -> None:
    """The kind is what the note tells of, and a note of ours says that we read it so."""
    done(put(small, agreement_actions={"action": action, "note": note}))
    node = f"<id/action/code/RUS/{kind}/1>"
    assert holds(small, "alpha", f"{node} iis:actionKind <scheme/action/{kind}> .")
    ours = {
        "deposit": "ratification-read-as-deposit",
        "draft-approval": "approval-read-as-step-at-home",
        "domestic-approval": "approval-read-as-step-at-home",
    }
    notes = {
        str(q.subject).rpartition("/")[2][:-1]
        for q in said(small)
        if q.predicate == statements.term("iis:noteOn") and "remark-" not in str(q.subject)
    }
    assert notes == ({ours[kind]} if kind in ours else set())
    if kind in ours:
        assert holds(small, "editorial", f"<id/note/{ours[kind]}> iis:noteOn {node} .")


@pytest.mark.parametrize("remark", ["conflict: another page says 2010", "adds the date to a row"])
def test_remarks_of_ours_are_in_no_record(small: Path, remark: str) -> None:
    """What we say of two sources is no word of either."""
    done(put(small, agreement_actions={"note": remark}))
    graphs = {q.graph_name for q in said(small) if q.object == Literal(remark, language="en")}
    assert graphs == {NamedNode(GRAPH + "editorial")}


def test_a_note_of_the_source_is_in_its_record(small: Path) -> None:
    """What a source remarks is its own."""
    done(put(small, agreement_actions={"note": "with a reservation"}))
    assert holds(
        small, "alpha", '<id/action/code/RUS/signature/1> skos:note "with a reservation"@en .'
    )


@pytest.mark.parametrize(
    ("table", "column", "note", "subject"),
    [
        ("documents", "title_en", "described-documents", "id/document/ga-2"),
        ("sessions", "title_en", "described-sessions", "id/session/infoforum-2017-s2"),
        ("sources", "title", "described-sources", "source/gamma"),
    ],
)
def test_a_title_in_brackets_is_told_to_be_ours(
    small: Path, table: str, column: str, note: str, subject: str
) -> None:
    """A description in [square brackets] is no title."""
    done(put(small, **{table: {column: "[Our description]"}}))
    assert holds(small, "editorial", f"<id/note/{note}> iis:noteOn <{subject}> .")
    titles = [q for q in said(small) if q.predicate == statements.term("dcterms:title")]
    assert any("[Our description]" in str(quad.object) for quad in said(small))
    assert [q for q in titles if table != "sources"] == []


@pytest.mark.parametrize(("role", "term"), [("subject", "about"), ("named in report", "mentions")])
def test_who_is_spoken_of_takes_no_part(small: Path, role: str, term: str) -> None:
    """It is what the event is about or mentions, with a note that says so."""
    done(put(small, participations={"role": role, "note": "its law"}))
    event = "<id/edition/infoforum-2017>"
    assert holds(
        small, "alpha", f'{event} schema:{term} <id/state/RUS> ; skos:note "RUS: its law"@en .'
    )
    assert holds(small, "editorial", f"<id/note/spoken-of-not-present> iis:noteOn {event} .")
    assert not any("Participation" in str(quad) for quad in said(small))


def test_who_declined_is_denied_to_have_come(small: Path) -> None:
    """A claim that a source denies is a denial, not an absence."""
    done(put(small, participations={"role": "declined", "note": "refused"}))
    assert holds(
        small,
        "alpha",
        """<id/denial/infoforum-2017-attendee-rus> a iis:Denial ;
            rdf:subject <id/edition/infoforum-2017> ; rdf:predicate schema:attendee ;
            rdf:object <id/state/RUS> ; skos:note "refused"@en .""",
    )
    assert not any("Participation" in str(quad) for quad in said(small))


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ({"start": "1996", "source": "cow-igo;alpha"}, "start-years-from-cow-igo"),
        ({"status": "suspended"}, "suspension-beside-membership"),
        ({"organisation": "african-union", "start": "1963-05-25"}, "african-union-from-oau"),
        ({"organisation": "african-union", "start": "2003"}, None),
        ({"start": "1996-01-01", "source": "cow-igo"}, None),
    ],
)
def test_weak_spots_are_carried_along(small: Path, row: Row, note: str | None) -> None:
    """What is known to be doubtful comes with a note; what is not comes without."""
    done(put(small, memberships=row))
    notes = {
        str(q.subject).rpartition("/")[2][:-1]
        for q in said(small)
        if q.predicate == statements.term("iis:noteOn")
    }
    assert notes == ({note} if note else set())


# ---------------------------------------------------------------- the command


def test_dry_run_writes_nothing_and_shows_all(small: Path) -> None:
    """Each statement that would come and go, and not a byte on disk."""
    done(put(small, memberships={"start": "2017"}))
    before = bytes_of(small)
    table = csv_of(small.parent / "memberships.csv", [GOOD["memberships"]])
    result = call(table, "--into", small, "--dry-run")
    subject = "<id/membership/sco/IND/member/1>"
    assert done(result) == (
        f"{small}/data/records/official/alpha.ttl: +1 -1 statements\n"
        f'  - {subject} schema:startDate "2017"^^xsd:gYear\n'
        f'  + {subject} schema:startDate "2017-06-09"^^xsd:date\n'
    )
    assert result.stderr == "1 row, 1 file would change\n"
    assert bytes_of(small) == before


def test_what_was_done_is_told(small: Path) -> None:
    """One line a file on stdout, the sum on stderr."""
    result = put(small, memberships={})
    assert done(result) == f"{small}/data/records/official/alpha.ttl: +7 -0 statements\n"
    assert result.stderr == "1 row, 1 file changed\n"


def test_progress_is_for_terminals(small: Path) -> None:
    """Steps are shown to who watches, and are in no log."""
    table = csv_of(small.parent / "memberships.csv", [GOOD["memberships"]])
    assert "\r" not in call(table, "--into", small).stderr
    ours, theirs = pty.openpty()
    program = "from iisgraph.cli import main; main()"
    command = [sys.executable, "-c", program, "import", str(table), "--into", str(small)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        assert process.stdout is not None
        assert process.stdout.read() == b""
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "import: reading the graph …" in shown
    assert "import: checking memberships …" in shown
    assert shown.endswith("\r\x1b[K1 row, 0 files changed\r\n")


def could_not_run(result: Result, message: str) -> None:
    """One line on stderr, exit code 2, never a traceback."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr == f"iisgraph: {message}\n"


def test_a_missing_table_could_not_run(small: Path) -> None:
    """A path that leads nowhere is told by its name."""
    path = small.parent / "memberships.csv"
    could_not_run(call(path, "--into", small), f"{path}: cannot be read: No such file or directory")


def test_a_table_that_is_not_utf8_could_not_run(small: Path) -> None:
    """Bytes of another encoding are not guessed at."""
    path = csv_of(small.parent / "forums.csv", [GOOD["forums"] | {"name_ru": "Форум"}])
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("cp1251"))
    could_not_run(call(path, "--into", small), f"{path}: is not UTF-8 at byte {text.index('Ф')}")


def test_a_table_of_no_layout_could_not_run(small: Path) -> None:
    """Neither its name nor its columns are known; the nearest name is offered."""
    path = small.parent / "vote.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    names = ", ".join(sorted(statements.TABLES))
    could_not_run(
        call(path, "--into", small),
        f"{path}: is no known table by its name or its columns; did you mean votes.csv? "
        f"Known are {names}",
    )


def test_a_folder_that_is_no_content_could_not_run(tmp_path: Path) -> None:
    """A slip in --into must not make a new content folder."""
    could_not_run(
        call(TABLES[0], "--into", tmp_path),
        f"{tmp_path}: is no content folder: it has neither ontology/ nor data/",
    )


def test_the_packaged_content_is_no_place_to_write_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed package has no checkout: the folder must be named."""
    monkeypatch.setattr(read, "default_content", lambda: Content(tmp_path / "content"))
    result = call(TABLES[0])
    assert result.exit_code == 2
    assert "name the content folder to write to: --into PATH" in result.stderr


def test_a_comment_is_not_lost(small: Path) -> None:
    """A file with a comment among its statements is left alone, and so are all others."""
    path = write(small, "records/official/alpha", "\n<id/x> skos:note 1 . # why\n")
    before = bytes_of(small)
    result = put(small, memberships=[{}, {"state": "RUS", "source": "beta"}])
    could_not_run(
        result,
        f"{path}:{HEAD.count(chr(10)) + 2}: the layout would lose the comment '# why'; put it into "
        "skos:editorialNote or rdfs:comment, or at the head of the file",
    )
    assert bytes_of(small) == before


def test_a_file_that_is_not_turtle_is_left_alone(small: Path) -> None:
    """What is kept as N-Triples would become Turtle under a wrong name."""
    path = small / "data/reference/places.nt"
    path.write_text(f'<{BASE}id/place/RUS/x> <{SKOS}note> "x" .\n', encoding="utf-8")
    could_not_run(
        put(small, editions={"city": "Moscow", "country": "RUS"}),
        f"{path}: is not Turtle, and an import writes nothing else",
    )


# ---------------------------------------------------------------- findings


def refused(root: Path, result: Result, *findings: str) -> None:
    """Exactly these findings, exit code 1, and nothing written."""
    assert result.exit_code == 1, result.output
    shown = result.stdout.replace(f"{root.parent}/", "").splitlines()
    assert shown == [f"{finding} [table]" for finding in findings]


DATE = "a date as fully as it is known: 2017-02-02, 2017-02 or 2017"
WHOLE = "a whole number of at least 0"
WEB = "an address that begins with http:// or https://"
SCO = "expected the id or name of a known organisation; did you mean sco?"
AGENT = "the id or name of a known jurisdiction or organisation"
SOURCES = "the id or name of a known source, several with ; between them"


@pytest.mark.parametrize(
    ("table", "change", "place", "message"),
    [
        ("memberships", {"organisation": "scoo"}, "2:1", f"'scoo', {SCO}"),
        ("memberships", {"organisation": "Shanghai Cooperation Organization"}, "2:1",
         f"'Shanghai Cooperation Organization', {SCO}"),
        ("memberships", {"state": "ind"}, "2:2", f"'ind', expected {AGENT}; did you mean IND?"),
        ("memberships", {"state": "QQQ"}, "2:2", f"'QQQ', expected {AGENT}"),
        ("memberships", {"state": "Georgia"}, "2:2",
         "'Georgia', which several bear; write one of the ids GEO, SGS"),
        ("memberships", {"status": "membr"}, "2:3",
         "'membr', expected a concept of scheme/membership; did you mean member?"),
        ("memberships", {"source": "alpha;betta"}, "2:6",
         f"'betta', expected {SOURCES}; did you mean beta?"),
        ("memberships", {"source": ""}, "2:6", f"blank, expected {SOURCES}"),
        ("memberships", {"source": " ; "}, "2:6", f"blank, expected {SOURCES}"),
        ("memberships", {"start": "2017-13-01"}, "2:4", f"'2017-13-01', expected {DATE}"),
        ("memberships", {"start": "2017-02-30"}, "2:4", f"'2017-02-30', expected {DATE}"),
        ("memberships", {"start": "17.2.2017"}, "2:4", f"'17.2.2017', expected {DATE}"),
        ("memberships", {"start": "0000"}, "2:4", f"'0000', expected {DATE}"),
        ("memberships", {"end": "٢٠١٧"}, "2:5", f"'٢٠١٧', expected {DATE}"),
        ("editions", {"number": "-1"}, "2:5", f"'-1', expected {WHOLE}"),
        ("editions", {"number": "1.5"}, "2:5", f"'1.5', expected {WHOLE}"),
        ("editions", {"number": "XI"}, "2:5", f"'XI', expected {WHOLE}"),
        ("editions", {"city": "Moscow"}, "2:8", "'Moscow', and country is blank: where is it?"),
        ("editions", {"city": "Moscow", "country": "XXX"}, "2:9",
         "'XXX', expected the id or name of a known jurisdiction"),
        ("editions", {"city": "北京", "country": "RUS"}, "2:8",
         "'北京', expected a name in Latin letters or that of a known place"),
        ("states", {"latitude": "44,5"}, "2:14", "'44,5', expected a decimal number such as -12.5"),
        ("states", {"latitude": "4E1"}, "2:14", "'4E1', expected a decimal number such as -12.5"),
        ("states", {"iso2": "F"}, "2:2", "'F', expected the form [A-Z]{2}"),
        ("forums", {"website": "www.x.org"}, "2:8", f"'www.x.org', expected {WEB}"),
        ("forums", {"website": "https://x y.org"}, "2:8", f"'https://x y.org', expected {WEB}"),
        ("forums", {"website": "http://[::1"}, "2:8", f"'http://[::1', expected {WEB}"),
        ("forums", {"website": "https://x.org/%zz"}, "2:8", f"'https://x.org/%zz', expected {WEB}"),
        ("forums", {"id": "Big Forum"}, "2:1",
         "'Big Forum', expected an id in small letters, digits and hyphens"),
        ("forums", {"name_en": ""}, "2:2", "blank, expected a text in English"),
        ("participations", {"participant_kind": "person"}, "2:3",
         "'person', expected one of state, organisation"),
        ("organisations", {"founded": "1865", "website": "https://www.itu.int"}, "2:13",
         "blank, and the row states facts: name the source of them"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_by_its_place(
    small: Path, table: str, change: Row, place: str, message: str
) -> None:
    """File, line and number of the cell; what it is, what was expected; nothing is written."""
    before = bytes_of(small)
    column = list(facts.table(table)[0])[int(place[2:]) - 1]
    refused(
        small, put(small, **{table: change}), f"{table}.csv:{place}: error: {column} is {message}"
    )
    assert bytes_of(small) == before


def test_one_bad_cell_holds_back_all(small: Path) -> None:
    """A table is taken as a whole, and so are all tables of one run; findings are in order."""
    before = bytes_of(small)
    result = put(
        small,
        memberships=[{}, {"start": "soon"}, {"state": "XXX", "end": "later"}],
        forums={"first_held": "once"},
    )
    refused(
        small,
        result,
        f"forums.csv:2:5: error: first_held is 'once', expected {DATE}",
        f"memberships.csv:3:4: error: start is 'soon', expected {DATE}",
        "memberships.csv:4:2: error: state is 'XXX', expected the id or name of a known "
        "jurisdiction or organisation",
        f"memberships.csv:4:5: error: end is 'later', expected {DATE}",
    )
    assert result.stderr == "4 errors, 0 warnings, 0 infos\n"
    assert bytes_of(small) == before


def test_a_language_that_is_none_is_told_twice(small: Path) -> None:
    """Its own cell is wrong, and the title cannot be in it."""
    refused(
        small,
        put(small, sources={"language": "english!"}),
        "sources.csv:2:2: error: title is in the language 'english!', which is no language tag",
        "sources.csv:2:6: error: language is 'english!', expected the form [a-z]{2,3}",
    )


def test_lines_are_those_of_the_file(small: Path) -> None:
    """A cell that runs over several lines does not shift what comes after; blank rows neither."""
    path = small.parent / "forums.csv"
    header = ",".join(facts.table("forums")[0])
    first = 'a,"A forum\nof two lines",,,,,,,alpha'
    path.write_text(f"{header}\n{first}\n\n,,,,,,,,\nb,B,,,soon,,,,alpha\n", encoding="utf-8")
    refused(
        small,
        call(path, "--into", small),
        f"forums.csv:6:5: error: first_held is 'soon', expected {DATE}",
    )


FORUMS = "id, name_en, name_ru, abbreviation, first_held, frequency, country, website, source"


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        (
            "id,name_en,name_ru,abbreviation,first_held,frequency,country,website\n",
            [f"1:1: error: lacks the column source; a table of forums has {FORUMS}"],
        ),
        (
            "id,name_en,name_ru,abbrevation,first_held,frequency,country,website,source\n",
            [
                f"1:1: error: lacks the column abbreviation; a table of forums has {FORUMS}",
                "1:4: error: does not know the column 'abbrevation'; did you mean abbreviation?",
            ],
        ),
        (f"{FORUMS},id\n", ["1:10: error: has the column id twice"]),
        (f"{FORUMS},rank\n", ["1:10: error: does not know the column 'rank'"]),
        (
            f"{FORUMS}\na,A,,,,,,,alpha\nb,B\n",
            ["3:1: error: has 2 cells, expected 9"],
        ),
        (
            f'{FORUMS}\na,A,,,,,,,alpha\nb,"B,,,,,,,alpha\nc,C,,,,,,,alpha\n',
            ["3:1: error: is not CSV: a quotation mark is opened and not closed"],
        ),
        (
            f'{FORUMS}\na,"A"B,,,,,,,alpha\n',
            ["2:1: error: is not CSV: ',' expected after '\"'"],
        ),
        (
            FORUMS.replace(",", ";") + "\na;A;;;;;;;alpha\n",
            ["1:1: error: has one cell in its first row; commas stand between cells"],
        ),
    ],
)
def test_a_table_of_the_wrong_form_is_refused(small: Path, text: str, findings: list[str]) -> None:
    """What is wrong with header, rows or quotes is told before any cell is looked at."""
    path = small.parent / "forums.csv"
    path.write_text(text, encoding="utf-8")
    before = bytes_of(small)
    refused(small, call(path, "--into", small), *(f"forums.csv:{each}" for each in findings))
    assert bytes_of(small) == before


def test_an_empty_table_lacks_its_columns(small: Path) -> None:
    """An empty file is no table without rows."""
    path = small.parent / "votes.csv"
    path.write_text("", encoding="utf-8")
    columns = ["document", "state", "vote", "source"]
    refused(
        small,
        call(path, "--into", small),
        *(
            f"votes.csv:1:1: error: lacks the column {each}; a table of votes has "
            f"{', '.join(columns)}"
            for each in sorted(columns)
        ),
    )


def test_bom_and_line_ends_of_other_systems_are_accepted(small: Path) -> None:
    """Spreadsheets write them; so are quoted headers, columns in another order, another name."""
    path = small.parent / "new members.csv"
    text = '"source","state","organisation","status","end","start"\nalpha,IND,sco,member,,2017\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    done(call(path, "--into", small))
    assert holds(
        small, "alpha", '<id/membership/sco/IND/member/1> schema:startDate "2017"^^xsd:gYear .'
    )


def test_columns_in_another_order_have_the_same_key(small: Path) -> None:
    """The id is found by its name, and findings count the cells of this file."""
    path = small.parent / "sessions.csv"
    path.write_text(
        "kind,title_en,source,number,edition,id\n"
        "session,One,alpha,1,infoforum-2017,s1\nsession,Two,alpha,2,infoforum-2017,s1\n",
        encoding="utf-8",
    )
    refused(
        small,
        call(path, "--into", small),
        "sessions.csv:3:6: error: id is 's1', which line 2 has already",
    )


def test_an_id_is_given_once_over_all_files_of_a_layout(small: Path) -> None:
    """Two files of one layout are one table."""
    first, second = (csv_of(small.parent / f"forums.{n}.csv", [GOOD["forums"]]) for n in (1, 2))
    refused(
        small,
        call(first, second, "--into", small),
        f"forums.2.csv:2:1: error: id is 'wic', which {first} has already".replace(
            str(first), "forums.1.csv:2"
        ),
    )


def test_what_a_run_defines_is_known_in_it(small: Path) -> None:
    """Tables that come together may name one another, in any order."""
    done(
        put(
            small,
            participations={
                "event": "wic-1",
                "participant": "itu",
                "participant_kind": "organisation",
            },
            editions={"id": "wic-1", "forum": "World Internet Conference"},
            forums={},
            organisations={},
        )
    )
    assert holds(
        small,
        "alpha",
        """<id/participation/wic-1/itu/host> prov:agent <id/organisation/itu> ;
            iis:inEvent <id/edition/wic-1> .
        <id/edition/wic-1> schema:superEvent <id/forum/wic> .""",
    )


def test_an_id_of_no_good_form_defines_nothing(small: Path) -> None:
    """It is told once, where it is given, and as unknown where it is used."""
    refused(
        small,
        put(small, forums={"id": "a b"}, editions={"forum": "a b"}),
        "editions.csv:2:2: error: forum is 'a b', expected the id or name of a known forum",
        "forums.csv:2:1: error: id is 'a b', expected an id in small letters, digits and hyphens",
    )


def test_rows_of_one_record_must_agree(small: Path) -> None:
    """One record can give one date; another source is another record, and may differ."""
    action = "<id/action/code/RUS/signature/1>"
    days = [{"date": "2009-06-16"}, {"date": "2009-06-15"}]
    refused(
        small,
        put(small, agreement_actions=days),
        f"agreement_actions.csv:3:1: error: agreement says that schema:startDate of {action} is "
        '"2009-06-15"^^xsd:date, and another row of the same sources says '
        '"2009-06-16"^^xsd:date; one record can give one value',
    )
    done(put(small, agreement_actions=[days[0], days[1] | {"source": "beta"}, days[0]]))
    for source, day in (("alpha", "16"), ("beta", "15")):
        assert holds(small, source, f'{action} schema:startDate "2009-06-{day}"^^xsd:date .')


# ---------------------------------------------------------------- any rows


def any_date() -> st.SearchStrategy[str]:
    dates = st.dates().map(str)
    return st.sampled_from([4, 7, 10]).flatmap(lambda n: dates.map(lambda d: d[:n])) | st.just("")


periods_of_rows = st.lists(
    st.fixed_dictionaries(
        {
            "organisation": st.sampled_from(["sco", "un", "ШОС", "african-union"]),
            "state": st.sampled_from(["IND", "RUS", "Индия", "un"]),
            "status": st.sampled_from(["member", "observer", "suspended", "член"]),
            "start": any_date(),
            "end": any_date(),
            "source": st.lists(st.sampled_from(["alpha", "beta", "cow-igo"]), min_size=1).map(
                ";".join
            ),
        }
    ),
    max_size=8,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(table=periods_of_rows)
def test_any_memberships_are_imported_once(small: Path, table: list[Row]) -> None:
    """Whatever the rows are: each is a membership, and a second import has nothing to say."""
    shutil.rmtree(small / "data/records", ignore_errors=True)
    (small / "data/editorial.ttl").unlink(missing_ok=True)
    path = csv_of(small.parent / "memberships.csv", table)
    content = Content(small)
    for change in plan(content, [path]).changes:
        change.path.parent.mkdir(parents=True, exist_ok=True)
        change.path.write_text(change.text, encoding="utf-8")
    made = {q.subject for q in said(small) if q.object == statements.term("org:Membership")}
    assert len(made) == len(table)
    assert list(plan(content, [path]).changes) == []


KINDS = ["text", "date", "integer", "decimal", "url", "id", "organisation", "scheme/role", "place"]


@given(
    kind=st.sampled_from(KINDS),
    cell=st.text(max_size=12) | st.from_regex(r"[-0-9.:/htp]{0,12}", fullmatch=True),
    many=st.booleans(),
    language=st.sampled_from(["en", "{tongue}", None]),
    tongue=st.text(max_size=4),
)
def test_any_cell_is_a_value_or_a_finding(
    kind: str, cell: str, many: bool, language: str | None, tongue: str
) -> None:
    """No text in a cell is a bug of ours."""
    within = "country" if kind == "place" else None
    column = Column("c", (kind,), "c", many=many, language=language, within=within)
    register = Register()
    register.declare("jurisdiction", "RUS", "id/state/RUS")
    try:
        found = values(column, {"c": cell, "tongue": tongue, "country": "RUS"}, register)
    except CellError as error:
        told = str(error)
    else:
        told = "is " + " and ".join(str(value.term) for value in found)
    assert told.startswith("is ")
