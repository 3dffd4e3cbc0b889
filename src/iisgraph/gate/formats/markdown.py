"""A summary in Markdown, for the page of a CI job or the comment on a change."""

import html
from collections import Counter
from collections.abc import Iterable
from typing import Final

from iisgraph.gate.findings import Finding
from iisgraph.gate.formats.lines import place
from iisgraph.gate.formats.outcome import Outcome
from iisgraph.printable import plain

_SHOWN: Final = 200
"""Findings told one by one; a job's page takes a MiB."""


def written(outcome: Outcome) -> str:
    """The verdict, the counts by rule, and the findings, those that fail the check first."""
    blocks = [f"## iisgraph check: {outcome.verdict}\n\n{outcome.summary}.\n"]
    if outcome.findings:
        blocks.append(_by_rule(outcome.findings))
        told = sorted(outcome.findings, key=lambda finding: finding.severity)
        blocks.append(_findings(told[:_SHOWN]))
    if len(outcome.findings) > _SHOWN:
        blocks.append(f"… and {len(outcome.findings) - _SHOWN} more.\n")
    return "\n".join(blocks)


def _by_rule(findings: Iterable[Finding]) -> str:
    counts = Counter((f.severity, f.rule, f.name or "") for f in findings)
    rows = (
        f"| {severity.name.lower()} | {_code(rule)} | {_text(name)} | {number} |"
        for (severity, rule, name), number in sorted(counts.items())
    )
    return "\n".join(("| level | rule | | findings |", "| --- | --- | --- | ---: |", *rows, ""))


def _findings(findings: Iterable[Finding]) -> str:
    rows = (
        f"| {f.severity.name.lower()} | {_code(place(f))} | {_text(f.message)} | {_code(f.rule)} |"
        for f in findings
    )
    return "\n".join(("| level | place | finding | rule |", "| --- | --- | --- | --- |", *rows, ""))


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _text(text: str) -> str:
    """Text that is no markup: entities for what Markdown or HTML would act on."""
    shown = html.escape(plain(text))
    return "".join(f"&#{ord(c)};" if c in "\\`*_{}[]()#+|~@!" else c for c in shown)
