"""Lanes over years: bars for what lasted, marks for what happened on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from iisgraph.pictures.picture import MARGIN, Picture, Table, legend
from iisgraph.pictures.svg import Element, distinct, element, label, titled

_WIDTH: Final = 960
_LANE: Final = 22
_NAMES: Final = 290
_AXIS: Final = 26
_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
_MOST_TICKS: Final = 12


@dataclass(frozen=True)
class Bar:
    """From one day to another; outside `sure` it is only possible. `tip` tells it in words."""

    style: str
    start: date
    end: date
    sure: tuple[date, date] | None
    tip: str


@dataclass(frozen=True)
class Mark:
    """Something on a day."""

    style: str
    day: date
    tip: str


@dataclass(frozen=True)
class Lane:
    """A line of the picture: its name, where that leads, and what is drawn in it."""

    name: str
    href: str = ""
    bars: Sequence[Bar] = ()
    marks: Sequence[Mark] = ()

    @property
    def days(self) -> list[date]:
        """All days that the lane must have room for."""
        ends = [day for bar in self.bars for day in (bar.start, bar.end)]
        return [*ends, *(mark.day for mark in self.marks)]


@dataclass(frozen=True)
class _Scale:
    """Where a day stands."""

    first: int
    last: int
    left: float = _NAMES
    right: float = _WIDTH - MARGIN - 8  # half of the last year stands beyond it

    def at(self, day: date) -> float:
        """The distance of a day from the left edge."""
        return self.at_year(day.year + (day.timetuple().tm_yday - 1) / 366)

    def at_year(self, year: float) -> float:
        """The same for the beginning of a year, or some way into it."""
        share = (year - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)

    @property
    def ticks(self) -> range:
        """The years that are written."""
        span = self.last - self.first
        step = next((s for s in _STEPS if span / s <= _MOST_TICKS), 1000)
        return range(self.first + -self.first % step, self.last + 1, step)


def timeline(
    title: str,
    description: str,
    *,
    lanes: Sequence[Lane],
    styles: Sequence[tuple[str, str]],
    table: Table,
) -> Picture:
    """A picture of lanes, one below the other; `styles` are named in the legend."""
    days = [day for lane in lanes for day in lane.days] or [date(2000, 1, 1)]
    scale = _Scale(min(days).year, max(days).year + 1)
    drawn, top = legend(styles, 0, _WIDTH)
    top += _AXIS
    height = top + _LANE * len(lanes) + MARGIN
    for year in scale.ticks:
        x = scale.at_year(year)
        drawn.append(
            element("line", {"class": "line", "x1": x, "y1": top - 4, "x2": x, "y2": height})
        )
        drawn.append(label(x, top - 8, str(year), "small", anchor="middle"))
    names = distinct([lane.name for lane in lanes], _NAMES - 10 - MARGIN)
    for number, (lane, name) in enumerate(zip(lanes, names, strict=True)):
        drawn.append(_lane(lane, name, top + _LANE * number, scale))
    return Picture(title, description, _WIDTH, height, drawn, table)


def _lane(lane: Lane, name: str, top: float, scale: _Scale) -> Element:
    written = label(_NAMES - 10, top + 15, name, anchor="end", href=lane.href)
    named = titled(written, lane.name)
    bars = [_bar(bar, top, scale) for bar in lane.bars]
    return element("g", {}, named, *bars, *(_mark(mark, top, scale) for mark in lane.marks))


def _bar(bar: Bar, top: float, scale: _Scale) -> Element:
    parts = [_rectangle(f"{bar.style} maybe", bar.start, bar.end, top, scale)]
    if bar.sure and bar.sure[0] <= bar.sure[1]:
        parts.append(_rectangle(bar.style, *bar.sure, top, scale))
    return titled(element("g", {}, *parts), bar.tip)


def _rectangle(style: str, start: date, end: date, top: float, scale: _Scale) -> Element:
    x = scale.at(start)
    width = max(scale.at(end) - x, 2)
    return element(
        "rect", {"class": style, "x": x, "y": top + 4, "width": width, "height": _LANE - 8, "rx": 2}
    )


def _mark(mark: Mark, top: float, scale: _Scale) -> Element:
    circle = element(
        "circle",
        {"class": f"{mark.style} dot", "cx": scale.at(mark.day), "cy": top + _LANE / 2, "r": 5},
    )
    return titled(circle, mark.tip)
