"""Statements as a page shows them: by property, each value with who says so."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

from iisgraph import profile
from iisgraph.describe import Statement
from iisgraph.engine import NamedNode, Term
from iisgraph.web.links import Link
from iisgraph.web.notes import Note, Notes
from iisgraph.web.sections import Writer

_AT_ONCE: Final = 12
"""Values of one property that are shown at once; the others are folded below."""

_OF_ONE: Final = 60
"""Values of one property that a page has at all; the rest is in the downloads."""

End: TypeAlias = Callable[[Statement], Term]


@dataclass(frozen=True)
class Value:
    """A value as a page shows it, with who says so."""

    link: Link
    notes: Sequence[Note]
    is_derived: bool
    is_contested: bool


@dataclass(frozen=True)
class Property:
    """A property and its values; `left_out` counts those that are in the downloads alone."""

    link: Link
    values: Sequence[Value]
    left_out: int

    @property
    def common(self) -> Sequence[Note]:
        """The notes of all values, where several plain texts have the same."""
        first, *others = self.values
        is_plain = all(not (v.link.href or v.is_derived or v.is_contested) for v in self.values)
        is_same = all(v.notes == first.notes for v in others)
        return first.notes if others and is_plain and is_same else ()

    @property
    def shown(self) -> Sequence[Value]:
        """The values that are shown at once."""
        return self.values[:_AT_ONCE] if len(self.values) > _AT_ONCE + 3 else self.values

    @property
    def folded(self) -> Sequence[Value]:
        """The other values."""
        return self.values[len(self.shown) :]


@dataclass(frozen=True)
class Told:
    """A thing and what a source says of it; `notes` are there if all of it has the same."""

    link: Link
    properties: Sequence[Property]
    notes: Sequence[Note]


class Statements:
    """Writes the statements of one page; `contests` are the things and properties in dispute."""

    def __init__(self, writer: Writer, notes: Notes, contests: Collection[tuple[str, str]]) -> None:
        self._writer = writer
        self._notes = notes
        self._contests = contests

    def told(self, statements: Sequence[Statement]) -> Told:
        """A subject with what is said of it."""
        properties = self.properties(statements, value_of)
        said = {tuple(value.notes) for each in properties for value in each.values}
        common = said.pop() if len(said) == 1 else ()
        return Told(self._writer.link(statements[0].subject), properties, common)

    def properties(self, statements: Sequence[Statement], end: End) -> list[Property]:
        """One entry for each property, its values at the other `end` of the statement."""
        ordered = sorted(statements, key=lambda s: profile.place(s.predicate))
        groups = groupby(ordered, key=lambda s: s.predicate)
        return [self._property(predicate, list(group), end) for predicate, group in groups]

    def _property(self, predicate: str, statements: Sequence[Statement], end: End) -> Property:
        values = [self._value(s, end(s)) for s in statements[:_OF_ONE]]
        values.sort(key=lambda value: (value.link.language, value.link.text))
        link = self._writer.link(NamedNode(predicate))
        return Property(link, values, len(statements) - len(values))

    def _value(self, statement: Statement, term: Term) -> Value:
        key = (getattr(statement.subject, "value", ""), statement.predicate)
        return Value(
            self._writer.link(term),
            self._notes.of(statement.graphs),
            statement.is_derived,
            key in self._contests,
        )


def value_of(statement: Statement) -> Term:
    """The end of a statement that it leads to."""
    return statement.value


def subject_of(statement: Statement) -> Term:
    """The end of a statement that it leads from."""
    return statement.subject
