"""`file:line:column: level: message [rule]`, as editors and log parsers read it."""

from iisgraph.gate.findings import Finding
from iisgraph.gate.formats.outcome import Outcome
from iisgraph.printable import plain


def written(outcome: Outcome) -> str:
    """A line for each finding."""
    return "".join(f"{line(finding)}\n" for finding in outcome.findings)


def line(finding: Finding) -> str:
    """One finding."""
    told = f"{place(finding)}: {finding.severity.name.lower()}: {finding.message} [{finding.rule}]"
    return plain(told)


def place(finding: Finding) -> str:
    """`file:line:column`, as far as they are known; the node itself if it stands in no file."""
    parts = (finding.file or finding.shown_focus or "-", finding.line, finding.column)
    return ":".join(str(part) for part in parts if part is not None)
