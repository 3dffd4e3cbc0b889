"""Expected answers to the questions about documents."""

from collections import Counter
from typing import Final

from tests.facts import Row, agent, by_id, document_name, iri, is_state, label, name, split, table

SPONSORS: Final = ("lead-sponsor", "sponsor", "co-sponsor", "later-co-sponsor")
ORGANS: Final = {
    "arf": "ASEAN Regional Forum",
    "unga": "UN General Assembly",
    "unga-first-committee": "UN General Assembly First Committee",
    "unsc": "UN Security Council",
}

VARIANTS: Final = {
    "co-sponsors-of-state": [{"state": "USA"}, {"state": "DEU"}],
    "document-sponsors": [{"document": "a-69-723"}, {"document": "sc-arria-2020-08-26"}],
    "documents-of-organ": [
        {"organisation": "unsc"},
        {"organisation": "unga-first-committee"},
        {"organisation": "arf"},
    ],
    "documents-of-sponsor": [{"state": "USA"}, {"state": "EGY"}],
}


def document_iri(document: str) -> str:
    return iri(f"id/document/{document}")


def party_name(party: str) -> str:
    """The name of a state, an organisation or a group."""
    group = by_id("groups").get(party)
    return group["name_en"] if group else name(party)


def party_iri(party: str) -> str:
    """The IRI of a state, an organisation or a group."""
    return iri(f"id/group/{party}") if party in by_id("groups") else agent(party)


def document_sponsors(*, document: str) -> list[list[str]]:
    """By role and name."""
    return sorted(
        [label(row["role"]), party_name(row["party"]), party_iri(row["party"])]
        for row in table("document_roles")
        if row["document"] == document
    )


def sponsorships() -> list[Row]:
    """The rows of sponsors of any kind."""
    return [row for row in table("document_roles") if row["role"] in SPONSORS]


def documents_of_sponsor(*, state: str) -> list[list[str]]:
    """In order of time."""
    found = []
    for part in sponsorships():
        if part["party"] == state:
            row = by_id("documents")[part["document"]]
            words = [label(row["kind"]), label(part["role"]), label(row["adopted_by"])]
            totals = [row["yes"], row["no"], row["abstain"]]
            cells = [row["date"], document_name(row["id"]), *words, *totals]
            found.append([*cells, document_iri(row["id"])])
    return sorted(found, key=lambda row: (row[0], row[8], row[3]))


def documents_of_organ(*, organisation: str) -> list[list[str]]:
    """In order of time."""
    rows = [row for row in table("documents") if row["organ"] == ORGANS[organisation]]
    rows.sort(key=lambda row: (row["date"], row["id"]))
    return [
        [
            row["date"][:4],
            row["date"],
            label(row["kind"]),
            document_name(row["id"]),
            document_iri(row["id"]),
        ]
        for row in rows
    ]


def co_sponsors_of_state(*, state: str) -> list[list[str]]:
    """Most documents first."""
    own = {row["document"] for row in sponsorships() if row["party"] == state}
    pairs = {(row["document"], row["party"]) for row in sponsorships() if row["document"] in own}
    count = Counter(party for _, party in pairs if party != state)
    assert all(is_state(party) for party in count)
    ranked = sorted(count, key=lambda party: (-count[party], name(party)))
    return [[str(count[party]), name(party), agent(party)] for party in ranked]


def documents_of_agreements() -> list[list[str]]:
    """In order of time."""
    found = [
        [
            row["date"],
            document_name(row["id"]),
            label(row["kind"]),
            by_id("agreements")[each]["title_en"],
            document_iri(row["id"]),
            iri(f"id/agreement/{each}"),
        ]
        for row in table("documents")
        for each in split(row["related_agreement"])
    ]
    return sorted(found, key=lambda row: (row[0], row[4], row[5]))
