"""The tables of a page about a thing: lines of a profile, in the reader's words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from flask_babel import gettext as _

from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.profile import END, ITSELF, Line, Said, Table
from iisgraph.vocab import BASE
from iisgraph.web.links import Link, Named, local
from iisgraph.web.notes import Note, Notes

SHOWN: Final = 12
"""Lines of a table that are shown at once; some more are folded below."""

FOLDED: Final = 30
"""Lines up to which a table is folded; what is longer has pages of its own."""

_STEPS: Final = (
    "signature",
    "ratification",
    "acceptance",
    "approval",
    "accession",
    "succession",
    "deposit",
    "entry-into-force",
    "withdrawal",
)
"""The kinds of action on an agreement in the order that they are taken in."""


@dataclass(frozen=True)
class Entry:
    """A value in a table; its own notes where others say it than what stands around it."""

    link: Link
    notes: Sequence[Note] = ()
    is_contested: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a table with the sources of all of it."""

    cells: Sequence[Sequence[Entry]]
    notes: Sequence[Note]
    node: str


@dataclass(frozen=True)
class Group:
    """All that have the same value: how a document was voted on, who sponsored it.

    The notes are those that most of the entries have; the others have their own.
    """

    link: Link
    entries: Sequence[Entry]
    notes: Sequence[Note]


@dataclass(frozen=True)
class Section:
    """One table of a page, or a part of it; `size` is that of all of it."""

    name: str
    title: str
    size: int
    heads: Sequence[Link] = ()
    rows: Sequence[Row] = ()
    groups: Sequence[Group] = ()

    @property
    def shown(self) -> Sequence[Row]:
        """The lines that are shown at once."""
        return self.rows[:SHOWN] if len(self.rows) > SHOWN + 3 else self.rows

    @property
    def folded(self) -> Sequence[Row]:
        """The other lines."""
        return self.rows[len(self.shown) :]


def titles() -> dict[str, str]:
    """The headings of all tables, by the names of their plans."""
    return {
        "memberships": _("Memberships"),
        "members": _("Members over time"),
        "agreements": _("Agreements"),
        "parties": _("Parties and their steps"),
        "votes": _("Votes"),
        "roll-call": _("Roll call"),
        "forums": _("Forums and meetings"),
        "organised": _("Organised events"),
        "documents": _("Documents"),
        "issued": _("Documents it issued"),
        "roles": _("Sponsors and other roles"),
        "seats": _("Seats in groups"),
        "experts": _("Who has a seat"),
        "organs": _("Organs and parts"),
        "framework": _("Agreements made within it"),
        "editions": _("Editions"),
        "sessions": _("Sessions"),
        "participants": _("Participants"),
        "presentations": _("Presentations"),
        "concepts": _("Concepts"),
        "held": _("What happened here"),
    }


class Writer:
    """Writes the tables of one page."""

    def __init__(self, names: Named, notes: Notes) -> None:
        self._names = names
        self._notes = notes

    def section(self, table: Table, start: int = 0, most: int = FOLDED) -> Section:
        """A table as its plan wants it shown; of its lines at most so many from number `start`.

        A column of which nothing is said on any line is left out.
        """
        plan = table.plan
        title = titles()[plan.name]
        if plan.form == "grouped":
            return Section(plan.name, title, len(table.lines), groups=self._groups(table))
        if plan.form == "pivoted":
            kinds = self._kinds(table)
            heads = [self._head(plan.columns[0]), *(self.link(kind) for kind in kinds)]
            agents = self._by_agent(table)
            chosen = sorted(agents, key=self._text)[start : start + most]
            rows = [self._pivoted(agent, agents[agent], kinds) for agent in chosen]
            return Section(plan.name, title, len(agents), heads, rows)
        told = [n for n in range(len(plan.columns)) if any(line.cells[n] for line in table.lines)]
        heads = [self._head(plan.columns[n]) for n in told]
        ordered = sorted(table.lines, key=self._names_in)
        if plan.newest is not None:
            ordered.sort(key=partial(_newest, plan.newest), reverse=True)
        elif END in plan.columns:
            ordered.sort(key=partial(_is_over, plan.columns.index(END)))
        rows = [self._row(line, told) for line in ordered[start : start + most]]
        return Section(plan.name, title, len(ordered), heads, rows)

    def link(self, term: Term) -> Link:
        """A term with its name and where it leads."""
        if isinstance(term, NamedNode):
            return Link(term.value, local(term.value), *self._names(term.value))
        if isinstance(term, Literal):
            return Link("", "", term.value, term.language or "")
        return Link("", "", str(term))

    def _head(self, column: str) -> Link:
        predicate = column.rpartition(" ")[2]
        if predicate == ITSELF:
            return Link("", "", _("Name"))
        return Link(predicate, local(predicate), *self._names(predicate))

    def _row(self, line: Line, columns: Iterable[int]) -> Row:
        cells = [
            [self._entry(said, is_contested=n in line.contested) for said in line.cells[n]]
            for n in columns
        ]
        return Row(cells, self._notes.of(line.graphs), local(line.node))

    def _entry(self, said: Said, *, is_contested: bool = False) -> Entry:
        notes = self._notes.of(said.graphs) if is_contested else ()
        return Entry(self.link(said.value), notes, is_contested)

    def _kinds(self, table: Table) -> list[NamedNode]:
        kinds = {s.value for line in table.lines for s in line.cells[1]}
        named = [kind for kind in kinds if isinstance(kind, NamedNode)]
        return sorted(named, key=lambda kind: (_step(kind.value), kind.value))

    def _by_agent(self, table: Table) -> dict[NamedNode | Literal, list[Line]]:
        """The lines of each value of the first column."""
        lines: dict[NamedNode | Literal, list[Line]] = defaultdict(list)
        for line in table.lines:
            for said in line.cells[0]:
                lines[said.value].append(line)
        return lines

    def _pivoted(
        self, agent: NamedNode | Literal, lines: Sequence[Line], kinds: Sequence[NamedNode]
    ) -> Row:
        """One value of the first column, and what the third says under each kind."""
        graphs = {graph for line in lines for graph in line.graphs}
        cells = [
            [Entry(self.link(agent))],
            *([e for line in lines for e in self._under(line, kind)] for kind in kinds),
        ]
        return Row(cells, self._notes.of(graphs), "")

    def _text(self, term: Term) -> str:
        return self._names(term.value)[0] if isinstance(term, NamedNode) else str(term)

    def _names_in(self, line: Line) -> list[str]:
        return [self._text(said.value) for cell in line.cells for said in cell[:1]]

    def _under(self, line: Line, kind: NamedNode) -> Iterable[Entry]:
        """The dates of a line of this kind, each leading to the node that tells of it."""
        if kind not in [said.value for said in line.cells[1]]:
            return
        where = local(line.node)
        is_contested = 2 in line.contested
        for said in line.cells[2]:
            entry = self._entry(said, is_contested=is_contested)
            yield Entry(Link(line.node, where, entry.link.text), entry.notes, is_contested)
        if not line.cells[2]:
            yield Entry(Link(line.node, where, _("undated")))

    def _groups(self, table: Table) -> list[Group]:
        lines: dict[NamedNode | Literal, list[tuple[Line, Said]]] = defaultdict(list)
        for line in table.lines:
            for said in line.cells[1]:
                lines[said.value].append((line, said))
        ordered = sorted(lines.items(), key=lambda item: -len(item[1]))
        return [self._group(value, each) for value, each in ordered]

    def _group(self, value: Term, lines: Sequence[tuple[Line, Said]]) -> Group:
        """The first column of lines that all have the same value in the second."""
        entries = [
            Entry(
                self.link(named.value),
                self._notes.of(said.graphs if 1 in line.contested else line.graphs),
                1 in line.contested,
            )
            for line, said in lines
            for named in line.cells[0]
        ]
        entries.sort(key=lambda entry: entry.link.text)
        counted = Counter(tuple(entry.notes) for entry in entries if not entry.is_contested)
        ((common, _number),) = counted.most_common(1) or [((), 0)]
        told = [
            replace(entry, notes=()) if tuple(entry.notes) == common else entry for entry in entries
        ]
        return Group(self.link(value), told, common)


def _step(kind: str) -> int:
    name = kind.removeprefix(BASE + "scheme/action/")
    return _STEPS.index(name) if name in _STEPS else len(_STEPS)


def _is_over(column: int, line: Line) -> bool:
    """Whether an end is stated; what lasts comes first."""
    return bool(line.cells[column])


def _newest(column: int, line: Line) -> str:
    return max((said.value.value for said in line.cells[column]), default="")
