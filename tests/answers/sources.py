"""Expected answers to the questions about sources, and about which facts rest on them."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

from tests.facts import (
    UNKNOWN_DATE,
    Row,
    agreement_name,
    by_id,
    concept,
    iri,
    split,
    steps,
    table,
)

LATEST: Final = 25
MOST: Final = 20
OFTEN: Final = 5
KINDS: Final = (
    "depositary",
    "issuing-body",
    "official",
    "research",
    "data-set",
    "press",
    "encyclopaedia",
    "secondary",
)
WEAK: Final = {"encyclopaedia", "secondary"}
JOINT: Final = (
    "agreement_actions",
    "agreements",
    "documents",
    "editions",
    "forums",
    "groups",
    "memberships",
    "organisations",
    "participations",
    "sessions",
    "states",
)
ONE_BY_ONE: Final = ("document_roles", "group_members", "votes")
# A row of these tables that gives only names states no fact.
FACTS: Final = {
    "forums": ("first_held", "frequency", "website"),
    "organisations": ("founded", "seat_city", "seat_country", "website"),
}

VARIANTS: Final[dict[str, list[dict[str, str]]]] = {}


def node(source: str) -> str:
    """The IRI of a source."""
    return iri(f"source/{source}")


def kind(source: str) -> str:
    """The kind of a source, as the table has it."""
    return by_id("sources")[source]["kind"]


def rank(source: str) -> int:
    """The rank of a source, 1 before all."""
    return KINDS.index(kind(source)) + 1


def described(source: str) -> list[str]:
    """Title, publisher and kind of a source."""
    row = by_id("sources")[source]
    return [row["title"], row["publisher"], concept(row["kind"])]


def record(sources: Iterable[str]) -> str:
    """The name of the record of sources that were read together."""
    return "--".join(sorted(sources))


@cache
def records() -> dict[str, frozenset[str]]:
    """The sources of each record."""
    read = [split(row["source"]) for each in JOINT for row in table(each) if states(each, row)]
    alone = [[s] for each in ONE_BY_ONE for row in table(each) for s in split(row["source"])]
    return {record(sources): frozenset(sources) for sources in [*read, *alone] if sources}


def states(of_table: str, row: Row) -> bool:
    """Whether a row states a fact and does not only name a thing."""
    return any(row[column] for column in FACTS.get(of_table, ("source",)))


@cache
def uses() -> Counter[str]:
    """The number of records that rest on each source."""
    return Counter(source for sources in records().values() for source in sources)


def agreements_on_weak_sources() -> list[list[str]]:
    """Agreements by the number of steps without a better source."""
    known = Counter(step.agreement for step in steps())
    weak = Counter(step.agreement for step in steps() if set(map(kind, step.sources)) <= WEAK)
    return [
        [agreement_name(a), str(known[a]), str(count), iri(f"id/agreement/{a}")]
        for a, count in sorted(weak.items(), key=lambda item: (-item[1], item[0]))
    ]


def copied_sources() -> list[list[str]]:
    """Original publishers of two copies or more."""
    carriers: dict[str, list[str]] = {}
    for row in table("sources"):
        carriers.setdefault(row["archived_from"], []).append(row["publisher"])
    return [
        [original, str(len(found)), str(len(set(found)))]
        for original, found in sorted(carriers.items(), key=lambda i: (-len(i[1]), i[0]))
        if original and len(found) > 1
    ]


def editions_on_weak_sources() -> list[list[str]]:
    """Editions without a better source."""
    return sorted(
        (
            [row["start"] or UNKNOWN_DATE, row["name_en"], iri(f"id/edition/{row['id']}")]
            for row in table("editions")
            if set(map(kind, split(row["source"]))) <= WEAK
        ),
        key=lambda row: (row[0], row[2]),
    )


def most_used_sources() -> list[list[str]]:
    """Sources by the number of records."""
    ordered = sorted(uses(), key=lambda source: (-uses()[source], source))
    return [[str(uses()[s]), *described(s), node(s)] for s in ordered[:MOST]]


def newest_sources() -> list[list[str]]:
    """Sources by the date of publication, but for data sets."""
    dated = [s for s in uses() if by_id("sources")[s]["published"] and kind(s) != "data-set"]
    ordered = sorted(sorted(dated), key=lambda s: by_id("sources")[s]["published"], reverse=True)
    return [
        [by_id("sources")[s]["published"], *described(s), str(uses()[s]), node(s)]
        for s in ordered[:LATEST]
    ]


def records_of(rows: Iterable[Row]) -> str:
    """The number of records that rest on any of these sources."""
    ids = {row["id"] for row in rows}
    return str(sum(bool(sources & ids) for sources in records().values()))


def publishers_by_sources() -> list[list[str]]:
    """Publishers of five sources or more."""
    found: dict[str, list[Row]] = {}
    for row in table("sources"):
        found.setdefault(row["publisher"], []).append(row)
    return [
        [publisher, str(len(rows)), records_of(rows)]
        for publisher, rows in sorted(found.items(), key=lambda i: (-len(i[1]), i[0]))
        if len(rows) >= OFTEN
    ]


def sources_by_kind() -> list[list[str]]:
    """Kinds of source with the sources and records of each."""
    sources = Counter(row["kind"] for row in table("sources"))
    kinds = [set(map(kind, found)) for found in records().values()]
    return [
        [
            str(position),
            concept(each),
            str(sources[each]),
            str(sum(each in found for found in kinds)),
            str(sum(found == {each} for found in kinds)),
            iri(f"scheme/source/{each}"),
        ]
        for position, each in enumerate(KINDS, 1)
    ]


def sources_by_language() -> list[list[str]]:
    """Languages with their sources, publishers and records."""
    found: dict[str, list[Row]] = {}
    for row in table("sources"):
        found.setdefault(row["language"], []).append(row)
    return [
        [language, str(len(rows)), str(len({row["publisher"] for row in rows})), records_of(rows)]
        for language, rows in sorted(found.items(), key=lambda i: (-len(i[1]), i[0]))
    ]


def unused_sources() -> list[list[str]]:
    """Sources that are in no record."""
    unused = {row["id"] for row in table("sources")} - uses().keys()
    return [[*described(source), node(source)] for source in sorted(unused)]
