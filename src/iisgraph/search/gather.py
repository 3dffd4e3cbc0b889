"""What is to be found: things with names, and what their hits are sorted and parted by."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Term, Triple
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DCTERMS, DERIVED, GRAPH, IIS, PROV, RDFS, SCHEMA, SKOS, TYPE

_DC11: Final = "http://purl.org/dc/elements/1.1/"


class Kind(IntEnum):
    """What a piece of text is to its thing, the best first."""

    NAME = 0
    CODE = 1
    OTHER_NAME = 2
    ADDRESS = 3
    TITLE = 4
    TEXT = 5


PROPERTIES: Final = {
    SKOS + "prefLabel": Kind.NAME,
    RDFS + "label": Kind.NAME,
    IIS + "symbol": Kind.CODE,
    IIS + "abbreviation": Kind.CODE,
    IIS + "iso2": Kind.CODE,
    IIS + "iso3": Kind.CODE,
    IIS + "m49": Kind.CODE,
    SKOS + "notation": Kind.CODE,
    DCTERMS + "identifier": Kind.CODE,
    SKOS + "altLabel": Kind.OTHER_NAME,
    IIS + "officialName": Kind.OTHER_NAME,
    DCTERMS + "title": Kind.TITLE,
    _DC11 + "publisher": Kind.TEXT,
    DCTERMS + "description": Kind.TEXT,
    SCHEMA + "keywords": Kind.TEXT,
    SKOS + "definition": Kind.TEXT,
}
"""Where names stand. What relates two things has no name but what a rule makes of theirs."""

_DATES: Final = (
    SCHEMA + "startDate",
    SCHEMA + "foundingDate",
    IIS + "adopted",
    IIS + "signed",
    DCTERMS + "issued",
    DCTERMS + "date",
)

_OF_COUNTRIES: Final = (
    IIS + "country",
    IIS + "signatory",
    IIS + "agreementParty",
    IIS + "currentMember",
    SCHEMA + "attendee",
)
"""What a thing has to do with a state or territory, told by one statement."""

_DEGREES: Final = """
SELECT ?thing (COUNT(*) AS ?number)
WHERE { ?subject ?property ?thing FILTER(isIRI(?thing)) }
GROUP BY ?thing
"""


@dataclass(frozen=True)
class Text:
    """A piece of text about a thing, with its language tag or ''."""

    kind: Kind
    value: str
    language: str = ""


@dataclass
class Thing:
    """Something that can be found; `degree` counts the statements that point to it."""

    iri: str
    of_class: str = ""
    texts: list[Text] = field(default_factory=list)
    countries: frozenset[str] = frozenset()
    year: int = 0
    degree: int = 0


def things(snapshot: Snapshot) -> list[Thing]:
    """All things of this snapshot that a file gives a name, by IRI."""
    found = _named(snapshot)
    classes, countries = _classes(snapshot), _countries(snapshot)
    degrees, years = _degrees(snapshot), _years(snapshot)
    for iri, thing in found.items():
        thing.of_class = classes.get(iri, "")
        thing.countries = frozenset(countries.get(iri, ()))
        thing.degree = degrees.get(iri, 0)
        thing.year = years.get(iri, 0)
        thing.texts.append(Text(Kind.ADDRESS, _ending(iri)))
    return [found[iri] for iri in sorted(found)]


def _named(snapshot: Snapshot) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    seen: set[tuple[str, Text]] = set()
    for predicate, kind in PROPERTIES.items():
        for iri, value in _asserted(snapshot, predicate):
            if not isinstance(value, Literal):
                continue
            text = Text(kind, value.value, value.language or "")
            if (iri, text) not in seen:
                seen.add((iri, text))
                found.setdefault(iri, Thing(iri)).texts.append(text)
    return {
        iri: thing
        for iri, thing in found.items()
        if any(text.kind != Kind.TEXT for text in thing.texts)
    }


def _asserted(snapshot: Snapshot, predicate: str) -> Iterator[tuple[str, Term]]:
    """Subjects of ours and values that a file states."""
    derived = (DefaultGraph(), NamedNode(DERIVED))
    for quad in snapshot.engine.quads(None, NamedNode(predicate)):
        if quad.graph_name in derived or not isinstance(quad.subject, NamedNode):
            continue
        iri, value = quad.subject.value, quad.object
        if iri.startswith(BASE) and not iri.startswith(GRAPH) and not isinstance(value, Triple):
            yield iri, value


def _classes(snapshot: Snapshot) -> dict[str, str]:
    """The class that a file says of each thing; the first by IRI if several do."""
    found: dict[str, str] = {}
    for iri, value in _asserted(snapshot, TYPE):
        if isinstance(value, NamedNode) and value.value < found.get(iri, "~"):
            found[iri] = value.value
    return found


def _countries(snapshot: Snapshot) -> dict[str, set[str]]:
    """The states and territories that each thing has to do with, or that it is or lies in."""
    known = {iri for iri, _ in _pairs(snapshot, IIS + "iso3")}
    lands = {land: state for state, land in _pairs(snapshot, IIS + "land")}
    around = dict(_pairs(snapshot, SCHEMA + "containedInPlace"))
    agents = dict(_pairs(snapshot, PROV + "agent"))
    found: dict[str, set[str]] = defaultdict(set)
    for iri in known:
        found[iri].add(iri)
    for predicate in _OF_COUNTRIES:
        for iri, value in _pairs(snapshot, predicate):
            if value in known:
                found[iri].add(value)
    placed = [
        *_pairs(snapshot, SCHEMA + "location"),
        *around.items(),
        *zip(lands, lands, strict=True),
    ]
    for iri, place in placed:
        state = lands.get(place) or lands.get(around.get(place, ""))
        if state:
            found[iri].add(state)
    for role, document in _pairs(snapshot, IIS + "ofDocument"):
        if agents.get(role) in known:
            found[document].add(agents[role])
    return found


def _pairs(snapshot: Snapshot, predicate: str) -> Iterator[tuple[str, str]]:
    """Subjects and values of a property, as text."""
    for quad in snapshot.engine.quads(None, NamedNode(predicate), None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, Triple):
            yield quad.subject.value, quad.object.value


def _degrees(snapshot: Snapshot) -> dict[str, int]:
    rows = snapshot.engine.query(_DEGREES).rows()
    return {row["thing"].value: int(row["number"].value) for row in rows}


def _years(snapshot: Snapshot) -> dict[str, int]:
    """The earliest year that a file gives each thing."""
    found: dict[str, int] = {}
    for predicate in _DATES:
        for iri, value in _asserted(snapshot, predicate):
            year = value.value[:4]
            if year.isdigit():
                found[iri] = min(int(year), found.get(iri, 9999))
    return found


def _ending(iri: str) -> str:
    """What our own address calls it: `id/edition/infoforum-2017` → `infoforum-2017`."""
    return iri.removeprefix(BASE).rpartition("/")[2]
