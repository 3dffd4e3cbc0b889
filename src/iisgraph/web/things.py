"""`/doc/…`: what is said of a thing, for people; for programs `documents` has the same in RDF."""

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import request, url_for

from iisgraph import describe, profile
from iisgraph.describe import Description, Names, Statement
from iisgraph.engine import Literal, NamedNode
from iisgraph.formats import GRAPHS
from iisgraph.questions import Question
from iisgraph.vocab import BASE, IIS, PREFIXES, SCHEMA, SKOS, TYPE
from iisgraph.web import negotiate, structured
from iisgraph.web.compare import AGENTS
from iisgraph.web.links import Link, Named, iri_of, local, shortened
from iisgraph.web.notes import Notes
from iisgraph.web.pictures import Drawing, drawings_of, path_of
from iisgraph.web.sections import FOLDED, Section, Writer
from iisgraph.web.statements import Statements, subject_of, value_of

if TYPE_CHECKING:
    from iisgraph.web import Service

MOST: Final = 400
"""Statements of each direction that a page is made from; the rest is in the downloads."""

_SUBJECTS: Final = 40
"""Subjects on one page of what a source says."""

_LINES: Final = 100
"""Lines on one page of a long table."""

_NAMES: Final = (SKOS + "prefLabel", SKOS + "altLabel", IIS + "officialName", IIS + "abbreviation")
_IDENTIFIERS: Final = (
    IIS + "iso2",
    IIS + "iso3",
    IIS + "m49",
    IIS + "symbol",
    SKOS + "notation",
    SKOS + "exactMatch",
    SKOS + "closeMatch",
    PREFIXES["foaf"] + "homepage",
    SCHEMA + "url",
)
_FILES: Final = (*((f.names[0], f.suffix) for f in GRAPHS), ("csv", ".csv"))
"""The forms that a description can be had in, and how its address then ends."""

_SAME: Final = (SKOS + "exactMatch",)
_SHORTCUTS: Final = {
    "memberships": (IIS + "currentMember",),
    "members": (IIS + "currentMember",),
    "agreements": (IIS + "signatory", IIS + "agreementParty", IIS + "possibleParty"),
    "parties": (IIS + "signatory", IIS + "agreementParty", IIS + "possibleParty"),
    "forums": (SCHEMA + "attendee",),
    "participants": (SCHEMA + "attendee",),
}
"""What rules derive from the lines of a table, and so need not stand beside it."""

_FIGURES: Final = {
    "memberships": ("memberships",),
    "members": ("members",),
    "agreements": ("agreements",),
    "parties": ("parties", "steps"),
    "roll-call": ("votes",),
}
"""The pictures that stand above each table."""


@dataclass(frozen=True)
class Pages:
    """Where in a long list a page stands: numbers from 1, and the addresses around it."""

    number: int
    count: int
    size: int
    earlier: str
    later: str


def page_of(service: "Service", iri: str) -> dict[str, Any]:
    """What the template shows of a thing.

    Raises:
        UnknownResource: if nothing is said of it.
    """
    description = describe.outline(service.snapshot, iri, MOST)
    return _Thing(service, description).values()


class _Thing:
    """One page in the making."""

    def __init__(self, service: "Service", description: Description) -> None:
        self._service = service
        self._about = description
        self._iri = description.iri
        names = Names(service.snapshot, negotiate.languages(request))
        self._names: Named = functools.cache(names.__call__)
        self._notes = Notes(service.sources, self._names)
        self._writer = Writer(self._names, self._notes)
        contests = profile.contested(service.snapshot)
        self._statements = Statements(self._writer, self._notes, contests)

    def values(self) -> dict[str, Any]:
        """All that the template needs; in the order of the page, since sources are numbered so."""
        title, language = self._names(self._iri)
        tables = profile.tables(self._service.snapshot, self._iri, self._about.types)
        hidden = self._hidden(tables)
        asked = request.args.get("table", "")
        chosen = [table for table in tables if table.plan.name == asked]
        shown = self._whole(chosen[0]) if chosen else self._parts(tables, hidden)
        return {
            **shown,
            "iri": self._iri,
            "path": path_of(self._iri),
            "title": title,
            "title_language": language,
            "types": self._types(),
            "entity": self._entity(),
            "cited": self._notes.cited,
            "is_cut": self._about.is_cut,
            "downloads": [(name, local(self._iri) + end) for name, end in _FILES],
        }

    def _parts(self, tables: Sequence[profile.Table], hidden: Collection[str]) -> dict[str, Any]:
        """The parts of the page."""
        facts = self._statements.properties(self._facts(hidden), value_of)
        sections = [self._writer.section(table) for table in tables]
        return {
            "facts": facts,
            "sections": sections,
            "drawings": self._drawings(sections),
            "longer": {s.name: self._address(table=s.name) for s in sections if _is_cut(s)},
            **self._contents(),
            "incoming": self._statements.properties(self._incoming(tables, hidden), subject_of),
            "names": self._statements.properties(self._outgoing(_NAMES), value_of),
            "identifiers": self._statements.properties(self._outgoing(_IDENTIFIERS), value_of),
            "notes": self._editorial(),
            "questions": list(self._questions()),
            "compared": self._compared(),
        }

    def _whole(self, table: profile.Table) -> dict[str, Any]:
        """One table alone, by pages."""
        number = _page_number()
        section = self._writer.section(table, (number - 1) * _LINES, _LINES)
        pages = self._pages(number, section.size, _LINES, table=section.name)
        return {"sections": [section], "pages": pages, "whole": self._address()}

    def _entity(self) -> dict[str, Any]:
        """The thing as search engines read it."""
        names = [
            (s.value.value, s.value.language or "")
            for s in self._outgoing(_NAMES)
            if isinstance(s.value, Literal)
        ]
        same = [s.value.value for s in self._outgoing(_SAME) if isinstance(s.value, NamedNode)]
        web = [iri for iri in same if iri.startswith(("http://", "https://"))]
        first = self._names(self._iri)
        return structured.entity(self._iri, self._about.types, [first, *names], web)

    def _types(self) -> list[Link]:
        types = self._about.types
        ours = [t for t in types if not t.startswith(SCHEMA)] or types
        return [self._writer.link(NamedNode(t)) for t in ours]

    def _drawings(self, sections: Sequence[Section]) -> dict[str, list[Drawing]]:
        """The pictures above each table."""
        return {
            section.name: drawings_of(self._service, self._iri, _FIGURES.get(section.name, ()))
            for section in sections
        }

    def _hidden(self, tables: Sequence[profile.Table]) -> set[str]:
        """The properties whose values stand in tables or elsewhere on the page."""
        shown = {p for table in tables for p in _SHORTCUTS.get(table.plan.name, ())}
        days = {IIS + side + end for side in ("earliest", "latest") for end in ("Start", "End")}
        return shown | days

    def _outgoing(self, predicates: Collection[str]) -> list[Statement]:
        return [s for s in self._about.outgoing if s.predicate in predicates]

    def _facts(self, hidden: Collection[str]) -> list[Statement]:
        elsewhere = {*_NAMES, *_IDENTIFIERS, TYPE, *hidden}
        return [s for s in self._about.outgoing if s.predicate not in elsewhere]

    def _incoming(
        self, tables: Sequence[profile.Table], hidden: Collection[str]
    ) -> list[Statement]:
        elsewhere = {table.plan.via for table in tables} | {IIS + "noteOn", *hidden}
        named = (s for s in self._about.incoming if isinstance(s.subject, NamedNode))
        return [s for s in named if s.predicate not in elsewhere]

    def _compared(self) -> str:
        """Where a state or organisation is set beside others, or ''."""
        is_agent = any(of_class in AGENTS for of_class in self._about.types)
        values = {"with": path_of(self._iri)}
        return url_for("compare", **values) if is_agent else ""  # type: ignore[arg-type] # `with`

    def _editorial(self) -> list[str]:
        """What our editors note on this thing."""
        nodes = [s.subject for s in self._about.incoming if s.predicate == IIS + "noteOn"]
        text = NamedNode(SCHEMA + "text")
        engine = self._service.snapshot.engine
        found = [q.object for n in nodes if isinstance(n, NamedNode) for q in engine.quads(n, text)]
        return sorted({t.value for t in found if isinstance(t, Literal)})

    def _contents(self) -> dict[str, Any]:
        """What a source or record says, so many subjects a page."""
        number, asked = _page_number(), request.args.get("of", "")
        start = (number - 1) * _SUBJECTS
        of_class, snapshot = iri_of(asked), self._service.snapshot
        found = describe.contents(snapshot, self._iri, self._service.figures.classes())
        chosen = found.of_class(of_class)
        if not chosen:
            return {}
        counted = sorted((-len(each), iri) for iri, each in found.subjects.items())
        kinds = [
            (
                self._writer.link(NamedNode(iri)),
                -less,
                self._address(of=shortened(iri)),
                iri == of_class,
            )
            for less, iri in counted
            if iri
        ]
        more = {"of": asked} if asked else {}
        return {
            "contents": [
                self._statements.told(found.said(subject))
                for subject in chosen[start : start + _SUBJECTS]
            ],
            "kinds": kinds if len(kinds) > 1 else [],
            "all_kinds": self._address(),
            "pages": self._pages(number, len(chosen), _SUBJECTS, **more),
        }

    def _pages(self, number: int, size: int, most: int, **more: str) -> Pages:
        count = -(-size // most)
        earlier, later = (
            self._address(page=str(n), **more) if 1 <= n <= count else ""
            for n in (number - 1, number + 1)
        )
        return Pages(number, count, size, earlier, later)

    def _address(self, **more: str) -> str:
        """This page with other parameters."""
        given: dict[str, Any] = {"path": (request.view_args or {})["path"], **more}
        return url_for("document", **given)

    def _questions(self) -> Iterator[tuple[str, str]]:
        """The questions that name this thing, or can be asked of it: title and address."""
        path = self._iri.removeprefix(BASE)
        part, _, slug = path.removeprefix("id/").partition("/")
        for question in self._service.questions.values():
            for parameter in question.parameters:
                if parameter.kind == part:
                    yield question.title, _asked(question, **{parameter.name: slug})
                    break
            else:
                if f"<{path}>" in question.sparql or f"<{self._iri}>" in question.sparql:
                    yield question.title, _asked(question)


def _page_number() -> int:
    """The number of the page that is asked for, from 1; what is no number is the first."""
    asked = request.args.get("page", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _is_cut(section: Section) -> bool:
    return not section.groups and section.size > FOLDED


def _asked(question: Question, **values: str) -> str:
    given: dict[str, Any] = {"name": question.name, **values}
    return url_for("question", **given)
