"""Find things by their names, in every language and script, by symbols and codes, with mistakes.

An index over one snapshot, kept in memory and built when it is first asked. The hits
of a question come with counts by class, country and year.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from iisgraph.search import gather, rank
from iisgraph.search.fold import LONGEST, compact, fold, words
from iisgraph.search.gather import Thing
from iisgraph.search.rank import Match
from iisgraph.search.tables import Name, Tables
from iisgraph.snapshot import Snapshot

__all__ = ["FACETS", "Filters", "Found", "Hit", "Index", "Match"]

FACETS: Final = ("class", "country", "year")

_MOST: Final = 2000
"""Texts that one question weighs; a word that more texts have is told to be too common."""

_MOST_WORDS: Final = 12
_SUGGESTED: Final = 120


@dataclass(frozen=True)
class Filters:
    """What hits must have: class and country by IRI, year in figures; '' is any."""

    of_class: str = ""
    country: str = ""
    year: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.of_class or self.country or self.year)

    def keeps(self, thing: Thing, but: str = "") -> bool:
        """Whether a thing has it all, one facet left aside."""
        return (
            (but == "class" or self.of_class in ("", thing.of_class))
            and (but == "country" or not self.country or self.country in thing.countries)
            and (but == "year" or self.year in ("", str(thing.year)))
        )


@dataclass(frozen=True)
class Hit:
    """A thing found, with the text that answers best and how it answers."""

    iri: str
    of_class: str
    text: str
    language: str
    how: Match
    year: int
    score: float


@dataclass(frozen=True)
class Found:
    """The hits of a question, best first, from the `start`th on; `total` counts all.

    `facets` tells for class, country and year how many hits each value would leave.
    `is_close` says that nothing answers as written, and what does is spelled alike;
    `is_cut`, that more texts have these words than are weighed.
    """

    hits: Sequence[Hit]
    total: int
    start: int = 0
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    is_close: bool = False
    is_cut: bool = False


class Index:
    """The names of a snapshot's things; for any number of threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()

    @cached_property
    def _things(self) -> list[Thing]:
        return gather.things(self._snapshot)

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self._things)

    @cached_property
    def _vocabulary(self) -> list[str]:
        return self._tables.vocabulary()

    def prepare(self) -> None:
        """Build it now, so that the first who asks need not wait."""
        with self._lock:
            self._vocabulary  # noqa: B018 - the last of what is built when asked for

    def search(
        self, text: str, filters: Filters = Filters(), start: int = 0, most: int = 50
    ) -> Found:
        """What answers a text; without a text, all that the filters leave, the best known first."""
        asked = fold(text[:LONGEST])
        with self._lock:
            names = self._names(asked, _MOST) if asked else []
            hits = self._hits(names, asked) if asked else self._all(filters)
            is_close = bool(asked) and not hits
            if is_close:
                hits = self._close(asked)
        kept = [h for n, h in hits.items() if filters.keeps(self._things[n])]
        kept.sort(key=lambda hit: (-hit.score, hit.text, hit.iri))
        return Found(
            hits=kept[start : start + most],
            total=len(kept),
            start=start,
            facets=self._facets(hits, filters),
            is_close=is_close and bool(hits),
            is_cut=len(names) >= _MOST,
        )

    def best(self, of_class: str, most: int = 8) -> list[str]:
        """IRIs of the best-known things of a class."""
        with self._lock:
            return self._best.get(of_class, [])[:most]

    @cached_property
    def _best(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for thing in sorted(self._things, key=lambda t: (-t.degree, t.iri)):
            found[thing.of_class].append(thing.iri)
        return dict(found)

    def suggest(self, text: str, most: int = 8) -> list[Hit]:
        """The best answers to a text that is still being typed."""
        asked = fold(text[:LONGEST])
        if not asked:
            return []
        with self._lock:
            hits = self._hits(self._names(asked, _SUGGESTED), asked) or self._close(asked)
        return sorted(hits.values(), key=lambda hit: (-hit.score, hit.text, hit.iri))[:most]

    def _names(self, asked: str, most: int) -> list[Name]:
        tokens = words(asked).split()[:_MOST_WORDS]
        return [
            *self._tables.beginning(compact(asked), most),
            *self._tables.containing([[f"{token}*"] for token in tokens], most),
        ]

    def _hits(self, names: Iterable[Name], asked: str) -> dict[int, Hit]:
        """The best hit of each thing, by the thing's number."""
        hits: dict[int, Hit] = {}
        for name in names:
            how = rank.match(name, asked)
            if how is not None:
                self._put(hits, name, how, how)
        return hits

    def _close(self, asked: str) -> dict[int, Hit]:
        """What is spelled alike: every word is taken as written or for one it resembles."""
        tokens = words(asked).split()[:_MOST_WORDS]
        alike = {token: rank.spellings(token, self._vocabulary) for token in tokens}
        groups = [[f"{token}*", *alike[token]] for token in tokens]
        hits: dict[int, Hit] = {}
        for name in self._tables.containing(groups, _MOST):
            told = f" {words(name.folded)} "
            best = [_likeness(token, alike[token], told) for token in tokens]
            self._put(hits, name, Match.CLOSE, Match.CLOSE * sum(best) / len(best))
        return hits

    def _put(self, hits: dict[int, Hit], name: Name, how: Match, value: float) -> None:
        thing = self._things[name.thing]
        score = rank.score(name, thing, value)
        if name.thing not in hits or hits[name.thing].score < score:
            hits[name.thing] = _hit(thing, name.text, name.language, how, score)

    def _all(self, filters: Filters) -> dict[int, Hit]:
        if not filters:
            return {}
        return {
            number: _hit(t, t.texts[0].value, t.texts[0].language, Match.WORDS, rank.weight(t))
            for number, t in enumerate(self._things)
            if any(filters.keeps(t, but) for but in FACETS)
        }

    def _facets(
        self, hits: Mapping[int, Hit], filters: Filters
    ) -> dict[str, Sequence[tuple[str, int]]]:
        found = [self._things[number] for number in hits]
        of_class, country, year = (
            [t for t in found if filters.keeps(t, but=facet)] for facet in FACETS
        )
        years = Counter(str(t.year) for t in year if t.year)
        return {
            "class": _counted(t.of_class for t in of_class),
            "country": _counted(c for t in country for c in t.countries),
            "year": sorted(years.items(), reverse=True),
        }


def _hit(thing: Thing, text: str, language: str, how: Match, score: float) -> Hit:
    return Hit(thing.iri, thing.of_class, text, language, how, thing.year, score)


def _likeness(token: str, alike: Mapping[str, float], told: str) -> float:
    """How like a word asked the best of a text's words is; the text has a space at each end."""
    if f" {token}" in told:
        return 1.0
    return max((value for word, value in alike.items() if f" {word} " in told), default=0.0)


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    counts = Counter(value for value in values if value)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
