"""Import: tables that curators fill become statements in records and reference data.

Every cell of every row is checked before anything is written. Importing again
changes nothing; what was written by hand beside it stays.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from iisgraph.check import Finding
from iisgraph.check.findings import show
from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.read import Content, File
from iisgraph.tables import layouts, rows
from iisgraph.tables.cells import CellError, values
from iisgraph.tables.drafts import Cardinality, Change, Drafts
from iisgraph.tables.layouts import Layout
from iisgraph.tables.register import Register, slug, tail
from iisgraph.tables.rows import Row
from iisgraph.tables.templates import Cells, Statement, Template, Value
from iisgraph.vocab import GRAPH, IIS

__all__ = ["Change", "Plan", "plan"]

JOINT = "joint"
SOURCES = "source"

Step = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What an import would do: findings, in which case nothing is to be written, or changes."""

    findings: Sequence[Finding]
    changes: Sequence[Change]
    rows: int


@dataclass(frozen=True)
class _Table:
    layout: Layout
    rows: list[Row]
    ids: frozenset[str]


def plan(content: Content, paths: Iterable[Path], step: Step = lambda _: None) -> Plan:
    """Work out what the tables at these paths change in a content folder.

    `step` is told what is being done.

    Raises:
        SourceError: if a file of the content or a table cannot be read.
        LayoutError: if a file to be changed has comments that would be lost.
    """
    step("reading the graph")
    known = layouts.load(content)
    register = Register.of(content)
    step("reading the tables")
    tables, findings = _read(paths, known)
    findings += _declare(tables, register)
    importer = _Importer(content, register, tables)
    for table in tables:
        step(f"checking {table.layout.name}")
        importer.check(table)
    findings += importer.findings
    if findings:
        return Plan(sorted(findings, key=lambda f: f.key), (), 0)
    importer.fill(step)
    if importer.findings:
        return Plan(sorted(importer.findings, key=lambda f: f.key), (), 0)
    step("comparing")
    return Plan((), list(importer.drafts.changes()), sum(len(table.rows) for table in tables))


def _read(paths: Iterable[Path], known: dict[str, Layout]) -> tuple[list[_Table], list[Finding]]:
    tables: list[_Table] = []
    findings: list[Finding] = []
    for path in paths:
        layout = rows.choose(path, known)
        found, wrong = rows.read(path, layout)
        findings += wrong
        if not wrong:
            read = [_read_anew(layout, row, found) for row in found]
            key = next((c.name for c in layout.columns.values() if "id" in c.kinds), "")
            tables.append(_Table(layout, read, frozenset(r.cells.get(key, "") for r in read)))
    return tables, findings


def _read_anew(layout: Layout, row: Row, found: Sequence[Row]) -> Row:
    """The row with its cells as the readings of the layout take them; the first that fits wins."""
    ids = [each.cells.get("id", "") for each in found] if layout.declares else ()
    for reading in layout.readings:
        if reading.condition.holds(row.cells, ids):
            return replace(row, cells=row.cells | {reading.column: reading.value})
    return row


def _declare(tables: Sequence[_Table], register: Register) -> list[Finding]:
    """Make the rows known that bring things into being; an id can be given once."""
    findings: list[Finding] = []
    for table in tables:
        seen: dict[str, int] = {}
        for row in table.rows if table.layout.declares else ():
            key = row.cells[row.columns[0]]
            if key in seen:
                message = f"is {key!r}, which line {seen[key]} has already"
                findings.append(row.finding(row.columns[0], message))
            seen.setdefault(key, row.line)
            for each in table.layout.declares:
                if key and each.condition.holds(row.cells, table.ids):
                    names = [row.cells[name] for name in each.names]
                    register.declare(each.kind, key, each.address.replace("{id}", key), names)
                    break
    return findings


class _Importer:
    """Checks and fills the rows of all tables against one register and one set of drafts."""

    def __init__(self, content: Content, register: Register, tables: Sequence[_Table]) -> None:
        self._register = register
        self._tables = tables
        self._cells: dict[int, Cells] = {}
        self._kinds = _source_kinds(content, tables)
        self.drafts = Drafts(content, Cardinality(filter(_is_ontology, content.rdf)))
        self.findings: list[Finding] = []

    def check(self, table: _Table) -> None:
        """Check every cell of a table, and keep what the good ones stand for."""
        numbers = _numbers(table)
        for row in table.rows:
            number = numbers.get(id(row), 1)
            cells: dict[str, Sequence[Value]] = {"n": [_number(number)]}
            for column in table.layout.columns.values():
                try:
                    cells[column.name] = values(column, row.cells, self._register)
                except CellError as error:
                    self.findings.append(row.finding(column.of, str(error)))
            self._cells[id(row)] = self._identified(table, row, cells)

    def _identified(self, table: _Table, row: Row, cells: Cells) -> Cells:
        """The cells with the row's own thing as `self`."""
        for each in table.layout.declares:
            if each.condition.holds(row.cells, table.ids):
                key = row.cells[row.columns[0]]
                found = self._register.find([each.kind], key)
                return {**cells, "self": [Value(key, found, tail(found))] if found else []}
        return cells

    def fill(self, step: Step) -> None:
        """Put what the rows say into the drafts; what is only a default comes last."""
        for modes in (("add", "replace"), ("default",)):
            for table in self._tables:
                step(f"filling in {table.layout.name}")
                for row in table.rows:
                    self._fill(table, row, modes)

    def _fill(self, table: _Table, row: Row, modes: Sequence[str]) -> None:
        cells = self._cells[id(row)]
        for condition, template in table.layout.templates:
            if template.mode in modes and condition.holds(row.cells, table.ids):
                self._write(row, cells, template)

    def _write(self, row: Row, cells: Cells, template: Template) -> None:
        for graph, sources in self._targets(template.graph, cells):
            statements = list(template.fill({**cells, SOURCES: sources}))
            if not statements:
                continue
            if graph is None and not sources:
                message = "is blank, and the row states facts: name the source of them"
                self.findings.append(row.finding(SOURCES, message))
                break
            target = graph or self.drafts.record(_nodes(sources), self._folder(sources))
            for statement in statements:
                rival = self.drafts.add(target, statement, template.mode)
                if rival is not None:
                    self.findings.append(_contradiction(row, statement, rival))

    def _targets(self, graph: str, cells: Cells) -> Iterator[tuple[str | None, Sequence[Value]]]:
        """The graphs that a template goes to, None for the record of the sources beside it."""
        sources = cells.get(SOURCES, ())
        if graph == "each source":
            yield from ((None, [source]) for source in sources)
        elif graph == "record":
            yield None, sources
        else:
            yield GRAPH + graph, sources

    def _folder(self, sources: Sequence[Value]) -> str:
        return self._kinds.get(sources[0].slug, "") if len(sources) == 1 else JOINT


def _numbers(table: _Table) -> dict[int, int]:
    """Which repetition each row is of what its key names, in order of time.

    A row that ends comes before one that goes on.
    """
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in table.rows if table.layout.repeats else ():
        groups[tuple(row.cells[name] for name in table.layout.repeats)].append(row)

    def moment(row: Row) -> list[tuple[bool, str]]:
        return [(not row.cells[name], row.cells[name]) for name in table.layout.order]

    return {
        id(row): number
        for group in groups.values()
        for number, row in enumerate(sorted(group, key=moment), 1)
    }


def _number(number: int) -> Value:
    return Value(str(number), Literal(str(number)), str(number))


def _source_kinds(content: Content, tables: Iterable[_Table]) -> dict[str, str]:
    """The kind of each source, which names the folder of its record."""
    kinds = {
        tail(quad.subject): tail(quad.object)
        for file in content.rdf
        if file.graph == GRAPH + "sources"
        for quad in file.quads
        if quad.predicate.value == IIS + "sourceKind"
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
    }
    for table in tables:
        if table.layout.name == "sources":
            kinds |= {row.cells["id"]: slug(row.cells["kind"]) for row in table.rows}
    return kinds


def _is_ontology(file: File) -> bool:
    return file.graph.startswith(GRAPH + "ontology/")


def _nodes(values: Iterable[Value]) -> list[NamedNode]:
    return [value.term for value in values if isinstance(value.term, NamedNode)]


def _contradiction(row: Row, statement: Statement, rival: Term) -> Finding:
    subject, predicate, value = statement
    message = (
        f"says that {show(predicate)} of {show(subject)} is {show(value)}, and another row of "
        f"the same sources says {show(rival)}; one record can give one value"
    )
    return row.finding(row.columns[0], message)
