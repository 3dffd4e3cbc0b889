"""How a table is laid out and what its rows say: `ontology/tables/*.toml`, read as data.

A layout names the columns of a table, what each holds, and templates in Turtle
that a row fills. `docs/tables.md` is the reference for those who write them.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from iisgraph.engine import parse
from iisgraph.errors import SourceError
from iisgraph.read import Content, read_text
from iisgraph.tables.templates import Template, template
from iisgraph.vocab import BASE, PREFIXES

_TABLE_KEYS: Final = {"title", "row", "columns", "declares", "readings", "repeats", "write"}
_COLUMN_KEYS: Final = {
    "is", "required", "many", "of", "within", "unknown", "language", "pattern"
}  # fmt: skip
_PREFIXES: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


@dataclass(frozen=True)
class Condition:
    """Which rows something is for, by their cells.

    All of `when` must match, not all of `unless` may; the cell of `within` names
    another row of the same table, that of `outside` does not.
    """

    when: Mapping[str, re.Pattern[str]]
    unless: Mapping[str, re.Pattern[str]]
    within: str | None = None
    outside: str | None = None

    def holds(self, row: Mapping[str, str], ids: Collection[str]) -> bool:
        """Whether a row fulfils it; `ids` are those of the rows of the same table."""
        fits = all(pattern.search(row[name]) for name, pattern in self.when.items())
        barred = self.unless and all(p.search(row[name]) for name, p in self.unless.items())
        inside = self.within is None or row[self.within] in ids
        return fits and not barred and inside and (not self.outside or row[self.outside] not in ids)


@dataclass(frozen=True)
class Column:
    """What the cells of a column hold.

    `kinds` are classes of things (`state`), schemes (`scheme/role`), or one of
    text, date, integer, decimal, url and id. `of` is the column whose cells are
    read, where that is another one.
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


def load(content: Content) -> dict[str, Layout]:
    """The layouts of a content folder, by name.

    Raises:
        SourceError: if one cannot be read, or says what no layout can.
    """
    paths = sorted((content.root / "ontology/tables").glob("*.toml"))
    return {path.stem: _layout(path) for path in paths}


def _layout(path: Path) -> Layout:
    try:
        said = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SourceError(str(error), path) from None
    _refuse_unknown(said, _TABLE_KEYS, path)
    try:
        return Layout(
            name=path.stem,
            title=said["title"],
            row=said["row"],
            columns={name: _column(name, c, path) for name, c in said["columns"].items()},
            declares=[
                Declaration(d["kind"], d["address"], d.get("names", ()), _condition(d))
                for d in said.get("declares", [])
            ],
            readings=[
                Reading(r["column"], r["as"], _condition(r)) for r in said.get("readings", [])
            ],
            repeats=said.get("repeats", {}).get("key", ()),
            order=said.get("repeats", {}).get("order", ()),
            templates=[(_condition(w), _template(w, path)) for w in said["write"]],
        )
    except KeyError as error:
        raise SourceError(f"the layout lacks {error}", path) from None


def _column(name: str, said: Mapping[str, Any], path: Path) -> Column:
    _refuse_unknown(said, _COLUMN_KEYS, path)
    kinds = said["is"]
    pattern = said.get("pattern")
    return Column(
        name=name,
        kinds=(kinds,) if isinstance(kinds, str) else tuple(kinds),
        of=said.get("of", name),
        required=said.get("required", False),
        many=said.get("many", False),
        skip_unknown=said.get("unknown") == "skip",
        within=said.get("within"),
        language=said.get("language", "en") or None,
        pattern=re.compile(pattern) if pattern else None,
    )


def _condition(said: Mapping[str, Any]) -> Condition:
    def patterns(key: str) -> dict[str, re.Pattern[str]]:
        return {name: re.compile(text) for name, text in said.get(key, {}).items()}

    return Condition(patterns("when"), patterns("unless"), said.get("within"), said.get("outside"))


def _template(said: Mapping[str, Any], path: Path) -> Template:
    def read(text: str) -> Any:
        return parse(
            f"@base <{BASE}> .\n{_PREFIXES}{text}".encode(), "text/turtle", "urn:row", BASE
        ).quads

    try:
        return template(said["to"], said["turtle"], read, mode=said.get("mode", "add"))
    except (SyntaxError, ValueError) as error:
        raise SourceError(f"a template for {said['to']}: {error}", path) from None


def _refuse_unknown(said: Mapping[str, Any], known: set[str], path: Path) -> None:
    unknown = sorted(said.keys() - known)
    if unknown:
        expected = ", ".join(sorted(known))
        raise SourceError(f"does not know {', '.join(unknown)}; a layout has {expected}", path)
