"""Expected answers to the questions about agreements as texts: kinds, dates, places, topics."""

from collections import Counter
from typing import Final

from tests.facts import (
    UNKNOWN_DATE,
    Row,
    agreement_name,
    by_id,
    city,
    concept,
    iri,
    name,
    parties,
    signatories,
    split,
    steps,
    table,
)

MOST: Final = 20

VARIANTS: Final = {
    "agreements-made-in": [{"state": "CHN"}, {"state": "IDN"}, {"state": "USA"}, {"state": "CHE"}],
    "agreements-of-organisation": [
        {"organisation": "cis"},
        {"organisation": "brics"},
        {"organisation": "eu"},
        {"organisation": "itu"},
    ],
    "bilateral-agreements-of-state": [
        {"state": "SGP"},
        {"state": "CHN"},
        {"state": "USA"},
        {"state": "MMR"},
    ],
}


def node(row: Row) -> str:
    """The IRI of an agreement."""
    return iri(f"id/agreement/{row['id']}")


def made_on(row: Row) -> str:
    """The date of signature, or else of adoption."""
    return row["signed"] or row["adopted"] or UNKNOWN_DATE


def actors_of(agreement: str) -> set[str]:
    """Everyone who took a step on an agreement."""
    return {step.party for step in steps() if step.agreement == agreement}


def agreements_by_kind_and_force() -> list[list[str]]:
    """Number of texts by kind and legal force, most first."""
    counts = Counter((row["kind"], row["legal_force"]) for row in table("agreements"))
    return [
        [concept(kind), concept(force), str(count), iri(f"scheme/agreement/{kind}")]
        for (kind, force), count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))
    ]


def agreements_by_participants() -> list[list[str]]:
    """The agreements with most actors, and what those did."""
    endorsements = Counter(s.agreement for s in steps() if s.kind == "endorsement")
    agents = {row["id"]: len(actors_of(row["id"])) for row in table("agreements")}
    ordered = sorted(agents, key=lambda agreement: (-agents[agreement], agreement))
    return [
        [
            agreement_name(agreement),
            str(agents[agreement]),
            str(len(signatories(agreement))),
            str(len(parties(agreement))),
            str(endorsements[agreement]),
            iri(f"id/agreement/{agreement}"),
        ]
        for agreement in ordered[:MOST]
    ]


def agreements_in_force() -> list[list[str]]:
    """Agreements in force by date; what has no date comes last."""
    rows = [
        [
            row["in_force"],
            row["title_en"],
            name(row["organisation"]) if row["organisation"] else "",
            str(len(parties(row["id"])) or ""),
            node(row),
        ]
        for row in table("agreements")
        if row["status"] == "in-force"
    ]
    return sorted(rows, key=lambda row: (row[0] or "unknown", row[4]))


def agreements_made_in(state: str) -> list[list[str]]:
    """Agreements by the country in which they were made."""
    rows = [
        [made_on(row), city(row["signed_city"]), row["title_en"], node(row)]
        for row in table("agreements")
        if row["signed_country"] == state
    ]
    return sorted(rows, key=lambda row: (row[0], row[3]))


def agreements_of_organisation(organisation: str) -> list[list[str]]:
    """Agreements within an organisation by date."""
    rows = [
        [
            row["adopted"] or UNKNOWN_DATE,
            row["title_en"],
            *(concept(row[column]) for column in ("kind", "legal_force", "status")),
            node(row),
        ]
        for row in table("agreements")
        if row["organisation"] == organisation
    ]
    return sorted(rows, key=lambda row: (row[0], row[5]))


def agreements_without_participants() -> list[list[str]]:
    """Agreements on which no step is known."""
    rows = [
        [
            name(row["organisation"]) if row["organisation"] else "no organisation",
            row["adopted"] or UNKNOWN_DATE,
            row["title_en"],
            node(row),
        ]
        for row in table("agreements")
        if not actors_of(row["id"])
    ]
    return sorted(rows, key=lambda row: (row[0], row[1], row[3]))


def bilateral_agreements_of_state(state: str) -> list[list[str]]:
    """Agreements of two outside of any organisation, one of them the state."""
    rows = []
    for row in table("agreements"):
        both = actors_of(row["id"])
        if len(both) == len(both | {state}) == 2 and not row["organisation"]:
            (partner,) = both - {state}
            words = [concept(row["kind"]), concept(row["status"])]
            rows.append([made_on(row), name(partner), row["title_en"], *words, node(row)])
    return sorted(rows, key=lambda row: (row[0], row[5]))


def proposed_agreements() -> list[list[str]]:
    """Proposals with those who submitted them."""
    rows = []
    for row in table("agreements"):
        if row["status"] == "proposed":
            proposers = {
                s.party for s in steps() if (s.agreement, s.kind) == (row["id"], "submission")
            }
            shared = [row["adopted"] or UNKNOWN_DATE, row["title_en"], concept(row["kind"])]
            names = sorted(map(name, proposers)) or [""]
            rows += [[*shared, proposer, node(row)] for proposer in names]
    return sorted(rows, key=lambda row: (row[0], row[4], row[3]))


def superseded_agreements() -> list[list[str]]:
    """Earlier and later texts."""
    known = by_id("agreements")
    rows = [
        [
            *(known[earlier][column] for column in ("title_en", "adopted")),
            *(row[column] for column in ("title_en", "adopted")),
            node(row),
            iri(f"id/agreement/{earlier}"),
        ]
        for row in table("agreements")
        for earlier in split(row["supersedes"])
    ]
    return sorted(rows, key=lambda row: (row[5], row[4]))


def topics_of_agreements() -> list[list[str]]:
    """Topics of two agreements or more, with the year of the first."""
    years: dict[str, list[str]] = {}
    for row in table("agreements"):
        for topic in set(split(row["topics"])):
            years.setdefault(topic, []).append(row["adopted"][:4] or "unknown")
    return [
        [topic, str(len(found)), min(found)]
        for topic, found in sorted(years.items(), key=lambda item: (-len(item[1]), item[0]))
        if len(found) > 1
    ]
