"""House rules: each finds what it is for, and leaves the rest alone.

All things in these cases are invented; their names end in `x` and a number.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from iisgraph import snapshot as snapshots
from iisgraph.gate import Finding, Severity
from iisgraph.gate.rules import broken_rules
from iisgraph.read import Content, File
from iisgraph.vocab import BASE, GRAPH, PREFIXES, shorten

ROOT = Path(__file__).parents[1]
HEAD = f"@base <{BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())
RECORD = "<graph/{0}> a iis:Record ; prov:hadPrimarySource <source/sco-tass2025> .\n"
MEMBERSHIP = (
    "a org:Membership ; org:member <id/state/RUS> ; org:organization <id/organisation/un> ; "
    "org:role <scheme/membership/member>"
)
SOURCE = (
    'a iis:Source ; dc11:language "en" ; dc11:publisher "Example" ; dcterms:title "Example"@en ; '
    "iis:sourceKind <scheme/source/press>"
)
DATA_SET = SOURCE.replace("press", "data-set")
DATATYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}

Case = tuple[Mapping[str, str], set[tuple[str, str, str]]]
Row = tuple[str, str, str]


# ---------------------------------------------------------------- things to judge


def dated(day: str) -> str:
    return f'"{day}"^^xsd:{DATATYPES[len(day)]}'


def action(name: str, party: str, kind: str, day: str) -> str:
    return (
        f"<id/action/{name}> a iis:AgreementAction ; iis:actionKind <scheme/action/{kind}> ; "
        f"iis:ofAgreement <id/agreement/coe-ets-185> ; iis:party <id/organisation/{party}> ; "
        f"schema:startDate {dated(day)} . "
    )


def act(party: str, kind: str, day: str) -> str:
    return action(f"{party}-{kind}", party, kind, day)


def force(name: str, party: str, day: str) -> str:
    return action(name, party, "entry-into-force", day)


def period(name: str, status: str, start: str, end: str = "") -> str:
    code, role = status.split("/")
    ended = f"; schema:endDate {dated(end)} " if end else ""
    return (
        f"<id/membership/{name}> a org:Membership ; org:member <id/state/{code}> ; "
        f"org:organization <id/organisation/example> ; org:role <scheme/membership/{role}> ; "
        f"schema:startDate {dated(start)} {ended}. "
    )


def group(name: str, parent: str, start: str, end: str = "") -> str:
    ended = f"; schema:endDate {dated(end)} " if end else ""
    return (
        f"<id/group/{name}> a iis:WorkingGroup ; org:subOrganizationOf <id/organisation/{parent}> "
        f"; schema:startDate {dated(start)} {ended}. "
    )


def seat(name: str, of: str, holder: str) -> str:
    return (
        f"<id/seat/{name}> a iis:Seat ; org:organization <id/group/{of}> ; "
        f"org:member <id/{holder}> . "
    )


def session(name: str, of: str, start: str) -> str:
    part = "iis:organ" if of.startswith("group/") else "schema:superEvent"
    return (
        f"<id/session/{name}> a iis:Session ; {part} <id/{of}> ; schema:startDate {dated(start)} . "
    )


def document(name: str, organ: str, day: str) -> str:
    return (
        f"<id/document/{name}> a iis:Document ; iis:organ <id/organisation/{organ}> ; "
        f"iis:adopted {dated(day)} . "
    )


def vote(name: str, on: str, voter: str, choice: str = "yes") -> str:
    return (
        f"<id/vote/{name}> a iis:StateVote ; iis:ofDocument <id/document/{on}> ; "
        f"iis:voter <id/{voter}> ; iis:choice <scheme/vote/{choice}> . "
    )


def roll_call(on: str, **votes: int) -> str:
    return "".join(
        vote(f"{on}/{choice}-{n}", on, "state/RUS", choice)
        for choice, count in votes.items()
        for n in range(count)
    )


# ---------------------------------------------------------------- rules and what they find

RULES: Mapping[str, Case] = {
    # rule: the bodies of graphs, and what is found as focus, path and value
    "circular-chain": (
        {
            "example-20": "<id/organisation/x20> iis:successor <id/organisation/x21> . "
            "<id/organisation/x21> iis:successor <id/organisation/x20> , <id/organisation/x22> .",
            "example-21": "<id/agreement/x23> iis:supersedes <id/agreement/x23> , "
            "<id/agreement/x24> .",
            "example-22": "<id/organisation/x25> org:subOrganizationOf <id/organisation/x26> . "
            "<id/organisation/x26> org:subOrganizationOf <id/organisation/x27> .",
            "example-23": "<id/organisation/x27> org:subOrganizationOf <id/organisation/x25> . "
            "<id/organisation/x28> org:subOrganizationOf <id/organisation/x25> .",
        },
        {
            ("id/organisation/x20", "iis:successor", f"{BASE}id/organisation/x21"),
            ("id/organisation/x21", "iis:successor", f"{BASE}id/organisation/x20"),
            ("id/agreement/x23", "iis:supersedes", f"{BASE}id/agreement/x23"),
            ("id/organisation/x25", "org:subOrganizationOf", f"{BASE}id/organisation/x26"),
            ("id/organisation/x26", "org:subOrganizationOf", f"{BASE}id/organisation/x27"),
            ("id/organisation/x27", "org:subOrganizationOf", f"{BASE}id/organisation/x25"),
        },
    ),
    "contested-value": (
        {
            "example-1": '<id/organisation/x1> schema:foundingDate "2001"^^xsd:gYear .',
            "example-2": '<id/organisation/x1> schema:foundingDate "2002-01-01"^^xsd:date .',
            "example-3": '<id/organisation/x2> schema:foundingDate "2001"^^xsd:gYear .',
            "example-4": '<id/organisation/x2> schema:foundingDate "2001-01-01"^^xsd:date .',
        },
        {
            ("id/organisation/x1", "schema:foundingDate", "2001"),
            ("id/organisation/x1", "schema:foundingDate", "2002-01-01"),
        },
    ),
    "dangling-reference": (
        {"example-5": "<id/note/x3> iis:noteOn <id/state/RUS> , <id/state/RUSS> , <def/party> ."},
        {("id/note/x3", "iis:noteOn", "https://w3id.org/iisgraph/id/state/RUSS")},
    ),
    "end-before-start": (
        {
            "example-6": f'<id/membership/x4> {MEMBERSHIP} ; schema:startDate "2001-05"^^'
            'xsd:gYearMonth ; schema:endDate "2001-04-30"^^xsd:date .',
            "example-7": f'<id/membership/x5> {MEMBERSHIP} ; schema:startDate "2001-05-02"^^'
            'xsd:date ; schema:endDate "2001"^^xsd:gYear .',
        },
        {("id/membership/x4", "schema:endDate", "2001-04-30")},
    ),
    "entry-into-force": (
        {
            "example-24": "".join(
                [
                    act("a1", "ratification", "2010-01-15") + force("x31", "a1", "2010-06-01"),
                    # a national act counts for nothing beside the deposit
                    act("b1", "ratification", "2010-01-15") + act("b1", "deposit", "2010-03-31"),
                    force("x32", "b1", "2010-07-01"),
                    act("c1", "accession", "2010-11-30") + force("x33", "c1", "2011-03-01"),
                    # nobody is bound before the Convention is in force itself
                    act("d1", "acceptance", "2002-05-05") + force("x34", "d1", "2004-07-01"),
                    act("e1", "approval", "2010-01") + force("x35", "e1", "2010-06-01"),
                    act("f1", "approval", "2010-01-15") + force("x36", "f1", "2010-06-01"),
                    act("g1", "deposit", "2010-01-15") + force("x37", "g1", "2010-04-01"),
                ]
            ),
            "example-25": "<id/note/example-2> iis:noteProperty schema:startDate ; "
            "iis:noteOn <id/action/x36> , <id/action/f1-approval> , <id/action/x37> .",
        },
        {
            ("id/action/x31", "schema:startDate", "2010-06-01"),
            ("id/action/x37", "schema:startDate", "2010-04-01"),
        },
    ),
    "fact-in-reference": (
        {
            "reference/example": '<id/organisation/x6> schema:foundingDate "2001"^^xsd:gYear ; '
            'iis:country <id/state/RUS> ; skos:prefLabel "x"@en .',
        },
        {("id/organisation/x6", "schema:foundingDate", "2001")},
    ),
    "licence-share-alike": (
        {
            "example-8": f"<source/x7> {SOURCE} ; dcterms:license <scheme/licence/gpl-3.0> . "
            f"<source/x8> {SOURCE} ; dcterms:license <scheme/licence/mit> .",
        },
        {("source/x7", "dcterms:license", "https://w3id.org/iisgraph/scheme/licence/gpl-3.0")},
    ),
    "licence-unknown": (
        {
            "example-9": f"<source/x9> {DATA_SET} . <source/x10> {SOURCE} . "
            f"<source/x15> {DATA_SET} ; dcterms:license <scheme/licence/mit> .",
        },
        {("source/x9", "dcterms:license", "")},
    ),
    "one-value-per-record": (
        {
            "example-10": f"<id/membership/x11> {MEMBERSHIP} , <scheme/membership/chair> .",
            "example-11": f"<id/membership/x12> {MEMBERSHIP} .",
            "example-12": '<id/membership/x12> skos:note "a"@en , "b"@en .',
        },
        {
            (
                "id/membership/x11",
                "org:role",
                f"https://w3id.org/iisgraph/scheme/membership/{role}",
            )
            for role in ("member", "chair")
        },
    ),
    "overlapping-memberships": (
        {
            "example-26": period("x40", "RUS/member", "2000", "2005")
            + period("x42", "CHN/member", "2000", "2005")
            + period("x44", "KAZ/member", "2000", "2005")
            + period("x46", "TJK/member", "2000", "2005"),
            "example-27": period("x41", "RUS/member", "2003", "2008")
            + period("x43", "CHN/member", "2005", "2008")
            + period("x45", "KAZ/observer", "2003", "2008")
            + period("x47", "TJK/member", "2003"),
        },
        {
            ("id/membership/x40", "schema:endDate", "2005-01-01"),
            ("id/membership/x41", "schema:endDate", "2008-01-01"),
        },
    ),
    "seat-of-non-member": (
        {
            "example-28": group("x50", "unga", "2004", "2005")
            + seat("x51", "x50", "state/MNE")
            + seat("x52", "x50", "former-state/SUN")
            + seat("x53", "x50", "state/RUS")
            + seat("x54", "x50", "state/VAT")
            + "<id/note/example-3> iis:noteOn <id/seat/x54> ; iis:noteProperty org:member .",
            "example-29": group("x55", "unga", "2004") + seat("x56", "x55", "state/MNE"),
            "example-30": group("x57", "oas", "2004", "2005") + seat("x58", "x57", "state/MNE"),
        },
        {
            ("id/seat/x51", "org:member", f"{BASE}id/state/MNE"),
            ("id/seat/x52", "org:member", f"{BASE}id/former-state/SUN"),
        },
    ),
    "session-outside-event": (
        {
            "example-31": "<id/edition/x60> a iis:ForumEdition ; schema:startDate "
            '"2020-03-01"^^xsd:date ; schema:endDate "2020-03-03"^^xsd:date . '
            + group("x66", "unga", "2019", "2021"),
            "example-32": session("x61", "edition/x60", "2020-02-28")
            + session("x62", "edition/x60", "2020-03-03")
            + '<id/session/x62> schema:endDate "2020-03-04"^^xsd:date . '
            + session("x63", "edition/x60", "2020-03-02")
            + session("x64", "edition/x60", "2020")
            + session("x65", "group/x66", "2022-01"),
        },
        {
            ("id/session/x61", "schema:startDate", "2020-02-28"),
            ("id/session/x62", "schema:endDate", "2020-03-04"),
            ("id/session/x65", "schema:startDate", "2022-01"),
        },
    ),
    "shared-code": (
        {
            "example-33": '<id/state/x70> a iis:State ; iis:iso3 "XEZ" . '
            '<id/document/x72> a iis:Document ; iis:symbol "EXAMPLE/7" .',
            "example-34": '<id/state/x71> a iis:State ; iis:iso3 "XEZ" . '
            '<id/document/x73> a iis:Document ; iis:symbol "EXAMPLE/7" . '
            '<id/agreement/x74> a iis:InternationalAgreement ; iis:symbol "EXAMPLE/7" .',
        },
        {
            ("id/state/x70", "iis:iso3", "XEZ"),
            ("id/state/x71", "iis:iso3", "XEZ"),
            ("id/document/x72", "iis:symbol", "EXAMPLE/7"),
            ("id/document/x73", "iis:symbol", "EXAMPLE/7"),
        },
    ),
    "unsourced-record": (
        {"example-13": "<graph/example-13> a iis:Record .", "reference/example-14": ""},
        {("graph/example-13", "prov:hadPrimarySource", "")},
    ),
    "untyped-node": (
        {
            "example-15": '<id/organisation/x13> skos:note "x"@en . '
            '<id/organisation/x14> a org:FormalOrganization ; skos:note "x"@en .',
        },
        {("id/organisation/x13", "", "")},
    ),
    "vote-of-non-member": (
        {
            "example-35": document("x80", "unga", "2005-12-08")
            + vote("x81", "x80", "state/MNE")
            + vote("x82", "x80", "state/RUS")
            + vote("x83", "x80", "former-state/SUN")
            + vote("x84", "x80", "state/VAT")
            + "<id/note/example-4> iis:noteOn <id/vote/x84> ; iis:noteProperty iis:voter .",
            "example-36": document("x85", "unga-first-committee", "2006")
            + vote("x86", "x85", "state/MNE")
            + vote("x87", "x85", "state/SSD"),
            "example-37": document("x88", "unsc", "2005-12-08") + vote("x89", "x88", "state/MNE"),
        },
        {
            ("id/vote/x81", "iis:voter", f"{BASE}id/state/MNE"),
            ("id/vote/x83", "iis:voter", f"{BASE}id/former-state/SUN"),
            ("id/vote/x87", "iis:voter", f"{BASE}id/state/SSD"),
        },
    ),
    "vote-totals": (
        {
            "example-38": "<id/document/x90> iis:votesFor 151 ; iis:votesAgainst 1 ; "
            "iis:abstentions 0 . " + roll_call("x90", yes=150, no=1),
            "example-39": "<id/document/x91> iis:votesFor 150 . <id/note/example-5> "
            "iis:noteOn <id/document/x91> ; iis:noteProperty iis:votesFor . "
            + roll_call("x91", yes=151),
            # no full roll call: it lists those who did not vote in favour
            "example-40": "<id/document/x92> iis:votesFor 161 . " + roll_call("x92", no=150),
        },
        {("id/document/x90", "iis:votesFor", "151")},
    ),
}
SOURCED = {name for name in RULES if name != "unsourced-record"}
ERRORS = {
    "circular-chain",
    "dangling-reference",
    "end-before-start",
    "fact-in-reference",
    "one-value-per-record",
    "overlapping-memberships",
    "shared-code",
    "unsourced-record",
    "untyped-node",
}
"""The rules that can stop a change; the others warn."""


def short(iri: str | None) -> str:
    return shorten(iri).strip("<>") if iri else ""


@pytest.fixture(scope="module")
def found(content: Content, tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What the house rules say of all cases at once."""
    folder = tmp_path_factory.mktemp("rules")
    files = []
    for rule, (graphs, _) in RULES.items():
        for name, body in graphs.items():
            path = folder / f"{name.replace('/', '-')}.ttl"
            source = RECORD.format(name) if rule in SOURCED and "/" not in name else ""
            path.write_text(HEAD + source + body, encoding="utf-8")
            files.append(File(path, GRAPH + name))
    return list(
        broken_rules(snapshots.of_content(content, files), content.root / "ontology/checks")
    )


def described(graphs: Mapping[str, str]) -> set[str]:
    """The invented things of a case, and its graphs."""
    named = {
        iri for body in graphs.values() for iri in re.findall(r"<((?:id|source)/[^>]*)>", body)
    }
    return {iri for iri in named if re.search(r"/x\d+$", iri)} | {
        f"graph/{name}" for name in graphs
    }


def test_each_house_rule_is_tried() -> None:
    """A rule that was never seen to find anything may find nothing."""
    assert set(RULES) == {path.stem for path in (ROOT / "ontology/checks").glob("*.rq")}


@pytest.mark.parametrize("rule", RULES)
def test_house_rule_finds_its_bad_case_and_spares_the_good_one(
    rule: str, found: list[Finding]
) -> None:
    """Of the things that a case describes, exactly the bad ones are named, each once."""
    graphs, expected = RULES[rule]
    things = described(graphs)
    rows = [
        (short(f.focus), short(f.path), str(getattr(f.value, "value", "")))
        for f in found
        if f.rule == f"checks/{rule}" and short(f.focus) in things
    ]
    assert sorted(rows) == sorted(expected)
    assert things - {row[0] for row in expected} or rule == "dangling-reference"


@pytest.mark.parametrize("rule", RULES)
def test_house_rule_weighs_as_it_should(rule: str, found: list[Finding]) -> None:
    """What is certainly wrong stops a change; what may be right for a reason does not."""
    weights = {f.severity for f in found if f.rule == f"checks/{rule}"}
    assert weights == {Severity.ERROR if rule in ERRORS else Severity.WARNING}


@pytest.mark.parametrize(
    ("focus", "told"),
    [
        ("id/action/x31", "consent on 2010-01-15 takes effect on 2010-05-01"),
        ("id/membership/x41", "after <id/membership/x40> has begun"),
        ("id/session/x61", "lies outside <id/edition/x60>"),
        ("id/state/x70", "<id/state/x70> and <id/state/x71> both have"),
        ("id/vote/x83", "voted by <id/vote/x83> on 2005-12-08"),
        ("id/document/x90", "but the roll call has 150"),
    ],
)
def test_message_tells_what_does_not_fit(focus: str, told: str, found: list[Finding]) -> None:
    """Who mends it need not ask again: both sides of what disagrees are named."""
    messages = [f.message for f in found if short(f.focus) == focus]
    assert any(told in message for message in messages)
