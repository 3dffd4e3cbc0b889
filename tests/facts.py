"""The frozen tables of facts, and what can be worked out from them without the graph."""

import csv
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from iisgraph.vocab import BASE

TABLES = Path(__file__).parent / "tables"

Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    """The rows of a table, as they stand in the file."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def by_id(name: str, column: str = "id") -> dict[str, Row]:
    """The rows of a table by a column that tells them apart."""
    return {row[column]: row for row in table(name)}


def split(cell: str) -> list[str]:
    """The values of a cell that holds several."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def is_state(code: str) -> bool:
    """Whether this is the code of a jurisdiction, not the id of an organisation."""
    return code in by_id("states", "iso3")


def iri(path: str) -> str:
    """The IRI at a path of our own."""
    return BASE + path


def agent(party: str) -> str:
    """The IRI of a state, territory, former state or organisation, by its code or id."""
    row = by_id("states", "iso3").get(party)
    if row is None:
        return iri(f"id/organisation/{party}")
    if row["ended"]:
        return iri(f"id/former-state/{party}")
    is_member = row["un_member_since"] or party in ("PSE", "VAT")
    return iri(f"id/{'state' if is_member else 'territory'}/{party}")


def name(party: str) -> str:
    """The English name of a state or an organisation."""
    row = by_id("states", "iso3").get(party) or by_id("organisations")[party]
    return row["name_en"]


def first_day(date: str) -> str:
    """The first day that a date, a month or a year can mean."""
    return (date + "-01-01"[len(date) - 4 :])[:10] if date else ""


def last_day(date: str) -> str:
    """The last day that a date, a month or a year can mean."""
    if not date or len(date) == 10:
        return date
    if len(date) == 4:
        return f"{date}-12-31"
    year, month = map(int, date.split("-"))
    return f"{date}-{monthrange(year, month)[1]}"


def unique(rows: Iterable[Iterable[str]]) -> list[list[str]]:
    """The distinct rows, sorted."""
    return [list(row) for row in sorted({tuple(row) for row in rows})]


LABELS = {
    "absent": "not voting",
    "abstain": "abstaining",
    "asian-partner": "Asian partner for cooperation",
    "deposit": "deposit of an instrument",
    "drafted": "drafter",
    "g8-participant": "participant in the Group of Eight",
    "introduced": "introducer",
    "invited": "invited state",
    "mediterranean-partner": "Mediterranean partner for cooperation",
    "meeting": "record of a meeting",
    "no": "against",
    "recorded-vote": "by recorded vote",
    "submitted": "submitter",
    "without-vote": "without a vote",
    "yes": "in favour",
}


def label(concept: str) -> str:
    """The English name of a status, vote, office, kind or role of a document, by its id."""
    return LABELS.get(concept, re.sub(r"(?<!\bco)(?<!\bvice)-", " ", concept))


def percent(part: int, whole: int) -> str:
    """A share in whole percent, halves rounded up."""
    return str((200 * part + whole) // (2 * whole))


def is_former(party: str) -> bool:
    """Whether this is a state that no longer exists."""
    return "/id/former-state/" in agent(party)


@cache
def present_states() -> frozenset[str]:
    """The codes of the states of today, without territories."""
    return frozenset(code for code in by_id("states", "iso3") if "/id/state/" in agent(code))


def certainty(row: Row, day: str) -> str:
    """Whether a membership held on a day: `certainly`, `possibly`, or empty for no."""
    start, end = row["start"], row["end"]
    if (first_day(start) or "0001") > day or (last_day(end) or "9999") < day:
        return ""
    sure = (last_day(start) or "9999") <= day <= (first_day(end) or "9999")
    return "certainly" if sure else "possibly"


@cache
def open_memberships(organisation: str) -> list[Row]:
    """The rows of an organisation that no source ends, of every status; no former states."""
    return [
        row
        for row in table("memberships")
        if row["organisation"] == organisation and not row["end"] and not is_former(row["state"])
    ]


@cache
def full_members(organisation: str) -> frozenset[str]:
    """The full members of an organisation whose membership no source ends."""
    rows = open_memberships(organisation)
    return frozenset(row["state"] for row in rows if row["status"] == "member")


def document_name(document: str) -> str:
    """The English name of a document: symbol and title, as far as there are both."""
    row = by_id("documents")[document]
    return ": ".join(filter(None, [row["symbol"], row["title_en"]]))


CONCEPTS: Final = {
    "NRI collaborative session": "collaborative session of national and regional initiatives",
    "binding": "legally binding",
    "day 0 event": "day zero event",
    "deposit": "deposit of an instrument",
    "discussion topic": "topic of discussion",
    "domestic-approval": "domestic approval",
    "draft-approval": "approval of a draft",
    "greeting": "sender of a greeting",
    "high-level committee member": "member of the high-level committee",
    "joint meeting": "party to a joint meeting",
    "launched": "launched at the event",
    "open mic": "open microphone",
    "panel topic": "topic of a panel",
    "stakeholders meeting": "meeting of stakeholders",
    "theme of sub-forums": "theme of sub-forums",
    "working group lead": "lead of a working group",
}
HYPHENED: Final = ("co-", "non-", "high-level ", "vice-")
CITIES: Final = {
    "Brasília": "Brasilia",
    "St. Petersburg": "Saint Petersburg",
    "Washington D.C.": "Washington",
    "Washington, D.C.": "Washington",
}
DEPOSITED: Final = re.compile(
    "instrument deposited|this row is the deposit|for the deposit and"
    "|given by a Council of Europe communication"
)
ON_A_DRAFT: Final = re.compile("approving the draft|proposal to sign|on the draft")
AT_HOME: Final = re.compile("[Ll]aw|decree|bill|parliament|authorised|Council of Ministers")
UNKNOWN_DATE: Final = "date unknown"


def concept(word: str) -> str:
    """The name of a kind, role or status, by the word that a table has for it."""
    spaced = word if word.startswith(HYPHENED) else word.replace("-", " ")
    return CONCEPTS.get(word, spaced)


def city(written: str) -> str:
    """The English name of a city, however a table spells it."""
    return CITIES.get(written, written)


def fullest(dates: Iterable[str]) -> list[str]:
    """The dates without those that another one makes more precise."""
    known = {date for date in dates if date}
    return sorted(d for d in known if not any(other.startswith(f"{d}-") for other in known))


def span(days: Iterable[str]) -> str:
    """One day, or the first and the last of several."""
    ordered = sorted(days)
    if not ordered:
        return ""
    return ordered[0] if ordered[0] == ordered[-1] else f"{ordered[0]} or {ordered[-1]}"


@dataclass(frozen=True)
class Step:
    """What one party did to one agreement, with all rows that tell of it."""

    agreement: str
    party: str
    kind: str
    rows: tuple[Row, ...]

    @property
    def node(self) -> str:
        """The IRI of the step."""
        return iri(f"id/action/{self.agreement}/{self.party}/{self.kind}/1")

    @property
    def dates(self) -> list[str]:
        """Its dates, as precise as known; several where sources differ."""
        return fullest(row["date"] for row in self.rows)

    @property
    def sources(self) -> set[str]:
        """All sources that tell of it."""
        return {source for row in self.rows for source in split(row["source"])}


@cache
def steps() -> list[Step]:
    """The steps of all parties on all agreements, by agreement, party and kind."""
    rows: dict[tuple[str, str, str], list[Row]] = {}
    for row in table("agreement_actions"):
        rows.setdefault((row["agreement"], row["party"], step_kind(row)), []).append(row)
    return [Step(*key, tuple(found)) for key, found in sorted(rows.items())]


def step_kind(row: Row) -> str:
    """The kind of step that a row tells of: two words of the table cover several."""
    word, note = row["action"], row["note"]
    if word == "ratification" and DEPOSITED.search(note):
        return "deposit"
    if word == "approval" and ON_A_DRAFT.search(note):
        return "draft-approval"
    if word == "approval" and AT_HOME.search(note):
        return "domestic-approval"
    return word


def agreement_name(agreement: str) -> str:
    """The English name of an agreement."""
    return by_id("agreements")[agreement]["title_en"]


def actors(agreement: str, *kinds: str) -> set[str]:
    """Who took a step of one of these kinds on an agreement."""
    return {s.party for s in steps() if s.agreement == agreement and s.kind in kinds}


def signatories(agreement: str) -> set[str]:
    """Who signed an agreement."""
    return actors(agreement, "signature")


def parties(agreement: str) -> set[str]:
    """Whom an agreement binds, as far as sources tell of a step that binds."""
    binding = ("acceptance", "accession", "approval", "deposit", "entry-into-force", "succession")
    return actors(agreement, *binding) - actors(agreement, "withdrawal")


def possible_parties(agreement: str) -> set[str]:
    """Who is said to have ratified, without a step that surely binds."""
    gone = actors(agreement, "withdrawal")
    return actors(agreement, "ratification") - parties(agreement) - gone
