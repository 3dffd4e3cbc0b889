"""What a check finds is data: one value per finding, sorted, never an exception."""

from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from iisgraph.engine import BlankNode, NamedNode, Term
from iisgraph.positions import Place
from iisgraph.vocab import shorten


class Severity(IntEnum):
    """How bad; errors fail a check, the others are told."""

    ERROR = 0
    WARNING = 1
    INFO = 2


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong: what, by which rule, and where.

    `line` and `column` count from 1, in characters; `end_line` and `end_column` are
    behind the last one. `focus` is an IRI, or a blank node as `_:label`. With
    `of_property` the property is wrong, not its value. Whatever is not known is None.
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

    @property
    def key(self) -> tuple[str, int, int, int, str, str, str]:
        """The order of findings: by place, then by weight and rule."""
        place = (str(self.file or "~"), self.line or 0, self.column or 0)
        return (*place, self.severity, self.rule, self.focus or "", self.message)

    def at(self, file: Path | None, place: Place | None = None) -> "Finding":
        """The same finding with its place."""
        return replace(self, file=file, **place._asdict() if place else {})

    @property
    def node(self) -> NamedNode | BlankNode | None:
        """The focus as a term, where it is one."""
        if self.focus and self.focus.startswith("_:"):
            return BlankNode(self.focus[2:])
        return NamedNode(self.focus) if self.focus and ":" in self.focus else None

    def as_json(self) -> dict[str, Any]:
        """Its members as plain values."""
        members = asdict(self) | {
            "severity": self.severity.name.lower(),
            "file": str(self.file) if self.file else None,
            "value": None if self.value is None else show(self.value),
        }
        for name in ("graph", "end_line", "end_column", "of_property"):
            del members[name]
        return members


def named(term: object) -> str | None:
    """A node as a finding holds it: the IRI, or `_:` and the label of a blank node."""
    return str(term) if isinstance(term, BlankNode) else getattr(term, "value", None)


def show(term: Term) -> str:
    """A term as a curator writes it: short IRIs, literals in quotes with a short datatype."""
    value = str(term)
    if value.startswith("<"):
        return shorten(value[1:-1])
    text, mark, datatype = value.rpartition("^^")
    return f"{text}^^{shorten(datatype[1:-1])}" if mark and datatype.endswith(">") else value
