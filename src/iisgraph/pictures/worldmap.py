"""A map of the world: countries filled by what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.pictures import geometry
from iisgraph.pictures.geometry import HEIGHT, WIDTH, Geometry
from iisgraph.pictures.picture import Picture, Table
from iisgraph.pictures.svg import Element, element, linked, titled

_SMALL: Final = 3.2


@dataclass(frozen=True)
class Place:
    """A country: its M49 code, and longitude and latitude of its capital where known."""

    code: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class Fill:
    """How a country is drawn, where it leads, and what is told of it at the pointer."""

    place: Place
    style: str
    tip: str
    href: str = ""


def world(
    title: str,
    description: str,
    *,
    fills: Sequence[Fill],
    styles: Sequence[tuple[str, str]],
    table: Table,
    shapes: Geometry,
) -> Picture:
    """The map; a country without a shape is a dot at its capital."""
    filled = {fill.place.code for fill in fills}
    plain = [
        element("path", {"d": path}) for code, path in shapes.paths.items() if code not in filled
    ]
    drawn = [
        element("g", {"class": "land"}, *plain),
        *(made for fill in _largest_first(fills, shapes) if (made := _country(fill, shapes))),
    ]
    return Picture(title, description, WIDTH, HEIGHT + 4, drawn, table, styles)


def _largest_first(fills: Sequence[Fill], shapes: Geometry) -> list[Fill]:
    """Those with a shape, then the dots, which must lie above them."""
    return sorted(fills, key=lambda fill: fill.place.code not in shapes.paths)


def _country(fill: Fill, shapes: Geometry) -> Element | None:
    path = shapes.paths.get(fill.place.code)
    if path:
        made = element("path", {"class": f"land {fill.style}", "d": path})
    elif fill.place.at:
        x, y = geometry.project(*fill.place.at)
        made = element("circle", {"class": f"dot {fill.style}", "cx": x, "cy": y, "r": _SMALL})
    else:
        return None
    return linked(fill.href, titled(made, fill.tip))
