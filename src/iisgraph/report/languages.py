"""In which languages things have names, and which lack one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from iisgraph import query
from iisgraph.errors import UnknownResource
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import shorten

LANGUAGES: Final = ("en", "ru", "zh", "fr", "es", "ar")
"""The languages of the house and of the United Nations."""

_NAMES: Final = """
SELECT ?class ?thing (GROUP_CONCAT(DISTINCT LANG(?name)) AS ?tags) (MAX(?words) AS ?english)
WHERE {
  { SELECT DISTINCT ?class
    WHERE {
      ?any skos:prefLabel ?one .
      GRAPH ?stated { ?any a ?class }
      FILTER(?stated != <graph/derived>)
    }
  }
  GRAPH ?graph { ?thing a ?class }
  FILTER(?graph != <graph/derived>)
  OPTIONAL {
    ?thing skos:prefLabel ?name .
    BIND(IF(LANG(?name) = "en", STR(?name), "") AS ?words)
  }
}
GROUP BY ?class ?thing
ORDER BY ?class ?thing
"""


@dataclass(frozen=True)
class Coverage:
    """How many things of a class have a name in a language, and how many lack it."""

    of_class: str
    language: str
    named: int
    missing: int


@dataclass(frozen=True)
class Unnamed:
    """A thing that lacks a name in some language; its English one may be lacking too."""

    of_class: str
    iri: str
    english: str


@dataclass(frozen=True)
class _Thing:
    of_class: str
    iri: str
    languages: frozenset[str]
    english: str


def languages(snapshot: Snapshot) -> list[Coverage]:
    """Each class of things with names, in each language: how many have one there.

    A class counts if anything asserted to be of it has a preferred name.
    """
    things = list(_things(snapshot))
    totals = Counter(thing.of_class for thing in things)
    named = Counter((t.of_class, language) for t in things for language in t.languages)
    return [
        Coverage(each, language, named[each, language], total - named[each, language])
        for each, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        for language in LANGUAGES
    ]


def unnamed(snapshot: Snapshot, language: str, of_class: str | None = None) -> list[Unnamed]:
    """The things that have no preferred name in a language, by class and IRI.

    A class is told by its IRI or its short name: `iis:State`, `State`.

    Raises:
        UnknownResource: if nothing of that class has a name.
    """
    things = list(_things(snapshot))
    known = {thing.of_class for thing in things}
    wanted = {_class(of_class, known)} if of_class else known
    return [
        Unnamed(thing.of_class, thing.iri, thing.english)
        for thing in things
        if thing.of_class in wanted and language not in thing.languages
    ]


def _class(told: str, known: set[str]) -> str:
    for iri in sorted(known):
        if told in (iri, shorten(iri), shorten(iri).partition(":")[2]):
            return iri
    names = ", ".join(sorted(map(shorten, known)))
    raise UnknownResource(f"no things of a class {told} have names here; of these they do: {names}")


def _things(snapshot: Snapshot) -> Iterator[_Thing]:
    for row in query.answer(snapshot, _NAMES).rows():
        values = {name: getattr(term, "value", "") for name, term in row.items()}
        tags = frozenset(values.get("tags", "").split())
        yield _Thing(values["class"], values["thing"], tags, values.get("english", ""))
