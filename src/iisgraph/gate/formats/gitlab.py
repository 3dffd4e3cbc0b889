"""GitLab's Code Quality report, which a merge request shows beside the lines of its change."""

from typing import Any, Final

from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.formats.data import dump
from iisgraph.gate.formats.outcome import Outcome

_LEVELS: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def written(outcome: Outcome) -> str:
    """An array of what stands in a file; GitLab has no place for the rest."""
    pairs = zip(outcome.findings, outcome.fingerprints, strict=True)
    return dump([_issue(finding, name) for finding, name in pairs if finding.file])


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    path = finding.file.as_posix() if finding.file else ""
    return {
        "description": " ".join(filter(None, (finding.message, finding.fix))),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _LEVELS[finding.severity],
        "location": {"path": path, "lines": {"begin": finding.line or 1}},
    }
