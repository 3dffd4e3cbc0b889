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
    """A source in the list: its document, who published it and when, and what kind it is of."""

    number: int
    link: Link
    publisher: str
    date: str
    kind: Link | None


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
        return [self._note(source) for source in sorted(found.values(), key=lambda s: s.key)]

    @property
    def cited(self) -> Sequence[Cited]:
        """All of them, in the order of their numbers."""
        return [cited for _note, cited in self._numbered.values()]

    def _note(self, source: Source) -> Note:
        iri = source.iri or source.graph
        if iri not in self._numbered:
            number = len(self._numbered) + 1
            title, language = self._names(iri)
            kind = self._kind(source)
            told = kind.text if kind else _part(source.part)
            about = ", ".join(part for part in (told, source.date) if part)
            self._numbered[iri] = (
                Note(number, about, title),
                Cited(
                    number,
                    Link(iri, local(iri), title, language),
                    source.publisher,
                    source.date,
                    kind,
                ),
            )
        return self._numbered[iri][0]

    def _kind(self, source: Source) -> Link | None:
        if not source.concept:
            return None
        return Link(source.concept, local(source.concept), *self._names(source.concept))


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
