"""Things on a circle, with lines between those that have something in common."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from iisgraph.pictures.picture import Picture, Table
from iisgraph.pictures.svg import Element, cut, element, label, titled

_WIDTH: Final = 760
_HEIGHT: Final = 560
_RADIUS: Final = 180
_THICKEST: Final = 9
_LINE: Final = 12


def network(
    title: str,
    description: str,
    *,
    nodes: Sequence[tuple[str, str]],
    links: Mapping[tuple[int, int], tuple[float, str]],
    table: Table,
) -> Picture:
    """A picture of nodes (name and address) and of links by their numbers (weight and tip).

    The heaviest link is drawn thickest, the others in proportion, the lightest first.
    """
    most = max((weight for weight, _ in links.values()), default=1) or 1
    drawn: list[Element] = []
    for (one, other), (weight, tip) in sorted(links.items(), key=lambda item: item[1][0]):
        start, end = _at(one, len(nodes)), _at(other, len(nodes))
        curve = element(
            "path",
            {
                "class": "link",
                "d": f"M{start[0]:.1f} {start[1]:.1f}Q{_WIDTH / 2:g} {_HEIGHT / 2:g} "
                f"{end[0]:.1f} {end[1]:.1f}",
                "stroke-width": max(_THICKEST * weight / most, 0.8),
            },
        )
        curve.set("stroke-opacity", f"{0.2 + 0.6 * weight / most:.2f}")
        drawn.append(titled(curve, tip))
    drawn += [_node(number, len(nodes), *node) for number, node in enumerate(nodes)]
    return Picture(title, description, _WIDTH, _HEIGHT, drawn, table)


def _at(number: int, count: int, radius: float = _RADIUS) -> tuple[float, float]:
    angle = 2 * math.pi * number / count - math.pi / 2
    return _WIDTH / 2 + radius * math.cos(angle), _HEIGHT / 2 + radius * math.sin(angle)


def _node(number: int, count: int, name: str, href: str) -> Element:
    x, y = _at(number, count)
    text_x, text_y = _at(number, count, _RADIUS + 14)
    side = text_x - _WIDTH / 2
    anchor = "middle" if abs(side) < 20 else "start" if side > 0 else "end"
    if anchor == "middle":  # beyond the names to its left and right
        text_y += math.copysign(_LINE, text_y - y)
    text = label(text_x, text_y + 4, cut(name, _WIDTH / 2 - _RADIUS - 14), anchor=anchor, href=href)
    circle = element("circle", {"class": "k1 dot", "cx": x, "cy": y, "r": 6})
    return titled(element("g", {}, circle, text), name)
