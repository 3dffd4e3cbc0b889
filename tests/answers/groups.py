"""Expected answers to the questions about groups."""

from collections import Counter
from functools import cache
from typing import Final

from tests.facts import Row, agent, by_id, document_name, iri, label, name, split, table

VARIANTS: Final = {
    "group-seats": [{"group": "ahc-cybercrime"}, {"group": "gge-2004"}, {"group": "gge-2016"}],
    "group-sessions": [{"group": "oewg-2021"}, {"group": "gge-2012"}, {"group": "gge-2004"}],
    "seats-of-state": [{"state": "BRA"}, {"state": "CHE"}, {"state": "SLV"}],
}


def group_iri(group: str) -> str:
    return iri(f"id/group/{group}")


def groups() -> list[Row]:
    """The groups themselves, without their sessions, in order of their start."""
    rows = [row for row in table("groups") if row["organ"] not in by_id("groups")]
    return sorted(rows, key=lambda row: (row["start"], row["id"]))


@cache
def seats(group: str) -> dict[str, set[str]]:
    """The offices of each state that sits in a group; most hold none."""
    found: dict[str, set[str]] = {}
    for row in table("group_members"):
        if row["group"] == group:
            found.setdefault(row["state"], set()).update({row["role"]} - {"member"})
    chair = by_id("groups")[group]["chair_country"]
    if chair:
        found.setdefault(chair, set()).add("chair")
    return found


def groups_and_their_documents() -> list[list[str]]:
    """In order of the groups' start."""
    found = []
    for row in groups():
        founding = document_name(row["established_by"]) if row["established_by"] else ""
        for report in sorted(split(row["report"])) or [""]:
            cells = [row["name_en"], row["start"], row["end"], founding]
            title = document_name(report) if report else ""
            found.append([*cells, title, group_iri(row["id"])])
    return found


def group_sessions(*, group: str) -> list[list[str]]:
    """In order of time."""
    rows = [row for row in table("groups") if row["organ"] == group]
    rows.sort(key=lambda row: (row["start"], row["id"]))
    return [
        [row["start"], row["end"], f"{row['name_en']} ({group})", iri(f"id/session/{row['id']}")]
        for row in rows
    ]


def group_seats(*, group: str) -> list[list[str]]:
    """By name."""
    found = [
        [name(state), label(office), agent(state)]
        for state, offices in seats(group).items()
        for office in offices or {""}
    ]
    return sorted(found, key=lambda row: (row[0], row[2], row[1]))


def states_by_expert_group_seats() -> list[list[str]]:
    """Most seats first, then most chairs."""
    prefix = "Group of Governmental Experts"
    expert = [row["id"] for row in groups() if row["name_en"].startswith(prefix)]
    held = Counter(state for each in expert for state in seats(each))
    chairs = Counter(
        state for each in expert for state, offices in seats(each).items() if "chair" in offices
    )
    ranked = sorted(held, key=lambda state: (-held[state], -chairs[state], name(state)))
    return [[name(state), str(held[state]), str(chairs[state]), agent(state)] for state in ranked]


def group_chairs() -> list[list[str]]:
    """In order of the groups' start."""
    return [
        [row["start"], row["name_en"], name(state), group_iri(row["id"]), agent(state)]
        for row in groups()
        for state, offices in sorted(seats(row["id"]).items(), key=lambda pair: name(pair[0]))
        if "chair" in offices
    ]


def seats_of_state(*, state: str) -> list[list[str]]:
    """In order of the groups' start."""
    return [
        [row["start"], row["name_en"], label(office), group_iri(row["id"])]
        for row in groups()
        if state in seats(row["id"])
        for office in sorted(seats(row["id"])[state]) or [""]
    ]
