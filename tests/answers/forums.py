"""Expected answers to the questions about forums and their editions."""

from typing import Final

from tests.facts import (
    UNKNOWN_DATE,
    Row,
    by_id,
    city,
    concept,
    first_day,
    iri,
    last_day,
    name,
    table,
)

# The news item says "more than 1,300"; a table can only say "at least".
MORE_THAN: Final = {"infoforum-2017"}
INFOFORUM: Final = "infoforum-2017"

VARIANTS: Final = {
    "editions-of-forum": [
        {"forum": "sco-summit"},
        {"forum": "osce-cyber-conference"},
        {"forum": "sco-rats-cyber-seminar"},
        {"forum": "iisrc-conference"},
    ],
    "events-in-period": [
        {"from": "2001-01-01", "to": "2001-12-31"},
        {"from": "2017-06-09", "to": "2017-06-09"},
        {"from": "2022-02-03", "to": "2022-02-08"},
        {"from": "2024-01-01", "to": "2025-12-31"},
    ],
    "events-on-day": [
        {"day": "2017-02-03"},
        {"day": "2017-02-04"},
        {"day": "2023-09-20"},
        {"day": "2023-10-12"},
        {"day": "2025-10-23"},
        {"day": "1999-01-01"},
    ],
    "forum-hosts": [
        {"forum": "igf"},
        {"forum": "osce-cyber-conference"},
        {"forum": "brics-nsa"},
        {"forum": "cri"},
    ],
    "sessions-of-forum": [
        {"forum": "igf"},
        {"forum": "infoforum"},
        {"forum": "wic"},
        {"forum": "kuban-csc"},
        {"forum": "spectr"},
    ],
}


def node(edition: str) -> str:
    """The IRI of an edition."""
    return iri(f"id/edition/{edition}")


def event(found: str) -> str:
    """The IRI of an edition or a session."""
    return iri(f"id/session/{found}") if found in by_id("sessions") else node(found)


def edition_of(found: str) -> Row:
    """The edition that an event is, or is a session of."""
    session = by_id("sessions").get(found)
    return by_id("editions")[session["edition"] if session else found]


def session_title(found: str) -> str:
    """The title of a session; blank for an edition."""
    session = by_id("sessions").get(found)
    return session["title_en"] if session else ""


def editions(forum: str) -> list[Row]:
    """The editions of a forum."""
    return [row for row in table("editions") if row["forum"] == forum]


def place(row: Row) -> list[str]:
    """City and country of an edition."""
    return [city(row["city"]), name(row["country"]) if row["country"] else ""]


def countries_by_events() -> list[list[str]]:
    """Editions and forums by country, most first."""
    forums: dict[str, list[str]] = {}
    for row in filter(lambda row: row["country"], table("editions")):
        forums.setdefault(row["country"], []).append(row["forum"])
    rows = [
        (-len(held), -len(set(held)), name(country), iri(f"id/place/{country}"))
        for country, held in forums.items()
    ]
    return [[where, str(-held), str(-series), land] for held, series, where, land in sorted(rows)]


def editions_of_forum(forum: str) -> list[list[str]]:
    """Editions of a forum by date, with number and place."""
    rows = [
        [*(row[c] for c in ("number", "start", "end", "name_en")), *place(row), node(row["id"])]
        for row in editions(forum)
    ]
    return sorted(rows, key=lambda row: (row[1] or "unknown", row[6]))


def events_in_period(**days: str) -> list[list[str]]:
    """Editions that may have touched a period."""
    rows = [
        [row["start"], row["end"], row["name_en"], *place(row), node(row["id"])]
        for row in table("editions")
        if row["start"]
        and first_day(row["start"]) <= days["to"]
        and last_day(row["end"] or row["start"]) >= days["from"]
    ]
    return sorted(rows, key=lambda row: (row[0], row[5]))


def events_on_day(day: str) -> list[list[str]]:
    """Editions of a day: certainly between the last day of the start and the first of the end."""
    rows = []
    for row in filter(lambda row: row["start"], table("editions")):
        start, end = row["start"], row["end"] or row["start"]
        if first_day(start) <= day <= last_day(end):
            begun = min(last_day(start), last_day(end))
            ended = max(first_day(start), first_day(end))
            reading = "certainly" if begun <= day <= ended else "possibly"
            rows.append([row["name_en"], reading, *place(row), node(row["id"])])
    return sorted(rows, key=lambda row: (row[1], row[0], row[4]))


def forum_hosts(forum: str) -> list[list[str]]:
    """Editions by date with their hosts, if known, and the place."""
    hosts: dict[str, list[str]] = {}
    for row in table("participations"):
        if row["role"] in ("host", "co-host"):
            hosts.setdefault(row["event"], []).append(name(row["participant"]))
    rows = [
        [row["start"] or UNKNOWN_DATE, row["name_en"], host, *place(row), node(row["id"])]
        for row in editions(forum)
        for host in hosts.get(row["id"], [""])
    ]
    return sorted(rows, key=lambda row: (row[0], row[5], row[2]))


def forums_overview() -> list[list[str]]:
    """Forums with what is known of their series and of the editions here."""
    rows = []
    for row in table("forums"):
        held = editions(row["id"])
        dates = sorted(edition["start"] for edition in held if edition["start"]) or [""]
        series = [row["first_held"], row["frequency"], str(len(held))]
        ends = [dates[0], dates[-1]]
        rows.append([row["name_en"], *series, *ends, iri(f"id/forum/{row['id']}")])
    return sorted(rows, key=lambda row: (-int(row[3]), row[0]))


def largest_events() -> list[list[str]]:
    """Editions by the number of participants, most first."""
    rows = [
        [
            row["participants_min"],
            "more than" if row["id"] in MORE_THAN else "at least",
            row["name_en"],
            row["start"],
            node(row["id"]),
        ]
        for row in table("editions")
        if row["participants_min"]
    ]
    return sorted(rows, key=lambda row: (-int(row[0]), row[4]))


def sessions_of_forum(forum: str) -> list[list[str]]:
    """Sessions of the editions of a forum by date and number."""
    known = {row["id"]: row for row in editions(forum)}
    rows = [
        [
            known[row["edition"]]["start"] or UNKNOWN_DATE,
            known[row["edition"]]["name_en"],
            row["number"],
            concept(row["kind"]),
            row["title_en"],
            event(row["id"]),
        ]
        for row in table("sessions")
        if row["edition"] in known
    ]
    return sorted(rows, key=lambda row: (row[0], row[1], int(row[2] or 0), row[5]))


def infoforum_2017_organisers() -> list[list[str]]:
    """The organisers with the body that each is part of."""
    rows = []
    for row in table("participations"):
        if (row["event"], row["role"]) == (INFOFORUM, "organiser"):
            body = by_id("organisations")[row["participant"]]
            links = [name(body[column]) for column in ("parent", "country")]
            rows.append([body["name_en"], *links, iri(f"id/organisation/{body['id']}")])
    return sorted(rows)


def infoforum_2017_series() -> list[list[str]]:
    """The forum that the edition belongs to."""
    row = by_id("forums")[by_id("editions")[INFOFORUM]["forum"]]
    series = [row["name_en"], row["first_held"], row["frequency"], name(row["country"])]
    return [[*series, iri(f"id/forum/{row['id']}")]]


def infoforum_2017_when_and_where() -> list[list[str]]:
    """Dates and place of the edition."""
    row = by_id("editions")[INFOFORUM]
    return [[row["name_en"], row["start"], row["end"], *place(row), node(INFOFORUM)]]


def infoforum_2017_first_session_organisations() -> list[list[str]]:
    """The organisations that the first session was about."""
    rows = []
    for row in table("participations"):
        session = by_id("sessions").get(row["event"])
        first = session and (session["edition"], session["number"]) == (INFOFORUM, "1")
        if first and row["role"] == "subject":
            body = by_id("organisations")[row["participant"]]
            kind = concept(body["kind"])
            rows.append([body["name_en"], kind, iri(f"id/organisation/{body['id']}")])
    return sorted(rows)
