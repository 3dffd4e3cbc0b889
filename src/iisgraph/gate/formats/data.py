"""JSON, whose form `findings.schema.json` beside this module pins."""

import json
import re
from typing import Any, Final

from iisgraph.gate.formats.outcome import Outcome

_UNSAFE: Final = re.compile(r"[^\x20-\x7e\n]|##(?=\w*\[)")


def written(outcome: Outcome) -> str:
    """One object: whether it conforms, the counts, and every finding."""
    report = {
        "conforms": outcome.conforms,
        "complete": outcome.complete,
        "fail_on": outcome.fail_on.name.lower(),
        "summary": {**outcome.counts, "accepted": len(outcome.accepted)},
        "findings": [
            finding.as_json() | {"fingerprint": fingerprint}
            for finding, fingerprint in zip(outcome.findings, outcome.fingerprints, strict=True)
        ],
    }
    return dump(report)


def dump(value: Any) -> str:
    """JSON in which nothing is a command to a terminal or a CI service."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(_escape, text) + "\n"


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    if text == "##":
        return "#\\u0023"
    return text if text.isprintable() else json.dumps(text)[1:-1]
