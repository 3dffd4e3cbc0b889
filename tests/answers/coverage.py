"""Expected answers to the questions of what the graph covers."""

from collections.abc import Iterable
from typing import Final

from tests.facts import agent, by_id, iri, is_former, name, present_states, table

ORG: Final = "http://www.w3.org/ns/org#"
NO_PART: Final = ("subject", "named in report", "declined")

VARIANTS: Final[dict[str, list[dict[str, str]]]] = {}


def distinct(rows: str, *columns: str) -> int:
    """How many different values the columns of a table hold together."""
    return len({tuple(row[column] for column in columns) for row in table(rows)})


def seats() -> int:
    """Members of groups, and chairs that only the table of groups names."""
    members = {(row["group"], row["state"]) for row in table("group_members")}
    chairs = {(row["id"], row["chair_country"]) for row in table("groups") if row["chair_country"]}
    return len(members | chairs)


def things_by_class() -> list[list[str]]:
    """Most things first."""
    sessions = [row for row in table("groups") if row["organ"] in by_id("groups")]
    parts = {
        (row["event"], row["participant"], row["role"])
        for row in table("participations")
        if row["role"] not in NO_PART
    }
    former = sum(map(is_former, by_id("states", "iso3")))
    territories = len(table("states")) - former - len(present_states())
    count = {
        iri("def/Document"): ("document", len(table("documents"))),
        iri("def/DocumentRole"): (
            "document role",
            distinct("document_roles", "document", "party", "role"),
        ),
        iri("def/ForumEdition"): ("forum edition", len(table("editions"))),
        iri("def/ForumSeries"): ("forum series", len(table("forums"))),
        iri("def/FormerState"): ("former state", former),
        iri("def/InternationalAgreement"): ("international agreement", len(table("agreements"))),
        iri("def/Participation"): ("participation", len(parts)),
        iri("def/Seat"): ("seat in a group", seats()),
        iri("def/Session"): ("session", len(table("sessions")) + len(sessions)),
        iri("def/Source"): ("source", len(table("sources"))),
        iri("def/State"): ("state", len(present_states())),
        iri("def/StateVote"): ("vote of a state", distinct("votes", "document", "state")),
        iri("def/Territory"): ("territory", territories),
        iri("def/WorkingGroup"): ("working group", len(table("groups")) - len(sessions)),
        ORG + "Membership": ("membership", len(table("memberships"))),
    }
    ranked = sorted(count, key=lambda node: (-count[node][1], node))
    return [[count[node][0], str(count[node][1]), node] for node in ranked]


def memberships_without_dates() -> list[list[str]]:
    """Most without a start first."""
    found = []
    for organisation in {row["organisation"] for row in table("memberships")}:
        rows = [row for row in table("memberships") if row["organisation"] == organisation]
        startless = [row for row in rows if not row["start"]]
        dateless = [row for row in startless if not row["end"]]
        if startless:
            title = name(organisation)
            found.append((-len(startless), -len(dateless), title, len(rows), organisation))
    return [
        [title, str(-startless), str(-dateless), str(rows), iri(f"id/organisation/{organisation}")]
        for startless, dateless, title, rows, organisation in sorted(found)
    ]


def others(named: Iterable[str]) -> list[list[str]]:
    """The states of today that are not among those named, by name."""
    return sorted([name(state), agent(state)] for state in present_states() - set(named))


def states_without_agreements() -> list[list[str]]:
    """By name."""
    return others(row["party"] for row in table("agreement_actions"))


def states_without_forums() -> list[list[str]]:
    """By name."""
    return others(
        row["participant"] for row in table("participations") if row["role"] not in NO_PART
    )


def names_by_language() -> list[list[str]]:
    """By class, then by number of names."""
    states = [row for row in table("states") if row["iso3"] in present_states()]
    classes = [
        ("ForumEdition", "forum edition", table("editions"), "en ru"),
        ("ForumSeries", "forum series", table("forums"), "en ru"),
        ("InternationalAgreement", "international agreement", table("agreements"), "en ru"),
        ("State", "state", states, "ar en es fr ru zh"),
    ]
    found = []
    for each, title, rows, languages in classes:
        stem = "title" if each == "InternationalAgreement" else "name"
        for language in languages.split():
            named = sum(bool(row[f"{stem}_{language}"]) for row in rows)
            found.append((iri(f"def/{each}"), -named, language, title, len(rows)))
    return [
        [title, language, str(-named), str(things), node]
        for node, named, language, title, things in sorted(found)
    ]
