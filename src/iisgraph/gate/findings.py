"""What a check finds is data: one value per finding, sorted, never an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from iisgraph.engine import BlankNode, Literal, Term
from iisgraph.gate.slips import Slip
from iisgraph.positions import Place
from iisgraph.shacl import Result
from iisgraph.vocab import PREFIXES, shorten

_TOLD: Final = (
    *("severity", "rule", "name", "message", "expected", "fix", "link"),
    *("file", "line", "column", "end_line", "end_column", "focus", "path", "value", "replacement"),
)
"""The members that programs are told, in this order."""


class Severity(IntEnum):
    """How bad; errors fail a check, the others are told."""

    ERROR = 0
    WARNING = 1
    INFO = 2


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong: what, by which rule, and where. Whatever is not known is None.

    Args:
        severity: how bad it is.
        rule: the name of the rule, such as `shape/State-code`; an IRI if it is not ours.
        message: what is wrong, in words.
        graph: the named graph that the finding is about.
        file: the file that it stands in.
        line: the line from 1; with `column` in characters from 1.
        column: see `line`.
        end_line: the line of the last character.
        end_column: the column behind the last character.
        focus: the node, an IRI, else as in N-Triples: `_:label` or `"text"@en`.
        path: the property, an IRI, or a property path as SPARQL writes it.
        value: the value that is wrong.
        of_property: that the property is wrong, not its value.
        name: what the rule is called.
        expected: what would be right.
        fix: how to mend it.
        link: where more is said of the rule.
        replacement: the text that, written over the place, mends it.
        slip: a word that is wrong and the one that was meant, from which `replacement` is made.
        results: what SHACL says of it.
    """

    severity: Severity
    rule: str
    message: str
    graph: str | None = None
    file: Path | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    focus: str | None = None
    path: str | None = None
    value: Term | None = None
    of_property: bool = False
    name: str | None = None
    expected: str | None = None
    fix: str | None = None
    link: str | None = None
    replacement: str | None = None
    slip: Slip | None = None
    results: tuple[Result, ...] = field(default=(), compare=False, repr=False)

    @property
    def key(self) -> tuple[str, int, int, int, str, str, str, str]:
        """The order of findings: by place, then by weight and rule."""
        place = (str(self.file or "~"), self.line or 0, self.column or 0)
        value = _lasting(None if self.value is None else str(self.value)) or ""
        return (*place, self.severity, self.rule, self.shown_focus or "", self.message, value)

    def at(self, file: Path | None, place: Place | None = None) -> "Finding":
        """The same finding with its place."""
        return replace(self, file=file, **place._asdict() if place else {})

    @property
    def shown_focus(self) -> str | None:
        """The focus as it can be told: the name of a blank node does not last."""
        return _lasting(self.focus)

    def as_json(self) -> dict[str, Any]:
        """Its members as plain values; a blank node has no name that would last."""
        members = {name: getattr(self, name) for name in _TOLD}
        return members | {
            "severity": self.severity.name.lower(),
            "file": self.file and self.file.as_posix(),
            "focus": self.shown_focus,
            "value": None if self.value is None else _lasting(show(self.value)),
        }


def _lasting(node: str | None) -> str | None:
    return "_:" if node and node.startswith("_:") else node


def named(term: object) -> str | None:
    """A node as a finding holds it: the IRI, or else as N-Triples has it."""
    is_other = isinstance(term, BlankNode | Literal)
    return str(term) if is_other else getattr(term, "value", None)


def show(term: Term, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A term as a curator writes it: short IRIs, literals in quotes with a short datatype."""
    value = str(term)
    if value.startswith("<"):
        return shorten(value[1:-1], prefixes)
    text, mark, datatype = value.rpartition("^^")
    return (
        f"{text}^^{shorten(datatype[1:-1], prefixes)}" if mark and datatype.endswith(">") else value
    )
