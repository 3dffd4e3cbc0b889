"""Expected answers to the questions about who took part in events, and in which role."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.answers.forums import edition_of, editions, event, session_title
from tests.facts import UNKNOWN_DATE, Row, agent, by_id, concept, iri, name, table

MOST: Final = 20
SPEAKING: Final = {"greeting", "moderator", "panel leader", "reporter", "speaker"}
PRESENT: Final = SPEAKING - {"greeting"} | {
    "chair",
    "co-chair",
    "co-host",
    "dialogue partner",
    "guest",
    "host",
    "joint meeting",
    "observer",
    "participant",
    "represented",
}
ORGANISING: Final = {"organiser", "co-organiser"}
# These rows tell of no participation: of one spoken of, or of one who stayed away.
ABSENT: Final = {"subject", "named in report", "declined"}

VARIANTS: Final = {
    "at-two-forums": [
        {"first": "sco-summit", "second": "brics-summit"},
        {"first": "igf", "second": "gccs"},
        {"first": "igf", "second": "sco-security-secretaries"},
    ],
    "events-about-organisation": [
        {"organisation": "icann"},
        {"organisation": "un"},
        {"organisation": "iisi-msu"},
        {"organisation": "csto"},
    ],
    "organisation-spoke-at": [
        {"organisation": "csto"},
        {"organisation": "russia-mfa"},
        {"organisation": "cctld-ru"},
        {"organisation": "naiis"},
        {"organisation": "coe"},
    ],
    "participants-of-edition": [
        {"edition": "sco-summit-2024"},
        {"edition": "igf-2019"},
        {"edition": "imhr-2015"},
        {"edition": "netmundial-2014"},
        {"edition": "it-forum-ugra-2021"},
    ],
    "state-at-events": [
        {"state": "EST"},
        {"state": "RUS"},
        {"state": "DEU"},
        {"state": "NRU"},
    ],
}


def participations() -> Iterator[Row]:
    """The rows that tell of a role at an event."""
    return (row for row in table("participations") if row["role"] not in ABSENT)


def attendances() -> dict[str, set[tuple[str, str]]]:
    """Forums and editions by who was present."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in participations():
        if row["role"] in PRESENT:
            edition = edition_of(row["event"])
            found.setdefault(row["participant"], set()).add((edition["forum"], edition["id"]))
    return found


def at_two_forums(first: str, second: str) -> list[list[str]]:
    """Who was present at both, with the number of editions of each."""
    rows = []
    for party, attended in attendances().items():
        counts = Counter(forum for forum, _ in attended)
        if counts[first] and counts[second]:
            rows.append([name(party), str(counts[first]), str(counts[second]), agent(party)])
    return sorted(rows, key=lambda row: (row[0], row[3]))


def declined_to_attend() -> list[list[str]]:
    """Those of whom a source says that they did not come."""
    return [
        [
            name(row["participant"]),
            edition_of(row["event"])["name_en"],
            edition_of(row["event"])["start"],
            row["note"],
            by_id("sources")[row["source"]]["publisher"],
            event(row["event"]),
        ]
        for row in table("participations")
        if row["role"] == "declined"
    ]


def events_about_organisation(organisation: str) -> list[list[str]]:
    """Events of which an organisation was the subject or at which it was spoken of."""
    relations = {"subject": "is about", "named in report": "mentions"}
    rows = [
        [
            edition_of(row["event"])["start"] or UNKNOWN_DATE,
            edition_of(row["event"])["name_en"],
            session_title(row["event"]),
            relations[row["role"]],
            event(row["event"]),
        ]
        for row in table("participations")
        if row["participant"] == organisation and row["role"] in relations
    ]
    return sorted(rows, key=lambda row: (row[0], row[4], row[3]))


def forums_without_participants() -> list[list[str]]:
    """Forums by the number of editions of which no role is known."""
    known = {edition_of(row["event"])["id"] for row in participations()}
    rows = []
    for row in table("forums"):
        held = editions(row["id"])
        gaps = sum(edition["id"] not in known for edition in held)
        if gaps:
            iri_of_forum = iri(f"id/forum/{row['id']}")
            rows.append([row["name_en"], str(len(held)), str(gaps), iri_of_forum])
    return sorted(rows, key=lambda row: (-int(row[2]), row[0]))


def most_frequent_participants() -> list[list[str]]:
    """Who was present at most editions."""
    rows = [
        (-len(found), -len({forum for forum, _ in found}), name(party), agent(party))
        for party, found in attendances().items()
    ]
    return [[who, str(-e), str(-f), party] for e, f, who, party in sorted(rows)[:MOST]]


def organisation_spoke_at(organisation: str) -> list[list[str]]:
    """Events at which an organisation was heard."""
    rows = [
        [
            edition_of(row["event"])["start"] or UNKNOWN_DATE,
            edition_of(row["event"])["name_en"],
            session_title(row["event"]),
            concept(row["role"]),
            row["note"],
            event(row["event"]),
        ]
        for row in participations()
        if row["participant"] == organisation and row["role"] in SPEAKING
    ]
    return sorted(rows, key=lambda row: (row[0], row[5], row[3]))


def organisers_of_most_events() -> list[list[str]]:
    """Organisers of two events or more, most first."""
    counts = Counter(
        party
        for party, _ in {
            (row["participant"], row["event"])
            for row in participations()
            if row["role"] in ORGANISING
        }
    )
    rows = []
    for party, count in counts.items():
        country = by_id("organisations").get(party, {}).get("country", "")
        if count > 1:
            where = name(country) if country else ""
            rows.append([name(party), where, str(count), agent(party)])
    return sorted(rows, key=lambda row: (-int(row[2]), row[0], row[3]))


def participants_of_edition(edition: str) -> list[list[str]]:
    """Everyone with a role at an edition or its sessions."""
    rows = [
        [
            concept(row["role"]),
            name(row["participant"]),
            session_title(row["event"]),
            row["note"],
            agent(row["participant"]),
        ]
        for row in participations()
        if edition_of(row["event"])["id"] == edition
    ]
    return sorted(rows, key=lambda row: (row[0], row[1], row[4], row[2], row[3]))


def state_at_events(state: str) -> list[list[str]]:
    """Events at which a state had a role."""
    rows = [
        [
            edition_of(row["event"])["start"] or UNKNOWN_DATE,
            edition_of(row["event"])["name_en"],
            session_title(row["event"]),
            concept(row["role"]),
            event(row["event"]),
        ]
        for row in participations()
        if row["participant"] == state
    ]
    return sorted(rows, key=lambda row: (row[0], row[4], row[3]))
