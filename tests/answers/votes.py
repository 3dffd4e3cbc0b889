"""Expected answers to the questions about votes."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

from tests.facts import (
    agent,
    by_id,
    certainty,
    document_name,
    iri,
    label,
    name,
    percent,
    table,
)

CHOICES: Final = ("yes", "no", "abstain", "absent")
SPONSORS: Final = ("lead-sponsor", "sponsor", "co-sponsor", "later-co-sponsor")

VARIANTS: Final = {
    "members-split-by-document": [{"organisation": "sco"}, {"organisation": "eu"}],
    "members-votes-on-document": [
        {"organisation": "csto", "document": "ga-78-237"},
        {"organisation": "eu", "document": "ga-73-187"},
        {"organisation": "coe", "document": "ga-77-36"},
    ],
    "no-votes-on-texts-of-sponsor": [{"state": "USA"}, {"state": "FRA"}],
    "opponents-of-sponsor": [{"state": "USA"}, {"state": "CHN"}],
    "roll-call": [{"document": "ga-78-16"}, {"document": "a-c1-77-l73"}],
    "states-voting-like": [{"state": "USA"}, {"state": "IND"}, {"state": "PLW"}],
    "votes-changed": [
        {"document": "ga-74-28", "other": "ga-77-37"},
        {"document": "ga-73-187", "other": "ga-74-247"},
    ],
    "votes-of-state": [{"state": "USA"}, {"state": "TUR"}],
    "votes-that-differ": [
        {"state": "USA", "other": "GBR"},
        {"state": "CHN", "other": "PRK"},
    ],
    "voting-agreement": [
        {"state": "RUS", "other": "USA"},
        {"state": "CHN", "other": "IND"},
        {"state": "USA", "other": "VAT"},
    ],
}


@cache
def roll_calls() -> dict[str, dict[str, str]]:
    """The vote of each state on each document."""
    found: dict[str, dict[str, str]] = {}
    for row in table("votes"):
        found.setdefault(row["document"], {})[row["state"]] = row["vote"]
    return found


def document_iri(document: str) -> str:
    return iri(f"id/document/{document}")


def day_of(document: str) -> str:
    return by_id("documents")[document]["date"]


def resolutions() -> list[str]:
    """The resolutions with a roll call, in order of time."""
    found = [each for each in roll_calls() if by_id("documents")[each]["kind"] == "resolution"]
    return sorted(found, key=lambda each: (day_of(each), each))


def both_cast(document: str, state: str, other: str) -> tuple[str, str] | None:
    """The votes of two states on a document, if both cast one."""
    votes = roll_calls()[document]
    pair = votes.get(state, "absent"), votes.get(other, "absent")
    return None if "absent" in pair else pair


def sponsored(state: str) -> set[str]:
    """The documents with a roll call of which a state is a sponsor of any kind."""
    return {
        row["document"]
        for row in table("document_roles")
        if row["party"] == state and row["role"] in SPONSORS and row["document"] in roll_calls()
    }


def roll_call(*, document: str) -> list[list[str]]:
    """By vote and name."""
    votes = roll_calls()[document].items()
    return sorted([label(vote), name(state), agent(state)] for state, vote in votes)


def votes_of_state(*, state: str) -> list[list[str]]:
    """In order of time."""
    found = [
        [day_of(each), document_name(each), label(votes[state]), document_iri(each)]
        for each, votes in roll_calls().items()
        if state in votes
    ]
    return sorted(found, key=lambda row: (row[0], row[3]))


def agreement(state: str, other: str) -> tuple[int, int]:
    """The resolutions on which both cast a vote, and those on which they chose the same."""
    pairs = [pair for each in resolutions() if (pair := both_cast(each, state, other))]
    return len(pairs), sum(one == two for one, two in pairs)


def voting_agreement(*, state: str, other: str) -> list[list[str]]:
    """One row, or none if they never both cast a vote."""
    shared, equal = agreement(state, other)
    if not shared:
        return []
    figures = [str(shared), str(equal), percent(equal, shared)]
    return [[name(state), name(other), *figures, agent(other)]]


def votes_that_differ(*, state: str, other: str) -> list[list[str]]:
    """In order of time."""
    found = [
        [day_of(each), document_name(each), label(pair[0]), label(pair[1]), document_iri(each)]
        for each in roll_calls()
        if (pair := both_cast(each, state, other)) and pair[0] != pair[1]
    ]
    return sorted(found, key=lambda row: (row[0], row[4]))


def states_voting_like(*, state: str) -> list[list[str]]:
    """Highest share first, with five shared resolutions at least."""
    found = []
    for other in {each for votes in roll_calls().values() for each in votes} - {state}:
        shared, equal = agreement(state, other)
        if shared >= 5:
            found.append((-int(percent(equal, shared)), -shared, name(other), agent(other), equal))
    return [
        [str(-share), str(equal), str(-shared), title, node]
        for share, shared, title, node, equal in sorted(found)
    ]


def no_votes_on_texts_of_sponsor(*, state: str) -> list[list[str]]:
    """In order of time, then by name."""
    found = [
        [day_of(each), document_name(each), name(voter), document_iri(each), agent(voter)]
        for each in sponsored(state)
        for voter, vote in roll_calls()[each].items()
        if vote == "no"
    ]
    return sorted(found, key=lambda row: (row[0], row[3], row[2], row[4]))


def tally(documents: list[str]) -> Iterator[tuple[str, Counter[str]]]:
    """For each state how often it chose what."""
    counts: dict[str, Counter[str]] = {}
    for each in documents:
        for state, vote in roll_calls()[each].items():
            counts.setdefault(state, Counter())[vote] += 1
    yield from sorted(
        counts.items(), key=lambda pair: (-pair[1]["no"], -pair[1]["abstain"], name(pair[0]))
    )


def opponents_of_sponsor(*, state: str) -> list[list[str]]:
    """Most votes against first."""
    documents = [each for each in resolutions() if each in sponsored(state)]
    return [
        [name(voter), *(str(count[choice]) for choice in ("no", "abstain", "yes")), agent(voter)]
        for voter, count in tally(documents)
        if count["no"]
    ]


def states_by_choices() -> list[list[str]]:
    """Most votes against first."""
    return [
        [name(state), *(str(count[choice]) for choice in CHOICES), agent(state)]
        for state, count in tally(resolutions())
    ]


def sponsors_not_in_favour() -> list[list[str]]:
    """In order of time, then by name."""
    found = []
    for row in table("document_roles"):
        document, state, role = row["document"], row["party"], row["role"]
        vote = roll_calls().get(document, {}).get(state, "yes")
        if role in SPONSORS and vote != "yes":
            words = [document_name(document), name(state), label(role), label(vote)]
            found.append([day_of(document), *words, document_iri(document), agent(state)])
    return sorted(found, key=lambda row: (row[0], row[5], row[2], row[3], row[4]))


@cache
def members_on(organisation: str, day: str) -> frozenset[str]:
    """Whoever was a full member on a day, certainly or possibly."""
    return frozenset(
        row["state"]
        for row in table("memberships")
        if row["organisation"] == organisation and row["status"] == "member" and certainty(row, day)
    )


def members_votes_on_document(*, organisation: str, document: str) -> list[list[str]]:
    """By vote and name."""
    votes = roll_calls()[document]
    return sorted(
        [label(votes[state]) if state in votes else "none recorded", name(state), agent(state)]
        for state in members_on(organisation, day_of(document))
    )


def members_split_by_document(*, organisation: str) -> list[list[str]]:
    """In order of time."""
    found = []
    for each in resolutions():
        members = members_on(organisation, day_of(each))
        count = Counter(vote for state, vote in roll_calls()[each].items() if state in members)
        if count:
            figures = [str(count[choice]) for choice in CHOICES]
            found.append([day_of(each), document_name(each), *figures, document_iri(each)])
    return found


def vote_totals_compared() -> list[list[str]]:
    """Greatest difference first; documents without stated totals last."""
    found = []
    for each in sorted(resolutions()):
        row, count = by_id("documents")[each], Counter(roll_calls()[each].values())
        pairs = [(row[choice], count[choice]) for choice in ("yes", "no", "abstain")]
        gaps = [abs(int(stated) - counted) for stated, counted in pairs if stated]
        difference = sum(gaps) if gaps else -1
        cells = [str(cell) for pair in pairs for cell in pair]
        written = str(difference) if gaps else ""
        found.append((-difference, [document_name(each), *cells, written, document_iri(each)]))
    return [cells for _, cells in sorted(found, key=lambda pair: pair[0])]


def most_contested_documents() -> list[list[str]]:
    """Lowest share in favour first."""
    rows = [row for row in table("documents") if row["yes"] and row["no"]]

    def share(yes: str, no: str) -> int:
        return int(percent(int(yes), int(yes) + int(no)))

    rows.sort(key=lambda row: (share(row["yes"], row["no"]), -int(row["no"]), row["id"]))
    return [
        [
            str(share(row["yes"], row["no"])),
            *(row[column] for column in ("yes", "no", "abstain", "date")),
            document_name(row["id"]),
            document_iri(row["id"]),
        ]
        for row in rows
    ]


def votes_changed(*, document: str, other: str) -> list[list[str]]:
    """By the two votes and name."""
    one, two = roll_calls()[document], roll_calls()[other]
    return sorted(
        [label(one[state]), label(two[state]), name(state), agent(state)]
        for state in one.keys() & two.keys()
        if one[state] != two[state] and "absent" not in (one[state], two[state])
    )
