"""Expected answers to the questions about disagreement and doubt."""

import re
from collections import Counter, defaultdict
from itertools import permutations
from typing import Final

from tests.answers.sources import KINDS
from tests.facts import (
    Row,
    Step,
    agreement_name,
    by_id,
    concept,
    document_name,
    iri,
    label,
    name,
    percent,
    split,
    step_kind,
    steps,
    table,
)

LICENCES: Final = {"unvotes-r": "CC0 1.0", "unproject-votes": "MIT License"}
AS_DEPOSIT: Final = (
    "Our table says ratification; its note tells that the instrument was deposited, "
    "and so we read it as the deposit."
)
AS_STEP: Final = (
    "Our table says approval; its note tells of a step at home, which binds nobody, "
    "and so we read it as the approval of a draft or a domestic approval."
)

AT_HOME: Final = (
    "The ratification is dated by the act at home: for Italy by the law that authorised it, "
    "for Poland by the act of the President. The day on which the instrument was deposited is "
    "in none of our sources, so the three months of Article 36 cannot be counted from here."
)
CHINA_ALONE: Final = (
    "The entry into force on 2 June 2011 rests on the notice of China alone, which does not "
    "state the date for the other parties. Later accessions are in none of our sources."
)
# Notes that no table holds: agreement, party and kind of act if they are about one, doubt, text.
BY_HAND: Final = (
    *(
        ("coe-ets-185", party, kind, "starts", AT_HOME)
        for party in ("ITA", "POL")
        for kind in ("entry-into-force", "ratification")
    ),
    *(
        ("sco-2009-iis-agreement", party, kind, doubt, CHINA_ALONE)
        for party, kind in (("", ""), ("CHN", "entry-into-force"))
        for doubt in ("in force since", "party to the agreement", "starts")
    ),
)

VARIANTS: Final = {
    "editorial-notes-on-agreement": [
        {"agreement": "au-malabo-convention"},
        {"agreement": "can-chn-2017-cyber-agreement"},
        {"agreement": "paris-call-2018"},
        {"agreement": "sco-2009-iis-agreement"},
    ]
}


def remarks(row: Row) -> list[tuple[str, str]]:
    """What our notes say of the act in a row, each after the name of the property in doubt."""
    found = []
    if re.search("conflict:|^adds the d", row["note"]):
        found.append(("starts", row["note"]))
    if step_kind(row) == "deposit":
        found.append(("kind of action", AS_DEPOSIT))
    if step_kind(row) in ("draft-approval", "domestic-approval"):
        found.append(("kind of action", AS_STEP))
    return found


def editorial_notes_on_agreement(*, agreement: str) -> list[list[str]]:
    """By act, then by the property in doubt."""
    found = {
        (step.node, doubt, text, name(step.party), concept(step.kind))
        for step in steps()
        if step.agreement == agreement
        for row in step.rows
        for doubt, text in remarks(row)
    }
    for about, party, kind, doubt, text in BY_HAND:
        if about == agreement and party:
            node = iri(f"id/action/{agreement}/{party}/{kind}/1")
            found.add((node, doubt, text, name(party), concept(kind)))
        elif about == agreement:
            found.add((iri(f"id/agreement/{agreement}"), doubt, text, "", ""))
    return [[who, action, doubt, text, node] for node, doubt, text, who, action in sorted(found)]


def disputed(step: Step) -> list[Row]:
    """The rows that a row of other sources gives another date, with neither refining the other."""
    return [
        one
        for one, two in permutations((row for row in step.rows if row["date"]), 2)
        if set(split(one["source"])) != set(split(two["source"]))
        and not one["date"].startswith(two["date"])
        and not two["date"].startswith(one["date"])
    ]


def contested_values() -> list[list[str]]:
    """By act, then by date, the strongest kind of source first."""
    found: set[tuple[str, ...]] = set()
    for step in steps():
        title = agreement_name(step.agreement)
        who = " – ".join([name(step.party), concept(step.kind), title])
        for row in disputed(step):
            for each in split(row["source"]):
                source = by_id("sources")[each]
                rank = str(KINDS.index(source["kind"]) + 1)
                said = (source["publisher"], label(source["kind"]))
                found.add((step.node, row["date"], rank, iri(f"source/{each}"), who, *said))
    return [
        [who, "starts", date, *said, rank, source, thing]
        for thing, date, rank, source, who, *said in sorted(found)
    ]


def approximate_start_years() -> list[list[str]]:
    """Most approximate first."""
    total = Counter(row["organisation"] for row in table("memberships"))
    approximate = Counter(
        row["organisation"]
        for row in table("memberships")
        if "cow-igo" in split(row["source"]) and re.fullmatch(r"\d{4}", row["start"])
    )
    ranked = sorted(approximate, key=lambda each: (-approximate[each], name(each)))
    return [
        [
            name(each),
            str(approximate[each]),
            str(total[each]),
            percent(approximate[each], total[each]),
            iri(f"id/organisation/{each}"),
        ]
        for each in ranked
    ]


def roll_call_sources() -> list[list[str]]:
    """By document, the source of the most votes first."""
    count = Counter(
        (row["document"], source) for row in table("votes") for source in split(row["source"])
    )
    ranked = sorted(count, key=lambda pair: (pair[0], -count[pair], pair[1]))
    return [
        [
            document_name(document),
            str(count[document, source]),
            by_id("sources")[source]["publisher"],
            LICENCES.get(source, ""),
            iri(f"id/document/{document}"),
            iri(f"source/{source}"),
        ]
        for document, source in ranked
    ]


def votes_without_licence() -> list[list[str]]:
    """Late roll calls of which every vote rests on the one data set."""
    sources: dict[str, set[str]] = defaultdict(set)
    for row in table("votes"):
        sources[row["document"]] |= set(split(row["source"]))
    count = Counter(row["document"] for row in table("votes"))
    return [
        [document_name(each), str(count[each]), iri(f"id/document/{each}")]
        for each in sorted(count)
        if sources[each] == {"pigeon-unga"}
    ]
