"""Expected answers to the questions about who says what of one thing."""

from collections.abc import Iterable, Iterator
from typing import Final

from iisgraph.vocab import RDF, SCHEMA
from tests.answers.forums import edition_of
from tests.answers.sources import KINDS, described, node, rank, record
from tests.facts import (
    UNKNOWN_DATE,
    Row,
    agent,
    agreement_name,
    by_id,
    city,
    concept,
    iri,
    label,
    name,
    split,
    step_kind,
    steps,
    table,
)

ORG: Final = "http://www.w3.org/ns/org#"
# Words of the table that are topics of this graph, under a name of its own or the same.
SUBJECTS: Final = {
    "Internet governance": "Internet governance",
    "capacity building": "capacity-building",
    "confidence-building measures": "confidence-building measures",
    "critical information infrastructure": "critical information infrastructure",
    "cybercrime": "cybercrime",
    "data security": "data security",
    "electronic evidence": "electronic evidence",
    "incident response": "response to computer incidents",
    "information security": "information security",
    "international information security": "international information security",
    "personal data protection": "protection of personal data",
    "responsible state behaviour": "responsible behaviour of states in information space",
    "sovereignty in information space": "sovereignty in information space",
}

VARIANTS: Final = {
    "facts-of-agreement": [
        {"agreement": "cis-2018-ict-crime"},
        {"agreement": "coe-ets-189"},
        {"agreement": "rus-2023-iis-convention-concept"},
        {"agreement": "chn-idn-2021-cyber-mou"},
    ],
    "source-statements": [
        {"source": "brics-sputnik2024"},
        {"source": "sco-opoyi"},
    ],
    "sources-of-agreement": [
        {"agreement": "csto-2017-infosec"},
        {"agreement": "cis-2001-computer-crime"},
        {"agreement": "un-cybercrime-convention"},
        {"agreement": "eu-nis"},
    ],
    "sources-of-edition": [
        {"edition": "iis-partnership-2022"},
        {"edition": "sco-summit-2024"},
        {"edition": "igf-2023"},
        {"edition": "imhr-2015"},
    ],
    "sources-of-membership": [
        {"organisation": "brics", "state": "ZAF"},
        {"organisation": "african-union", "state": "MAR"},
        {"organisation": "sco", "state": "BLR"},
        {"organisation": "un", "state": "CHE"},
        {"organisation": "nato", "state": "RUS"},
    ],
    "steps-attested-once": [
        {"agreement": "au-malabo-convention"},
        {"agreement": "sco-2009-iis-agreement"},
        {"agreement": "sco-2006-iis-statement"},
    ],
}


def listed(source: str) -> list[str]:
    """Title, publisher, kind and date of a source."""
    return [*described(source), by_id("sources")[source]["published"]]


def url(source: str) -> str:
    """The address of a source."""
    return by_id("sources")[source]["url"]


def told(row: Row) -> list[str]:
    """The record of a row: the number of its sources, the best kind of them, its IRI."""
    sources = set(split(row["source"]))
    best = KINDS[min(map(rank, sources)) - 1]
    return [str(len(sources)), concept(best), iri(f"graph/{record(sources)}")]


def facts_of_agreement(agreement: str) -> list[list[str]]:
    """What the row of an agreement and those of the steps on it say."""
    row = by_id("agreements")[agreement]
    rows = [[fact, value, *told(row)] for fact, value in said_of(row) if value]
    for taken in table("agreement_actions"):
        if taken["agreement"] == agreement:
            fact = f"{concept(step_kind(taken))}: {name(taken['party'])}"
            rows.append([fact, taken["date"] or UNKNOWN_DATE, *told(taken)])
    distinct = {tuple(row) for row in rows}
    return [list(row) for row in sorted(distinct, key=lambda row: (row[0], row[1], row[4]))]


def said_of(row: Row) -> Iterator[tuple[str, str]]:
    """The facts of one agreement."""
    yield "legal force", concept(row["legal_force"])
    yield "date of adoption", row["adopted"]
    yield "date of signing", row["signed"]
    where = row["signed_city"] or row["signed_country"]
    yield "held in", city(where) if row["signed_city"] else where and name(where)
    yield "in force since", row["in_force"]
    yield "status of the agreement", concept(row["status"])
    yield "depositary", row["depositary"]
    yield "framework organisation", row["organisation"] and name(row["organisation"])
    for earlier in split(row["supersedes"]):
        yield "supersedes", agreement_name(earlier)
    for topic in split(row["topics"]):
        yield "keywords", topic
        yield "subject", SUBJECTS.get(topic, "")


def source_statements(source: str) -> list[list[str]]:
    """The statements of a source that tells of memberships alone."""
    rows = []
    for row in table("memberships"):
        if source in split(row["source"]):
            path = "/".join(row[column] for column in ("organisation", "state", "status"))
            subject = iri(f"id/membership/{path}/1")
            graph = iri(f"graph/{record(split(row['source']))}")
            rows += [[subject, *statement, graph] for statement in membership(row)]
    return sorted(rows, key=lambda row: (row[3], row[0], row[1], row[2]))


def membership(row: Row) -> Iterator[list[str]]:
    """What a row of memberships states."""
    yield [RDF + "type", ORG + "Membership"]
    yield [ORG + "member", agent(row["state"])]
    yield [ORG + "organization", agent(row["organisation"])]
    yield [ORG + "role", iri(f"scheme/membership/{row['status']}")]
    for column in ("start", "end"):
        if row[column]:
            yield [f"{SCHEMA}{column}Date", row[column]]


def sources_in(rows: Iterable[Row]) -> set[str]:
    """All sources of some rows."""
    return {source for row in rows for source in split(row["source"])}


def sources_of_agreement(agreement: str) -> list[list[str]]:
    """Sources of the agreement, of steps on it, and of what names it."""
    own = [row for row in table("agreements") if row["id"] == agreement]
    later = [row for row in table("agreements") if agreement in split(row["supersedes"])]
    related = [row for row in table("documents") if agreement in split(row["related_agreement"])]
    taken = [step for step in steps() if step.agreement == agreement]
    found = sources_in([*own, *later, *related]).union(*(step.sources for step in taken))
    counts = {source: sum(source in step.sources for step in taken) for source in found}
    return [
        [*listed(source), str(count), url(source), node(source)]
        for source, count in sorted(counts.items())
    ]


def sources_of_edition(edition: str) -> list[list[str]]:
    """Sources of an edition, its sessions, and the roles at both."""
    found = sources_in(
        [
            by_id("editions")[edition],
            *(row for row in table("sessions") if row["edition"] == edition),
            *(row for row in table("participations") if edition_of(row["event"])["id"] == edition),
        ]
    )
    return [[*listed(source), url(source), node(source)] for source in sorted(found)]


def sources_of_membership(state: str, organisation: str) -> list[list[str]]:
    """Sources of the memberships of a state in an organisation."""
    rows = [
        row
        for row in table("memberships")
        if (row["state"], row["organisation"]) == (state, organisation)
    ]
    since = by_id("states", "iso3")[state]["un_member_since"]
    if organisation == "un" and since:
        admitted = {"status": "member", "start": since, "end": ""}
        rows.append(by_id("states", "iso3")[state] | admitted)
    distinct = {
        (label(row["status"]), row["start"], row["end"], *listed(source)[1:], node(source))
        for row in rows
        for source in split(row["source"])
    }
    return [list(row) for row in sorted(distinct, key=lambda row: (*row[:3], row[6]))]


def steps_attested_once(agreement: str) -> list[list[str]]:
    """Steps on an agreement with one source, the weakest first."""
    rows = []
    for step in steps():
        if step.agreement == agreement and len(step.sources) == 1:
            (source,) = step.sources
            what = [concept(step.kind), name(step.party), *(step.dates or [UNKNOWN_DATE])]
            rows.append([*reversed(described(source)[1:]), *what, node(source)])
    order = {concept(kind): position for position, kind in enumerate(KINDS)}
    return sorted(rows, key=lambda row: (-order[row[0]], row[5], row[2], row[3]))
