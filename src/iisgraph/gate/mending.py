"""What a check can mend by itself: slips, forms of literals, and the layout.

Only what is safe: a mended file says what was meant, or the same as before.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from iisgraph.errors import LayoutError, SourceError
from iisgraph.gate.findings import Finding
from iisgraph.layout import layout
from iisgraph.positions.tokens import Lines
from iisgraph.read import File

LAYOUT = "layout"


@dataclass(frozen=True)
class Mend:
    """A file as it is and as it would be; `findings` are those that are mended."""

    path: Path
    before: str
    after: str
    findings: int

    @property
    def diff(self) -> str:
        """A unified diff of the two."""
        name = self.path.as_posix()
        lines = unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{name}",
            f"b/{name}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def mends(findings: Iterable[Finding], files: Collection[File]) -> Iterator[Mend]:
    """What can be mended of these findings, file by file, in order of path.

    A file that would no longer parse is left as it is.

    Raises:
        SourceError: if a file cannot be read.
    """
    known = {file.path: file for file in files}
    of_file: dict[Path, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.file and (finding.replacement is not None or finding.rule == LAYOUT):
            of_file[finding.file].append(finding)
    for path in sorted(of_file.keys() & known.keys()):
        mend = _mend(known[path], of_file[path])
        if mend.after != mend.before:
            yield mend


def _mend(file: File, findings: list[Finding]) -> Mend:
    before = file.content.decode()
    after, number = _replaced(before, findings)
    mended = File.holding(file.path, after.encode(), file.base)
    try:
        mended.parsed  # noqa: B018 - read for the error alone
    except SourceError:
        return Mend(file.path, before, before, 0)
    if any(finding.rule == LAYOUT for finding in findings):
        with suppress(LayoutError):  # where a comment goes is for its author to say
            return Mend(file.path, before, layout(mended), number + 1)
    return Mend(file.path, before, after, number)


def _replaced(text: str, findings: Iterable[Finding]) -> tuple[str, int]:
    """The text with replacements written over their places, from the last to the first.

    Of two that overlap the later one is made, and the other left for the next time.
    """
    lines = Lines(text)
    spans = {
        (lines.offset(f.line, f.column), lines.offset(f.end_line, f.end_column)): f.replacement
        for f in findings
        if f.replacement is not None and f.line and f.column and f.end_line and f.end_column
    }
    done, least = 0, len(text)
    for (start, end), replacement in sorted(spans.items(), reverse=True):
        if end <= least and replacement is not None:
            text = text[:start] + replacement + text[end:]
            done, least = done + 1, start
    return text, done
