"""The repository's own content passes its own gate, and says what its sources say."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from iisgraph import query
from iisgraph.cli import main
from iisgraph.engine import NamedNode
from iisgraph.gate import Finding, Severity
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import DERIVED, shorten
from tests.facts import by_id
from tests.facts import table as table_of

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests/tables/states.csv"
LANGUAGES = ("en", "ru", "zh", "fr", "es", "ar")
CONTESTED = "checks/contested-value"
LENIENT = {"checks/licence-share-alike", "checks/licence-unknown", CONTESTED}
"""Warnings that may stand: what is not known is not known, and sources differ."""

Row = tuple[str, ...]


def rows(snapshot: Snapshot, sparql: str) -> set[Row]:
    """The rows of a SELECT query, every term as a short text."""
    answer = query.answer(snapshot, sparql)
    names = answer.variables
    return {
        tuple(
            shorten(term.value).strip("<>") if isinstance(term, NamedNode) else term.value
            for term in (row[name] for name in names if name in row)
        )
        for row in answer.rows()
    }


def holds(snapshot: Snapshot, pattern: str) -> bool:
    return bool(query.answer(snapshot, f"ASK {{ {pattern} }}"))


def test_own_content_has_no_error(findings: list[Finding]) -> None:
    """What is in the repository has passed the gate that contributors must pass."""
    assert [f for f in findings if f.severity is Severity.ERROR] == []


def test_own_content_has_few_warnings(findings: list[Finding]) -> None:
    """Warnings that everybody has learnt to overlook hide the next one.

    Those that stand are of blanks: what the sources do not state, and one address of none.
    """
    others = [f for f in findings if f.severity is Severity.WARNING and f.rule not in LENIENT]
    assert Counter(f.rule for f in others) == {
        "shape/ForumEdition-startDate-present": blanks("editions", "start"),
        "shape/Source-url-present": blanks("sources", "url"),
    }


def blanks(name: str, column: str) -> int:
    """How many cells of a column are blank in the tables."""
    return sum(not row[column] for row in table_of(name))


def test_contested_values_are_told_with_their_sources(findings: list[Finding]) -> None:
    """Each of the values that differ, who says so, and of what rank."""
    told = {f.message.partition(" Nothing")[0] for f in findings if f.rule == CONTESTED}
    signature = "<id/action/coe-ets-185/LTU/signature/1>"
    assert (
        f'Sources disagree on schema:startDate of {signature}: "2003-06-23"^^xsd:date'
        " by cyberpolice-185-2004 (secondary, rank 8), trb-2007-10 (official, rank 3)."
    ) in told
    assert len(told) == 8


def test_own_content_is_laid_out() -> None:
    """Equal graphs are equal bytes: `fmt --check` has nothing to say."""
    result = CliRunner().invoke(
        main, ["fmt", "--check", str(ROOT / "ontology"), str(ROOT / "data")]
    )
    assert (result.exit_code, result.output) == (0, "")


def test_each_file_is_a_graph_and_each_record_has_a_source(snapshot: Snapshot) -> None:
    """No fact without a source; no statement lost between file and graph."""
    paths = sorted((ROOT / "data/records").rglob("*.ttl"))
    records = rows(snapshot, "SELECT DISTINCT ?r { ?r a iis:Record ; prov:hadPrimarySource ?s }")
    assert {row[0] for row in records} == {f"graph/{path.stem}" for path in paths}
    assert snapshot.graphs == {file.graph for file in snapshot.files} | {DERIVED}


# ---------------------------------------------------------------- jurisdictions


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def by_code(found: set[Row]) -> dict[str, str]:
    return {row[0]: row[1] for row in found if len(row) > 1}


def column(table: list[dict[str, str]], name: str) -> dict[str, str]:
    return {row["iso3"]: row[name] for row in table if row[name]}


def test_jurisdictions_are_those_of_the_table(
    snapshot: Snapshot, table: list[dict[str, str]]
) -> None:
    """All 212 of them, each with its code as the end of its address."""
    found = by_code(rows(snapshot, "SELECT ?code ?j { ?j iis:iso3 ?code }"))
    assert len(found) == 212
    assert set(found) == {row["iso3"] for row in table}
    assert all(iri.endswith(f"/{code}") for code, iri in found.items())


@pytest.mark.parametrize(("name", "term"), [("iso2", "iis:iso2"), ("m49", "iis:m49")])
def test_codes_are_those_of_the_table(
    snapshot: Snapshot, table: list[dict[str, str]], name: str, term: str
) -> None:
    """No code is missing, wrong, or there without being in the table."""
    found = by_code(rows(snapshot, f"SELECT ?code ?v {{ ?j iis:iso3 ?code ; {term} ?v }}"))
    assert found == column(table, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_those_of_the_table(
    snapshot: Snapshot, table: list[dict[str, str]], language: str
) -> None:
    """The name that a reader is shown, in each of the six languages."""
    found = by_code(
        rows(
            snapshot,
            "SELECT ?code ?n { ?j iis:iso3 ?code ; skos:prefLabel ?n "
            f'FILTER(LANG(?n) = "{language}") }}',
        )
    )
    assert found == column(table, f"name_{language}")


def test_palestine_bears_its_own_name(snapshot: Snapshot) -> None:
    """The name that it has at the United Nations comes before those that others give it."""
    names = rows(
        snapshot, "SELECT (LANG(?n) AS ?l) ?n { <id/state/PSE> skos:prefLabel ?n } ORDER BY ?l"
    )
    assert ("en", "State of Palestine") in names
    assert ("ru", "Государство Палестина") in names
    assert ("zh", "巴勒斯坦国") in names


def test_admission_dates_are_in_records(snapshot: Snapshot, table: list[dict[str, str]]) -> None:
    """A date of admission is a fact: it stands in a record, as the table has it."""
    found = rows(
        snapshot,
        "SELECT ?code ?day { GRAPH ?record { ?m org:organization <id/organisation/un> ;"
        " org:role <scheme/membership/member> ; org:member ?j ; schema:startDate ?day }"
        " ?record a iis:Record . ?j iis:iso3 ?code }",
    )
    admitted = column(table, "un_member_since")
    assert set(admitted.items()) <= found


def test_ended_states_are_former_states(snapshot: Snapshot, table: list[dict[str, str]]) -> None:
    """Who has ended by the table is a former state, with that end in a record."""
    found = by_code(
        rows(
            snapshot,
            "SELECT ?code ?end { ?j a iis:FormerState ; iis:iso3 ?code"
            " OPTIONAL { GRAPH ?record { ?j schema:endDate ?end } ?record a iis:Record } }",
        )
    )
    assert found == column(table, "ended")


def test_sources_of_a_row_are_those_of_its_record(
    snapshot: Snapshot, table: list[dict[str, str]]
) -> None:
    """A row that names several sources is of the record of exactly those."""
    found = rows(
        snapshot,
        "SELECT DISTINCT ?code ?record { GRAPH ?record { ?m org:member ?j ;"
        " org:organization <id/organisation/un> } ?j iis:iso3 ?code }",
    )
    sources = {row["iso3"]: row["source"].split(";") for row in table if row["un_member_since"]}
    expected = {(code, "graph/" + "--".join(sorted(names))) for code, names in sources.items()}
    assert expected <= found


# ---------------------------------------------------------------- the first facts

FORUM = "id/edition/infoforum-2017"
SESSION = "id/session/infoforum-2017-s1"
AGREEMENT = "id/agreement/sco-2009-iis-agreement"
CODE = "id/agreement/un-2015-code-of-conduct"
SIGNATORIES = {"CHN", "KAZ", "KGZ", "RUS", "TJK", "UZB"}


@pytest.mark.parametrize(
    "fact",
    [
        f'<{FORUM}> schema:startDate "2017-02-02"^^xsd:date',
        f'<{FORUM}> schema:endDate "2017-02-03"^^xsd:date',
        f"<{FORUM}> schema:superEvent <id/forum/infoforum>",
        f"<{FORUM}> schema:location <id/place/RUS/moscow>",
        f"<{FORUM}> schema:organizer <id/organisation/russia-duma-security-committee>",
        f"<{FORUM}> schema:organizer <id/organisation/russia-security-council-office>",
        (
            f"<{FORUM}> iis:hasCount ?c . ?c iis:counts <scheme/counted/participants> ;"
            " iis:comparator <scheme/comparator/more-than> ; schema:value 1300"
        ),
        f"<{SESSION}> schema:superEvent <{FORUM}>",
        (
            f"?p iis:inEvent <{FORUM}> ; prov:agent <id/organisation/sco-secretariat> ;"
            " iis:invitedBy <id/state/RUS>"
        ),
        (
            f"?p iis:inEvent <{SESSION}> ; prov:agent <id/organisation/sco-secretariat> ;"
            " prov:hadRole <scheme/role/reporter>"
        ),
        f"<{AGREEMENT}> iis:betweenMembersOf <id/organisation/sco>",
        f"?c iis:circulates <{CODE}> ; iis:circulatedIn <id/organisation/unga>",
        (
            f"?a iis:assessed <{AGREEMENT}> ;"
            " iis:assessmentKind <scheme/assessment/most-important-achievement>"
        ),
        f'<{CODE}> skos:note "The text calls it an updated version of the Code."@en',
    ],
)
def test_seed_fact_is_stated_in_a_record(snapshot: Snapshot, fact: str) -> None:
    """What the first source tells is in its graph, where it can be asked for by source."""
    record = "<graph/sco-infoforum-2017>"
    assert holds(snapshot, f"GRAPH {record} {{ {fact} }}")


def test_six_states_signed_in_2009(snapshot: Snapshot) -> None:
    """Derived from six actions, each on the day of the summit at Yekaterinburg."""
    found = rows(snapshot, f"SELECT ?s {{ <{AGREEMENT}> iis:signatory ?s }}")
    assert found == {(f"id/state/{code}",) for code in SIGNATORIES}
    dated = rows(
        snapshot,
        f"SELECT ?d {{ ?a iis:ofAgreement <{AGREEMENT}> ; schema:startDate ?d ;"
        " iis:actionKind <scheme/action/signature> }",
    )
    assert dated == {("2009-06-16",)}


def test_what_was_spoken_of_did_not_take_part(snapshot: Snapshot) -> None:
    """Organisations that a session was about are no participants of it."""
    spoken = rows(snapshot, f"SELECT ?o {{ <{SESSION}> schema:about|schema:mentions ?o }}")
    present = rows(snapshot, f"SELECT ?o {{ ?p iis:inEvent <{SESSION}> ; prov:agent ?o }}")
    assert ("id/organisation/brics",) in spoken
    assert ("id/organisation/brics",) not in present
    assert ("id/organisation/un",) not in present


def test_ten_states_are_members_of_the_sco_today(snapshot: Snapshot) -> None:
    """Founders and those who joined; observers and partners are none."""
    found = rows(snapshot, "SELECT ?s { <id/organisation/sco> iis:currentMember ?s }")
    joined = {"IND", "PAK", "IRN", "BLR"}
    assert found == {(f"id/state/{code}",) for code in SIGNATORIES | joined}


def test_russia_continued_the_seat_of_the_union(snapshot: Snapshot) -> None:
    """The Soviet Union is a former state, is no member today, and has a successor."""
    assert holds(snapshot, "<id/former-state/SUN> iis:successor <id/state/RUS>")
    assert not holds(snapshot, "<id/organisation/un> iis:currentMember <id/former-state/SUN>")
    assert holds(snapshot, "<id/organisation/un> iis:currentMember <id/state/RUS>")


def test_no_address_holds_a_date(snapshot: Snapshot) -> None:
    """Sources differ on dates and must meet on one node.

    An id that the tables give may hold one (`joint-statement-2019-09`), and so may what
    is made of it; nothing else may.
    """
    found = rows(snapshot, "SELECT DISTINCT ?s { ?s a ?c FILTER(CONTAINS(STR(?s), '/id/')) }")
    given = {name for table in ("agreements", "documents", "editions") for name in by_id(table)}
    dated = re.compile(r"[0-9]{4}-[0-9]{2}")
    nodes = {node for (node,) in found if not given & set(node.split("/"))}
    assert len(nodes) > 3000
    assert [node for node in nodes if dated.search(node)] == []
