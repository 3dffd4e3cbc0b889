"""A table as rows: CSV by RFC 4180 in UTF-8, with the place of every row and cell."""

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from iisgraph.errors import SourceError
from iisgraph.gate import Finding, Severity
from iisgraph.read import read_text
from iisgraph.tables.layouts import Layout

RULE = "table"


@dataclass(frozen=True)
class Row:
    """The cells of a row by column, and where the row begins; lines count from 1."""

    path: Path
    line: int
    cells: dict[str, str]

    def finding(self, column: str, message: str) -> Finding:
        """A finding about one cell; its column is counted in cells, from 1."""
        number = list(self.cells).index(column) + 1
        return _finding(self.path, self.line, number, f"{column} {message}")


@dataclass(frozen=True)
class Table:
    """All rows of one layout, whatever files they come from.

    `ids` are those of its rows and of things known before that are such as its rows.
    """

    layout: Layout
    rows: Sequence[Row]
    ids: frozenset[str] = frozenset()


def read(paths: Iterable[Path], layouts: Mapping[str, Layout]) -> tuple[list[Table], list[Finding]]:
    """The tables at these paths by name of layout, and what is wrong with their form.

    Cells lose blanks at either end; rows without any cell are left out.

    Raises:
        SourceError: if a file cannot be read, is not UTF-8, or fits no layout.
    """
    found: dict[str, list[Row]] = {}
    findings: list[Finding] = []
    for path in {path.resolve(): path for path in paths}.values():
        text = read_text(path).removeprefix("\ufeff")
        layout = _choose(path, text, layouts)
        rows = found.setdefault(layout.name, [])
        for each in _rows(path, text, layout):
            if isinstance(each, Finding):
                findings.append(each)
            else:
                rows.append(each)
    return [Table(layouts[name], rows) for name, rows in sorted(found.items())], findings


def _choose(path: Path, text: str, layouts: Mapping[str, Layout]) -> Layout:
    """The layout of a table: the one of its name, else the one that has its columns."""
    if path.stem in layouts:
        return layouts[path.stem]
    header = {cell.strip(' "') for cell in text.partition("\n")[0].split(",")}
    fitting = [layout for layout in layouts.values() if set(layout.header) == header]
    if len(fitting) == 1:
        return fitting[0]
    near = difflib.get_close_matches(path.stem, layouts, 1)
    hint = f"; did you mean {near[0]}.csv?" if near else "."
    message = f"is no known table by its name or its columns{hint} Known are {', '.join(layouts)}"
    raise SourceError(message, path)


def _rows(path: Path, text: str, layout: Layout) -> Iterator[Row | Finding]:
    reader = csv.reader(io.StringIO(text), strict=True)
    line = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        yield from _header(path, header, layout)
        line = reader.line_num + 1
        for found in reader:
            cells = [cell.strip() for cell in found]
            if any(cells) and len(cells) != len(header):
                message = f"has {len(cells)} cells, expected {len(header)}"
                yield _finding(path, line, 1, message)
            elif any(cells):
                yield Row(path, line, dict(zip(header, cells, strict=True)))
            line = reader.line_num + 1
    except csv.Error as error:
        unclosed = str(error) == "unexpected end of data"
        message = "a quotation mark is opened and not closed" if unclosed else str(error)
        yield _finding(path, line, 1, f"is not CSV: {message}")


def _header(path: Path, header: Sequence[str], layout: Layout) -> Iterator[Finding]:
    if len(header) == 1 < len(layout.header):
        yield _finding(path, 1, 1, "has one cell in its first row; commas stand between cells")
        return
    for name in layout.header:
        if name not in header:
            columns = ", ".join(layout.header)
            message = f"lacks the column {name}; a table of {layout.name} has {columns}"
            yield _finding(path, 1, 1, message)
    for number, name in enumerate(header, 1):
        if name not in layout.header:
            near = difflib.get_close_matches(name, layout.header, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield _finding(path, 1, number, f"does not know the column {name!r}{hint}")
        elif name in header[: number - 1]:
            yield _finding(path, 1, number, f"has the column {name} twice")


def _finding(path: Path, line: int, column: int, message: str) -> Finding:
    return Finding(
        severity=Severity.ERROR, rule=RULE, message=message, file=path, line=line, column=column
    )
