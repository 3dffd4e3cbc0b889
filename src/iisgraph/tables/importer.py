"""Rows become statements: every cell is checked, then the templates are filled."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.gate import Finding
from iisgraph.gate.findings import show
from iisgraph.tables.cells import CellError, by_id, values
from iisgraph.tables.drafts import Drafts
from iisgraph.tables.layouts import EACH_SOURCE, RECORD, SOURCE, Layout
from iisgraph.tables.register import Register, tail
from iisgraph.tables.rows import Row, Table
from iisgraph.tables.templates import Cells, Statement, Template, Value
from iisgraph.vocab import GRAPH


class Importer:
    """Checks and fills the rows of all tables against one register and one set of drafts.

    First `declare`, then `check` each table, then `fill` each.
    """

    def __init__(self, tables: Iterable[Table], register: Register, drafts: Drafts) -> None:
        self._register = register
        self._drafts = drafts
        self._selves: dict[tuple[Path, int], NamedNode] = {}
        self._checked: dict[str, list[tuple[Row, Cells]]] = defaultdict(list)
        self.tables = [self._with_ids(table) for table in tables]

    def _with_ids(self, table: Table) -> Table:
        known = self._register.ids(each.kind for each in table.layout.declares)
        given = {row.cells[table.layout.key] for row in table.rows}
        return replace(table, ids=frozenset(known | given))

    def declare(self) -> Iterator[Finding]:
        """Make known what the rows bring into being; an id can be given once."""
        for table in self.tables:
            first: dict[str, Row] = {}
            for row in table.rows if table.layout.declares else ():
                key = row.cells[table.layout.key]
                if key in first:
                    yield row.finding(table.layout.key, _repeated(key, first[key], row))
                elif self._is_id(table.layout, row):
                    first[key] = row
                    self._declare(table, row, key)

    def _is_id(self, layout: Layout, row: Row) -> bool:
        try:
            return bool(values(layout.columns[layout.key], row.cells, self._register))
        except CellError:
            return False

    def _declare(self, table: Table, row: Row, key: str) -> None:
        cells = self._by_id(table.layout, row).cells
        for each in table.layout.declares:
            if each.condition.holds(cells, table.ids):
                address = each.address.replace("{id}", key)
                names = [row.cells[name] for name in each.names]
                node = self._register.declare(each.kind, key, address, names)
                self._selves[row.path, row.line] = node
                break

    def _by_id(self, layout: Layout, row: Row) -> Row:
        """The row with ids in the place of names, so that conditions see one spelling."""
        columns = (layout.columns[name] for name in layout.header)
        ids = {c.name: by_id(c, row.cells[c.name], self._register) for c in columns}
        return replace(row, cells=row.cells | ids)

    def check(self, table: Table) -> Iterator[Finding]:
        """Check every cell of a table, and keep what the good ones stand for."""
        rows = [_as_read(table, self._by_id(table.layout, row)) for row in table.rows]
        for row, number in zip(rows, _repetitions(table.layout, rows), strict=True):
            cells: dict[str, Sequence[Value]] = {"n": [_number(number)]}
            for column in table.layout.columns.values():
                try:
                    cells[column.name] = values(column, row.cells, self._register)
                except CellError as error:
                    yield row.finding(column.of, str(error))
            node = self._selves.get((row.path, row.line))
            cells["self"] = [Value(tail(node), node, tail(node))] if node else []
            self._checked[table.layout.name].append((row, cells))

    def fill(self, table: Table) -> Iterator[Finding]:
        """Put what the checked rows of a table say into the drafts."""
        for row, cells in self._checked[table.layout.name]:
            for condition, template in table.layout.templates:
                if condition.holds(row.cells, table.ids):
                    yield from self._write(row, cells, template)

    def _write(self, row: Row, cells: Cells, template: Template) -> Iterator[Finding]:
        for graph, sources in _targets(template.graph, cells.get(SOURCE, ())):
            statements = list(template.fill({**cells, SOURCE: sources}))
            if not statements:
                continue
            if graph is None and not sources:
                message = "is blank, and the row states facts: name the source of them"
                yield row.finding(SOURCE, message)
                return
            target = graph or self._drafts.record(_nodes(sources))
            for statement in statements:
                rival = self._drafts.add(target, statement, template.mode)
                if rival is not None:
                    yield _contradiction(row, statement, rival)


def _as_read(table: Table, row: Row) -> Row:
    """The row with a cell as the first fitting reading of the layout takes it."""
    for reading in table.layout.readings:
        if reading.condition.holds(row.cells, table.ids):
            return replace(row, cells=row.cells | {reading.column: reading.value})
    return row


def _repetitions(layout: Layout, rows: Sequence[Row]) -> list[int]:
    """Which repetition each row is of what its key names, in order of time.

    A row that ends comes before one that goes on.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows if layout.repeats else ()):
        groups[tuple(row.cells[name] for name in layout.repeats)].append(index)

    def moment(index: int) -> list[tuple[bool, str]]:
        cells = rows[index].cells
        return [(not cells[name], cells[name]) for name in layout.order]

    numbers = [1] * len(rows)
    for group in groups.values():
        for number, index in enumerate(sorted(group, key=moment), 1):
            numbers[index] = number
    return numbers


def _targets(graph: str, sources: Sequence[Value]) -> Iterator[tuple[str | None, Sequence[Value]]]:
    """The graphs that a template goes to, None for the record of the sources beside it."""
    if graph == EACH_SOURCE:
        yield from ((None, [source]) for source in sources)
    elif graph == RECORD:
        yield None, sources
    else:
        yield GRAPH + graph, sources


def _number(number: int) -> Value:
    return Value(str(number), Literal(str(number)), str(number))


def _nodes(found: Iterable[Value]) -> list[NamedNode]:
    return [value.term for value in found if isinstance(value.term, NamedNode)]


def _repeated(key: str, first: Row, row: Row) -> str:
    place = f"line {first.line}" if first.path == row.path else f"{first.path}:{first.line}"
    return f"is {key!r}, which {place} has already"


def _contradiction(row: Row, statement: Statement, rival: Term) -> Finding:
    subject, predicate, value = statement
    message = (
        f"says that {show(predicate)} of {show(subject)} is {show(value)}, and another row of "
        f"the same sources says {show(rival)}; one record can give one value"
    )
    return row.finding(next(iter(row.cells)), message)
