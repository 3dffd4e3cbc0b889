"""Who says so, as a page shows it: a number beside each statement, a list at its foot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from iisgraph.provenance.sources import Source, Sources
from iisgraph.vocab import DERIVED
from iisgraph.web.links import Link, Named, local


@dataclass(frozen=True)
class Note:
    """A source beside a statement: its number on the page, its kind with its date, its title."""

    number: int
    about: str
    title: str


@dataclass(frozen=True)
class Cited:
    """A source in the list: its document, and who published it, when, its kind and its rank."""

    number: int
    link: Link
    told: Sequence[str]


class Notes:
    """The sources of one page, numbered as they come."""

    def __init__(self, sources: Sources, names: Named) -> None:
        self._sources = sources
        self._names = names
        self._numbered: dict[str, tuple[Note, Cited]] = {}

    def of(self, graphs: Iterable[str]) -> list[Note]:
        """The sources of what these graphs say, those nearest to the facts first."""
        found = {
            source.iri or source.graph: source
            for graph in graphs
            if graph != DERIVED
            for source in self._sources.of(graph)
        }
        return self._all(found.values())

    def named(self, iris: Iterable[str]) -> list[Note]:
        """The sources of these IRIs, those nearest to the facts first."""
        return self._all(self._sources.named(iri) for iri in iris)

    @property
    def cited(self) -> Sequence[Cited]:
        """All of them, in the order of their numbers."""
        return [cited for _note, cited in self._numbered.values()]

    def _all(self, found: Iterable[Source]) -> list[Note]:
        return [self._note(source) for source in sorted(found, key=lambda source: source.key)]

    def _note(self, source: Source) -> Note:
        iri = source.iri or source.graph
        if iri not in self._numbered:
            number = len(self._numbered) + 1
            title, language = self._names(iri)
            kind = self._names(source.concept)[0] if source.concept else ""
            about = ", ".join(part for part in (kind or _part(source.part), source.date) if part)
            rank = _("rank %(rank)s", rank=source.rank) if source.rank else ""
            told = [part for part in (source.publisher, source.date, kind, rank) if part]
            link = Link(iri, local(iri), title, language)
            self._numbered[iri] = Note(number, about, title), Cited(number, link, told)
        return self._numbered[iri][0]


def _part(part: str) -> str:
    """What part of our own a graph is."""
    names: dict[str, str] = {
        "names and codes": _("names and codes"),
        "ontology": _("ontology"),
        "editorial notes": _("editorial notes"),
        "list of sources": _("list of sources"),
        "description of the dataset": _("description of the dataset"),
    }
    return names.get(part, part)
