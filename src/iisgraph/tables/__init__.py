"""Import: tables that curators fill become statements in records and reference data.

Every cell of every row is checked before anything is written. Importing again
changes nothing; what was written by hand beside it stays.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from iisgraph.gate import Finding
from iisgraph.read import Content
from iisgraph.tables import layouts, rows
from iisgraph.tables.drafts import Change, Drafts
from iisgraph.tables.importer import Importer
from iisgraph.tables.register import Register

__all__ = ["Change", "Plan", "plan"]

Step = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What an import would do: findings, in which case nothing is to be written, or changes."""

    findings: Sequence[Finding]
    changes: Sequence[Change]
    rows: int


def plan(content: Content, paths: Iterable[Path], step: Step = lambda _: None) -> Plan:
    """Work out what the tables at these paths change in a content folder.

    `step` is told what is being done.

    Raises:
        SourceError: if a layout, a table or a file of the content cannot be read.
        LayoutError: if a file to be changed has comments that would be lost.
    """
    step("reading the tables")
    tables, findings = rows.read(paths, layouts.load(content))
    if findings:
        return _refused(findings)
    step("reading the graph")
    files = content.rdf
    drafts = Drafts(content.root, files)
    importer = Importer(tables, Register.of(files), drafts)
    findings = [*importer.declare()]
    for table in importer.tables:
        step(f"checking {table.layout.name}")
        findings += importer.check(table)
    for table in importer.tables if not findings else ():
        step(f"filling in {table.layout.name}")
        findings += importer.fill(table)
    if findings:
        return _refused(findings)
    step("comparing")
    return Plan((), list(drafts.changes()), sum(len(table.rows) for table in tables))


def _refused(findings: Iterable[Finding]) -> Plan:
    return Plan(sorted(set(findings), key=lambda finding: finding.key), (), 0)
