"""Expected answers to the questions about memberships."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.facts import (
    Row,
    agent,
    certainty,
    first_day,
    full_members,
    iri,
    is_former,
    label,
    last_day,
    name,
    open_memberships,
    percent,
    present_states,
    table,
)

SCO_DAYS: Final = (
    "2001-06-14",
    "2001-06-15",
    "2017-06-08",
    "2017-06-09",
    "2023-07-03",
    "2023-07-04",
    "2024-07-03",
    "2024-07-04",
)

VARIANTS: Final = {
    "founding-members": [
        {"organisation": "brics"},
        {"organisation": "un"},
        {"organisation": "african-union"},
        {"organisation": "cis"},
        {"organisation": "g77"},
    ],
    "members-on-day": [
        *({"day": day} for day in SCO_DAYS),
        {"organisation": "brics", "day": "2006-07-01"},
        {"organisation": "brics", "day": "2010-12-31"},
        {"organisation": "brics", "day": "2011-01-01"},
        {"organisation": "brics", "day": "2025-01-06"},
        {"organisation": "cis", "day": "2009-08-15"},
        {"organisation": "coe", "day": "1972-01-01"},
        {"organisation": "commonwealth", "day": "1999-12-31"},
        {"organisation": "itu", "day": "1938-06-30"},
        {"organisation": "un", "day": "1945-10-24"},
    ],
    "members-today": [
        {"organisation": "brics"},
        {"organisation": "g77"},
        {"organisation": "un"},
        {"organisation": "counter-ransomware-initiative"},
    ],
    "memberships-of-state": [{"state": "UKR"}, {"state": "CUB"}, {"state": "FJI"}],
    "observers-and-partners-today": [
        {"organisation": "brics"},
        {"organisation": "oas"},
        {"organisation": "osce"},
        {"organisation": "un"},
    ],
    "organisations-by-growth": [{"day": "2000-01-01"}, {"day": "2022-01-01"}],
    "organisations-sharing-members": [{"organisation": "brics"}, {"organisation": "nato"}],
    "states-in-both": [
        {"organisation": "nato", "other": "eu"},
        {"organisation": "cis", "other": "g77"},
    ],
    "states-in-neither": [
        {"organisation": "nato", "other": "csto"},
        {"organisation": "g77", "other": "coe"},
    ],
    "statuses-of-state-on-day": [
        {"state": "UZB", "day": "2012-06-28"},
        {"state": "UZB", "day": "2012-06-29"},
        {"state": "BLR", "day": "2015-06-30"},
        {"state": "GRC", "day": "1970-01-01"},
    ],
}


def organisation_iri(organisation: str) -> str:
    return iri(f"id/organisation/{organisation}")


def membership_iri(row: Row) -> str:
    """The address of a membership: repetitions count in order of their ends."""
    key = ("organisation", "state", "status")
    alike = [other for other in table("memberships") if all(row[k] == other[k] for k in key)]
    alike.sort(key=lambda other: (other["end"] or "9999", other["start"] or "9999"))
    return iri(f"id/membership/{'/'.join(row[k] for k in key)}/{alike.index(row) + 1}")


def surest(readings: Iterable[tuple[tuple[str, ...], str]]) -> dict[tuple[str, ...], str]:
    """For each key the surest of its readings, without those that are empty."""
    found: dict[tuple[str, ...], str] = {}
    for key, reading in readings:
        if reading:
            found[key] = min(found.get(key, reading), reading)
    return found


def members_on_day(*, organisation: str, day: str) -> list[list[str]]:
    """By name, with how sure it is."""
    held = surest(
        ((name(row["state"]), agent(row["state"])), certainty(row, day))
        for row in table("memberships")
        if row["organisation"] == organisation and row["status"] == "member"
    )
    return [[key[0], held[key], key[1]] for key in sorted(held)]


def members_today(*, organisation: str) -> list[list[str]]:
    """By name, with the start."""
    rows = [row for row in open_memberships(organisation) if row["status"] == "member"]
    found = [[name(row["state"]), row["start"], agent(row["state"])] for row in rows]
    return sorted(found, key=lambda row: (row[0], row[2], row[1]))


def memberships_of_state(*, state: str) -> list[list[str]]:
    """By organisation, then by start."""
    rows = [row for row in table("memberships") if row["state"] == state]
    rows.sort(
        key=lambda row: (
            name(row["organisation"]),
            organisation_iri(row["organisation"]),
            row["start"],
            row["end"] or "9999",
            membership_iri(row),
        )
    )
    return [
        [
            name(row["organisation"]),
            label(row["status"]),
            row["start"],
            row["end"],
            organisation_iri(row["organisation"]),
        ]
        for row in rows
    ]


def organisations() -> list[str]:
    """The organisations that have memberships."""
    return sorted({row["organisation"] for row in table("memberships")})


def states_by_memberships() -> list[list[str]]:
    """Most organisations first."""
    count = Counter(
        state for each in organisations() for state in full_members(each) & present_states()
    )
    ranked = sorted(count, key=lambda state: (-count[state], name(state), agent(state)))
    return [[name(state), str(count[state]), agent(state)] for state in ranked]


def statuses_of_state_on_day(*, state: str, day: str) -> list[list[str]]:
    """By organisation and status, with how sure it is."""
    held = surest(
        (
            (
                name(row["organisation"]),
                organisation_iri(row["organisation"]),
                label(row["status"]),
            ),
            certainty(row, day),
        )
        for row in table("memberships")
        if row["state"] == state
    )
    return [[key[0], key[2], held[key], key[1]] for key in sorted(held)]


def ended() -> list[Row]:
    """Ended full memberships of organisations that have members today."""
    return [
        row
        for row in table("memberships")
        if row["status"] in ("member", "founding-state")
        and row["end"]
        and full_members(row["organisation"])
    ]


def states_that_left() -> list[list[str]]:
    """Latest end first, with the status of today."""
    found = []
    for row in ended():
        lasting = [
            label(other["status"])
            for other in open_memberships(row["organisation"])
            if other["state"] == row["state"]
        ]
        none = "state no longer exists" if is_former(row["state"]) else "none"
        start = [name(row["organisation"]), name(row["state"]), row["end"]]
        found += [[*start, today, agent(row["state"])] for today in lasting or [none]]
    found.sort(key=lambda each: (each[0], each[1], each[4], each[3]))
    return sorted(found, key=lambda each: each[2], reverse=True)


def former_memberships_by_length() -> list[list[str]]:
    """Longest first, by the years of start and end."""
    found = [
        [
            str(int(row["end"][:4]) - int(row["start"][:4])),
            name(row["state"]),
            name(row["organisation"]),
            row["start"],
            row["end"],
            membership_iri(row),
        ]
        for row in ended()
        if row["start"]
    ]
    return sorted(found, key=lambda each: (-int(each[0]), each[1], each[2], each[5]))


def states_in_neither(*, organisation: str, other: str) -> list[list[str]]:
    """By name."""
    outside = present_states() - full_members(organisation) - full_members(other)
    return sorted([name(state), agent(state)] for state in outside)


def states_in_both(*, organisation: str, other: str) -> list[list[str]]:
    """By name, with the start of either membership."""

    def since(which: str) -> dict[str, str]:
        rows = open_memberships(which)
        return {row["state"]: row["start"] for row in rows if row["status"] == "member"}

    one, two = since(organisation), since(other)
    both = sorted(one.keys() & two.keys(), key=lambda state: (name(state), agent(state)))
    return [[name(state), one[state], two[state], agent(state)] for state in both]


def organisations_by_growth(*, day: str) -> list[list[str]]:
    """Most gained first."""
    rows = [row for row in table("memberships") if row["status"] == "member"]
    gained = Counter(row["organisation"] for row in rows if first_day(row["start"]) >= day)
    lost = Counter(row["organisation"] for row in rows if first_day(row["end"]) >= day)
    ranked = sorted(
        gained.keys() | lost.keys(), key=lambda each: (-gained[each], lost[each], name(each))
    )
    return [
        [
            name(each),
            str(gained[each]),
            str(lost[each]),
            str(gained[each] - lost[each]),
            organisation_iri(each),
        ]
        for each in ranked
    ]


def observers_and_partners_today(*, organisation: str) -> list[list[str]]:
    """By status and name, with the start."""
    rows = [row for row in open_memberships(organisation) if row["status"] != "member"]
    found = [
        [label(row["status"]), name(row["state"]), row["start"], agent(row["state"])]
        for row in rows
    ]
    return sorted(found, key=lambda row: (row[0], row[1], row[3], row[2]))


def suspensions() -> list[list[str]]:
    """In order of their start."""
    found = [
        [
            name(row["organisation"]),
            name(row["state"]),
            row["start"],
            row["end"],
            membership_iri(row),
        ]
        for row in table("memberships")
        if row["status"] == "suspended"
    ]
    return sorted(found, key=lambda row: (row[2], row[0], row[1], row[4], row[3]))


def founding_members(*, organisation: str) -> list[list[str]]:
    """Whoever may have begun by the first day on which somebody certainly had."""
    rows = [
        row
        for row in table("memberships")
        if row["organisation"] == organisation
        and row["status"] in ("member", "founding-state")
        and row["start"]
    ]
    first = min((last_day(row["start"]) for row in rows), default="")
    found = [
        [
            name(row["state"]),
            row["start"],
            "certainly" if last_day(row["start"]) <= first else "possibly",
            agent(row["state"]),
        ]
        for row in rows
        if first_day(row["start"]) <= first
    ]
    return sorted(found, key=lambda row: (row[2], row[0], row[3], row[1]))


def organisations_sharing_members(*, organisation: str) -> list[list[str]]:
    """Most shared members first."""
    found = []
    for other in organisations():
        members = full_members(other)
        shared = len(members & full_members(organisation))
        if shared and other != organisation:
            found.append((shared, int(percent(shared, len(members))), len(members), other))
    found.sort(key=lambda each: (-each[0], -each[1], name(each[3])))
    return [
        [name(other), str(shared), str(size), str(share), organisation_iri(other)]
        for shared, share, size, other in found
    ]


def organisations_by_members() -> list[list[str]]:
    """Most members first, then most others."""
    found = []
    for each in organisations():
        rows = open_memberships(each)
        others = {row["state"] for row in rows if row["status"] != "member"}
        if rows:
            found.append((-len(full_members(each)), -len(others), name(each), each))
    return [
        [title, str(-full), str(-rest), organisation_iri(each)]
        for full, rest, title, each in sorted(found)
    ]
