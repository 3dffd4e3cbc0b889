"""Prefixes that lead to nothing: glued to names, misspelt, or never used."""

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Final

from iisgraph.gate.findings import Finding, Severity
from iisgraph.gate.spelling import near_term
from iisgraph.positions import prefix_place
from iisgraph.read import File

GLUED: Final = "glued-prefix"
MISSPELT: Final = "misspelt-prefix"
UNUSED: Final = "unused-prefix"
_ENDS: Final = ("#", "/", ":", "=", "_", "-", "?", ".")
_ALIKE: Final = 0.9
_SUFFIXES: Final = (".ttl", ".trig")


def prefix_findings(file: File, known: Collection[str]) -> Iterator[Finding]:
    """What is odd with the prefixes that a file declares; `known` are namespaces that exist."""
    if file.path.suffix not in _SUFFIXES:
        return
    text = file.content.decode(errors="replace")
    for prefix, namespace in sorted(file.parsed.prefixes.items()):
        if namespace in known:
            near = None
        else:
            near = near_term(namespace, known) or _almost(namespace, known)
        hint = f"; did you mean <{near}>?" if near else ""
        told = f"the prefix {prefix}: stands for <{namespace}>"
        uses = _uses(text, prefix)
        if not uses:
            message = f"the prefix {prefix}: is declared and never used"
            yield _finding(file, prefix, UNUSED, message, Severity.INFO)
        elif not namespace.endswith(_ENDS):
            message = f"{told}, which ends in neither # nor /, so that {uses} is <{namespace}"
            message += f"{uses.partition(':')[2]}>{hint}"
            yield _finding(file, prefix, GLUED, message, Severity.WARNING)
        elif near:
            yield _finding(file, prefix, MISSPELT, told + hint, Severity.WARNING)


def _almost(namespace: str, known: Collection[str]) -> str | None:
    near = difflib.get_close_matches(namespace, known, 1, _ALIKE)
    return near[0] if near and near[0] != namespace else None


def _uses(text: str, prefix: str) -> str | None:
    """The first name with a prefix; a name in a string or comment counts as well."""
    names = re.compile(rf"(?<![\w.\-]){re.escape(prefix)}:[\w\-]*(?![\w\-]|\s*<)")
    found = names.search(text)
    return found[0] if found else None


def _finding(file: File, prefix: str, rule: str, message: str, severity: Severity) -> Finding:
    found = Finding(severity=severity, rule=rule, message=message)
    return found.at(file.path, prefix_place(file, prefix))
