"""A square or oblong of values: who with whom, or who in what."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.pictures.picture import MARGIN, Picture, Table, legend
from iisgraph.pictures.svg import Element, breadth, cut, element, label, titled

_CELL: Final = 34
_NAMES: Final = 240
_COLUMN: Final = 170
"""Units that the name of a column may take, which stands aslant."""

_SLANT: Final = 50

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
    longest = max((breadth(cut(name, _COLUMN)) for name, _ in columns), default=0)
    head = 24 + longest * math.sin(math.radians(_SLANT))
    aslant = longest * math.cos(math.radians(_SLANT))
    width = _NAMES + _CELL * len(columns) + MARGIN + aslant
    drawn, height = legend(styles, head + _CELL * len(rows) + MARGIN, width)
    for number, (name, href) in enumerate(rows):
        y = head + _CELL * number + _CELL / 2 + 4
        drawn.append(
            titled(
                label(_NAMES - 8, y, cut(name, _NAMES - 8 - MARGIN), anchor="end", href=href), name
            )
        )
    for number, (name, href) in enumerate(columns):
        x = _NAMES + _CELL * number + _CELL / 2 + 4
        written = titled(label(0, 0, cut(name, _COLUMN), href=href), name)
        drawn.append(
            element("g", {"transform": f"translate({x:g} {head - 8:g}) rotate({-_SLANT})"}, written)
        )
    drawn += [_cell(row, column, value, head) for (row, column), value in values.items()]
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
