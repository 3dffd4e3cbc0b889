"""SVG as a tree: what stands in it is escaped by the writer, never by hand."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final
from xml.etree import ElementTree

Element = ElementTree.Element
Value = str | int | float

NAMESPACE: Final = "http://www.w3.org/2000/svg"

_BREADTHS: Final = {
    character: breadth
    for breadth, characters in (
        (4.3, " .,:;'|/\\-ijlfIії"),
        (5.5, '()[]"!rtJ*_'),
        (12.0, "mwMW%@…№жмфшщыюљњЫФ"),
        (13.2, "ЖШЩЮЉЊ"),
    )
    for character in characters
}
"""Units that characters of unusual breadth take in a text of 12 units."""

_LEAST: Final = 60
"""Units below which it is not worth to show how a name begins."""

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry in any form (§2.2)."""


def clean(text: str) -> str:
    """Text with a mark in the place of what XML cannot carry."""
    return _FORBIDDEN.sub("\ufffd", text)


def element(
    tag: str, attributes: Mapping[str, Value] | None = None, *children: Element, text: str = ""
) -> Element:
    """An element; numbers are written with one decimal at most, `''` leaves an attribute out."""
    written = {name: _written(v) for name, v in (attributes or {}).items() if v != ""}
    made = Element(tag, written)
    made.text = clean(text) or None
    made.extend(children)
    return made


def label(
    x: float, y: float, text: str, style: str = "", *, anchor: str = "", href: str = ""
) -> Element:
    """A line of text that begins, ends or is centred at a point; a link if it leads somewhere."""
    written = element("text", {"x": x, "y": y, "class": style, "text-anchor": anchor}, text=text)
    return linked(href, written)


def linked(href: str, *children: Element) -> Element:
    """Elements that lead to an address of this site or of the web, or nowhere."""
    if href.startswith(("/", "https://", "http://")):
        return element("a", {"href": href}, *children)
    return children[0] if len(children) == 1 else element("g", {}, *children)


def titled(made: Element, text: str) -> Element:
    """An element with a title, which browsers show at the pointer."""
    made.insert(0, element("title", text=text))
    return made


def breadth(text: str) -> float:
    """About how many units a text of 12 units takes in a broad typeface."""
    return sum(map(_breadth, text))


def cut(text: str, most: float) -> str:
    """Text that takes at most about so many units, cut at its end if it is longer."""
    if breadth(text) <= most:
        return text
    left = most - _breadth("…")
    for position, character in enumerate(text):
        left -= _breadth(character)
        if left < 0:
            return text[:position].rstrip() + "…"
    return text


def distinct(names: Sequence[str], most: float) -> list[str]:
    """Names that take at most about so many units, and that are told apart where they can be.

    Of long names that would look alike when cut, words go that they begin with in common.
    """
    left = list(names)
    while alike := _alike(left, most):
        for places in alike:
            beginning = _common([left[place] for place in places])
            for place in places:
                left[place] = f"…{left[place][beginning:]}"
    return [_filled(end, name, most) for end, name in zip(left, names, strict=True)]


def _filled(end: str, name: str, most: float) -> str:
    """The end of a name, cut if it is long; if it is short, after so much of the name as fits."""
    room = most - breadth(end)
    if end == name or room < _LEAST:
        return cut(end, most)
    return cut(name, room) + end[1:]


def _alike(names: Sequence[str], most: float) -> list[list[int]]:
    """The places of different names that look alike when cut, and begin with a word in common."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        groups[cut(name, most)].append(place)
    return [
        places
        for places in groups.values()
        if len({names[place] for place in places}) > 1
        and _common([names[place] for place in places])
    ]


def _common(names: Sequence[str]) -> int:
    """How many characters the words take with which all names begin, and none of them ends."""
    words = zip(*(name.split(" ")[:-1] for name in names), strict=False)
    common = takewhile(lambda each: len(set(each)) == 1, words)
    return sum(len(each[0]) + 1 for each in common)


def _breadth(character: str) -> float:
    """A reader's typeface is not known here; DejaVu Sans is about the broadest in use."""
    if unicodedata.east_asian_width(character) in "WF":
        return 12
    usual = 9.4 if character.isupper() else 7.7 if character.isascii() else 8.4
    return _BREADTHS.get(character, usual)


def write(tree: Element) -> str:
    """The text of a tree, without an XML declaration."""
    return ElementTree.tostring(tree, encoding="unicode")


def number(value: float) -> str:
    """A coordinate: one decimal, and none if it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def _written(value: Value) -> str:
    return clean(value) if isinstance(value, str) else number(value)
