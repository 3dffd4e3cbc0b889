"""How a table is laid out and what its rows say: `ontology/tables/*.toml`, read as data.

A layout names the columns of a table, what each holds, and templates in Turtle
that a row fills. `docs/tables.md` is the reference for those who write them.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from iisgraph.errors import SourceError
from iisgraph.read import Content, read_text
from iisgraph.tables.templates import FORMS, Template, template

_T = TypeVar("_T")

SOURCE: Final = "source"
RECORD: Final = "record"
EACH_SOURCE: Final = "each source"

_Said: TypeAlias = Mapping[str, Any]
_Types: TypeAlias = tuple[type, ...]

# The keys of each part of a layout and what they hold; `!` marks those that must be there.
_TEXT: Final[_Types] = (str,)
_FLAG: Final[_Types] = (bool,)
_LIST: Final[_Types] = (list,)
_TABLE: Final[_Types] = (dict,)
_CONDITION: Final = {"when": _TABLE, "unless": _TABLE, "within": _TEXT, "outside": _TEXT}
_KEYS: Final = {
    "the layout": {
        "title!": _TEXT, "row!": _TEXT, "columns!": _TABLE, "declares": _LIST,
        "readings": _LIST, "repeats": _TABLE, "write!": _LIST,
    },
    "a column": {
        "is!": (str, list), "required": _FLAG, "many": _FLAG, "of": _TEXT, "within": _TEXT,
        "unknown": _TEXT, "language": _TEXT, "pattern": _TEXT,
    },
    "declares": {"kind!": _TEXT, "address!": _TEXT, "names": _LIST} | _CONDITION,
    "readings": {"column!": _TEXT, "as!": _TEXT} | _CONDITION,
    "repeats": {"key!": _LIST, "order!": _LIST},
    "write": {"to!": _TEXT, "turtle!": _TEXT, "mode": _TEXT} | _CONDITION,
}  # fmt: skip
_WORDS: Final = {str: "a text", bool: "true or false", dict: "a table", list: "a list"}


@dataclass(frozen=True)
class Condition:
    """Which rows something is for, by their cells.

    All of `when` must match, not all of `unless` may; the cell of `within` names a
    thing such as the rows of this table are, that of `outside` does not.
    """

    when: Mapping[str, re.Pattern[str]]
    unless: Mapping[str, re.Pattern[str]]
    within: str | None = None
    outside: str | None = None

    @property
    def columns(self) -> set[str]:
        """The columns that it looks at."""
        return {*self.when, *self.unless, *filter(None, (self.within, self.outside))}

    def holds(self, row: Mapping[str, str], ids: Collection[str]) -> bool:
        """Whether a row fulfils it; `ids` are those of things such as the table's rows."""
        fits = all(pattern.search(row[name]) for name, pattern in self.when.items())
        barred = self.unless and all(p.search(row[name]) for name, p in self.unless.items())
        inside = self.within is None or row[self.within] in ids
        return fits and not barred and inside and (not self.outside or row[self.outside] not in ids)


@dataclass(frozen=True)
class Column:
    """What the cells of a column hold.

    `kinds` are classes of things (`organisation`), schemes (`scheme/role`), `place`,
    or one of text, date, integer, decimal, url and id. `of` is the column whose cells
    are read, where that is another one.
    """

    name: str
    kinds: tuple[str, ...]
    of: str
    required: bool = False
    many: bool = False
    skip_unknown: bool = False
    within: str | None = None
    language: str | None = "en"
    pattern: re.Pattern[str] | None = None

    @property
    def language_column(self) -> str | None:
        """The column that tells the language of this one, where each row has its own."""
        return self.language[1:-1] if self.language and self.language.startswith("{") else None


@dataclass(frozen=True)
class Reading:
    """Another value that a cell is read as, where other cells of its row say so."""

    column: str
    value: str
    condition: Condition


@dataclass(frozen=True)
class Declaration:
    """What kind of thing the rows are that fulfil the condition, its address and its names."""

    kind: str
    address: str
    names: Sequence[str]
    condition: Condition


@dataclass(frozen=True)
class Layout:
    """The layout of one table."""

    name: str
    title: str
    row: str
    columns: Mapping[str, Column]
    declares: Sequence[Declaration]
    readings: Sequence[Reading]
    repeats: Sequence[str]
    order: Sequence[str]
    templates: Sequence[tuple[Condition, Template]]

    @property
    def header(self) -> list[str]:
        """The columns that a table of this layout has, in order."""
        return [column.name for column in self.columns.values() if column.of == column.name]

    @property
    def key(self) -> str:
        """The column that tells the rows apart, where they are things of their own."""
        return self.header[0]

    @property
    def idle(self) -> set[str]:
        """The columns that are checked, and whose cells nothing is made of."""
        holes = {name for _, each in self.templates for name, _ in each.holes}
        return set(self.header) - holes - _columns_in_use(self) - {self.key, SOURCE}


def load(content: Content) -> dict[str, Layout]:
    """The layouts of a content folder, by name.

    Raises:
        SourceError: if one cannot be read, or says what no layout can.
    """
    paths = sorted((content.root / "ontology/tables").glob("*.toml"))
    return {path.stem: _load(path) for path in paths}


def _load(path: Path) -> Layout:
    try:
        layout = _layout(path.stem, tomllib.loads(read_text(path)))
        for fault in _faults(layout):
            raise ValueError(fault)
    except ValueError as error:  # what is not TOML is one too
        raise SourceError(str(error), path) from None
    return layout


def _layout(name: str, said: _Said) -> Layout:
    _refuse("the layout", said, "the layout")
    repeats = said.get("repeats", {})
    if "repeats" in said:
        _refuse("repeats", repeats, "repeats")
    return Layout(
        name=name,
        title=said["title"],
        row=said["row"],
        columns={
            name: _part("a column", f"column {name}", each, partial(_column, name))
            for name, each in said["columns"].items()
        },
        declares=_parts(said, "declares", _declaration),
        readings=_parts(said, "readings", _reading),
        repeats=repeats.get("key", ()),
        order=repeats.get("order", ()),
        templates=_parts(said, "write", _write),
    )


def _parts(said: _Said, kind: str, build: Callable[[_Said], _T]) -> list[_T]:
    found = enumerate(said.get(kind, ()), 1)
    return [_part(kind, f"{kind} {number}", each, build) for number, each in found]


def _part(kind: str, where: str, said: Any, build: Callable[[_Said], _T]) -> _T:
    """One part of a layout; what is wrong in it is told with where it stands."""
    _refuse(kind, said, where)
    try:
        return build(said)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _declaration(said: _Said) -> Declaration:
    return Declaration(said["kind"], said["address"], said.get("names", ()), _condition(said))


def _reading(said: _Said) -> Reading:
    return Reading(said["column"], said["as"], _condition(said))


def _write(said: _Said) -> tuple[Condition, Template]:
    return _condition(said), template(said["to"], said["turtle"], said.get("mode", "add"))


def _column(name: str, said: _Said) -> Column:
    if said.get("unknown", "skip") != "skip":
        raise ValueError(f"unknown is {said['unknown']!r}, it can only be 'skip'")
    kinds = said["is"]
    return Column(
        name=name,
        kinds=(kinds,) if isinstance(kinds, str) else tuple(kinds),
        of=said.get("of", name),
        required=said.get("required", False),
        many=said.get("many", False),
        skip_unknown="unknown" in said,
        within=said.get("within"),
        language=said.get("language", "en") or None,
        pattern=_pattern(said["pattern"]) if "pattern" in said else None,
    )


def _condition(said: _Said) -> Condition:
    def patterns(key: str) -> dict[str, re.Pattern[str]]:
        return {name: _pattern(text) for name, text in said.get(key, {}).items()}

    return Condition(patterns("when"), patterns("unless"), said.get("within"), said.get("outside"))


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, TypeError) as error:
        raise ValueError(f"{text!r} is no pattern: {error}") from None


def _refuse(kind: str, said: Any, where: str) -> None:
    """Refuse a part with keys that it cannot have, without those it must, or of wrong types."""
    if not isinstance(said, dict):
        raise ValueError(f"{where} must be a table")
    keys = {key.rstrip("!"): types for key, types in _KEYS[kind].items()}
    if unknown := sorted(said.keys() - keys):
        raise ValueError(f"{where} does not know {', '.join(unknown)}; it has {', '.join(keys)}")
    needed = {key[:-1] for key in _KEYS[kind] if key.endswith("!")}
    if missing := sorted(needed - said.keys()):
        raise ValueError(f"{where} lacks {', '.join(missing)}")
    for key, value in said.items():
        if not isinstance(value, keys[key]):
            expected = " or ".join(_WORDS[each] for each in keys[key])
            raise ValueError(f"{where}: {key} must be {expected}")
        if isinstance(value, list) and key not in _KEYS and not _are_texts(value):
            raise ValueError(f"{where}: {key} must be a list of texts")


def _are_texts(values: Sequence[object]) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values)


def _faults(layout: Layout) -> Iterator[str]:
    """Names that a layout uses and does not have."""
    if not layout.header:
        yield "the layout has no column of its own"
    for name in sorted(_columns_in_use(layout) - set(layout.header)):
        yield f"there is no column {name}; there are {', '.join(layout.header)}"
    for number, declared in enumerate(layout.declares, 1):
        if "{id}" not in declared.address:
            yield f"declares {number}: the address {declared.address} is the same for all rows"
    for number, (_, each) in enumerate(layout.templates, 1):
        if each.graph in (RECORD, EACH_SOURCE) and SOURCE not in layout.header:
            yield f"write {number} goes to a record, and there is no column {SOURCE} to name it by"
        for name, form in sorted(each.holes):
            if name not in {*layout.columns, "n"} and not (name == "self" and layout.declares):
                yield f"write {number} has the hole {{{name}}}, which is no column"
            if form not in ("", *FORMS):
                yield f"write {number}: {{{name}|{form}}} is not one of {', '.join(FORMS)}"


def _columns_in_use(layout: Layout) -> set[str]:
    """The columns that something beside the holes of the templates names."""
    conditions = [
        *(each.condition for each in layout.declares),
        *(each.condition for each in layout.readings),
        *(condition for condition, _ in layout.templates),
    ]
    used = {name for condition in conditions for name in condition.columns}
    for column in layout.columns.values():
        others = (column.within, column.language_column)
        used |= {column.of} - {column.name} | {*filter(None, others)}
    used |= {each.column for each in layout.readings}
    used |= {name for each in layout.declares for name in each.names}
    return used | {*layout.repeats, *layout.order}
