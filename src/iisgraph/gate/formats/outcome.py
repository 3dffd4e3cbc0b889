"""The outcome of a check: what every format is written from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.fingerprints import fingerprints
from iisgraph.printable import counted


@dataclass(frozen=True)
class Accepted:
    """A finding that a baseline bears, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class Outcome:
    """Sorted findings, with paths relative to `root` where they lie below it.

    What weighs as much as `fail_on`, or more, fails the check. One that is not
    `complete` ended early: a file could not be parsed, and the rest was not tried.
    """

    findings: Sequence[Finding]
    fail_on: Severity = Severity.ERROR
    accepted: Sequence[Accepted] = ()
    root: Path = Path()
    complete: bool = True

    @property
    def conforms(self) -> bool:
        """Whether nothing fails the check."""
        return not any(self.fails(finding) for finding in self.findings)

    @property
    def verdict(self) -> str:
        """How the check ended, in a word or three."""
        if not self.complete:
            return "could not run"
        return "passed" if self.conforms else "failed"

    def fails(self, finding: Finding) -> bool:
        """Whether a finding is of the weight that fails the check."""
        return finding.severity <= self.fail_on

    @cached_property
    def fingerprints(self) -> Sequence[str]:
        """The stable name of each finding, in the order of `findings`."""
        return fingerprints(self.findings)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many findings there are of each weight."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity.name.lower(): found[severity] for severity in Severity}

    @property
    def summary(self) -> str:
        """The counts in words."""
        told = [counted(number, level) for level, number in self.counts.items()]
        if self.accepted:
            told.append(f"{len(self.accepted)} accepted by the baseline")
        return ", ".join(told)
