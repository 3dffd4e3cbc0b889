"""The shapes of countries: TopoJSON read, projected to Equal Earth, and thinned to what is seen."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from iisgraph.pictures.svg import number

WIDTH: Final = 960.0
HEIGHT: Final = 424.0
_NORTH: Final = 84.0
_LEFT_OUT: Final = frozenset({"010"})
"""Antarctica: no state, and a third of the picture."""

_SEEN: Final = 1.0
"""Distance of two points from which on they can be told apart."""

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
"""Šavrič, Patterson and Jenny, The Equal Earth map projection (2018), equation 1."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Geometry:
    """The outline of each country, as SVG path data, by its UN M49 code (ISO 3166-1 numeric)."""

    paths: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.paths)


@lru_cache(2)
def read(path: Path) -> Geometry:
    """The countries of a TopoJSON file; none if there is no such file.

    Raises:
        ValueError, KeyError: if it is not TopoJSON with an object `countries`.
    """
    if not path.is_file():
        return Geometry()
    topology = json.loads(path.read_bytes())
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    paths: dict[str, str] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        code = country.get("id", "")
        if code not in _LEFT_OUT and country["type"] in ("Polygon", "MultiPolygon"):
            paths[code] = paths.get(code, "") + "".join(_rings(country, arcs))
    return Geometry(paths)


def project(longitude: float, latitude: float) -> Point:
    """Where a place stands in the picture, in units from its left and upper edge."""
    x, y = _equal_earth(longitude, latitude)
    widest, highest = _equal_earth(180, 0)[0], _equal_earth(0, _NORTH)[1]
    scale = WIDTH / (2 * widest)
    return (x + widest) * scale, (highest - y) * scale


def _equal_earth(longitude: float, latitude: float) -> Point:
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    squared = theta * theta
    sixth = squared**3
    slope = 9 * _A4 * sixth * squared + 7 * _A3 * sixth + 3 * _A2 * squared + _A1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    y = theta * (_A4 * sixth * squared + _A3 * sixth + _A2 * squared + _A1)
    return x, y


def _arc(deltas: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> list[Point]:
    """Longitudes and latitudes of an arc, which is written as differences of whole numbers."""
    (x_scale, y_scale), (x_origin, y_origin) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in deltas:
        x, y = x + dx, y + dy
        points.append((x * x_scale + x_origin, y * y_scale + y_origin))
    return points


def _rings(country: Mapping[str, Any], arcs: Sequence[list[Point]]) -> Iterator[str]:
    polygons = [country["arcs"]] if country["type"] == "Polygon" else country["arcs"]
    for polygon in polygons:
        for ring in polygon:
            ends = (arcs[index] if index >= 0 else arcs[~index][::-1] for index in ring)
            for part in _parts([point for arc in ends for point in arc]):
                yield _path([project(*point) for point in part])


def _parts(ring: Sequence[Point]) -> Iterator[list[Point]]:
    """A ring, or the rings that it falls into where it crosses the antimeridian."""
    whole = [ring[0]]
    for longitude, latitude in ring[1:]:
        turns = round((whole[-1][0] - longitude) / 360)
        whole.append((longitude + 360 * turns, latitude))
    for shift in (-360, 0, 360):
        moved = [(longitude + shift, latitude) for longitude, latitude in whole]
        part = _cut(_cut(moved, 180, 1), -180, -1)
        if len(part) > 2:
            yield part


def _cut(ring: Sequence[Point], meridian: float, side: int) -> list[Point]:
    """What of a ring lies west (1) or east (-1) of a meridian (Sutherland and Hodgman, 1974)."""
    kept: list[Point] = []
    for index, point in enumerate(ring):
        before = ring[index - 1]
        is_in, was_in = (side * (p[0] - meridian) <= 0 for p in (point, before))
        if is_in != was_in:
            share = (meridian - before[0]) / (point[0] - before[0])
            kept.append((meridian, before[1] + share * (point[1] - before[1])))
        if is_in:
            kept.append(point)
    return kept


def _path(points: Sequence[Point]) -> str:
    """A closed path of the points that can be told apart; '' if it would have no area."""
    kept = [points[0]]
    for point in points[1:]:
        if math.dist(point, kept[-1]) >= _SEEN:
            kept.append(point)
    if len(kept) < 3:
        return ""
    parts = [f"M{number(kept[0][0])} {number(kept[0][1])}l"]
    at = (round(kept[0][0], 1), round(kept[0][1], 1))
    for point in kept[1:]:
        dx, dy = round(point[0] - at[0], 1), round(point[1] - at[1], 1)
        at = (at[0] + dx, at[1] + dy)
        parts.append(f"{number(dx)} {number(dy)} ".replace(" -", "-"))
    return "".join(parts).rstrip() + "z"
