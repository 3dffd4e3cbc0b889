"""Expected answers to the questions about who did what to which agreement."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.facts import (
    UNKNOWN_DATE,
    Step,
    actors,
    agent,
    agreement_name,
    by_id,
    concept,
    first_day,
    full_members,
    fullest,
    iri,
    label,
    last_day,
    name,
    open_memberships,
    parties,
    possible_parties,
    present_states,
    signatories,
    span,
    steps,
)

JOINING: Final = ("acceptance", "accession", "approval", "deposit", "succession")
LATEST: Final = 25
BEFOREHAND: Final = ("domestic-approval", "draft-approval")

VARIANTS: Final = {
    "actions-on-agreement": [
        {"agreement": "csto-2017-infosec"},
        {"agreement": "au-malabo-convention"},
        {"agreement": "can-chn-2017-cyber-agreement"},
        {"agreement": "eu-nis"},
    ],
    "agreement-parties": [
        {"agreement": "au-malabo-convention"},
        {"agreement": "coe-cets-224"},
        {"agreement": "csto-2014-criminal-activity-protocol"},
        {"agreement": "las-2010-arab-convention"},
        {"agreement": "sco-2009-iis-agreement"},
    ],
    "agreement-signatories-and-parties": [
        {"agreement": "coe-ets-185"},
        {"agreement": "cis-2001-computer-crime"},
        {"agreement": "las-2010-arab-convention"},
        {"agreement": "un-cybercrime-convention"},
    ],
    "agreements-of-state": [
        {"state": "CHL"},
        {"state": "CHN"},
        {"state": "LTU"},
        {"state": "SWE"},
        {"state": "NRU"},
    ],
    "in-both-agreements": [
        {"first": "coe-cets-224", "second": "coe-ets-185"},
        {"first": "sco-2009-iis-agreement", "second": "un-2015-code-of-conduct"},
        {"first": "paris-call-2018", "second": "pall-mall-2025-code"},
    ],
    "parties-by-year": [
        {"agreement": "csto-2017-infosec"},
        {"agreement": "rus-irn-iis-agreement"},
        {"agreement": "cis-2001-computer-crime"},
    ],
    "party-to-one-not-signatory-of-another": [
        {"agreement": "coe-ets-185", "other": "coe-cets-224"},
        {"agreement": "csto-2017-infosec", "other": "cis-2013-infosec"},
    ],
    "signatories-and-members-today": [
        {"agreement": "csto-2014-criminal-activity-protocol", "organisation": "csto"},
        {"agreement": "coe-ets-185", "organisation": "coe"},
        {"agreement": "un-cybercrime-convention", "organisation": "asean"},
    ],
    "signatories-in-organisation": [
        {"agreement": "coe-ets-185", "organisation": "nato"},
        {"agreement": "las-2010-arab-convention", "organisation": "las"},
        {"organisation": "sco"},
    ],
    "signed-but-not-bound": [
        {"agreement": "csto-2014-criminal-activity-protocol"},
        {"agreement": "coe-ets-189"},
        {"agreement": "rus-vnm-iis-agreement"},
    ],
    "signed-on-day": [
        {"day": "2001-11-23"},
        {"day": "2003-06-23"},
        {"day": "2003-06-24"},
        {"day": "2021-11-30"},
        {"day": "2025-10-25"},
    ],
    "signed-one-party-to-another": [
        {"signed": "coe-ets-185", "other": "coe-ets-185"},
        {"signed": "coe-cets-224", "other": "coe-ets-189"},
        {"signed": "csto-2017-infosec", "other": "cis-2018-ict-crime"},
    ],
}


def when(found: Iterable[Step]) -> str:
    """One column of dates: what no source dates has no date, what did not happen is blank."""
    return span(day for step in found for day in step.dates or [UNKNOWN_DATE])


def dated(agreement: str, party: str, *kinds: str) -> str:
    """When a party took steps of these kinds on an agreement."""
    return when(
        s for s in steps() if (s.agreement, s.party) == (agreement, party) and s.kind in kinds
    )


def signed_on(agreement: str, party: str) -> str:
    """The day of the signature; blank too where no source dates it."""
    return dated(agreement, party, "signature").replace(UNKNOWN_DATE, "")


def standings(agreement: str) -> dict[str, str]:
    """Who is bound by an agreement, certainly or possibly."""
    sure = dict.fromkeys(parties(agreement), "certainly")
    return sure | dict.fromkeys(possible_parties(agreement), "possibly")


def actions_on_agreement(agreement: str) -> list[list[str]]:
    """Kinds of step with the number of agents and their first and last date."""
    found: dict[str, list[Step]] = {}
    for step in steps():
        if step.agreement == agreement:
            found.setdefault(step.kind, []).append(step)
    rows = []
    for kind, taken in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        dates = sorted(date for step in taken for date in step.dates) or [""]
        ends = [dates[0], dates[-1]]
        rows.append([concept(kind), str(len(taken)), *ends, iri(f"scheme/action/{kind}")])
    return rows


def agreement_parties(agreement: str) -> list[list[str]]:
    """Parties with the dates of what they did, side by side."""
    columns = (("signature",), ("ratification",), JOINING, ("entry-into-force",))
    rows = [
        [name(party), standing]
        + [dated(agreement, party, *kinds) for kinds in columns]
        + [agent(party)]
        for party, standing in standings(agreement).items()
    ]
    return sorted(rows, key=lambda row: (row[1], row[0], row[-1]))


def agreement_signatories_and_parties(agreement: str) -> list[list[str]]:
    """Signatories and parties, with what each is."""
    bound = standings(agreement)
    words = {"certainly": "yes", "possibly": "possibly", "no": "no"}
    signed = signatories(agreement)
    return sorted(
        [name(p), "yes" if p in signed else "no", words[bound.get(p, "no")], agent(p)]
        for p in signed | bound.keys()
    )


def agreements_of_state(state: str) -> list[list[str]]:
    """All steps of a state by date."""
    return sorted(
        (
            [
                when([step]),
                concept(step.kind),
                agreement_name(step.agreement),
                iri(f"id/agreement/{step.agreement}"),
            ]
            for step in steps()
            if step.party == state
        ),
        key=lambda row: (row[0], row[3], row[1]),
    )


def endorsed_but_never_signed() -> list[list[str]]:
    """States with two endorsements or more and no signature."""
    endorsed = Counter(step.party for step in steps() if step.kind == "endorsement")
    signed = {step.party for step in steps() if step.kind == "signature"}
    return [
        [name(state), str(count), agent(state)]
        for state, count in sorted(endorsed.items(), key=lambda item: (-item[1], name(item[0])))
        if count > 1 and state in present_states() - signed
    ]


def in_both_agreements(first: str, second: str) -> list[list[str]]:
    """The steps on two agreements of those who took one on each."""
    taken = [s for s in steps() if s.kind not in BEFOREHAND and s.agreement in (first, second)]
    both = {s.party for s in taken if s.agreement == first} & {
        s.party for s in taken if s.agreement == second
    }
    rows = [
        (
            name(step.party),
            agent(step.party),
            iri(f"id/agreement/{step.agreement}"),
            when([step]),
            concept(step.kind),
            short_name(step.agreement),
        )
        for step in taken
        if step.party in both
    ]
    return [[who, short, step, day, node] for who, node, _, day, step, short in sorted(rows)]


def short_name(agreement: str) -> str:
    """What an agreement is called for short, or in full."""
    row = by_id("agreements")[agreement]
    return row["short_title"] or row["title_en"]


def latest_steps() -> list[list[str]]:
    """The latest dates of steps, with the one who took each or the number of those who did."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for step in steps():
        for date in step.dates:
            key = (date, step.agreement, step.kind)
            found.setdefault(key, []).append(name(step.party))
    rows = []
    for (date, agreement, kind), names in found.items():
        by = names[0] if len(names) == 1 else ""
        ends = [agreement_name(agreement), iri(f"id/agreement/{agreement}")]
        rows.append([date, concept(kind), str(len(names)), by, *ends])
    rows.sort(key=lambda row: (row[5], row[1]))
    return sorted(rows, key=lambda row: row[0], reverse=True)[:LATEST]


def parties_by_year(agreement: str) -> list[list[str]]:
    """New parties by the year of entry into force, and their sum."""
    entered = [
        min(step.dates)[:4]
        for step in steps()
        if (step.agreement, step.kind) == (agreement, "entry-into-force") and step.dates
    ]
    return [
        [year, str(count), str(sum(other <= year for other in entered))]
        for year, count in sorted(Counter(entered).items())
    ]


def party_to_one_not_signatory_of_another(agreement: str, other: str) -> list[list[str]]:
    """Parties to one agreement without a signature of another."""
    signed = signatories(other)
    rows = [
        [name(party), standing, agent(party)]
        for party, standing in standings(agreement).items()
        if party not in signed
    ]
    return sorted(rows, key=lambda row: (row[1], row[0], row[2]))


def signatories_and_members_today(agreement: str, organisation: str) -> list[list[str]]:
    """Members without signature, then signatories without membership."""
    signed, members = signatories(agreement), full_members(organisation)
    rows = [["signed, no member today", name(p), "", agent(p)] for p in signed - members]
    for state in members - signed:
        starts = [
            row["start"]
            for row in open_memberships(organisation)
            if (row["state"], row["status"]) == (state, "member")
        ]
        since = span(fullest(starts))
        rows.append(["member today, did not sign", name(state), since, agent(state)])
    return sorted(rows, key=lambda row: (row[0], row[1], row[3]))


def signatories_in_organisation(agreement: str, organisation: str) -> list[list[str]]:
    """Signatories with each status that they hold in an organisation."""
    held: dict[str, list[str]] = {}
    for row in open_memberships(organisation):
        held.setdefault(row["state"], []).append(label(row["status"]))
    within = by_id("organisations")[organisation]["name_en"]
    rows = [
        [name(party), status, within, agent(party)]
        for party in signatories(agreement)
        for status in held.get(party, ["none"])
    ]
    return sorted(rows, key=lambda row: (row[1], row[0], row[3]))


def signed_but_not_bound(agreement: str) -> list[list[str]]:
    """Signatories that are not surely parties."""
    possible = possible_parties(agreement)
    rows = [
        [
            name(party),
            signed_on(agreement, party),
            "possibly" if party in possible else "not known",
            agent(party),
        ]
        for party in signatories(agreement) - parties(agreement)
    ]
    return sorted(rows, key=lambda row: (row[2], row[0], row[3]))


def signed_on_day(day: str) -> list[list[str]]:
    """Signatures whose dates, as precise as known, hold a day."""
    rows = []
    for step in steps():
        dates = step.dates if step.kind == "signature" else []
        if dates and min(map(first_day, dates)) <= day <= max(map(last_day, dates)):
            sure = len(dates) == 1 and len(dates[0]) == len(day)
            ends = [iri(f"id/agreement/{step.agreement}"), agent(step.party)]
            reading = "certainly" if sure else "possibly"
            rows.append([agreement_name(step.agreement), name(step.party), reading, *ends])
    return sorted(rows, key=lambda row: (row[3], row[1], row[4]))


def signed_one_party_to_another(signed: str, other: str) -> list[list[str]]:
    """Signatories of one agreement that are bound by another."""
    bound = standings(other)
    return sorted(
        [name(party), signed_on(signed, party), bound[party], agent(party)]
        for party in actors(signed, "signature") & bound.keys()
    )
