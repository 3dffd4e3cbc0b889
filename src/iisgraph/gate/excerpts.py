"""The source lines of a finding with a mark under what is wrong."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from iisgraph.gate.findings import Finding
from iisgraph.printable import plain

_WIDTH: Final = 100
_BEFORE: Final = 40
_TAB: Final = "    "


class Excerpts:
    """Reads lines of files, each file once; `root` is where relative paths begin."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lines = cache(self._read)

    def __call__(self, finding: Finding) -> tuple[str, str] | None:
        """The line of a finding as it can be shown, and below it spaces and carets.

        None where it has no line, or its file cannot be read. Of a long line the part
        around the place is shown, with an ellipsis for what is left out.
        """
        return excerpt(finding, self._lines(finding.file) if finding.file else [])

    def _read(self, path: Path) -> list[str]:
        try:
            text = (self._root / path).read_bytes().decode(errors="replace")
        except OSError:
            return []
        return [line.removesuffix("\r") for line in text.split("\n")]


def excerpt(finding: Finding, lines: Sequence[str]) -> tuple[str, str] | None:
    """The line of a finding among those of its file, and below it spaces and carets."""
    if finding.line is None or finding.line > len(lines):
        return None
    return marked(lines[finding.line - 1], *_columns(finding, lines[finding.line - 1]))


def _columns(finding: Finding, line: str) -> tuple[int, int]:
    """Where the mark begins and ends, as offsets; a value of several lines is marked to the end."""
    if finding.column is None:
        return len(line) - len(line.lstrip()), len(line)
    is_long = (finding.end_line or finding.line) != finding.line
    end = len(line) if is_long else (finding.end_column or finding.column + 1) - 1
    return finding.column - 1, end


def marked(line: str, start: int, end: int) -> tuple[str, str]:
    """A line and the marks under the part between two offsets, in columns of a terminal."""
    from wcwidth import wcswidth

    cut = max(0, start - _BEFORE) if len(line) > _WIDTH else 0
    shown = line[cut : cut + _WIDTH]
    before, inside, behind = (
        _shown(shown[a:b])
        for a, b in ((0, start - cut), (start - cut, end - cut), (end - cut, None))
    )
    head, tail = "…" if cut else "", "…" if cut + _WIDTH < len(line) else ""
    under = " " * wcswidth(head + before) + "^" * max(1, wcswidth(inside))
    return plain(f"{head}{before}{inside}{behind}{tail}"), under


def _shown(text: str) -> str:
    return plain(text.replace("\t", _TAB))
