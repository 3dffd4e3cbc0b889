"""SARIF 2.1.0 (OASIS), which code scanning services show beside the lines of a change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from iisgraph import __version__
from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.fingerprints import fingerprints
from iisgraph.gate.formats.data import dump
from iisgraph.gate.formats.outcome import Accepted, Outcome
from iisgraph.vocab import BASE

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT: Final = "%SRCROOT%"


def written(outcome: Outcome) -> str:
    """A log of one run; columns are counted in characters."""
    told = [*((finding, None) for finding in outcome.findings), *_borne(outcome)]
    rules = {finding.rule: finding for finding, _ in reversed(told)}
    order = {rule: index for index, rule in enumerate(sorted(rules))}
    names = [*outcome.fingerprints, *fingerprints(finding for finding, _ in _borne(outcome))]
    run = {
        "tool": {"driver": _driver([rules[rule] for rule in order])},
        "invocations": [{"executionSuccessful": outcome.complete}],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, order[finding.rule], fingerprint, accepted)
            for (finding, accepted), fingerprint in zip(told, names, strict=True)
        ],
    }
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _borne(outcome: Outcome) -> Iterator[tuple[Finding, Accepted]]:
    for accepted in outcome.accepted:
        yield accepted.finding, accepted


def _driver(rules: list[Finding]) -> dict[str, Any]:
    return {
        "name": "iisgraph",
        "semanticVersion": __version__,
        "informationUri": BASE,
        "rules": [_rule(finding) for finding in rules],
    }


def _rule(finding: Finding) -> dict[str, Any]:
    """What is known of a rule from one of its findings."""
    name = finding.name or finding.rule
    rule: dict[str, Any] = {"id": finding.rule, "shortDescription": {"text": name}}
    return rule | ({"helpUri": finding.link} if finding.link else {})


def _result(
    finding: Finding, rule: int, fingerprint: str, accepted: Accepted | None
) -> dict[str, Any]:
    text = "\n".join(filter(None, (finding.message, finding.fix)))
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "partialFingerprints": {"iisgraph/v1": fingerprint},
    }
    if finding.file:
        result["locations"] = [_location(finding, finding.file)]
    if finding.file and finding.replacement is not None and finding.column:
        result["fixes"] = [_fix(finding, finding.file, finding.replacement)]
    if accepted:
        result["suppressions"] = [{"kind": "external", "justification": accepted.reason}]
    return result


def _location(finding: Finding, file: Path) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(file)}
    if finding.line:
        physical["region"] = _region(finding)
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.shown_focus:
        location["logicalLocations"] = [
            {"fullyQualifiedName": finding.shown_focus, "kind": "object"}
        ]
    return location


def _artifact(file: Path) -> dict[str, str]:
    if file.is_absolute():
        return {"uri": file.as_uri()}
    return {"uri": quote(file.as_posix()), "uriBaseId": _ROOT}


def _region(finding: Finding) -> dict[str, int]:
    members = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    return {name: number for name, number in members.items() if number is not None}


def _fix(finding: Finding, file: Path, replacement: str) -> dict[str, Any]:
    change = {"deletedRegion": _region(finding), "insertedContent": {"text": replacement}}
    return {
        "description": {"text": finding.fix or "Replace it."},
        "artifactChanges": [{"artifactLocation": _artifact(file), "replacements": [change]}],
    }
