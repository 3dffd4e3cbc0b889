"""A square or oblong of values: who with whom, or who in what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.pictures.picture import MARGIN, Picture, Table, legend
from iisgraph.pictures.svg import Element, cut, element, label, titled

_CELL: Final = 34
_NAMES: Final = 240
_LETTERS: Final = 32
_COLUMN_LETTERS: Final = 24
_RISE: Final = 5.2
"""What a letter of a slanting name takes in height."""

_DARK: Final = 0.7


@dataclass(frozen=True)
class Value:
    """A cell: what is written in it, how strongly it is filled from 0 to 1, and its tip."""

    text: str
    strength: float
    tip: str
    style: str = "k1"


Axis = Sequence[tuple[str, str]]
"""Names and where they lead."""


def matrix(
    title: str,
    description: str,
    *,
    rows: Axis,
    columns: Axis,
    values: Mapping[tuple[int, int], Value],
    table: Table,
    styles: Sequence[tuple[str, str]] = (),
) -> Picture:
    """A matrix; `values` by number of row and of column, those missing stay blank."""
    longest = max((len(cut(name, _COLUMN_LETTERS)) for name, _ in columns), default=0)
    head = 24 + _RISE * longest
    width = _NAMES + _CELL * len(columns) + MARGIN + 4 * longest
    height = head + _CELL * len(rows) + MARGIN + (24 if styles else 0)
    drawn: list[Element] = []
    for number, (name, href) in enumerate(rows):
        y = head + _CELL * number + _CELL / 2 + 4
        drawn.append(
            titled(label(_NAMES - 8, y, cut(name, _LETTERS), anchor="end", href=href), name)
        )
    for number, (name, href) in enumerate(columns):
        x = _NAMES + _CELL * number + _CELL / 2 + 4
        written = titled(label(0, 0, cut(name, _COLUMN_LETTERS), href=href), name)
        drawn.append(
            element("g", {"transform": f"translate({x:g} {head - 8:g}) rotate(-50)"}, written)
        )
    drawn += [_cell(row, column, value, head) for (row, column), value in values.items()]
    drawn += legend(styles, MARGIN, height - 8)
    return Picture(title, description, width, height, drawn, table)


def _cell(row: int, column: int, value: Value, head: float) -> Element:
    x, y = _NAMES + _CELL * column, head + _CELL * row
    square = element(
        "rect",
        {"class": value.style, "x": x + 1, "y": y + 1, "width": _CELL - 2, "height": _CELL - 2},
    )
    square.set("fill-opacity", f"{value.strength:.2f}")
    style = "on-dark" if value.strength > _DARK else ""
    text = label(x + _CELL / 2, y + _CELL / 2 + 4, value.text, style, anchor="middle")
    return titled(element("g", {}, square, text), value.tip)
