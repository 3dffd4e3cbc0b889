"""A picture with what it is made from: drawn, told as a table, and led back to its sources."""

import csv
import hashlib
import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.pictures.svg import NAMESPACE, Element, breadth, cut, element, label, write
from iisgraph.vocab import DCTERMS, RDF, SCHEMA

MARGIN: Final = 12
_FOOT: Final = 26
_LINE: Final = 20
_KEY: Final = 16
_SMALL: Final = 11 / 12
_GAP: Final = 14
_BROAD: Final = 700
"""Units from which on a picture must not shrink to a narrow page, or its letters cannot be read."""

STYLE: Final = """
text{font:12px system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif;fill:#1c2430}
.small{font-size:11px;fill:#556070}.strong{font-weight:600}.on-dark{fill:#fff}
.paper{fill:#fff}.line{stroke:#d9dde3;stroke-width:1;fill:none}
.land{fill:#e4e7ec;stroke:#fff;stroke-width:.5}.dot{stroke:#fff;stroke-width:1}
.k1{fill:#0b5c8a}.k2{fill:#b8651b}.k3{fill:#6a51a3}.k4{fill:#3f7d49}.k5{fill:#7d838d}
.maybe{fill-opacity:.45}.link{stroke:#0b5c8a;fill:none}
@media (prefers-color-scheme:dark){
text{fill:#e6e9ee}.small{fill:#a3adba}.on-dark{fill:#14181e}.paper{fill:#14181e}
.line{stroke:#333c48}.land{fill:#333c48;stroke:#14181e}.dot{stroke:#14181e}
.k1{fill:#7cc4f0}.k2{fill:#f0a860}.k3{fill:#b9a3e3}.k4{fill:#8fcf9a}.k5{fill:#8a93a0}
.link{stroke:#7cc4f0}}
"""
"""The look of a picture that stands alone; within a page the page's own sheet gives it."""

STYLE_HASH: Final = "'sha256-" + b64encode(hashlib.sha256(STYLE.encode()).digest()).decode() + "'"
"""What a content security policy calls this style by, so that it allows no other."""


@dataclass(frozen=True)
class Cell:
    """A field of the table: text, its language or '', and the IRI of what it names."""

    text: str
    iri: str = ""
    language: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the table, with the IRIs of the sources that say so."""

    cells: tuple[Cell, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The facts of a picture."""

    heads: tuple[str, ...]
    rows: Sequence[Row]

    @property
    def sources(self) -> list[str]:
        """IRIs of all sources, sorted."""
        return sorted({source for row in self.rows for source in row.sources})

    def as_csv(self) -> str:
        """The rows as CSV (RFC 4180): texts, then the IRIs of what they name, then the sources."""
        output = io.StringIO()
        writer = csv.writer(output)
        named = [n for n in range(len(self.heads)) if any(row.cells[n].iri for row in self.rows)]
        writer.writerow([*self.heads, *(f"{self.heads[n]} (IRI)" for n in named), "sources"])
        for row in self.rows:
            iris = [row.cells[n].iri for n in named]
            writer.writerow(
                [*map(_plain, (c.text for c in row.cells)), *iris, " ".join(row.sources)]
            )
        return output.getvalue()


@dataclass(frozen=True)
class Picture:
    """A drawing of so many units, with a title, what is to be seen in words, and its facts."""

    title: str
    description: str
    width: float
    height: float
    drawing: Sequence[Element]
    table: Table
    key: Sequence[tuple[str, str]] = ()
    """Styles with their names, if they are not told in the drawing itself."""

    def inline(self, identity: str) -> str:
        """The drawing as part of a page, which tells the key; `identity` tells it from others."""
        tree = self._tree(self.height)
        tree.set("role", "group")  # an image has no links inside, and this has
        tree.set("aria-labelledby", f"{identity}-title {identity}-desc")
        for child, name in zip(tree, ("title", "desc"), strict=False):
            child.set("id", f"{identity}-{name}")
        tree.extend(self.drawing)
        return write(tree)

    def alone(self, address: str, licence: str) -> str:
        """The drawing as a file: with its style, its facts and sources, and whence it came."""
        head = 34
        named, height = legend(self.key, self.height, self.width)
        tree = self._tree(height + head + _FOOT)
        tree.set("xmlns", NAMESPACE)
        tree.append(self._metadata(address, licence))
        tree.append(element("style", text=STYLE))
        tree.append(element("rect", {"class": "paper", "width": "100%", "height": "100%"}))
        title = cut(self.title, self.width - 2 * MARGIN)
        tree.append(label(MARGIN, 22, title, "strong"))
        drawn = element("g", {"transform": f"translate(0 {head})"}, *self.drawing, *named)
        tree.append(drawn)
        foot = height + head + _FOOT - 9
        shown = cut(address, self.width - 2 * MARGIN)
        tree.append(label(MARGIN, foot, shown, "small", href=address))
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + write(tree) + "\n"

    def _tree(self, height: float) -> Element:
        is_broad = self.width > _BROAD and not self.key
        style = "picture broad" if is_broad else "picture"
        box = {"viewBox": f"0 0 {self.width:g} {height:g}", "role": "img", "class": style}
        return element(
            "svg",
            {**box, "width": self.width, "height": height},
            element("title", text=self.title),
            element("desc", text=self.description),
        )

    def _metadata(self, address: str, licence: str) -> Element:
        """RDF/XML about the file, as SVG 2 §5.9 has it: title, licence, sources, rows as CSV."""
        spaces = {"xmlns:rdf": RDF, "xmlns:dcterms": DCTERMS, "xmlns:schema": SCHEMA}
        about = element(
            "rdf:Description",
            {"rdf:about": address},
            element("dcterms:title", text=self.title),
            element("dcterms:license", {"rdf:resource": licence}),
            *(element("dcterms:source", {"rdf:resource": s}) for s in self.table.sources),
            element("schema:text", text=self.table.as_csv()),
        )
        return element("metadata", {}, element("rdf:RDF", spaces, about))


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and text[1:] else text


def legend(
    entries: Sequence[tuple[str, str]], y: float, width: float
) -> tuple[list[Element], float]:
    """A square of each style with its name, from this height on, and the height below them.

    What does not stand in one line goes on in the next.
    """
    drawn: list[Element] = []
    x = float(MARGIN)
    for style, name in entries:
        shown = cut(name, width - 2 * MARGIN - _KEY)
        if x > MARGIN and x + _KEY + breadth(shown) * _SMALL > width - MARGIN:
            x, y = MARGIN, y + _LINE
        square = element("rect", {"x": x, "y": y + 5, "width": 11, "height": 11, "class": style})
        drawn += [square, label(x + _KEY, y + 15, shown, "small")]
        x += _KEY + breadth(shown) * _SMALL + _GAP
    return drawn, y + _LINE if entries else y
