"""What a check finds is data: one value per finding, sorted, never an exception."""

from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from iisgraph.engine import Term
from iisgraph.vocab import shorten


class Severity(IntEnum):
    """How bad; errors fail a check, the others are told."""

    ERROR = 0
    WARNING = 1
    INFO = 2


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong: what, by which rule, and where.

    `line` and `column` count from 1; whatever is not known is None.
    """

    severity: Severity
    rule: str
    message: str
    graph: str | None = None
    file: Path | None = None
    line: int | None = None
    column: int | None = None
    focus: str | None = None
    path: str | None = None
    value: Term | None = None

    @property
    def key(self) -> tuple[str, int, int, int, str, str, str]:
        """The order of findings: by place, then by weight and rule."""
        place = (str(self.file or "~"), self.line or 0, self.column or 0)
        return (*place, self.severity, self.rule, self.focus or "", self.message)

    def at(self, file: Path | None, place: tuple[int, int] | None) -> "Finding":
        """The same finding with its place."""
        line, column = place or (self.line, self.column)
        return replace(self, file=file, line=line, column=column)

    def as_json(self) -> dict[str, Any]:
        """Its members as plain values."""
        members = asdict(self) | {
            "severity": self.severity.name.lower(),
            "file": str(self.file) if self.file else None,
            "value": None if self.value is None else show(self.value),
        }
        del members["graph"]
        return members


def show(term: Term) -> str:
    """A term as a curator writes it: short IRIs, literals in quotes with a short datatype."""
    value = str(term)
    if value.startswith("<"):
        return shorten(value[1:-1])
    text, mark, datatype = value.rpartition("^^")
    return f"{text}^^{shorten(datatype[1:-1])}" if mark and datatype.endswith(">") else value
