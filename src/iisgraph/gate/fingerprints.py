"""What makes a finding the same finding tomorrow: rule, focus, path and value, not the line."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from iisgraph.gate.findings import Finding


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A stable name of each finding: 16 hexadecimal digits, and `-2` and so on for its likes.

    It stays when lines are moved, words of a message are changed, or a statement goes
    to another file. Nodes without a name are all alike; their likes are told apart by
    their order.
    """
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        digest = hashlib.sha256("\0".join(_parts(finding)).encode()).hexdigest()[:16]
        seen[digest] += 1
        found.append(digest if seen[digest] == 1 else f"{digest}-{seen[digest]}")
    return found


def _parts(finding: Finding) -> tuple[str, ...]:
    if finding.focus is None:
        place = finding.file.as_posix() if finding.file else ""
        return (finding.rule, place, finding.message)
    value = "" if finding.value is None else str(finding.value)
    nodes = (finding.focus, finding.path or "", value)
    return (finding.rule, *("_:" if node.startswith("_:") else node for node in nodes))
