"""House rules: SPARQL queries that must return no row, one a file.

    # problem: {focus} ends on {value}, before it starts.
    # why: Start and end of one source belong together.
    # fix: Look the two dates up in the source.
    # level: error

A row's ?focus, ?path, ?value and ?graph tell what is wrong and where; its other
variables can be told in the problem too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iisgraph import query
from iisgraph.engine import Literal, Term
from iisgraph.errors import QueryError, SourceError
from iisgraph.gate.findings import Finding, Severity, show
from iisgraph.read import read_text
from iisgraph.snapshot import Snapshot

_HEADER: Final = re.compile(r"^# (problem|why|fix|level): (.*\S)", re.MULTILINE)
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_PLACES: Final = {"focus", "path", "value"}
_LEVELS: Final = {severity.name.lower(): severity for severity in Severity}


@dataclass(frozen=True)
class Rule:
    """A house rule as it was read; `header` has its problem, why, fix and level."""

    path: Path
    header: Mapping[str, str]
    sparql: str


def read_rules(folder: Path) -> list[Rule]:
    """The house rules of a folder, in order of name.

    Raises:
        SourceError: if a file cannot be read, or its header is incomplete.
    """
    return [_read(path) for path in sorted(folder.glob("*.rq"))]


def _read(path: Path) -> Rule:
    text = read_text(path)
    header = dict(_HEADER.findall(text))
    if header.keys() != {"problem", "why", "fix", "level"} or header["level"] not in _LEVELS:
        raise SourceError("the header needs problem, why, fix and level", path)
    return Rule(path, header, text)


def broken_rules(snapshot: Snapshot, folder: Path) -> Iterator[Finding]:
    """The rows of every house rule of a folder as findings.

    Raises:
        SourceError: if a rule is not a SELECT query, or its header is incomplete.
    """
    for rule in read_rules(folder):
        yield from rows_of(rule, snapshot)


def rows_of(rule: Rule, snapshot: Snapshot) -> Iterator[Finding]:
    """The rows of a house rule as findings.

    Raises:
        SourceError: if it is not a SELECT query.
    """
    try:
        answer = query.answer(snapshot, rule.sparql)
    except QueryError as error:
        raise SourceError(str(error), rule.path, error.line, error.column) from None
    if not answer.variables:
        raise SourceError("a house rule must be a SELECT query", rule.path)
    for row in answer.rows():
        yield finding_of(rule, row)


def finding_of(rule: Rule, row: Mapping[str, Term]) -> Finding:
    """A row of a house rule as a finding."""
    header = rule.header
    shown = {name: _told(name, term) for name, term in row.items()}
    problem = _PLACEHOLDER.sub(lambda each: shown.get(each[1], "?"), header["problem"])
    return Finding(
        severity=_LEVELS[header["level"]],
        rule=f"checks/{rule.path.stem}",
        message=f"{problem} {header['fix']}",
        graph=getattr(row.get("graph"), "value", None),
        focus=getattr(row.get("focus"), "value", None),
        path=getattr(row.get("path"), "value", None),
        value=row.get("value"),
    )


def _told(name: str, term: Term) -> str:
    """A term in a sentence; what is no place is told without quotes."""
    is_text = name not in _PLACES and isinstance(term, Literal)
    return term.value if is_text else show(term)
