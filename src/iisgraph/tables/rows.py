"""A table as rows: CSV by RFC 4180 in UTF-8, with the place of every row and cell."""

import csv
import difflib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from iisgraph.check import Finding, Severity
from iisgraph.errors import SourceError
from iisgraph.read import read_text
from iisgraph.tables.layouts import Layout

RULE = "table"


@dataclass(frozen=True)
class Row:
    """The cells of a row by column, and where the row begins; lines count from 1."""

    path: Path
    line: int
    cells: dict[str, str]
    columns: tuple[str, ...]

    def finding(self, column: str, message: str) -> Finding:
        """A finding about one cell: its column counts from 1."""
        return _finding(self.path, self.line, self.columns.index(column) + 1, f"{column} {message}")


def choose(path: Path, layouts: Mapping[str, Layout]) -> Layout:
    """The layout of a table: the one of its name, else the one that has its columns.

    Raises:
        SourceError: if the file cannot be read, or no layout fits.
    """
    if path.stem in layouts:
        return layouts[path.stem]
    header = next(csv.reader(io.StringIO(_text(path))), [])
    fitting = [layout for layout in layouts.values() if set(layout.header) == set(header)]
    if len(fitting) == 1:
        return fitting[0]
    near = difflib.get_close_matches(path.stem, layouts, 1)
    hint = f"; did you mean {near[0]}.csv?" if near else ""
    names = ", ".join(layouts)
    raise SourceError(
        f"is no known table by its name or its columns{hint} Known are: {names}", path, 1
    )


def read(path: Path, layout: Layout) -> tuple[list[Row], list[Finding]]:
    """The rows of a table, and what is wrong with its form.

    Cells lose blanks at either end; rows without any cell are left out.

    Raises:
        SourceError: if the file cannot be read or is not UTF-8.
    """
    reader = csv.reader(io.StringIO(_text(path)), strict=True)
    rows: list[Row] = []
    findings: list[Finding] = []
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
        findings.extend(_header(path, header, layout))
        line = reader.line_num + 1
        for cells in reader:
            if any(cells):
                if len(cells) != len(header):
                    message = f"has {len(cells)} cells, expected {len(header)}"
                    findings.append(_finding(path, line, 1, message))
                else:
                    stripped = [cell.strip() for cell in cells]
                    rows.append(Row(path, line, dict(zip(header, stripped, strict=True)), header))
            line = reader.line_num + 1
    except csv.Error as error:
        findings.append(_finding(path, reader.line_num, 1, f"is not CSV: {error}"))
    return rows, findings


def _text(path: Path) -> str:
    return read_text(path).removeprefix("\ufeff")


def _header(path: Path, header: tuple[str, ...], layout: Layout) -> Iterator[Finding]:
    for name in layout.header:
        if name not in header:
            message = (
                f"lacks the column {name}; a table of {layout.name} has {', '.join(layout.header)}"
            )
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
