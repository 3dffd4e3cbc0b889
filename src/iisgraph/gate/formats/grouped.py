"""For a person at a terminal: findings by file, with the source line and a mark under the place."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Final

from iisgraph.engine import BlankNode
from iisgraph.gate.excerpts import Excerpts
from iisgraph.gate.findings import Finding, Severity, show
from iisgraph.gate.formats.outcome import Outcome
from iisgraph.printable import plain
from iisgraph.vocab import shorten

_COLOURS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD: Final = "1"
_FAINT: Final = "2"
_ALIKE: Final = 3


def written(outcome: Outcome, *, coloured: bool = False) -> str:
    """The findings of each file under its name; what is coloured needs a terminal.

    Of the findings of one rule in one file the first is told in full and a few more with
    their lines; of the others there is the number.
    """
    paint = partial(_painted, coloured=coloured)
    excerpts = Excerpts(outcome.root)
    blocks = []
    for file, findings in groupby(outcome.findings, lambda finding: finding.file):
        head = paint(plain(str(file)) if file else "in no file", _BOLD)
        alike: dict[str, list[Finding]] = {}
        for finding in findings:
            alike.setdefault(finding.rule, []).append(finding)
        told = ("\n".join(_alike(each, excerpts, paint)) for each in alike.values())
        blocks.append("\n\n".join((head, *told)))
    return "\n\n\n".join(blocks) + "\n" if blocks else ""


def _painted(text: str, colour: str, *, coloured: bool) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if coloured else text


def _alike(findings: Sequence[Finding], excerpts: Excerpts, paint: partial[str]) -> Iterator[str]:
    first, *others = findings
    yield from _placed(first, excerpts, paint)
    yield f"  {plain(first.message)}"
    for name, text in details(first):
        yield f"  {paint(f'{name:8}', _FAINT)} {plain(text)}"
    for finding in others[:_ALIKE]:
        yield from _placed(finding, excerpts, paint)
        if finding.message != first.message:
            yield f"  {plain(finding.message)}"
    if len(others) > _ALIKE:
        yield f"  … and {len(others) - _ALIKE} more of {plain(first.rule)} in this file"


def _placed(finding: Finding, excerpts: Excerpts, paint: partial[str]) -> Iterator[str]:
    """Place, weight and rule, and the line with its mark."""
    level = paint(finding.severity.name.lower(), _COLOURS[finding.severity])
    at = ":".join(str(n) for n in (finding.line, finding.column) if n is not None)
    rule = plain(f"{finding.name} [{finding.rule}]" if finding.name else f"[{finding.rule}]")
    yield f"  {at + ' ' if at else ''}{level}  {paint(rule, _FAINT)}"
    excerpt = excerpts(finding)
    if excerpt:
        gutter = f"{finding.line} │"
        under = paint(excerpt[1], _COLOURS[finding.severity])
        yield f"  {paint(gutter, _FAINT)} {excerpt[0]}"
        yield f"  {paint('│'.rjust(len(gutter)), _FAINT)} {under}"


def details(finding: Finding) -> Iterator[tuple[str, str]]:
    """What else is known of a finding, each with its name."""
    if finding.shown_focus:
        yield "focus", _node(finding.shown_focus)
    if finding.path:
        yield "path", finding.path if "<" in finding.path else shorten(finding.path)
    if finding.value is not None and not isinstance(finding.value, BlankNode):
        yield "value", show(finding.value)
    for name in ("expected", "fix", "link"):
        if text := getattr(finding, name):
            yield name, text


def _node(focus: str) -> str:
    if focus == "_:":
        return "a node without a name"
    return focus if focus.startswith('"') else shorten(focus)
