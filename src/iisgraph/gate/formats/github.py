"""Workflow commands of GitHub Actions, which become annotations beside the lines of a change."""

from typing import Final

from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.formats.outcome import Outcome
from iisgraph.printable import plain

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def written(outcome: Outcome) -> str:
    """A command for each finding; GitHub shows the first ten of each level in a step."""
    return "".join(f"{_command(finding)}\n" for finding in outcome.findings)


def _command(finding: Finding) -> str:
    members = {
        "file": finding.file and finding.file.as_posix(),
        "line": finding.line,
        "endLine": finding.end_line,
        "col": finding.column,
        "endColumn": finding.end_column if finding.end_line == finding.line else None,
        "title": finding.name or finding.rule,
    }
    told = ",".join(
        f"{name}={plain(str(value)).translate(_PROPERTY)}"
        for name, value in members.items()
        if value is not None
    )
    text = "\n".join(plain(part) for part in (finding.message, finding.fix) if part)
    return f"::{_LEVELS[finding.severity]} {told}::{text.translate(_DATA)}"
